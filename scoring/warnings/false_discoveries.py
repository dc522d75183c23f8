"""Many tests at once: which of them count, so that few of these are false (Benjamini–Hochberg). Pure."""

from collections.abc import Sequence

RATE = 50_000
"""Of those that are told as found, so many in a million are false on average, at the most."""


def benjamini_hochberg(p_values: Sequence[float], rate: int = RATE) -> list[bool]:
    """Tell of each test whether it is a discovery at a false-discovery rate per million (step-up, 1995).

    It holds for independent tests, and for those that depend positively on each other.
    """
    ordered = sorted(range(len(p_values)), key=lambda place: p_values[place])
    accepted = 0
    for rank, place in enumerate(ordered, 1):
        if p_values[place] * len(p_values) * 1_000_000 <= rank * rate:
            accepted = rank
    found = set(ordered[:accepted])
    return [place in found for place in range(len(p_values))]
