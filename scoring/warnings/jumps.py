"""Enterprises whose grade or score jumped from one run to the next. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

STEPS = 2
"""So many grades towards more risk are a jump; the last step, into the highest grade, is one alone."""

LEAST_RISES = 20
"""With fewer rises of the score in a run, none is judged by the others."""

RISE_FALSE_ALARMS = 9_259
"""Of exponentially distributed rises so many in a million lie beyond the limit: 1/(4·27), whatever their mean."""


@dataclass(frozen=True)
class Change:
    """What two runs of the same models say of an enterprise whose grade or score differs, in grade and points."""

    enterprise: str
    grade_before: str
    grade: str
    score_before: int
    score: int

    @property
    def rise(self) -> int:
        """By how many points the score rose; more is more risk."""
        return self.score - self.score_before


def rise_limit(changes: Sequence[Change]) -> int | None:
    """Return Tukey's outer fence of the rises, Q3 + 3·(Q3 − Q1), rounded up; None where there are too few."""
    rises = [change.rise for change in changes if change.rise > 0]
    if len(rises) < LEAST_RISES:
        return None
    first, _, third = quantiles(rises, n=4, method="inclusive")
    return -int(-(third + 3 * (third - first)) // 1)


def jumps(changes: Sequence[Change], scale: Sequence[str], limit: int | None) -> Iterator[Change]:
    """Give the changes that are jumps: of the grade along the scale, which rises in risk, or of the score."""
    rank = {label: place for place, label in enumerate(scale)}
    for change in changes:
        before, after = rank.get(change.grade_before, -1), rank.get(change.grade, -1)
        worse = before >= 0 and after > before and (after - before >= STEPS or after == len(scale) - 1)
        if worse or (limit is not None and change.rise > limit):
            yield change
