"""Remarks on models: each that the code makes has its words in both languages, and none is idle."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from schema.remark_words import all_remarks, say_remark
from scoring.remarks import Remark

SCORING = Path(__file__).parents[2] / "scoring"


def made() -> set[str]:
    """Return the codes of all remarks that scoring makes: each stands as a text in the call that makes it."""
    found = set()
    for path in SCORING.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Remark" | "_changed"), args=[ast.Constant(value=str(code)), *_]):
                    found.add(code)
                case ast.Assign(targets=[ast.Name(id="code")], value=ast.IfExp(body=one, orelse=other)):
                    found |= {str(each.value) for each in (one, other) if isinstance(each, ast.Constant)}
    return found


def test_every_remark_has_words_and_no_words_are_idle() -> None:
    assert made() == set(all_remarks())


@pytest.mark.parametrize("code", sorted(all_remarks()))
def test_both_languages_say_a_remark_with_the_same_parameters(code: str) -> None:
    texts = all_remarks()[code]
    assert set(texts) == {"en", "zh"}
    used = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
    assert used[0] == used[1]


def test_a_remark_is_said_with_its_place_and_parameters() -> None:
    remark = Remark("changed", "scope", {"key": "regions", "old": "—", "new": "样例区"})
    assert say_remark(remark, "en") == "scope: regions: — → 样例区"
    assert say_remark(remark, "zh") == "scope：regions：— → 样例区"
