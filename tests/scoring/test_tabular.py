"""Files as they come: what is read of each form, and what is refused."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from scoring import lines
from scoring.columns import Format
from scoring.formats import FORMATS
from scoring.rows import RECORD_BYTES, Columns, Layout, SourceRow
from scoring.tabular import read_rows
from tests.scoring.workbooks import DATE_STYLE, TIME_STYLE, sheet_xml, workbook

COLUMNS = Columns(known=("代码", "名称", "金额（万元）"), required=("代码", "名称"))
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


def read(name: str, content: bytes | BinaryIO) -> list[SourceRow]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    return list(read_rows(name, stream, COLUMNS))


def refusal(name: str, content: bytes | BinaryIO) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(name, content)
    return refused.value


def values(rows: list[SourceRow]) -> list[list[str]]:
    return [list(row.values.values()) for row in rows]


class TestAnyFile:
    def test_the_ending_of_the_name_tells_the_form(self) -> None:
        assert values(read("甲.CSV", "代码,名称\n1,甲\n".encode())) == [["1", "甲"]]
        assert refusal("甲.xls", b"").code == "file_type_unknown"
        assert refusal("甲", b"").code == "file_type_unknown"

    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n \n", b",,\n"])
    def test_an_empty_file_is_refused(self, content: bytes) -> None:
        assert refusal("甲.csv", content).code == "file_empty"

    def test_a_header_without_rows_is_refused(self) -> None:
        assert refusal("甲.csv", "代码,名称\n,\n".encode()).code == "file_without_rows"
        assert refusal("甲.xlsx", workbook(sheet_xml([["代码", "名称"]]))).code == "file_without_rows"

    def test_an_unknown_column_refuses_the_whole_file(self) -> None:
        refused = refusal("甲.csv", "代码,名称,等级\n1,甲,A\n".encode())
        assert (refused.code, refused.parameters["column"]) == ("column_unknown", "等级")
        assert refused.parameters["known"] == ["代码", "名称", "金额（万元）"]

    def test_a_title_above_the_header_refuses_the_whole_file(self) -> None:
        refused = refusal("甲.csv", "某区行政处罚信息,,\n代码,名称\n1,甲\n".encode())
        assert (refused.code, refused.parameters["column"]) == ("header_unknown", "某区行政处罚信息")

    def test_a_missing_column_refuses_the_whole_file(self) -> None:
        refused = refusal("甲.csv", "金额（万元）,代码\n1,1\n".encode())
        assert (refused.code, refused.parameters["column"]) == ("column_missing", ["名称"])

    def test_a_column_that_stands_twice_refuses_the_whole_file(self) -> None:
        refused = refusal("甲.csv", "代码,名称,金额(万元),金额（万元）\n1,甲,1,2\n".encode())
        assert (refused.code, refused.parameters["column"]) == ("column_twice", "金额（万元）")

    def test_a_column_without_a_name_refuses_the_whole_file(self) -> None:
        refused = refusal("甲.csv", "代码,,名称\n1,x,甲\n".encode())
        assert (refused.code, refused.parameters["position"]) == ("column_unnamed", 2)

    def test_a_header_may_be_broken_into_lines(self) -> None:
        assert COLUMNS.named(" 金额\r\n（万元） ") == "金额（万元）"

    def test_brackets_of_either_width_name_the_same_column(self) -> None:
        [row] = read("甲.csv", "代码,名称, 金额(万元) \n1,甲,2\n".encode())
        assert row.values == {"代码": "1", "名称": "甲", "金额（万元）": "2"}


class TestCsv:
    @given(st.lists(st.tuples(CELL, CELL), min_size=1), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    def test_what_is_written_is_read(self, cells: list[tuple[str, str]], encoding: str) -> None:
        buffer = io.StringIO()
        csv.writer(buffer).writerows([("代码", "名称"), ("始", "终"), *cells])
        rows = read("甲.csv", buffer.getvalue().encode(encoding))
        assert values(rows) == [["始", "终"], *([a, b] for a, b in cells if a.strip() or b.strip())]
        assert all(row.faults == () for row in rows)

    @given(
        st.lists(
            st.sampled_from(["甲", ",", '"', "\n", "\r\n", "\r", '"乙\n丙"', "1,2\n", "\0", "\udcff"]), max_size=30
        )
    )
    def test_what_is_read_at_once_is_what_is_read_line_by_line(self, pieces: list[str]) -> None:
        content = ("代码,名称\n" + "".join(pieces)).encode("utf-8", "surrogateescape")

        def told(block_bytes: int) -> object:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(lines, "BLOCK_BYTES", block_bytes)
                try:
                    return [(row.line, dict(row.values), row.faults) for row in read("甲.csv", content)]
                except Invalid as refused:
                    return refused.code, refused.parameters

        assert told(1) == told(8) == told(1 << 16)

    def test_a_row_is_named_by_the_line_where_it_begins(self) -> None:
        rows = read("甲.csv", '\n代码,名称\r\n1,"甲\n乙"\r\n\r\n2,丙\r\n'.encode())
        assert [row.line for row in rows] == [3, 6]

    @pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
    def test_no_required_header_in_gb18030_could_be_taken_for_utf8(self, form: Format) -> None:
        for header in form.headers.required:
            with pytest.raises(UnicodeDecodeError):
                header.encode("gb18030").decode("utf-8")

    def test_a_wrong_byte_is_refused_with_its_position(self) -> None:
        utf8 = "代码,名称\n1,甲".encode()
        refused = refusal("甲.csv", b"\xef\xbb\xbf" + utf8 + b"\xff\n")
        assert (refused.code, refused.parameters["position"]) == ("encoding_unknown", 3 + len(utf8))
        gb18030 = "代码,名称\n1,甲".encode("gb18030")
        refused = refusal("甲.csv", gb18030 + b"\xff\n")
        assert (refused.code, refused.parameters["position"]) == ("encoding_unknown", len(gb18030))

    @pytest.mark.parametrize("encoding", ["auto", "utf-8", "gb18030"])
    @pytest.mark.parametrize("written", ["utf-8", "gb18030"])
    def test_a_byte_order_mark_decides_the_encoding(self, written: str, encoding: str) -> None:
        content = "\ufeff代码,名称\n1,甲\n".encode(written)
        [row] = read_rows("甲.csv", io.BytesIO(content), COLUMNS, Layout(encoding=encoding))
        assert row.values == {"代码": "1", "名称": "甲"}

    def test_utf16_is_refused(self) -> None:
        assert refusal("甲.csv", "代码,名称\n1,甲\n".encode("utf-16")).code == "encoding_unknown"

    def test_a_row_of_another_width_is_a_fault_of_that_row_alone(self) -> None:
        rows = read("甲.csv", "代码,名称\n1\n2,甲,乙,丙\n3,丁,,\n".encode())
        assert [[fault.code for fault in row.faults] for row in rows] == [["row_too_short"], ["row_too_long"], []]
        assert rows[1].faults[0].value == "乙,丙"

    @pytest.mark.parametrize("row", ['1,"甲', '1,"甲"乙'])
    def test_quotes_that_do_not_close_are_refused(self, row: str) -> None:
        refused = refusal("甲.csv", f"代码,名称\n{row}\n".encode())
        assert (refused.code, refused.parameters["line"]) == ("csv_malformed", 2)


class EndlessLine(io.RawIOBase):
    """Two hundred megabytes in one line; counts what is asked of it."""

    SIZE = 200_000_000

    def __init__(self, head: bytes, piece: bytes) -> None:
        self.head, self.piece, self.given = head, piece, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.given >= self.SIZE:
            return 0
        size = len(buffer)
        start = self.given - len(self.head)
        repeated = self.piece * (size // len(self.piece) + 2)
        content = self.head[self.given :] + repeated[max(start, 0) % len(self.piece) :]
        buffer[:] = content[:size]
        self.given += size
        return size


class TestMemory:
    @pytest.mark.parametrize(
        ("name", "head", "piece"),
        [
            ("甲.csv", b"", b"x"),
            ("甲.csv", "代码,名称\n1,".encode(), b"x"),
            ("甲.csv", "代码,名称\n".encode(), b'"\n",'),
            ("甲.jsonl", b'{"', b"x"),
        ],
    )
    def test_an_endless_line_or_record_is_refused_before_it_is_read(self, name: str, head: bytes, piece: bytes) -> None:
        source = EndlessLine(head, piece)
        refused = refusal(name, io.BufferedReader(source))
        assert refused.code == "line_too_long"
        assert source.given < 2 * RECORD_BYTES

    def test_rows_come_before_the_file_is_read_whole(self) -> None:
        source = EndlessLine("代码,名称\n".encode(), b"1,2\n")
        rows: Iterator[SourceRow] = read_rows("甲.csv", io.BufferedReader(source), COLUMNS)
        assert next(rows).line == 2
        assert source.given < RECORD_BYTES


class TestJsonLines:
    @given(st.lists(st.fixed_dictionaries({"代码": CELL, "名称": CELL}), min_size=1))
    def test_what_is_written_is_read(self, objects: list[dict[str, str]]) -> None:
        content = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects).encode()
        assert [row.values for row in read("甲.jsonl", content)] == objects

    def test_texts_whole_numbers_and_null_are_values(self) -> None:
        [row] = read("甲.jsonl", '{"代码": 911303040000012345, "名称": null, "金额(万元)": "1.5"}'.encode())
        assert row.values == {"代码": "911303040000012345", "名称": "", "金额（万元）": "1.5"}
        assert row.faults == ()

    @pytest.mark.parametrize("value", ["1.5", "1e3", "true", "[]", '["甲"]', '{"名称": "甲"}', "NaN", '"\\ud800"'])
    def test_any_other_value_is_refused_naming_line_and_key(self, value: str) -> None:
        _, row = read("甲.jsonl", f'{{"代码": "1"}}\n{{"代码": {value}}}\n'.encode())
        [fault] = row.faults
        assert (fault.line, fault.column, fault.code) == (2, "代码", "json_value_type")
        fault.value.encode()

    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("{", "json_malformed"),
            ("[" * 100_000, "json_malformed"),
            ("[1]", "json_not_an_object"),
            ("3", "json_not_an_object"),
        ],
    )
    def test_a_line_that_is_no_object_is_a_fault_of_that_row_alone(self, line: str, code: str) -> None:
        rows = read("甲.jsonl", f'{line}\n\n{{"代码": "1"}}\n'.encode())
        assert [(row.line, [fault.code for fault in row.faults]) for row in rows] == [(1, [code]), (3, [])]

    def test_a_key_that_stands_twice_is_refused(self) -> None:
        [row] = read("甲.jsonl", '{"代码": "1", "代码": "2"}'.encode())
        assert [fault.code for fault in row.faults] == ["json_key_twice"]

    def test_an_unknown_key_refuses_the_whole_file(self) -> None:
        assert refusal("甲.jsonl", '{"代码": "1"}\n{"等级": "A"}\n'.encode()).code == "column_unknown"

    def test_other_encodings_are_refused(self) -> None:
        assert refusal("甲.jsonl", '{"代码": "甲"}'.encode("gb18030")).code == "encoding_unknown"

    def test_an_empty_file_is_refused(self) -> None:
        assert refusal("甲.jsonl", b"\n").code == "file_empty"


def cell(value: str, attributes: str = "") -> str:
    return f"<c {attributes}><v>{value}</v></c>"


class TestXlsx:
    def test_texts_numbers_and_dates_become_their_exact_text(self) -> None:
        cells: list[list[str | int]] = [
            ["代码", "名称", "金额（万元）"],
            ["007", cell("45000", f's="{DATE_STYLE}"'), cell("0.30000000000000004")],
            [7, cell("45000.5", f's="{TIME_STYLE}"'), cell("1.0000000000000001E-5")],
            [999_999_999_999_999, cell("45000", f's="{TIME_STYLE}"'), cell("100000")],
        ]
        rows = read("甲.xlsx", workbook(sheet_xml(cells)))
        assert values(rows) == [
            ["007", "2023-03-15", "0.3"],
            ["7", "2023-03-15 12:00:00", "0.00001"],
            ["999999999999999", "2023-03-15", "100000"],
        ]
        assert all(row.faults == () for row in rows)

    def test_a_row_is_named_by_its_number_in_the_sheet(self) -> None:
        sheet = sheet_xml([["代码", "名称"], ["1", "甲"], ["", ""], ["2", "乙"]], first_row=3)
        assert [row.line for row in read("甲.xlsx", workbook(sheet))] == [4, 6]

    def test_shared_texts_are_read(self) -> None:
        header = [cell("0", 't="s"'), cell("1", 't="s"')]
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        shared = f'<sst xmlns="{main}"><si><t>代码</t></si><si><r><t>名</t></r><r><t>称</t></r></si></sst>'
        book = workbook(sheet_xml([header, ["1", "甲"]]), extra={"xl/sharedStrings.xml": shared})
        assert read("甲.xlsx", book)[0].values == {"代码": "1", "名称": "甲"}

    @pytest.mark.parametrize("number", ["911303040000012030", "9.1130304000001203E+17", "1E+15"])
    def test_a_code_that_was_stored_as_a_number_is_a_fault_of_its_cell(self, number: str) -> None:
        [row] = read("甲.xlsx", workbook(sheet_xml([["代码", "名称"], [cell(number), "甲"]])))
        [fault] = row.faults
        assert (fault.line, fault.column, fault.code) == (2, "代码", "code_stored_as_number")

    @pytest.mark.parametrize("value", [cell("1", 't="b"'), cell("nan"), cell("1E+999")])
    def test_a_cell_that_is_neither_text_number_nor_date_is_a_fault(self, value: str) -> None:
        [row] = read("甲.xlsx", workbook(sheet_xml([["代码", "名称"], ["1", value]])))
        assert [(fault.column, fault.code) for fault in row.faults] == [("名称", "xlsx_cell_type")]

    @pytest.mark.parametrize(
        "value", ["<c><f>A1</f><v>1</v></c>", "<c><f>A1</f></c>", '<c><f t="shared" si="0"/><v>1</v></c>']
    )
    def test_a_formula_refuses_the_whole_file_naming_the_cell(self, value: str) -> None:
        refused = refusal("甲.xlsx", workbook(sheet_xml([["代码", "名称"], ["1", "甲"], ["2", value]])))
        assert (refused.code, refused.parameters["cell"]) == ("xlsx_formula", "B3")

    def test_merged_cells_refuse_the_whole_file_naming_them(self) -> None:
        merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
        refused = refusal("甲.xlsx", workbook(sheet_xml([["代码", "名称"], ["1", "甲"]], after=merged)))
        assert (refused.code, refused.parameters["cell"]) == ("xlsx_merged_cells", "A2:A3")

    def test_a_cell_with_an_error_refuses_the_whole_file_naming_it(self) -> None:
        refused = refusal("甲.xlsx", workbook(sheet_xml([["代码", "名称"], ["1", cell("#N/A", 't="e"')]])))
        assert (refused.code, refused.parameters["cell"]) == ("xlsx_error_cell", "B2")

    def test_a_second_sheet_may_only_be_empty(self) -> None:
        table = sheet_xml([["代码", "名称"], ["1", "甲"]])
        assert len(read("甲.xlsx", workbook(table, sheet_xml([])))) == 1
        assert refusal("甲.xlsx", workbook(table, sheet_xml([["x"]]))).code == "xlsx_several_sheets"
        assert refusal("甲.xlsx", workbook(sheet_xml([]), table)).code == "file_empty"

    def test_a_bomb_is_refused(self) -> None:
        bomb = workbook(sheet_xml([["代码", "名称"]], after=" " * (130 << 20)))
        assert len(bomb.getbuffer()) < 1 << 20
        assert refusal("甲.xlsx", bomb).code == "xlsx_too_large"

    def test_a_cell_far_away_is_refused(self) -> None:
        far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        sheet = sheet_xml([["代码", "名称"]]).replace("</sheetData>", far + "</sheetData>")
        assert refusal("甲.xlsx", workbook(sheet)).code == "xlsx_too_large"

    def test_entities_are_refused(self) -> None:
        sheet = '<!DOCTYPE x [<!ENTITY e "甲">]>' + sheet_xml([["代码", "名称"], ["1", "甲"]])
        assert refusal("甲.xlsx", workbook(sheet)).code == "xlsx_malformed"

    @pytest.mark.parametrize(
        "damage",
        [
            lambda _: b"",
            lambda _: b"\xd0\xcf\x11\xe0" * 100,
            lambda content: content[: len(content) // 2],
            lambda content: content.replace(b"PK\x01\x02", b"PK\x00\x00", 1),
        ],
    )
    def test_a_damaged_workbook_is_refused(self, damage: Callable[[bytes], bytes]) -> None:
        whole = workbook(sheet_xml([["代码", "名称"], ["1", "甲"]])).getvalue()
        assert refusal("甲.xlsx", damage(whole)).code == "xlsx_malformed"

    def test_a_zip_that_is_no_workbook_is_refused(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.xml", "<a/>")
        assert refusal("甲.xlsx", buffer).code == "xlsx_malformed"

    @given(st.lists(st.tuples(st.integers(0, 10**15 - 1), st.integers(0, 10**9)), min_size=1, max_size=20))
    def test_whole_numbers_are_read_exactly(self, numbers: list[tuple[int, int]]) -> None:
        rows = read("甲.xlsx", workbook(sheet_xml([["代码", "名称"], *numbers])))
        assert values(rows) == [[str(a), str(b)] for a, b in numbers]
