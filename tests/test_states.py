"""Every row of docs/states.md has a test through GraphQL and one through the command line, which name it."""

import ast
import re

import pytest

from tests.documents import ROOT

TEXT = (ROOT / "docs/states.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([VFOQND][0-9]+) ", TEXT, re.MULTILINE)
DOORS = ("graphql", "command_line")
TESTS = ROOT / "tests/api/states"


def named(door: str) -> set[str]:
    """Return the rows that the tests of a door name."""
    found = set()
    for path in TESTS.glob(f"test_{door}_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (name := re.match(r"test_([vfoqnd][0-9]+)_", node.name)):
                found.add(name[1].upper())
    return found


@pytest.mark.parametrize("door", DOORS)
def test_every_row_has_a_test_and_every_test_its_row(door: str) -> None:
    assert sorted(named(door) ^ set(ROWS)) == []


def test_each_row_stands_once() -> None:
    assert len(ROWS) == len(set(ROWS))


def test_the_entries_that_rows_name_are_those_of_the_log() -> None:
    kinds = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", (ROOT / "docs/ledger.md").read_text("utf-8"), re.MULTILINE))
    for line in TEXT.splitlines():
        row = re.match(r"\| ([VFOQND][0-9]+) ", line)
        if row:
            assert set(re.findall("`([a-z]+[.][a-z]+)`", line)) <= kinds, row[1]
