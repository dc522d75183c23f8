"""Cells that a spreadsheet would take for a formula, kept from it by an apostrophe, and without it again. Pure."""

import re

_STARTS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{_STARTS}]")
_NEUTRAL = re.compile(f"'+[{_STARTS}]")


def neutral(cell: str) -> str:
    """Return the cell with an apostrophe before it where a spreadsheet would take it, or it and more, for a formula.

    `meant` gives every cell back exactly: one that has such an apostrophe already gets a second one.
    """
    return "'" + cell if _FORMULA.match(cell) else cell


def meant(cell: str) -> str:
    """Return what a cell says that `neutral` may have written."""
    return cell[1:] if _NEUTRAL.match(cell) else cell


def has_neutral(text: str) -> bool:
    """Tell whether some cell of a text may be one that `meant` changes; a fast no for all others."""
    return "'" in text and _NEUTRAL.search(text) is not None
