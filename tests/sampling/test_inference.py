"""What outsiders may infer, by exact fractions, and against the enumeration of all that could have been drawn."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Conflict, Invalid
from sampling.design_plans import Cell, DesignPlan
from sampling.inference import (
    Campaign,
    Exposure,
    Kind,
    Member,
    Past,
    check_bound,
    kinds,
    posteriors,
    riskier_half,
    worst_case,
)
from sampling.strata import Design, Limits, Stratum, design_strata

LIMITS = Limits(stratum_size=10, frame_size=50, uniform_share=500)
HALF = Fraction(1, 2)


def design(sizes: tuple[int, ...], rates: tuple[int, ...], excluded: int = 0) -> Design:
    scale = "ABCD"[: len(sizes)]
    plan = DesignPlan.by_grade(dict(zip(scale, rates, strict=True)))
    return design_strata(plan, scale, dict(zip(map(Cell, scale), sizes, strict=True)), excluded, LIMITS)


def alone(made: Design, riskier: Sequence[str]) -> Exposure:
    """Return the worst case of a campaign by grades that is the only one."""
    strata = made.by_cell()
    members = {
        Kind(part.cell.grade, None, None, (strata[part.cell.label].probability,), (False,)): part.size
        for part in made.parts
        if part.size
    }
    return worst_case([Campaign("2026-0001")], members, riskier, 50)


# One campaign


def test_a_drawn_enterprise_of_a_published_campaign_is_high_risk_with_nineteen_percent() -> None:
    """Henan 2021 on Dandong 2023: 1.5 % before, 19 % once drawn."""
    riskiest = posteriors(design((31_107, 12_044, 3_682, 721), (100, 200, 1000, 3000)))[3]
    assert riskiest.prior == Fraction(721, 47_554)
    assert riskiest.drawn == Fraction(217, 1139)
    assert riskiest.not_drawn == Fraction(721 - 217, 47_554 - 1139)
    assert round(riskiest.drawn * 100) == 19


def test_grades_of_a_merged_stratum_share_its_probability() -> None:
    """B+C: 30 enterprises, 9 drawn."""
    told = {each.grade: each for each in posteriors(design((100, 21, 9), (100, 3000, 200)))}
    assert told["B"].drawn == Fraction(21) * Fraction(9, 30) / 10
    assert told["C"].drawn == Fraction(9) * Fraction(9, 30) / 10


def test_a_draw_of_one_rate_tells_nearly_nothing() -> None:
    for each in posteriors(design((1000, 500, 200, 100), (1000, 1000, 1000, 1000))):
        assert each.drawn == each.prior == each.not_drawn


def test_nothing_is_said_of_those_not_drawn_where_all_are() -> None:
    everybody = design((60, 40), (10_000, 10_000))
    assert [each.not_drawn for each in posteriors(everybody)] == [None, None]
    assert alone(everybody, "B").seen == (("2026-0001", True),)


def test_a_grade_that_nobody_has_has_no_probability() -> None:
    absent = posteriors(design((100, 0, 50), (100, 200, 300)))[1]
    nothing = Fraction(0)
    assert (absent.prior, absent.drawn, absent.not_drawn) == (nothing, nothing, nothing)


def test_the_worst_case_is_the_larger_of_drawn_and_not_drawn() -> None:
    usual = alone(design((100, 100, 50, 50), (1000, 1000, 4000, 4000)), "CD")
    assert (usual.posterior, usual.prior, usual.population) == (Fraction(40, 60), Fraction(100, 300), 300)
    assert usual.seen == (("2026-0001", True),)
    reversed_rates = alone(design((100, 100, 50, 50), (4000, 4000, 1000, 1000)), "CD")
    assert (reversed_rates.posterior, reversed_rates.seen) == (Fraction(90, 210), (("2026-0001", False),))


def test_the_excluded_are_left_out() -> None:
    assert posteriors(design((100, 50), (1000, 4000), excluded=500)) == posteriors(design((100, 50), (1000, 4000)))


@pytest.mark.parametrize(("scale", "half"), [("ABCD", ("C", "D")), ("ABCDE", ("D", "E")), ("AB", ("B",)), ("A", ())])
def test_the_riskier_half_of_a_scale(scale: str, half: tuple[str, ...]) -> None:
    assert riskier_half(scale) == half


def test_a_design_at_the_bound_is_let_through_and_above_it_refused() -> None:
    usual = alone(design((100, 100, 50, 50), (1000, 1000, 4000, 4000)), "CD")
    check_bound(usual, 6667)
    with pytest.raises(Conflict) as refusal:
        check_bound(usual, 6666)
    assert refusal.value.code == "inference_bound_exceeded"
    assert refusal.value.parameters == {
        "prior": "33.34 %",
        "posterior": "66.67 %",
        "visited": ["2026-0001"],
        "not_visited": [],
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
    riskier = [each for each in told if each.grade in "CD"]
    assert alone(made, "CD").posterior == max(
        sum(each.drawn for each in riskier), sum(each.not_drawn or 0 for each in riskier)
    )


# Several campaigns


def members(*rows: tuple[int, str, tuple[Fraction | None, ...]], drawn: tuple[bool, ...] = ()) -> dict[Kind, int]:
    """Return kinds of enterprises that are told apart by no place: count, grade, chances."""
    return {Kind(grade, None, None, chances, drawn or (False,) * len(chances)): n for n, grade, chances in rows}


def test_two_independent_visits_say_more_than_one() -> None:
    often, rarely = Fraction(3, 10), Fraction(1, 10)
    told = worst_case(
        [Past("2025-0001"), Campaign("2026-0001")],
        members((80, "A", (rarely, rarely)), (20, "B", (often, often))),
        "B",
        50,
    )
    assert told.posterior == 20 * often**2 / (20 * often**2 + 80 * rarely**2) == Fraction(9, 13)
    assert told.seen == (("2025-0001", True), ("2026-0001", True))


def test_an_earlier_campaign_in_which_only_some_could_be_drawn_counts_for_these() -> None:
    often, rarely = Fraction(3, 10), Fraction(1, 10)
    rows = [(60, "A", (rarely, rarely)), (10, "B", (often, often)), (60, "A", (None, rarely)), (10, "B", (None, often))]
    told = worst_case([Past("2025-0001"), Campaign("2026-0001")], members(*rows), "B", 50)
    assert (told.population, told.posterior) == (70, 10 * often**2 / (10 * often**2 + 60 * rarely**2))
    larger = worst_case([Past("2025-0001"), Campaign("2026-0001")], members(*rows), "B", 71)
    assert larger.seen == (("2026-0001", True),)


def test_a_grade_that_changed_counts_with_the_chances_that_it_had() -> None:
    """Half of the B of today were A when the first campaign drew."""
    often, rarely = Fraction(3, 10), Fraction(1, 10)
    rows = [(80, "A", (rarely, rarely)), (10, "B", (rarely, often)), (10, "B", (often, often))]
    told = worst_case([Past("2025-0001"), Campaign("2026-0001")], members(*rows), "B", 50)
    risky = 10 * rarely * often + 10 * often**2
    assert told.posterior == risky / (risky + 80 * rarely**2)


def test_a_draw_that_decided_who_stands_in_the_next_frame_parts_the_population_instead() -> None:
    """Of the next frame none was drawn: that is known, and counted in its sizes already."""
    often, rarely = Fraction(3, 10), Fraction(1, 10)
    rows = [(80, "A", (rarely, rarely)), (20, "B", (often, often))]
    told = worst_case([Past("2025-0001"), Campaign("2026-0001", {"2025-0001"})], members(*rows), "B", 50)
    assert told.posterior == 20 * often / (20 * often + 80 * rarely)
    visited = members((50, "A", (rarely, HALF)), (25, "B", (often, HALF)), drawn=(True, False))
    both = worst_case([Past("2025-0001"), Campaign("2026-0001", {"2025-0001"})], {**members(*rows), **visited}, "B", 50)
    assert (both.population, both.posterior) == (100, Fraction(3, 7))
    tighter = worst_case([Past("2025-0001"), Campaign("2026-0001", {"2025-0001"})], visited, "B", 50)
    assert (tighter.posterior, tighter.population) == (Fraction(25, 75), 75)


def test_sector_and_region_that_the_rules_name_are_public() -> None:
    """In the trade with the higher rates, a visit says more than over all."""
    often, rarely, flat = Fraction(4, 5), Fraction(1, 5), HALF
    told = worst_case(
        [Campaign("2026-0001")],
        {
            Kind("A", "供热", None, (rarely,), (False,)): 40,
            Kind("B", "供热", None, (often,), (False,)): 20,
            Kind("A", "", None, (flat,), (False,)): 900,
            Kind("B", "", None, (flat,), (False,)): 100,
        },
        "B",
        50,
    )
    assert (told.population, told.posterior) == (60, Fraction(16, 24))


def test_members_are_counted_by_what_they_have_in_common() -> None:
    past = Past("2025-0001", (), {"甲": "A", "乙": "A", "丁": "excluded"}, {"A": HALF}, {"甲"})
    planned = [Member(code, "A", None, None, "A+B") for code in ("甲", "乙", "丙", "丁")]
    strata = [Stratum("A+B", ("A", "B"), 4, 5000, 2, 1), Stratum("excluded", (), 1, 0, 0, 0)]
    assert kinds(planned, strata, [past]) == {
        Kind("A", None, None, (HALF, HALF), (True, False)): 1,
        Kind("A", None, None, (HALF, HALF), (False, False)): 1,
        Kind("A", None, None, (None, HALF), (False, False)): 2,
    }


Frames = list[list[int]]
"""For each campaign, the stratum of each enterprise, from 0."""


def all_draws(strata: Sequence[int], quotas: Sequence[int]) -> list[frozenset[int]]:
    """Return every outcome of a draw: each stratum's quota of its enterprises; all are equally likely."""
    by_stratum = [[who for who, stratum in enumerate(strata) if stratum == number] for number in range(len(quotas))]
    chosen = [combinations(group, n) for group, n in zip(by_stratum, quotas, strict=True)]
    return [frozenset(who for group in outcome for who in group) for outcome in product(*chosen)]


@given(
    grades=st.lists(st.sampled_from("AB"), min_size=2, max_size=6),
    strata=st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=1, max_size=3),
    shares=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=3),
)
def test_the_worst_case_is_that_of_enumerating_every_draw(
    grades: list[str], strata: Frames, shares: list[tuple[int, int]]
) -> None:
    """Somebody picks an enterprise blindly, and is told whether each campaign visited it."""
    frames = [each[: len(grades)] for each in strata]
    quotas = [
        tuple(min(n, frame.count(number)) for number, n in enumerate(wanted))
        for frame, wanted in zip(frames, shares, strict=False)
    ]
    told: Counter[tuple[tuple[bool, ...], str]] = Counter()
    for outcome in product(*(all_draws(frame, n) for frame, n in zip(frames, quotas, strict=True))):
        for who, grade in enumerate(grades):
            told[tuple(who in drawn for drawn in outcome), grade] += 1
    patterns = {pattern for pattern, _ in told}
    possible: list[Fraction] = []
    for size in range(len(frames)):
        for others in combinations(range(len(frames) - 1), size):
            looked_at = (*others, len(frames) - 1)
            seen: Counter[tuple[tuple[bool, ...], str]] = Counter()
            for (pattern, grade), count in told.items():
                seen[tuple(pattern[index] for index in looked_at), grade] += count
            possible += [Fraction(seen[pattern, "B"], seen[pattern, "A"] + seen[pattern, "B"]) for pattern, _ in seen]
    rows = Counter(
        Kind(
            grade,
            None,
            None,
            tuple(Fraction(n[frame[who]], frame.count(frame[who])) for frame, n in zip(frames, quotas, strict=True)),
            (False,) * len(frames),
        )
        for who, grade in enumerate(grades)
    )
    campaigns = [Campaign(f"2026-000{number}") for number in range(len(frames))]
    assert patterns
    assert worst_case(campaigns, rows, "B", 1).posterior == max(possible)
