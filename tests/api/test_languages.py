"""The caller's language."""

import pytest

from api.languages import preferred
from schema.words import Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("ZH-Hans-CN", "zh"),
        ("en", "en"),
        ("fr", "en"),
        ("fr, zh", "zh"),
        ("en, zh", "en"),
        ("zh, en", "zh"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("zhx", "en"),
        (",,;;q=", "en"),
        ("*", "en"),
        ("zh;q=nan", "en"),
    ],
)
def test_the_language_that_the_caller_likes_best(header: str | None, language: Language) -> None:
    assert preferred(header) == language
