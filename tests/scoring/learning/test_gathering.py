"""Which visits become examples, and with which weight."""

from datetime import date
from fractions import Fraction

from scoring.evaluation.visits import Sample, SampledStratum, Visit
from scoring.learning.gathering import examples_of
from scoring.model import parse_model
from tests.scoring.model_text import SMALL

MODEL = parse_model(SMALL)
CAMPAIGN = "2026-0001"
DAY = date(2026, 3, 1)
SAMPLE = Sample(
    (
        Visit("PDY00001", DAY, ("pending",), inspectors=("A", "B"), uniform=True, campaign=CAMPAIGN, stratum="C"),
        Visit("PDY00002", DAY, ("no_problem",), campaign=CAMPAIGN, stratum="C"),
        Visit("PDY00003", DAY, ("deregistered",), campaign=CAMPAIGN, stratum="C"),
        Visit("PDY00004", DAY, ("closed",)),
        Visit("PDY00005", DAY, ("pending",)),
    ),
    {("2026-0001", "C"): SampledStratum(size=60, sampled=20, uniform=2)},
)
VALUES: dict[str, list[int | None]] = {"age": [1, 2, 3, None, 5], "penalties": [0, 1, 2, 3, 4]}


def test_inspectable_visits_in_scope_become_examples() -> None:
    found = examples_of(MODEL, SAMPLE, VALUES, [True, True, True, True, False])
    assert [each.enterprise for each in found] == ["PDY00001", "PDY00002", "PDY00004"]
    first, _, last = found
    assert (first.values, first.inspectors, first.stratum, first.uniform) == ((1, 0), ("A", "B"), "2026-0001/C", True)
    assert (last.values, last.weight, last.stratum) == ((None, 3), Fraction(1), "")


def test_a_weight_is_members_by_visits_of_the_stratum() -> None:
    """Three of sixty were visited so far, the one that was not inspectable among them."""
    first, *_ = examples_of(MODEL, SAMPLE, VALUES, [True] * 5)
    assert first.weight == Fraction(60, 3)


def test_the_target_says_what_is_a_finding() -> None:
    assert [each.found for each in examples_of(MODEL, SAMPLE, VALUES, [True] * 5)] == [True, False, True, True]
    closed = examples_of(MODEL, SAMPLE, VALUES, [True] * 5, ("closed",))
    assert [each.found for each in closed] == [False, False, True, False]
