"""The rows of a bundle: what is read of some columns is what the rows say, however they are written."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical
from ledger.digests import ROW_TAG, digests_root, row_digest
from sampling import bundle_rows
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


@pytest.fixture
def shares_of_64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_rows, "SHARE", 64)


def share_roots(rows: BundleRows) -> list[bytes]:
    return [rows.share_root(share) for share in rows.shares()]


@pytest.mark.usefixtures("shares_of_64")
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128, 599, 640, 5000])
def test_the_roots_of_shares_give_the_root_of_all(count: int) -> None:
    rows = BundleRows("t", "d", count, memoryview(lines(count)))
    found = share_roots(rows)
    assert len(found) == max(1, -(-count // 64))
    assert all(found)
    assert rows.root(found) == rows.root() == digests_root(row_digest("t", each) for each in whole(rows))


def whole(rows: BundleRows) -> list[dict[str, Any]]:
    return [{**row, "document": "d", "line": line} for line, row in enumerate(rows)]


@pytest.mark.usefixtures("shares_of_64")
@pytest.mark.parametrize(
    "altered",
    [
        GOOD.replace(b'"line":320', b'"line":321'),
        GOOD.replace(b'"line":32', b'"line":1'),
        GOOD.replace(b'"line":', b'"lime":'),
        GOOD.replace(b'"line":', b'"line":9'),
        GOOD[: GOOD.index(b"\n") + 1] * MANY,
        GOOD.replace(b"\n", b""),
        GOOD.replace(b"\n", b"\n\n"),
        GOOD[:-1],
        GOOD[: len(GOOD) // 2],
        b"".join(sorted(GOOD.splitlines(keepends=True), reverse=True)),
        b"",
    ],
)
def test_the_root_of_all_is_that_of_the_lines_whatever_they_tell_of_their_places(altered: bytes) -> None:
    for told in (1, 63, MANY, 10**12):
        rows = BundleRows("t", "d", told, memoryview(altered))
        digests = [sha256(ROW_TAG + line).digest() for line in altered.split(b"\n")[:-1]]
        assert rows.root(share_roots(rows)) == rows.root() == digests_root(digests)
        assert len(rows.shares()) <= 1 + len(altered) // 64


def test_a_table_goes_on_to_be_read_where_a_text_is_escaped_or_nothing() -> None:
    others: list[tuple[str, dict[str, Any]]] = [
        ('9"1', {"name": 'a "name"'}),
        ("9\\1", {"name": None}),
        ("9\n1", {"name": "\x01", "scale": ""}),
    ]
    held: list[tuple[str, dict[str, Any]]] = [("91", {"name": "样例", "sum": 1})] * MANY
    held = [*held, *others, *held, others[0], *held]
    assert read(written_rows("t", "d", [row(*each) for each in held])) == [told(*each) for each in held]
