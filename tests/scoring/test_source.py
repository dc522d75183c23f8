"""A source's document: what it gives of its files, and all that is refused in it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from sampling import sources
from sampling.registers import FORMATS
from scoring.columns import ParsedRow, RefusedRow
from scoring.fields import UNITS
from scoring.refused import write_refused
from scoring.source import Source, parse_source
from tests import bureau_files as files
from tests.bureau_files import TODAY, Row, csv_bytes
from tests.scoring.source_text import PLATFORM, PULLED
from tests.scoring.test_date_formats import FORMS, written
from tests.scoring.test_formats import GOOD
from tests.scoring.workbooks import sheet_xml, workbook

ROW: Row = {
    "序号": "1",
    "当事人": files.name(1),
    "信用代码": files.code(1),
    "字号": "样罚",
    "年份": "2026",
    "序": "7",
    "案由": "未按图施工",
    "种类": "01",
    "罚款（元）": "12345.67",
    "决定日期": "5/1/2026",
    "法定代表人电话": "13800000000",
}
RECORD = {
    "enterprise": files.code(1),
    "name": files.name(1),
    "kind": "penalty",
    "date": "2026-01-05",
    "body": "样例市住房和城乡建设局",
    "number": "样罚〔2026〕7号",
    "source": "样例市信用平台",
    "content": {"violation": "未按图施工", "category": "罚款", "fine": 1_234_567},
}


def source_of(text: str = PLATFORM) -> Source:
    return parse_source(text, FORMATS)


def read(source: Source, data: bytes, name: str = "甲.csv") -> list[ParsedRow | RefusedRow]:
    return list(source.format.read(name, io.BytesIO(data), TODAY))


def values(source: Source, data: bytes, name: str = "甲.csv") -> list[Mapping[str, JSON]]:
    rows = read(source, data, name)
    assert all(isinstance(row, ParsedRow) for row in rows), rows
    return [row.values for row in rows if isinstance(row, ParsedRow)]


def faults(source: Source, row: Row) -> list[tuple[str | None, str, str]]:
    [refused] = read(source, csv_bytes([row]))
    assert isinstance(refused, RefusedRow)
    return [(fault.column, fault.code, fault.value) for fault in refused.faults]


def test_a_document_says_what_a_source_is() -> None:
    source = source_of()
    assert (source.name, source.kind, source.version) == ("信用平台", "penalty", "1")
    assert (source.legal_basis, source.catalogue) == ("样例条例第一条", "样例目录-001")
    assert (source.valid_from, source.valid_to, source.pull) == (date(2020, 1, 1), None, None)
    assert source.format.source_digest == source.digest
    assert len(source.digest) == 64


class TestReading:
    def test_columns_values_templates_words_units_and_dates_give_the_fields(self) -> None:
        assert values(source_of(), csv_bytes([ROW])) == [RECORD]

    @pytest.mark.parametrize("name", ["样例市住建局(本级)", "样例市 住建局（本级）"])
    def test_bodies_are_known_by_one_name_however_a_file_spells_the_other(self, name: str) -> None:
        text = PLATFORM.replace('value = "样例市住房和城乡建设局"', 'columns = ["机关"]')
        source = source_of(text + '\n[bodies]\n"样例市住建局（本级）" = "样例市住房和城乡建设局"\n')
        assert values(source, csv_bytes([{**ROW, "机关": name}])) == [RECORD]
        assert values(source, csv_bytes([{**ROW, "机关": "样例县住建局"}])) == [{**RECORD, "body": "样例县住建局"}]

    def test_a_revocation_names_the_body_of_what_it_takes_back_by_either_name(self) -> None:
        source = source_of(TAKEN_BACK)
        cells = ("91130304PDY00001XL", "行政处罚", "罚1号", "市住建局", "2026-01-05", "市住建局")
        headers = ("统一社会信用代码", "被撤销类别", "被撤销文书号", "被撤销机关", "撤销日期", "撤销机关")
        [given] = values(source, csv_bytes([dict(zip(headers, cells, strict=True))]))
        assert given["body"] == "样例市住房和城乡建设局"
        assert isinstance(content := given["content"], dict)
        assert content["revoked_body"] == "样例市住房和城乡建设局"

    def test_a_column_may_have_any_of_its_headers(self) -> None:
        other = {"当事人": "相对人名称", "信用代码": "统一社会信用代码", "罚款（元）": "罚款额"}
        row = {other.get(header, header): cell for header, cell in ROW.items()}
        assert values(source_of(), csv_bytes([row])) == [RECORD]

    def test_two_columns_for_one_field_refuse_the_file(self) -> None:
        with pytest.raises(Invalid) as refused:
            read(source_of(), csv_bytes([{**ROW, "罚款额": "1"}]))
        assert (refused.value.code, refused.value.parameters["column"]) == ("column_twice", ["罚款（元）", "罚款额"])

    def test_a_column_that_is_neither_named_nor_ignored_refuses_the_file(self) -> None:
        with pytest.raises(Invalid, match="column_unknown"):
            read(source_of(), csv_bytes([{**ROW, "备注": ""}]))

    def test_the_columns_of_a_required_template_are_required(self) -> None:
        with pytest.raises(Invalid) as refused:
            read(source_of(), csv_bytes([{header: cell for header, cell in ROW.items() if header != "序"}]))
        assert (refused.value.code, refused.value.parameters["column"]) == ("column_missing", ["序"])

    def test_ignored_columns_go_nowhere_not_even_with_a_refused_row(self) -> None:
        [refused] = read(source_of(), csv_bytes([{**ROW, "决定日期": "5/13/2026"}]))
        assert isinstance(refused, RefusedRow)
        assert "13800000000" not in str(refused)

    def test_faults_name_the_column_and_what_stood_there(self) -> None:
        row = {**ROW, "种类": "03", "罚款（元）": "1.234", "决定日期": "30/2/2026", "序": ""}
        assert faults(source_of(), row) == [
            ("序", "value_missing", ""),
            ("罚款（元）", "amount_too_fine", "1.234"),
            ("决定日期", "date_impossible", "30/2/2026"),
        ]

    def test_a_word_that_is_not_in_the_list_is_as_it_is(self) -> None:
        [found] = values(source_of(), csv_bytes([{**ROW, "种类": "吊销执照"}]))
        content = found["content"]
        assert isinstance(content, dict)
        assert content["category"] == "吊销执照"

    def test_an_iso_date_is_always_understood(self) -> None:
        assert values(source_of(), csv_bytes([{**ROW, "决定日期": "2026-01-05"}])) == [RECORD]
        assert faults(source_of(), {**ROW, "决定日期": "2026/1/5"}) == [("决定日期", "date_form", "2026/1/5")]

    def test_a_refused_file_that_was_corrected_is_read_by_the_same_source(self) -> None:
        source = source_of(PLATFORM.replace("[file]", '[file]\ndelimiter = ";"\nencoding = "gb18030"'))
        bad = csv_bytes([{**ROW, "罚款（元）": "多"}]).decode().replace(",", ";").encode("gb18030")
        [refused] = read(source, bad)
        assert isinstance(refused, RefusedRow)
        written = b"".join(write_refused(source.format.headers.known, [refused], lambda code, given: ("", ""), ";"))
        assert values(source, written.replace("多".encode(), b"12345.67")) == [RECORD]

    def test_a_header_that_is_called_like_an_added_one_may_stand_in_a_source(self) -> None:
        text = PLATFORM.replace('columns = ["案由"]', 'columns = ["原因"]')
        row = {"原因" if header == "案由" else header: cell for header, cell in ROW.items()}
        assert values(source_of(text), csv_bytes([row])) == [RECORD]
        handed_back = {**row, "行号": "2", "列": "x", "值": "y"}
        data = csv_bytes([handed_back]).decode().splitlines()
        again = f"{data[0]},原因,处理办法\n{data[1]},不对,改\n".encode()
        assert values(source_of(text), again) == [RECORD]


class TestLayout:
    @pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
    def test_cells_are_parted_by_the_delimiter(self, delimiter: str) -> None:
        text = PLATFORM.replace("[file]", f"[file]\ndelimiter = {delimiter!r}".replace("'", '"'))
        buffer = io.StringIO()
        csv.writer(buffer, delimiter=delimiter).writerows([ROW.keys(), ROW.values()])
        assert values(source_of(text), buffer.getvalue().encode()) == [RECORD]

    @pytest.mark.parametrize(("encoding", "other"), [("utf-8", "gb18030"), ("gb18030", "utf-16")])
    def test_the_encoding_that_is_stated_holds(self, encoding: str, other: str) -> None:
        source = source_of(PLATFORM.replace("[file]", f'[file]\nencoding = "{encoding}"'))
        text = csv_bytes([ROW]).decode()
        assert values(source, text.encode(encoding)) == [RECORD]
        assert values(source, text.encode("utf-8-sig")) == [RECORD]
        with pytest.raises(Invalid, match="encoding_unknown"):
            read(source, text.encode(other))

    def test_headers_of_ascii_need_an_encoding_that_is_stated(self) -> None:
        text = PLATFORM
        for header in ("当事人", "信用代码", "案由", "种类", "决定日期"):
            text = text.replace(f'"{header}"', f'"c{ord(header[0])}"')
        with pytest.raises(Invalid, match="source_encoding_unclear"):
            source_of(text)
        assert source_of(text.replace("[file]", '[file]\nencoding = "gb18030"')).format.layout.encoding == "gb18030"

    def test_a_sheet_is_found_by_its_name_among_others(self) -> None:
        text = PLATFORM.replace("[file]", '[file]\nsheet = "sheet2"')
        notes = sheet_xml([["填报说明", "…"]], after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
        book = workbook(notes, sheet_xml([list(ROW), list(ROW.values())])).getvalue()
        assert values(source_of(text), book, "甲.xlsx") == [RECORD]
        with pytest.raises(Invalid, match="xlsx_several_sheets"):
            read(source_of(), book, "甲.xlsx")
        with pytest.raises(Invalid, match="xlsx_sheet_missing") as refused:
            read(source_of(text.replace("sheet2", "数据")), book, "甲.xlsx")
        assert refused.value.parameters["known"] == ["sheet1", "sheet2"]

    def test_merged_cells_of_the_named_sheet_are_refused(self) -> None:
        text = PLATFORM.replace("[file]", '[file]\nsheet = "sheet2"')
        merged = sheet_xml([list(ROW), list(ROW.values())], after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
        with pytest.raises(Invalid, match="xlsx_merged_cells"):
            read(source_of(text), workbook(sheet_xml([]), merged).getvalue(), "甲.xlsx")

    def test_the_form_is_stated_where_a_name_does_not_say_it(self) -> None:
        source = source_of(PLATFORM.replace("[file]", '[file]\nform = "csv"'))
        assert values(source, csv_bytes([ROW]), "导出.txt") == [RECORD]
        with pytest.raises(Invalid, match="file_type_unknown"):
            read(source_of(), csv_bytes([ROW]), "导出.txt")


WRONG = {
    "no TOML": ("name = 信用平台", "toml_malformed"),
    "an unknown key": (f"titel = 'x'\n{PLATFORM}", "toml_key_unknown"),
    "an unknown key of files": (PLATFORM.replace("[file]", "[file]\nquote = '|'"), "toml_key_unknown"),
    "an unknown key of a field": (PLATFORM.replace('unit = "元"', 'unit = "元"\nfactor = 3'), "toml_key_unknown"),
    "a number with a point": (PLATFORM.replace('unit = "元"', "unit = 1.5"), "toml_float"),
    "a missing title": (PLATFORM.replace('title = "信用平台行政处罚"', ""), "toml_key_missing"),
    "no legal basis": (PLATFORM.replace('legal_basis = "样例条例第一条"', ""), "source_without_basis"),
    "a blank legal basis": (PLATFORM.replace("样例条例第一条", " "), "toml_value_wrong"),
    "no catalogue entry": (PLATFORM.replace('catalogue = "样例目录-001"', ""), "source_without_basis"),
    "a name with a space": (PLATFORM.replace('name = "信用平台"', 'name = "信用 平台"'), "source_name_unusable"),
    "a name with a path": (PLATFORM.replace('name = "信用平台"', 'name = "a/b"'), "source_name_unusable"),
    "an unknown kind": (PLATFORM.replace('"penalty"', '"fines"'), "file_kind_unknown"),
    "an end before the start": (
        PLATFORM.replace("2020-01-01", "2020-01-01\nvalid_to = 2019-12-31"),
        "source_dates_order",
    ),
    "a date that is none": (PLATFORM.replace("2020-01-01", '"2020"'), "toml_value_wrong"),
    "an unknown encoding": (PLATFORM.replace("[file]", "[file]\nencoding = 'utf-16'"), "source_choice_unknown"),
    "an unknown delimiter": (PLATFORM.replace("[file]", "[file]\ndelimiter = ', '"), "source_choice_unknown"),
    "an unknown form": (PLATFORM.replace("[file]", "[file]\nform = 'xls'"), "source_choice_unknown"),
    "a date format that is none": (PLATFORM.replace('"D/M/YYYY"', '"%d/%m/%Y"'), "source_date_format"),
    "a date format twice": (PLATFORM.replace('"D/M/YYYY"', '"YYYY.MM.DD"'), "toml_duplicate"),
    "an unknown field": (PLATFORM.replace("[fields.violation]", "[fields.offence]"), "source_field_unknown"),
    "a required field that nothing gives": (
        PLATFORM.replace('[fields.violation]\ncolumns = ["案由"]', ""),
        "source_field_missing",
    ),
    "a field that two ways give": (
        PLATFORM.replace('columns = ["案由"]', 'columns = ["案由"]\nvalue = "x"'),
        "source_field_ways",
    ),
    "a field that no way gives": (PLATFORM.replace('columns = ["案由"]', ""), "source_field_ways"),
    "columns that are no list": (PLATFORM.replace('columns = ["案由"]', 'columns = "案由"'), "toml_value_wrong"),
    "a header twice in a field": (PLATFORM.replace('"相对人名称"', '"当事人"'), "toml_duplicate"),
    "a header for two fields": (PLATFORM.replace('"案由"', '"种类"'), "source_header_twice"),
    "a header for two fields in other brackets": (PLATFORM.replace('"案由"', '"罚款(元)"'), "source_header_twice"),
    "a header that is ignored too": (PLATFORM.replace('"案由"', '"序号"'), "source_header_twice"),
    "a template's header that is ignored": (PLATFORM.replace("{序}", "{序号}"), "source_header_twice"),
    "a template without a header": (PLATFORM.replace("{字号}〔{年份}〕{序}号", "一号"), "source_template_unreadable"),
    "a template that does not close": (PLATFORM.replace("{序}", "{序"), "source_template_unreadable"),
    "an amount without a unit": (PLATFORM.replace('unit = "元"', ""), "source_unit_missing"),
    "an unknown unit": (PLATFORM.replace('unit = "元"', 'unit = "亿元"'), "source_unit_unknown"),
    "a unit that the header contradicts": (PLATFORM.replace('unit = "元"', 'unit = "万元"'), "source_unit_contradicts"),
    "a unit of what is no amount": (
        PLATFORM.replace('columns = ["案由"]', 'columns = ["案由"]\nunit = "元"'),
        "source_unit_needless",
    ),
    "a value that the field cannot hold": (
        PLATFORM.replace('columns = ["决定日期"]', 'value = "昨天"'),
        "date_form",
    ),
    "a word that the field cannot hold": (
        PLATFORM.replace('columns = ["决定日期"]', 'columns = ["决定日期"]\nwords = { "无" = "昨天" }'),
        "date_form",
    ),
    "bodies that are no texts": (PLATFORM + '[bodies]\n"市住建局" = 1\n', "toml_value_wrong"),
    "a body that is too long": (PLATFORM + f'[bodies]\n"市住建局" = "{"局" * 201}"\n', "text_too_long"),
    "bodies of a kind that has none": (
        PULLED + '[bodies]\n"市住建局" = "样例市住房和城乡建设局"\n',
        "source_field_unknown",
    ),
    "words that are no texts": (PLATFORM.replace('"01" = "罚款"', '"01" = 1'), "toml_value_wrong"),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_document_that_is_wrong_is_refused(text: str, code: str) -> None:
    assert text != PLATFORM
    with pytest.raises(Invalid) as refused:
        source_of(text)
    assert refused.value.code == code


def test_a_refusal_names_the_place() -> None:
    for text, place in (
        (WRONG["an unknown key of a field"][0], "fields.fine"),
        (WRONG["an unknown unit"][0], "fields.fine"),
        (WRONG["a date format that is none"][0], "file.dates"),
        (WRONG["no catalogue entry"][0], "source"),
        (WRONG["an unknown field"][0], "fields"),
    ):
        with pytest.raises(Invalid) as refused:
            source_of(text)
        assert refused.value.parameters["place"] == place
    with pytest.raises(Invalid) as refused:
        source_of(WRONG["a word that the field cannot hold"][0])
    assert refused.value.field == "fields.date.words"


def test_a_source_holds_on_its_days() -> None:
    source = replace(source_of(), valid_to=date(2026, 6, 30))
    source.require_in_force(date(2020, 1, 1))
    source.require_in_force(date(2026, 6, 30))
    for day in (date(2019, 12, 31), date(2026, 7, 1)):
        with pytest.raises(Conflict, match="source_not_in_force"):
            source.require_in_force(day)


class TestShipped:
    def test_every_kind_has_its_own_source_with_the_columns_of_the_kind(self) -> None:
        for kind, form in FORMATS.items():
            source = sources.shipped()[kind].source
            assert (source.name, source.kind) == (kind, kind)
            assert source.format.headers == form.headers

    @pytest.mark.parametrize("kind", GOOD)
    def test_own_sources_read_what_the_kinds_read(self, kind: str) -> None:
        data = csv_bytes([dict(GOOD[kind])])
        [row] = FORMATS[kind].read("甲.csv", io.BytesIO(data), TODAY)
        assert isinstance(row, ParsedRow)
        assert values(sources.shipped()[kind].source, data) == [row.values]

    @pytest.mark.parametrize("name", sources.shipped())
    def test_each_says_where_it_comes_from_and_is_never_pulled(self, name: str) -> None:
        source = sources.shipped()[name].source
        assert source.name == name
        assert source.legal_basis
        assert source.catalogue
        assert source.pull is None
        assert parse_source(source.text, FORMATS).digest == source.digest

    @pytest.mark.parametrize(
        ("name", "own", "more"),
        [
            ("national-licence", "licence", ("行政相对人类别", "行政相对人代码_2(工商注册号)", "法定代表人证件号码")),
            ("national-penalty", "penalty", ("行政相对人类别", "行政相对人代码_6（社会组织登记证号）", "证件号码")),
        ],
    )
    def test_a_national_template_gives_the_record_of_the_own_format_and_drops_what_is_personal(
        self, name: str, own: str, more: Sequence[str]
    ) -> None:
        row = {**GOOD[own], **dict.fromkeys(more, "保密")}
        [expected] = values(sources.shipped()[own].source, csv_bytes([dict(GOOD[own])]))
        assert values(sources.shipped()[name].source, csv_bytes([row])) == [expected]

    def test_an_extract_of_the_legal_person_database_gives_registrations(self) -> None:
        row = {
            "统一社会信用代码": files.code(1),
            "名称": files.name(1),
            "行业": "房屋建筑业",
            "行政区划": "示范镇",
            "住所（经营场所）": "虚构路1号",
            "成立日期": "2010-05-04 00:00:00",
            "经营状态": "存续（在营、开业、在册）",
            "注册资本(万元)": "1000.5",
            "登记机关": "样例局",
            "经营范围": "…",
            "联系电话": "0335-0000000",
        }
        [found] = values(sources.shipped()["legal-person-registration"].source, csv_bytes([row]))
        assert (found["sector"], found["status"], found["established"]) == ("建筑施工", "存续", "2010-05-04")
        assert (found["capital"], found["number"]) == (1_000_500_000, None)

    @pytest.mark.parametrize(
        ("name", "kind", "reason"),
        [
            ("publicity-abnormal-operation", "经营异常", "列入经营异常名录原因"),
            ("publicity-serious-breach", "严重违法失信", "列入严重违法失信名单（黑名单）原因"),
        ],
    )
    def test_lists_of_breaches_say_which_list_they_are(self, name: str, kind: str, reason: str) -> None:
        row = {
            "统一社会信用代码": files.code(1),
            reason: "未按期公示年报",
            "列入日期": "2024年7月8日",
            "作出决定机关（列入）": "样例局",
            "移出日期": "",
        }
        [found] = values(sources.shipped()[name].source, csv_bytes([row]))
        assert found["content"] == {"type": kind, "reason": "未按期公示年报"}

    def test_the_complainant_is_dropped(self) -> None:
        row = {
            "被投诉举报人统一社会信用代码": files.code(1),
            "受理时间": "2024-07-08 10:20:30",
            "问题类别": "工程质量",
            "处理结果": "达成调解",
            "登记编号": "T1",
            "投诉人": "欧阳样例",
            "联系电话": "13800000000",
            "投诉内容": "欧阳样例反映……",
        }
        [row_read] = read(sources.shipped()["complaint-handling"].source, csv_bytes([row]))
        assert isinstance(row_read, ParsedRow)
        assert row_read.values["content"] == {"matter": "工程质量", "outcome": "调解"}
        assert "欧阳样例" not in str(row_read)


# ── any mapping ──

FEN = st.integers(0, 10**14)
HEADERS = st.lists(st.text("甲乙丙丁戊己庚辛壬癸", min_size=2, max_size=6), min_size=12, max_size=12, unique=True)


def decimal_text(fen: int, places: int) -> str:
    whole, fraction = divmod(fen, 10**places)
    return f"{whole}.{fraction:0{places}}" if places else str(whole)


@given(HEADERS, st.sampled_from(list(UNITS)), st.sampled_from(FORMS), st.dates(date(1949, 1, 1), TODAY), FEN)
def test_any_mapping_gives_the_values_that_were_written(
    headers: list[str], unit: str, form: str, day: date, fen: int
) -> None:
    text = PLATFORM.replace('"YYYY.MM.DD", "D/M/YYYY"', f'"{form}"').replace('unit = "元"', f'unit = "{unit}"')
    known = ("当事人", "信用代码", "字号", "年份", "案由", "种类", "罚款（元）", "决定日期", "法定代表人电话", "罚款额")
    renamed = dict(zip(known, headers, strict=False))
    for header, new in renamed.items():
        text = text.replace(f'"{header}"', f'"{new}"').replace(f"{{{header}}}", f"{{{new}}}")
    row = {**ROW, "决定日期": written(day, form), "罚款（元）": decimal_text(fen, UNITS[unit])}
    source = source_of(text.replace("[file]", '[file]\nencoding = "utf-8"'))
    expected = {
        **RECORD,
        "date": day.isoformat(),
        "content": {"violation": "未按图施工", "category": "罚款", "fine": fen},
    }
    assert values(source, csv_bytes([{renamed.get(header, header): cell for header, cell in row.items()}])) == [
        expected
    ]


TAKEN_BACK = """
name = "撤销"
title = "撤销决定"
version = "1"
kind = "revocation"
legal_basis = "样例条例第一条"
catalogue = "样例目录-003"
valid_from = 2020-01-01

[bodies]
"市住建局" = "样例市住房和城乡建设局"
"""

COMPLAINTS = """
name = "热线"
title = "热线办理结果"
version = "1"
kind = "complaint"
legal_basis = "样例条例第一条"
catalogue = "样例目录-004"
valid_from = 2020-01-01

[file]
ignored = ["投诉人电话"]

[fields.enterprise]
columns = ["被投诉人统一社会信用代码"]

[fields.date]
columns = ["受理日期"]

[fields.matter]
columns = ["事项"]

[fields.outcome]
columns = ["办结结果"]

[fields.number]
columns = ["编号"]
"""


@pytest.mark.parametrize(
    ("taken", "instead"),
    [
        ('columns = ["事项"]', 'columns = ["投诉人姓名"]'),
        ('columns = ["事项"]', 'columns = ["事项", "举报人诉求"]'),
        ('columns = ["事项"]', 'template = "{来电人}：{事项}"'),
    ],
)
def test_no_source_takes_in_who_complained(taken: str, instead: str) -> None:
    assert source_of(COMPLAINTS).kind == "complaint"
    with pytest.raises(Invalid, match="source_names_complainant"):
        source_of(COMPLAINTS.replace(taken, instead))


OBSERVED = """
name = "他市检查"
title = "他市检查记录"
version = "1"
kind = "inspection"
legal_basis = "样例条例第一条"
catalogue = "样例目录-002"
valid_from = 2020-01-01
observational = true
"""


def test_a_source_of_inspections_may_say_that_nobody_drew_them() -> None:
    assert source_of(OBSERVED).format.observational
    assert not source_of(OBSERVED.replace("observational = true", "")).format.observational


def test_only_inspections_are_observational() -> None:
    with pytest.raises(Invalid, match="source_observational_kind"):
        source_of(OBSERVED.replace("inspection", "penalty"))
