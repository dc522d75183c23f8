"""How a sealed plan reads: member by member as docs tell it, and both verifiers refuse whatever else it is."""

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.errors import Invalid
from sampling.conditions import Conditions
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.frequency import FrequencyRule
from sampling.listings import Listing, Origin
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.participants import Participant
from sampling.plans import Exclusion, Plan
from scoring.joint_grades import JointGrading, JointRule
from tests import bureau_files as files
from tests.sampling.both import are_plans_in_javascript, is_built, verify_bundle
from tests.sampling.bureau import PLAN, SIGNER, TRUST
from tests.sampling.forging import Forgery, taken_apart

ROLES = (
    TeamRole("组长", "ZJ", specialist=True),
    TeamRole("组员", "SC", specialist=False, unit="一科", inspectors=("SC001",)),
)
RULES = (*(Rule(Cell(grade), 3) for grade in "ABCD"), Rule(Cell("D", True, "供热", "130304"), 9))

WHOLE = {
    "of roles and a design": replace(
        PLAN,
        conditions=Conditions(
            ("供热", "燃气经营"), ("130304",), types=("企业",), sizes=("小型",), tags=(("在建",), ("高层",))
        ),
        design=DesignPlan(Kind.COUNTS, RULES, months=12),
        exclusions=(Exclusion(files.code(1), "停产检修"),),
        matching=MatchingPlan(roles=ROLES, cap=9),
        frequency=(FrequencyRule(1, 6),),
        flat_reason="首次",
        annual_line="1",
    ),
    "of participants": replace(
        PLAN,
        participants=(Participant("ZJ", ("ZJ-01",), 2), Participant("SC", ("SC-01",), 1, "一科", ("SC001",))),
        grading=JointGrading(JointRule.MATRIX, ("ZJ", "SC"), ((("A", "B"), "B"),)),
    ),
    "of a list": replace(
        PLAN,
        design=DesignPlan.by_grade({}),
        listing=Listing("", (files.code(1),), Origin("样例省局", "省抽〔2026〕8号", "ab" * 32)),
    ),
}

WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    101,
    1_000_000_000_000,
    "",
    "x",
    "\u0007",
    "\u202e",
    "长" * 1001,
    [],
    {},
    ["x"],
    {"x": 1},
)


def plans() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each whole plan, and it with one member or element lost, added, or with another value."""
    for name, plan in WHOLE.items():
        value: dict[str, Any] = plan.to_json()
        yield name, value
        for path in paths(value):
            for change in (lost, added, *(other(each) for each in WRONG)):
                changed = copy.deepcopy(value)
                holder: Any = changed
                for step in path[:-1]:
                    holder = holder[step]
                if change(holder, path[-1]):
                    yield f"{name}: {path}", changed


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in steps:
        yield (*before, step)
        yield from paths(each, (*before, step))


def lost(holder: Any, step: Any) -> bool:
    del holder[step]
    return True


def added(holder: Any, step: Any) -> bool:
    if isinstance(holder[step], dict):
        holder[step]["more"] = 1
    return isinstance(holder[step], dict)


def other(value: Any) -> Any:
    def change(holder: Any, step: Any) -> bool:
        holder[step] = value
        return True

    return change


def is_plan(value: Any) -> bool:
    try:
        Plan.from_json(value)
    except (Invalid, ValueError):
        return False
    return True


@pytest.mark.parametrize("name", WHOLE)
def test_a_plan_reads_as_it_was_written(name: str) -> None:
    assert Plan.from_json(WHOLE[name].to_json()) == WHOLE[name]


def test_a_rule_reads_under_its_earlier_name() -> None:
    told = replace(PLAN, grading=JointGrading(JointRule.DEPARTMENT, ("SC",)))
    earlier = told.to_json() | {"grading": {"rule": "model", "departments": ["SC"], "matrix": []}}
    assert Plan.from_json(earlier) == told
    assert not is_built() or are_plans_in_javascript([told.to_json(), earlier]) == [True, True]


def test_a_member_that_is_unknown_missing_or_of_another_type_is_refused() -> None:
    told = WHOLE["of roles and a design"].to_json()
    for wrong in (
        told | {"more": 1},
        {name: value for name, value in told.items() if name != "matching"},
        told | {"departments": "ZJ"},
        told | {"once_a_year": 1},
        told | {"starts": "20261123"},
    ):
        with pytest.raises(Invalid) as refused:
            Plan.from_json(wrong)
        assert refused.value.code == "json_wrong_shape"


@pytest.mark.skipif(not is_built(), reason="the second verifier is not built")
def test_both_verifiers_take_the_same_for_a_plan() -> None:
    """Of thousands, each a plan with one thing changed, most are none; whatever one verifier reads the other does."""
    named = list(plans())
    ours = [is_plan(value) for _, value in named]
    theirs = are_plans_in_javascript([value for _, value in named])
    assert [name for (name, _), one, two in zip(named, ours, theirs, strict=True) if one != two] == []
    assert 100 < sum(ours) < len(ours) // 2


def unknown_member(forgery: Forgery) -> None:
    forgery.document("campaign.frozen", "plan").content["plan"]["more"] = 1


def unknown_member_of_the_matching(forgery: Forgery) -> None:
    forgery.document("campaign.frozen", "plan").content["plan"]["matching"]["more"] = 1


def truth_as_a_number(forgery: Forgery) -> None:
    forgery.document("campaign.frozen", "plan").content["plan"]["matching"]["household"] = 1


def entry_as_a_truth(forgery: Forgery) -> None:
    forgery.document("campaign.frozen", "plan").content["models"][0] = True


@pytest.mark.parametrize(
    ("forge", "check"),
    [
        (unknown_member, "plan"),
        (unknown_member_of_the_matching, "plan"),
        (truth_as_a_number, "documents"),
        (entry_as_a_truth, "documents"),
    ],
)
def test_a_sealed_plan_of_another_shape_is_found(hamlet_bundle: bytes, forge: Any, check: str) -> None:
    forgery = taken_apart(hamlet_bundle)
    forge(forgery)
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert (last.name, last.passed) == (check, False)
