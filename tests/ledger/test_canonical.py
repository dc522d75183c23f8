"""Canonical JSON: the bytes of RFC 8785 for what is let through, and a refusal for everything else."""

from collections import OrderedDict, deque
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import DEEPEST_NESTING, LARGEST_INTEGER, canonical, parse_canonical

text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
integers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | text, lambda inner: st.lists(inner) | st.dictionaries(keys, inner)
)


def nested(depth: int) -> tuple[Any, Any]:
    """Return a list and an object of this depth."""
    array: list[Any] = []
    record: dict[str, Any] = {}
    for _ in range(depth - 1):
        array, record = [array], {"a": record}
    return array, record


@given(values)
def test_the_bytes_are_those_of_a_second_implementation(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_canonical_bytes_are_read_as_the_value_they_were_written_from(value: Any) -> None:
    assert parse_canonical(canonical(value)) == value


@given(st.binary() | values.map(rfc8785.dumps) | text.map(str.encode))
def test_bytes_are_either_refused_or_those_of_their_value(data: bytes) -> None:
    try:
        value = parse_canonical(data)
    except ValueError:
        return
    assert rfc8785.dumps(value) == data


def test_keys_are_sorted_and_characters_written_as_the_standard_says() -> None:
    value: Any = {"中": "\u2028\x7f\U0001f600", "é": '"\\/\b\f\n\r\t\x1f', "e": [-0, True, None], "": {}}
    assert canonical(value).decode() == (
        '{"":{},"e":[0,true,null],"é":"\\"\\\\/\\b\\f\\n\\r\\t\\u001f","中":"\u2028\x7f\U0001f600"}'
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        0.5,
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        10**400,
        "\ud800",
        {"\udfff": 1},
        {"\U0001f600": 1},
        {1: "integer key"},
        {None: 1},
        b"bytes",
        bytearray(b"bytes"),
        memoryview(b"bytes"),
        {1, 2},
        object(),
        1 + 2j,
        deque([1.5]),
        MappingProxyType({"a": 1.5}),
    ],
)
def test_what_machines_write_differently_is_refused_wherever_it_stands(value: Any) -> None:
    for placed in (value, [value], {"a": value}, [{"a": [value]}]):
        with pytest.raises(ValueError, match=r"JSON|integer|key"):
            canonical(placed)


def test_the_largest_integers_are_written() -> None:
    assert canonical([LARGEST_INTEGER, -LARGEST_INTEGER]) == b"[9007199254740991,-9007199254740991]"


@pytest.mark.parametrize(
    "value",
    [OrderedDict(b=1, a=[2]), MappingProxyType({"b": 1, "a": (2,)}), {"b": 1, "a": MappingProxyType({"x": 1})}],
)
def test_other_mappings_are_written_like_a_dict(value: Any) -> None:
    plain = {key: dict(item) if isinstance(item, MappingProxyType) else item for key, item in value.items()}
    assert canonical(value) == rfc8785.dumps(plain)


@pytest.mark.parametrize("value", [(1, 2), deque([1, 2]), range(1, 3)])
def test_other_sequences_are_written_like_a_list(value: Any) -> None:
    assert canonical(value) == b"[1,2]"


def test_a_string_enumeration_is_written_as_its_string() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert canonical([Colour.RED]) == b'["red"]'


def test_a_nesting_is_written_and_read_to_a_stated_depth_and_refused_beyond_it() -> None:
    for deepest in nested(DEEPEST_NESTING):
        assert parse_canonical(canonical(deepest)) == deepest
    for depth in (DEEPEST_NESTING + 1, 1_000, 100_000):
        for too_deep in nested(depth):
            with pytest.raises(ValueError, match="nested"):
                canonical(too_deep)
    for depth in (DEEPEST_NESTING + 1, 1_000, 100_000):
        with pytest.raises(ValueError, match=r"nested|depth"):
            parse_canonical(b"[" * depth + b"]" * depth)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="nested"):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1\n",
        b"\xef\xbb\xbf1",
        b"01",
        b"-0",
        b"+1",
        b"1.0",
        b"1e2",
        b"9007199254740992",
        b"1" * 5_000,
        b"NaN",
        b"Infinity",
        b"'a'",
        b'"\\u0061"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b'"\n"',
        b"[1, 2]",
        b"[1,]",
        b'{"a":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a":1}{}',
        b"nulL",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — the reader of JSON words its own refusals
        parse_canonical(data)
