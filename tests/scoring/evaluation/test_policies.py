"""What another way of drawing would have found."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.policies import PolicyValue, against_uniform, compare_policies
from scoring.evaluation.visits import Sample, Visit
from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

SAMPLE = sample_of(Drawn("A", 100, 1, 9), Drawn("D", 20, 5, 5))
"""10 findings expected in A and 10 in D; drawn were 10 of 100 and 10 of 20, which found 6."""


def by_grade(**chances: Fraction) -> dict[str, Fraction]:
    return chances


def value(chance: Callable[[Visit], Fraction]) -> PolicyValue:
    return compare_policies(SAMPLE, chance, chance).new


def test_a_policy_finds_what_its_chances_say_of_the_frame() -> None:
    chances = by_grade(A=Fraction(1, 20), D=Fraction(3, 4))
    told = value(lambda visit: chances[visit.grade])
    assert told.findings.value == pytest.approx(10 / 20 + 10 * 3 / 4)
    ratios = [0.5] * 10 + [1.5] * 10
    assert told.effective == pytest.approx(sum(ratios) ** 2 / sum(ratio**2 for ratio in ratios))
    assert told.visits == 20


def test_the_policy_in_force_found_what_it_found() -> None:
    told = value(lambda visit: SAMPLE.stratum_of(visit).inclusion)
    assert told.findings.value == pytest.approx(6)
    assert told.effective == pytest.approx(20)


def test_the_draw_against_a_uniform_one_of_the_same_size() -> None:
    """Uniform: 20 visits of 120 members, 20 of whom have something to be found: 3.33."""
    told = against_uniform(SAMPLE)
    assert told.new.findings.value == pytest.approx(6)
    assert told.old.findings.value == pytest.approx(20 * 20 / 120)
    assert told.difference.value == pytest.approx(6 - 20 / 6)
    assert told.quotient.value == pytest.approx(6 / (20 / 6))
    assert told.quotient.interval is not None
    assert told.quotient.interval.low < 1.8 < told.quotient.interval.high


def test_each_campaign_is_held_against_its_own_uniform_draw() -> None:
    flat = Drawn("A", 10, 2, 3, campaign="2026-0002")
    told = against_uniform(sample_of(Drawn("A", 100, 1, 9), Drawn("D", 20, 5, 5), flat))
    assert told.old.findings.value == pytest.approx(20 / 6 + 2)


def test_an_equal_policy_differs_by_nothing() -> None:
    def policy(visit: Visit) -> Fraction:
        return Fraction(1, 3)

    told = compare_policies(SAMPLE, policy, policy)
    assert told.difference.value == 0
    assert told.quotient.value == pytest.approx(1)


def test_without_findings_or_visits_there_is_no_quotient() -> None:
    assert against_uniform(sample_of(Drawn("A", 100, 0, 9))).quotient.value is None
    for nothing in (Sample(()), observed_of(1, 1)):
        told = against_uniform(nothing)
        assert (told.new.findings.value, told.new.effective, told.quotient.value) == (None, 0, None)
        assert told.new.findings.notes == (Note.NO_VISITS,)
