"""Found ÷ inspectable, by any domain."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.intervals import Interval, wilson
from scoring.evaluation.notes import Note
from scoring.evaluation.prevalence import DOMAINS, in_matter, prevalence, prevalence_by
from scoring.evaluation.visits import Sample
from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

SAMPLE = sample_of(Drawn("A", 100, 1, 8, 1), Drawn("D", 20, 4, 4, 0, sampled=10))


def test_who_was_not_inspectable_leaves_the_denominator() -> None:
    told = prevalence(SAMPLE)
    assert (told.visits, told.inspectable, told.found) == (18, 17, 5)
    assert told.share.value == pytest.approx(20 / 110)
    assert told.inspectable_total.value == pytest.approx(110)
    assert told.found_total.value == pytest.approx(20)


def test_it_is_not_the_raw_hit_rate() -> None:
    share = prevalence(SAMPLE).share.value
    assert share is not None
    assert share < 0.65 * 5 / 17


def test_each_grade_has_its_own_also_one_without_draws() -> None:
    a, c, d = prevalence_by(SAMPLE, DOMAINS["grade"], labels=("A", "C"))
    assert [each.domain for each in (a, c, d)] == ["A", "C", "D"]
    assert (a.share.value, d.share.value) == pytest.approx((1 / 9, 1 / 2))
    assert (c.visits, c.share.value, c.share.notes) == (0, None, (Note.NO_VISITS,))


def test_a_total_is_never_below_what_was_found() -> None:
    d = prevalence_by(SAMPLE, DOMAINS["grade"])[1]
    assert d.found_total.interval is not None
    assert d.found_total.interval.low >= 4


def test_a_domain_across_strata_counts_their_other_visits() -> None:
    """Half of each stratum's visits are of a region; a domain's share varies more than if its size were known."""
    visits = tuple(replace(visit, region=f"13030{place % 2}") for place, visit in enumerate(SAMPLE.visits))
    regions = prevalence_by(Sample(visits, SAMPLE.strata), DOMAINS["region"])
    assert [each.domain for each in regions] == ["130300", "130301"]
    assert sum(each.found_total.value or 0 for each in regions) == pytest.approx(20)
    assert all((each.share.error or 0) > 0 for each in regions)


def test_a_matter_is_asked_of_the_visits_that_looked_at_it() -> None:
    visits = list(sample_of(Drawn("A", 50, 2, 3)).visits)
    visits[0] = replace(visits[0], matters=("fire", "label"), violated=("fire",))
    visits[1] = replace(visits[1], matters=("fire",), violated=("fire",))
    visits[2] = replace(visits[2], matters=("fire",))
    told = prevalence_by(Sample(tuple(visits), sample_of(Drawn("A", 50, 2, 3)).strata), DOMAINS["matter"], in_matter)
    assert [(each.domain, each.inspectable, each.found) for each in told] == [("fire", 3, 2), ("label", 1, 0)]
    assert told[0].share.value == pytest.approx(2 / 3)


def test_nothing_found_has_an_interval_with_width() -> None:
    told = prevalence(sample_of(Drawn("A", 1000, 0, 30)))
    assert (told.share.value, told.share.error, told.share.notes) == (0, None, (Note.ALL_ALIKE,))
    assert told.share.interval == wilson(0, 30 * 999 / 970, 29)
    assert told.found_total.interval is not None
    assert 90 < told.found_total.interval.high < 140


def test_strata_that_agree_within_are_credited_with_no_more_than_a_simple_sample() -> None:
    told = prevalence(sample_of(Drawn("A", 1000, 0, 20), Drawn("D", 20, 18, 1)))
    assert told.share.interval is not None
    assert told.share.interval.high > 0.1


def test_grades_that_part_findings_from_none_leave_the_error_unknown() -> None:
    told = prevalence(sample_of(Drawn("A", 1000, 0, 30), Drawn("D", 70, 7, 0)))
    assert told.share.value == pytest.approx(70 / 1070)
    assert (told.share.error, told.share.notes) == (None, (Note.ALL_ALIKE,))
    assert told.share.interval is not None
    assert told.share.interval.high > 0.12


def test_a_census_leaves_no_doubt() -> None:
    told = prevalence(sample_of(Drawn("A", 10, 3, 7), Drawn("D", 4, 4, 0)))
    assert told.share.value == pytest.approx(0.5)
    assert (told.share.error, told.share.notes) == (0, (Note.CENSUS,))
    assert told.share.interval == Interval(told.share.value or 0, told.share.value or 0)


def test_one_visit_in_each_stratum_leaves_the_error_unknown() -> None:
    told = prevalence(sample_of(Drawn("A", 100, 0, 1), Drawn("D", 20, 1, 0)))
    assert told.share.value == pytest.approx(20 / 120)
    assert told.share.error is None
    assert Note.VARIANCE_UNKNOWN in told.share.notes
    assert told.share.interval is not None
    assert told.share.interval.high > 0.8


def test_nobody_inspectable_is_not_estimable() -> None:
    told = prevalence(sample_of(Drawn("A", 100, 0, 0, 5)))
    assert (told.share.value, told.share.notes) == (None, (Note.NOT_INSPECTABLE,))
    assert told.inspectable_total.value == 0


def test_no_prevalence_without_a_design() -> None:
    told = prevalence(observed_of(3, 7))
    assert (told.visits, told.share.value, told.share.notes) == (0, None, (Note.NO_VISITS, Note.OBSERVATIONAL))
    assert prevalence(Sample(())).share.notes == (Note.NO_VISITS,)


def test_campaigns_are_pooled_by_their_frames() -> None:
    """50 of 100 in the first, 10 of 300 in the second: 60 of 400 places."""
    first = Drawn("A", 100, 5, 5)
    second = Drawn("A", 300, 1, 29, campaign="2026-0002")
    told = prevalence(sample_of(first, second))
    assert told.share.value == pytest.approx(60 / 400)
    one, other = prevalence_by(sample_of(first, second), DOMAINS["campaign"])
    assert (one.share.value, other.share.value) == pytest.approx((0.5, 1 / 30))


def test_what_is_asked_may_be_some_results_alone() -> None:
    visits = list(sample_of(Drawn("A", 100, 2, 8)).visits)
    visits[0] = replace(visits[0], results=("unreachable",), day=date(2026, 5, 1))
    sample = Sample(tuple(visits), sample_of(Drawn("A", 100, 2, 8)).strata)
    assert prevalence(sample, lambda visit: visit.found({"unreachable"})).share.value == pytest.approx(0.1)


KINDS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))


@given(st.lists(KINDS, min_size=1, max_size=4))
def test_a_census_gives_the_frame_itself(strata: list[tuple[int, int, int]]) -> None:
    sample = sample_of(*(Drawn("ABCD"[place], sum(kinds), *kinds) for place, kinds in enumerate(strata)))
    found, inspectable = sum(kinds[0] for kinds in strata), sum(kinds[0] + kinds[1] for kinds in strata)
    told = prevalence(sample)
    assert told.share.value == (pytest.approx(found / inspectable) if inspectable else None)
    if told.visits:
        assert told.found_total.interval == Interval(found, found)


@given(st.lists(KINDS, min_size=1, max_size=4), st.data())
def test_visits_give_the_same_numbers_in_any_order(strata: list[tuple[int, int, int]], data: st.DataObject) -> None:
    sample = sample_of(*(Drawn("ABCD"[place], 7 * sum(kinds), *kinds) for place, kinds in enumerate(strata)))
    shuffled = Sample(tuple(data.draw(st.permutations(sample.visits))), sample.strata)
    assert prevalence(shuffled) == prevalence(sample)
    assert prevalence_by(shuffled, DOMAINS["grade"]) == prevalence_by(sample, DOMAINS["grade"])
