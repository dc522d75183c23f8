"""Annual plans in the bureau: drafted in versions, adopted by a second person, published, and their progress."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Integer, Select, case, cast, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import parse_instant
from ledger.canonical import JSON, canonical
from ledger.columns import by_code_points
from ledger.entries import Entry, parse_entry
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from ledger.tables import log_entry
from ledger.versions import require_version
from ledger.windows import ALL, Window, counted
from sampling import registers
from sampling.annual_plans import AnnualPlan, Line
from sampling.entry_kinds import ANNUAL_ADOPTED, ANNUAL_DRAFTED, CLOSED, DRAWN, MATCHED, PUBLISHED
from sampling.items import check_items
from sampling.listings import FIXING
from sampling.plans import Plan
from sampling.tables import ANNUAL_PLAN, annual_plan, campaign, drawn, finding, slot

_DIGITS = 4
_publishes = log_entry.c.kind == ANNUAL_ADOPTED
_length = func.length(log_entry.c.subject)
_department: ColumnElement[str] = case(
    (_publishes, func.substr(log_entry.c.subject, 1, _length - _DIGITS - 1)), else_=""
)
_year: ColumnElement[int] = case(
    (_publishes, cast(func.substr(log_entry.c.subject, _length - _DIGITS + 1), Integer)), else_=0
)
"""Department and year of a plan, of its name, which is the subject of its entries."""


@dataclass(frozen=True)
class Version:
    """A version of an annual plan; `adopted_at` is None until it is adopted."""

    plan: AnnualPlan
    version: int
    drafted_by: str
    drafted_at: datetime
    adopted_at: datetime | None


@dataclass(frozen=True)
class PublicPlan:
    """What is published of the version that is adopted: the plan without persons, and the entry that published it."""

    plan: AnnualPlan
    version: int
    totals: Mapping[str, int]
    entry: Entry


@dataclass(frozen=True)
class Progress:
    """How far a line has come: its campaigns by how far they are, and visits: to make, recorded, published.

    `enterprises` are the distinct ones that were recorded; `items_left` and `departments_left` are those of the line
    that no campaign which is fixed has yet, in its order.
    """

    line: Line
    planned: int
    fixed: int
    drawn: int
    closed: int
    to_visit: int
    visited: int
    published: int
    enterprises: frozenset[str]
    items_left: tuple[str, ...]
    departments_left: tuple[str, ...]


def draft(tx: Connection, actor: Actor, now: datetime, plan: AnnualPlan, if_version: int | None = None) -> Version:
    """Hand in the next version of a department's year.

    Raises Conflict("version_stale") unless `if_version`, where it is given, is the newest one, 0 for none; Forbidden,
    Missing("department_missing"), what `AnnualPlan.check` and `check_items` raise.
    """
    actor.require(Role.PLANNER)
    actor.require_department(plan.department)
    plan.check()
    known, items = registers.departments(tx), registers.items(tx)
    for line in plan.lines:
        for code in line.departments:
            if code not in known:
                raise Missing("department_missing", field="departments", department=code)
        check_items(line.items, items, line.departments)
    now = log.moment(tx, now)
    newest_version = len(_rows(tx, plan.department, plan.year))
    require_version(newest_version, if_version)
    version = newest_version + 1
    row = {
        "department": plan.department,
        "year": plan.year,
        "version": version,
        "content": plan.to_json(),
        "drafted_by": actor.subject,
        "drafted_at": now,
    }
    sealed = documents.seal(tx, "annual", {"by": actor.subject}, [(ANNUAL_PLAN, [row])])
    log.append(tx, now, [NewEntry(ANNUAL_DRAFTED, plan.name, {"plan": sealed})])
    return Version(plan, version, actor.subject, now, None)


def adopt(tx: Connection, actor: Actor, now: datetime, department: str, year: int, version: int) -> Version:
    """Adopt and publish the newest version of a department's year; never by who drafted it.

    Raises Forbidden("adoption_of_own_plan"), Missing("annual_plan_missing"), Conflict("annual_plan_stands").
    """
    actor.require(Role.PLANNER)
    actor.require_department(department)
    now = log.moment(tx, now)
    found = newest(tx, department, year)
    if version != found.version or found.adopted_at is not None:
        raise Conflict("annual_plan_stands", plan=found.plan.name, version=found.version)
    if actor.subject == found.drafted_by:
        raise Forbidden("adoption_of_own_plan", plan=found.plan.name)
    file = documents.publish_file(tx, canonical(found.plan.public()))
    body: dict[str, JSON] = {"department": department, "year": year, "version": version, "file": file}
    sealed = {"by": documents.seal(tx, "adoption", {"by": actor.subject})}
    log.append(tx, now, [NewEntry(ANNUAL_ADOPTED, found.plan.name, sealed, body)])
    return replace(found, adopted_at=now)


def versions(tx: Connection, actor: Actor, department: str, year: int) -> list[Version]:
    """Return all versions of a department's year to those who take part in it, newest first."""
    actor.require_officer()
    found = _versions(tx, department, year)
    if actor.role is Role.AUDITOR or actor.department is None:
        return found
    return [
        each
        for each in found
        if actor.department in {department, *(code for line in each.plan.lines for code in line.departments)}
    ]


def newest(tx: Connection, department: str, year: int) -> Version:
    """Return the newest version; raises Missing."""
    found = _versions(tx, department, year)
    if not found:
        raise Missing("annual_plan_missing", plan=f"{department}-{year}")
    return found[0]


@dataclass(frozen=True)
class PublicPlanFilter:
    """Which published plans are asked for; what is empty asks for nothing."""

    department: str = ""
    year: int | None = None


class PublicPlanOrder(StrEnum):
    """What published plans go by: department and year, or year and department."""

    DEPARTMENT = "department"
    YEAR = "year"


EVERY_PLAN = PublicPlanFilter()


def published(
    tx: Connection,
    window: Window = ALL,
    chosen: PublicPlanFilter = EVERY_PLAN,
    order: PublicPlanOrder = PublicPlanOrder.DEPARTMENT,
) -> list[PublicPlan]:
    """Return what is published of the plans that are adopted, the newest version of each, in an order."""
    by: list[ColumnElement[Any]] = [by_code_points(tx, _department), _year]
    query = window.on(_published(chosen), *(by if order is PublicPlanOrder.DEPARTMENT else by[::-1]))
    entries = [parse_entry(data) for data in tx.execute(query).scalars()]
    files = documents.public_files(tx, {entry.body["file"] for entry in entries})
    found = []
    for entry in entries:
        told = orjson.loads(files[entry.body["file"]])
        totals = {name: told[name] for name in ("items", "departments", "enterprises")}
        found.append(PublicPlan(AnnualPlan.from_json(told), entry.body["version"], totals, entry))
    return found


def count_published(tx: Connection, chosen: PublicPlanFilter = EVERY_PLAN) -> int:
    """Return how many plans there are of which `published` tells."""
    return counted(tx, _published(chosen))


def _published(chosen: PublicPlanFilter) -> Select[Any]:
    """Return the query of the entries that published them."""
    newest_of_each = select(func.max(log_entry.c.seq)).where(_publishes)
    query = select(log_entry.c.data).where(log_entry.c.seq.in_(newest_of_each.group_by(log_entry.c.subject)))
    if chosen.department:
        query = query.where(_department == chosen.department)
    return query if chosen.year is None else query.where(_year == chosen.year)


def check_line(tx: Connection, plan: Plan) -> None:
    """Check that the line that a campaign's plan names is adopted, and that the campaign is of it.

    Raises Missing("annual_line_missing"), Invalid("annual_line_differs"), which tells in what.
    """
    if not plan.annual_line:
        return
    year = plan.starts.year
    adopted = [each for each in _versions(tx, plan.lead, year) if each.adopted_at is not None]
    line = adopted[0].plan.line(plan.annual_line) if adopted else None
    if line is None:
        raise Missing("annual_line_missing", field="annual_line", plan=f"{plan.lead}-{year}", line=plan.annual_line)
    same = {
        "type": plan.type is line.type,
        "items": set(plan.items) <= set(line.items),
        "departments": set(plan.departments) <= set(line.departments),
        "months": line.first_month <= plan.starts.month <= line.last_month,
    }
    for name, is_same in same.items():
        if not is_same:
            raise Invalid("annual_line_differs", field="annual_line", line=line.code, name=name)


def progress(tx: Connection, actor: Actor, department: str, year: int) -> list[Progress]:
    """Return how far each line of the adopted plan has come, or of the newest version where none is adopted.

    Whoever has no part in it learns of no line.
    """
    seen = versions(tx, actor, department, year)
    if not seen:
        return []
    shown = next((each for each in seen if each.adopted_at is not None), seen[0])
    of_lines: dict[str, dict[str, Plan]] = {line.code: {} for line in shown.plan.lines}
    query = select(campaign.c.id, campaign.c.plan).where(campaign.c.department == department)
    for identifier, value in tx.execute(query):
        plan = Plan.from_json(value)
        if plan.starts.year == year and plan.annual_line in of_lines:
            of_lines[plan.annual_line][identifier] = plan
    return [_progress(tx, line, of_lines[line.code]) for line in shown.plan.lines]


def _progress(tx: Connection, line: Line, plans: Mapping[str, Plan]) -> Progress:
    kinds = {identifier: {entry.kind for entry in log.about(tx, identifier)} for identifier in plans}
    fixed = [identifier for identifier, held in kinds.items() if held & set(FIXING)]
    of = list(plans)
    same = (slot.c.campaign == finding.c.campaign) & (slot.c.position == finding.c.position)
    visited = tx.execute(
        select(slot.c.enterprise, finding.c.campaign, finding.c.position)
        .join(finding, same)
        .where(finding.c.campaign.in_(of))
        .distinct()
    ).all()
    return Progress(
        line,
        len(plans),
        len(fixed),
        sum(bool(held & {DRAWN, MATCHED}) for held in kinds.values()),
        sum(CLOSED in held for held in kinds.values()),
        int(tx.execute(select(func.count()).select_from(drawn).where(drawn.c.campaign.in_(of))).scalar_one()),
        len(visited),
        sum(int(entry.body["count"]) for identifier in of for entry in log.about(tx, identifier, PUBLISHED)),
        frozenset(row.enterprise for row in visited),
        tuple(item for item in line.items if all(item not in plans[each].items for each in fixed)),
        tuple(code for code in line.departments if all(code not in plans[each].departments for each in fixed)),
    )


def _rows(tx: Connection, department: str, year: int) -> list[Any]:
    query = select(annual_plan).where(annual_plan.c.department == department, annual_plan.c.year == year)
    return list(tx.execute(query.order_by(annual_plan.c.version.desc())))


def _versions(tx: Connection, department: str, year: int) -> list[Version]:
    adopted = {entry.body["version"]: entry for entry in log.about(tx, f"{department}-{year}", ANNUAL_ADOPTED)}
    return [
        Version(
            AnnualPlan.from_json(row.content),
            row.version,
            row.drafted_by,
            row.drafted_at,
            parse_instant(adopted[row.version].time) if row.version in adopted else None,
        )
        for row in _rows(tx, department, year)
    ]
