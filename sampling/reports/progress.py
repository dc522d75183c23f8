"""How far a campaign has come (任务进度), as a whole, by department and by inspector."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from ledger.errors import Missing
from sampling import campaigns, findings, registers
from sampling.campaigns import Campaign
from sampling.overdue import due_positions, overdue_positions
from sampling.publication import proceedings
from sampling.reports.counting import Counts, Found, count, is_settled
from sampling.standing import standing
from sampling.tables import assignment, drawn


@dataclass(frozen=True)
class OfInspector:
    """An inspector's visits, which are those of the whole team."""

    certificate: str
    name: str
    department: str
    counts: Counts


@dataclass(frozen=True)
class Progress:
    """A campaign's progress as an actor sees it.

    `drawn` counts the drawn positions, replaced ones included. A visit of several departments counts for each of them.
    `drawn` and `total` are None for an inspector, who sees the own visits alone.
    """

    campaign: str
    state: str
    drawn: int | None
    total: Counts | None
    departments: Mapping[str, Counts]
    inspectors: tuple[OfInspector, ...]


def progress(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Progress:
    """Return how far a campaign has come.

    Auditors, and planners and analysts of no department, see all. Those of the leading department see all departments
    and their own inspectors, those of another one its own numbers beside the total; an inspector the own visits.
    Raises Missing("campaign_missing") to all others.
    """
    if actor.role is Role.INSPECTOR:
        return _of_inspector(tx, actor, now, identifier)
    found = campaigns.read(tx, actor, identifier)
    counted = _Counted(tx, now, found)
    everything = actor.role is Role.AUDITOR or actor.department is None
    own = None if everything else actor.department
    departments = {
        code: counted.at(counted.of_departments[code])
        for code in found.plan.departments
        if own is None or own in (code, found.plan.lead)
    }
    return Progress(
        identifier,
        found.state,
        counted.drawn,
        counted.at(counted.due),
        departments,
        tuple(each for each in counted.inspectors() if own is None or each.department == own),
    )


def counts_of(tx: Connection, now: datetime, found: Campaign) -> tuple[int, Counts, dict[str, Counts]]:
    """Return how many of a campaign were drawn, its visits, and those by department, whoever asks."""
    counted = _Counted(tx, now, found)
    by_department = {code: counted.at(counted.of_departments[code]) for code in found.plan.departments}
    return counted.drawn, counted.at(counted.due), by_department


def _of_inspector(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Progress:
    mine = select(assignment.c.position).where(assignment.c.campaign == identifier)
    if tx.execute(mine.where(assignment.c.inspector == actor.subject, standing()).limit(1)).first() is None:
        raise Missing("campaign_missing", campaign=identifier)
    found = campaigns.plain(tx, identifier)
    own = tuple(each for each in _Counted(tx, now, found).inspectors() if each.certificate == actor.subject)
    return Progress(identifier, found.state, None, None, {}, own)


class _Counted:
    """A campaign's visits with what was found there."""

    def __init__(self, tx: Connection, now: datetime, found: Campaign) -> None:
        self.due = due_positions(tx, found)
        self.drawn = len(tx.execute(select(drawn.c.position).where(drawn.c.campaign == found.id)).all())
        self.overdue = frozenset(overdue_positions(tx, now, found))
        settled = proceedings.settled_positions(tx, found.id)
        self.found = {
            each.position: Found(each.state, each.position in settled or is_settled(each.results, each.follow_up))
            for each in findings.findings_of(tx, found.id)
        }
        self.of_departments: dict[str, set[int]] = defaultdict(set)
        self._register = registers.inspectors(tx)
        self._of_inspectors: dict[str, set[int]] = defaultdict(set)
        query = select(assignment.c.inspector, assignment.c.position)
        for inspector, position in tx.execute(query.where(assignment.c.campaign == found.id, standing())):
            self._of_inspectors[inspector].add(position)
            self.of_departments[self._register[inspector]["department"]].add(position)

    def at(self, positions: set[int]) -> Counts:
        """Count the visits at positions."""
        return count(positions & self.due, self.found, self.overdue)

    def inspectors(self) -> list[OfInspector]:
        """Return each inspector of a team, by department and certificate."""
        every = []
        for code, positions in self._of_inspectors.items():
            row = self._register[code]
            every.append(OfInspector(code, row["name"], row["department"], self.at(positions)))
        return sorted(every, key=lambda each: (each.department, each.certificate))
