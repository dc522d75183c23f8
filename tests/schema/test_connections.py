"""Keyset pages and their cursors."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.errors import Invalid
from ledger.keys import Secret
from ledger.windows import Window
from schema.connections import Connection, Keyset, Paging, page_of
from schema.sealing import Sealing, sealing

PLACES: Keyset[tuple[Any, ...]] = Keyset("places", (str, int, date, datetime), lambda row: row)
NUMBERS: Keyset[int] = Keyset("numbers", (int,), lambda row: (row,))
OTHERS: Keyset[int] = Keyset("others", (int,), lambda row: (row,))

instants = some.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@pytest.fixture(autouse=True, scope="module")
def sealed() -> Iterator[None]:
    token = sealing.set(Sealing(Secret(bytes(32)), "public"))
    yield
    sealing.reset(token)


def parse(cursor: str, keyset: Keyset[Any] = NUMBERS, filters: object = None) -> Any:
    return keyset.parse(cursor, "after", filters)


def numbers(page: Connection[Any]) -> tuple[list[int], bool, bool, int]:
    """Return a page's nodes, whether there is more ahead and behind, and the list's length."""

    async def told() -> tuple[list[int], bool, bool, int]:
        info = page.page_info
        return page.nodes, await info.has_previous_page(), await info.has_next_page(), await page.total_count()

    return asyncio.run(told())


def page(rows: list[int], *, descending: bool = False, **paging: Any) -> Connection[Any]:
    async def within(window: Window) -> list[int]:
        return window.of(rows, NUMBERS.key)

    async def count() -> int:
        return len(rows)

    keyset = NUMBERS.going(down=descending)
    return asyncio.run(page_of(keyset, Paging(**paging), within, int, count=count))


@given(some.tuples(some.text(max_size=200), some.integers(-(2**63), 2**63 - 1), some.dates(), instants))
def test_a_cursor_leads_back_to_its_key(key: tuple[Any, ...]) -> None:
    assert parse(PLACES.cursor(key), PLACES) == key


def test_a_cursor_tells_neither_its_key_nor_how_long_it_is() -> None:
    short, long = NUMBERS.cursor(1), NUMBERS.cursor(12345)
    assert len(short) == len(long)
    assert short[:20] != long[:20]


@pytest.mark.parametrize("given_cursor", ["", "x", "***", "é", "AAAA", "A" * 5000, "WyJwbGFjZXMiLDFd", "\0"])
def test_any_other_text_is_no_cursor(given_cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_malformed"):
        parse(given_cursor)


@given(some.text())
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    with pytest.raises(Invalid, match="cursor_malformed"):
        parse(text)


@given(some.integers(0, 63), some.sampled_from("ABCDwxyz0189-_"))
def test_a_cursor_that_was_changed_is_none(place: int, letter: str) -> None:
    cursor = NUMBERS.cursor(7)
    changed = cursor[:place] + letter + cursor[place + 1 :]
    if changed != cursor:
        with pytest.raises(Invalid, match="cursor_malformed"):
            parse(changed)


def test_a_cursor_is_good_for_its_list_order_and_filter_alone() -> None:
    for foreign in (OTHERS.cursor(1), NUMBERS.going(down=True).cursor(1), NUMBERS.cursor(1, filters={"name": "a"})):
        with pytest.raises(Invalid, match="cursor_foreign"):
            parse(foreign)
    assert parse(NUMBERS.cursor(1, filters={"name": "a"}), filters={"name": "a"}) == (1,)


def test_a_cursor_of_another_audience_or_bureau_is_none() -> None:
    for other in (Sealing(Secret(bytes(32)), "staff"), Sealing(Secret(bytes(31) + b"1"), "public")):
        content = sealing.get().open("cursor", NUMBERS.cursor(1))
        assert content is not None
        with pytest.raises(Invalid, match="cursor_malformed"):
            parse(other.seal("cursor", content))


@pytest.mark.parametrize(
    ("paging", "code"),
    [
        ({}, "page_direction"),
        ({"first": 1, "last": 1}, "page_direction"),
        ({"first": 0}, "page_size"),
        ({"first": 101}, "page_size"),
        ({"last": -1}, "page_size"),
        ({"last": 2**31}, "page_size"),
        ({"first": 1, "before": "x"}, "cursor_malformed"),
    ],
)
def test_arguments_that_name_no_page_are_refused(paging: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        page([1], **paging)


rows_of_numbers = some.lists(some.integers(0, 50), unique=True)


@given(rows_of_numbers, some.integers(1, 7), some.booleans())
def test_pages_are_the_same_from_both_ends(rows: list[int], size: int, descending: bool) -> None:
    whole = sorted(rows, reverse=descending)
    forward: list[int] = []
    after = None
    while True:
        part = page(rows, descending=descending, first=size, after=after)
        assert numbers(part) == (
            whole[len(forward) :][:size],
            bool(forward),
            len(forward) + size < len(rows),
            len(rows),
        )
        forward += part.nodes
        after = part.page_info.end_cursor
        if not asyncio.run(part.page_info.has_next_page()):
            break
    backward: list[int] = []
    before = None
    while True:
        part = page(rows, descending=descending, last=size, before=before)
        shown = whole[: len(rows) - len(backward)][-size:]
        assert numbers(part) == (shown, len(backward) + size < len(rows), bool(backward), len(rows))
        backward = [*part.nodes, *backward]
        before = part.page_info.start_cursor
        if not asyncio.run(part.page_info.has_previous_page()):
            break
    assert forward == backward == whole


@given(rows_of_numbers, some.integers(0, 50), some.integers(1, 50), some.integers(1, 5), some.booleans())
def test_a_page_knows_what_stands_around_it(rows: list[int], after: int, wide: int, size: int, first: bool) -> None:
    before = after + wide
    sized: Any = {"first": size} if first else {"last": size}
    part = page(rows, after=NUMBERS.cursor(after), before=NUMBERS.cursor(before), **sized)
    inside = sorted(row for row in rows if after < row < before)
    shown = inside[:size] if first else inside[-size:]
    around = [row for row in rows if row not in inside]
    ahead = any(row <= after for row in around) or shown != inside[: len(shown)]
    behind = any(row >= before for row in around) or shown != inside[len(inside) - len(shown) :]
    assert numbers(part) == (shown, ahead, behind, len(rows))


def test_the_edges_of_a_page_have_its_nodes_with_their_cursors() -> None:
    part = page([3, 4, 5], first=2)
    assert [edge.node for edge in part.edges()] == part.nodes == [3, 4]
    assert [parse(edge.cursor) for edge in part.edges()] == [(3,), (4,)]
    assert (part.page_info.start_cursor, part.page_info.end_cursor) == tuple(edge.cursor for edge in part.edges())


def test_an_empty_page_has_no_cursors() -> None:
    part = page([], first=2)
    assert numbers(part) == ([], False, False, 0)
    assert part.page_info.start_cursor is part.page_info.end_cursor is None
