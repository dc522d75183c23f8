"""The design: every enterprise in one stratum, no rate that tells a grade, quotas by integers alone."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.strata import Design, Limits, design_strata, quota, uniform_slice

LIMITS = Limits(stratum_size=10, frame_size=50, uniform_share=1000)
DANDONG = (31_107, 12_044, 3_682, 721)


def design(sizes: tuple[int, ...], rates: tuple[int, ...], excluded: int = 0, limits: Limits = LIMITS) -> Design:
    scale = "ABCDE"[: len(sizes)]
    plan = DesignPlan.by_grade(dict(zip(scale, rates, strict=False)))
    return design_strata(plan, scale, dict(zip(map(Cell, scale), sizes, strict=True)), excluded, limits)


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
        design((20, 29), (100, 200), excluded=1000)
    design((20, 30), (100, 200), excluded=1000)


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


@pytest.mark.parametrize("name", ["", "A+", "excluded"])
def test_a_name_that_could_be_taken_for_another_stratum_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="grade_name_unusable"):
        design_strata(DesignPlan.by_grade({name: 100, "B": 200}), (name, "B"), {Cell("B"): 100}, 0, LIMITS)


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
        each.cell.grade for each in made.parts if each.size
    ]
    for stratum in drawable:
        parts = [each for each in made.parts if each.cell.grade in stratum.grades]
        assert stratum.size == sum(part.size for part in parts)
        assert stratum.rate == max(part.value for part in parts)
        assert stratum.size >= least or len(drawable) == 1
        assert 0 <= stratum.quota * 10_000 - stratum.size * stratum.rate < 10_000
        assert 1 <= stratum.quota < stratum.size
        assert 0 <= stratum.uniform <= stratum.quota
    assert sum(stratum.uniform for stratum in drawable) == -(-made.visits * share // 10_000)


# Cells


def cells(kind: Kind, sizes: dict[Cell, tuple[int, int]], limits: Limits = LIMITS, **more: Any) -> Design:
    """Return the design of cells, each given by its size and its value."""
    plan = DesignPlan(kind, tuple(Rule(cell, value) for cell, (_, value) in sizes.items()), **more)
    scale = tuple(dict.fromkeys(cell.grade for cell in sizes))
    return design_strata(plan, scale, {cell: size for cell, (size, _) in sizes.items()}, 0, limits)


def test_each_cell_is_a_stratum_labelled_by_what_its_rule_names() -> None:
    made = cells(
        Kind.RATES,
        {
            Cell("B"): (100, 300),
            Cell("B", region="甲镇"): (10, 400),
            Cell("B", sector="供热"): (20, 500),
            Cell("B", sector="供热", region="甲镇"): (30, 600),
            Cell("B", visited=True): (40, 200),
            Cell("C"): (50, 1000),
        },
        months=12,
    )
    assert [(each.label, each.size, each.quota) for each in made.strata] == [
        ("B", 100, 3),
        ("B//甲镇/", 10, 1),
        ("B/供热//", 20, 1),
        ("B/供热/甲镇/", 30, 2),
        ("B///visited", 40, 1),
        ("C", 50, 5),
    ]


def test_names_that_hold_a_label_s_own_signs_are_escaped() -> None:
    assert Cell("A", None, "a/b", "c+%").label == "A/a%2Fb/c%2B%25/"
    assert (
        len({Cell("A", sector="x/y").label, Cell("A", sector="x", region="y").label, Cell("A", None, "x/", "y").label})
        == 3
    )


def labels(sizes: dict[Cell, int]) -> list[str]:
    return [
        each.label for each in cells(Kind.RATES, {cell: (size, 500) for cell, size in sizes.items()}, months=12).strata
    ]


def test_a_small_cell_is_merged_across_regions_first() -> None:
    sizes = {Cell("A"): 100, Cell("A", sector="供热"): 20, Cell("A", sector="供热", region="甲"): 9, Cell("B"): 50}
    assert labels(sizes) == ["A", "A/供热//+A/供热/甲/", "B"]


def test_then_across_sectors_of_the_grade() -> None:
    sizes = {Cell("A"): 100, Cell("A", sector="供热"): 5, Cell("A", sector="供热", region="甲"): 4, Cell("B"): 50}
    assert labels(sizes) == ["A+A/供热//+A/供热/甲/", "B"]


def test_then_across_past_visits_of_the_grade() -> None:
    assert labels({Cell("A"): 100, Cell("B"): 50, Cell("B", visited=True): 9, Cell("C"): 50}) == [
        "A",
        "B+B///visited",
        "C",
    ]
    assert labels({Cell("A"): 100, Cell("B"): 5, Cell("B", visited=True): 90, Cell("C"): 50}) == [
        "A",
        "B+B///visited",
        "C",
    ]


def test_and_only_then_with_the_neighbouring_grade() -> None:
    sizes = {Cell("A"): 100, Cell("A", region="甲"): 50, Cell("B"): 4, Cell("B", region="甲"): 5}
    assert labels(sizes) == ["A", "A//甲/+B+B//甲/"]


def test_counts_of_a_merged_stratum_add_up_and_the_floor_raises_them() -> None:
    made = cells(Kind.COUNTS, {Cell("A"): (1000, 3), Cell("B"): (60, 5), Cell("C"): (8, 4)}, floor=100)
    assert [(each.label, each.quota, each.rate) for each in made.strata] == [("A", 10, 100), ("B+C", 9, 1323)]


def test_a_count_above_its_stratum_or_of_all_of_one_is_refused() -> None:
    with pytest.raises(Invalid, match="count_too_large"):
        cells(Kind.COUNTS, {Cell("A"): (100, 3), Cell("B"): (60, 61)})
    with pytest.raises(Invalid, match="quota_takes_all"):
        cells(Kind.COUNTS, {Cell("A"): (100, 3), Cell("B"): (60, 60)})
    assert cells(Kind.COUNTS, {Cell("A"): (100, 100), Cell("B"): (60, 60)}).coverage == 1


def test_a_capacity_is_divided_and_no_stratum_is_left_out_or_taken_whole() -> None:
    made = cells(Kind.PROPORTIONAL, {Cell("A"): (900, 0), Cell("B"): (90, 0), Cell("C"): (10, 0)}, capacity=50)
    assert [(each.quota, each.rate) for each in made.strata] == [(45, 500), (4, 444), (1, 1000)]
    whole = cells(Kind.PROPORTIONAL, {Cell("A"): (50, 0), Cell("B"): (10, 0)}, capacity=58)
    assert [each.quota for each in whole.strata] == [49, 9]


def test_a_merged_stratum_expects_what_its_parts_do() -> None:
    """B+C: 60 of 10 % and 8 of 50 % are 100 findings in 680: c = 1,000 · (68 − 10)."""
    apart = {Cell("A"): (1000, 1000), Cell("B"): (60, 1000), Cell("C"): (8, 5000)}
    made = cells(Kind.NEYMAN_FINDINGS, apart, capacity=100)
    weights = [1000 * 0.3, (10 * 58) ** 0.5]
    assert [each.quota for each in made.strata] == [round(100 * weight / sum(weights)) for weight in weights]


REFUSED = ("frame_too_small", "quota_takes_all", "count_too_large", "capacity_below_floor", "capacity_takes_all")


@given(
    kind=st.sampled_from(list(Kind)),
    sizes=st.lists(st.integers(0, 60), min_size=12, max_size=12),
    value=st.integers(1, 4000),
    capacity=st.integers(1, 400),
    least=st.integers(1, 30),
    floor=st.integers(1, 300),
)
def test_every_design_gives_each_stratum_its_floor_and_leaves_somebody(
    kind: Kind, sizes: list[int], value: int, capacity: int, least: int, floor: int
) -> None:
    every = [Cell(grade, None, sector, region) for grade in "ABC" for sector in ("", "供热") for region in ("", "甲")]
    if kind is Kind.PROPORTIONAL:
        value = 0
    value = max(value, floor) if kind is Kind.RATES else value
    try:
        made = cells(
            kind,
            {
                cell: (size, value and value + number)
                for number, (cell, size) in enumerate(zip(every, sizes, strict=True))
            },
            Limits(least, 50, 500),
            floor=floor,
            capacity=capacity if kind.divides else 0,
            greatest_error=10_000 if kind is Kind.FINDINGS else 0,
        )
    except Invalid as refusal:
        if refusal.code not in REFUSED:
            raise
        return
    assert made.size == sum(sizes)
    assert sorted(part for stratum in made.strata for part in stratum.parts) == sorted(
        cell.label for cell, size in zip(every, sizes, strict=True) if size
    )
    assert len({stratum.label for stratum in made.strata}) == len(made.strata)
    for stratum in made.strata:
        assert stratum.size >= least or len(made.strata) == 1
        assert stratum.quota * 10_000 >= stratum.size * floor
        assert 1 <= stratum.quota < stratum.size or (kind is Kind.COUNTS and made.coverage == 1)
    assert not kind.divides or made.visits == capacity
