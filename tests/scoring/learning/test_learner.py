"""Learning a model's points from visits whose truth is known, and what is refused."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest

from ledger.errors import Invalid
from scoring.learning.encoding import Direction
from scoring.learning.examples import Example
from scoring.learning.learner import Advice, Proposal, learn
from scoring.learning.settings import Settings
from scoring.scorecard import Indicator
from tests.scoring.learning.simulated import MODEL, TRUTH, drawn, examples


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Invalid) as told:
        yield
    assert told.value.code == code


STRICT = (-1.0, -0.8, -0.6, -0.4, 0.4, 0.6, 0.8, 1.0)


@pytest.fixture(scope="module")
def learned() -> Proposal:
    return learn(MODEL, examples())


@pytest.fixture(scope="module")
def from_draw() -> Proposal:
    return learn(MODEL, drawn(examples(9000)))


def indicator(proposal: Proposal, identifier: str) -> Indicator:
    return next(each for each in proposal.model.indicators if each.id == identifier)


def points(proposal: Proposal, identifier: str) -> list[int]:
    return [each.points for each in indicator(proposal, identifier).bins]


def effect(proposal: Proposal, identifier: str) -> float:
    """Return what the last bin adds to the first, in log-odds."""
    found = points(proposal, identifier)
    return (found[-1] - found[0]) / proposal.factor


def test_it_recovers_the_order_of_what_is_true(learned: Proposal) -> None:
    effects = {identifier: effect(learned, identifier) for identifier in TRUTH if identifier != "age"}
    assert sorted(effects, key=effects.__getitem__) == ["licences", "complaints", "breaches", "penalties"]
    assert effects["penalties"] == pytest.approx(2.0, abs=0.4)
    assert effects["complaints"] < 0.4  # in force it says 0.8, in truth nothing


def test_an_indicator_without_direction_gets_that_of_the_findings(learned: Proposal) -> None:
    assert points(learned, "licences") == sorted(points(learned, "licences"), reverse=True)
    assert learned.directions[3] is Direction.FALLING
    assert effect(learned, "licences") < -0.5


def test_points_keep_the_direction_of_the_model_in_force(learned: Proposal, from_draw: Proposal) -> None:
    for proposal in (learned, from_draw):
        for identifier in ("breaches", "complaints", "penalties"):
            assert all(one <= other for one, other in pairwise(points(proposal, identifier)))
        assert all(one >= other for one, other in pairwise(points(proposal, "age")))


def test_the_missing_value_is_learned_too() -> None:
    truth = {**TRUTH, "age": [0.5, 0.0, 2.0]}
    proposal = learn(MODEL, examples(truth=truth))
    missing = indicator(proposal, "age").missing
    assert missing is not None
    assert (missing - points(proposal, "age")[0]) / proposal.factor == pytest.approx(1.5, abs=0.4)


def test_what_the_findings_do_not_contradict_stays_exactly() -> None:
    scale = 0.08
    truth = {
        each.id: [bin_.points * scale for bin_ in each.bins] + ([4 * scale] if each.missing is not None else [])
        for each in MODEL.indicators
    }
    proposal = learn(MODEL, examples(2000, truth=truth))
    held = [each.points for indicator in MODEL.indicators for each in indicator.bins]
    now = [each.points for indicator in proposal.model.indicators for each in indicator.bins]
    assert sum(one == other for one, other in zip(held, now, strict=True)) >= len(held) - 3
    assert proposal.scale == pytest.approx(scale, rel=0.2)
    assert proposal.advice is not Advice.PROMOTE


def test_a_reversal_is_told_and_not_learned() -> None:
    proposal = learn(MODEL, examples(truth={**TRUTH, "breaches": [0.0, -0.8, -1.6]}))
    (found,) = proposal.reversals
    assert (found.indicator, found.direction) == ("breaches", Direction.RISING)
    assert found.low <= found.slope <= found.high < 0
    assert len(set(points(proposal, "breaches"))) == 1


def test_grades_keep_their_shares_as_nearly_as_scores_allow(from_draw: Proposal) -> None:
    before, after = from_draw.shares
    assert after == pytest.approx(before, abs=0.05)
    given = learn(MODEL, examples(), Settings(shares=(500_000, 300_000, 150_000, 50_000)))
    assert given.shares[1] == pytest.approx((0.5, 0.3, 0.15, 0.05), abs=0.05)


def test_points_to_double_the_odds_set_the_scale() -> None:
    proposal = learn(MODEL, examples(), Settings(points_to_double=40))
    assert effect(proposal, "penalties") == pytest.approx(2.0, abs=0.4)
    assert points(proposal, "penalties")[-1] > 90


def test_inspectors_who_go_where_they_find_much_do_not_make_an_indicator() -> None:
    visits = examples(4000, strictness=STRICT, follow=0.7)
    adjusted = learn(MODEL, visits)
    unadjusted = learn(MODEL, visits, Settings(adjust_inspectors=False))
    assert effect(adjusted, "complaints") < effect(unadjusted, "complaints") / 2  # in truth 0
    assert adjusted.inspectors == len(STRICT)
    assert adjusted.shifts[0] < -0.4 < 0.4 < adjusted.shifts[1]
    assert unadjusted.shifts == (0.0, 0.0)


def test_visits_of_a_draw_weigh_what_they_stand_for() -> None:
    """The old grade D hides a group with few complaints: only weights show what complaints say in all."""
    visits = drawn(examples(9000))
    proposal = learn(MODEL, visits)
    assert proposal.effective < len(visits) * 0.75
    assert effect(proposal, "penalties") == pytest.approx(2.0, abs=0.5)


def test_champion_and_challenger_meet_on_later_visits(from_draw: Proposal) -> None:
    told = from_draw.comparison
    assert told.visits < from_draw.visits
    assert [each.first for each in from_draw.periods] == sorted(each.first for each in from_draw.periods)
    assert told.auc.difference.low > 0
    assert told.policy is not None
    assert told.policy.difference.low <= told.policy.difference.value <= told.policy.difference.high
    assert told.uniform_auc is not None
    assert 0 < told.policy_effective <= told.policy_visits


def test_the_advice_rests_on_the_lower_bound(from_draw: Proposal) -> None:
    told = from_draw.comparison
    assert told.policy is not None
    assert (from_draw.advice is Advice.PROMOTE) is (told.policy.difference.low > 0)
    doubtful = replace(told.policy, difference=replace(told.policy.difference, low=-0.1))
    assert replace(from_draw, comparison=replace(told, policy=doubtful)).advice is Advice.KEEP
    assert replace(from_draw, model=MODEL).advice is Advice.SAME


def test_the_same_visits_in_any_order_give_the_same_proposal(learned: Proposal) -> None:
    again = learn(MODEL, examples()[::-1])
    assert again.model == learned.model
    assert again.document() == learned.document()


def found_by(visits: Sequence[Example], rule: Mapping[str, bool]) -> list[Example]:
    return [replace(each, found=rule[str(each.values[2])]) for each in visits]


@pytest.mark.parametrize(
    ("visits", "code"),
    [
        ([], "learning_no_visits"),
        ([replace(each, found=False) for each in examples(50)], "learning_one_class"),
        ([replace(each, found=True) for each in examples(50)], "learning_one_class"),
        (examples(60), "learning_few_findings"),
        (found_by(examples(600), {"0": False, "1": True}), "learning_separated"),
        ([replace(each, day=date(2024, 1, 1)) for each in examples(600)], "learning_period_short"),
        ([replace(each, values=each.values[1:]) for each in examples(5)], "learning_values_count"),
        ([replace(each, values=(None, None, 0, 0, 0)) for each in examples(5)], "learning_value_missing"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(visits: list[Example], code: str) -> None:
    with refused(code):
        learn(MODEL, visits)


def test_heavy_weights_make_few_findings_of_many() -> None:
    weights = [Fraction(500 if place % 100 == 0 else 1) for place in range(600)]
    visits = [replace(each, weight=weight) for each, weight in zip(examples(600), weights, strict=True)]
    with refused("learning_few_findings"):
        learn(MODEL, visits)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(directions={"breaches": Direction.FALLING}), "learning_direction_contradicts"),
        (Settings(directions={"nothing": Direction.FALLING}), "learning_indicator_unknown"),
        (Settings(shares=(500_000, 500_000)), "learning_shares"),
        (Settings(shares=(500_000, 500_000, 100_000, -100_000)), "learning_shares"),
    ],
)
def test_settings_that_do_not_fit_the_model_are_refused(settings: Settings, code: str) -> None:
    with refused(code):
        learn(MODEL, examples(1000), settings)


def test_a_declared_direction_counts_where_the_model_has_none() -> None:
    proposal = learn(MODEL, examples(), Settings(directions={"licences": Direction.RISING}))
    assert len(set(points(proposal, "licences"))) == 1
