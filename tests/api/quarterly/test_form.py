"""The quarterly report as a form: what it says of a made-up quarter, of an empty one, and under hostile names."""

import re
from dataclasses import replace

import pytest

from api.plotting.evaluated import notes_text
from api.printing.forms import Figure, Form, Grid, Heading, Paragraph
from api.printing.html import html_of
from api.quarterly import warned, words
from api.quarterly.form import quarterly_form, quarterly_plots
from scoring.evaluation.intervals import Estimate, Interval
from scoring.evaluation.notes import Note
from scoring.models import Step
from scoring.warnings import kinds
from tests.api.quarterly import samples
from tests.printing import needs_font

HOSTILE = "<script>alert(1)</script>\u202e$x$"


@pytest.fixture(scope="module")
def form() -> Form:
    """The form of the made-up quarter."""
    return quarterly_form(samples.report(), "样例单位", None)


def told(form: Form) -> str:
    """Return the paragraphs of a form."""
    return "\n".join(part.text for part in form.parts if isinstance(part, Paragraph))


@needs_font
def test_its_sections_are_numbered_and_in_order(form: Form) -> None:
    heads = [part.text for part in form.parts if isinstance(part, Heading)]
    assert [head.split("、")[0] for head in heads] == [*"一二三四五六七八九十", "十一", "十二"]


@needs_font
def test_its_figures_are_numbered_and_tell_what_they_show(form: Form) -> None:
    figures = [part for part in form.parts if isinstance(part, Figure)]
    assert [figure.caption.split("　")[0] for figure in figures] == [f"图 {n}" for n in range(1, len(figures) + 1)]
    assert len(figures) == len(quarterly_plots(samples.report())) >= 12
    assert all(figure.alt in figure.svg for figure in figures if "&" not in figure.svg)
    ids = re.findall(r' id="([^"]+)"', "".join(figure.svg for figure in figures))
    assert len(ids) == len(set(ids))


@needs_font
def test_prevalence_is_estimated_and_never_the_share_of_visits(form: Form) -> None:
    found = samples.report().evaluation.overall
    assert words.share_text(found.share) in told(form)
    raw = f"{found.found / found.inspectable:.1%}"
    assert raw not in told(form)
    assert raw not in str([part.rows for part in form.parts if isinstance(part, Grid)])


@needs_font
def test_a_region_that_is_a_code_is_told_with_its_division_s_name() -> None:
    report, code, name = samples.report(), "130304", "样例区"
    visits = tuple(replace(each, region=code) for each in samples.sample().visits)
    found = replace(samples.evaluated(replace(samples.sample(), visits=visits)), divisions={code: name})
    surge = samples.surge()
    surged = replace(surge, subject={**surge.subject, "dimension": "region", "value": code})
    warned = replace(report.warnings, surged=[surged], divisions={code: name})
    form = quarterly_form(replace(report, evaluation=found, warnings=warned), "样例单位", None)
    (regions,) = [part for part in form.parts if isinstance(part, Grid) and part.heads[0] == "区域"]
    assert [row[0] for row in regions.rows] == [f"{code} {name}"]
    figures = [part for part in form.parts if isinstance(part, Figure)]
    assert [figure.caption for figure in figures if f"区域：{code} {name}" in figure.caption]
    assert len([figure for figure in figures if f"{code} {name}" in figure.alt]) == 2


@needs_font
def test_an_empty_quarter_says_what_cannot_be_told() -> None:
    form = quarterly_form(samples.empty_report(), "样例单位", None)
    assert not [part for part in form.parts if isinstance(part, Figure)]
    for sentence in (
        "本季度没有抽查任务，也没有可用于评估的检查。",
        "问题率无法估计（没有检查可供估计）。",
        "本期检查未注明检查人员，无法评估。",
        "本期没有发出预警。",
        "尚未对企业分类。",
    ):
        assert sentence in told(form)


@needs_font
def test_hostile_names_are_inert() -> None:
    report = samples.report()
    visits = [replace(each, sector=HOSTILE, region=HOSTILE, matters=(HOSTILE,)) for each in samples.sample().visits]
    hostile = replace(report, evaluation=samples.evaluated(replace(samples.sample(), visits=tuple(visits))))
    page = html_of(quarterly_form(hostile, HOSTILE, None)).decode()
    assert "<script" not in page
    assert "\u202e" not in page
    assert page.count("[U+202E]") > 6


def test_every_code_has_words() -> None:
    assert all(notes_text([each]) for each in Note)
    assert set(words.STEPS) == set(Step)
    assert set(warned.KINDS) == set(kinds.Kind)
    assert set(warned.STATES) == set(kinds.State)


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.0874, 0.01, 9, Interval(0.061, 0.122)), "8.7%（95% 区间 6.1% 至 12.2%）"),
        (Estimate(0.5), "50.0%"),
        (Estimate(None, notes=(Note.NO_VISITS,)), "无法估计（没有检查可供估计）"),
    ],
)
def test_a_share_is_told_with_its_interval_or_why_there_is_none(estimate: Estimate, text: str) -> None:
    assert words.share_text(estimate) == text
