"""What anybody may write: plain text about something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.publicity.claims import Claim, same_objection
from sampling.publicity.texts import contact_text, has_substance, plain_line, plain_text


def code(text: str, longest: int = 100) -> str:
    with pytest.raises(Invalid) as refused:
        plain_text(text, "text", longest)
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "submission_text_missing"),
        (" \n　", "submission_text_missing"),
        ("甲" * 101, "text_too_long"),
        ("a\x00b", "text_control_character"),
        ("a\x1b[31mb", "text_control_character"),
        ("付\u202e款", "text_control_character"),
        ("付\u2066款", "text_control_character"),
        ("付\u200b款", "text_control_character"),
        ("a\ud800b", "text_control_character"),
        ("a\ue000b", "text_unreadable_character"),
        ("a\U000f0000b", "text_unreadable_character"),
        ("Z" + "\u0335" * 9, "text_unreadable_character"),
        ("<script>alert(1)</script>", "text_markup"),
        ("<!-- x -->", "text_markup"),
        ("&lt;b&gt;", "text_markup"),
        ("&#60;", "text_markup"),
        ("[此处](https://example.invalid)", "text_markup"),
        ("[url=https://example.invalid]", "text_markup"),
        ("证件号11010519491231002X", "text_identity_number"),
    ],
)
def test_what_is_refused(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    "text", ["面积 < 50 平方米 & 未超标", "a\r\nb", "“引号”——（括号）", "𠮷野家", "é", "第[1]项（见附件）"]
)
def test_what_is_plain(text: str) -> None:
    assert plain_text(text, "text", 100) == text.replace("\r\n", "\n")


def test_a_text_is_kept_in_one_form() -> None:
    assert plain_text("e\u0301", "text", 10) == "é"


def test_a_line_has_no_second_one() -> None:
    with pytest.raises(Invalid, match="text_control_character"):
        plain_line("a\nb", "title", 10)


def test_a_contact_may_be_missing() -> None:
    assert contact_text(None) == contact_text("  ") == ""
    assert contact_text(" 电话 0335-0000000 ") == "电话 0335-0000000"


@given(st.text(max_size=50))
def test_nothing_but_a_refusal_comes_of_any_text(text: str) -> None:
    try:
        found = plain_text(text, "text", 40)
    except Invalid:
        return
    assert found == plain_text(found, "text", 80)
    assert found.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"), [("不服", False), ("不服" * 20, False), ("。" * 40, False), ("结果有误我已于三月整改", True)]
)
def test_substance_is_more_than_length(text: str, expected: bool) -> None:
    assert has_substance(text, 10) is expected


def test_the_same_said_with_other_spaces_and_marks_is_the_same() -> None:
    one = same_objection("2026-0001", 3, Claim.WRONG_FACT, "结果有误，请更正！")
    assert one == same_objection("2026-0001", 3, Claim.WRONG_FACT, " 结果有误\n请更正。")
    assert one != same_objection("2026-0001", 4, Claim.WRONG_FACT, "结果有误，请更正！")
    assert one != same_objection("2026-0001", 3, Claim.WRONG_RESULT, "结果有误，请更正！")
