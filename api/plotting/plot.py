"""A plot, whatever draws it: its title, what it says in words, the data that it shows, and how it is drawn."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from scoring.formula_cells import neutral

if TYPE_CHECKING:  # it takes a while to load, which commands that draw nothing do without
    from matplotlib.axes import Axes

Value: TypeAlias = str | int | float | None


@dataclass(frozen=True)
class Plot:
    """One picture.

    `name` is its file's name without an ending. `alt` says what the picture shows to whoever does not see it. `rows`
    are the data, one value for each of `heads`, shares as numbers from 0 to 1. `height` is in inches; all are as wide.
    """

    name: str
    title: str
    alt: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    draw: Callable[["Axes"], None]
    height: float = 2.8

    def data(self) -> dict[str, object]:
        """Return what it shows as a document."""
        rows = [dict(zip(self.heads, row, strict=True)) for row in self.rows]
        return {"name": self.name, "title": self.title, "text": self.alt, "rows": rows}

    def csv(self) -> bytes:
        """Return what it shows as CSV in UTF-8 with its mark; no cell is a formula."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.heads)
        writer.writerows([_cell(value) for value in row] for row in self.rows)
        return text.getvalue().encode("utf-8-sig")


def _cell(value: Value) -> str:
    return neutral(value) if isinstance(value, str) else "" if value is None else repr(value)
