"""Published findings in figures."""

from datetime import date

from sampling.published_figures import Figure, Shown, count

CODE = "91130304PDY00001XL"
OTHER = "91110105PDY000029A"


def test_each_finding_counts_for_its_month_its_place_and_every_item_and_result() -> None:
    figures = count(
        [
            Shown(CODE, ("甲", "乙"), date(2026, 2, 28), ("no_problem",)),
            Shown(CODE, ("甲", "甲"), date(2026, 1, 1), ("deregistered",)),
            Shown(OTHER, ("乙",), date(2026, 1, 31), ("corrected", "not_disclosed")),
        ]
    )
    assert (figures.findings, figures.problems) == (3, 1)
    assert figures.months == [Figure("2026-01", 2, 1), Figure("2026-02", 1, 0)]
    assert figures.places == [Figure("130304", 2, 0), Figure("110105", 1, 1)]
    assert figures.matters == [Figure("乙", 2, 1), Figure("甲", 2, 0)]
    assert {each.name: each.problems for each in figures.results} == {
        "no_problem": 0,
        "deregistered": 0,
        "corrected": 1,
        "not_disclosed": 1,
    }


def test_of_nothing_there_is_nothing() -> None:
    assert count([]).months == []
