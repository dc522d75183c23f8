"""Keyset pages and their cursors."""

import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.canonical import LARGEST_INTEGER
from ledger.errors import Invalid
from schema.connections import Keyset, connection, following

PLACES: Keyset[tuple[str, int]] = Keyset("places", (str, int), lambda row: row)
NUMBERS: Keyset[int] = Keyset("numbers", (int,), lambda row: (row,))


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


@given(some.text(max_size=200).filter(lambda text: text.isprintable()), some.integers(0, LARGEST_INTEGER))
def test_a_cursor_leads_back_to_its_key(text: str, number: int) -> None:
    assert PLACES.parse(PLACES.cursor((text, number))) == (text, number)


@pytest.mark.parametrize(
    "given_cursor",
    [
        "",
        "x",
        "***",
        "é",
        "AAAA",
        cursor(7),
        cursor([]),
        cursor(["places"]),
        cursor(["places", "a"]),
        cursor(["places", "a", 1, 2]),
        cursor(["numbers", 1]),
        cursor(["places", 1, "a"]),
        cursor(["places", "a", True]),
        cursor(["places", "a", 1.0]),
        cursor(["places", "a", -1]),
        cursor(["places", "a", LARGEST_INTEGER + 1]),
        cursor(["places", "a" * 201, 1]),
        cursor(["places", None, 1]),
    ],
)
def test_any_other_text_is_no_cursor_of_the_list(given_cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor_malformed"):
        PLACES.parse(given_cursor)


@given(some.text())
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    try:
        PLACES.parse(text)
    except Invalid as refusal:
        assert refusal.code == "cursor_malformed"  # noqa: PT017  - it may also be right


@given(some.lists(some.integers(0, 50), unique=True).map(sorted), some.integers(1, 7))
def test_the_pages_of_a_list_are_the_list(rows: list[int], size: int) -> None:
    told: list[int] = []
    start: Any = None
    while page := following(rows, NUMBERS, start, size):
        told += page
        start = page[-1]
    assert told == rows


@given(some.lists(some.integers(0, 50), unique=True).map(sorted), some.integers(1, 7))
def test_a_list_is_read_backwards_too(rows: list[int], size: int) -> None:
    rows = rows[::-1]
    told: list[int] = []
    start: Any = None
    while page := following(rows, NUMBERS, start, size, descending=True):
        told += page
        start = page[-1]
    assert told == rows


def test_a_page_says_where_it_stands() -> None:
    page = connection(NUMBERS, [3, 4], str, more=True, began=True)
    assert page.nodes() == ["3", "4"]
    assert page.page_info.has_next_page
    assert page.page_info.has_previous_page
    assert NUMBERS.parse(page.page_info.start_cursor or "") == (3,)
    assert NUMBERS.parse(page.page_info.end_cursor or "") == (4,)


def test_an_empty_page_has_no_cursors() -> None:
    page = connection(NUMBERS, [], str, more=False, began=False)
    assert page.nodes() == []
    assert page.page_info.start_cursor is page.page_info.end_cursor is None
