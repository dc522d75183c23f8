"""How long control charts run until they signal: their false-alarm rates, and how soon they see a shift. Pure.

Average run lengths of charts over independent standard normal observations with a shift of the mean, from the integral
equations of Page and of Crowder, solved by Gauss–Legendre quadrature (Nyström). With 60 nodes the error is below 1e-6
for the designs that are used here.
"""

import math

import numpy as np
import scipy
from numpy.typing import NDArray

NODES = 60


def cusum_run_length(reference: float, limit: float, shift: float = 0.0) -> float:
    """Return the average run length of an upper CUSUM that starts at zero.

    S = max(0, S + z − reference) signals above `limit`; z has mean `shift` and variance 1, all in standard deviations.
    """
    at, weight = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = (at + 1) * limit / 2, weight * limit / 2
    starts = np.concatenate(([0.0], nodes))
    to_zero = scipy.special.ndtr(reference - starts - shift)
    onward = _density(nodes[None, :] + reference - starts[:, None] - shift) * weights
    steps = np.column_stack((to_zero, onward))
    return float(np.linalg.solve(np.eye(NODES + 1) - steps, np.ones(NODES + 1))[0])


def two_sided_cusum_run_length(reference: float, limit: float, shift: float = 0.0) -> float:
    """Return the average run length of an upper and a lower CUSUM together: their rates add up (Kemp, 1961)."""
    sides = (cusum_run_length(reference, limit, shift), cusum_run_length(reference, limit, -shift))
    return 1 / sum(1 / side for side in sides)


def ewma_run_length(share: float, width: float, shift: float = 0.0) -> float:
    """Return the average run length of a two-sided EWMA that starts at zero.

    E = (1 − share)·E + share·z signals beyond `width` of its own asymptotic standard deviations.
    """
    limit = width * math.sqrt(share / (2 - share))
    at, weight = np.polynomial.legendre.leggauss(NODES)
    nodes, weights = at * limit, weight * limit
    starts = np.concatenate(([0.0], nodes))
    onward = _density((nodes[None, :] - (1 - share) * starts[:, None]) / share - shift) * weights / share
    inner = np.linalg.solve(np.eye(NODES) - onward[1:], np.ones(NODES))
    return float(1 + onward[0] @ inner)


def per_million(run_length: float) -> int:
    """Return the false alarms in a million periods of a chart with an average run length."""
    return round(1_000_000 / run_length)


def _density(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.exp(-values * values / 2) / math.sqrt(2 * math.pi)
    return found
