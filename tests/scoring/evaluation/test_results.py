"""What is said of visits: by the design of their draws, and nothing where there is nothing to say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.results import Evaluation, evaluate
from scoring.evaluation.visits import Frame, Sample
from tests.scoring.evaluation.drawn import CAMPAIGN, DAY, Drawn, observed_of, sample_of

PERIOD = (DAY, DAY + timedelta(30))
GRADES = ("A", "B")
STRATA = (Drawn("A", 60, 1, 5), Drawn("B", 40, 4, 4))


def placed(*strata: Drawn) -> tuple[Sample, Frame]:
    """Return a sample and its frame, in which every second member of a stratum is in one of two sectors."""
    sample = sample_of(*strata)
    codes, labels = [], []
    for each in strata:
        codes += [f"{CAMPAIGN}/{each.grade}/{place}" for place in range(each.size)]
        labels += [each.grade] * each.size
    sectors = ["甲" if int(code.rpartition("/")[2]) % 2 else "乙" for code in codes]
    scores = [10 if label == "A" else 30 for label in labels]
    sector_of = dict(zip(codes, sectors, strict=True))
    visits = tuple(replace(each, sector=sector_of[each.enterprise], region="镇") for each in sample.visits)
    return replace(sample, visits=visits), Frame(
        CAMPAIGN, codes, labels, sectors, ["镇"] * len(codes), labels, list[int | None](scores)
    )


def evaluated(*strata: Drawn) -> Evaluation:
    sample, frame = placed(*strata)
    return evaluate(sample, [frame], GRADES, PERIOD)


def test_prevalence_is_weighted_and_a_rate_of_hits_is_not() -> None:
    found = evaluated(*STRATA)
    assert found.overall.share.value == pytest.approx((60 / 6 * 1 + 40 / 8 * 4) / 100)
    assert found.overall.found / found.overall.visits == pytest.approx(5 / 14)
    assert [each.share.value for each in found.by_grade] == [pytest.approx(1 / 6), pytest.approx(4 / 8)]
    assert found.against_uniform.new.findings.value == pytest.approx(5)
    assert found.against_uniform.old.findings.value == pytest.approx(14 * 0.3)


def test_domains_have_their_members_of_the_frame_and_the_difference_estimator_adds_up() -> None:
    found = evaluated(*STRATA)
    assert {each.prevalence.domain: each.members for each in found.by_sector} == {"甲": 50, "乙": 50}
    [region] = found.by_region
    assert region.members == 100
    assert region.difference.value == pytest.approx(sum(each.difference.value or 0 for each in found.by_sector))
    assert region.difference.value == pytest.approx(found.overall.found_total.value)


def test_of_a_census_every_estimate_is_the_count() -> None:
    found = evaluated(Drawn("A", 6, 1, 5), Drawn("B", 8, 4, 4))
    for domain in (*found.by_sector, *found.by_region):
        assert domain.difference.value == pytest.approx(domain.prevalence.found)
        assert domain.prevalence.found_total.value == domain.prevalence.found
    assert Note.CENSUS in found.overall.share.notes


def test_what_is_drawn_and_not_visited_is_pending_and_strata_without_visits_have_no_members() -> None:
    found = evaluated(Drawn("A", 60, 1, 3, sampled=6), Drawn("B", 40, 0, 0, sampled=8))
    [pending] = found.pending
    assert (pending.sampled, pending.visited, pending.pending) == (14, 4, 10)
    assert (found.coverage.population, found.coverage.not_covered) == (60, 40)
    assert sum(each.members for each in found.by_sector) == 60
    assert Note.STRATA_NOT_VISITED in found.overall.found_total.notes
    assert found.by_grade[1].share.value is None


def test_whoever_was_replaced_is_sampled_and_not_inspectable() -> None:
    sample, frame = placed(Drawn("A", 60, 1, 4, gone=1))
    gone = replace(sample, visits=tuple(v if v.inspectable else replace(v, results=()) for v in sample.visits))
    assert evaluate(gone, [frame], GRADES, PERIOD).overall == evaluate(sample, [frame], GRADES, PERIOD).overall


def test_observational_visits_give_no_estimate_of_the_register() -> None:
    found = evaluate(observed_of(3, 7), [], GRADES, PERIOD)
    assert found.overall.share.value is None
    assert found.overall.found_total.value is None
    assert (found.coverage.visited, found.coverage.observational) == (0, 10)
    assert found.burden[0].visits == 10
    mixed, frame = placed(*STRATA)
    both = replace(mixed, visits=(*mixed.visits, *observed_of(90, 0).visits))
    assert evaluate(both, [frame], GRADES, PERIOD).overall == evaluated(*STRATA).overall


@pytest.mark.parametrize("strata", [(Drawn("A", 60, 0, 6),), (Drawn("A", 60, 6, 0),), (Drawn("A", 60, 0, 0, gone=2),)])
def test_one_class_no_findings_and_nobody_inspectable_are_said(strata: tuple[Drawn, ...]) -> None:
    found = evaluated(*strata)
    assert found.discrimination.auc is None
    assert found.discrimination.notes
    assert found.monotonicity.trend.probability is None


def test_members_of_whom_no_score_is_left_are_expected_to_be_as_all_are() -> None:
    sample, frame = placed(*STRATA)
    found = evaluate(sample, [replace(frame, scores=[None] * 100)], GRADES, PERIOD)
    [region] = found.by_region
    assert region.difference.value == pytest.approx(found.overall.found_total.value)
    assert found.discrimination.notes == (Note.NO_VISITS,)
    assert found.first == date(2026, 4, 1)


def test_inspectors_are_held_against_the_strata_where_they_went() -> None:
    sample, frame = placed(*STRATA)
    teams = tuple(replace(each, inspectors=(each.grade,)) for each in sample.visits)
    inspectors = evaluate(replace(sample, visits=teams), [frame], GRADES, PERIOD).stringency.inspectors
    assert list(inspectors) == ["A", "B"]
    assert [each.observed for each in inspectors.values()] == [1, 4]
    assert [each.expected for each in inspectors.values()] == pytest.approx([1, 4])


def test_by_matter_only_problems_count_that_name_one_and_nothing_is_said_where_none_does() -> None:
    sample, frame = placed(*STRATA)
    assert evaluate(sample, [frame], GRADES, PERIOD).by_matter == ()
    matters = ("资质", "履约")
    first = next(each for each in sample.visits if each.found())
    visits = tuple(
        replace(each, matters=matters, violated=matters[:1] if each == first else ()) for each in sample.visits
    )
    found = evaluate(replace(sample, visits=visits), [frame], GRADES, PERIOD)
    assert [(each.domain, each.found) for each in found.by_matter] == [("履约", 0), ("资质", 1)]
    assert found.matters_unnamed == 4
