"""The rows of a bundle: what is read of some columns is what the rows say, however they are written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical
from sampling.bundle_rows import BundleRows, written_rows

MANY = 600
"""Rows of several parts, each of which is read together."""

NAMES = "code", "content/name", "content/scale", "note"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CONTENTS = st.fixed_dictionaries({"name": TEXTS | st.none(), "sum": st.integers(0, 9)}, optional={"scale": TEXTS})


def row(code: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "content": canonical(content).decode(), "filling": "x" * 100}


def told(code: str, content: dict[str, Any]) -> tuple[Any, ...]:
    return code, content["name"], content.get("scale"), None


def read(rows: BundleRows) -> list[tuple[Any, ...]]:
    parts = rows.columns(*NAMES, absent=NAMES[2:])
    return [values for columns in parts for values in zip(*columns, strict=True)]


@given(st.lists(st.tuples(TEXTS, CONTENTS), max_size=6))
def test_columns_are_those_of_the_rows(others: list[tuple[str, dict[str, Any]]]) -> None:
    alike: list[tuple[str, dict[str, Any]]] = [(f"91{number}", {"name": "样例", "sum": 1}) for number in range(MANY)]
    held = [*alike, *others, *alike]
    rows = written_rows("t", "d", [row(*each) for each in held])
    assert len(list(rows.parts())) > 2
    assert read(rows) == [told(*each) for each in held]


@pytest.mark.parametrize("content", ['{"name": "x"}', '{"sum":1,"name":"x"}', "[]", "x", '{"name":"x","sum":1.0}'])
def test_a_text_that_is_not_canonical_is_refused_wherever_it_stands(content: str) -> None:
    for before in (0, MANY):
        good = [row("91", {"name": "样例", "sum": 1})] * before
        with pytest.raises(ValueError, match=r"canonical|object|char"):
            read(written_rows("t", "d", [*good, {**row("91", {}), "content": content}]))


def test_a_name_that_a_row_lacks_is_refused_unless_it_may_be_absent() -> None:
    rows = written_rows("t", "d", [{"code": "91"}] * MANY)
    with pytest.raises(KeyError, match="content"):
        list(rows.columns("code", "content"))
    assert next(rows.columns("code", "content", absent=["content"]))[1][0] is None


def test_rows_are_read_of_no_line() -> None:
    assert read(written_rows("t", "d", [])) == []


def lines(count: int) -> bytes:
    return bytes(
        written_rows("t", "d", [{"code": f"91{number}", "filling": "样" * 50} for number in range(count)]).lines
    )


GOOD = lines(MANY)
LAST = GOOD[GOOD.rindex(b"\n", 0, -1) + 1 :]


@pytest.mark.parametrize(
    "bad",
    [
        LAST[:-1],
        LAST + b"x",
        LAST.replace(b'["t"', b'["u"'),
        LAST.replace(b'"document":"d"', b'"document":"e"'),
        LAST.replace(b'"line":599', b'"line":598'),
        LAST.replace(b'"line":599', b'"line":599.0'),
        LAST.replace(b'"line":599', b'"line": 599'),
        LAST.replace(b'"code":"91599"', b'"code":1e3'),
        LAST.replace("样".encode(), b"\xff", 1),
        LAST.replace(b"]\n", b",1]\n"),
        b"",
        LAST + LAST,
    ],
)
def test_lines_that_are_not_those_of_so_many_rows_are_refused(bad: bytes) -> None:
    sound = BundleRows("t", "d", MANY, memoryview(GOOD))
    assert sound.check() == written_rows("t", "d", list(sound)).check()
    assert sound.are_checked
    rows = BundleRows("t", "d", MANY, memoryview(GOOD[: -len(LAST)] + bad))
    with pytest.raises(ValueError, match=r".+"):
        rows.check_lines()
    assert not rows.are_checked


def test_lines_are_those_of_columns_or_not() -> None:
    count = 5000
    columns = {"code": [f"91{number}" for number in range(count)], "filling": ["样" * 50] * count}
    data = lines(count)
    rows = BundleRows("t", "d", count, memoryview(data))
    assert rows.say(columns)
    assert rows.are_checked
    for altered in (data.replace(b'"914999"', b'"914990"'), data[:-1], data + b"x"):
        other = BundleRows("t", "d", count, memoryview(altered))
        assert not other.say(columns)
        assert not other.are_checked
