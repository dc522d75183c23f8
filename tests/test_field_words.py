"""One thing has one Chinese word, on the pages, on the command line, in messages, forms and documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OTHER_WORDS = {
    "信标": "随机数 (the beacon)",
    "随机源": "随机数 (the beacon)",
    "揭示的随机数": "随机值 (what a party of a ceremony reveals)",
    "揭示随机数": "随机值 (what a party of a ceremony reveals)",
    "公布随机数": "随机值 (what a party of a ceremony reveals), which is 揭示",
    "公开随机值": "揭示 (what a party of a ceremony does with it)",
    "见证方揭示": "参与方 (a party of a ceremony; 见证方 cosigns the log)",
    "抽取仪式": "多方见证仪式 (the ceremony)",
    "多方仪式": "多方见证仪式 (the ceremony)",
    "核验包": "审计卷宗 (the bundle)",
    "候补替换": "替补 (a reserve, 候补, takes the place of a drawn enterprise)",
}
PLACES = ("api", "schema", "sampling", "scoring", "ledger", "docs", "README.zh-CN.md", "README.md", "ARCHITECTURE.md")
KINDS = (".py", ".toml", ".ts", ".tsx", ".md", ".graphql", ".html")
BUILT = {"node_modules", "dist", "generated"}
RELEASED = ROOT / "schema" / "released"
"""Schemas as they were given out, which nobody changes any more."""


def sources() -> Iterator[Path]:
    """Give the files in which words stand that people read."""
    for place in PLACES:
        files = [ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*"))
        for file in files:
            if file.suffix in KINDS and not BUILT.intersection(file.parts) and RELEASED not in file.parents:
                yield file


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_no_other_word_is_used_for_it(word: str) -> None:
    found = [str(file.relative_to(ROOT)) for file in sources() if word in file.read_text("utf-8")]
    assert found == [], OTHER_WORDS[word]
