from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from scoring import fields


def refusal(parse: fields.Parser, text: str) -> Invalid:
    with pytest.raises(Invalid) as refused:
        parse(text)
    return refused.value


@given(st.dates(date(1949, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_in_four_forms(day: date) -> None:
    forms = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat().replace("-", ""),
    )
    assert {fields.civil_date(form) for form in forms} == {day.isoformat()}


@pytest.mark.parametrize("text", ["2024/1/5 0:00", "2024-01-05 00:00:00", "2024/1/5 0:00:00"])
def test_a_date_that_a_spreadsheet_saved_with_midnight_is_the_date(text: str) -> None:
    assert fields.civil_date(text) == "2024-01-05"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-02-29", "date_impossible"),
        ("2023年13月1日", "date_impossible"),
        ("1948-12-31", "date_year"),
        ("22000101", "date_year"),
        ("2023.1.2", "date_form"),
        ("二〇二三年一月二日", "date_form"),
        ("２０２３-01-02", "date_form"),
        ("45000", "date_form"),
        ("2023-01-02 12:00:00", "date_form"),
        ("长期", "date_form"),
    ],
)
def test_any_other_date_is_refused(text: str, code: str) -> None:
    assert refusal(fields.civil_date, text).code == code


def test_a_term_may_be_without_end_where_it_is_an_end() -> None:
    assert fields.end_date("长期") == fields.end_date("2099-12-31") == "2099-12-31"


@given(st.integers(0, 10**15 - 1))
def test_an_amount_is_exact_to_the_fen(fen: int) -> None:
    assert fields.amount_in_fen(format(Decimal(fen).scaleb(-6), "f")) == fen


@pytest.mark.parametrize(
    ("text", "fen"), [("1.5", 1_500_000), ("0", 0), ("007", 7_000_000), ("0.000001", 1), ("2.50000000", 2_500_000)]
)
def test_amounts_are_in_ten_thousand_yuan(text: str, fen: int) -> None:
    assert fields.amount_in_fen(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,000.5", "amount_separator"),
        ("1，000", "amount_separator"),
        ("-3", "amount_negative"),
        ("三万元", "amount_form"),
        ("壹拾", "amount_form"),
        ("3万元", "amount_form"),
        ("1e3", "amount_form"),
        ("１", "amount_form"),
        (".5", "amount_form"),
        ("5.", "amount_form"),
        ("0.0000001", "amount_too_fine"),
        ("1000000000", "amount_too_large"),
    ],
)
def test_any_other_amount_is_refused(text: str, code: str) -> None:
    assert refusal(fields.amount_in_fen, text).code == code


def test_an_amount_with_separators_is_refused_with_what_to_write() -> None:
    assert refusal(fields.amount_in_fen, "1,000.5").parameters["suggestion"] == "1000.5"


def test_what_is_no_amount_without_its_separators_is_told_to_be_none() -> None:
    assert refusal(fields.amount_in_fen, "1,234.50元").code == "amount_form"


@pytest.mark.parametrize(
    "text",
    [
        "罚〔2026〕7号",
        "罚[2026]7号",
        "罚（2026）7号",
        "罚【２０２６】７号",
        "罚 〔2026〕 7 号",
        "罚\u3000(2026)\u30007号",
    ],
)
def test_a_documents_number_is_one_however_it_is_written(text: str) -> None:
    number = fields.DocumentNumber(20)
    assert number(text) == "罚〔2026〕7号"
    assert number.all_plain(["罚1号", text]) is (text == "罚〔2026〕7号")


def test_brackets_around_anything_but_a_year_stay_in_a_number() -> None:
    assert fields.DocumentNumber(20)("罚（甲）[12]7号") == "罚（甲）[12]7号"


@pytest.mark.parametrize(
    "text", ["样例市住建局（本级）", "样例市住建局(本级)", "样例市 住建局 （本级）", "样例市\u3000住建局\u00a0(本级)"]
)
def test_a_body_is_one_however_its_name_is_written(text: str) -> None:
    assert fields.BodyName(20)(text) == "样例市住建局（本级）"
    assert fields.BodyName(20).all_plain(["样例市住建局", text]) is (text == "样例市住建局（本级）")


def test_a_space_between_words_stays_in_a_bodys_name() -> None:
    assert fields.BodyName(20)("ＰＤＹ 市 住建局 2 队") == "PDY 市住建局 2 队"


@pytest.mark.parametrize("text", ["无", "/", "-", "—", "N/A"])
def test_what_stands_for_nothing_tells_no_two_things_apart(text: str) -> None:
    assert refusal(fields.Telling(20), text).code == "value_says_nothing"
    assert not fields.DocumentNumber(20).all_plain(["罚1号", text])


def test_a_text_is_kept_as_it_is_given() -> None:
    decomposed = "e\u0301 Ａ㈱"
    assert fields.text_up_to(10)(decomposed) == decomposed


def test_a_text_is_not_longer_than_its_limit() -> None:
    assert fields.text_up_to(3)("甲乙丙") == "甲乙丙"
    assert refusal(fields.text_up_to(3), "甲乙丙丁").code == "text_too_long"


@pytest.mark.parametrize("character", ["\x00", "\n", "\x85", "\u200b", "\u202e", "\u2028", "\ud800"])
def test_invisible_characters_are_refused(character: str) -> None:
    refused = refusal(fields.text_up_to(10), f"甲{character}乙")
    assert refused.code == "text_control_character"
    assert refused.parameters["position"] == 2


def test_a_longer_text_may_have_lines() -> None:
    assert fields.lines_up_to(10)("甲\r\n乙\n丙") == "甲\n乙\n丙"
    assert refusal(fields.lines_up_to(10), "甲\t乙").code == "text_control_character"


def test_a_choice_is_one_of_its_texts() -> None:
    assert fields.choice(["合格", "不合格"])("合格") == "合格"
    assert refusal(fields.choice(["合格", "不合格"]), "优").parameters["known"] == ["合格", "不合格"]


def test_a_list_is_separated_by_either_mark() -> None:
    assert fields.list_of(fields.text_up_to(5))("甲、 乙；丙;丁") == ["甲", "乙", "丙", "丁"]


@pytest.mark.parametrize(("text", "code"), [("甲、、乙", "list_gap"), ("甲、", "list_gap"), ("甲；甲", "list_twice")])
def test_a_list_has_no_gap_and_names_each_value_once(text: str, code: str) -> None:
    assert refusal(fields.list_of(fields.text_up_to(5)), text).code == code


def test_results_are_read_by_their_official_texts() -> None:
    text = "违反其他管理规定；公示信息隐瞒真实情况、弄虚作假"
    assert fields.results(text) == ["falsely_disclosed", "other_violation"]
    assert refusal(fields.results, "未发现问题；迁出").code == "result_no_problem_with_others"
    assert refusal(fields.results, "没问题").code == "choice_unknown"
    assert fields.follow_up("责令改正") == "correction"


def test_a_department_code_is_capital_letters_and_digits() -> None:
    assert fields.department_code("ZJ") == "ZJ"
    assert refusal(fields.department_code, "住建").code == "department_code_form"


@pytest.mark.parametrize("code", ["130304", "130304001"])
def test_a_division_code_has_six_digits_or_those_of_a_town_nine(code: str) -> None:
    assert fields.division_code(code) == code
    assert fields.is_division_code(code)


@pytest.mark.parametrize("text", ["13030", "1303041", "030304", "130304001000", "１３０３０４", "示范镇"])
def test_anything_else_is_no_division_code(text: str) -> None:
    assert refusal(fields.division_code, text).code == "division_code_form"
    assert not fields.is_division_code(text)


def test_a_number_of_identity_is_refused_and_not_repeated() -> None:
    assert fields.party_code("P-0001") == "P-0001"
    refused = refusal(fields.party_code, "110101190001010006")
    assert refused.code == "identity_number"
    assert refused.parameters == {}
