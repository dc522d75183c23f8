"""What visits say of a model's indicators: weighted by design, of one kind of visits, within the model's scope."""

from datetime import timedelta

import pytest

from scoring.evaluation.empirical import MISSING, Evidence, Spread, bins_of, evidence, place_of
from scoring.evaluation.visits import Sample
from scoring.model import parse_model
from tests.scoring.evaluation.drawn import DAY, Drawn, observed_of, sample_of
from tests.scoring.model_text import measuring

MODEL = parse_model(measuring('source = "records"\nkinds = ["penalty"]\naggregate = "days_since"', "missing = 4"))
[INDICATOR] = MODEL.indicators
PERIOD = (DAY, DAY + timedelta(30))
STRATA = (Drawn("A", 60, 1, 5), Drawn("B", 40, 4, 4))
COUNTS = {"x": [50] * len(bins_of(INDICATOR))}
SPREAD = Spread(COUNTS, COUNTS)


def told(sample: Sample, values: list[int | None], in_scope: list[bool] | None = None) -> Evidence:
    scope = [True] * len(sample.visits) if in_scope is None else in_scope
    return evidence(MODEL, sample, {"x": values}, scope, SPREAD, PERIOD)


def test_bins_are_weighted_by_the_design() -> None:
    sample = sample_of(*STRATA)
    values = [None if each.grade == "A" else 0 for each in sample.visits]
    found = told(sample, values)
    [indicator] = found.indicators
    by_label = {each.bin.label: each for each in indicator.association.bins}
    missing = by_label[MISSING]
    assert (missing.visits, missing.bin.points) == (6, 4)
    assert missing.coverage == pytest.approx(0.6)
    assert missing.rate.value == pytest.approx(1 / 6)
    zero = indicator.association.bins[place_of(INDICATOR, 0)]
    assert zero.visits == 8
    assert (zero.coverage, zero.rate.value) == pytest.approx((0.4, 0.5))
    assert (found.visits, found.found) == (14, 5)


def test_every_value_has_a_bin_and_the_missing_one_is_last() -> None:
    assert place_of(INDICATOR, None) == len(bins_of(INDICATOR)) - 1
    for value in (0, 1, 5, 10**9):
        assert INDICATOR.bins[place_of(INDICATOR, value)].holds(value)


def test_who_was_not_inspectable_is_visited_and_no_evidence() -> None:
    """Of 60 in A ten were visited, of whom four could be inspected: the other six speak for 36 of the 60."""
    sample = sample_of(Drawn("A", 60, 1, 3, gone=6), Drawn("B", 40, 4, 4))
    found = told(sample, [None if each.grade == "A" else 0 for each in sample.visits])
    [indicator] = found.indicators
    missing = next(each for each in indicator.association.bins if each.bin.label == MISSING)
    assert missing.visits == 4
    assert missing.coverage == pytest.approx(24 / 64)
    assert (found.visits, found.out_of_scope) == (12, 0)


def test_of_observed_visits_each_weighs_one_and_it_is_said() -> None:
    found = told(observed_of(3, 7), [0] * 10)
    assert found.observational
    [indicator] = found.indicators
    assert indicator.association.bins[place_of(INDICATOR, 0)].rate.value == pytest.approx(0.3)


def test_visits_out_of_scope_are_left_out_and_counted() -> None:
    sample = sample_of(*STRATA)
    found = told(sample, [0] * 14, [each.grade == "B" for each in sample.visits])
    assert (found.visits, found.out_of_scope) == (8, 6)


def test_without_visits_nothing_is_said() -> None:
    found = told(Sample(()), [])
    assert (found.visits, found.discrimination.auc, found.indicators[0].association.iv) == (0, None, None)
    assert found.indicators[0].association.notes


def test_a_register_that_did_not_change_is_stable_and_one_that_did_is_not() -> None:
    assert not SPREAD.stability("x").shifted
    moved = Spread(COUNTS, {"x": [500, *COUNTS["x"][1:]]})
    assert moved.stability("x").shifted
