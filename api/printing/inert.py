"""Text that only shows itself: nothing in it controls how it, or what stands beside it, is shown. Pure."""

import unicodedata
from collections.abc import Container

_CONTROLLING = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def inert(text: str, glyphs: Container[int] | None = None) -> str:
    """Return the text with every controlling character, such as a bidi mark, named by its code: [U+202E].

    So is a character without a glyph, where `glyphs` has those of a font, so that nothing vanishes in print.
    Line ends stay, as one line feed each; a tabulator becomes a space.
    """
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(each if _shown(each, glyphs) else f"[U+{ord(each):04X}]" for each in plain)


def _shown(character: str, glyphs: Container[int] | None) -> bool:
    if character == "\n":
        return True
    if unicodedata.category(character) in _CONTROLLING:
        return False
    return glyphs is None or ord(character) in glyphs
