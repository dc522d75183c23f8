"""Lines that are told to be alike are canonical, each in its place; all others are left to whoever reads them whole."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON, canonical, parse_canonical
from ledger.canonical_lines import AlikeLines

ROW: dict[str, JSON] = {"code": "91", "document": "d", "line": 0, "note": None, "sum": 1}
ALIKE = AlikeLines(ROW, {"document": b'"d"'}, b'["t",', b"]", "line")


def line(number: int, **other: JSON) -> bytes:
    return canonical(["t", {**ROW, "line": number, **other}]) + b"\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.lists(st.tuples(TEXTS, st.none() | st.integers(0, 10**15 - 1) | TEXTS), min_size=1))
def test_canonical_lines_that_count_on_are_alike(values: list[tuple[str, JSON]]) -> None:
    lines = b"".join(line(7 + at, code=code, note=note) for at, (code, note) in enumerate(values))
    assert ALIKE.are(lines, 7, len(values))
    assert not ALIKE.are(lines, 8, len(values))
    assert not ALIKE.are(lines, 7, len(values) + 1)


GOOD = line(1)


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace(b'"91"', b'"\\u0039"'),
        GOOD.replace(b'"91"', b'"\\/"'),
        GOOD.replace(b'"91"', b'"\x01"'),
        GOOD.replace(b'"91"', b"1e3"),
        GOOD.replace(b'"91"', b"01"),
        GOOD.replace(b'"91"', b"-0"),
        GOOD.replace(b'"91"', b"9007199254740993"),
        GOOD.replace(b'"91"', b"1.0"),
        GOOD.replace(b'"91"', b'"9"1"'),
        GOOD.replace(b'"d"', b'"e"'),
        GOOD.replace(b'"line":1', b'"line":01'),
        GOOD.replace(b'"t"', b'"u"'),
        GOOD.replace(b',"sum":1', b', "sum":1'),
        GOOD.replace(b',"sum":1', b""),
        GOOD.replace(b',"sum":1', b',"sum":1,"sum":1'),
        b" " + GOOD,
        GOOD[:-1] + b" \n",
        GOOD[:-1] + b"\r\n",
    ],
)
def test_a_line_that_is_written_otherwise_is_not_alike(bad: bytes) -> None:
    assert not ALIKE.are(line(0) + bad + line(2), 0, 3)


def test_a_line_that_is_cut_in_two_does_not_count_as_one_that_holds_two() -> None:
    two = line(1)[:-1] + line(2)
    cut = line(0).replace(b',"line"', b'\n,"line"')
    assert not ALIKE.are(cut + two, 0, 3)


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80"])
def test_bytes_that_are_not_utf_8_are_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match="utf-8"):
        ALIKE.are(line(0).replace(b"91", wrong), 0, 1)


@given(st.binary(max_size=6))
def test_whatever_is_alike_reads_as_canonical(noise: bytes) -> None:
    try:
        told = ALIKE.are(line(0).replace(b"91", noise), 0, 1)
    except ValueError:
        return
    if told:
        parse_canonical(line(0).replace(b"91", noise)[:-1])
        json.loads(line(0).replace(b"91", noise))
