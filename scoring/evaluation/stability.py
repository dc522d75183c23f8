"""Whether a population still is distributed as it was. Pure.

PSI = Σ(a − e)·ln(a/e) over shares. If both counts are samples of one law, PSI follows (1/N + 1/M)·χ² with bins − 1
degrees of freedom (Yurdakul and Naranjo 2020): its 95 % point is the limit beside the usual 0.1 and 0.25. Where a bin
is empty on one side, half a case is added to it on both, and noted; one empty on both sides is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log

import scipy

from scoring.evaluation.intervals import CONFIDENCE
from scoring.evaluation.notes import Note


@dataclass(frozen=True)
class Stability:
    """PSI with its limit by chance at 95 %; None where there is nothing on a side."""

    psi: float | None
    limit: float | None
    notes: tuple[Note, ...] = ()

    @property
    def shifted(self) -> bool:
        """Whether it is more than chance."""
        return self.psi is not None and self.limit is not None and self.psi > self.limit


def stability(expected: Sequence[int], actual: Sequence[int]) -> Stability:
    """Return the PSI of counts by bin, the earlier ones first; raises ValueError if they are not of the same bins."""
    earlier, later = sum(expected), sum(actual)
    if not earlier or not later:
        return Stability(None, None, (Note.NO_VISITS,))
    pairs = [(one, other) for one, other in zip(expected, actual, strict=True) if one or other]
    shares = [
        (one / earlier, other / later) if one and other else ((one + 0.5) / earlier, (other + 0.5) / later)
        for one, other in pairs
    ]
    psi = fsum((now - then) * log(now / then) for then, now in shares)
    notes = (Note.ADJUSTED,) if any(not one or not other for one, other in pairs) else ()
    limit = (
        (1 / earlier + 1 / later) * float(scipy.special.chdtri(len(pairs) - 1, 1 - CONFIDENCE))
        if len(pairs) > 1
        else 0.0
    )
    return Stability(psi, limit, notes)
