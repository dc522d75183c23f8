"""The design: every enterprise in one stratum, no rate that tells a grade, quotas by integers alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.strata import Design, GradePlan, Limits, design_strata, quota, uniform_slice

LIMITS = Limits(stratum_size=10, frame_size=50, uniform_share=1000)
DANDONG = (31_107, 12_044, 3_682, 721)


def plan(sizes: tuple[int, ...], rates: tuple[int, ...]) -> list[GradePlan]:
    return [GradePlan(grade, size, rate) for grade, size, rate in zip("ABCDE", sizes, rates, strict=False)]


def design(sizes: tuple[int, ...], rates: tuple[int, ...], excluded: int = 0, limits: Limits = LIMITS) -> Design:
    return design_strata(plan(sizes, rates), excluded, limits)


def refused(sizes: tuple[int, ...], rates: tuple[int, ...], limits: Limits = LIMITS) -> str:
    with pytest.raises(Invalid) as refusal:
        design(sizes, rates, limits=limits)
    return refusal.value.code


def test_published_rates_on_published_sizes_cover_less_than_the_floor_of_three_percent() -> None:
    """Henan 2021 on Dandong 2023."""
    made = design(DANDONG, (100, 200, 1000, 3000))
    assert [stratum.quota for stratum in made.strata] == [312, 241, 369, 217]
    assert made.coverage == Fraction(1139, 47_554)
    assert made.coverage_basis_points == 239


def test_the_coverage_counts_the_excluded() -> None:
    made = design((100, 100), (1000, 2000), excluded=100)
    assert made.coverage == Fraction(30, 300)
    assert made.coverage_basis_points == 1000


@pytest.mark.parametrize(("size", "rate", "expected"), [(100, 500, 5), (101, 500, 6), (1, 1, 1), (0, 500, 0)])
def test_a_quota_is_rounded_up(size: int, rate: int, expected: int) -> None:
    assert quota(size, rate) == expected


def test_a_small_stratum_is_merged_towards_less_risk_under_its_parts_highest_rate() -> None:
    made = design((100, 60, 20, 9), (100, 200, 1000, 3000))
    assert [(s.label, s.grades, s.size, s.rate, s.quota) for s in made.strata] == [
        ("A", ("A",), 100, 100, 1),
        ("B", ("B",), 60, 200, 2),
        ("C+D", ("C", "D"), 29, 3000, 9),
    ]


def test_the_first_stratum_is_merged_towards_the_next() -> None:
    made = design((9, 60, 20, 10), (4000, 200, 1000, 3000))
    assert [(s.label, s.size, s.rate) for s in made.strata] == [("A+B", 69, 4000), ("C", 20, 1000), ("D", 10, 3000)]


def test_merging_goes_on_until_a_stratum_is_large_enough() -> None:
    assert [s.label for s in design((50, 3, 3, 3), (100, 200, 300, 400)).strata] == ["A+B+C+D"]
    assert [s.label for s in design((3, 3, 3, 50), (100, 200, 300, 400)).strata] == ["A+B+C+D"]
    assert [s.label for s in design((50, 4, 3, 3), (100, 200, 300, 400)).strata] == ["A", "B+C+D"]


def test_a_stratum_of_exactly_the_minimum_stands_alone() -> None:
    assert [s.label for s in design((50, 10), (100, 200)).strata] == ["A", "B"]


def test_a_grade_that_nobody_has_changes_nothing() -> None:
    made = design((100, 0, 50, 0), (100, 200, 1000, 9000))
    assert [(s.label, s.rate) for s in made.strata] == [("A", 100), ("C", 1000)]


def test_the_excluded_have_a_stratum_of_quota_zero() -> None:
    last = design((100, 100), (1000, 2000), excluded=7).strata[-1]
    assert (last.label, last.grades, last.size, last.rate, last.quota, last.uniform) == ("excluded", (), 7, 0, 0, 0)


def test_the_excluded_do_not_fill_a_frame_that_is_too_small() -> None:
    with pytest.raises(Invalid, match="frame_too_small"):
        design_strata(plan((20, 29), (100, 200)), 1000, LIMITS)
    design_strata(plan((20, 30), (100, 200)), 1000, LIMITS)


@pytest.mark.parametrize(
    ("rates", "code"),
    [
        ((0, 500), "rate_zero"),
        ((0, 0), "rate_zero"),
        ((500, 10_000), "rate_all"),
        ((-1, 500), "rate_out_of_range"),
        ((500, 10_001), "rate_out_of_range"),
    ],
)
def test_a_rate_that_exempts_or_tells_is_refused(rates: tuple[int, int], code: str) -> None:
    assert refused((100, 100), rates) == code


def test_one_rate_of_all_for_all_tells_nothing() -> None:
    assert design((100, 100), (10_000, 10_000)).visits == 200


def test_a_quota_that_rounds_up_to_the_whole_stratum_is_refused() -> None:
    assert refused((100, 10), (500, 9001)) == "quota_takes_all"
    assert design((100, 10), (500, 9000)).strata[1].quota == 9


@pytest.mark.parametrize("name", ["", "A+", "excluded", "B"])
def test_a_name_that_could_be_taken_for_another_stratum_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="grade_name_unusable"):
        design_strata([GradePlan(name, 100, 100), GradePlan("B", 100, 200)], 0, LIMITS)


@pytest.mark.parametrize("share", [499, 1001])
def test_a_uniform_slice_outside_five_to_ten_percent_is_refused(share: int) -> None:
    assert refused((100, 100), (100, 200), Limits(10, 50, share)) == "uniform_share_out_of_range"


def test_the_uniform_slice_is_shared_by_largest_remainder() -> None:
    """114 of 1139 visits: 114·N/47,554 = 74.57, 28.87, 8.83, 1.73."""
    assert uniform_slice(DANDONG, (312, 241, 369, 217), 1000) == [74, 29, 9, 2]


def test_ties_of_remainders_go_by_the_order_of_the_strata() -> None:
    assert uniform_slice((10, 10, 10), (7, 7, 6), 500) == [1, 0, 0]
    assert uniform_slice((10, 10, 10), (7, 7, 6), 1000) == [1, 1, 0]


def test_the_uniform_slice_never_exceeds_a_quota_and_the_excess_goes_on() -> None:
    assert uniform_slice((1000, 10), (1, 9), 1000) == [1, 0]
    assert uniform_slice((1000, 20, 20), (1, 15, 14), 1000) == [1, 1, 1]
    assert uniform_slice((1000, 30), (1, 29), 1000) == [1, 2]


@given(
    sizes=st.lists(st.integers(0, 400), min_size=1, max_size=5),
    rates=st.lists(st.integers(1, 8000), min_size=5, max_size=5),
    excluded=st.integers(0, 50),
    share=st.integers(500, 1000),
    least=st.integers(1, 30),
)
def test_a_design_accounts_for_everybody(
    sizes: list[int], rates: list[int], excluded: int, share: int, least: int
) -> None:
    try:
        made = design(tuple(sizes), tuple(rates), excluded, Limits(least, 50, share))
    except Invalid as refusal:
        if refusal.code not in {"frame_too_small", "quota_takes_all"}:
            raise
        return
    drawable = [stratum for stratum in made.strata if stratum.label != "excluded"]
    assert made.size == sum(sizes) + excluded
    assert [grade for stratum in drawable for grade in stratum.grades] == [
        each.grade for each in made.plan if each.size
    ]
    for stratum in drawable:
        parts = [each for each in made.plan if each.grade in stratum.grades]
        assert stratum.size == sum(part.size for part in parts)
        assert stratum.rate == max(part.rate for part in parts)
        assert stratum.size >= least or len(drawable) == 1
        assert 0 <= stratum.quota * 10_000 - stratum.size * stratum.rate < 10_000
        assert 1 <= stratum.quota < stratum.size
        assert 0 <= stratum.uniform <= stratum.quota
    assert sum(stratum.uniform for stratum in drawable) == -(-made.visits * share // 10_000)
