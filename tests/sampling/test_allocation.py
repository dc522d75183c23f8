"""Dividing a capacity: known numbers, and the best that there is by trying everything."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.allocation import Expected, Room, divide, most_findings, neyman_weight, scaled_error, shares

LOHR = {
    "NC": (1054, 29_618_183_543),
    "NE": (220, 7_647_472_708),
    "S": (1382, 53_587_487_856),
    "W": (422, 396_185_950_266),
}
"""Farm acres by region: N and the sample variance s² of Lohr's agstrat."""


def wide(count: int) -> list[Room]:
    return [Room(1, 10_000)] * count


def test_neyman_allocation_of_a_known_survey() -> None:
    weights = [neyman_weight(size**2 * variance) for size, variance in LOHR.values()]
    exact = shares(300, weights, wide(4))
    assert [round(share * 100) for share in exact] == [6922, 734, 12208, 10136]
    assert divide(300, weights, wide(4)) == [69, 7, 122, 102]


def test_what_is_left_goes_by_the_largest_fraction_and_ties_by_order() -> None:
    assert divide(5, [1, 1, 1], wide(3)) == [2, 2, 1]
    assert divide(10, [15, 25, 60], wide(3)) == [2, 2, 6]
    assert divide(10, [1, 2, 4], wide(3)) == [1, 3, 6]


def test_a_stratum_at_its_least_or_most_leaves_the_others_the_rest() -> None:
    assert divide(100, [990, 10], [Room(1, 500), Room(5, 9)]) == [95, 5]
    assert divide(100, [990, 10], [Room(1, 60), Room(1, 90)]) == [60, 40]
    assert divide(6, [990, 10], [Room(1, 500), Room(5, 9)]) == [1, 5]


@pytest.mark.parametrize(
    ("capacity", "code", "told"),
    [(4, "capacity_below_floor", {"least": 5}), (16, "capacity_takes_all", {"most": 15})],
)
def test_a_capacity_that_cannot_be_divided_is_refused(capacity: int, code: str, told: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        divide(capacity, [1, 2], [Room(2, 9), Room(3, 6)])
    assert (refusal.value.code, refusal.value.parameters) == (code, {"field": "capacity", **told}) or (
        refusal.value.code == code and told.items() <= refusal.value.parameters.items()
    )


ROOMS = st.tuples(st.integers(1, 5), st.integers(0, 8)).map(lambda pair: Room(pair[0], sum(pair)))


@given(st.lists(st.tuples(st.integers(1, 1000), ROOMS), min_size=1, max_size=6), st.data())
def test_shares_are_one_level_held_within_the_rooms(given: list[tuple[int, Room]], data: st.DataObject) -> None:
    weights, rooms = [weight for weight, _ in given], [room for _, room in given]
    capacity = data.draw(st.integers(sum(room.least for room in rooms), sum(room.most for room in rooms)))
    exact = shares(capacity, weights, rooms)
    assert sum(exact) == capacity
    between = [
        share / weight
        for share, weight, room in zip(exact, weights, rooms, strict=True)
        if room.least < share < room.most
    ]
    assert len(set(between)) <= 1
    for share, weight, room in zip(exact, weights, rooms, strict=True):
        assert room.least <= share <= room.most
        for level in between:
            assert share >= level * weight or share == room.most
            assert share <= level * weight or share == room.least
    visits = divide(capacity, weights, rooms)
    assert sum(visits) == capacity
    for n, share, room in zip(visits, exact, rooms, strict=True):
        assert room.least <= n <= room.most
        assert abs(n - share) < 1


STRATA = (Expected(60, 60 * 500), Expected(30, 30 * 1500), Expected(10, 10 * 4000))
NARROW = [Room(1, 59), Room(1, 29), Room(1, 9)]


def expected_findings(strata: tuple[Expected, ...], visits: list[int]) -> Fraction:
    return sum((each.rate * n for each, n in zip(strata, visits, strict=True)), Fraction(0))


def test_the_tighter_the_error_the_fewer_findings() -> None:
    allocations = [most_findings(20, STRATA, NARROW, error) for error in (10_000, 800, 600)]
    assert allocations == [[1, 10, 9], [4, 7, 9], [7, 7, 6]]
    assert sorted((expected_findings(STRATA, each) for each in allocations), reverse=True) == [
        expected_findings(STRATA, each) for each in allocations
    ]


def test_an_error_that_no_allocation_reaches_is_refused_with_the_least_one() -> None:
    with pytest.raises(Invalid) as refusal:
        most_findings(20, STRATA, NARROW, 100)
    least = int(str(refusal.value.parameters["least"]))
    assert refusal.value.code == "precision_out_of_reach"
    most_findings(20, STRATA, NARROW, least)
    with pytest.raises(Invalid):
        most_findings(20, STRATA, NARROW, least - 1)


def test_the_error_is_the_standard_error_of_a_stratified_share() -> None:
    """√(Σ (N/ΣN)² p(1 − p)(1/n − 1/N)) for n = 10, 7, 3."""
    variance = (
        Fraction(6, 10) ** 2 * Fraction(5, 100) * Fraction(95, 100) * (Fraction(1, 10) - Fraction(1, 60))
        + Fraction(3, 10) ** 2 * Fraction(15, 100) * Fraction(85, 100) * (Fraction(1, 7) - Fraction(1, 30))
        + Fraction(1, 10) ** 2 * Fraction(4, 10) * Fraction(6, 10) * (Fraction(1, 3) - Fraction(1, 10))
    )
    assert scaled_error(STRATA, [10, 7, 3]) == variance * 100**2 * 10**8


@given(
    st.lists(st.tuples(st.integers(3, 9), st.integers(1, 9999)), min_size=2, max_size=4),
    st.integers(0, 30),
    st.integers(100, 4000),
)
def test_no_allocation_finds_one_more_within_the_error(given: list[tuple[int, int]], more: int, error: int) -> None:
    strata = tuple(Expected(size, size * rate) for size, rate in given)
    rooms = [Room(1, each.size - 1) for each in strata]
    capacity = min(len(strata) + more, sum(room.most for room in rooms))
    size = sum(each.size for each in strata)
    possible = [
        visits
        for visits in product(*(range(1, room.most + 1) for room in rooms))
        if sum(visits) == capacity and scaled_error(strata, visits) <= error**2 * size**2
    ]
    try:
        found = most_findings(capacity, strata, rooms, error)
    except Invalid:
        assert possible == []
        return
    assert tuple(found) in possible
    best = max(expected_findings(strata, list(visits)) for visits in possible)
    rates = [each.rate for each in strata]
    assert best - expected_findings(strata, found) <= max(rates) - min(rates) < 10_000
