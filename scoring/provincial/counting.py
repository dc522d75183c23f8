"""Statistics of indicators by bin, in which no small count can be read. Pure.

A count of 1 to 4 is withheld, and findings wherever the visits are, or findings or visits without one are 1 to 4. Where
one count alone of an indicator is withheld, its smallest other is, too, since both would follow from a known total.
What is weighted is withheld wherever what it weighs is, or would be if it were told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from scoring.evaluation.visits import Sample, Visit
from scoring.model_check import bin_text
from scoring.provincial.writing import Cell
from scoring.scorecard import Bin, Indicator, Model

FEWEST: Final = 5
MISSING: Final = "missing"
THOUSANDTHS: Final = 1000

Values = Mapping[str, int | None]
"""What each indicator measured, by its id."""


@dataclass
class _Tally:
    """What fell into one bin; what is `drawn` has an inclusion probability."""

    enterprises: int = 0
    visits: int = 0
    found: int = 0
    drawn: int = 0
    drawn_found: int = 0
    weighted: Fraction = Fraction(0)
    weighted_found: Fraction = Fraction(0)

    def count(self, visit: Visit, weight: Fraction) -> None:
        found = visit.found()
        self.visits += 1
        self.found += found
        if not visit.observational:
            self.drawn += 1
            self.drawn_found += found
            self.weighted += weight
            self.weighted_found += weight * found


def statistics(
    model: Model, enterprises: Mapping[str, Sequence[int]], sample: Sample, before: Sequence[Values]
) -> Iterator[dict[str, Cell]]:
    """Give the rows of the statistics, of the values before each visit, and of today's `enterprises` by bin."""
    visits = [
        (visit, sample.weight(visit), values)
        for visit, values in zip(sample.visits, before, strict=True)
        if visit.inspectable
    ]
    for indicator in model.indicators:
        places: tuple[Bin | None, ...] = (*indicator.bins, *(() if indicator.missing is None else (None,)))
        tallies = {place: _Tally() for place in places}
        for tally, count in zip(tallies.values(), enterprises[indicator.id], strict=True):
            tally.enterprises = count
        for visit, weight, values in visits:
            tallies[_bin_of(indicator, values[indicator.id])].count(visit, weight)
        yield from _rows(indicator, tallies)


def thousandths(value: Fraction) -> int:
    """Return a non-negative number in thousandths, rounded, halves up."""
    return int(value * THOUSANDTHS + Fraction(1, 2))


def _bin_of(indicator: Indicator, value: int | None) -> Bin | None:
    return None if value is None else next(each for each in indicator.bins if each.holds(value))


def _rows(indicator: Indicator, tallies: Mapping[Bin | None, _Tally]) -> Iterator[dict[str, Cell]]:
    held = list(tallies.values())
    enterprises = _told([each.enterprises for each in held], [_few(each.enterprises) for each in held])
    visits = _told([each.visits for each in held], [_few(each.visits) for each in held])
    small = [
        told is None or _few(each.found) or _few(each.visits - each.found)
        for each, told in zip(held, visits, strict=True)
    ]
    found = _told([each.found for each in held], small)
    none_drawn = not any(each.drawn for each in held)
    for place, tally, *counts in zip(tallies, held, enterprises, visits, found, strict=True):
        few = none_drawn or counts[1] is None or _few(tally.drawn)
        few_found = few or counts[2] is None or _few(tally.drawn_found) or _few(tally.drawn - tally.drawn_found)
        yield {
            "indicator": indicator.id,
            "bin": MISSING if place is None else bin_text(place.lower, place.upper),
            "lower": None if place is None else place.lower,
            "upper": None if place is None else place.upper,
            "enterprises": counts[0],
            "visits": counts[1],
            "found": counts[2],
            "weighted_visits": None if few else thousandths(tally.weighted),
            "weighted_found": None if few_found else thousandths(tally.weighted_found),
        }


def _few(count: int) -> bool:
    return 0 < count < FEWEST


def _told(counts: Sequence[int], withheld: Sequence[bool]) -> list[int | None]:
    """Return the counts that may be told, None for the others."""
    hidden = {place for place, each in enumerate(withheld) if each}
    others = [place for place in range(len(counts)) if place not in hidden]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda place: (counts[place] == 0, counts[place])))
    return [None if place in hidden else count for place, count in enumerate(counts)]
