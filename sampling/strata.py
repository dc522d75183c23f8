"""The design of a draw: strata, sizes, quotas and the uniform slice, from counts and rates by grade.

Rates and shares are integers in basis points, 1/10,000. Everything is integer arithmetic:

1. A grade without enterprises makes no stratum. Each other grade makes one, in the order of the scale, low risk first.
2. From the riskiest downwards, a stratum below the minimum size is merged into its less risky neighbour; the first one
   is merged into the next until it is large enough. A merged stratum is labelled "A+B" and has its parts' highest rate.
3. Quota n = ceil(N · rate / 10,000). A rate below 10,000 whose quota is all of the stratum is refused.
4. Uniform slice: U = ceil(Σn · share / 10,000), shared among the strata in proportion to N by largest remainder:
   u = floor(U · N / ΣN), at most n; what is left goes one by one to the strata in descending order of
   U · N mod ΣN (ties: order of the strata), over and over, passing by those whose u has reached n.
5. Enterprises that are excluded stand in the stratum "excluded" of quota 0, last. They are no part of ΣN in step 4 and
   do not count towards the frame's minimum size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid

BASIS_POINTS = 10_000
EXCLUDED = "excluded"
JOINT = "+"
LEAST_UNIFORM_SHARE = 500
GREATEST_UNIFORM_SHARE = 1000


@dataclass(frozen=True)
class GradePlan:
    """A grade, the number of its enterprises that may be drawn, and its rate in basis points."""

    grade: str
    size: int
    rate: int


@dataclass(frozen=True)
class Limits:
    """The settings of a design: least size of a stratum and of a frame, and the uniform share in basis points."""

    stratum_size: int
    frame_size: int
    uniform_share: int


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
    """The strata of a draw, in the order of the scale and the excluded last, and the plan that they come from."""

    plan: tuple[GradePlan, ...]
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


def design_strata(plan: Sequence[GradePlan], excluded: int, limits: Limits) -> Design:
    """Return the design for a plan that lists every grade of the scale once, low risk first.

    Raises Invalid: grade_name_unusable, rate_out_of_range, rate_zero, rate_all, uniform_share_out_of_range,
    frame_too_small, quota_takes_all. Raises ValueError for negative sizes.
    """
    _check(plan, excluded, limits)
    groups = _merge([(grade,) for grade in plan if grade.size], limits.stratum_size)
    sizes = [sum(part.size for part in group) for group in groups]
    rates = [max(part.rate for part in group) for group in groups]
    quotas = [quota(size, rate) for size, rate in zip(sizes, rates, strict=True)]
    if any(n == size and rate < BASIS_POINTS for n, size, rate in zip(quotas, sizes, rates, strict=True)):
        raise Invalid("quota_takes_all", field="rates")
    uniforms = uniform_slice(sizes, quotas, limits.uniform_share)
    strata = []
    for group, size, rate, n, uniform in zip(groups, sizes, rates, quotas, uniforms, strict=True):
        grades = tuple(part.grade for part in group)
        strata.append(Stratum(JOINT.join(grades), grades, size, rate, n, uniform))
    if excluded:
        strata.append(Stratum(EXCLUDED, (), excluded, 0, 0, 0))
    return Design(tuple(plan), tuple(strata))


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


def _merge(groups: list[tuple[GradePlan, ...]], least: int) -> list[tuple[GradePlan, ...]]:
    def is_small(index: int) -> bool:
        return sum(part.size for part in groups[index]) < least

    for index in range(len(groups) - 1, 0, -1):
        if is_small(index):
            groups[index - 1 : index + 1] = [groups[index - 1] + groups[index]]
    while len(groups) > 1 and is_small(0):
        groups[:2] = [groups[0] + groups[1]]
    return groups


def _check(plan: Sequence[GradePlan], excluded: int, limits: Limits) -> None:
    grades = [each.grade for each in plan]
    if len(set(grades)) < len(grades) or any(not name or JOINT in name or name == EXCLUDED for name in grades):
        raise Invalid("grade_name_unusable", joint=JOINT, excluded=EXCLUDED)
    if excluded < 0 or any(each.size < 0 for each in plan):
        raise ValueError("a size is negative")
    rates = {each.rate for each in plan}
    if any(not 0 <= rate <= BASIS_POINTS for rate in rates):
        raise Invalid("rate_out_of_range", field="rates", greatest=BASIS_POINTS)
    if 0 in rates:
        raise Invalid("rate_zero", field="rates")
    if BASIS_POINTS in rates and len(rates) > 1:
        raise Invalid("rate_all", field="rates")
    if not LEAST_UNIFORM_SHARE <= limits.uniform_share <= GREATEST_UNIFORM_SHARE:
        raise Invalid(
            "uniform_share_out_of_range",
            field="uniform_share",
            least=LEAST_UNIFORM_SHARE,
            greatest=GREATEST_UNIFORM_SHARE,
        )
    size = sum(each.size for each in plan)
    if size < max(limits.frame_size, 1):
        raise Invalid("frame_too_small", size=size, least=limits.frame_size)


def _ceiling(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
