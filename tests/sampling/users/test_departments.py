"""Departments, one by one: each step is bound as the register's files are, and a closed one is given nothing."""

import dataclasses
from collections.abc import Callable

import pytest

from ledger import log
from ledger.actors import Actor, Role
from sampling import departments, planning, registers
from sampling.departments import Department
from sampling.users import managing
from tests.sampling.bureau import PLAN, PLANNED_AT, PLANNER
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.users.office import ADMINISTRATOR, NOW, Office

OWN = Actor("own", Role.ADMINISTRATOR, "SC")
"""An administrator of one department."""


def add(office: Office, code: str, name: str, actor: Actor = ADMINISTRATOR) -> Department:
    return office.do(lambda tx: departments.add(tx, actor, NOW, code, name))


def test_each_step_is_a_version_bound_as_a_file_of_one_row(office: Office) -> None:
    assert add(office, "YJ", " 样例应急局 ") == Department("YJ", "样例应急局", True, 1)
    renamed = office.do(lambda tx: departments.rename(tx, ADMINISTRATOR, NOW, "YJ", "样例应急管理局", 1))
    assert renamed == Department("YJ", "样例应急管理局", True, 2)
    closed = office.do(lambda tx: departments.close(tx, ADMINISTRATOR, NOW, "YJ", 2))
    assert closed == Department("YJ", "样例应急管理局", False, 3)
    reopened = office.do(lambda tx: departments.reopen(tx, ADMINISTRATOR, NOW, "YJ", 3))
    assert reopened == Department("YJ", "样例应急管理局", True, 4)
    assert office.ask(departments.departments)["YJ"] == reopened
    entries = office.ask(lambda tx: [*log.scan(tx)])[-4:]
    assert {(entry.kind, entry.body["kind"]) for entry in entries} == {("records.imported", "department")}


def test_the_register_s_file_and_the_steps_say_the_same(office: Office) -> None:
    office.do(lambda tx: departments.close(tx, ADMINISTRATOR, NOW, "SC"))
    exported = office.ask(lambda tx: registers.departments(tx))
    assert exported["SC"] == {"code": "SC", "name": "样例市场监管局", "status": "停用"}
    assert [each.version for each in office.ask(departments.departments).values()] == [2, 1]


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("department_exists", lambda tx: departments.add(tx, ADMINISTRATOR, NOW, " ZJ", "另一个局")),
        ("value_missing", lambda tx: departments.add(tx, ADMINISTRATOR, NOW, "YJ", " ")),
        ("value_missing", lambda tx: departments.rename(tx, ADMINISTRATOR, NOW, "ZJ", "")),
        ("department_code_form", lambda tx: departments.add(tx, ADMINISTRATOR, NOW, "Y/J", "样例应急局")),
        ("department_missing", lambda tx: departments.rename(tx, ADMINISTRATOR, NOW, "YJ", "样例应急局")),
        ("department_unchanged", lambda tx: departments.rename(tx, ADMINISTRATOR, NOW, "ZJ", "样例住建局 ")),
        ("version_stale", lambda tx: departments.rename(tx, ADMINISTRATOR, NOW, "ZJ", "样例局", 2)),
        ("version_stale", lambda tx: departments.close(tx, ADMINISTRATOR, NOW, "ZJ", 0)),
        ("department_not_closed", lambda tx: departments.reopen(tx, ADMINISTRATOR, NOW, "ZJ")),
        ("department_not_allowed", lambda tx: departments.add(tx, OWN, NOW, "YJ", "样例应急局")),
        ("department_not_allowed", lambda tx: departments.close(tx, OWN, NOW, "ZJ")),
        ("role_not_allowed", lambda tx: departments.close(tx, Actor("x", Role.PLANNER), NOW, "ZJ")),
    ],
)
def test_what_cannot_be_is_refused(office: Office, code: str, step: Callable[..., object]) -> None:
    office.refuse(code, step)


def test_an_administrator_of_a_department_renames_his_own(office: Office) -> None:
    assert office.do(lambda tx: departments.rename(tx, OWN, NOW, "SC", "样例监管局")).version == 2


def test_a_closed_department_is_given_no_user_and_keeps_those_that_it_has(office: Office) -> None:
    office.accepted("计划员", department="SC")
    office.do(lambda tx: departments.close(tx, ADMINISTRATOR, NOW, "SC"))
    office.refuse("department_closed", lambda tx: managing.invite(tx, ADMINISTRATOR, NOW, "新人", Role.PLANNER, "SC"))
    assert office.sign_in("计划员").actor.department == "SC"
    office.do(lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.INSPECTOR, "SC"))
    office.do(lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.INSPECTOR, "ZJ"))
    office.refuse(
        "department_closed", lambda tx: managing.change(tx, ADMINISTRATOR, NOW, "计划员", Role.INSPECTOR, "SC")
    )


@on_one_engine
def test_a_closed_department_is_planned_for_no_more_and_goes_on_with_what_is_planned(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    planned = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, PLAN)).id
    bureau.do(lambda tx: departments.close(tx, ADMINISTRATOR, PLANNED_AT, PLAN.lead))
    bureau.refuse("department_closed", lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, PLAN))
    other = dataclasses.replace(PLAN, title="另一标题")
    assert bureau.do(lambda tx: planning.change_plan(tx, PLANNER, planned, other)).plan.title == "另一标题"
