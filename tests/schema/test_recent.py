"""What was made of texts lately, bounded by their length."""

import pytest

from schema.recent import Recent


def test_what_was_made_is_not_made_again_until_longer_texts_came() -> None:
    recent: Recent[str] = Recent(10)
    made: list[str] = []

    def get(text: str, *others: str) -> str:
        return recent.get(text, others, lambda: made.append(text) or text.upper())  # type: ignore[func-returns-value]

    assert [get("aaaa"), get("bbbb"), get("aaaa")] == ["AAAA", "BBBB", "AAAA"]
    assert made == ["aaaa", "bbbb"]
    get("cccc")  # takes the place of b, which was asked for longest ago
    get("aaaa")
    assert made == ["aaaa", "bbbb", "cccc"]
    get("bbbb")
    assert made[-1] == "bbbb"
    assert len(recent) == 2


def test_the_same_text_with_other_things_is_another() -> None:
    recent: Recent[int] = Recent(100)
    assert recent.get("a", ("x",), lambda: 1) == 1
    assert recent.get("a", ("y",), lambda: 2) == 2
    assert (recent.hits, recent.misses) == (0, 2)


def test_a_text_longer_than_all_that_is_kept_is_made_and_forgotten() -> None:
    recent: Recent[int] = Recent(3)
    assert recent.get("abcd", (), lambda: 1) == 1
    assert len(recent) == 0


def test_a_failure_is_not_kept() -> None:
    recent: Recent[int] = Recent(10)
    with pytest.raises(LookupError):
        recent.get("a", (), lambda: (_ for _ in ()).throw(LookupError))
    assert recent.get("a", (), lambda: 1) == 1
