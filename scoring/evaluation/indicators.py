"""An indicator's bins against findings, weighted. Pure.

WoE = ln((bad/B) / (good/G)) with bad = Σw where something was found; IV = Σ(bad/B − good/G)·WoE (Siddiqi 2006). A bin
in which one of both is empty gets half a visit of mean weight added to each of them, and is marked as adjusted. A bin
without visits has neither rate nor WoE and adds nothing. Of one class alone there is no WoE and no IV.

Bins are held against the model's points: more points should go with a higher rate. AUC, KS and Gini are those of the
points (`discrimination`); bins of equal points are ties.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import fsum, log

from scoring.evaluation.discrimination import Discrimination, discrimination
from scoring.evaluation.intervals import Estimate, difference
from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored, weighted_rate


@dataclass(frozen=True)
class Bin:
    """A bin as a model has it; the bin of missing values is one more."""

    label: str
    points: int


@dataclass(frozen=True)
class BinFindings:
    """What was seen in a bin. `coverage` is its share of all weight; `iv` what it adds to the indicator's."""

    bin: Bin
    visits: int
    found: int
    coverage: float
    rate: Estimate
    woe: float | None
    iv: float | None
    adjusted: bool = False


@dataclass(frozen=True)
class Reversal:
    """A bin of more points in which less was found than in one of fewer points; `beyond_chance` by 95 % intervals."""

    fewer_points: Bin
    more_points: Bin
    fewer_rate: float
    more_rate: float
    beyond_chance: bool


@dataclass(frozen=True)
class Association:
    """An indicator against findings; `reversals` are of neighbours in the order of points that have visits."""

    bins: tuple[BinFindings, ...]
    iv: float | None
    discrimination: Discrimination
    reversals: tuple[Reversal, ...]
    notes: tuple[Note, ...] = ()

    @property
    def monotone(self) -> bool:
        """Whether the rate rises with the points throughout."""
        return not self.reversals


def association(bins: Sequence[Bin], visits: Iterable[tuple[int, bool, float]]) -> Association:
    """Return how an indicator goes with findings, of visits as (place of the bin, found, weight)."""
    placed: list[list[Scored]] = [[] for _ in bins]
    for place, found, weight in visits:
        placed[place].append(Scored(bins[place].points, found, weight))
    everything = [visit for of_bin in placed for visit in of_bin]
    told = discrimination(everything)
    whole = _Classes.of(everything)
    findings = tuple(_of_bin(bin_, of_bin, whole, len(everything)) for bin_, of_bin in zip(bins, placed, strict=True))
    notes = list(told.notes)
    if sum(each.visits > 0 for each in findings) == 1:
        notes.append(Note.ONE_VALUE)
    if any(each.adjusted for each in findings):
        notes.append(Note.ADJUSTED)
    iv = None if told.notes else fsum(each.iv for each in findings if each.iv is not None)
    return Association(findings, iv, told, tuple(_reversals(findings)), tuple(notes))


@dataclass(frozen=True)
class _Classes:
    """The weight of the visits that found something, and of those that did not."""

    bad: float
    good: float

    @classmethod
    def of(cls, visits: Sequence[Scored]) -> "_Classes":
        return cls(
            fsum(visit.weight for visit in visits if visit.found),
            fsum(visit.weight for visit in visits if not visit.found),
        )

    @property
    def both(self) -> float:
        return self.bad + self.good


def _of_bin(bin_: Bin, visits: Sequence[Scored], whole: _Classes, all_visits: int) -> BinFindings:
    found = sum(visit.found for visit in visits)
    rate = weighted_rate(visits)
    if not visits:
        return BinFindings(bin_, 0, 0, 0.0, rate, None, None)
    own = _Classes.of(visits)
    coverage = own.both / whole.both
    if not whole.bad or not whole.good:
        return BinFindings(bin_, len(visits), found, coverage, rate, None, None)
    adjusted = not own.bad or not own.good
    if adjusted:
        half = whole.both / all_visits / 2
        own = _Classes(own.bad + half, own.good + half)
    bad, good = own.bad / whole.bad, own.good / whole.good
    woe = log(bad / good)
    return BinFindings(bin_, len(visits), found, coverage, rate, woe, (bad - good) * woe, adjusted)


def _reversals(findings: Sequence[BinFindings]) -> Iterator[Reversal]:
    """Bins of equal points stand for the model in the same place, so each is held against those of the next points."""
    by_points: dict[int, list[tuple[Bin, Estimate, float]]] = defaultdict(list)
    for each in findings:
        if each.rate.value is not None:
            by_points[each.bin.points].append((each.bin, each.rate, each.rate.value))
    for fewer, more in pairwise(sorted(by_points)):
        for (one, rate, low), (other, next_rate, high) in product(by_points[fewer], by_points[more]):
            if high < low:
                fall = difference(next_rate, rate).interval
                yield Reversal(one, other, low, high, fall is not None and fall.high < 0)
