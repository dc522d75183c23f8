"""What all plots have in common: colours that the colour-blind and a grey print tell apart, sizes, and numbers.

Blue and vermilion are Okabe and Ito's; whatever they tell apart differs in form too.
"""

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes

INK: Final = "#222222"
QUIET: Final = "#6b6b6b"
FAINT: Final = "#9a9a9a"
GRID: Final = "#e3e3e3"
BLUE: Final = "#0072b2"
RED: Final = "#d55e00"
PALE: Final = "#9ecae1"

TITLE_SIZE: Final = 10
LABEL_SIZE: Final = 8
NOTE_SIZE: Final = 7.5

LONGEST_LABEL: Final = 16


def short(label: str, longest: int = LONGEST_LABEL) -> str:
    """Return a label that leaves room for the picture; the data has it whole."""
    plain = " ".join(label.split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def percent(share: float, digits: int = 1) -> str:
    """Return a share as a percentage."""
    return f"{share * 100:.{digits}f}%"


def ceiling(greatest: float) -> float:
    """Return the end of an axis of shares that leaves room above the greatest."""
    return next((end for end in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if greatest <= end * 0.95), 1.0)


def percent_ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return four or five places on an axis of shares, with their words."""
    step = next(each for each in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if (high - low) / each <= 5.001)
    places = [low + number * step for number in range(round((high - low) / step) + 1)]
    return places, [percent(place, 0) for place in places]


def ticked(
    axes: Axes, across: tuple[Sequence[float], Sequence[str]], up: tuple[Sequence[float], Sequence[str]]
) -> None:
    """Set the places and words of both axes."""
    axes.set_xticks(across[0], across[1])
    axes.set_yticks(up[0], up[1])


def named(axes: Axes, across: str, up: str = "") -> None:
    """Say what the axes mean."""
    axes.set_xlabel(across, fontsize=LABEL_SIZE, color=INK)
    axes.set_ylabel(up, fontsize=LABEL_SIZE, color=INK)
