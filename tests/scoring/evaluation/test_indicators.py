"""Bins against findings: the German credit data, and bins that are empty or in the wrong order."""

from math import log

import pytest

from scoring.evaluation.indicators import Association, Bin, association
from scoring.evaluation.notes import Note

CHECKING_ACCOUNT = {"< 0": (139, 135), "0–200": (164, 105), "≥ 200": (49, 14), "none": (348, 46)}
HOUSING = {"rent": (109, 70), "own": (527, 186), "free": (64, 44)}
"""German credit (Hofmann 1994): good and bad of 700 and 300 by attribute."""


def of_counts(counts: dict[str, tuple[int, int]], points: tuple[int, ...], weight: float = 1.0) -> Association:
    bins = [Bin(label, each) for label, each in zip(counts, points, strict=True)]
    visits = [
        (place, found, weight)
        for place, (good, bad) in enumerate(counts.values())
        for found, count in ((False, good), (True, bad))
        for _ in range(count)
    ]
    return association(bins, visits)


def test_information_values_of_the_german_credit_data() -> None:
    account, housing = of_counts(CHECKING_ACCOUNT, (3, 2, 1, 0)), of_counts(HOUSING, (1, 0, 1))
    assert round(account.iv or 0, 6) == 0.666012
    assert round(housing.iv or 0, 6) == 0.083293
    first = account.bins[0]
    assert first.woe == pytest.approx(log((135 / 300) / (139 / 700)))
    assert (first.visits, first.found, first.coverage) == (274, 135, 0.274)
    assert (first.rate.value, account.notes) == (135 / 274, ())


def test_measures_of_the_points() -> None:
    account = of_counts(CHECKING_ACCOUNT, (3, 2, 1, 0))
    assert account.discrimination.auc == pytest.approx(1 - 0.29223095, abs=1e-8)
    assert account.discrimination.ks == pytest.approx(240 / 300 - 303 / 700)
    assert account.monotone


def test_an_equal_weight_changes_nothing() -> None:
    assert of_counts(HOUSING, (1, 0, 1), 2.5).iv == pytest.approx(of_counts(HOUSING, (1, 0, 1)).iv)


def test_bins_against_the_points_of_the_model_are_told() -> None:
    told = of_counts(CHECKING_ACCOUNT, (3, 2, 0, 1))
    assert not told.monotone
    (reversal,) = told.reversals
    assert (reversal.fewer_points.label, reversal.more_points.label) == ("≥ 200", "none")
    assert (reversal.fewer_rate, reversal.more_rate) == (14 / 63, 46 / 394)
    assert reversal.beyond_chance
    assert [each.beyond_chance for each in of_counts(HOUSING, (2, 0, 1)).reversals] == [False]


def test_bins_of_equal_points_are_not_held_against_each_other() -> None:
    assert of_counts(HOUSING, (1, 0, 1)).monotone
    assert [each.fewer_points.label for each in of_counts(HOUSING, (0, 0, 1)).reversals] == []
    assert len(of_counts(HOUSING, (0, 1, 1)).reversals) == 1


def test_a_bin_with_an_empty_cell_gets_half_a_visit_in_each() -> None:
    told = of_counts({"few": (60, 20), "many": (0, 20)}, (0, 1))
    assert [each.adjusted for each in told.bins] == [False, True]
    assert told.bins[1].woe == pytest.approx(log((20.5 / 40) / (0.5 / 60)))
    assert told.bins[1].rate.value == 1
    assert told.notes == (Note.ADJUSTED,)
    assert of_counts({"few": (60, 20), "many": (0, 20)}, (0, 1), 4.0).bins[1].woe == pytest.approx(told.bins[1].woe)


def test_a_bin_without_visits_adds_nothing() -> None:
    told = of_counts({**HOUSING, "unknown": (0, 0)}, (1, 0, 1, 5))
    assert told.iv == of_counts(HOUSING, (1, 0, 1)).iv
    assert (told.bins[3].woe, told.bins[3].rate.notes) == (None, (Note.NO_VISITS,))


def test_one_class_one_bin_or_no_visit() -> None:
    nothing = of_counts({"few": (60, 0), "many": (20, 0)}, (0, 1))
    assert (nothing.iv, nothing.bins[0].woe, nothing.notes) == (None, None, (Note.ONE_CLASS,))
    one = of_counts({"few": (60, 20), "many": (0, 0)}, (0, 1))
    assert (one.iv, one.notes) == (0, (Note.ONE_VALUE,))
    assert of_counts({"few": (0, 0)}, (0,)).notes == (Note.NO_VISITS,)
