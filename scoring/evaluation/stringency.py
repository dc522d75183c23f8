"""How much more or less inspectors find than was to be expected where they went. Pure.

A visit by k inspectors counts for each with 1/k of what it found and of what was expected. Observed O of expected E
is taken as Poisson of mean θ·E, θ as Gamma over inspectors (Clayton and Kaldor 1987). With m = ΣO/ΣE, s² = ΣE(O/E −
m)²/ΣE and A = s² − m/Ē (Marshall 1991), the shrunken ratio is (O + m²/A) / (E + m/A); where A ≤ 0, inspectors differ
by no more than chance, and it is m for all. Findings vary less than a Poisson number of their mean, so the shrinkage
errs on the side of no difference.

A factor is the shrunken ratio by m; that of a visit is the mean of its inspectors', of unknown ones 1.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from scoring.evaluation.funnel import FunnelLimits, funnel_limits
from scoring.evaluation.notes import Note


@dataclass(frozen=True)
class Attended:
    """An inspectable visit: who inspected, whether something was found, and how likely that was by anybody."""

    inspectors: tuple[str, ...]
    found: bool
    expected: float


@dataclass(frozen=True)
class Inspector:
    """Visits (each counted whole), observed and expected findings, observed ÷ expected by m, and limits around 1."""

    inspector: str
    visits: int
    observed: float
    expected: float
    ratio: float | None
    factor: float
    limits: FunnelLimits | None

    @property
    def beyond_95(self) -> bool:
        """Whether it is outside the 95 % limits."""
        return self.limits is not None and self._outside(self.limits.low_95, self.limits.high_95)

    @property
    def beyond_998(self) -> bool:
        """Whether it is outside the 99.8 % limits."""
        return self.limits is not None and self._outside(self.limits.low_998, self.limits.high_998)

    def _outside(self, low: float, high: float) -> bool:
        return self.ratio is not None and not low <= self.ratio <= high


@dataclass(frozen=True)
class Stringency:
    """Inspectors by name; `overall` is m, None where nothing was found or expected, `spread` is A."""

    inspectors: Mapping[str, Inspector]
    overall: float | None
    spread: float | None
    notes: tuple[Note, ...] = ()

    def factor(self, inspectors: Sequence[str]) -> float:
        """Return by how much a visit of these inspectors finds more than others would."""
        factors = [self.inspectors[name].factor if name in self.inspectors else 1.0 for name in inspectors]
        return fsum(factors) / len(factors) if factors else 1.0


def stringency(visits: Sequence[Attended]) -> Stringency:
    """Return the stringency of all inspectors of the visits; visits that name none are left out."""
    tallies: dict[str, list[Attended]] = defaultdict(list)
    for visit in visits:
        for name in visit.inspectors:
            tallies[name].append(visit)
    observed = {name: fsum(each.found / len(each.inspectors) for each in own) for name, own in tallies.items()}
    expected = {name: fsum(each.expected / len(each.inspectors) for each in own) for name, own in tallies.items()}
    all_expected, all_observed = fsum(expected.values()), fsum(observed.values())
    overall = all_observed / all_expected if all_expected else None
    spread = _spread(observed, expected, overall) if overall else None
    known = {
        name: _inspector(name, len(tallies[name]), observed[name], expected[name], overall, spread)
        for name in sorted(tallies)
    }
    notes = []
    if not tallies:
        notes.append(Note.NO_VISITS)
    elif not all_observed:
        notes.append(Note.NO_FINDINGS)
    elif not spread:
        notes.append(Note.NO_SPREAD)
    return Stringency(known, overall, spread, tuple(notes))


def expected_by_cell(cells: Sequence[str], found: Sequence[bool]) -> list[float]:
    """Return for each visit the finding rate of its cell (band of score, stratum, …): indirect standardisation."""
    visits = Counter(cells)
    those = Counter(cell for cell, one in zip(cells, found, strict=True) if one)
    return [those[cell] / visits[cell] for cell in cells]


def _spread(observed: Mapping[str, float], expected: Mapping[str, float], overall: float) -> float:
    """Return A, the variance of θ over inspectors beyond chance; 0 if there is none."""
    whole = fsum(expected.values())
    squares = [(observed[name] - overall * of_name) ** 2 / of_name for name, of_name in expected.items() if of_name]
    return max(0.0, (fsum(squares) - overall * len(squares)) / whole)


def _inspector(
    name: str, visits: int, observed: float, expected: float, overall: float | None, spread: float | None
) -> Inspector:
    factor = (observed + overall**2 / spread) / (expected + overall / spread) / overall if overall and spread else 1.0
    if not overall or not expected:
        return Inspector(name, visits, observed, expected, None, factor, None)
    ratio = observed / expected / overall
    return Inspector(name, visits, observed, expected, ratio, factor, funnel_limits(overall * expected))
