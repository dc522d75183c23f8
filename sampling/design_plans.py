"""What a planner decides of a draw's design: rates, counts, or a capacity that is divided. Pure.

Rules give values to cells. A cell names a grade, and may name a sector, a region, and whether the enterprise was
visited; what it does not name, it leaves open. Of the rules whose cell an enterprise meets, the most specific one
holds: a named sector goes before a named region, and this before visits. Every grade has one rule that names nothing
else, so there is always one, and never two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from ledger.canonical import JSON


class Kind(StrEnum):
    """What the rules' values are."""

    RATES = "rates"
    """Basis points of a stratum that are drawn."""


class Cell(NamedTuple):
    """A grade, and what else is named: "" is any sector or region, None visited or not."""

    grade: str
    visited: bool | None = None
    sector: str = ""
    region: str = ""


@dataclass(frozen=True)
class Rule:
    """The value of a cell; what it counts, the design's kind says."""

    cell: Cell
    value: int

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {**self.cell._asdict(), "value": self.value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Rule":
        """Read what `to_json` writes."""
        return cls(Cell(**{name: value[name] for name in Cell._fields}), value["value"])


@dataclass(frozen=True)
class DesignPlan:
    """What decides the quotas."""

    kind: Kind
    rules: tuple[Rule, ...]

    @classmethod
    def by_grade(cls, rates: Mapping[str, int]) -> "DesignPlan":
        """Return the simple case: a rate for each grade, in basis points."""
        return cls(Kind.RATES, tuple(Rule(Cell(grade), rate) for grade, rate in rates.items()))

    @property
    def rates(self) -> dict[str, int] | None:
        """The rates by grade where they are all there is."""
        rates = {rule.cell.grade: rule.value for rule in self.rules}
        return rates if self == DesignPlan.by_grade(rates) else None

    def member(self) -> dict[str, JSON]:
        """Return the one member of the sealed plan: "rates" in the simple case, else "design"."""
        if self.rates is not None:
            return {"rates": dict(self.rates)}
        return {"design": {"kind": self.kind.value, "rules": [rule.to_json() for rule in self.rules]}}

    @classmethod
    def of_member(cls, plan: Mapping[str, Any]) -> "DesignPlan":
        """Read what `member` writes, out of the plan that it stands in."""
        if "rates" in plan:
            return cls.by_grade(plan["rates"])
        value = plan["design"]
        return cls(Kind(value["kind"]), tuple(map(Rule.from_json, value["rules"])))
