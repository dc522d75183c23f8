"""What outsiders may infer, by exact fractions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Conflict, Invalid
from sampling.inference import check_bound, posteriors, riskier_half, worst_case
from sampling.strata import Design, GradePlan, Limits, design_strata

LIMITS = Limits(stratum_size=10, frame_size=50, uniform_share=500)


def design(sizes: tuple[int, ...], rates: tuple[int, ...], excluded: int = 0) -> Design:
    plan = [GradePlan(grade, size, rate) for grade, size, rate in zip("ABCD", sizes, rates, strict=False)]
    return design_strata(plan, excluded, LIMITS)


def test_a_drawn_enterprise_of_a_published_campaign_is_high_risk_with_nineteen_percent() -> None:
    """Henan 2021 on Dandong 2023: 1.5 % before, 19 % once drawn."""
    riskiest = posteriors(design((31_107, 12_044, 3_682, 721), (100, 200, 1000, 3000)))[3]
    assert riskiest.prior == Fraction(721, 47_554)
    assert riskiest.drawn == Fraction(217, 1139)
    assert riskiest.not_drawn == Fraction(721 - 217, 47_554 - 1139)
    assert round(riskiest.drawn * 100) == 19


def test_grades_of_a_merged_stratum_share_its_probability() -> None:
    """C+D: 30 enterprises, 9 drawn."""
    told = {each.grade: each for each in posteriors(design((100, 21, 9), (100, 3000, 200)))}
    assert told["B"].drawn == Fraction(21) * Fraction(9, 30) / 10
    assert told["C"].drawn == Fraction(9) * Fraction(9, 30) / 10


def test_a_draw_of_one_rate_tells_nearly_nothing() -> None:
    for each in posteriors(design((1000, 500, 200, 100), (1000, 1000, 1000, 1000))):
        assert each.drawn == each.prior == each.not_drawn


def test_nothing_is_said_of_those_not_drawn_where_all_are() -> None:
    assert [each.not_drawn for each in posteriors(design((60, 40), (10_000, 10_000)))] == [None, None]


def test_a_grade_that_nobody_has_has_no_probability() -> None:
    absent = posteriors(design((100, 0, 50), (100, 200, 300)))[1]
    nothing = Fraction(0)
    assert (absent.prior, absent.drawn, absent.not_drawn) == (nothing, nothing, nothing)


def test_the_worst_case_is_the_larger_of_drawn_and_not_drawn() -> None:
    usual = design((100, 100, 50, 50), (1000, 1000, 4000, 4000))
    assert worst_case(usual, ("C", "D")) == Fraction(40, 60)
    reversed_rates = design((100, 100, 50, 50), (4000, 4000, 1000, 1000))
    assert worst_case(reversed_rates, ("C", "D")) == Fraction(90, 210)


def test_the_excluded_are_left_out() -> None:
    assert posteriors(design((100, 50), (1000, 4000), excluded=500)) == posteriors(design((100, 50), (1000, 4000)))


@pytest.mark.parametrize(("scale", "half"), [("ABCD", ("C", "D")), ("ABCDE", ("D", "E")), ("AB", ("B",)), ("A", ())])
def test_the_riskier_half_of_a_scale(scale: str, half: tuple[str, ...]) -> None:
    assert riskier_half(scale) == half


def test_a_design_at_the_bound_is_let_through_and_above_it_refused() -> None:
    usual = design((100, 100, 50, 50), (1000, 1000, 4000, 4000))
    check_bound(usual, ("C", "D"), 6667)
    with pytest.raises(Conflict) as refusal:
        check_bound(usual, ("C", "D"), 6666)
    assert refusal.value.code == "inference_bound_exceeded"
    assert refusal.value.parameters == {
        "prior": "33.34 %",
        "drawn": "66.67 %",
        "not_drawn": "25.00 %",
        "bound": "66.66 %",
    }


@given(st.tuples(*[st.integers(0, 300)] * 4), st.tuples(*[st.integers(1, 9000)] * 4))
def test_posteriors_are_probabilities_that_average_to_the_prior(sizes: tuple[int, ...], rates: tuple[int, ...]) -> None:
    try:
        made = design(sizes, rates)
    except Invalid:
        return
    told = posteriors(made)
    assert sum(each.drawn for each in told) == 1
    assert sum(each.not_drawn or 0 for each in told) == 1
    share = Fraction(made.visits, made.size)
    for each in told:
        assert each.not_drawn is not None
        assert share * each.drawn + (1 - share) * each.not_drawn == each.prior
