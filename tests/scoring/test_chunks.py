"""Rows by columns: what is found good at once is what is found good row by row, whatever the rows say."""

import io
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.keys import Secret
from scoring import chunks
from scoring.columns import Format, ParsedRow, RefusedRow
from scoring.drafts import drafts_of
from scoring.fields import OneLine, text_up_to
from scoring.files import read_file, reading
from scoring.formats import FORMATS
from tests.bureau_files import TODAY, csv_bytes
from tests.scoring.test_formats import GOOD, as_json_lines

CELLS = st.sampled_from(
    [
        "",
        " ",
        "长期",
        "2024-05-06",
        "2098-01-01",
        "2024-02-30",
        "20240506",
        "1.5",
        "-1",
        "有效",
        "\u202e",
        " 首尾 ",
        "9" * 300,
    ]
)
KINDS = [kind for kind, form in FORMATS.items() if form.identity is None]


def one_by_one(form: Format, rows: list[Mapping[str, str]]) -> list[ParsedRow | RefusedRow]:
    return list(form.read("甲.jsonl", as_json_lines(*rows), TODAY))


@st.composite
def files_of(draw: st.DrawFn, kind: str) -> list[dict[str, str]]:
    """Rows of a kind, each good but for some of its cells, some of them with fewer columns."""
    headers = list(FORMATS[kind].headers.known)
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        changes = draw(st.dictionaries(st.sampled_from(headers), CELLS, max_size=2))
        row = {**GOOD[kind], **changes}
        rows.append({header: row[header] for header in headers if header in row})
    return rows


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), size=st.sampled_from([1, 2, chunks.CHUNK]))
def test_rows_by_columns_are_what_they_are_one_by_one(kind: str, data: st.DataObject, size: int) -> None:
    form, rows = FORMATS[kind], data.draw(files_of(kind))
    expected = one_by_one(form, list(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)
        file = read_file(form, "来源", "甲.jsonl", as_json_lines(*rows), TODAY)
    good = [(row.line, dict(row.values)) for row in expected if isinstance(row, ParsedRow)]
    bad = [(row.source.line, dict(row.source.values), row.faults) for row in expected if isinstance(row, RefusedRow)]
    assert sorted((row.line, dict(row.values)) for row in file.parsed) == sorted(good, key=lambda row: row[0])
    assert [(row.source.line, dict(row.source.values), row.faults) for row in file.refused] == bad


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "outside_grade"])
def test_a_draft_holds_what_its_row_says(kind: str) -> None:
    file = read_file(FORMATS[kind], "来源", "甲.csv", io.BytesIO(csv_bytes([dict(GOOD[kind])] * 2)), TODAY)
    (chunk,) = file.parsed.chunks()
    first, second = drafts_of(kind, chunk, Secret(bytes(32)))
    assert first._replace(line=3) == second
    (row, _) = file.parsed
    assert (first.enterprise, first.line) == (row.values["enterprise"], 2)
    assert first.body == (row.values["body"] or "")
    assert first.number == (row.values["number"] or "")


def test_a_reading_that_ends_badly_is_told_to_whoever_asks_for_the_rows() -> None:
    data = csv_bytes([dict(GOOD["penalty"])]) + b'"cut off'
    with (
        reading(FORMATS["penalty"], "来源", "甲.csv", io.BytesIO(data), TODAY) as file,
        pytest.raises(Invalid, match="csv_malformed"),
    ):
        list(file.parsed)


def test_a_reading_ends_when_nobody_asks_any_more() -> None:
    data = csv_bytes([{**GOOD["penalty"], "行政处罚决定书文号": f"罚{number}"} for number in range(20_000)])
    with reading(FORMATS["penalty"], "来源", "甲.csv", io.BytesIO(data), TODAY) as file:
        next(iter(file.parsed.chunks()))
    assert len(file.parsed) <= 20_000


@pytest.mark.parametrize(
    ("texts", "plain"),
    [(["甲", "乙公司"], True), (["甲", ""], False), (["甲 "], False), (["甲\u200b"], False), (["长" * 11], False)],
)
def test_many_plain_lines_are_seen_to_be_plain_at_once(texts: list[str], plain: bool) -> None:
    parse = text_up_to(10)
    assert isinstance(parse, OneLine)
    assert parse.all_plain(texts) is plain


def test_dates_are_judged_by_today() -> None:
    row = {**GOOD["penalty"], "处罚决定日期": "2026-11-24", "公示截止期": ""}
    file = read_file(FORMATS["penalty"], "来源", "甲.jsonl", as_json_lines(GOOD["penalty"], row), TODAY)
    assert (len(file.parsed), len(file.refused)) == (1, 1)
    later = read_file(FORMATS["penalty"], "来源", "甲.jsonl", as_json_lines(GOOD["penalty"], row), date(2026, 11, 24))
    assert (len(later.parsed), len(later.refused)) == (2, 0)
