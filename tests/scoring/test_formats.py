"""The files of a bureau: what each kind gives, and all that is refused in a bad row."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON, canonical, parse_canonical
from ledger.errors import Invalid
from scoring.codes import make_uscc
from scoring.columns import Format, ParsedRow, RefusedRow
from scoring.formats import (
    BREACH,
    CHANGE,
    COMPLAINT,
    DEPARTMENT,
    FORMATS,
    INSPECTION,
    LICENCE,
    PENALTY,
    REGISTRATION,
    RELATION,
)
from tests.scoring.workbooks import sheet_xml, workbook

TODAY = date(2026, 11, 23)
CODE = "91130304PDY00001XL"

COMMON = {"统一社会信用代码": CODE, "日期": "2024-05-06", "机关": "北戴河区住房和城乡建设局"}
GOOD: Mapping[str, Mapping[str, str]] = {
    "department": {"部门代码": "ZJ", "部门名称": "住建"},
    "division": {"行政区划代码": "130304", "行政区划名称": "样例区"},
    "registration": {
        "统一社会信用代码": CODE,
        "企业名称": "甲建筑公司",
        "行业": "建筑施工",
        "区域": "东山街道",
        "地址": "海宁路1号",
        "成立日期": "2015年3月1日",
        "登记状态": "存续",
        "注册资本（万元）": "500.5",
        "登记机关": "市场监管局",
    },
    "licence": {
        "行政相对人名称": "甲建筑公司",
        "行政相对人代码_1(统一社会信用代码)": CODE,
        "行政许可决定文书号": "许字1号",
        "许可类别": "普通",
        "许可决定日期": "2024/5/6",
        "有效期自": "2024/5/6",
        "有效期至": "长期",
        "许可机关": "住建局",
        "数据来源单位": "住建局",
    },
    "penalty": {
        "行政相对人名称": "甲建筑公司",
        "行政相对人代码_1(统一社会信用代码)": CODE,
        "行政处罚决定书文号": "罚字1号",
        "违法行为类型": "违反安全生产规定",
        "处罚类别": "罚款",
        "罚款金额（万元）": "1.5",
        "处罚决定日期": "20240506",
        "公示截止期": "2027-05-06",
        "处罚机关": "住建局",
        "数据来源单位": "住建局",
    },
    "confirmation": {**COMMON, "确认事项": "竣工验收", "结果": "合格"},
    "inspection": {**COMMON, "检查类型": "日常检查", "检查结果": "违反其他管理规定；不配合检查情节严重"},
    "coercion": {**COMMON, "强制措施种类": "查封"},
    "breach": {**COMMON, "失信类型": "经营异常", "移出日期": "2025-01-01"},
    "relation": {"统一社会信用代码": CODE, "关系类型": "股东", "关联方名称": "乙公司"},
    "complaint": {
        "统一社会信用代码": CODE,
        "受理日期": "2024-05-06",
        "事项": "噪声",
        "办结结果": "属实",
        "编号": "T1",
    },
    "revocation": {
        "统一社会信用代码": CODE,
        "被撤销类别": "行政处罚",
        "被撤销文书号": "罚字1号",
        "撤销日期": "2024-05-06",
        "撤销机关": "区人民政府",
    },
    "change": {
        "统一社会信用代码": CODE,
        "变更类型": "换照",
        "变更前代码": "110108000000016",
        "变更日期": "2016-05-06",
        "登记机关": "市场监管局",
    },
    "outside_grade": {
        "统一社会信用代码": CODE,
        "分类系统": "省平台",
        "分类等级": "B",
        "评定日期": "2024-05-06",
    },
}


def as_csv(*rows: Mapping[str, str]) -> io.BytesIO:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(buffer.getvalue().encode())


def as_json_lines(*rows: Mapping[str, str]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())


def as_xlsx(*rows: Mapping[str, str]) -> io.BytesIO:
    return workbook(sheet_xml([list(rows[0]), *(list(row.values()) for row in rows)]))


def parsed(form: Format, row: Mapping[str, str]) -> Mapping[str, JSON]:
    [result] = form.read("甲.csv", as_csv(row), TODAY)
    assert isinstance(result, ParsedRow)
    return result.values


def faults(form: Format, row: Mapping[str, str]) -> list[tuple[str | None, str]]:
    [result] = form.read("甲.csv", as_csv(row), TODAY)
    assert isinstance(result, RefusedRow)
    return [(fault.column, fault.code) for fault in result.faults]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_kind_is_read_alike_from_every_form_of_file(kind: str) -> None:
    form, row = FORMATS[kind], GOOD[kind]
    results = [
        list(form.read("甲.csv", as_csv(row), TODAY)),
        list(form.read("甲.jsonl", as_json_lines(row), TODAY)),
        list(form.read("甲.xlsx", as_xlsx(row), TODAY)),
    ]
    values = [[result.values for result in rows if isinstance(result, ParsedRow)] for rows in results]
    assert values[0] == values[1] == values[2] == [parsed(form, row)]
    assert parse_canonical(canonical(values[0][0])) == values[0][0]


@pytest.mark.parametrize("kind", FORMATS)
def test_every_required_column_and_cell_is_asked_for(kind: str) -> None:
    form, row = FORMATS[kind], GOOD[kind]
    for header in form.headers.required:
        assert faults(form, {**row, header: "　"}) == [(header, "value_missing")]
        with pytest.raises(Invalid, match="column_missing"):
            list(form.read("甲.csv", as_csv({key: row[key] for key in row if key != header}, {}), TODAY))


def test_a_record_has_its_enterprise_kind_date_body_number_and_content() -> None:
    assert parsed(PENALTY, GOOD["penalty"]) == {
        "enterprise": CODE,
        "name": "甲建筑公司",
        "kind": "penalty",
        "date": "2024-05-06",
        "body": "住建局",
        "number": "罚字1号",
        "source": "住建局",
        "content": {
            "violation": "违反安全生产规定",
            "category": "罚款",
            "fine": 1_500_000,
            "display_to": "2027-05-06",
        },
    }


def test_a_registration_gives_the_attributes() -> None:
    assert parsed(REGISTRATION, GOOD["registration"]) == {
        "enterprise": CODE,
        "name": "甲建筑公司",
        "sector": "建筑施工",
        "region": "东山街道",
        "address": "海宁路1号",
        "established": "2015-03-01",
        "status": "存续",
        "capital": 500_500_000,
        "scale": None,
        "representative": None,
        "body": "市场监管局",
        "number": None,
        "closed": None,
        "source": None,
    }


def test_results_of_an_inspection_are_identifiers_in_the_official_order() -> None:
    assert parsed(INSPECTION, {**GOOD["inspection"], "后续处理": "责令改正"})["content"] == {
        "type": "日常检查",
        "results": ["uncooperative", "other_violation"],
        "follow_up": "correction",
    }


def test_an_inspection_may_say_who_inspected_which_matters_and_in_which_a_problem_was_found() -> None:
    row = {
        **GOOD["inspection"],
        "检查人员": "ZJ001、ZJ002",
        "检查事项": "资质检查；履约检查",
        "发现问题事项": "履约检查",
    }
    content = parsed(INSPECTION, row)["content"]
    assert isinstance(content, dict)
    assert content["inspectors"] == ["ZJ001", "ZJ002"]
    assert (content["matters"], content["violated"]) == (["资质检查", "履约检查"], ["履约检查"])


def test_a_problem_may_be_found_in_a_matter_where_the_file_does_not_tell_all_matters() -> None:
    content = parsed(INSPECTION, {**GOOD["inspection"], "发现问题事项": "履约检查"})["content"]
    assert isinstance(content, dict)
    assert content["violated"] == ["履约检查"]


def test_a_licence_without_end_ends_in_2099() -> None:
    content = parsed(LICENCE, GOOD["licence"])["content"]
    assert isinstance(content, dict)
    assert content["valid_to"] == "2099-12-31"


def test_a_relation_may_have_no_date_and_has_no_body() -> None:
    values = parsed(RELATION, GOOD["relation"])
    assert (values["date"], values["body"], values["number"]) == (None, None, None)


def test_all_faults_of_a_row_are_told_in_the_order_of_its_columns() -> None:
    row = {
        **GOOD["penalty"],
        "行政相对人代码_1(统一社会信用代码)": "91130304PDY00001XM",
        "违法行为类型": "",
        "罚款金额（万元）": "1,5",
        "处罚决定日期": "2027-02-01",
        "公示截止期": "2026-12-31",
    }
    assert faults(PENALTY, row) == [
        ("行政相对人代码_1(统一社会信用代码)", "uscc_check_character"),
        ("违法行为类型", "value_missing"),
        ("罚款金额（万元）", "amount_separator"),
        ("处罚决定日期", "date_in_future"),
        ("公示截止期", "dates_out_of_order"),
    ]


def test_a_fault_names_file_line_column_value_and_the_parameters_of_its_words() -> None:
    [refused] = REGISTRATION.read("册.csv", as_csv({**GOOD["registration"], "统一社会信用代码": "12345"}), TODAY)
    assert isinstance(refused, RefusedRow)
    [fault] = refused.faults
    assert (fault.file, fault.line, fault.column, fault.value) == ("册.csv", 2, "统一社会信用代码", "12345")
    assert (fault.code, fault.parameters["length"]) == ("uscc_length", 5)


def test_a_long_value_is_cut_in_its_fault() -> None:
    [refused] = REGISTRATION.read("册.csv", as_csv({**GOOD["registration"], "地址": "路" * 5000}), TODAY)
    assert isinstance(refused, RefusedRow)
    assert len(refused.faults[0].value) < 300


def test_a_row_with_a_cell_in_surplus_is_not_looked_at_further() -> None:
    content = as_csv(GOOD["department"]).getvalue().rstrip() + b",x\n"
    [refused] = DEPARTMENT.read("甲.csv", io.BytesIO(content), TODAY)
    assert isinstance(refused, RefusedRow)
    assert [(fault.column, fault.code) for fault in refused.faults] == [(None, "row_too_long")]


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("registration", {"成立日期": "2026-11-24"}, ("成立日期", "date_in_future")),
        ("registration", {"成立日期": "1948-10-01"}, ("成立日期", "date_year")),
        ("registration", {"成立日期": "2023-02-30"}, ("成立日期", "date_impossible")),
        ("registration", {"行业": "餐饮"}, ("行业", "choice_unknown")),
        ("registration", {"注册资本（万元）": "五百"}, ("注册资本（万元）", "amount_form")),
        ("licence", {"有效期至": "2024-05-05"}, ("有效期至", "dates_out_of_order")),
        ("licence", {"许可决定日期": "2026-11-24"}, ("许可决定日期", "date_in_future")),
        ("licence", {"许可决定日期": "长期"}, ("许可决定日期", "date_form")),
        ("breach", {"移出日期": "2024-05-05"}, ("移出日期", "dates_out_of_order")),
        ("breach", {"移出日期": "2026-11-24"}, ("移出日期", "date_in_future")),
        ("complaint", {"受理日期": "2026-11-24"}, ("受理日期", "date_in_future")),
        ("relation", {"关联方代码": "110101190001010006"}, ("关联方代码", "identity_number")),
        ("inspection", {"检查事项": "甲、乙", "发现问题事项": "丙"}, ("发现问题事项", "list_not_among")),
        ("inspection", {"检查人员": "ZJ001、ZJ001"}, ("检查人员", "list_twice")),
        ("inspection", {"检查结果": "未发现问题；迁出"}, ("检查结果", "result_no_problem_with_others")),
    ],
)
def test_a_wrong_cell_is_refused(kind: str, change: Mapping[str, str], expected: tuple[str, str]) -> None:
    assert faults(FORMATS[kind], {**GOOD[kind], **change}) == [expected]


def test_today_is_not_in_the_future() -> None:
    assert parsed(BREACH, {**GOOD["breach"], "日期": "2026-11-23", "移出日期": ""})["date"] == "2026-11-23"


def test_a_second_department_of_the_same_code_is_refused_and_the_first_kept() -> None:
    first, second = GOOD["department"], {**GOOD["department"], "部门名称": "住建局"}
    kept, refused = DEPARTMENT.read("册.csv", as_csv(first, second), TODAY)
    assert isinstance(kept, ParsedRow)
    assert isinstance(refused, RefusedRow)
    [fault] = refused.faults
    assert (fault.line, fault.column, fault.code) == (3, "部门代码", "row_twice")
    assert fault.parameters["first"] == 2


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"变更前代码": ""}, "变更前代码", "change_without_former"),
        ({"变更类型": "名称变更"}, "变更前名称", "change_without_former"),
        ({"变更前代码": CODE}, "变更前代码", "code_change_circle"),
        ({"变更前代码": "110108000000017"}, "变更前代码", "registration_number_check_digit"),
    ],
)
def test_a_change_says_what_was_before(changes: Mapping[str, str], column: str, code: str) -> None:
    assert faults(CHANGE, {**GOOD["change"], **changes}) == [(column, code)]


@pytest.mark.parametrize("header", ["投诉人", "举报人姓名", "联系电话", "投诉人身份证号码"])
def test_a_complaint_that_would_name_the_complainant_refuses_the_file(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        list(COMPLAINT.read("诉.csv", as_csv({**GOOD["complaint"], "颜色": "红", header: "张三"}), TODAY))
    assert (refused.value.code, refused.value.parameters) == ("column_names_complainant", {"column": header})


def test_good_rows_are_given_beside_bad_ones() -> None:
    rows = [{**GOOD["department"], "部门代码": code} for code in ("ZJ", "住建", "SC")]
    results = list(DEPARTMENT.read("甲.csv", as_csv(*rows), TODAY))
    assert [isinstance(result, ParsedRow) for result in results] == [True, False, True]


@given(st.integers(1, 99999), st.dates(date(1949, 1, 1), TODAY), st.integers(0, 10**12))
def test_codes_dates_and_amounts_come_through_exactly(number: int, day: date, fen: int) -> None:
    code = make_uscc("130304", f"PDY{number:05}")
    amount = f"{fen // 10**6}.{fen % 10**6:06}"
    row = {**GOOD["registration"], "统一社会信用代码": code, "成立日期": f"{day:%Y/%m/%d}", "注册资本（万元）": amount}
    values = parsed(REGISTRATION, row)
    assert (values["enterprise"], values["established"], values["capital"]) == (code, day.isoformat(), fen)
