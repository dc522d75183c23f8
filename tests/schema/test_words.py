"""Refusals in words."""

from collections.abc import Mapping

import pytest

from ledger.errors import Invalid
from schema import words
from schema.words import Words, say, say_code

TEXTS: Mapping[str, Mapping[str, str]] = {
    "unknown_column": {
        "en": "Column {column} is not known.",
        "en_remedy": "Use only these columns: {known}.",
        "zh": "未知的列：{column}。",
        "zh_remedy": "请只使用这些列：{known}。",
    },
    "file_unwritable": {"en": "It cannot be written: {reason}.", "zh": "无法写入：{reason}。"},
}


@pytest.fixture(autouse=True)
def known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "all_words", lambda: TEXTS)


def test_a_refusal_is_said_in_english() -> None:
    refusal = Invalid("unknown_column", column="甲", known=["乙", "丙"])
    assert say(refusal, "en") == Words("Column 甲 is not known.", "Use only these columns: 乙, 丙.")


def test_a_refusal_is_said_in_chinese() -> None:
    refusal = Invalid("unknown_column", column="甲", known=("乙", "丙"))
    assert say(refusal, "zh") == Words("未知的列：甲。", "请只使用这些列：乙、丙。")


def test_a_list_of_nothing_is_a_dash() -> None:
    assert say(Invalid("unknown_column", column="甲", known=[]), "en").remedy == "Use only these columns: —."


def test_a_parameter_that_was_not_given_is_shown_as_a_question_mark() -> None:
    assert say_code("unknown_column", {"column": 7}, "en") == Words(
        "Column 7 is not known.", "Use only these columns: ?."
    )


def test_braces_in_a_parameter_are_shown_as_they_are() -> None:
    assert say_code("unknown_column", {"column": "{known}"}, "zh").message == "未知的列：{known}。"


def test_a_code_without_words_is_said_as_it_is() -> None:
    assert say_code("never_heard_of", {}, "zh") == Words("never_heard_of", "")


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("Permission denied", "没有权限（Permission denied）"),
        ("[Errno 111] Connection refused", "对方拒绝连接（[Errno 111] Connection refused）"),
        ("ReadTimeout", "等待超时（ReadTimeout）"),
        ("Invalid value (at line 3, column 8)", "第 3 行第 8 列不合 TOML 格式（Invalid value (at line 3, column 8)）"),
        ("UTF-8", "UTF-8"),
    ],
)
def test_why_is_said_in_chinese_where_it_is_known_and_as_it_came_behind_that(reason: str, chinese: str) -> None:
    refusal = Invalid("file_unwritable", reason=reason)
    assert say(refusal, "zh").message == f"无法写入：{chinese}。"
    assert say(refusal, "en").message == f"It cannot be written: {reason}."
