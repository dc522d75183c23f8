"""A heat map as one SVG file without scripts or fonts of its own: shares as colours and as numbers. Pure."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

ROW, COLUMN, MARGIN, LABELS = 28, 84, 16, 180
_LIGHT, _DARK = (240, 244, 250), (8, 64, 129)


def heat_map(
    title: str, rows: Sequence[str], columns: Sequence[str], shares: Mapping[tuple[str, str], tuple[int, int]]
) -> str:
    """Return the map of shares by (row, column), each so many of so many; where of none, the place stays empty.

    Each place says its numbers in a title, which screen readers and pointers tell.
    """
    width, height = 2 * MARGIN + LABELS + COLUMN * len(columns), 2 * MARGIN + ROW * (len(rows) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="13">',
        f'<title id="title">{escape(title)}</title>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(MARGIN, MARGIN + ROW // 2, title, "start", bold=True),
    ]
    top = MARGIN + ROW
    for across, column in enumerate(columns):
        parts.append(_text(MARGIN + LABELS + COLUMN * across + COLUMN // 2, top + ROW // 2, column, "middle"))
    for down, row in enumerate(rows, start=1):
        y = top + ROW * down
        parts.append(_text(MARGIN, y + ROW // 2, row, "start"))
        for across, column in enumerate(columns):
            some, of = shares.get((row, column), (0, 0))
            if of:
                parts.append(_place(MARGIN + LABELS + COLUMN * across, y, f"{row} · {column}", some, of))
    return "\n".join([*parts, "</svg>\n"])


def _place(x: int, y: int, name: str, some: int, of: int) -> str:
    share = some * 1000 // of
    colour = "#" + "".join(f"{low + (high - low) * share // 1000:02x}" for low, high in zip(_LIGHT, _DARK, strict=True))
    text = _text(
        x + COLUMN // 2, y + ROW // 2, f"{share // 10}.{share % 10}%", "middle", "#fff" if share > 500 else "#111"
    )
    told = f"<title>{escape(name)}: {some} / {of}</title>"
    return f'<g>{told}<rect x="{x}" y="{y}" width="{COLUMN - 2}" height="{ROW - 2}" fill="{colour}"/>{text}</g>'


def _text(x: int, y: int, text: str, anchor: str, colour: str = "#111", *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" dominant-baseline="middle" fill="{colour}"{weight}>'
        f"{escape(text)}</text>"
    )
