"""Looking for warnings: what the records, the visits and the runs of grades say today. It writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from ledger import documents, log
from ledger.canonical import JSON
from ledger.errors import Conflict
from scoring.entry_kinds import WARNED
from scoring.evaluation.visits import Visit
from scoring.warnings.counted import counted, members_of
from scoring.warnings.expiring import expiring_licences
from scoring.warnings.inspected import inspections
from scoring.warnings.kinds import FALSE_ALARMS, Candidate, Kind
from scoring.warnings.related import failing_groups
from scoring.warnings.rises import rises
from scoring.warnings.risk_points import Checked, RiskPoint, risk_points
from scoring.warnings.surges import WEEK, WEEKS, surges
from scoring.warnings.tied import ties_of

YEAR = timedelta(days=365)
"""Risk points and related enterprises are looked for in the visits of so many days."""


@dataclass(frozen=True)
class Correction:
    """A correction that was ordered and is overdue, as sampling knows of it: of a campaign's finding, since a day."""

    enterprise: str
    campaign: str
    position: int
    due: date


@dataclass(frozen=True)
class Found:
    """What was found, withheld until it is raised; `grade_run` is the run of grades that it looked at, '' for none.

    `models_changed`: grades were not compared, since another model gave the earlier ones.
    """

    candidates: tuple[Candidate, ...]
    grade_run: str
    models_changed: bool


def look(tx: Connection, today: date, licence_days: int, corrections: Sequence[Correction]) -> Found:
    """Look for warnings as of a day, at licences that end within so many days, and at corrections that are overdue."""
    visits = inspections(tx, today - WEEKS * WEEK - YEAR)
    recent = [visit for visit in visits if visit.day > today - YEAR]
    risen = rises(tx, _last_grade_run(tx))
    candidates = (
        *risen.candidates,
        *_surges(tx, visits, today),
        *_risk_points(recent),
        *expiring_licences(tx, today, licence_days),
        *map(overdue, corrections),
        *_related(tx, recent),
    )
    return Found(candidates, risen.run, risen.models_changed)


def _last_grade_run(tx: Connection) -> str:
    """Return the run of grades that the last look saw, '' where none did or its document has expired."""
    entries = log.of_kind(tx, WARNED)
    if not entries:
        return ""
    try:
        return str(documents.read(tx, entries[-1].subject).value["content"]["grade_run"])
    except Conflict:
        return ""


def _surges(tx: Connection, visits: Sequence[Visit], today: date) -> Iterator[Candidate]:
    for surge in surges(counted(tx, visits, today), today):
        key, since = surge.key, surge.since.isoformat()
        subject: dict[str, JSON] = {"measure": key.measure, "dimension": key.dimension, "value": key.value}
        yield Candidate(
            Kind.SURGE,
            subject,
            (key.measure, key.dimension, key.value),
            (since,),
            members_of(tx, key, surge.since, visits),
            {**surge.evidence, "since": since},
        )


def _risk_points(visits: Sequence[Visit]) -> Iterator[Candidate]:
    checked: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in visits:
        for matter in visit.matters:
            checked[matter, visit.sector].append(visit)
    cells = {
        cell: Checked(len(those), sum(cell[0] in visit.violated for visit in those)) for cell, those in checked.items()
    }
    points = risk_points(cells)
    for point in points:
        if point.found:
            violating = [visit for visit in checked[point.matter, point.sector] if point.matter in visit.violated]
            yield _risk_point(point, violating, len(points))


def _risk_point(point: RiskPoint, violating: Sequence[Visit], tested: int) -> Candidate:
    subject: dict[str, JSON] = {"matter": point.matter, "sector": point.sector}
    month = max(visit.day for visit in violating).isoformat()[:7]
    evidence: dict[str, JSON] = {
        "checked": point.here.checked,
        "violated": point.here.violated,
        "checked_elsewhere": point.elsewhere.checked,
        "violated_elsewhere": point.elsewhere.violated,
        "log_odds_per_thousand": round(point.log_odds * 1000),
        "shrunken_per_thousand": round(point.shrunken * 1000),
        "margin_per_thousand": round(point.margin * 1000),
        "p_per_million": round(point.p_value * 1_000_000),
        "tested": tested,
        "false_alarms_per_million": FALSE_ALARMS[Kind.RISK_POINT],
        "until": month,
    }
    members = tuple(sorted({visit.enterprise for visit in violating}))
    return Candidate(Kind.RISK_POINT, subject, (point.matter, point.sector), (month,), members, evidence)


def overdue(correction: Correction) -> Candidate:
    """Return what a correction that is overdue is warned of by."""
    place: tuple[JSON, ...] = (correction.campaign, correction.position)
    due = correction.due.isoformat()
    evidence: dict[str, JSON] = {"campaign": correction.campaign, "position": correction.position, "due": due}
    subject: dict[str, JSON] = {"enterprise": correction.enterprise}
    return Candidate(Kind.CORRECTION, subject, place, (due,), (correction.enterprise,), evidence)


def _related(tx: Connection, visits: Sequence[Visit]) -> Iterator[Candidate]:
    visited = {visit.enterprise for visit in visits}
    failed = {visit.enterprise for visit in visits if visit.found()}
    groups, tested = failing_groups(ties_of(tx, visited), visited, failed)
    for group in groups:
        via: list[JSON] = list(dict.fromkeys(tie.via for tie in group.ties))
        evidence: dict[str, JSON] = {
            "via": via,
            "visited": list(group.visited),
            "failed": list(group.failed),
            "visited_in_all": len(visited),
            "failed_in_all": len(failed),
            "p_per_million": round(group.p_value * 1_000_000),
            "tested": tested,
            "false_alarms_per_million": FALSE_ALARMS[Kind.RELATED],
        }
        first = group.ties[0]
        subject: dict[str, JSON] = {"via": via}
        yield Candidate(Kind.RELATED, subject, (first.via, first.party), group.failed, group.visited, evidence)
