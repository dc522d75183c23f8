"""Conditions as data: what they ask for, whom they leave out, when two of them overlap, and how they read."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from ledger.actors import Actor
from ledger.errors import Refusal
from sampling import campaigns, frames, freezing, planning, population, previewing, registers, sealing
from sampling.conditions import ENTERPRISE_TYPES, Attributes, Conditions, LeftOut, left_out, tags_of, type_of
from sampling.design_plans import DesignPlan
from sampling.listings import Listing
from scoring.formats import ENTERPRISE_SIZES
from scoring.tables import enterprise
from tests import bureau_files as files
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    AUDITOR,
    BOUND,
    CAMPAIGN,
    PLAN,
    PLANNED_AT,
    PLANNER,
    SIGNER,
    TRUST,
    Bureau,
    draw,
    freeze,
    match,
    plan,
    reveal,
    take_in,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forgeries import last_fault, sealed_plan, slots
from tests.sampling.forging import taken_apart

SECTORS, REGIONS, STATUSES, TAGS = ("供热", "物业服务"), ("东镇", "西镇"), ("存续", "停业"), ("甲", "乙", "丙")


def some(values: Any) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


CONDITIONS = st.builds(
    Conditions,
    some(SECTORS),
    some(REGIONS),
    some(STATUSES),
    some(ENTERPRISE_TYPES),
    some(ENTERPRISE_SIZES),
    st.lists(some(TAGS).filter(bool), max_size=3).map(tuple),
)
ATTRIBUTES = st.builds(
    Attributes,
    st.sampled_from(SECTORS),
    st.sampled_from(REGIONS),
    st.sampled_from(STATUSES),
    st.sampled_from(ENTERPRISE_TYPES),
    st.sampled_from(("", *ENTERPRISE_SIZES)),
    st.frozensets(st.sampled_from(TAGS)),
)


@given(CONDITIONS)
def test_conditions_read_as_they_were_written(conditions: Conditions) -> None:
    assert Conditions.from_json(conditions.to_json()) == conditions


def test_conditions_of_an_entry_from_before_types_sizes_and_tags_read_as_meant() -> None:
    told = {"sectors": ["供热"], "regions": [], "statuses": ["存续"]}
    read = Conditions.from_json(told)
    assert read == Conditions(("供热",), ())
    assert read.to_json() == told


@given(CONDITIONS, CONDITIONS, ATTRIBUTES)
def test_whoever_meets_two_conditions_makes_them_overlap(one: Conditions, other: Conditions, of: Attributes) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    if one.meets(of) and other.meets(of):
        assert one.overlaps(other)


@given(CONDITIONS, CONDITIONS)
def test_where_two_conditions_overlap_somebody_could_meet_both(one: Conditions, other: Conditions) -> None:
    if one.overlaps(other):

        def common(first: tuple[str, ...], second: tuple[str, ...]) -> str:
            left = [value for value in first or second if not second or value in second]
            return left[0] if left else ""

        of = Attributes(
            common(one.sectors, other.sectors),
            common(one.regions, other.regions),
            common(one.statuses, other.statuses),
            common(one.types, other.types),
            common(one.sizes, other.sizes),
            frozenset(TAGS),
        )
        assert one.meets(of)
        assert other.meets(of)


@given(CONDITIONS, st.lists(ATTRIBUTES))
def test_who_is_left_out_is_counted_by_condition(conditions: Conditions, everybody: list[Attributes]) -> None:
    counts = left_out((conditions.unmet(each), 1) for each in everybody)
    members = sum(map(conditions.meets, everybody))
    assert all(each.by_it_alone <= each.enterprises for each in counts)
    assert (
        sum(each.by_it_alone for each in counts) <= len(everybody) - members <= sum(each.enterprises for each in counts)
    )
    for each in counts:
        without = dataclasses.replace(conditions, **{each.condition: ()}) if each.condition != "statuses" else None
        if without is not None:
            assert sum(map(without.meets, everybody)) == members + each.by_it_alone


@pytest.mark.parametrize(
    ("code", "expected"),
    [("91130304PDY00001XL", "企业"), ("92130304PDY0000128", "个体工商户"), ("93", "农民专业合作社"), ("52", "其他")],
)
def test_a_code_tells_the_type(code: str, expected: str) -> None:
    assert type_of(code) == expected


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("tags_empty", {"tags": (("甲",), ())}),
        ("choice_unknown", {"types": ("公司",)}),
        ("choice_unknown", {"sizes": ("巨型",)}),
        ("text_control_character", {"tags": (("甲\x00",),)}),
    ],
)
def test_conditions_that_cannot_be_are_refused(code: str, changes: Any) -> None:
    with pytest.raises(Refusal, match=f"^{code}"):
        Conditions((), (), **changes)


TAGGED = range(1, 101)
WITH_TAGS = Conditions((), (), tags=(("在建项目", "深基坑"), ("重点",)))
WITH_PLAN = dataclasses.replace(PLAN, conditions=WITH_TAGS)
DEPARTMENTS = ("ZJ", "SC", "YJ")


def object_row(department: str, enterprise: str, tags: tuple[str, ...]) -> dict[str, Any]:
    return {"department": department, "enterprise": enterprise, "tags": list(tags)}


def tag(bureau: Bureau) -> None:
    """Tag a hundred enterprises, in the plan's two departments, and take one back; a third tags one more of its own."""
    take_in(
        bureau,
        files.file_of("object", [files.inspection_object(number, "ZJ", "在建项目、重点") for number in range(1, 62)]),
        files.file_of("object", [files.inspection_object(number, "ZJ", "深基坑") for number in range(62, 102)]),
        files.file_of("object", [files.inspection_object(number, "SC", "重点") for number in range(62, 102)]),
        files.file_of("object", [files.inspection_object(101, "ZJ", "")]),
        files.file_of("object", [files.inspection_object(102, "YJ", "深基坑、重点")]),
    )


def matched_by_tags(bureau: Bureau) -> None:
    """Freeze, draw and match a campaign among those who were tagged."""
    plan(bureau, WITH_PLAN)
    freeze(bureau)
    take_in(bureau, files.file_of("object", [files.inspection_object(1, "ZJ", "")]))
    reveal(bureau)
    draw(bureau)
    match(bureau)


def test_tags_make_a_frame_that_the_auditor_computes_from_the_registers(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    tag(bureau)
    with bureau.read() as tx:
        found = population.planned_membership(tx, PLANNER, WITH_PLAN)
    assert [each.code for each in found.members] == sorted(map(files.code, TAGGED))
    assert found.counts.registered == 124
    assert found.counts.left_out == (LeftOut("statuses", 4, 0), LeftOut("tags", 24, 20))
    matched_by_tags(bureau)
    bundle = bureau.bundle()
    assert [check.fault for check in verify_bundle(bundle, TRUST) if check.fault] == []

    forgery = taken_apart(bundle)
    (batch,) = [
        each
        for each in forgery.documents.values()
        if [row["code"] for row in each.rows.get("inspection_object", ())] == [f"ZJ/{files.code(101)}"]
    ]
    batch.rows["inspection_object"][0]["content"] = batch.rows["inspection_object"][0]["content"].replace(
        '"enterprise"', '"tags":["深基坑"],"enterprise"'
    )
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert last.name in ("register", "documents")
    assert last.fault is not None

    for tagged_by in (["ZJ", "SC", "YJ"], ["SC", "ZJ"], ["ZJ"], [], "ZJ", None):
        forgery = taken_apart(bundle)
        sealed_plan(forgery)["tagged_by"] = tagged_by
        assert last_fault(forgery) == ("register", "the tags that count are not those of the plan's departments")
    forgery = taken_apart(bundle)
    del sealed_plan(forgery)["tagged_by"]
    assert last_fault(forgery) == ("register", f"{files.code(102)} is left out of the frame")


@on_one_engine
def test_all_tags_count_in_a_frame_that_was_frozen_before_departments_were_told_apart(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, tags = sealing.register_entries, population.given_tags
    monkeypatch.setattr(
        freezing,
        "register_entries",
        lambda tx, wanted: {name: value for name, value in entries(tx, wanted).items() if name != "tagged_by"},
    )
    monkeypatch.setattr(frames, "given_tags", lambda tx, _: tags(tx, ("ZJ", "SC", "YJ")))
    bureau = bureau_in("graded")
    tag(bureau)
    matched_by_tags(bureau)
    bundle = bureau.bundle()
    assert files.code(102) in {row["enterprise"] for row in slots(taken_apart(bundle))}
    assert [check.fault for check in verify_bundle(bundle, TRUST) if check.fault] == []


@given(st.lists(st.builds(object_row, st.sampled_from(DEPARTMENTS), st.sampled_from("12345"), some(TAGS))))
def test_of_departments_their_own_rows_count_and_no_other(rows: list[dict[str, Any]]) -> None:
    for some_of_them in ((), ("ZJ",), ("ZJ", "SC"), DEPARTMENTS):
        own = [row for row in rows if row["department"] in some_of_them]
        assert tags_of(rows, some_of_them) == tags_of(own)
    assert tags_of(rows, DEPARTMENTS) == tags_of(rows)


IN_PROGRESS = files.item("ZJ", "ZJ-03", "在建项目检查", 对象标签="在建项目、深基坑")


def members(tx: Connection, actor: Actor, conditions: Conditions) -> tuple[list[str], population.Counts]:
    """Return the codes of who meets conditions, and what is counted of them."""
    met = select(enterprise.c.code).where(population.meeting(tx, actor, conditions)).order_by(enterprise.c.code)
    return list(tx.execute(met).scalars()), population.counts(tx, actor, conditions)


OF_ONE = dataclasses.replace(
    PLAN, departments=("ZJ",), items=("ZJ-03",), conditions=Conditions((), (), tags=(("在建项目", "深基坑"),))
)


@on_one_engine
def test_a_planner_learns_nothing_of_tags_that_another_department_gave(bureau_in: BureauIn) -> None:
    """Neither who meets conditions that ask for them, nor a preview of a draw or list, nor a frame is another."""
    bureau = bureau_in("graded")
    tag(bureau)
    take_in(bureau, files.file_of("item", [IN_PROGRESS]))
    plan(bureau, OF_ONE)
    all_of_them = dataclasses.replace(OF_ONE, design=DesignPlan.by_grade({}), listing=Listing("节前专项检查"))
    listed = plan(bureau, all_of_them)

    def told_in(tx: Connection) -> list[Any]:
        limits = bureau.size.limits
        shown = [previewing.preview(tx, PLANNER, PLANNED_AT, each, limits, BOUND) for each in (CAMPAIGN, listed)]
        return [
            *((each.design, each.coverage, each.exposure, each.loads) for each in shown),
            *(members(tx, PLANNER, each) for each in (WITH_TAGS, OF_ONE.conditions)),
            population.planned_membership(tx, PLANNER, OF_ONE),
        ]

    before = bureau.do(told_in)
    theirs = [files.inspection_object(number, "SC", "在建项目、深基坑、重点") for number in range(90, 121)]
    take_in(bureau, files.file_of("object", theirs))
    assert bureau.do(told_in) == before
    own = [files.inspection_object(number, "ZJ", "在建项目、深基坑、重点") for number in range(90, 121)]
    take_in(bureau, files.file_of("object", own[:-1]))
    assert all(one != other for one, other in zip(bureau.do(told_in), before, strict=True))
    freeze(bureau)
    with bureau.read() as tx:
        assert campaigns.fixing_entry(tx, CAMPAIGN).body["slots"]["count"] == 119


@on_one_engine
def test_tags_of_others_are_counted_once_they_see_the_campaign(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    tag(bureau)
    take_in(bureau, files.file_of("item", [IN_PROGRESS]))
    limits = bureau.size.limits
    nobodys = dataclasses.replace(PLANNER, department=None)
    by_item = dataclasses.replace(WITH_PLAN, items=("ZJ-03",), conditions=PLAN.conditions)
    for wanted in (WITH_PLAN, by_item):
        refusal = bureau.refuse(
            "preview_of_others_tags",
            lambda tx, wanted=wanted: previewing.preview_plan(tx, PLANNER, PLANNED_AT, wanted, limits, BOUND),  # type: ignore[misc]
        )
        assert refusal.parameters == {"departments": ["SC"]}
    before = bureau.do(lambda tx: previewing.preview_plan(tx, nobodys, PLANNED_AT, WITH_PLAN, limits, BOUND))
    planned = plan(bureau, WITH_PLAN)
    after = bureau.do(lambda tx: previewing.preview(tx, PLANNER, PLANNED_AT, planned, limits, BOUND))
    assert after.design == before.design
    without = dataclasses.replace(WITH_PLAN, conditions=PLAN.conditions)
    assert bureau.do(lambda tx: previewing.preview_plan(tx, PLANNER, PLANNED_AT, without, limits, BOUND)).design


@on_one_engine
def test_a_planner_asks_for_tags_that_he_may_read(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    tag(bureau)
    for department, numbers in (("ZJ", range(1, 62)), ("SC", ()), ("YJ", (102,)), (None, (*TAGGED, 102))):
        with bureau.read() as tx:
            codes, counts = members(tx, dataclasses.replace(PLANNER, department=department), WITH_TAGS)
        assert codes == sorted(map(files.code, numbers))
        assert counts.members == len(codes)


@on_one_engine
def test_sizes_count_where_the_register_tells_them(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    rows = [files.registration(number, 企业规模="微型" if number % 2 else "大型") for number in range(1, 41)]
    take_in(bureau, files.file_of("registration", rows))
    with bureau.read() as tx:
        codes, counts = members(tx, PLANNER, Conditions((), (), sizes=("微型",)))
    assert codes == sorted(files.code(number) for number in range(1, 41, 2))
    assert counts.left_out == (LeftOut("sizes", 104, 100), LeftOut("statuses", 4, 0))


def test_the_database_says_of_everybody_what_conditions_say(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    tag(bureau)
    sized = [files.registration(number, 企业规模="微型" if number % 2 else "大型") for number in range(1, 41)]
    take_in(bureau, files.file_of("registration", sized))
    nobodys = dataclasses.replace(PLANNER, department=None)
    with bureau.read() as tx:
        tags = tags_of(registers.readable(tx, nobodys, "object").values())
        everybody = list(population.registered(tx, sizes=True, tags=tags))
        told = [each.attributes for each in everybody]
        some = [sorted({getattr(each, name) for each in told}) for name in ("sector", "region", "status", "type")]
        sectors, regions, statuses, types = some
        for conditions in (
            Conditions((), ()),
            Conditions((), (), statuses=()),
            Conditions(tuple(sectors[:1]), (), tuple(statuses)),
            Conditions(tuple(sectors[:2]), tuple(regions[-1:]), types=tuple(types)),
            Conditions(("没有这个行业",), (), tuple(statuses), types=("其他",), sizes=("大型",)),
            Conditions((), tuple(regions[:1]), sizes=("微型", "大型"), tags=(("重点", "在建项目"), ("深基坑",))),
            Conditions((), (), tuple(statuses), tags=(("没有这个标签",),)),
        ):
            codes, counts = members(tx, nobodys, conditions)
            assert codes == [each.code for each in everybody if conditions.meets(each.attributes)]
            assert counts == population.Counts(
                len(everybody), len(codes), tuple(left_out((conditions.unmet(each), 1) for each in told))
            )


@on_one_engine
def test_who_meets_conditions_is_for_planners(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    bureau.refuse("role_not_allowed", lambda tx: population.counts(tx, AUDITOR, WITH_TAGS))
    bureau.refuse("role_not_allowed", lambda tx: population.meeting(tx, AUDITOR, WITH_TAGS))


@on_one_engine
def test_items_whose_objects_are_tagged_hold_a_frame_to_the_tags(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    tag(bureau)
    take_in(bureau, files.file_of("item", [IN_PROGRESS]))
    plan(bureau, dataclasses.replace(PLAN, departments=("ZJ",), items=("ZJ-03",)))
    refusal = bureau.refuse(
        "members_not_objects",
        lambda tx: previewing.preview(tx, PLANNER, PLANNED_AT, CAMPAIGN, bureau.size.limits, BOUND),
    )
    assert refusal.parameters == {"count": 20, "first": sorted(map(files.code, range(101, 121)))[0]}
    narrowed = dataclasses.replace(PLAN, departments=("ZJ",), items=("ZJ-03",), conditions=WITH_TAGS)
    bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, narrowed))
    freeze(bureau)
