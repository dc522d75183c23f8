"""A plot's files: SVG, PNG, and its data as CSV."""

from collections.abc import Iterator
from pathlib import Path

from api.plotting.canvas import png_of, svg_of
from api.plotting.plot import Plot


def plot_files(plot: Plot, font: Path | None) -> Iterator[tuple[str, bytes]]:
    """Give names and contents; raises what `svg_of` raises."""
    yield f"{plot.name}.svg", svg_of(plot, font).encode()
    yield f"{plot.name}.png", png_of(plot, font)
    yield f"{plot.name}.csv", plot.csv()
