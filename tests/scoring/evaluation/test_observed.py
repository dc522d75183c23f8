"""Visits held against scores."""

import pytest

from scoring.evaluation.intervals import wilson
from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored, by_score, scored, weighted_rate
from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

SAMPLE = sample_of(Drawn("A", 100, 1, 8, 1), Drawn("D", 20, 5, 5))


def test_inspectable_visits_with_a_score_have_the_weight_of_their_stratum() -> None:
    told = scored(SAMPLE, lambda visit: {"A": 10}.get(visit.grade))
    assert told == [Scored(10, True, 10), *[Scored(10, False, 10)] * 8]


def test_observational_visits_weigh_one() -> None:
    assert scored(observed_of(1, 1), lambda visit: 7) == [Scored(7, True), Scored(7, False)]


def test_a_weighted_rate_has_the_interval_of_its_effective_size() -> None:
    told = weighted_rate([Scored(0, True, 3), Scored(0, False, 1), Scored(0, False, 1)])
    assert told.value == pytest.approx(0.6)
    assert told.interval == wilson(0.6, 25 / 11)
    assert weighted_rate([]).notes == (Note.NO_VISITS,)


def test_the_highest_score_comes_first() -> None:
    assert [group[0].score for group in by_score([Scored(1, True), Scored(5, True), Scored(1, False)])] == [5, 1]
