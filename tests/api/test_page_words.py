"""English words hold no Chinese punctuation: in the words' files, and where pages join texts of their own."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "api" / "web"
PUNCTUATION = re.compile("[，。；：、（）《》！？「」]")
PARTING = re.compile(r"/\[[^\]]*\]\+?/")
"""What parts what is typed, in whichever language."""
IN_CHINESE = re.compile(r"(?:^|_)zh\.ts$|^compared\.ts$")
IN_BOTH = WEB / "shared" / "marks.ts"
TABLES = sorted(
    file
    for package in ("api", "schema", "sampling", "scoring", "ledger")
    for file in (ROOT / package).rglob("*.toml")
    if "node_modules" not in file.parts
)
NAMING_A_MARK = {"scoring.toml: json_value_type.en_remedy"}
"""What tells of a Chinese mark as such."""


def english(told: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give the English texts of a table of words, by their place."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from english(value, f"{name}.{key}" if name else key)
    elif isinstance(told, list):
        for value in told:
            yield from english(value, name)
    elif isinstance(told, str) and re.search(r"(?:^|[._])en(?:_remedy)?$", name):
        yield name, told


@pytest.mark.parametrize("room", ["desk", "shared", "site"])
def test_no_page_joins_texts_by_chinese_punctuation_in_english(room: str) -> None:
    told = [
        f"{file.relative_to(WEB)}:{number}"
        for file in sorted((WEB / room).rglob("*.ts*"))
        if file != IN_BOTH and not IN_CHINESE.search(file.name)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if PUNCTUATION.search(PARTING.sub("", line))
    ]
    assert told == []


def test_no_table_of_words_says_english_with_chinese_punctuation() -> None:
    texts = [
        (f"{file.name}: {name}", text)
        for file in TABLES
        for name, text in english(tomllib.loads(file.read_text("utf-8")))
    ]
    assert len(texts) > 1000
    assert {name for name, text in texts if PUNCTUATION.search(text)} == NAMING_A_MARK
