"""What the sections of the quarterly report are made of: parts of forms, and plots that become numbered figures."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from api.plotting.canvas import WIDTH, png_of, svg_of
from api.plotting.plot import Plot
from api.printing.forms import Figure, Grid, Paragraph, Part

Piece: TypeAlias = Part | Plot


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], none: str) -> Grid | Paragraph:
    """Return a table, or what is said where it has no row."""
    return Grid(heads, rows) if rows else Paragraph(none)


def numbered(pieces: Iterable[Piece], font: Path | None) -> Iterator[Part]:
    """Draw the plots among the pieces, as figures that are numbered from 1 on; raises what `svg_of` raises."""
    number = 0
    for piece in pieces:
        if isinstance(piece, Plot):
            number += 1
            caption = f"图 {number}　{piece.title}"
            svg, png = svg_of(piece, font, titled=False), png_of(piece, font, titled=False)
            yield Figure(caption, piece.alt, svg, png, WIDTH, piece.height)
        else:
            yield piece
