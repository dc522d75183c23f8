"""What a department files of a year (年度随机抽查工作报告): its plan, its campaigns, and what they found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Missing
from sampling import annual_planning, campaigns, registers
from sampling.annual_planning import Progress
from sampling.annual_plans import FIRST_YEAR, LAST_YEAR
from sampling.reports.campaign_report import (
    CampaignReport,
    ReportedItem,
    report_of,
    reported_items,
)
from sampling.reports.counting import Counts
from sampling.reports.public_numbers import PublicNumbers, public_numbers


@dataclass(frozen=True)
class AnnualReport:
    """A department's report of a year on a day: the campaigns that it led and that began in the year, by number.

    `plan` is the version of the plan that is adopted, 0 for none, with the progress of its lines; `counts` adds the
    visits of all campaigns up. `departments` and `item_names` name what the report names, as it is now, by code.
    """

    department: str
    name: str
    year: int
    on: date
    plan: int
    lines: Sequence[Progress]
    campaigns: Sequence[CampaignReport]
    items: Sequence[ReportedItem]
    counts: Counts
    numbers: PublicNumbers
    departments: Mapping[str, str]
    item_names: Mapping[str, str]


def annual_report(tx: Connection, actor: Actor, now: datetime, department: str, year: int) -> AnnualReport:
    """Return a department's report of a year to its planners and analysts, and to auditors.

    Raises Forbidden, Missing: department_missing; annual_report_empty where there is neither plan nor campaign.
    """
    name = require_department(tx, actor, department)
    adopted = [each for each in annual_planning.versions(tx, actor, department, year) if each.adopted_at is not None]
    lines = annual_planning.progress(tx, actor, department, year) if adopted else []
    reports = [
        report_of(tx, now, found)
        for found in campaigns.led_by(tx, department)
        if found.state != "planned" and found.plan.starts.year == year
    ]
    if not (FIRST_YEAR <= year <= LAST_YEAR and (reports or adopted)):
        raise Missing("annual_report_empty", field="year", department=department, year=year)
    return AnnualReport(
        department,
        name,
        year,
        civil_date(now),
        adopted[0].version if adopted else 0,
        lines,
        reports,
        reported_items(tx, list(dict.fromkeys(item.code for each in reports for item in each.items))),
        _sum([each.counts for each in reports]),
        public_numbers(tx, [each.id for each in reports]),
        {code: row["name"] for code, row in registers.departments(tx).items()},
        {code: row["name"] for code, row in registers.items(tx).items()},
    )


def require_department(tx: Connection, actor: Actor, department: str) -> str:
    """Return the name of a department on which the actor may report; raises what `annual_report` raises."""
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    if actor.role is not Role.AUDITOR:
        actor.require_department(department)
    known = registers.departments(tx)
    if department not in known:
        raise Missing("department_missing", field="department", department=department)
    return str(known[department]["name"])


def _sum(several: Sequence[Counts]) -> Counts:
    return Counts(**{name: sum(getattr(each, name) for each in several) for name in vars(Counts())})
