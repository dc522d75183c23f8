"""The Chinese font, where it is, and what a PDF says, read by another library."""

import io

import pytest
from pypdf import PdfReader

from api.printing.fonts import PACKAGE, font_at
from ledger.errors import Missing


def _is_here() -> bool:
    try:
        font_at(None)
    except Missing:
        return False
    return True


needs_font = pytest.mark.skipif(not _is_here(), reason=f"there is no Chinese font here (Debian package {PACKAGE})")


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """Return all text without its spaces and line ends."""
    return "".join("".join(pages_of(pdf)).split())
