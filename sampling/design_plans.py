"""What a planner decides of a draw's design: rates, counts, or a capacity that is divided. Pure.

Rules give values to cells. A cell names a grade, and may name a sector, a region, and whether the enterprise was
visited in the last `months` months; what it does not name, it leaves open. Of the rules whose cell an enterprise meets,
the most specific one holds: one that names a sector before one that does not, then a region, then visits. Every grade
has one rule that names nothing else, so there is always one, and never two.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import any_text, items, mapping, members, signed, truth, wrong_shape
from scoring.fields import text_up_to
from scoring.model import is_label

BASIS_POINTS = 10_000
EXCLUDED = "excluded"
JOINT = "+"
PART = "/"
MOST_RULES = 500
MOST_MONTHS = 120
MOST_VALUE = 1_000_000_000
LONGEST_NAME = 200


class Kind(StrEnum):
    """What decides the quotas, and so what the rules' values are."""

    RATES = "rates"
    """Values are rates in basis points, rounded up to visits."""
    COUNTS = "counts"
    """Values are numbers of visits."""
    PROPORTIONAL = "proportional"
    """`capacity` visits are divided in proportion to the strata's sizes; values are 0."""
    NEYMAN = "neyman"
    """`capacity` visits are divided so that an estimate is most precise; values are standard deviations."""
    NEYMAN_FINDINGS = "neyman_findings"
    """The same for the rate of findings; values are expected rates of findings in basis points."""
    FINDINGS = "findings"
    """`capacity` visits find most under a greatest error; values are expected rates of findings in basis points."""

    @property
    def divides(self) -> bool:
        """Whether a capacity is divided."""
        return self not in (Kind.RATES, Kind.COUNTS)

    @property
    def expects(self) -> bool:
        """Whether the values are expected rates of findings."""
        return self in (Kind.NEYMAN_FINDINGS, Kind.FINDINGS)


class Cell(NamedTuple):
    """A grade, and what else is named: None visited or not, "" any sector or region."""

    grade: str
    visited: bool | None = None
    sector: str = ""
    region: str = ""

    @property
    def label(self) -> str:
        """The grade alone, or grade/sector/region/visits, where `%`, `/` and `+` in a name are %25, %2F and %2B."""
        if self == Cell(self.grade):
            return self.grade
        visits = {None: "", True: "visited", False: "unvisited"}[self.visited]
        return PART.join((self.grade, _escaped(self.sector), _escaped(self.region), visits))


@dataclass(frozen=True)
class Rule:
    """The value of a cell; the design's kind says what it is."""

    cell: Cell
    value: int = 0

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {**self.cell._asdict(), "value": self.value}

    @classmethod
    def from_json(cls, value: JSON, path: str) -> "Rule":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        given = members(value, path, *Cell._fields, "value")
        grade, sector, region = (any_text(given[name], f"{path}.{name}") for name in ("grade", "sector", "region"))
        visited = None if given["visited"] is None else truth(given["visited"], f"{path}.visited")
        return cls(Cell(grade, visited, sector, region), signed(given["value"], f"{path}.value"))


@dataclass(frozen=True)
class DesignPlan:
    """What decides the quotas of a draw.

    `floor` is the least rate of every stratum in basis points. `months` says how long ago a draw makes an enterprise
    visited. `capacity` is the number of visits to divide, `greatest_error` the greatest standard error of the estimated
    share of enterprises with findings, in basis points. With `past`, expected rates come from the published findings of
    the last campaigns of the same items, drawn to their mean with the weight of `shrinkage` visits; the rules' values
    are 0 then.
    """

    kind: Kind
    rules: tuple[Rule, ...]
    floor: int = 1
    months: int = 0
    capacity: int = 0
    greatest_error: int = 0
    past: bool = False
    shrinkage: int = 20

    @classmethod
    def by_grade(cls, rates: Mapping[str, int]) -> "DesignPlan":
        """Return the simple case: a rate for each grade, in basis points."""
        return cls(Kind.RATES, tuple(Rule(Cell(grade), rate) for grade, rate in rates.items()))

    @property
    def rates(self) -> dict[str, int] | None:
        """The rates by grade where they are all there is."""
        rates = {rule.cell.grade: rule.value for rule in self.rules}
        return rates if self == DesignPlan.by_grade(rates) else None

    def check_grades(self) -> None:
        """Raise Invalid("grade_name_unusable") for a grade that no model can have."""
        if not all(is_label(rule.cell.grade) for rule in self.rules):
            raise Invalid("grade_name_unusable", field="design", joint=JOINT, excluded=EXCLUDED)

    def values(self, scale: Sequence[str]) -> dict[Cell, int]:
        """Return the value of each cell, those of the grades alone added where values do not matter.

        Raises Invalid: grade_name_unusable, rules_too_many, rule_twice, rates_not_of_scale, visits_without_months,
        months_out_of_range, floor_out_of_range, rate_out_of_range, rate_zero, rate_all, rate_below_floor,
        count_out_of_range, value_unused, deviation_out_of_range, finding_rate_out_of_range, capacity_missing,
        capacity_unused, error_out_of_range, shrinkage_out_of_range, or what is wrong with a text.
        """
        values = {rule.cell: rule.value for rule in self.rules}
        if self.past or self.kind is Kind.PROPORTIONAL:
            values = {Cell(grade): 0 for grade in scale} | values
        self._check_cells(values, scale)
        self._check_numbers()
        self._check_values(set(values.values()))
        return values

    def expecting(self, rates: Mapping[str, int]) -> "DesignPlan":
        """Return the design with the expected rates of findings that past campaigns tell, by grade."""
        cells = {Cell(grade) for grade in rates} | {rule.cell for rule in self.rules}
        rules = tuple(Rule(cell, rates.get(cell.grade, 0)) for cell in sorted(cells, key=lambda each: each.label))
        return replace(self, rules=rules, past=False)

    @cached_property
    def _named(self) -> tuple[frozenset[str], frozenset[str]]:
        cells = [rule.cell for rule in self.rules]
        return frozenset({cell.sector for cell in cells} - {""}), frozenset({cell.region for cell in cells} - {""})

    def place(self, sector: str, region: str) -> tuple[str | None, str | None]:
        """Return sector and region as far as rules tell them apart: "" for those not named, None where none is."""
        sectors, regions = self._named
        return (
            (sector if sector in sectors else "") if sectors else None,
            (region if region in regions else "") if regions else None,
        )

    def member(self) -> dict[str, JSON]:
        """Return the one member of the sealed plan: "rates" in the simple case, else "design"."""
        if self.rates is not None:
            return {"rates": dict(self.rates)}
        return {
            "design": {
                "kind": self.kind.value,
                "rules": [rule.to_json() for rule in self.rules],
                "floor": self.floor,
                "months": self.months,
                "capacity": self.capacity,
                "greatest_error": self.greatest_error,
                "past": self.past,
                "shrinkage": self.shrinkage,
            }
        }

    @classmethod
    def of_member(cls, plan: Mapping[str, JSON]) -> "DesignPlan":
        """Read what `member` writes, out of the plan that it stands in; raises Invalid("json_wrong_shape")."""
        if "rates" in plan:
            rates = mapping(plan["rates"], "rates")
            return cls.by_grade({grade: signed(rate, f"rates.{grade}") for grade, rate in rates.items()})
        numbers = ("floor", "months", "capacity", "greatest_error", "shrinkage")
        given = members(plan["design"], "design", "kind", "rules", *numbers, "past")
        if given["kind"] not in list(Kind):
            raise wrong_shape("design.kind", " | ".join(Kind))
        rules = enumerate(items(given["rules"], "design.rules"))
        return cls(
            Kind(given["kind"]),
            tuple(Rule.from_json(each, f"design.rules[{number}]") for number, each in rules),
            past=truth(given["past"], "design.past"),
            **{name: signed(given[name], f"design.{name}") for name in numbers},
        )

    def _check_cells(self, values: Mapping[Cell, int], scale: Sequence[str]) -> None:
        parted = any(cell != Cell(cell.grade) for cell in values)
        for name in scale:
            if not name or JOINT in name or name == EXCLUDED or (parted and PART in name):
                raise Invalid("grade_name_unusable", joint=JOINT, excluded=EXCLUDED)
        if len(self.rules) > MOST_RULES:
            raise Invalid("rules_too_many", field="design", most=MOST_RULES)
        if len({rule.cell for rule in self.rules}) < len(self.rules):
            raise Invalid("rule_twice", field="design")
        if {cell.grade for cell in values} != set(scale) or any(Cell(grade) not in values for grade in scale):
            raise Invalid("rates_not_of_scale", field="rates", scale=list(scale))
        for name in {text for cell in values for text in (cell.sector, cell.region) if text}:
            text_up_to(LONGEST_NAME)(name)
        if not 0 <= self.months <= MOST_MONTHS:
            raise Invalid("months_out_of_range", field="months", most=MOST_MONTHS)
        if not self.months and any(cell.visited is not None for cell in values):
            raise Invalid("visits_without_months", field="months")

    def _check_numbers(self) -> None:
        if not 1 <= self.floor < BASIS_POINTS:
            raise Invalid("floor_out_of_range", field="floor", greatest=BASIS_POINTS - 1)
        if self.kind.divides and not 1 <= self.capacity <= MOST_VALUE:
            raise Invalid("capacity_missing", field="capacity")
        if not self.kind.divides and self.capacity:
            raise Invalid("capacity_unused", field="capacity")
        if self.kind is Kind.FINDINGS and not 1 <= self.greatest_error <= BASIS_POINTS:
            raise Invalid("error_out_of_range", field="greatest_error", greatest=BASIS_POINTS)
        if self.past and not self.kind.expects:
            raise Invalid("value_unused", field="past")
        if not 1 <= self.shrinkage <= MOST_VALUE:
            raise Invalid("shrinkage_out_of_range", field="shrinkage")

    def _check_values(self, values: Iterable[int]) -> None:
        given = set(values)
        if self.past or self.kind is Kind.PROPORTIONAL:
            if given - {0}:
                raise Invalid("value_unused", field="design")
        elif self.kind is Kind.RATES:
            self._check_rates(given)
        elif self.kind is Kind.COUNTS:
            _within(given, "count_out_of_range", MOST_VALUE)
        elif self.kind is Kind.NEYMAN:
            _within(given, "deviation_out_of_range", MOST_VALUE)
        else:
            _within(given, "finding_rate_out_of_range", BASIS_POINTS - 1)

    def _check_rates(self, rates: set[int]) -> None:
        if any(not 0 <= rate <= BASIS_POINTS for rate in rates):
            raise Invalid("rate_out_of_range", field="rates", greatest=BASIS_POINTS)
        if 0 in rates:
            raise Invalid("rate_zero", field="rates")
        if BASIS_POINTS in rates and len(rates) > 1:
            raise Invalid("rate_all", field="rates")
        if min(rates, default=self.floor) < self.floor:
            raise Invalid("rate_below_floor", field="rates", floor=self.floor)


class Cells:
    """Finds the cell of the most specific rule that an enterprise meets; the cells are those of all rules."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._cells = frozenset(cells)
        self._found: dict[tuple[str, bool, str, str], Cell] = {}

    def of(self, grade: str, visited: bool, sector: str, region: str) -> Cell:
        """Return the cell of an enterprise."""
        whole = (grade, visited, sector, region)
        found = self._found.get(whole)
        if found is None:
            found = next(cell for cell in _from_most_specific(Cell(*whole)) if cell in self._cells)
            self._found[whole] = found
        return found


def _from_most_specific(whole: Cell) -> Iterable[Cell]:
    for sector in (whole.sector, ""):
        for region in (whole.region, ""):
            for visited in (whole.visited, None):
                yield Cell(whole.grade, visited, sector, region)


def _within(values: set[int], code: str, greatest: int) -> None:
    if any(not 1 <= value <= greatest for value in values):
        raise Invalid(code, field="design", greatest=greatest)


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace(PART, "%2F").replace(JOINT, "%2B")
