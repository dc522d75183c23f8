"""Texts made of cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.templates import Template

HEADER = st.text("甲乙丙丁（）一二三", min_size=1, max_size=5)
LITERAL = st.text("字第号〔〕-{} ", max_size=5)


def test_headers_are_filled_in_and_braces_that_stand_for_themselves_stay() -> None:
    template = Template.parse("{{样}}罚字〔{年份}〕{序号}号（{年份}）")
    assert template.headers == ("年份", "序号")
    assert template.fill({"年份": " 2026 ", "序号": "7"}) == "{样}罚字〔2026〕7号（2026）"


def test_a_text_with_a_gap_is_no_text() -> None:
    assert Template.parse("{年份}-{序号}").fill({"年份": "2026", "序号": " "}) == ""
    assert Template.parse("{年份}-{序号}").fill({"年份": "2026"}) == ""


def test_a_fixed_text_is_always_the_same() -> None:
    assert Template.fixed("{样例}局").fill({}) == "{样例}局"
    assert Template.fixed("{样例}局").headers == ()


@pytest.mark.parametrize("text", ["{", "}", "{}", "{ }", "{a!r}", "{a:>3}", "{a", "a}"])
def test_other_templates_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  - the standard library's words
        Template.parse(text)


@given(st.lists(st.tuples(LITERAL, HEADER), max_size=4))
def test_what_is_written_is_read(pieces: list[tuple[str, str]]) -> None:
    template = Template(tuple(pieces))
    assert Template.parse(str(template)).headers == template.headers
    cells = {header: f"<{header}>" for header in template.headers}
    assert Template.parse(str(template)).fill(cells) == template.fill(cells)
