"""Lines that are told to be alike are canonical, each in its place; all others are left to whoever reads them whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON, canonical, parse_canonical
from ledger.canonical_lines import AlikeLines

ROW: dict[str, JSON] = {"code": "91", "document": "d", "line": 0, "note": None, "sum": 1}
ALIKE = AlikeLines(ROW, {"document": '"d"'}, '["t",', "]", "line")


def line(number: int, **other: JSON) -> bytes:
    return canonical(["t", {**ROW, "line": number, **other}]) + b"\n"


def are_alike(lines: bytes, first: int) -> bool:
    return ALIKE.read(lines.decode(), range(first, first + lines.count(b"\n"))) is not None


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.lists(st.tuples(TEXTS, st.none() | st.integers(0, 10**15 - 1) | TEXTS), min_size=1))
def test_canonical_lines_that_count_on_are_alike(values: list[tuple[str, JSON]]) -> None:
    lines = b"".join(line(7 + at, code=code, note=note) for at, (code, note) in enumerate(values))
    assert are_alike(lines, 7)
    assert not are_alike(lines, 8)


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
    assert not are_alike(line(0) + bad + line(2), 0)


def test_a_line_that_is_cut_in_two_does_not_count_as_one_that_holds_two() -> None:
    two = line(1)[:-1] + line(2)
    cut = line(0).replace(b',"line"', b'\n,"line"')
    assert not are_alike(cut + two, 0)


@given(st.binary(max_size=6))
def test_whatever_is_alike_reads_as_canonical(noise: bytes) -> None:
    try:
        told = are_alike(line(0).replace(b"91", noise), 0)
    except UnicodeDecodeError:
        return
    if told:
        parse_canonical(line(0).replace(b"91", noise)[:-1])
        json.loads(line(0).replace(b"91", noise))


KEPT = canonical({"name": "样例", "rules": [2], "size": 3}).decode()
GRADE: dict[str, JSON] = {"code": "91", "document": "d", "kept": KEPT, "line": 0, "note": None, "sum": 1}
COLUMNS = "code", "sum", "kept", "kept/name", "kept/rules", "kept/scale", "stage"
ABSENT = "kept/scale", "stage"


def read(*lines: str) -> list[list[Any]] | None:
    alike = AlikeLines(GRADE, {"document": '"d"'}, '["t",', "]", "line", COLUMNS, ABSENT)
    counted = (each.replace('"line":0', f'"line":{number}') for number, each in enumerate(lines))
    found = alike.read("".join(counted), range(len(lines)))
    return None if found is None else list(map(list, found))


def grade(code: str, total: int, name: str, rules: list[JSON]) -> str:
    kept = canonical({"name": name, "rules": rules, "size": 9}).decode()
    return canonical(["t", {**GRADE, "code": code, "sum": total, "kept": kept}]).decode() + "\n"


PLAIN_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'))
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
SUMS = st.integers(0, 10**15 - 1)


@given(st.lists(st.tuples(PLAIN_TEXTS, SUMS, PLAIN_TEXTS, st.lists(st.none() | INTEGERS)), min_size=1))
def test_columns_are_what_the_lines_hold(values: list[tuple[str, int, str, list[JSON]]]) -> None:
    lines = [grade(*each) for each in values]
    found = read(*lines)
    assert found is not None
    codes, sums, kept, names, rules, scales, stages = found
    assert (codes, sums, names, rules) == tuple(map(list, zip(*values, strict=True)))
    assert scales == stages == [None] * len(values)
    assert kept == [json.loads(each)[1]["kept"] for each in lines]


ALTERED = {
    "[2]": ("[2.0]", "[02]", "[-0]", "[9007199254740993]", "[[2]]", "[true]", '[\\"2\\"]', "[2"),
    '\\"size\\":9': ('\\"size\\":9.0', '\\"size\\": 9', '\\"size\\":-9'),
    '{\\"name': ('{\\"a\\":1,\\"name',),
    '\\"样例\\"': ('\\"样","x":"例\\"', '\\"样\\\\\\"例\\"', '\\"\\\\u6837例\\"'),
    '"code":"91"': ('"code":"9\\"1"', '"code":91', '"code":null'),
    '"sum":1': ('"sum":"1"', '"sum":-1', '"stage":"s","sum":1'),
}


@pytest.mark.parametrize(
    "bad", [grade("91", 1, "样例", [2]).replace(old, new) for old, others in ALTERED.items() for new in others]
)
def test_columns_are_not_read_of_a_line_that_is_written_otherwise(bad: str) -> None:
    good = grade("91", 1, "样例", [2])
    assert read(good, good) is not None
    assert read(good, bad, good) is None


@pytest.mark.parametrize("column", ["note", "gone", "kept/size", "sum/name", "code/name"])
def test_columns_that_cannot_be_read_where_they_stand_are_not(column: str) -> None:
    with pytest.raises(ValueError, match=r"column|value|member|object|char"):
        AlikeLines(GRADE, {}, '["t",', "]", "line", [column])
