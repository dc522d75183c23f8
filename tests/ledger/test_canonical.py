"""Canonical JSON: the bytes of RFC 8785 for what is let through, and a refusal for everything else."""

import json
from collections import OrderedDict, deque
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import (
    DEEPEST_NESTING,
    LARGEST_INTEGER,
    canonical,
    canonical_rows,
    parse_canonical,
    parse_canonical_texts,
)

text = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
integers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | text, lambda inner: st.lists(inner) | st.dictionaries(keys, inner)
)


# What might be taken for the end of a text is likely.
broken = st.lists(st.sampled_from(['"', ",", "\\", '","', "]", "a", "\n"])).map("".join)
columns = st.integers(1, 5).flatmap(
    lambda count: st.dictionaries(
        keys,
        st.one_of(
            *(
                st.lists(each, min_size=count, max_size=count)
                for each in (text | broken, integers, st.none() | integers, st.none() | integers | broken)
            )
        ),
        min_size=1,
        max_size=4,
    )
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


@given(columns)
def test_rows_by_columns_are_written_as_one_by_one(columns: dict[str, list[Any]]) -> None:
    objects = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    assert list(canonical_rows(columns, b"<", b">")) == [b"<" + canonical(each) + b">" for each in objects]


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


few_values = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner),
    max_leaves=8,
)
objects = st.dictionaries(keys, few_values, max_size=3)


@given(st.lists(objects, max_size=4))
def test_several_texts_at_once_are_read_as_one_by_one(several: list[dict[str, Any]]) -> None:
    texts = [canonical(each) for each in several]
    assert parse_canonical_texts(texts) == several
    assert parse_canonical_texts([b'["t",' + each + b"]" for each in texts], 1) == [["t", each] for each in several]


@given(st.lists(objects, min_size=1, max_size=4), objects.map(json.dumps) | st.text(), st.data())
def test_several_texts_are_refused_where_one_of_them_is(
    several: list[dict[str, Any]], other: str, data: st.DataObject
) -> None:
    texts = [canonical(each) for each in several]
    texts[data.draw(st.integers(0, len(texts) - 1))] = other.encode("utf-8", "surrogatepass")
    try:
        expected = [parse_canonical(each) for each in texts]
        sound = all(isinstance(each, dict) for each in expected)
    except ValueError:
        sound = False
    if sound:
        assert parse_canonical_texts(texts) == expected
        return
    with pytest.raises(ValueError):  # noqa: PT011
        parse_canonical_texts(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [b'{"a":1.5}'],
        [b'{"a":[1,2.0]}'],
        [b'{"a":9007199254740992}'],
        [b'{"a":1}', b'{"a":1e2}'],
        [b'{"a":1,"a":1}'],
        [b'{"b":1,"a":1}'],
        [b'{"\xf0\x9f\x98\x80":1}'],
        [b'{"a":{"b":0.5}}'],
        [b'{"a":1},{"a":1}', b""],
        [b'{"a":1', b'"b":1}'],
        [b"[]"],
        [b"1"],
        [b'{"a":' + b"[" * 100 + b"]" * 100 + b"}"],
    ],
)
def test_texts_that_nobody_writes_are_refused_among_several(texts: list[bytes]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_canonical_texts(texts)
    with pytest.raises(ValueError):  # noqa: PT011
        parse_canonical_texts([*texts, b'{"a":0}'])


def test_arrays_whose_object_is_not_where_it_must_be_are_refused() -> None:
    for text in (b'["t",[]]', b'[{},"t"]', b'["t"]', b'["t",{},1.5]', b"[1.5,{}]"):
        with pytest.raises((ValueError, LookupError)):
            parse_canonical_texts([text], 1)


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
