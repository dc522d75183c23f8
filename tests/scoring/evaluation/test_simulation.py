"""Drawn many times by fixed seeds: estimates are right on average, and their intervals cover."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import pytest

from scoring.evaluation.intervals import Estimate
from scoring.evaluation.policies import against_uniform, compare_policies
from scoring.evaluation.prevalence import DOMAINS, prevalence, prevalence_by
from scoring.evaluation.visits import Sample, Visit
from tests.scoring.evaluation.drawn import Drawn, sample_of

FRAME = (("A", 4500, 517, 90), ("B", 2500, 386, 125), ("C", 1500, 282, 225), ("D", 500, 114, 300))
"""Grade, N, members with something to be found, n: rates of 2, 5, 15 and 60 %."""


def draws(frame: Sequence[tuple[str, int, int, int]], seed: int, rounds: int) -> Iterator[Sample]:
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        found = [int(rng.hypergeometric(bad, size - bad, n)) for _, size, bad, n in frame]
        yield sample_of(*(Drawn(each[0], each[1], x, each[3] - x) for each, x in zip(frame, found, strict=True)))


def covered(estimates: Sequence[Estimate], truth: float) -> float:
    return sum(
        each.interval is not None and each.interval.low <= truth <= each.interval.high for each in estimates
    ) / len(estimates)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(draws(FRAME, 1, 200))


def test_the_raw_rate_is_a_third_off_and_the_estimate_is_not(samples: list[Sample]) -> None:
    truth = sum(bad for _, _, bad, _ in FRAME) / sum(size for _, size, _, _ in FRAME)
    told = [prevalence(sample) for sample in samples]
    raw = np.mean([each.found / each.inspectable for each in told])
    estimated = np.mean([each.share.value or 0 for each in told])
    assert raw / truth == pytest.approx(1.32, abs=0.05)
    assert estimated / truth == pytest.approx(1, abs=0.02)
    assert covered([each.share for each in told], truth) >= 0.93
    assert covered([each.found_total for each in told], sum(bad for _, _, bad, _ in FRAME)) >= 0.93


def test_rare_findings_and_grades_of_few_visits_are_covered() -> None:
    frame = (("A", 3000, 60, 60), ("B", 400, 40, 20), ("C", 100, 30, 12))
    told = list(draws(frame, 2, 150))
    truth = 130 / 3500
    assert covered([prevalence(sample).share for sample in told], truth) >= 0.93
    by_grade = [prevalence_by(sample, DOMAINS["grade"]) for sample in told]
    for place, (_, size, bad, _) in enumerate(frame):
        assert covered([each[place].share for each in by_grade], bad / size) >= 0.93


def test_the_value_of_another_policy_is_covered(samples: list[Sample]) -> None:
    chances = {"A": Fraction(4, 100), "B": Fraction(8, 100), "C": Fraction(15, 100), "D": Fraction(30, 100)}
    truth = sum(bad * float(chances[grade]) for grade, _, bad, _ in FRAME)

    def policy(visit: Visit) -> Fraction:
        return chances[visit.grade]

    told = [compare_policies(sample, policy, policy).new.findings for sample in samples]
    assert np.mean([each.value or 0 for each in told]) == pytest.approx(truth, rel=0.02)
    assert covered(told, truth) >= 0.93


def test_a_draw_by_grade_finds_more_than_a_uniform_one(samples: list[Sample]) -> None:
    truth = sum(bad * n / size for _, size, bad, n in FRAME) / (1299 / 9000 * 740)
    told = [against_uniform(sample).quotient for sample in samples]
    assert np.mean([each.value or 0 for each in told]) == pytest.approx(truth, rel=0.03)
    assert covered(told, truth) >= 0.92
