"""Nothing in a printed text controls how it is shown."""

import pytest

from api.printing.inert import inert


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲\u202e乙", "甲[U+202E]乙"),
        ("\u2066甲\u2069\u200f", "[U+2066]甲[U+2069][U+200F]"),
        ("a\x00b\x1b[31m", "a[U+0000]b[U+001B][31m"),
        ("\ud800", "[U+D800]"),
        ("甲\r\n乙\t丙", "甲\n乙 丙"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_what_controls_is_named(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_a_character_without_a_glyph_is_named() -> None:
    assert inert("甲א", {ord("甲")}) == "甲[U+05D0]"
