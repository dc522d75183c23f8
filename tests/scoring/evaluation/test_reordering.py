"""A period's visits in the order of score."""

from datetime import date, timedelta

import numpy as np
import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.reordering import Dated, reordering

FIRST = date(2014, 9, 1)


def on(day: int, score: int, found: bool) -> Dated:
    return Dated(FIRST + timedelta(day), score, found)


def test_findings_come_as_many_days_earlier_as_their_new_day_lies_before() -> None:
    """Capacity 2, 1, 1 on days 0, 1, 3: scores 9, 8 | 5 | 1. The finding of score 9 moves from 3 to 0, of 5 stays."""
    visits = [on(0, 8, False), on(0, 1, False), on(1, 5, True), on(3, 9, True)]
    told = reordering(visits, FIRST, FIRST + timedelta(3))
    assert (told.visits, told.found, told.days_earlier) == (4, 2, 1.5)
    assert (told.first_half_actual, told.first_half_by_score) == (0.5, 1)


def test_equal_scores_share_the_mean_of_their_days() -> None:
    visits = [on(0, 5, False), on(2, 5, True)]
    told = reordering(visits, FIRST, FIRST + timedelta(2))
    assert told.days_earlier == 1
    assert told.first_half_by_score == 0.5


def test_the_order_in_which_visits_are_told_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    visits = [on(int(rng.integers(60)), int(rng.integers(9)), bool(rng.random() < 0.2)) for _ in range(100)]
    told = reordering(visits, FIRST, FIRST + timedelta(59))
    assert reordering(sorted(visits, key=lambda visit: visit.score), FIRST, FIRST + timedelta(59)) == told


def test_a_perfect_score_cannot_be_bettered_and_a_useless_one_changes_nothing() -> None:
    visits = [on(day, 1, day % 4 == 3) for day in range(8)]
    assert reordering(visits, FIRST, FIRST + timedelta(7)).days_earlier == pytest.approx(5 - 3.5)
    perfect = [Dated(each.day, 10 * each.found, each.found) for each in visits]
    assert reordering(perfect, FIRST, FIRST + timedelta(7)).days_earlier == pytest.approx(5 - 0.5)


def test_without_findings_nothing_comes_earlier() -> None:
    assert reordering([on(0, 1, False)], FIRST, FIRST).notes == (Note.NO_FINDINGS,)
    assert reordering([], FIRST, FIRST).days_earlier is None


def test_on_one_day_there_is_no_order_to_compare() -> None:
    told = reordering([on(0, 1, True), on(0, 2, False)], FIRST, FIRST)
    assert (told.days_earlier, told.first_half_actual, told.notes) == (None, None, (Note.ONE_DAY,))
