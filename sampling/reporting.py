"""The auditor's report: whatever in the bureau's campaigns was not the plain way from freeze to close.

Everything but the sealed facts of replacements and of what a void draw had drawn stands in the public log as well.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.errors import Missing
from ledger.tables import document
from sampling import campaigns
from sampling.beacon_evidence import deciding_beacon
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Local, Sources
from sampling.campaigns import Campaign
from sampling.deviations import deviations_of
from sampling.entry_kinds import (
    CLOSED,
    DRAWN,
    FROZEN,
    LISTED,
    REOPENED,
    REPLACED,
    VOID_CONFIRMED,
    VOID_PROPOSED,
    VOIDED,
)
from sampling.fresh_beacons import with_fallbacks
from sampling.listings import FIXING
from sampling.overdue import overdue_positions
from sampling.standing import chosen
from sampling.tables import drawn, reopening, replacement, slot
from sampling.tries import named_by, needs_witness
from sampling.witnessed import witness_rule

TIME_TO_DRAW = timedelta(days=1)


class DeviationKind(StrEnum):
    """What a campaign did otherwise."""

    QUORUM_LATE = "quorum_late"
    VOID_PROPOSED = "void_proposed"
    VOID_BEFORE_BEACON = "void_before_beacon"
    VOID_AFTER_DRAW = "void_after_draw"
    VOID_OF_LIST = "void_of_list"
    UNDRAWN = "undrawn"
    REPLACES = "replaces"
    VOID_UNWITNESSED = "void_unwitnessed"
    NO_WITNESSES = "no_witnesses"
    LOCAL_BEACON = "local_beacon"
    FALLBACK_USED = "fallback_used"
    FLAT_RATE = "flat_rate"
    SPECIAL = "special"
    SUPERIOR = "superior"
    REPLACEMENT = "replacement"
    REMATCH = "rematch"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Deviation:
    """One deviation: the entry that tells it, its reason in the words of who gave it, and whom it is about.

    `enterprises` and `positions` go together, in the same order; of a replacement they are the replaced one and its
    reserve. They are empty where the documents have expired.
    """

    campaign: str
    kind: DeviationKind
    entry: Entry
    reason: str = ""
    positions: tuple[int, ...] = ()
    enterprises: tuple[str, ...] = ()


def report(tx: Connection, actor: Actor, now: datetime, identifier: str | None = None) -> list[Deviation]:
    """Return the deviations of a campaign, or of all from the first freeze on, in the order of the log.

    Raises Forbidden to all but auditors, Missing("campaign_missing").
    """
    actor.require(Role.AUDITOR)
    wanted = campaigns.visible(tx, actor) if identifier is None else [campaigns.read(tx, actor, identifier)]
    found = [each for campaign in wanted if campaign.state != "planned" for each in deviations(tx, now, campaign)]
    if identifier is not None and wanted[0].state == "planned":
        raise Missing("campaign_entry_missing", campaign=identifier, kind=FROZEN)
    return sorted(found, key=lambda each: (each.entry.seq, each.kind.value, each.positions))


def deviations(tx: Connection, now: datetime, campaign: Campaign) -> Iterator[Deviation]:
    """Give the deviations of a campaign that is frozen or listed, whoever asks; they are not public as a whole."""
    entries = log.about(tx, campaign.id)
    for rule in (_voids, _freeze, _beacons, _changes):
        yield from rule(tx, campaign, entries)
    yield from _undrawn(now, campaign, entries)
    yield from _overdue(tx, now, campaign, entries)


def _voids(tx: Connection, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    said = {entry.seq: entry for entry in entries if entry.kind == VOID_PROPOSED}
    for entry in entries:
        if entry.kind == VOIDED:
            yield Deviation(campaign.id, DeviationKind.QUORUM_LATE, entry)
        if entry.kind == VOID_CONFIRMED:
            said.pop(entry.body["proposed"], None)
            kind = _void_kind({each.kind for each in entries})
            had = _codes(tx, campaign.id, sorted(_drawn(tx, campaign.id)))
            yield _about(campaign, kind, entry, entry.body["reason"], had)
    for entry in said.values():
        yield Deviation(campaign.id, DeviationKind.VOID_PROPOSED, entry, entry.body["reason"])


def _void_kind(kinds: Collection[str]) -> DeviationKind:
    if LISTED in kinds:
        return DeviationKind.VOID_OF_LIST
    return DeviationKind.VOID_AFTER_DRAW if DRAWN in kinds else DeviationKind.VOID_BEFORE_BEACON


def _freeze(tx: Connection, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    frozen = next(entry for entry in entries if entry.kind in FIXING)
    if named := named_by(frozen):
        yield Deviation(campaign.id, DeviationKind.REPLACES, frozen, "、".join(named))
    for each in frozen.body.get("replaces", ()):
        about = log.about(tx, each["campaign"])
        rule = needs_witness(next(entry for entry in about if entry.kind == FROZEN), about)
        if rule is not None and each["witnessed"] is None:
            yield Deviation(campaign.id, DeviationKind.VOID_UNWITNESSED, frozen, each["campaign"])
    if witness_rule(frozen) is None:
        yield Deviation(campaign.id, DeviationKind.NO_WITNESSES, frozen)
    for each in deviations_of(campaign.plan):
        yield Deviation(campaign.id, DeviationKind(each.departure), frozen, each.reason)


def _beacons(tx: Connection, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    naming: Entry | None = None
    for entry in entries:
        if entry.kind in (*FIXING, REOPENED, REPLACED):
            naming = entry
        if "output" not in entry.body or naming is None:
            continue
        named = parse_beacon(naming.body["beacon"])
        decided = deciding_beacon(named, entry.body["beacon"])
        if decided is not named:
            yield Deviation(campaign.id, DeviationKind.FALLBACK_USED, entry, f"{named.kind} → {decided.kind}")
        if isinstance(decided, Local):
            yield Deviation(campaign.id, DeviationKind.LOCAL_BEACON, entry)


def _changes(tx: Connection, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    for entry in entries:
        if entry.kind == REPLACED:
            rows = _rows(tx, replacement, entry.documents["replacement"])
            for row in rows:
                codes = _codes(tx, campaign.id, [row.position, row.reserve])
                reason = f"{row.cause}: {row.explanation}"
                yield _about(campaign, DeviationKind.REPLACEMENT, entry, reason, codes)
            if not rows:
                yield Deviation(campaign.id, DeviationKind.REPLACEMENT, entry)
        if entry.kind == REOPENED:
            rows = _rows(tx, reopening, entry.documents["reopening"])
            reason = f"{rows[0].inspector}: {rows[0].cause}" if rows else ""
            codes = _codes(tx, campaign.id, [row.position for row in rows])
            yield _about(campaign, DeviationKind.REMATCH, entry, reason, codes)


def _undrawn(now: datetime, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    """Tell of a frame that lies there though its beacon has come: who froze it may know the draw, and dislike it."""
    if campaign.state == "frozen":
        frozen = next(entry for entry in entries if entry.kind == FROZEN)
        if now > _decided_by(parse_beacon(frozen.body["beacon"])) + TIME_TO_DRAW:
            yield Deviation(campaign.id, DeviationKind.UNDRAWN, frozen)


def _decided_by(beacon: Beacon) -> datetime:
    """Return when a beacon has decided, or the last of its fallbacks."""
    *_, last = with_fallbacks(beacon)
    return last.known_from if isinstance(last, Sources) else last.not_before


def _overdue(tx: Connection, now: datetime, campaign: Campaign, entries: Sequence[Entry]) -> Iterator[Deviation]:
    last = next((entry for entry in entries if entry.kind == CLOSED), entries[-1])
    positions = overdue_positions(tx, now, campaign)
    if positions:
        codes = _codes(tx, campaign.id, positions)
        yield Deviation(campaign.id, DeviationKind.OVERDUE, last, "", tuple(positions), tuple(codes.values()))


def _about(campaign: Campaign, kind: DeviationKind, entry: Entry, reason: str, codes: Mapping[int, str]) -> Deviation:
    return Deviation(campaign.id, kind, entry, reason, tuple(codes), tuple(codes.values()))


def _rows(tx: Connection, table: Table, commitment: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the rows that a document of an entry binds; none once it has expired."""
    query = select(table).join(document, document.c.id == table.c.document)
    return tx.execute(query.where(document.c.commitment == commitment).order_by(table.c.line)).all()


def _drawn(tx: Connection, identifier: str) -> set[int]:
    return set(tx.execute(select(drawn.c.position).where(drawn.c.campaign == identifier)).scalars())


def _codes(tx: Connection, identifier: str, positions: Sequence[int]) -> dict[int, str]:
    """Return the codes of chosen positions, in the order of the positions."""
    query = select(slot.c.position, slot.c.enterprise).where(slot.c.campaign == identifier, chosen())
    known = {row[0]: str(row[1]) for row in tx.execute(query)}
    return {position: known[position] for position in positions if position in known}
