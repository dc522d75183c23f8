"""What a bureau files of a campaign (抽查任务情况报告): public facts, numbers, and where anybody can check them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from ledger import log
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.entries import Entry
from ledger.errors import Missing
from sampling import campaigns, disclosures, registers, reporting
from sampling.campaigns import Campaign
from sampling.disclosures import PublicCampaign
from sampling.entry_kinds import FROZEN
from sampling.reporting import DeviationKind
from sampling.reports.counting import Counts
from sampling.reports.progress import counts_of
from sampling.reports.public_numbers import PublicNumbers, public_numbers
from sampling.standing import standing
from sampling.tables import assignment


@dataclass(frozen=True)
class ReportedItem:
    """An item of the list of matters with its legal basis."""

    code: str
    name: str
    department: str
    legal_basis: str
    content: str
    method: str


@dataclass(frozen=True)
class ReportedDeviation:
    """A deviation as far as it is public; `count` tells of how many positions, where that is its point."""

    campaign: str
    kind: DeviationKind
    entry: Entry
    reason: str
    count: int


@dataclass(frozen=True)
class CampaignReport:
    """A campaign's report on a day. `public` has title, items, conditions, beacon, entries.

    `divisions` are names of those regions of the conditions that are codes of administrative divisions; `departments`
    are names by code, the lead first; `counts` the visits, all and by department; `teams` and `inspectors` how many
    teams and different inspectors visit.
    """

    id: str
    on: date
    state: str
    public: PublicCampaign
    divisions: Mapping[str, str]
    departments: Mapping[str, str]
    items: Sequence[ReportedItem]
    drawn: int
    counts: Counts
    by_department: Mapping[str, Counts]
    teams: int
    inspectors: int
    numbers: PublicNumbers
    deviations: Sequence[ReportedDeviation]


WITH_PUBLIC_REASON = (
    DeviationKind.VOID_PROPOSED,
    DeviationKind.VOID_BEFORE_BEACON,
    DeviationKind.VOID_AFTER_DRAW,
    DeviationKind.VOID_OF_LIST,
    DeviationKind.REPLACES,
    DeviationKind.VOID_UNWITNESSED,
    DeviationKind.FALLBACK_USED,
    DeviationKind.SPECIAL,
    DeviationKind.SUPERIOR,
)
"""Those whose reason stands in the public log; the reasons of others are sealed."""

NEVER_PUBLIC = (DeviationKind.FLAT_RATE,)
"""Whether the rates of a draw follow the grades is sealed with the plan."""


def campaign_report(tx: Connection, actor: Actor, now: datetime, identifier: str) -> CampaignReport:
    """Return a campaign's report to whoever may read the campaign.

    Raises Missing: campaign_missing; campaign_entry_missing before it is frozen, or its list fixed.
    """
    return report_of(tx, now, require_reportable(tx, actor, identifier))


def require_reportable(tx: Connection, actor: Actor, identifier: str) -> Campaign:
    """Return a campaign that the actor may report on; raises what `campaign_report` raises."""
    found = campaigns.read(tx, actor, identifier)
    if found.state == "planned":
        raise Missing("campaign_entry_missing", campaign=identifier, kind=FROZEN)
    return found


def report_of(tx: Connection, now: datetime, found: Campaign) -> CampaignReport:
    """Return the report of a campaign that is frozen, or whose list is fixed, whoever asks."""
    public = disclosures.campaign(tx, found.id)
    names, plan = registers.departments(tx), public.plan
    drawn, total, by_department = counts_of(tx, now, found)
    teams, inspectors = _teams(tx, found.id)
    return CampaignReport(
        found.id,
        civil_date(now),
        public.state,
        public,
        registers.division_names(tx, plan.conditions.regions),
        {code: names[code]["name"] for code in plan.departments},
        reported_items(tx, plan.items),
        drawn,
        total,
        by_department,
        teams,
        inspectors,
        public_numbers(tx, [found.id]),
        public_deviations(tx, now, found),
    )


def reported_items(tx: Connection, codes: Sequence[str]) -> list[ReportedItem]:
    """Return items of the list as it is now."""
    register = registers.items(tx)
    return [
        ReportedItem(code, row["name"], row["department"], row["legal_basis"], row["content"], row["method"])
        for code, row in ((code, register[code]) for code in codes)
    ]


def public_deviations(tx: Connection, now: datetime, found: Campaign) -> list[ReportedDeviation]:
    """Return what of a campaign was not the plain way, as far as the public log tells it, in the order of the log."""
    told = sorted(reporting.deviations(tx, now, [found]), key=lambda each: each.entry.seq)
    return [
        ReportedDeviation(
            each.campaign,
            each.kind,
            each.entry,
            each.reason if each.kind in WITH_PUBLIC_REASON else "",
            len(each.positions) if each.kind is DeviationKind.OVERDUE else 0,
        )
        for each in told
        if each.kind not in NEVER_PUBLIC
    ]


def entries_of(tx: Connection, identifier: str) -> list[Entry]:
    """Return the entries about a campaign by which anybody can check it, in the order of the log."""
    return [entry for entry in log.about(tx, identifier) if entry.kind in disclosures.KINDS]


def _teams(tx: Connection, identifier: str) -> tuple[int, int]:
    counted = select(
        func.count(assignment.c.position.distinct()),
        func.count(assignment.c.inspector.distinct()),
    )
    teams, inspectors = tx.execute(counted.where(assignment.c.campaign == identifier, standing())).one()
    return int(teams), int(inspectors)
