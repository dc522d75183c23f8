"""From which grade to which: counts in a square, the darker the larger their share of a row."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from api.plotting.look import BLUE, INK, LABEL_SIZE, NOTE_SIZE, QUIET, named, percent

_SHADES = LinearSegmentedColormap.from_list("shades", ["#ffffff", "#9ecae1", "#08519c"])
_DARK = 0.62


def draw_matrix(axes: Axes, names: Sequence[str], counts: Mapping[tuple[str, str], int], across: str, up: str) -> None:
    """Draw counts from the name of a row to the name of a column; the framed diagonal is what stayed as it was."""
    for row, before in enumerate(names):
        total = sum(counts.get((before, after), 0) for after in names)
        for column, after in enumerate(names):
            count = counts.get((before, after), 0)
            share = count / total if total else 0
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=_SHADES(share), edgecolor="white", linewidth=1.5))
            colour = "white" if share > _DARK else INK if count else QUIET
            words = axes.text(column + 0.5, row + 0.5, f"{count}\n{percent(share)}" if count else "0", color=colour)
            words.set(fontsize=NOTE_SIZE, horizontalalignment="center", verticalalignment="center")
    for place in range(len(names)):
        axes.add_patch(Rectangle((place + 0.03, place + 0.04), 0.94, 0.92, fill=False, edgecolor=BLUE, linewidth=1.4))
    middles = [place + 0.5 for place in range(len(names))]
    axes.set_xticks(middles, names)
    axes.set_yticks(middles, names)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set(xlim=(0, len(names)), ylim=(len(names), 0))
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=LABEL_SIZE)
    named(axes, across, up)
