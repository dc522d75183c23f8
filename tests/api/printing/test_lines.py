"""Lines break as Chinese is set, and never lose a character."""

from hypothesis import given
from hypothesis import strategies as st

from api.printing.lines import lines_of


def measure(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def test_chinese_breaks_between_any_two_characters() -> None:
    assert lines_of("双随机一公开", 8, measure) == ["双随机一", "公开"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert lines_of("双随机，一公开。", 6, measure) == ["双随", "机，一", "公开。"]


def test_no_line_ends_with_an_opening_mark() -> None:
    assert lines_of("依据《建筑法》", 6, measure) == ["依据", "《建筑", "法》"]


def test_words_of_letters_stay_whole() -> None:
    assert lines_of("编号 ZJ-01 of 2026", 8, measure) == ["编号", "ZJ-01 of", "2026"]


def test_what_is_wider_than_a_line_breaks_anywhere() -> None:
    assert lines_of("0123456789", 4, measure) == ["0123", "4567", "89"]


def test_line_ends_stay() -> None:
    assert lines_of("一\n\n二", 10, measure) == ["一", "", "二"]


@given(st.text(alphabet="双，《a 9\n", max_size=60), st.integers(2, 12))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = lines_of(text, width, measure)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(measure(line) <= width for line in lines)
