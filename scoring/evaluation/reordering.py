"""What a period would have found earlier, had its visits been made in the order of score. Pure.

As Chicago's published evaluation does (2014–2015): the period's visits are sorted by score, highest first, and dealt
out to the same days, each with as many visits as it had. Days earlier = mean over visits that found something of
actual day − day by score. Equal scores share the mean of their days. The first half ends with the middle day of the
period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from scoring.evaluation.notes import Note


@dataclass(frozen=True, slots=True)
class Dated:
    """An inspectable visit with its day and score."""

    day: date
    score: int
    found: bool


@dataclass(frozen=True)
class Reordering:
    """Days earlier and the share of findings in the first half, as it was and by score.

    All three are None where nothing was found, or all visits fall on one day.
    """

    visits: int
    found: int
    days_earlier: float | None
    first_half_actual: float | None
    first_half_by_score: float | None
    notes: tuple[Note, ...] = ()


def reordering(visits: Sequence[Dated], first: date, last: date) -> Reordering:
    """Return what the order of score would have changed in the period from first to last, both included."""
    found = sum(visit.found for visit in visits)
    if not found:
        return Reordering(len(visits), 0, None, None, None, (Note.NO_FINDINGS if visits else Note.NO_VISITS,))
    if len({visit.day for visit in visits}) == 1:
        return Reordering(len(visits), found, None, None, None, (Note.ONE_DAY,))
    middle = first + (last - first) // 2
    days = sorted(visit.day for visit in visits)
    earlier, early = Fraction(0), Fraction(0)
    start = 0
    for _, group in groupby(sorted(visits, key=_score, reverse=True), key=_score):
        tied = list(group)
        dealt = days[start : start + len(tied)]
        start += len(tied)
        of_group = sum(visit.found for visit in tied)
        earlier += sum(visit.day.toordinal() for visit in tied if visit.found)
        earlier -= Fraction(of_group * sum(day.toordinal() for day in dealt), len(dealt))
        early += Fraction(of_group * sum(day <= middle for day in dealt), len(dealt))
    actually = sum(visit.found and visit.day <= middle for visit in visits)
    return Reordering(len(visits), found, float(earlier / found), actually / found, float(early / found))


def _score(visit: Dated) -> int:
    return visit.score
