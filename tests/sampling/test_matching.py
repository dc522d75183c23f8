"""The matching: valid teams, balanced loads, equal chances, and the same answer everywhere."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.canonical import canonical, parse_canonical
from ledger.errors import Conflict, Invalid
from sampling.eligibility import Reason
from sampling.matching import Infeasible, Matching, check_matching, match, match_seed
from sampling.matching_inputs import (
    Assignment,
    Inspector,
    MatchingInputs,
    Pool,
    Target,
    TeamRole,
    parse_matching_inputs,
)
from tests.sampling.matching_reference import Team, all_loads, possible, slow_match

LAST_DAY = date(2026, 12, 31)
SEED = hashlib.sha256(b"a match seed").digest()
LEAD = TeamRole("lead", "ZJ", specialist=True)
SECOND_LEAD = TeamRole("second lead", "ZJ", specialist=True)
ASSISTANT = TeamRole("assistant", "ZJ", specialist=False)
GAS, HEATING = "燃气经营", "供热"


def inspector(name: str, **changed: Any) -> Inspector:
    usual = Inspector(name, f"证{name}", "一队", "ZJ", (GAS,), LAST_DAY, cap=20, load=0)
    return replace(usual, **changed)


PAIR = TeamRole("pair", "ZJ", specialist=False, count=2)
LOCAL = TeamRole("local", "ZJ", specialist=False, local=True, category="A", specialties=(GAS,))
TOWN, VILLAGE = "示范镇", "示范村"


def target(position: int, sector: str = GAS, region: str = "") -> Target:
    return Target(position, f"91130304PDY{position:05}", sector, region)


def inputs(
    inspectors: list[Inspector],
    targets: list[Target],
    roles: tuple[TeamRole, ...] = (LEAD, ASSISTANT),
    different_units: bool = False,
    least_duty_days: int = 0,
) -> MatchingInputs:
    pool = Pool(roles, different_units, LAST_DAY, tuple(inspectors), least_duty_days)
    return MatchingInputs(pool, tuple(targets))


def matched(given_inputs: MatchingInputs, seed: bytes = SEED) -> Matching:
    result = match(given_inputs, seed)
    assert isinstance(result, Matching)
    return result


def infeasible(given_inputs: MatchingInputs) -> Infeasible:
    result = match(given_inputs, SEED)
    assert isinstance(result, Infeasible)
    return result


@st.composite
def any_inputs(draw: st.DrawFn, most_inspectors: int = 7, most_targets: int = 12) -> MatchingInputs:
    """Half of them scarce, and often infeasible; half with room, where balance is what matters."""
    is_scarce = draw(st.booleans())
    names = [f"P{n}" for n in range(draw(st.integers(2, most_inspectors)))]
    sectors, regions = st.sampled_from([GAS, HEATING]), st.sampled_from([TOWN, VILLAGE])
    targets = [target(n * 3, draw(sectors), draw(regions)) for n in range(draw(st.integers(0, most_targets)))]
    codes = [each.enterprise for each in targets]
    inspectors = [
        inspector(
            name,
            unit=draw(st.sampled_from(["一队", "二队", "三队"])),
            department=draw(st.sampled_from(["ZJ", "ZJ", "SC"])) if is_scarce else "ZJ",
            specialties=tuple(draw(st.lists(st.sampled_from([GAS, HEATING]), min_size=not is_scarce, unique=True))),
            valid_until=draw(st.sampled_from([LAST_DAY, LAST_DAY, date(2026, 12, 30)])) if is_scarce else LAST_DAY,
            cap=draw(st.integers(0, 12)) if is_scarce else draw(st.integers(8, 40)),
            load=draw(st.integers(0, 5)),
            recused=tuple(draw(st.lists(st.sampled_from(codes), unique=True, max_size=3))) if codes else (),
            category=draw(st.sampled_from(["A", "A", "B"])) if is_scarce else "A",
            areas=tuple(draw(st.lists(regions, unique=True, max_size=1))) if is_scarce else (),
            duty_days=draw(st.integers(4, 20)),
        )
        for name in names
    ]
    given_roles = [(LEAD, ASSISTANT), (ASSISTANT, LEAD), (ASSISTANT, LEAD, SECOND_LEAD), (PAIR,), (LOCAL, PAIR)]
    roles = draw(st.sampled_from(given_roles))
    return inputs(inspectors, targets, roles, draw(st.booleans()), 5 if is_scarce else 0)


def teams_of(given_inputs: MatchingInputs, matching: Matching) -> dict[int, Team]:
    by_id = {each.id: each for each in given_inputs.pool.inspectors}
    teams: dict[int, Team] = {each.position: [] for each in given_inputs.targets}
    for each in (*given_inputs.standing, *matching.assignments):
        teams[each.position].append((each.role, by_id[each.inspector]))
    return teams


class TestInputs:
    """What is sealed at the freeze."""

    two = (inspector("P1", specialties=(HEATING, GAS), recused=("b", "a")), inspector("P0"))

    def test_they_survive_sealing(self) -> None:
        given_inputs = inputs(list(self.two), [target(5), target(2)], different_units=True)
        read_again = parse_matching_inputs(parse_canonical(canonical(given_inputs.to_json())))
        assert canonical(read_again.to_json()) == canonical(given_inputs.to_json())
        assert match(read_again, SEED) == match(given_inputs, SEED)

    def test_one_pool_has_one_document(self) -> None:
        first = inputs(list(self.two), [target(5), target(2)])
        twin = replace(self.two[0], specialties=(GAS, HEATING), recused=("a", "b"))
        second = inputs([self.two[1], twin], [target(2), target(5)])
        assert canonical(first.to_json()) == canonical(second.to_json())

    @pytest.mark.parametrize(
        ("roles", "inspectors", "code"),
        [
            ((LEAD,), two, "team_too_small"),
            ((LEAD, ASSISTANT, replace(PAIR, count=0)), two, "role_without_places"),
            ((LEAD, LEAD), two, "duplicate_role"),
            ((LEAD, replace(ASSISTANT, name="a\x1fb")), two, "matching_text_unusable"),
            ((LEAD, ASSISTANT), (*two, inspector("P0", certificate="other")), "duplicate_inspector"),
            ((LEAD, ASSISTANT), (*two, inspector("P2", certificate="证P0")), "duplicate_certificate"),
            ((LEAD, ASSISTANT), (*two, inspector("P\x1f")), "matching_text_unusable"),
            ((LEAD, ASSISTANT), (*two, inspector("P2", load=-1)), "load_negative"),
        ],
    )
    def test_a_faulty_pool_is_refused(
        self, roles: tuple[TeamRole, ...], inspectors: tuple[Inspector, ...], code: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            Pool(roles, False, LAST_DAY, inspectors)
        assert refusal.value.code == code

    def test_a_repeated_position_is_refused(self) -> None:
        with pytest.raises(Invalid, match="duplicate_target"):
            inputs(list(self.two), [target(1), target(1)])

    @pytest.mark.parametrize(
        "changed", [{"cap": -1}, {"cap": True}, {"valid_until": "20261231"}, {"recused": "a"}, {"x": 1}]
    )
    def test_a_document_of_another_shape_is_refused(self, changed: dict[str, Any]) -> None:
        document = json.loads(canonical(inputs(list(self.two), [target(1)]).to_json()))
        document["pool"]["inspectors"][0] |= changed
        with pytest.raises(Invalid, match="json_wrong_shape"):
            parse_matching_inputs(document)


def test_the_match_seed_binds_the_seed_and_the_secret_key() -> None:
    assert match_seed(b"s" * 32, b"k" * 32) == hashlib.sha256(b"qian/match/v1" + b"s" * 32 + b"k" * 32).digest()
    with pytest.raises(ValueError, match="32 bytes"):
        match_seed(b"s" * 32, b"k")


@given(any_inputs())
@settings(max_examples=200)
def test_it_is_what_the_steps_say(given_inputs: MatchingInputs) -> None:
    expected = slow_match(given_inputs, SEED)
    result = match(given_inputs, SEED)
    if isinstance(result, Infeasible):
        assert (result.target.position, result.role) == expected
    else:
        assert sorted(result.assignments) == sorted(each for each in expected if isinstance(each, Assignment))


@given(any_inputs())
def test_every_team_is_full_possible_and_under_caps(given_inputs: MatchingInputs) -> None:
    result = match(given_inputs, SEED)
    if isinstance(result, Infeasible):
        return
    by_position = {each.position: each for each in given_inputs.targets}
    roles = {role.name: role for role in given_inputs.pool.roles}
    for position, team in teams_of(given_inputs, result).items():
        assert Counter(name for name, _ in team) == {name: role.count for name, role in roles.items()}
        assert len({member.certificate for _, member in team}) == given_inputs.pool.team_size
        for name, member in team:
            others = [(other, each) for other, each in team if each != member]
            assert possible(given_inputs, roles[name], member, by_position[position], others)
    added = Counter(each.inspector for each in result.assignments)
    for each in given_inputs.pool.inspectors:
        assert result.loads[each.id] == each.load + added[each.id]
        assert result.loads[each.id] <= max(each.cap, each.load)


@given(any_inputs(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(given_inputs: MatchingInputs, shuffler: Random) -> None:
    inspectors, targets = list(given_inputs.pool.inspectors), list(given_inputs.targets)
    shuffler.shuffle(inspectors)
    shuffler.shuffle(targets)
    mixed = MatchingInputs(replace(given_inputs.pool, inspectors=tuple(inspectors)), tuple(targets))
    assert match(mixed, SEED) == match(given_inputs, SEED)


@st.composite
def one_scarce_role(draw: st.DrawFn) -> tuple[MatchingInputs, TeamRole]:
    """One, two or three places for those of department ZJ, who are scarce; the assistants of SC never are."""
    scarce = draw(any_inputs(most_inspectors=4, most_targets=5))
    leads = [replace(each, department="ZJ", cap=draw(st.integers(0, 4)), load=0) for each in scarce.pool.inspectors]
    helper = inspector("helper", department="SC", cap=1000, unit="他队")
    role = draw(st.sampled_from([LEAD, replace(LOCAL, count=2), PAIR, replace(PAIR, count=3)]))
    roles = (role, TeamRole("assistant", "SC", specialist=False))
    return inputs([*leads, helper], list(scarce.targets), roles, draw(st.booleans())), role


@given(one_scarce_role())
@settings(max_examples=300)
def test_a_role_is_called_infeasible_exactly_where_trying_everything_finds_nothing(
    given: tuple[MatchingInputs, TeamRole],
) -> None:
    given_inputs, role = given
    is_possible = any(True for _ in all_loads(given_inputs, role, {}))
    assert isinstance(match(given_inputs, SEED), Matching) == is_possible


def largest_sums(loads: dict[str, int]) -> list[int]:
    """The sums of the k largest loads, for each k: all least means that every convex norm is least."""
    return list(accumulate(sorted(loads.values(), reverse=True)))


@given(any_inputs(most_inspectors=4, most_targets=5))
@settings(max_examples=200)
def test_loads_minimise_every_convex_norm_for_each_role_given_the_earlier_ones(given_inputs: MatchingInputs) -> None:
    result = match(given_inputs, SEED)
    if isinstance(result, Infeasible):
        return
    full = teams_of(given_inputs, result)
    scarcest_first = sorted(
        given_inputs.pool.roles,
        key=lambda role: Fraction(
            sum(
                possible(given_inputs, role, replace(each, recused=()), goal, [])
                for each in given_inputs.pool.inspectors
                for goal in given_inputs.targets
            ),
            role.count,
        ),
    )
    earlier: dict[int, Team] = {}
    for role in scarcest_first:
        reached = {each.id: each.load for each in given_inputs.pool.inspectors}
        later = {p: earlier.get(p, []) + [each for each in team if each[0] == role.name] for p, team in full.items()}
        for team in later.values():
            for _, member in team:
                reached[member.id] += 1
        best = [min(sums) for sums in zip(*map(largest_sums, all_loads(given_inputs, role, earlier)), strict=True)]
        assert largest_sums(reached) == best
        earlier = later


@pytest.mark.parametrize("number", range(20))
def test_a_load_that_comes_late_is_shared_as_often_as_it_helps(number: int) -> None:
    """Only P0 may take 12 heating positions, and all others 12 gas positions: whatever the order, P0 takes no other."""
    people = [inspector("P0", specialties=(GAS, HEATING)), inspector("P1"), inspector("P2")]
    helper = inspector("helper", department="SC", cap=100)
    targets = [target(n, GAS if n < 12 else HEATING) for n in range(24)]
    roles = (LEAD, TeamRole("assistant", "SC", specialist=False))
    result = matched(inputs([*people, helper], targets, roles), hashlib.sha256(f"late {number}".encode()).digest())
    assert result.loads == {"P0": 12, "P1": 6, "P2": 6, "helper": 24}


@pytest.mark.parametrize("number", range(20))
def test_balance_reaches_along_a_chain(number: int) -> None:
    """P0 and P1 share eight gas positions, P1 and P2 four heating ones: all end with four."""
    people = [inspector("P0"), inspector("P1", specialties=(GAS, HEATING)), inspector("P2", specialties=(HEATING,))]
    helper = inspector("helper", department="SC", cap=100)
    targets = [target(n, GAS if n < 8 else HEATING) for n in range(12)]
    roles = (LEAD, TeamRole("assistant", "SC", specialist=False))
    result = matched(inputs([*people, helper], targets, roles), hashlib.sha256(f"chain {number}".encode()).digest())
    assert result.loads == {"P0": 4, "P1": 4, "P2": 4, "helper": 12}


class TestInfeasible:
    """The reason is told as data."""

    def test_it_names_target_role_and_why_each_inspector_is_not_possible(self) -> None:
        people = [
            inspector("full", cap=0),
            inspector("elsewhere", department="SC"),
            inspector("expired", valid_until=date(2026, 12, 30)),
            inspector("other sector", specialties=(HEATING,)),
            inspector("recused", recused=(target(7).enterprise,)),
        ]
        found = infeasible(inputs(people, [target(7)]))
        assert (found.target, found.role, found.full) == (target(7), "lead", ("full",))
        assert found.others == {
            "elsewhere": Reason.DEPARTMENT,
            "expired": Reason.CERTIFICATE,
            "other sector": Reason.SPECIALTY,
            "recused": Reason.RECUSED,
        }

    def test_nobody_is_twice_on_a_team(self) -> None:
        found = infeasible(inputs([inspector("only")], [target(1)]))
        assert (found.role, found.others) == ("assistant", {"only": Reason.ON_TEAM})

    def test_units_differ_where_asked(self) -> None:
        pair = [inspector("P0"), inspector("P1", specialties=())]
        matched(inputs(pair, [target(1)]))
        found = infeasible(inputs(pair, [target(1)], different_units=True))
        assert found.others == {"P0": Reason.ON_TEAM, "P1": Reason.UNIT}

    def test_those_who_could_only_hand_on_to_each_other_are_named_as_full(self) -> None:
        """Three positions, two leads of one visit each, and only P0 may take positions 1 and 2."""
        people = [
            inspector("P0", cap=1),
            inspector("P1", cap=1, recused=(target(1).enterprise, target(2).enterprise)),
            inspector("H", specialties=(), cap=9),
        ]
        found = infeasible(inputs(people, [target(1), target(2), target(3)]))
        assert found.role == "lead"
        assert "P0" in found.full
        assert found.others["H"] is Reason.SPECIALTY

    def test_it_becomes_a_refusal(self) -> None:
        refusal = infeasible(inputs([inspector("only")], [target(1)])).as_conflict()
        assert isinstance(refusal, Conflict)
        assert refusal.parameters == {
            "count": 1,
            "enterprises": ["91130304PDY00001"],
            "enterprise": target(1).enterprise,
            "role": "assistant",
            "full": (),
            "others": ["only (on_team)"],
        }


class TestCheck:
    """An auditor replays."""

    given_inputs = inputs([inspector(f"P{n}") for n in range(4)], [target(n) for n in range(5)])

    def difference(self, assignments: list[Assignment]) -> dict[str, object]:
        with pytest.raises(Invalid) as refusal:
            check_matching(self.given_inputs, SEED, assignments)
        assert refusal.value.code == "matching_differs"
        return refusal.value.parameters

    def test_the_true_matching_passes_in_any_order(self) -> None:
        check_matching(self.given_inputs, SEED, matched(self.given_inputs).assignments[::-1])

    def test_the_first_difference_is_named(self) -> None:
        true = sorted(matched(self.given_inputs).assignments)
        changed = list(true)
        changed[3] = replace(true[3], inspector="X")
        changed[7] = replace(true[7], inspector="Y")
        place = {"position": true[3].position, "role": true[3].role}
        assert self.difference(changed) == place | {"expected": true[3].inspector, "actual": "X"}

    def test_a_missing_assignment_is_named(self) -> None:
        true = sorted(matched(self.given_inputs).assignments)
        place = {"position": true[3].position, "role": true[3].role}
        assert self.difference(true[:3] + true[4:]) == place | {"expected": true[3].inspector, "actual": "—"}

    def test_an_added_assignment_is_named(self) -> None:
        true = list(matched(self.given_inputs).assignments)
        added = Assignment(99, "lead", "P0")
        assert self.difference([*true, added]) == {"position": 99, "role": "lead", "expected": "—", "actual": "P0"}
        twice = self.difference([*true, true[0]])
        assert (twice["position"], twice["role"]) == (true[0].position, true[0].role)

    def test_another_seed_does_not_pass(self) -> None:
        with pytest.raises(Invalid, match="matching_differs"):
            check_matching(self.given_inputs, bytes(32), matched(self.given_inputs).assignments)

    def test_what_cannot_be_matched_cannot_be_checked(self) -> None:
        with pytest.raises(Conflict, match="matching_infeasible"):
            check_matching(inputs([inspector("only")], [target(1)]), SEED, [])


def test_inspectors_who_are_alike_have_the_same_chance() -> None:
    """2,000 fixed seeds, 12 alike inspectors, 3 visits of 2: X² within the 0.1 and 99.9 % points of χ², 11 degrees.

    Each is in a team at most once here, with f = 1/2: X² = Σ(c − E)²/(E(1 − f))·(N − 1)/N.
    """
    given_inputs = inputs([inspector(f"P{n:02}") for n in range(12)], [target(n) for n in range(3)])
    counts: Counter[str] = Counter()
    for number in range(2000):
        for each in matched(given_inputs, hashlib.sha256(f"chance {number}".encode()).digest()).assignments:
            counts[each.inspector] += 1
    statistic = sum((counts[f"P{n:02}"] - 1000) ** 2 for n in range(12)) / 500 * 11 / 12
    assert 1.58 < statistic < 31.27


REPLAY = """
import json, sys
from sampling.matching import match
from sampling.matching_inputs import parse_matching_inputs
from sampling.design_plans import Cell, DesignPlan
from sampling.strata import Limits, design_strata
from sampling.draw import Lots, draw
import hashlib
inputs = parse_matching_inputs(json.loads(sys.stdin.read()))
result = match(inputs, bytes(range(32)))
plan = DesignPlan.by_grade({"A": 500, "B": 1000, "C": 3000})
design = design_strata(plan, "ABC", {Cell("A"): 60, Cell("B"): 30, Cell("C"): 9}, 0, Limits(10, 50, 1000))
labels = ["A"] * 60 + ["B+C"] * 39
slots = sorted(hashlib.sha256(b"%d" % n).digest() for n in range(99))
lots = Lots(slots, labels, [hashlib.sha256(slot).digest() for slot in slots])
drawing = draw(bytes(range(32)), lots, design.strata)
print(repr((result, drawing)).encode("ascii", "backslashreplace").decode())
"""


def test_hash_seed_locale_and_time_zone_change_nothing() -> None:
    people = [inspector(f"P{n}", unit=f"{n % 3}队", cap=9, load=n % 2, specialties=(GAS, HEATING)) for n in range(9)]
    given_inputs = inputs(people, [target(n, (GAS, HEATING)[n % 2]) for n in range(20)], different_units=True)
    document = canonical(given_inputs.to_json()).decode()
    printed = set()
    for hash_seed, locale, zone in (("0", "C", "UTC"), ("4711", "tr_TR.UTF-8", "Asia/Shanghai")):
        run = subprocess.run(
            [sys.executable, "-c", REPLAY],
            input=document,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": locale, "TZ": zone, "PYTHONUTF8": "1"},
        )
        printed.add(run.stdout)
    assert len(printed) == 1
    assert "Matching" in printed.pop()
