"""Planning: what a plan must be, what its preview tells, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ledger import log
from ledger.errors import Refusal
from sampling import freezing, planning, previewing
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.plans import Exclusion, Plan
from sampling.strata import Limits
from sampling.tables import campaign
from scoring.tables import grade_reading
from tests import bureau_files as files
from tests.sampling.bureau import (
    BOUND,
    CAMPAIGN,
    FROZEN_AT,
    LIMITS,
    PLAN,
    PLANNED_AT,
    PLANNER,
    Bureau,
    ceremony,
    take_in,
)
from tests.sampling.bureau import plan as plan_campaign
from tests.sampling.conftest import BureauIn, on_one_engine

RATES = {"A": 1000, "B": 1500, "C": 2000, "D": 2500}


def preview(bureau: Bureau, limits: Limits = LIMITS) -> previewing.Preview:
    return bureau.do(lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, CAMPAIGN, limits, BOUND))


def test_campaigns_are_numbered_within_the_civil_year(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    times = [PLANNED_AT, datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), new_year, new_year]
    ids = []
    for now in times:
        with bureau.database.write() as tx:
            ids.append(planning.plan_campaign(tx, PLANNER, now, PLAN).id)
    assert ids == ["2026-0001", "2026-0002", "2027-0001", "2027-0002"]


def test_a_plan_is_kept_as_it_was_given_and_is_no_business_of_the_log(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    size = bureau.ask(log.size)
    rules = MatchingPlan(cap=9, different_units=True, size=3)
    wanted = replace(PLAN, exclusions=(Exclusion(files.code(1), "停产检修"),), matching=rules)
    planned = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, wanted))
    assert (planned.plan, planned.state, planned.planned_by) == (wanted, "planned", PLANNER.subject)
    with bureau.read() as tx:
        row = tx.execute(select(campaign)).one()
        assert Plan.from_json(row.plan) == wanted
        assert (row.department, row.state, row.planned_by, row.planned_at) == (
            "ZJ",
            "planned",
            PLANNER.subject,
            PLANNED_AT,
        )
        assert log.size(tx) == size


def test_a_plan_may_be_changed_until_it_is_frozen(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    other = replace(PLAN, title="改过的计划", design=DesignPlan.by_grade({**RATES, "A": 1100}))
    changed = bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, other, if_version=1))
    assert (changed.id, changed.plan, changed.version) == (CAMPAIGN, other, 2)
    bureau.refuse("version_stale", lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, PLAN, if_version=1))
    assert preview(bureau).design.strata[0].rate == 1100


def test_a_frozen_plan_is_neither_changed_nor_previewed(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.refuse("campaign_state", lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, PLAN))
    bureau.refuse("campaign_state", lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, CAMPAIGN, LIMITS, BOUND))


def test_the_preview_tells_the_coverage_and_what_may_be_inferred(bureau_in: BureauIn) -> None:
    shown = preview(bureau_in("planned"))
    assert [(each.label, each.size, each.quota) for each in shown.design.strata] == [
        ("A", 54, 6),
        ("B", 30, 5),
        ("C", 20, 4),
        ("D", 16, 4),
    ]
    assert (shown.design.visits, shown.design.size, shown.design.coverage_basis_points) == (19, 120, 1583)
    assert [(each.grade, each.drawn) for each in shown.posteriors][2:] == [
        ("C", Fraction(4, 19)),
        ("D", Fraction(4, 19)),
    ]
    assert (shown.worst_case, shown.bound, shown.excluded) == (4211, BOUND, {})


def test_the_preview_counts_the_excluded_by_reason(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    reasons = {1: "停产检修", 2: "停产检修", 3: "正在诉讼"}
    exclusions = tuple(Exclusion(files.code(number), reason) for number, reason in reasons.items())
    bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, replace(PLAN, exclusions=exclusions)))
    shown = preview(bureau)
    assert shown.excluded == {"停产检修": 2, "正在诉讼": 1}
    assert [(each.label, each.size, each.quota) for each in shown.design.strata][-1] == ("excluded", 3, 0)
    assert shown.design.size == 120


def test_a_preview_leaves_the_record_that_grades_were_read(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    preview(bureau)
    with bureau.read() as tx:
        (reading,) = tx.execute(select(grade_reading).where(grade_reading.c.subject == PLANNER.subject)).all()
    assert (reading.subject, reading.enterprise, reading.purpose) == (
        PLANNER.subject,
        None,
        f"campaign {CAMPAIGN}: preview",
    )


@on_one_engine
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("department_missing", {"departments": ("ZJ", "XX")}),
        ("item_missing", {"items": ("ZJ-01", "ZJ-99")}),
        ("grade_name_unusable", {"design": DesignPlan.by_grade({"😀": 1000})}),
        ("grade_name_unusable", {"design": DesignPlan.by_grade({"长" * 21: 1000})}),
    ],
)
def test_a_plan_of_departments_items_or_grades_that_cannot_be_is_refused(
    bureau_in: BureauIn, code: str, changes: Any
) -> None:
    wanted = replace(PLAN, **changes)
    bureau = bureau_in("planned")
    bureau.refuse(code, lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, wanted))
    bureau.refuse(code, lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, wanted))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("title_unusable", {"title": " "}),
        ("title_unusable", {"title": "长" * 201}),
        ("text_control_character", {"title": "抽查\x00"}),
        ("text_control_character", {"title": "抽查\ud800"}),
        ("departments_unusable", {"departments": ()}),
        ("departments_unusable", {"departments": ("ZJ", "ZJ")}),
        ("items_unusable", {"items": ()}),
        ("items_unusable", {"items": ("ZJ-01", "ZJ-01")}),
        ("period_unusable", {"ends": date(2026, 11, 22)}),
        ("role_of_other_department", {"matching": MatchingPlan(roles=(TeamRole("lead", "YJ", True, 2),))}),
        ("department_without_role", {"matching": MatchingPlan(roles=(TeamRole("lead", "ZJ", True, 2),))}),
        ("exclusion_without_reason", {"exclusions": (Exclusion(files.code(1), " "),)}),
        ("text_control_character", {"exclusions": (Exclusion(files.code(1), "停产\x1b"),)}),
        ("exclusion_twice", {"exclusions": (Exclusion(files.code(1), "甲"), Exclusion(files.code(1), "乙"))}),
        ("uscc_length", {"exclusions": (Exclusion("9113", "停产"),)}),
    ],
)
def test_a_plan_that_cannot_be_is_refused(code: str, changes: Any) -> None:
    with pytest.raises(Refusal, match=f"^{code}"):
        replace(PLAN, **changes)


def test_conditions_with_invisible_characters_are_refused() -> None:
    with pytest.raises(Refusal, match="text_control_character"):
        Conditions((), ("示范镇\x00",))


def limited_to(region: str) -> Conditions:
    return Conditions((), (region,))


Step = Callable[[Connection], object]

STEPS: dict[str, Step] = {
    "preview": lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, CAMPAIGN, LIMITS, BOUND),
    "freeze": lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, CAMPAIGN, ceremony(), LIMITS, BOUND),
}


@on_one_engine
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("frame_empty", {"conditions": limited_to("无人镇")}),
        ("frame_empty", {"conditions": Conditions((), (), ())}),
        ("frame_too_small", {"conditions": Conditions((), (), ("注销",))}),
        ("frame_too_small", {"conditions": Conditions(("供热",), ())}),
        ("rates_not_of_scale", {"design": DesignPlan.by_grade({"A": 1000, "B": 1500, "C": 2000})}),
        ("rates_not_of_scale", {"design": DesignPlan.by_grade({**RATES, "E": 2500})}),
        ("rate_zero", {"design": DesignPlan.by_grade({**RATES, "A": 0})}),
        ("rate_all", {"design": DesignPlan.by_grade({**RATES, "D": 10_000})}),
        ("rate_out_of_range", {"design": DesignPlan.by_grade({**RATES, "D": 10_001})}),
        ("rate_out_of_range", {"design": DesignPlan.by_grade({**RATES, "A": -1})}),
        ("quota_takes_all", {"design": DesignPlan.by_grade({**RATES, "D": 9_999})}),
        ("exclusion_outside_frame", {"exclusions": (Exclusion(files.code(121), "停产"),)}),
    ],
)
def test_a_plan_that_gives_no_draw_is_refused(bureau_in: BureauIn, step: str, code: str, changes: Any) -> None:
    bureau = bureau_in("planned")
    bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, replace(PLAN, **changes)))
    bureau.refuse(code, STEPS[step])


@on_one_engine
@pytest.mark.parametrize("step", STEPS)
def test_an_enterprise_without_grade_stops_the_plan(bureau_in: BureauIn, step: str) -> None:
    bureau = bureau_in("planned")
    take_in(bureau, files.file_of("registration", [files.registration(number) for number in (901, 900)]))
    refusal = bureau.refuse("enterprises_ungraded", STEPS[step])
    assert refusal.parameters == {"count": 2, "first": files.code(900)}


@on_one_engine
@pytest.mark.parametrize("step", STEPS)
def test_without_any_grades_there_is_no_frame(bureau_in: BureauIn, step: str) -> None:
    bureau = bureau_in("imported")
    plan_campaign(bureau)
    bureau.refuse("grades_missing", STEPS[step])


@on_one_engine
@pytest.mark.parametrize("share", [499, 1001])
def test_a_uniform_share_beyond_its_bounds_is_refused(bureau_in: BureauIn, share: int) -> None:
    bureau = bureau_in("planned")
    limits = Limits(10, 50, share)
    step = lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, CAMPAIGN, limits, BOUND)  # noqa: E731
    bureau.refuse("uniform_share_out_of_range", step)


@on_one_engine
def test_a_campaign_that_does_not_exist_is_missing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    bureau.refuse("campaign_missing", lambda tx: planning.change_plan(tx, PLANNER, "2026-0009", PLAN))
    bureau.refuse("campaign_missing", lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, "", LIMITS, BOUND))
