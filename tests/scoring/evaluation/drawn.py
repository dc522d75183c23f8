"""Samples told by counts, for tests of evaluation."""

from dataclasses import dataclass
from datetime import date

from scoring.evaluation.visits import Sample, SampledStratum, Visit

CAMPAIGN = "2026-0001"
DAY = date(2026, 4, 1)
FOUND, CLEAN, GONE = ("other_violation",), ("no_problem",), ("moved_away",)


@dataclass(frozen=True)
class Drawn:
    """A stratum of one grade: its size, and how many visits found something, nothing, or were not inspectable."""

    grade: str
    size: int
    found: int
    clean: int
    gone: int = 0
    sampled: int | None = None
    campaign: str = CAMPAIGN
    uniform: int = 0

    @property
    def visits(self) -> list[Visit]:
        kinds = [FOUND] * self.found + [CLEAN] * self.clean + [GONE] * self.gone
        return [
            Visit(
                f"{self.campaign}/{self.grade}/{place}",
                DAY,
                kind,
                campaign=self.campaign,
                stratum=self.grade,
                grade=self.grade,
                uniform=place < self.uniform,
            )
            for place, kind in enumerate(kinds)
        ]


def sample_of(*strata: Drawn) -> Sample:
    return Sample(
        tuple(visit for each in strata for visit in each.visits),
        {
            (each.campaign, each.grade): SampledStratum(
                each.size,
                each.found + each.clean + each.gone if each.sampled is None else each.sampled,
                each.uniform,
            )
            for each in strata
        },
    )


def observed_of(found: int, clean: int) -> Sample:
    """Visits without a design."""
    kinds = [FOUND] * found + [CLEAN] * clean
    return Sample(tuple(Visit(f"observed/{place}", DAY, kind) for place, kind in enumerate(kinds)))
