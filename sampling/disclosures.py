"""What anybody may read of campaigns and findings: the log's own entries, public files, and published findings.

Nothing here reads a plan, a frame, a draw or an assignment: what is not published is not looked at.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from ledger import documents, log
from ledger.calendar import parse_instant
from ledger.entries import EXPIRED, Entry, parse_entry
from ledger.errors import Missing
from ledger.tables import log_entry
from sampling.attestations import Attestation, attestations
from sampling.beacon_entries import KINDS as ANNOUNCED
from sampling.beacon_entries import Told, told
from sampling.campaigns import told_positions
from sampling.drawing import list_to_be_trusted, to_be_trusted
from sampling.entry_kinds import (
    ATTESTED,
    CLOSED,
    DRAWN,
    MATCHED,
    PUBLISHED,
    REPLACED,
    VOID_PROPOSED,
)
from sampling.listings import FIXING
from sampling.plans import Plan
from sampling.tables import disclosure
from sampling.tries import VOIDS, named_by

KINDS = (*FIXING, *ANNOUNCED, DRAWN, MATCHED, CLOSED, REPLACED, VOID_PROPOSED, *VOIDS, ATTESTED)


@dataclass(frozen=True)
class PublicCampaign:
    """A campaign from its freeze on, as its entries tell it; `announced` is what came of its beacon.

    Of one that is no draw, `frozen` is the entry that fixed its list.
    """

    id: str
    frozen: Entry
    announced: tuple[Entry, ...] = ()
    drawn: Entry | None = None
    matched: Entry | None = None
    closed: Entry | None = None
    void_proposals: tuple[Entry, ...] = ()
    voided: Entry | None = None
    attested: tuple[Attestation, ...] = ()
    replacements: tuple[Entry, ...] = ()

    @property
    def state(self) -> str:
        """The last of "frozen" or "listed", "drawn", "matched", "closed" that has come, or "voided"."""
        if self.voided is not None:
            return "voided"
        entry = self.closed or self.matched or self.drawn or self.frozen
        return entry.kind.removeprefix("campaign.")

    @property
    def replaces(self) -> list[str]:
        """The voided campaigns that its freeze names as those that it replaces."""
        return named_by(self.frozen)

    @property
    def entries(self) -> list[Entry]:
        """All of these entries, in the order of the log."""
        single = (self.frozen, self.drawn, self.matched, self.closed, self.voided)
        several = (*self.announced, *self.void_proposals, *self.replacements)
        entries = [*filter(None, single), *several, *(each.entry for each in self.attested)]
        return sorted(entries, key=lambda entry: entry.seq)

    @property
    def told(self) -> Told:
        """What came of its beacon so far; what decided re-matches later is none of it."""
        decided = self.drawn or self.matched
        return told(entry for entry in self.announced if decided is None or entry.seq < decided.seq)

    @property
    def to_be_trusted(self) -> list[str]:
        """What the draw's fairness rests on, as codes (see `sampling.drawing.to_be_trusted`)."""
        if self.plan.listing is not None:
            return list_to_be_trusted(self.frozen, self.matched)
        return to_be_trusted(self.frozen, self.drawn, self.attested)

    @property
    def plan(self) -> Plan:
        """What the entry tells of its plan."""
        return Plan.public_part(self.frozen.body)


@dataclass(frozen=True)
class OpenedSlot:
    """What proves that an enterprise's code was fixed in the frozen frame (see `sampling.slots`).

    `salt` opens the commitment to the code; `sealed` are the slot's two other commitments, which stay closed; `proof`
    leads from the slot at `position` to the root over all `size` slots. All but the numbers are hex.
    """

    position: int
    size: int
    root: str
    slot: str
    salt: str
    sealed: tuple[str, str]
    proof: tuple[str, ...]


@dataclass(frozen=True)
class Disclosure:
    """A published finding; `number` counts from 1 in the order of publication."""

    number: int
    campaign: str
    position: int
    enterprise: str
    name: str
    department: str
    items: tuple[str, ...]
    visited: date
    results: tuple[str, ...]
    follow_up: str
    published_at: datetime
    opening: OpenedSlot


def campaigns(tx: Connection, before: int | None, limit: int) -> list[PublicCampaign]:
    """Return the campaigns frozen before the entry `before`, newest first."""
    query = select(log_entry.c.data).where(log_entry.c.kind.in_(FIXING))
    if before is not None:
        query = query.where(log_entry.c.seq < before)
    frozen = [parse_entry(data) for data in tx.execute(query.order_by(log_entry.c.seq.desc()).limit(limit)).scalars()]
    about = _about(tx, [entry.subject for entry in frozen])
    return [_campaign(entry.subject, about[entry.subject]) for entry in frozen]


def campaign(tx: Connection, identifier: str) -> PublicCampaign:
    """Return a campaign that has been frozen; raises Missing for all others."""
    entries = _about(tx, [identifier])[identifier]
    if not entries:
        raise Missing("campaign_missing", campaign=identifier)
    return _campaign(identifier, entries)


def drawn_positions(tx: Connection, found: PublicCampaign) -> list[int]:
    """Return the drawn positions in ascending order, from the public file that the drawn entry names."""
    if found.drawn is None:
        return []
    positions: list[int] = orjson.loads(documents.public_file(tx, found.drawn.body["drawn"]["file"]))
    return positions


def closing_positions(tx: Connection, found: PublicCampaign, name: str) -> list[int]:
    """Return the positions that a closed campaign tells as overdue, replaced or substitutes; none before its close."""
    return [] if found.closed is None else told_positions(tx, found.closed, name)


def findings(
    tx: Connection, before: int | None, limit: int, campaign: str | None = None, enterprise: str | None = None
) -> list[Disclosure]:
    """Return the published findings below the number `before`, newest first: all, of a campaign, of an enterprise."""
    query = select(disclosure).order_by(disclosure.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(disclosure.c.number < before)
    if campaign is not None:
        query = query.where(disclosure.c.campaign == campaign)
    if enterprise is not None:
        query = query.where(disclosure.c.enterprise == enterprise)
    return [_disclosure(row) for row in tx.execute(query)]


def finding(tx: Connection, campaign: str, position: int) -> Disclosure:
    """Return the published finding of a drawn position; raises Missing, whatever the reason.

    Of one that was published and is shown no more it says so, as the entries of the campaign do.
    """
    query = select(disclosure).where(disclosure.c.campaign == campaign, disclosure.c.position == position)
    row = tx.execute(query).one_or_none()
    if row is None:
        if position in _published_positions(tx, campaign):
            raise Missing("finding_expired", campaign=campaign, position=position)
        raise Missing("finding_not_published", campaign=campaign, position=position)
    return _disclosure(row)


def count_published(tx: Connection, identifier: str) -> int:
    """Return how many findings of a campaign were published, those included that are shown no more."""
    return sum(entry.body["count"] for entry in log.about(tx, identifier, PUBLISHED))


def last_expired(tx: Connection) -> datetime | None:
    """Return when disclosures last expired, and so lists of findings became shorter."""
    gone = [entry for entry in log.of_kind(tx, EXPIRED) if entry.body["expired"]["kind"] == "disclosure"]
    return parse_instant(gone[-1].time) if gone else None


def _published_positions(tx: Connection, identifier: str) -> set[int]:
    """Return the positions whose findings a closed campaign had published."""
    entries = _about(tx, [identifier])[identifier]
    found = _campaign(identifier, entries) if entries else None
    if found is None or found.closed is None:
        return set()
    listed = found.plan.listing is not None
    chosen = range(found.frozen.body["slots"]["count"]) if listed else drawn_positions(tx, found)
    opened = {*chosen, *closing_positions(tx, found, "substitutes")}
    return opened - {*closing_positions(tx, found, "overdue"), *closing_positions(tx, found, "replaced")}


def _about(tx: Connection, subjects: Sequence[str]) -> Mapping[str, list[Entry]]:
    query = select(log_entry.c.data).where(log_entry.c.subject.in_(subjects), log_entry.c.kind.in_(KINDS))
    entries: dict[str, list[Entry]] = defaultdict(list)
    for data in tx.execute(query.order_by(log_entry.c.seq)).scalars():
        entry = parse_entry(data)
        entries[entry.subject].append(entry)
    return entries


def _campaign(identifier: str, entries: Sequence[Entry]) -> PublicCampaign:
    by_kind = {entry.kind: entry for entry in entries}
    return PublicCampaign(
        identifier,
        next(by_kind[kind] for kind in FIXING if kind in by_kind),
        tuple(entry for entry in entries if entry.kind in ANNOUNCED),
        by_kind.get(DRAWN),
        by_kind.get(MATCHED),
        by_kind.get(CLOSED),
        tuple(entry for entry in entries if entry.kind == VOID_PROPOSED),
        next((entry for entry in entries if entry.kind in VOIDS), None),
        tuple(attestations(entries)),
        tuple(entry for entry in entries if entry.kind == REPLACED),
    )


def _disclosure(row: Row[*tuple[Any, ...]]) -> Disclosure:
    opening = row.opening
    return Disclosure(
        row.number,
        row.campaign,
        row.position,
        row.enterprise,
        row.name,
        row.department,
        tuple(row.items),
        row.visited,
        tuple(row.results),
        row.follow_up,
        row.published_at,
        OpenedSlot(
            opening["position"],
            opening["slots"],
            opening["root"],
            opening["slot"],
            opening["identity_salt"],
            (opening["stratum_commitment"], opening["key_commitment"]),
            tuple(opening["proof"]),
        ),
    )
