"""Plans of a year: versions, adoption by a second person, what is published, lines of campaigns, and progress."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.windows import ALL, Window
from sampling import annual_planning, campaigns, planning
from sampling.annual_plans import AnnualPlan, Line
from sampling.listings import CampaignType
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    CAMPAIGN,
    GRADED_AT,
    OTHER_PLANNER,
    PLAN,
    PLANNED_AT,
    PLANNER,
    SIGNER,
    STRANGER,
    TRUST,
    Bureau,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import taken_apart

SECOND = Actor("planner-zj-2", Role.PLANNER, "ZJ")
LINE = Line(
    "1",
    "第四季度联合抽查",
    CampaignType.UNTARGETED,
    10,
    12,
    ("ZJ", "SC"),
    ("ZJ-01", "ZJ-02", "SC-01"),
    ("张三",),
    30,
)
YEAR = AnnualPlan("ZJ", 2026, (LINE, replace(LINE, code="2", first_month=1, last_month=3)))
OF_LINE = replace(PLAN, annual_line="1")


def adopt(bureau: Bureau, plan: AnnualPlan = YEAR) -> None:
    held = bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, GRADED_AT, plan))
    bureau.do(lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2026, held.version))


def test_a_version_is_adopted_by_another_person_and_published_without_persons(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, GRADED_AT, YEAR))
    own = lambda tx: annual_planning.adopt(tx, PLANNER, GRADED_AT, "ZJ", 2026, 1)  # noqa: E731
    bureau.refuse("adoption_of_own_plan", own)
    assert bureau.ask(annual_planning.published) == []
    bureau.do(lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2026, 1))
    bureau.refuse("annual_plan_stands", lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2026, 1))
    with bureau.read() as tx:
        (found,) = annual_planning.published(tx)
        (entry,) = log.of_kind(tx, "annual.adopted")
        file = documents.public_file(tx, entry.body["file"])
    assert "张三" not in file.decode()
    assert orjson.loads(file)["enterprises"] == 60
    assert found.totals == {"items": 3, "departments": 2, "enterprises": 60}
    assert found.plan == replace(YEAR, lines=tuple(replace(line, responsible=()) for line in YEAR.lines))


def test_published_plans_are_read_page_by_page_in_each_order(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    others = Actor("planner-sc-1", Role.PLANNER, "SC"), Actor("planner-sc-2", Role.PLANNER, "SC")
    for year in (2027, 2026, 2028):
        for department, (one, two) in (("ZJ", (PLANNER, SECOND)), ("SC", others)):
            line = replace(LINE, departments=(department,), items=(f"{department}-01",))
            wanted = AnnualPlan(department, year, (line,))
            bureau.do(lambda tx, by=one, plan=wanted: annual_planning.draft(tx, by, GRADED_AT, plan))  # type: ignore[misc]
            bureau.do(
                lambda tx, by=two, plan=wanted: annual_planning.adopt(tx, by, GRADED_AT, plan.department, plan.year, 1)  # type: ignore[misc]
            )
    by_department = [(department, year) for department in ("SC", "ZJ") for year in (2026, 2027, 2028)]

    def places(*asked: Any) -> list[tuple[str, int]]:
        found = bureau.ask(lambda tx: annual_planning.published(tx, *asked))
        return [(each.plan.department, each.plan.year) for each in found]

    by_year = sorted(by_department, key=lambda place: place[::-1])
    every, order = annual_planning.EVERY_PLAN, annual_planning.PublicPlanOrder.YEAR
    assert places() == by_department
    assert places(ALL, every, order) == by_year
    assert places(Window(2, after=("SC", 2027))) == by_department[2:4]
    assert places(Window(2, before=(2027, "SC"), backward=True), every, order) == by_year[:2][::-1]
    assert places(Window(keys=frozenset([("ZJ", 2028), ("ZJ", 2031)]))) == [("ZJ", 2028)]
    for chosen, expected in (
        (annual_planning.PublicPlanFilter("SC"), by_department[:3]),
        (annual_planning.PublicPlanFilter("SC", 2028), [("SC", 2028)]),
        (annual_planning.PublicPlanFilter(year=2027), [("SC", 2027), ("ZJ", 2027)]),
        (annual_planning.PublicPlanFilter("S"), []),
    ):
        assert places(ALL, chosen) == expected
        assert bureau.ask(lambda tx, of=chosen: annual_planning.count_published(tx, of)) == len(expected)  # type: ignore[misc]


@on_one_engine
def test_a_later_version_holds_once_it_is_adopted(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    adopt(bureau)
    changed = replace(YEAR, lines=(replace(LINE, enterprises=50),))
    bureau.refuse("version_stale", lambda tx: annual_planning.draft(tx, PLANNER, GRADED_AT, changed, if_version=0))
    bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, GRADED_AT, changed, if_version=1))
    assert bureau.ask(annual_planning.published)[0].totals["enterprises"] == 60
    bureau.do(lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2026, 2))
    assert bureau.ask(annual_planning.published)[0].totals["enterprises"] == 50
    held = bureau.ask(lambda tx: annual_planning.versions(tx, PLANNER, "ZJ", 2026))
    assert [(each.version, each.plan) for each in held] == [(2, changed), (1, YEAR)]


@on_one_engine
def test_those_who_take_part_read_a_plan_and_nobody_else(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    adopt(bureau)
    assert len(bureau.ask(lambda tx: annual_planning.versions(tx, OTHER_PLANNER, "ZJ", 2026))) == 1
    assert bureau.ask(lambda tx: annual_planning.versions(tx, STRANGER, "ZJ", 2026)) == []
    assert bureau.ask(lambda tx: annual_planning.progress(tx, STRANGER, "ZJ", 2026)) == []
    bureau.refuse("annual_plan_missing", lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2027, 1))
    bureau.refuse("department_not_allowed", lambda tx: annual_planning.draft(tx, OTHER_PLANNER, GRADED_AT, YEAR))


def test_a_line_s_progress_counts_its_campaigns_and_visits_and_the_auditor_sees_its_name(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    adopt(bureau)
    steps.plan(bureau, OF_LINE)
    (first, second) = bureau.ask(lambda tx: annual_planning.progress(tx, OTHER_PLANNER, "ZJ", 2026))
    assert (first.planned, first.fixed, first.to_visit) == (1, 0, 0)
    assert (first.items_left, first.departments_left) == (LINE.items, LINE.departments)
    assert second.planned == 0
    steps.freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    steps.match(bureau)
    for visit in steps.visits(bureau)[:3]:
        steps.record_one(bureau, visit)
    for step in (steps.confirm_one, steps.review_one):
        for visit in steps.visits(bureau)[:2]:
            step(bureau, visit)
    steps.publish(bureau)
    (first, _) = bureau.ask(lambda tx: annual_planning.progress(tx, PLANNER, "ZJ", 2026))
    count = len(steps.visits(bureau))
    assert (first.fixed, first.drawn, first.closed, first.to_visit) == (1, 1, 0, count)
    assert (first.visited, first.published, len(first.enterprises)) == (3, 2, 3)
    assert (first.items_left, first.departments_left) == (("ZJ-02",), ())
    with bureau.read() as tx:
        assert campaigns.fixing_entry(tx, CAMPAIGN).body["annual_line"] == "1"
    bundle = bureau.bundle()
    assert [check.fault for check in verify_bundle(bundle, TRUST) if check.fault] == []
    forgery = taken_apart(bundle)
    forgery.of("campaign.frozen")["body"]["annual_line"] = "2"
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert (last.name, last.passed) == ("plan", False)


@on_one_engine
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("annual_line_missing", {"annual_line": "9"}),
        ("annual_line_differs", {"annual_line": "2"}),
        ("annual_line_differs", {"items": ("ZJ-03",)}),
        ("annual_line_differs", {"conditions": replace(PLAN.conditions, sectors=("供热",))}),
    ],
)
def test_a_campaign_is_of_the_line_that_it_names(bureau_in: BureauIn, code: str, changes: Any) -> None:
    bureau = bureau_in("graded")
    bureau.do(lambda tx: annual_planning.draft(tx, PLANNER, GRADED_AT, YEAR))
    planning_ = lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, replace(OF_LINE, **changes))  # noqa: E731
    bureau.refuse("annual_line_missing", planning_)
    bureau.do(lambda tx: annual_planning.adopt(tx, SECOND, GRADED_AT, "ZJ", 2026, 1))
    bureau.refuse(code, planning_)


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("annual_plan_unusable", replace(YEAR, lines=())),
        ("annual_plan_unusable", replace(YEAR, year=26)),
        ("annual_line_twice", replace(YEAR, lines=(LINE, LINE))),
        ("annual_line_of_others", replace(YEAR, department="SC")),
        ("annual_line_unusable", replace(YEAR, lines=(replace(LINE, last_month=9),))),
        ("annual_line_unusable", replace(YEAR, lines=(replace(LINE, responsible=()),))),
        ("annual_line_unusable", replace(YEAR, lines=(replace(LINE, enterprises=0),))),
    ],
)
def test_a_plan_that_cannot_be_is_refused(code: str, plan: AnnualPlan) -> None:
    YEAR.check()
    with pytest.raises(Refusal, match=f"^{code}"):
        plan.check()


def test_a_plan_reads_as_it_was_written() -> None:
    assert AnnualPlan.from_json(YEAR.to_json()) == YEAR
