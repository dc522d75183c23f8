"""Texts are searched folded, word by word, and every word's pairs are among those of a text that holds it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.search_text import BETWEEN, LONGEST_QUERY, folded, grams, searchable, wanted, words

TRICKY = st.sampled_from("建筑业有限公司（）()ＡＢab12１２𠮷𡈽 　·%_/\"'\\")
TEXTS = st.text(TRICKY | st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("上海（建筑）", "上海(建筑)"),
        ("ABC Trading　Co.", "abctradingco."),
        ("ｱﾊﾟｰﾄ", "アパート"),
        ("Straße", "strasse"),
        ("建\u200b筑\ufeff", "建筑"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_ways_of_writing_are_alike(written: str, read: str) -> None:
    assert folded(written) == read


def test_a_text_has_its_pairs_and_ends_with_a_single_character() -> None:
    assert grams("ab建筑").split() == ["ab", "b建", "建筑", "筑"]
    assert grams(searchable(["甲乙", "丙"])).split() == ["丙", "乙", "甲乙"]
    assert grams("") == ""


def test_pairs_have_no_character_that_a_database_takes_for_a_separator() -> None:
    pairs = grams("(a-b)%_\\'\"").replace(" ", "")
    assert all(each.isalnum() or not each.isascii() for each in pairs)
    assert "（a" in grams("(a-b)")


def test_a_query_is_its_words_once() -> None:
    assert words(" 建筑　上海  建筑 ") == ("建筑", "上海")
    assert words(" \u200b 　") == ()


def test_a_long_query_is_refused() -> None:
    assert words("建" * LONGEST_QUERY) != ()
    with pytest.raises(Invalid, match="search_too_long"):
        words("建" * (LONGEST_QUERY + 1))


def test_an_index_is_asked_for_pairs_and_for_what_begins_with_a_single_character() -> None:
    assert wanted(["建筑业", "甲", "a(b"]) == {"建筑": True, "筑业": True, "a（": True, "（b": True, "甲": False}


@given(TEXTS, TEXTS, st.data())
def test_whatever_stands_in_a_text_is_found_by_its_pairs(one: str, other: str, data: st.DataObject) -> None:
    text = searchable([one, other])
    place = data.draw(st.integers(0, len(text)))
    part = text[place : data.draw(st.integers(place, len(text)))]
    held = grams(text).split()
    for word in filter(None, part.split(BETWEEN)):
        for pair, whole in wanted([word]).items():
            assert pair in held if whole else any(each.startswith(pair) for each in held)


@given(TEXTS)
def test_a_folded_text_has_no_space_and_is_in_one_form(text: str) -> None:
    found = folded(text)
    assert not any(map(str.isspace, found))
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in found)
