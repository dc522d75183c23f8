"""Each hash is made for one purpose: its tag is its own, and no tag is the beginning of another."""

import ast
import re
from functools import cache
from itertools import permutations
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("api", "schema", "sampling", "scoring", "ledger")
TAG = re.compile(r"qian/[a-z0-9][a-z0-9/_.-]*")


@cache
def tags() -> list[tuple[str, str]]:
    """All constants of the code that are tags, with the file that each stands in."""
    found = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" in file.parts:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                    text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                    if TAG.fullmatch(text):
                        found.append((text, str(file.relative_to(ROOT))))
    return found


def test_the_tags_of_the_draw_are_among_them() -> None:
    assert {"qian/id/v1", "qian/slot/v1", "qian/seed/v1", "qian/document/v1", "qian/row/v1"} <= {
        tag for tag, _ in tags()
    }


def test_no_tag_stands_in_two_places() -> None:
    names = [tag for tag, _ in tags()]
    assert [place for place in tags() if names.count(place[0]) > 1] == []


def test_no_tag_is_the_beginning_of_another() -> None:
    assert [(one, other) for one, other in permutations(tags(), 2) if other[0].startswith(one[0])] == []


def test_every_tag_ends_with_its_version() -> None:
    assert [place for place in tags() if not re.search(r"/v[1-9][0-9]*$", place[0])] == []
