"""A model of others held against local findings: a score that tells, grades as expected or not, bins that are empty."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from scoring.evaluation.visits import Sample, SampledStratum, Visit
from scoring.model import parse_model
from scoring.provincial.local_findings import OUT_OF_SCOPE, Graded, LocalFindings, held_against
from scoring.provincial.rows import Today
from tests.scoring.model_text import GRADES, HEAD, PENALTIES

OWN = HEAD + GRADES + PENALTIES
ORIGIN = f"""
[origin]
issuer = "某省"
issued_on = 2026-12-01
data = "全省检查数据"
digest = "{parse_model(OWN).digest()}"
distribution = [{{ indicator = "penalties", bins = [700_000, 250_000, 50_000] }}]
finding_rates = [{{ grade = "A", rate = 100_000 }}, {{ grade = "B", rate = 500_000 }}]
"""
MODEL = parse_model(OWN + ORIGIN)
STRATA = {("2026-0001", "A"): SampledStratum(600, 60, 6), ("2026-0001", "B"): SampledStratum(300, 90, 9)}
GRADED = {
    "A": Graded({"penalties": 0}, 0, "A"),
    "B": Graded({"penalties": 1}, 10, "B"),
    OUT_OF_SCOPE: Graded({"penalties": 0}, 0, OUT_OF_SCOPE),
}


def today(*bins: int) -> Today:
    return Today(1000, {"A": bins[0], "B": bins[1], "C": bins[2], "D": 0}, {"penalties": bins})


def visits(found: Mapping[str, int]) -> list[Visit]:
    """Return all visits of both strata, of which so many found something."""
    return [
        Visit(
            f"{stratum}{place:02d}",
            MODEL.valid_from,
            ("other_violation",) if place < found[stratum] else ("no_problem",),
            campaign=campaign,
            stratum=stratum,
        )
        for (campaign, stratum), told in STRATA.items()
        for place in range(told.sampled)
    ]


def held(
    found: Mapping[str, int],
    register: Today | None = None,
    grade: Callable[[Visit], str] = lambda visit: visit.stratum,
    change: Callable[[Visit], Visit] = lambda visit: visit,
) -> LocalFindings:
    chosen = [change(visit) for visit in visits(found)]
    sample = Sample(tuple(chosen), STRATA)
    return held_against(MODEL, sample, [GRADED[grade(each)] for each in chosen], register or today(700, 250, 50))


def codes(found: LocalFindings) -> list[str]:
    return [each.code for each in found.remarks]


def test_a_model_that_does_here_as_it_says_needs_no_remark() -> None:
    found = held({"A": 6, "B": 45})
    assert found.remarks == ()
    assert [(each.prevalence.domain, each.enterprises) for each in found.grades] == [
        ("A", 700),
        ("B", 250),
        ("C", 50),
        ("D", 0),
    ]
    assert [each.prevalence.share.value for each in found.grades] == pytest.approx([0.1, 0.5, None, None])
    assert [each.as_expected for each in found.grades] == [True, True, None, None]


def test_the_score_is_judged_by_what_the_draw_says_of_the_frame() -> None:
    """Of 600 · 0.1 + 300 · 0.5 findings and 600 · 0.9 + 300 · 0.5 others, 150 and 150 are of grade B."""
    found = held({"A": 6, "B": 45})
    caught, disturbed = 150 / 210, 150 / 690
    assert found.score.auc == pytest.approx((1 + caught - disturbed) / 2)
    assert [(each.lowest, each.highest) for each in found.bands] == [(0, 0), (10, 10)]
    assert [each.rate.value for each in found.bands] == pytest.approx([0.1, 0.5])


def test_rates_that_the_issuer_did_not_expect_are_named() -> None:
    found = held({"A": 30, "B": 45})
    assert codes(found) == ["score_tells_nothing", "finding_rate_unexpected"]
    remark = next(each for each in found.remarks if each.code == "finding_rate_unexpected")
    assert (remark.parameters["grade"], remark.parameters["expected"]) == ("A", "10.0 %")


def test_a_model_that_is_turned_around_is_named_in_every_way() -> None:
    found = held({"A": 45, "B": 9})
    assert set(codes(found)) >= {"score_tells_nothing", "grade_reversed", "indicator_reversed"}


def test_a_bin_of_nobody_is_named_and_a_register_of_another_kind() -> None:
    found = held({"A": 6, "B": 45}, today(500, 500, 0))
    assert codes(found) == ["bin_never_occurs", "distribution_shifted"]
    assert found.remarks[0].parameters["bin"] == "[3, )"
    stability = found.indicators[0].stability
    assert stability is not None
    assert stability.shifted


def test_visits_out_of_scope_are_counted_and_no_more() -> None:
    found = held({"A": 6, "B": 45}, grade=lambda visit: OUT_OF_SCOPE if visit.stratum == "A" else "B")
    assert (found.visits, found.visits_out_of_scope) == (150, 60)
    assert found.remarks[0].parameters == {"count": 60, "visits": 150}
    assert sum(each.visits for each in found.indicators[0].association.bins) == 90


def test_enterprises_out_of_scope_are_those_without_a_grade() -> None:
    assert held({"A": 6, "B": 45}, today(400, 250, 50)).enterprises_out_of_scope == 300


@pytest.mark.parametrize("found", [{"A": 0, "B": 0}, {"A": 60, "B": 90}])
def test_of_one_class_the_score_is_not_judged(found: dict[str, int]) -> None:
    told = held(found)
    assert told.score.auc is None
    assert "score_one_class" in codes(told)


def test_of_nobody_inspectable_there_is_no_score() -> None:
    told = held({"A": 6, "B": 45}, change=lambda visit: replace(visit, results=("deregistered",)))
    assert "score_no_visits" in codes(told)


def test_visits_that_nobody_drew_give_no_rate_of_a_grade() -> None:
    told = held({"A": 6, "B": 45}, change=lambda visit: replace(visit, campaign="", stratum=""), grade=_by_code)
    assert codes(told)[0] == "visits_observational"
    assert [each.prevalence.share.value for each in told.grades] == [None] * 4
    assert told.score.auc is not None


def test_beside_drawn_visits_the_others_do_not_count() -> None:
    def some(visit: Visit) -> Visit:
        return replace(visit, campaign="", stratum="") if visit.enterprise.endswith("5") else visit

    told = held({"A": 6, "B": 45}, change=some, grade=_by_code)
    assert told.observational == 15
    assert told.score.visits == 135


def _by_code(visit: Visit) -> str:
    return visit.enterprise[0]
