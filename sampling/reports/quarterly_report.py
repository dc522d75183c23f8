"""What a bureau files each quarter on how well grades, draws and models do (季度信用风险分类与抽查评估报告).

It tells of grades, though of no enterprise, so that it is for analysts and auditors, and its making is a reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict
from ledger.jobs import Job
from sampling import campaigns, early_warning, evaluating
from sampling.reports.campaign_report import CampaignReport, report_of
from sampling.reports.quarters import Quarter
from scoring import grades, models
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.results import Evaluation
from scoring.grade_runs import all_runs
from scoring.grades import Migration
from scoring.model_news import ModelNews, model_news
from scoring.trials import Withheld
from scoring.warnings.precision import Precision
from scoring.warnings.tally import Tally, tally

READERS = (Role.ANALYST, Role.AUDITOR)
FILE_QUARTERLY_REPORT = "file_quarterly_report"
SURGES = 3
"""So many surges are told of."""


@dataclass(frozen=True)
class QuarterlyReport:
    """A quarter, up to the day `until` where it is not over on the day `on`.

    `evidence` is of each model in force at its end. `grades` counts enterprises by grade, low risk first, as of the
    last run of the quarter; `migration` is since the quarter before, None where either has no grades.
    """

    quarter: Quarter
    on: date
    until: date
    campaigns: Sequence[CampaignReport]
    evaluation: Evaluation
    evidence: Sequence[Evidence]
    grades: Sequence[tuple[str, int]]
    migration: Migration | None
    models: ModelNews
    warnings: Tally
    precisions: Sequence[Precision]


@dataclass(frozen=True)
class WithheldReport:
    """A report whose long work is done, for who asked; it is told only against the records of the readings."""

    _actor: Actor
    _purpose: str
    _quarter: Quarter
    _evaluation: Withheld[Evaluation] = field(repr=False)
    _evidence: Sequence[Withheld[Evidence]] = field(repr=False)

    def tell(self, tx: Connection, now: datetime) -> QuarterlyReport:
        """Record what the actor reads, why and when, and return the report."""
        actor, quarter, today = self._actor, self._quarter, civil_date(now)
        until = min(quarter.last, today)
        return QuarterlyReport(
            quarter,
            today,
            until,
            _campaigns(tx, actor, now, quarter),
            self._evaluation.tell(tx, now),
            [each.tell(tx, now) for each in self._evidence],
            *_grades(tx, actor, now, quarter, self._purpose),
            model_news(tx, actor, quarter.first, until),
            tally(tx, actor, now, self._purpose, quarter.first, until, SURGES, campaigns.ids_seen_by(tx, actor)),
            early_warning.precision(tx, actor, now),
        )


def quarterly_report(tx: Connection, actor: Actor, now: datetime, quarter: Quarter, purpose: str) -> WithheldReport:
    """Evaluate a quarter, from its first day to its last one or today.

    Raises Conflict("quarter_not_begun"), Invalid("purpose_missing").
    """
    actor.require(*READERS)
    until = min(_begun(quarter, now).last, civil_date(now))
    span = (quarter.first, until, purpose)
    evidence = [
        evaluating.analyse_model(tx, actor, each.model, *span)
        for each in models.in_force_on(tx, until)
        if models.may_see(actor, each.model)
    ]
    return WithheldReport(actor, purpose, quarter, evaluating.evaluate_period(tx, actor, *span), evidence)


def request(tx: Connection, actor: Actor, now: datetime, quarter: str, purpose: str) -> Job:
    """Ask for the files of a quarter's report; raises what `quarterly_report` raises of what is asked."""
    actor.require(*READERS)
    wanted = _begun(Quarter.parse(quarter), now)
    parameters = {"quarter": wanted.name, "purpose": grades.checked_purpose(purpose)}
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, FILE_QUARTERLY_REPORT, parameters))


def _begun(quarter: Quarter, now: datetime) -> Quarter:
    if quarter.first > civil_date(now):
        raise Conflict("quarter_not_begun", field="quarter", quarter=quarter.name)
    return quarter


def _campaigns(tx: Connection, actor: Actor, now: datetime, quarter: Quarter) -> list[CampaignReport]:
    """Return the reports of the campaigns whose period has a day in the quarter, oldest first."""
    found = [
        each
        for each in reversed(campaigns.visible(tx, actor))
        if each.state != "planned" and each.plan.starts <= quarter.last and each.plan.ends >= quarter.first
    ]
    return [report_of(tx, now, each) for each in found]


def _grades(
    tx: Connection, actor: Actor, now: datetime, quarter: Quarter, purpose: str
) -> tuple[list[tuple[str, int]], Migration | None]:
    """Return enterprises by grade as of the last run of the quarter, and how they moved since the quarter before."""
    days = [run.as_of for run in all_runs(tx)]
    before, last = (_last_month(days, each) for each in (quarter.before, quarter))
    if last is None:
        return [], None
    held = grades.migration(tx, actor, now, last, last, purpose)
    counts = [(label, held.counts.get((label, label), 0)) for label in held.scale]
    return counts, None if before is None else grades.migration(tx, actor, now, before, last, purpose)


def _last_month(days: Sequence[date], quarter: Quarter) -> str | None:
    """Return the last month of a quarter that has one of the days, as YYYY-MM."""
    within = [day for day in days if quarter.first <= day <= quarter.last]
    return f"{max(within):%Y-%m}" if within else None
