"""Registers of inspection: kept by department, as they were on a day, and files that come in again unchanged."""

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.errors import Refusal
from sampling import registers
from sampling.conditions import tags_of
from sampling.items import check_items, check_objects
from sampling.register_files import Form
from scoring.files import read_file
from tests import bureau_files as files
from tests.bureau_files import TODAY, file_of
from tests.sampling.bureau import (
    ADMINISTRATOR,
    AUDITOR,
    IMPORTED_AT,
    OTHER_PLANNER,
    PLANNER,
    PSEUDONYM_KEY,
    Bureau,
    take_in,
)
from tests.sampling.conftest import BureauIn, on_one_engine

LATER = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""The first second of 25 November in Shanghai."""

OBJECTS = [
    files.inspection_object(1, "ZJ", "在建项目、深基坑"),
    files.inspection_object(1, "SC", "电梯使用单位"),
    files.inspection_object(2, "SC", "电梯使用单位", 企业名称="样例"),
]
INSPECTOR = files.inspector(
    "ZJ009",
    "ZJ",
    "一所",
    "供热、燃气经营",
    回避企业=files.code(3),
    区域="示范镇、另一镇",
    同户人员="张三、李四",
    曾任职企业=f"{files.code(4)}至2025-01-31",
    离岗日期="2026-12-01至2026-12-05、2026-12-24",
)
ITEM = files.item(
    "ZJ", "ZJ-09", '多行，"引号"', 检查依据="第一条\n第二条", 对象标签="在建项目", 抽查比例="不低于 3%", 事项状态="有效"
)


def take(bureau: Bureau, kind: str, content: bytes, how: Form, actor: Actor = ADMINISTRATOR) -> tuple[int, int, int]:
    """Take a file in and return how many rows were read, new and the same."""
    file = read_file(registers.format_of(kind), "回读", f"{kind}.{how.value}", io.BytesIO(content), TODAY)
    report = bureau.do(lambda tx: registers.take_in(tx, actor, LATER, file, True, PSEUDONYM_KEY))
    return report.read, report.new + report.superseding, report.same


@pytest.mark.parametrize("how", Form)
@pytest.mark.parametrize("kind", ["department", "division", "item", "object", "inspector"])
def test_what_is_exported_comes_in_again_and_changes_nothing(bureau_in: BureauIn, kind: str, how: Form) -> None:
    bureau = bureau_in("imported")
    take_in(bureau, file_of("object", OBJECTS), file_of("inspector", [INSPECTOR]), file_of("item", [ITEM]))
    take_in(bureau, file_of("division", [files.division("130304", "样例区"), files.division("130304001", "=样例镇")]))
    content = bureau.ask(lambda tx: registers.export(tx, ADMINISTRATOR, kind, how))
    rows = bureau.ask(lambda tx: len(registers.readable(tx, ADMINISTRATOR, kind)))
    assert rows
    assert take(bureau, kind, content, how) == (rows, 0, rows)


@on_one_engine
def test_a_cell_that_would_be_a_formula_is_none_in_csv_and_comes_in_again_as_it_was(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    name = "=HYPERLINK(1)"
    take_in(bureau, file_of("item", [files.item("ZJ", "ZJ-08", name), files.item("ZJ", "ZJ-09", "''+1")]))
    content = bureau.ask(lambda tx: registers.export(tx, ADMINISTRATOR, "item", Form.CSV))
    assert f",'{name}," in content.decode()
    assert ",''+1," in content.decode()
    assert take(bureau, "item", content, Form.CSV)[1] == 0
    assert bureau.ask(registers.items)["ZJ-08"]["name"] == name


@on_one_engine
def test_what_held_on_a_day_can_be_asked(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    take_in(bureau, file_of("object", OBJECTS))
    take_in(bureau, file_of("object", [files.inspection_object(1, "SC", "")]), now=LATER)

    def tags(tx: Connection, day: date | None) -> dict[str, frozenset[str]]:
        return tags_of(registers.objects(tx, day).values())

    of_both = {"电梯使用单位", "在建项目", "深基坑"}
    assert bureau.ask(lambda tx: tags(tx, date(2026, 11, 24)))[files.code(1)] == of_both
    assert bureau.ask(lambda tx: tags(tx, None))[files.code(1)] == {"在建项目", "深基坑"}
    assert bureau.ask(lambda tx: tags(tx, date(2026, 11, 25))) == bureau.ask(lambda tx: tags(tx, None))
    assert bureau.ask(lambda tx: tags(tx, date(2026, 11, 22))) == {}


@on_one_engine
def test_an_object_stands_once_for_each_department_in_a_file(bureau_in: BureauIn) -> None:
    file = file_of("object", [*OBJECTS, files.inspection_object(2, "SC", "锅炉")])
    assert [fault.code for row in file.refused for fault in row.faults] == ["row_twice"]


@on_one_engine
def test_a_department_s_rows_are_changed_by_nobody_of_another(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")

    def taking(actor: Actor, rows: list[files.Row]) -> object:
        file = file_of("object", rows)
        return lambda tx: registers.take_in(tx, actor, IMPORTED_AT, file, True, PSEUDONYM_KEY)

    refusal = bureau.refuse("department_not_allowed", taking(OTHER_PLANNER, OBJECTS))  # type: ignore[arg-type]
    assert refusal.parameters == {"department": "ZJ"}
    bureau.do(taking(OTHER_PLANNER, OBJECTS[1:]))  # type: ignore[arg-type]
    stolen = file_of("item", [files.item("SC", "ZJ-01", "抢来的事项")])
    bureau.refuse(
        "department_not_allowed",
        lambda tx: registers.take_in(tx, OTHER_PLANNER, IMPORTED_AT, stolen, True, PSEUDONYM_KEY),
    )


@on_one_engine
def test_objects_and_inspectors_are_read_by_their_own_department(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    with bureau.read() as tx:
        before = set(registers.readable(tx, AUDITOR, "object", None, None))
    take_in(bureau, file_of("object", OBJECTS))

    def codes(actor: Actor, kind: str, department: str | None = None) -> set[str]:
        return set(bureau.ask(lambda tx: registers.readable(tx, actor, kind, None, department)))

    assert codes(PLANNER, "object") == before | {f"ZJ/{files.code(1)}"}
    assert codes(OTHER_PLANNER, "object") == {f"SC/{files.code(1)}", f"SC/{files.code(2)}"}
    assert {code[:2] for code in codes(PLANNER, "inspector")} == {"ZJ"}
    assert {code[:2] for code in codes(AUDITOR, "inspector")} == {"ZJ", "SC"}
    assert {code[:2] for code in codes(PLANNER, "item")} == {"ZJ", "SC", "YJ"}
    bureau.refuse("department_not_allowed", lambda tx: registers.readable(tx, PLANNER, "object", None, "SC"))
    inspector = Actor("ZJ001", Role.INSPECTOR, "ZJ")
    bureau.refuse("role_not_allowed", lambda tx: registers.readable(tx, inspector, "object"))
    bureau.refuse("register_unknown", lambda tx: registers.readable(tx, PLANNER, "slot"))


ITEMS = {
    "a": {"department": "ZJ", "legal_basis": "条例", "sectors": ["供热"]},
    "b": {"department": "SC", "legal_basis": "条例", "sectors": ["供热", "物业服务"], "tags": ["锅炉", "电梯"]},
    "old": {"department": "ZJ", "legal_basis": "条例", "sectors": ["供热"], "status": "停用"},
    "bare": {"department": "ZJ", "legal_basis": " ", "sectors": ["供热"]},
}


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("item_without_basis", "bare"),
        ("item_not_in_use", "old"),
        ("item_missing", "c"),
        ("item_of_other_department", "b"),
    ],
)
def test_an_item_that_may_not_be_planned_is_named(code: str, item: str) -> None:
    check_items(["a"], ITEMS, ["ZJ"])
    with pytest.raises(Refusal, match=f"^{code}") as refused:
        check_items(["a", item], ITEMS, ["ZJ"])
    assert refused.value.parameters["item"] == item


def test_items_and_members_of_a_frame_agree() -> None:
    nothing, lift, pit, boiler = (frozenset[str](tags) for tags in ((), ("电梯",), ("深基坑",), ("锅炉",)))
    both = {code: ITEMS[code] for code in ("a", "b")}
    members = [("1", "供热", nothing), ("2", "物业服务", lift), ("3", "供热", boiler)]
    check_objects(both, members)
    with pytest.raises(Refusal, match=r"^members_not_objects") as refused:
        check_objects(both, [*members, ("4", "物业服务", pit), ("5", "物业服务", pit)])
    assert refused.value.parameters == {"count": 2, "first": "4"}
    with pytest.raises(Refusal, match=r"^item_without_objects"):
        check_objects(both, members[:1])
