"""Risk points: matters that are violated in a trade more often than in the others (主要风险点). Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import scipy

from scoring.warnings.false_discoveries import benjamini_hochberg

LEAST_VIOLATED = 3
Z = 1.959964
"""Of a two-sided interval of 95 %."""


@dataclass(frozen=True)
class Checked:
    """How often a matter was looked at in a trade, and how often it was violated."""

    checked: int
    violated: int


@dataclass(frozen=True)
class RiskPoint:
    """A matter in a trade against the same matter in all others.

    `log_odds` is the log odds ratio (0.5 added to each cell), `shrunken` what is left of it once it is drawn towards
    the mean of all cells by how much they differ beyond chance, with a 95 % interval of half-width `margin`. `p_value`
    is Fisher's, one-sided; `found` says whether it is a discovery among all that were tested.
    """

    matter: str
    sector: str
    here: Checked
    elsewhere: Checked
    log_odds: float
    shrunken: float
    margin: float
    p_value: float
    found: bool


def shrink(estimates: Sequence[float], variances: Sequence[float]) -> list[tuple[float, float]]:
    """Return (mean, variance) of each effect by empirical Bayes under a normal law of effects.

    The variance between effects is DerSimonian and Laird's; where they do not differ beyond chance it is 0, and all are
    the common mean.
    """
    if not estimates:
        return []
    weights = [1 / variance for variance in variances]
    total = sum(weights)
    mean = sum(w * y for w, y in zip(weights, estimates, strict=True)) / total
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, estimates, strict=True))
    spread = total - sum(w * w for w in weights) / total
    between = max(0.0, (q - (len(estimates) - 1)) / spread) if spread > 0 else 0.0
    random = [1 / (variance + between) for variance in variances]
    centre = sum(w * y for w, y in zip(random, estimates, strict=True)) / sum(random)
    shares = [between / (between + variance) for variance in variances]
    return [
        (centre + share * (y - centre), share * variance + (1 - share) ** 2 / sum(random))
        for share, y, variance in zip(shares, estimates, variances, strict=True)
    ]


def risk_points(cells: Mapping[tuple[str, str], Checked]) -> list[RiskPoint]:
    """Test every (matter, sector) that was looked at here and elsewhere; return all, in the order of their keys.

    A point that is found has also `LEAST_VIOLATED` violations, and the interval of its shrunken log odds lies above 0.
    """
    totals: dict[str, Checked] = {}
    for (matter, _), cell in cells.items():
        so_far = totals.get(matter, Checked(0, 0))
        totals[matter] = Checked(so_far.checked + cell.checked, so_far.violated + cell.violated)
    tested = []
    for (matter, sector), here in sorted(cells.items()):
        whole = totals[matter]
        elsewhere = Checked(whole.checked - here.checked, whole.violated - here.violated)
        if here.checked and elsewhere.checked:
            tested.append((matter, sector, here, elsewhere))
    odds = [_log_odds_ratio(here, elsewhere) for _, _, here, elsewhere in tested]
    p_values = [_fisher(here, elsewhere) for _, _, here, elsewhere in tested]
    discovered = benjamini_hochberg(p_values)
    shrunken = shrink([each for each, _ in odds], [variance for _, variance in odds])
    points = []
    for place, (matter, sector, here, elsewhere) in enumerate(tested):
        mean, margin = shrunken[place][0], Z * math.sqrt(shrunken[place][1])
        found = discovered[place] and here.violated >= LEAST_VIOLATED and mean - margin > 0
        points.append(RiskPoint(matter, sector, here, elsewhere, odds[place][0], mean, margin, p_values[place], found))
    return points


def _log_odds_ratio(here: Checked, elsewhere: Checked) -> tuple[float, float]:
    cells = [count + 0.5 for each in (here, elsewhere) for count in (each.violated, each.checked - each.violated)]
    return math.log(cells[0] * cells[3] / (cells[1] * cells[2])), sum(1 / cell for cell in cells)


def _fisher(here: Checked, elsewhere: Checked) -> float:
    whole, bad = here.checked + elsewhere.checked, here.violated + elsewhere.violated
    return float(scipy.stats.hypergeom.sf(here.violated - 1, whole, bad, here.checked))
