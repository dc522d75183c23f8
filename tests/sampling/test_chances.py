"""How predictable a matching was; and that, where nothing makes a difference, every pair is as likely as any other."""

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import combinations

from sampling.chances import chances, replays
from sampling.matching_inputs import MatchingInputs, TeamRole
from tests.sampling.test_matching import ASSISTANT, GAS, HEATING, LEAD, PAIR, SEED, inputs, inspector, matched, target


def test_nobody_else_means_certainty() -> None:
    people = [inspector("only"), *(inspector(f"P{n}", specialties=()) for n in range(4))]
    given = inputs(people, [target(1)])
    found = chances(given, SEED, matched(given).assignments)
    assert [(each.assignment.inspector, each.certain, each.times == each.of) for each in found] == [
        ("only", True, True)
    ]


def test_equals_are_not_reported_and_the_scarce_are() -> None:
    """Four leads share the gas positions; P9, the only one for heating, and so always there, is never a gas lead."""
    people = [inspector(f"P{n}") for n in range(4)] + [inspector("P9", specialties=(HEATING,))]
    people += [inspector(f"H{n}", department="SC") for n in range(4)]
    roles = (LEAD, TeamRole("assistant", "SC", specialist=False))
    given = inputs(people, [target(n, GAS) for n in range(6)] + [target(9, HEATING)], roles)
    found = chances(given, SEED, matched(given).assignments)
    assert [(each.assignment.position, each.assignment.inspector) for each in found] == [(9, "P9")]


def test_a_chance_is_counted_where_balance_makes_somebody_likely() -> None:
    """P0 has visited less than P1 and P2, who are free to lead as well: he leads nearly always."""
    people = [inspector("P0", load=0), inspector("P1", load=3), inspector("P2", load=3), inspector("P3", load=3)]
    given = inputs(people, [target(1)], (LEAD, TeamRole("assistant", "ZJ", specialist=False, category="none")))
    given = replace(given, pool=replace(given.pool, roles=(PAIR,)))
    found = chances(given, SEED, matched(given).assignments)
    assert [(each.assignment.inspector, each.certain) for each in found] == [("P0", False)]
    assert found[0].times == found[0].of == 100


def test_the_same_is_told_every_time_and_larger_matchings_are_replayed_less_often() -> None:
    people = [inspector(f"P{n}", load=n % 2) for n in range(5)]
    given = inputs(people, [target(n) for n in range(4)])
    assignments = matched(given).assignments
    assert chances(given, SEED, assignments) == chances(given, SEED, reversed(assignments))
    large = MatchingInputs(given.pool, tuple(target(n) for n in range(2_000)))
    assert (replays(given), replays(large)) == (100, 50)


def test_all_pairs_of_alike_inspectors_are_equally_likely() -> None:
    """3,000 fixed seeds, 21 pairs of 7: X² below the 99.9 % point of χ² with 20 degrees of freedom."""
    for roles in ((PAIR,), (ASSISTANT, replace(ASSISTANT, name="second"))):
        given = inputs([inspector(f"P{n}") for n in range(7)], [target(3)], roles)
        counts: Counter[tuple[str, ...]] = Counter()
        for number in range(3000):
            seed = hashlib.sha256(f"pair {number}".encode()).digest()
            counts[tuple(sorted(each.inspector for each in matched(given, seed).assignments))] += 1
        expected = 3000 / 21
        pairs = combinations((f"P{n}" for n in range(7)), 2)
        assert sum((counts[pair] - expected) ** 2 / expected for pair in pairs) < 45.31


def test_an_inspector_s_id_makes_no_difference_to_the_chance() -> None:
    """Ids that sort first, last, or look alike: over 2,000 fixed seeds each of four leads a quarter of the time."""
    names = ["0", "000", "zzzz", "检查员"]
    people = [inspector(name) for name in names] + [inspector("H", department="SC", cap=100)]
    given = inputs(people, [target(1)], (LEAD, TeamRole("assistant", "SC", specialist=False)))
    counts = Counter(
        next(
            each.inspector
            for each in matched(given, hashlib.sha256(f"id {number}".encode()).digest()).assignments
            if each.role == "lead"
        )
        for number in range(2000)
    )
    assert sum((counts[name] - 500) ** 2 / 500 for name in names) < 16.27
