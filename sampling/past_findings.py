"""What past campaigns found, and the rates of findings that a plan may expect from it. Pure.

The expected rate of a grade is that of its visits, drawn to the rate of all with the weight of k visits:

    p(g) = (x(g) + k · x / n) / (n(g) + k)

with x of n inspectable visits found something, x(g) of n(g) at enterprises of the grade g. It is rounded to basis
points, half upwards, and held within 1 and 9,999. Visits of a stratum of several grades count for x and n alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.design_plans import BASIS_POINTS


@dataclass(frozen=True)
class Found:
    """Of so many published visits that could be inspected, so many found something."""

    findings: int = 0
    inspected: int = 0

    def __add__(self, other: "Found") -> "Found":
        """Return both together."""
        return Found(self.findings + other.findings, self.inspected + other.inspected)

    @property
    def rate(self) -> int | None:
        """Findings by visits in basis points, rounded half upwards."""
        return _rounded(self.findings * BASIS_POINTS, self.inspected) if self.inspected else None


@dataclass(frozen=True)
class PastCampaign:
    """What a drawn campaign gave so far: visits drawn, findings published, and by grade where strata tell it."""

    campaign: str
    drawn_on: date
    visits: int
    published: int
    found: Found
    by_grade: Mapping[str, Found] = field(default_factory=dict)


@dataclass(frozen=True)
class Experience:
    """The findings that expected rates come from, as they are sealed in a plan."""

    campaigns: tuple[str, ...]
    found: Found
    by_grade: Mapping[str, Found]

    @classmethod
    def of(cls, past: Sequence[PastCampaign], scale: Sequence[str]) -> "Experience":
        """Return what campaigns gave together."""
        found = sum((each.found for each in past), Found())
        grades = {grade: sum((each.by_grade.get(grade, Found()) for each in past), Found()) for grade in scale}
        return cls(tuple(each.campaign for each in past), found, grades)

    def expected_rates(self, shrinkage: int) -> dict[str, int]:
        """Return the expected rate of each grade in basis points; raises Invalid("findings_missing")."""
        x, n = self.found.findings, self.found.inspected
        if not n:
            raise Invalid("findings_missing", field="past")
        rates = {
            grade: _rounded(BASIS_POINTS * (each.findings * n + shrinkage * x), n * (each.inspected + shrinkage))
            for grade, each in self.by_grade.items()
        }
        return {grade: min(max(rate, 1), BASIS_POINTS - 1) for grade, rate in rates.items()}

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {
            "campaigns": list(self.campaigns),
            "found": [self.found.findings, self.found.inspected],
            "by_grade": {grade: [each.findings, each.inspected] for grade, each in self.by_grade.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Experience":
        """Read what `to_json` writes."""
        grades = {grade: Found(*each) for grade, each in value["by_grade"].items()}
        return cls(tuple(value["campaigns"]), Found(*value["found"]), grades)


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
