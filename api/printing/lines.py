"""Breaking running text into lines, as Chinese is set: anywhere but before closing and after opening marks. Pure."""

import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], int]
"""Gives the width of a text."""

_NEVER_FIRST = frozenset("，。、；：？！）》」』】〕〉”’％…—·～,.;:?!)]}%")
_NEVER_LAST = frozenset("（《「『【〔〈“‘￥([{$")


def lines_of(text: str, width: int, measure: Measure) -> list[str]:
    """Return the text's lines, none wider than `width` but for a single character that is; words of letters stay whole.

    There is at least one line; each line end of the text begins another.
    """
    return [line for paragraph in text.split("\n") for line in _broken(paragraph, width, measure)]


def _broken(paragraph: str, width: int, measure: Measure) -> Iterator[str]:
    line, used = "", 0
    for piece in _fitting(paragraph, width, measure):
        wide = measure(piece)
        if line and used + measure(piece.rstrip(" ")) > width:
            yield line.rstrip(" ")
            line, used = "", 0
        line += piece
        used += wide
    yield line.rstrip(" ")


def _fitting(paragraph: str, width: int, measure: Measure) -> Iterator[str]:
    """Give the pieces that stay whole, those that are wider than a line by characters."""
    for piece in _pieces(paragraph):
        if measure(piece.rstrip(" ")) > width:
            yield from piece
        else:
            yield piece


def _pieces(paragraph: str) -> Iterator[str]:
    begun = 0
    for place in range(1, len(paragraph)):
        if _may_part(paragraph[place - 1], paragraph[place]):
            yield paragraph[begun:place]
            begun = place
    yield paragraph[begun:]


def _may_part(before: str, after: str) -> bool:
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return before == " " or _wide(before) or _wide(after)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
