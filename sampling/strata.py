"""The design of a draw: strata, sizes, quotas and the uniform slice, from a plan and the number in each cell. Pure.

Everything is integer arithmetic; rates and shares are basis points, 1/10,000.

1. A cell without enterprises makes no stratum. Each other cell makes one: by grade in the order of the scale, low risk
   first; then visits left open, not visited, visited; then sector, then region by code points, the open ones first.
2. One pass over a list of strata merges from the last to the second each one below the minimum size into the one before
   it; then the first one into the next until it is large enough. Passes go over the strata that differ in region alone,
   then over those of a grade that agree on visits, then over those of a grade, then over all. A merged stratum is
   labelled by its parts' labels with "+" between them.
3. Quotas. *Rates*: n = ceil(N · rate / 10,000), the highest rate of the parts; where n is N, the rate must be 10,000.
   *Counts*: the sum of the parts' counts, or ceil(N · floor / 10,000) if that is more; where n is N in one stratum, it
   must be in all. A *capacity*: `sampling.allocation`, with at least ceil(N · floor / 10,000) and at most N − 1. A
   merged stratum's N²S² is N · Σ N(i)S(i)², its expected findings the sum of its parts'.
   Where no rates were planned, `rate` is floor(10,000 · n / N).
4. Uniform slice: U = ceil(Σn · share / 10,000), shared among the strata in proportion to N by largest remainder:
   u = floor(U · N / ΣN), at most n; what is left goes one by one to the strata in descending order of
   U · N mod ΣN (ties: order of the strata), over and over, passing by those whose u has reached n.
5. Enterprises that are excluded stand in the stratum "excluded" of quota 0, last. They are no part of ΣN in step 4 and
   do not count towards the frame's minimum size.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.allocation import Expected, Room, divide, most_findings, neyman_weight
from sampling.design_plans import BASIS_POINTS, EXCLUDED, JOINT, Cell, DesignPlan, Kind

LEAST_UNIFORM_SHARE = 500
GREATEST_UNIFORM_SHARE = 1000


@dataclass(frozen=True)
class Part:
    """A cell, the number of its enterprises that may be drawn, and the value that its rule gives."""

    cell: Cell
    size: int
    value: int


@dataclass(frozen=True)
class Limits:
    """The settings of a design.

    Least size of a stratum and of a frame, the uniform share and the legal floor of coverage in basis points, and how
    many earlier campaigns count for what outsiders could infer.
    """

    stratum_size: int
    frame_size: int
    uniform_share: int
    coverage_floor: int = 300
    inference_campaigns: int = 6


@dataclass(frozen=True)
class Stratum:
    """A stratum: size N, rate in basis points, quota n, and u, how many of the quota are the uniform slice."""

    label: str
    grades: tuple[str, ...]
    size: int
    rate: int
    quota: int
    uniform: int

    @property
    def probability(self) -> Fraction:
        """The probability with which each of its enterprises is drawn."""
        return Fraction(self.quota, self.size)

    @property
    def parts(self) -> tuple[str, ...]:
        """The labels of the cells that it holds; none of the excluded."""
        return tuple(self.label.split(JOINT)) if self.grades else ()

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {
            "label": self.label,
            "grades": list(self.grades),
            "size": self.size,
            "rate": self.rate,
            "quota": self.quota,
            "uniform": self.uniform,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Stratum":
        """Read what `to_json` writes."""
        return cls(
            value["label"], tuple(value["grades"]), value["size"], value["rate"], value["quota"], value["uniform"]
        )


@dataclass(frozen=True)
class Design:
    """The strata of a draw in their order, the excluded last, and the parts that they were made of."""

    scale: tuple[str, ...]
    parts: tuple[Part, ...]
    strata: tuple[Stratum, ...]

    @property
    def size(self) -> int:
        """The number of slots, those of the excluded among them."""
        return sum(stratum.size for stratum in self.strata)

    @property
    def visits(self) -> int:
        """The number of slots to be drawn."""
        return sum(stratum.quota for stratum in self.strata)

    @property
    def coverage(self) -> Fraction:
        """Visits by slots, the excluded among them."""
        return Fraction(self.visits, self.size)

    @property
    def coverage_basis_points(self) -> int:
        """The coverage in whole basis points, rounded down: a floor that is shown as reached is reached."""
        return self.visits * BASIS_POINTS // self.size

    def by_cell(self) -> dict[str, Stratum]:
        """Return the stratum that holds each cell, by the cell's label."""
        return by_cell(self.strata)


def by_cell(strata: Sequence[Stratum]) -> dict[str, Stratum]:
    """Return the stratum that holds each cell, by the cell's label."""
    return {part: stratum for stratum in strata for part in stratum.parts}


def design_strata(
    plan: DesignPlan, scale: Sequence[str], sizes: Mapping[Cell, int], excluded: int, limits: Limits
) -> Design:
    """Return the design of a plan for a scale, low risk first, and the number that may be drawn in each cell.

    Raises Invalid: what `DesignPlan.values` raises, uniform_share_out_of_range, frame_too_small, quota_takes_all,
    count_too_large, and what `sampling.allocation` raises. Raises ValueError for negative sizes.
    """
    values = plan.values(scale)
    _check(sizes, excluded, limits)
    parts = [Part(cell, sizes.get(cell, 0), values[cell]) for cell in sorted(values, key=_order(scale))]
    groups = _merged([(part,) for part in parts if part.size], limits.stratum_size)
    totals = [sum(part.size for part in group) for group in groups]
    quotas = _quotas(plan, groups, totals)
    uniforms = uniform_slice(totals, quotas, limits.uniform_share)
    strata = []
    for group, size, n, uniform in zip(groups, totals, quotas, uniforms, strict=True):
        rate = max(part.value for part in group) if plan.kind is Kind.RATES else n * BASIS_POINTS // size
        label = JOINT.join(part.cell.label for part in group)
        grades = tuple(dict.fromkeys(part.cell.grade for part in group))
        strata.append(Stratum(label, grades, size, rate, n, uniform))
    if excluded:
        strata.append(Stratum(EXCLUDED, (), excluded, 0, 0, 0))
    return Design(tuple(scale), tuple(parts), tuple(strata))


def quota(size: int, rate: int) -> int:
    """Return ceil(size · rate / 10,000)."""
    return _ceiling(size * rate, BASIS_POINTS)


def uniform_slice(sizes: Sequence[int], quotas: Sequence[int], share: int) -> list[int]:
    """Return how many of each stratum's first tickets form the equal-probability sample (step 4).

    Where a quota is too small for its proportion, the slice is as near to proportional as the quotas allow.
    """
    total = sum(sizes)
    slice_size = _ceiling(sum(quotas) * share, BASIS_POINTS)
    uniforms = [min(slice_size * size // total, n) for size, n in zip(sizes, quotas, strict=True)]
    by_remainder = sorted(range(len(sizes)), key=lambda index: -(slice_size * sizes[index] % total))
    left = slice_size - sum(uniforms)
    while left:
        for index in by_remainder:
            if left and uniforms[index] < quotas[index]:
                uniforms[index] += 1
                left -= 1
    return uniforms


_Group = tuple[Part, ...]


def _order(scale: Sequence[str]) -> Callable[[Cell], tuple[int, int, str, str]]:
    place = {grade: index for index, grade in enumerate(scale)}
    visits = {None: 0, False: 1, True: 2}
    return lambda cell: (place[cell.grade], visits[cell.visited], cell.sector, cell.region)


def _merged(groups: list[_Group], least: int) -> list[_Group]:
    families: tuple[Callable[[Cell], object], ...] = (
        lambda cell: (cell.grade, cell.visited, cell.sector),
        lambda cell: (cell.grade, cell.visited),
        lambda cell: cell.grade,
        lambda cell: None,
    )
    for family in families:
        keys = [family(group[0].cell) for group in groups]
        same = groupby(zip(keys, groups, strict=True), key=lambda pair: pair[0])
        groups = list(chain.from_iterable(_pass([group for _, group in pairs], least) for _, pairs in same))
    return groups


def _pass(groups: list[_Group], least: int) -> list[_Group]:
    def is_small(index: int) -> bool:
        return sum(part.size for part in groups[index]) < least

    for index in range(len(groups) - 1, 0, -1):
        if is_small(index):
            groups[index - 1 : index + 1] = [groups[index - 1] + groups[index]]
    while len(groups) > 1 and is_small(0):
        groups[:2] = [groups[0] + groups[1]]
    return groups


def _quotas(plan: DesignPlan, groups: Sequence[_Group], sizes: Sequence[int]) -> list[int]:
    if plan.kind is Kind.RATES:
        rates = [max(part.value for part in group) for group in groups]
        quotas = [quota(size, rate) for size, rate in zip(sizes, rates, strict=True)]
        if any(n == size and rate < BASIS_POINTS for n, size, rate in zip(quotas, sizes, rates, strict=True)):
            raise Invalid("quota_takes_all", field="rates")
        return quotas
    floors = [quota(size, plan.floor) for size in sizes]
    if plan.kind is Kind.COUNTS:
        counts = [max(sum(part.value for part in group), least) for group, least in zip(groups, floors, strict=True)]
        for n, size in zip(counts, sizes, strict=True):
            if n > size:
                raise Invalid("count_too_large", field="design", count=n, size=size)
        whole = [n == size for n, size in zip(counts, sizes, strict=True)]
        if any(whole) and not all(whole):
            raise Invalid("quota_takes_all", field="rates")
        return counts
    rooms = [Room(least, size - 1) for least, size in zip(floors, sizes, strict=True)]
    if plan.kind is Kind.PROPORTIONAL:
        return divide(plan.capacity, sizes, rooms)
    if plan.kind is Kind.NEYMAN:
        spread = [sum(part.size * part.value**2 for part in group) for group in groups]
        weights = [neyman_weight(size * each) for size, each in zip(sizes, spread, strict=True)]
        return divide(plan.capacity, weights, rooms)
    expected = [Expected(n, sum(part.size * part.value for part in g)) for g, n in zip(groups, sizes, strict=True)]
    if plan.kind is Kind.NEYMAN_FINDINGS:
        return divide(plan.capacity, [neyman_weight(each.scaled_variance) for each in expected], rooms)
    return most_findings(plan.capacity, expected, rooms, plan.greatest_error)


def _check(sizes: Mapping[Cell, int], excluded: int, limits: Limits) -> None:
    if excluded < 0 or any(size < 0 for size in sizes.values()):
        raise ValueError("a size is negative")
    if not LEAST_UNIFORM_SHARE <= limits.uniform_share <= GREATEST_UNIFORM_SHARE:
        raise Invalid(
            "uniform_share_out_of_range",
            field="uniform_share",
            least=LEAST_UNIFORM_SHARE,
            greatest=GREATEST_UNIFORM_SHARE,
        )
    size = sum(sizes.values())
    if size < max(limits.frame_size, 1):
        raise Invalid("frame_too_small", size=size, least=limits.frame_size)


def _ceiling(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
