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
PLAIN = AlikeLines(ROW, {"document": '"d"'}, '["t",', "]", "line", plain=True)


def line(number: int, **other: JSON) -> bytes:
    return canonical(["t", {**ROW, "line": number, **other}]) + b"\n"


def are_alike(lines: bytes, first: int, by: AlikeLines = ALIKE) -> bool:
    return by.read(lines, range(first, first + lines.count(b"\n"))) is not None


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.lists(st.tuples(TEXTS, st.none() | st.integers(0, 10**15 - 1) | TEXTS), min_size=1))
def test_canonical_lines_that_count_on_are_alike(values: list[tuple[str, JSON]]) -> None:
    lines = b"".join(line(7 + at, code=code, note=note) for at, (code, note) in enumerate(values))
    assert are_alike(lines, 7)
    assert not are_alike(lines, 8)
    escape = any(set(each) & {'"', "\\"} for value in values for each in value if isinstance(each, str))
    assert are_alike(lines, 7, PLAIN) is not (escape or any(note is not None for _, note in values))
    assert not are_alike(lines, 8, PLAIN)


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
    assert not are_alike(line(0) + bad + line(2), 0, PLAIN)


def test_a_line_that_is_cut_in_two_does_not_count_as_one_that_holds_two() -> None:
    two = line(1)[:-1] + line(2)
    cut = line(0).replace(b',"line"', b'\n,"line"')
    assert not are_alike(cut + two, 0)
    assert not are_alike(cut + two, 0, PLAIN)


@pytest.mark.parametrize("by", [ALIKE, PLAIN])
@given(st.binary(max_size=6))
def test_whatever_is_alike_reads_as_canonical(by: AlikeLines, noise: bytes) -> None:
    try:
        told = are_alike(line(0).replace(b"91", noise), 0, by)
    except UnicodeDecodeError:
        return
    if told:
        parse_canonical(line(0).replace(b"91", noise)[:-1])
        json.loads(line(0).replace(b"91", noise))


KEPT = canonical({"name": "样例", "rules": [2], "size": 3}).decode()
GRADE: dict[str, JSON] = {"code": "91", "document": "d", "kept": KEPT, "line": 0, "note": None, "sum": 1}
COLUMNS = "code", "sum", "kept", "kept/name", "kept/rules", "kept/scale", "stage"
ABSENT = "kept/scale", "stage"


def read(*lines: str, plain: bool = False) -> list[list[Any]] | None:
    alike = AlikeLines(GRADE, {"document": '"d"'}, '["t",', "]", "line", COLUMNS, ABSENT, plain)
    counted = (each.replace('"line":0', f'"line":{number}') for number, each in enumerate(lines))
    found = alike.read("".join(counted).encode(), range(len(lines)))
    return None if found is None else list(map(list, found))


def grade(code: str, total: int, name: str, rules: list[JSON]) -> str:
    kept = canonical({"name": name, "rules": rules, "size": 9}).decode()
    return canonical(["t", {**GRADE, "code": code, "sum": total, "kept": kept}]).decode() + "\n"


PLAIN_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'))
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
SUMS = st.integers(0, 10**15 - 1)


@given(st.lists(st.tuples(PLAIN_TEXTS, SUMS, PLAIN_TEXTS, st.lists(st.none() | INTEGERS)), min_size=1), st.booleans())
def test_columns_are_what_the_lines_hold(values: list[tuple[str, int, str, list[JSON]]], plain: bool) -> None:
    lines = [grade(*each) for each in values]
    found = read(*lines, plain=plain)
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
@pytest.mark.parametrize("plain", [False, True])
def test_columns_are_not_read_of_a_line_that_is_written_otherwise(bad: str, plain: bool) -> None:
    good = grade("91", 1, "样例", [2])
    assert read(good, good, plain=plain) is not None
    assert read(good, bad, good, plain=plain) is None


PIECES = st.sampled_from([*'"\\{}[]:,0129-. lnu样x', '\\"', '","', '":"', "null", "\n", "\x01", '["t",{', "}]\n"])


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.lists(PIECES, max_size=3)), min_size=1, max_size=3))
def test_of_lines_altered_anywhere_only_canonical_ones_are_read(changes: list[tuple[float, int, list[str]]]) -> None:
    text = grade("91", 1, "样例", [2]) + grade("91", 1, "样例", [2, None]).replace('"line":0', '"line":1')
    for place, gone, pieces in changes:
        at = int(place * len(text))
        text = text[:at] + "".join(pieces) + text[at + gone :]
    text = text.removesuffix("\n") + "\n"
    numbers = range(text.count("\n"))
    for plain, columns in ((False, COLUMNS), (True, COLUMNS), (True, ("code",))):
        alike = AlikeLines(GRADE, {"document": '"d"'}, '["t",', "]", "line", columns, ABSENT, plain)
        found = alike.read(text.encode(), numbers)
        if found is not None:
            rows: Any = [parse_canonical(each.encode()) for each in text.splitlines()]
            assert [row["line"] for _, row in rows] == list(numbers)
            assert list(found[0]) == [row["code"] for _, row in rows]
        if found is not None and columns == COLUMNS:
            assert list(found[3]) == [json.loads(row["kept"])["name"] for _, row in rows]
            assert all(canonical(parse_canonical(row["kept"].encode())) == row["kept"].encode() for _, row in rows)


@pytest.mark.parametrize("name", ["code", "kept", "note"])
@pytest.mark.parametrize("escaped", ['"', "\\", "\n", "\x01"])
def test_lines_are_not_plain_that_a_text_with_an_escape_is_given_for(name: str, escaped: str) -> None:
    kept = canonical({"name": f"a{escaped}", "rules": [2], "size": 3}).decode()
    like = {**GRADE, name: kept if name == "kept" else f"a{escaped}"}
    with pytest.raises(ValueError, match=r"escaped|JSON|char"):
        AlikeLines(like, {"document": '"d"'}, '["t",', "]", "line", COLUMNS, ABSENT, plain=True)


@pytest.mark.parametrize("column", ["note", "gone", "kept/size", "sum/name", "code/name"])
def test_columns_that_cannot_be_read_where_they_stand_are_not(column: str) -> None:
    with pytest.raises(ValueError, match=r"column|value|member|object|char"):
        AlikeLines(GRADE, {}, '["t",', "]", "line", [column])


def test_an_object_that_nobody_reads_may_hold_any_list_and_one_that_is_read_none_that_is_not() -> None:
    def reading(*columns: str) -> AlikeLines:
        return AlikeLines(GRADE, {"document": '"d"'}, '["t",', "]", "line", columns, plain=True)

    lines = grade("91", 1, "样例", [2]).replace("[2]", "[2.0, x]").encode()
    parse_canonical(lines[:-1])
    assert reading("code").read(lines, range(1)) == [["91"]]
    assert reading("code", "kept/rules").read(lines, range(1)) is None
    with pytest.raises(ValueError, match="a member"):
        reading("code", "kept/name")
    texts = {**GRADE, "kept": canonical({"rules": ["a"]}).decode()}
    with pytest.raises(ValueError, match="a member"):
        AlikeLines(texts, {"document": '"d"'}, '["t",', "]", "line", plain=True)
