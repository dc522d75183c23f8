"""The auditor's report: whatever in the bureau's campaigns was not the plain way from freeze to close.

Everything but the sealed facts of replacements and of what a void draw had drawn stands in the public log as well.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.errors import Missing
from ledger.tables import document, log_entry
from ledger.windows import ALL, Window, gathered_count
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
    MATCHED,
    REMATCHED,
    REOPENED,
    REPLACED,
    VOID_CONFIRMED,
    VOID_PROPOSED,
    VOIDED,
)
from sampling.fresh_beacons import with_fallbacks
from sampling.listings import FIXING
from sampling.overdue import is_late, overdue_of_each
from sampling.standing import chosen
from sampling.tables import campaign, drawn, reopening, replacement, slot
from sampling.tries import named_by, needs_witness
from sampling.witnessed import witness_rule

TIME_TO_DRAW = timedelta(days=1)
TOLD_BY = (
    *FIXING,
    *(DRAWN, MATCHED, REMATCHED, REOPENED, REPLACED),
    *(VOID_PROPOSED, VOID_CONFIRMED, VOIDED, CLOSED),
)
"""The entries that tell deviations; those of a campaign that goes on beyond its period are told by its last entry."""


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


def report(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str | None = None,
    kinds: Collection[DeviationKind] | None = None,
    window: Window = ALL,
) -> list[Deviation]:
    """Return the deviations of a campaign, or of all from the first freeze on, in the order of the log.

    All of them, or those of some kinds; a window of them. Raises Forbidden to all but auditors,
    Missing("campaign_missing").
    """
    entries, made = _told(tx, actor, now, identifier, kinds)
    return window.gathered(tx, entries, log_entry.c.seq, made, place_of)


def count(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str | None = None,
    kinds: Collection[DeviationKind] | None = None,
) -> int:
    """Return how many deviations there are of which `report` tells; whom they are about is not read."""
    entries, made = _told(tx, actor, now, identifier, kinds, named=False)
    return gathered_count(tx, entries.order_by(log_entry.c.subject), made)  # each campaign at once


def _told(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str | None,
    kinds: Collection[DeviationKind] | None,
    *,
    named: bool = True,
) -> tuple[Select[Any], Callable[[Sequence[Row[Any]]], Iterator[Deviation]]]:
    """Return the query of the entries that may tell deviations, and what makes these of its rows."""
    actor.require(Role.AUDITOR)
    fixed = select(campaign.c.id).where(campaign.c.state != "planned")
    if identifier is not None:
        if campaigns.read(tx, actor, identifier).state == "planned":
            raise Missing("campaign_entry_missing", campaign=identifier, kind=FROZEN)
        fixed = fixed.where(campaign.c.id == identifier)
    unclosed = tx.execute(fixed.where(campaign.c.state.in_(("drawn", "matched")))).scalars().all()
    late = [each.id for each in campaigns.several(tx, unclosed) if is_late(each, now)]
    entries = select(log_entry.c.seq, log_entry.c.subject).where(
        log_entry.c.kind.in_(TOLD_BY) & log_entry.c.subject.in_(fixed)
        | log_entry.c.seq.in_([each.seq for each in log.last_about(tx, late).values()])
    )

    def made(rows: Sequence[Row[Any]]) -> Iterator[Deviation]:
        mine = {row.seq for row in rows}
        for each in deviations(tx, now, campaigns.several(tx, {row.subject for row in rows}), named=named):
            if each.entry.seq in mine and (kinds is None or each.kind in kinds):
                yield each

    return entries, made


def place_of(found: Deviation) -> tuple[int, str, int]:
    """Return the key of a deviation in the list of all."""
    return found.entry.seq, found.kind.value, min(found.positions, default=-1)


class _Known:
    """What is read of several campaigns at once: their entries, what sealed entries say, whose positions are whose."""

    def __init__(self, tx: Connection, now: datetime, several: Sequence[Campaign], named: bool) -> None:
        self.entries = log.about_several(tx, [each.id for each in several], TOLD_BY)
        every = [entry for entries in self.entries.values() for entry in entries]
        self.replaced = log.about_several(tx, {named for entry in every for named in named_by(entry)}, TOLD_BY)
        self.replacements = _rows(tx, replacement, [each for each in every if each.kind == REPLACED], "replacement")
        self.reopenings = _rows(tx, reopening, [each for each in every if each.kind == REOPENED], "reopening")
        self.overdue = overdue_of_each(tx, now, several)
        self.last = log.last_about(tx, self.overdue.keys())
        telling = {entry.subject for entry in every if entry.kind in (VOID_CONFIRMED, REPLACED, REOPENED)}
        void = {entry.subject for entry in every if entry.kind == VOID_CONFIRMED}
        self._codes = _codes(tx, telling | self.overdue.keys()) if named else {}
        self._drawn = _drawn(tx, void) if named else {}

    def codes(self, identifier: str, positions: Iterable[int]) -> dict[int, str]:
        """Return the codes of chosen positions of a campaign, in the order of the positions."""
        known = self._codes.get(identifier, {})
        return {position: known[position] for position in positions if position in known}

    def had_drawn(self, identifier: str) -> dict[int, str]:
        """Return the codes of what a campaign had drawn, by position."""
        return self.codes(identifier, sorted(self._drawn.get(identifier, ())))


def deviations(
    tx: Connection, now: datetime, several: Sequence[Campaign], *, named: bool = True
) -> Iterator[Deviation]:
    """Give the deviations of campaigns that are frozen or listed, whoever asks; they are not public as a whole.

    Unless they are `named`, whom they are about is not read.
    """
    known = _Known(tx, now, several, named)
    for each in several:
        for rule in (_voids, _freeze, _beacons, _changes):
            yield from rule(known, each)
        yield from _undrawn(now, known, each)
        yield from _overdue(known, each)


def _voids(known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    entries = known.entries[campaign.id]
    said = {entry.seq: entry for entry in entries if entry.kind == VOID_PROPOSED}
    for entry in entries:
        if entry.kind == VOIDED:
            yield Deviation(campaign.id, DeviationKind.QUORUM_LATE, entry)
        if entry.kind == VOID_CONFIRMED:
            said.pop(entry.body["proposed"], None)
            kind = _void_kind({each.kind for each in entries})
            yield _about(campaign, kind, entry, entry.body["reason"], known.had_drawn(campaign.id))
    for entry in said.values():
        yield Deviation(campaign.id, DeviationKind.VOID_PROPOSED, entry, entry.body["reason"])


def _void_kind(kinds: Collection[str]) -> DeviationKind:
    if LISTED in kinds:
        return DeviationKind.VOID_OF_LIST
    return DeviationKind.VOID_AFTER_DRAW if DRAWN in kinds else DeviationKind.VOID_BEFORE_BEACON


def _freeze(known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    frozen = next(entry for entry in known.entries[campaign.id] if entry.kind in FIXING)
    if named := named_by(frozen):
        yield Deviation(campaign.id, DeviationKind.REPLACES, frozen, "、".join(named))
    for each in frozen.body.get("replaces", ()):
        about = known.replaced[each["campaign"]]
        rule = needs_witness(next(entry for entry in about if entry.kind == FROZEN), about)
        if rule is not None and each["witnessed"] is None:
            yield Deviation(campaign.id, DeviationKind.VOID_UNWITNESSED, frozen, each["campaign"])
    if witness_rule(frozen) is None:
        yield Deviation(campaign.id, DeviationKind.NO_WITNESSES, frozen)
    for departure in deviations_of(campaign.plan):
        yield Deviation(campaign.id, DeviationKind(departure.departure), frozen, departure.reason)


def _beacons(known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    naming: Entry | None = None
    for entry in known.entries[campaign.id]:
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


def _changes(known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    for entry in known.entries[campaign.id]:
        if entry.kind == REPLACED:
            rows = known.replacements.get(entry.seq, ())
            for row in rows:
                codes = known.codes(campaign.id, [row.position, row.reserve])
                reason = f"{row.cause}: {row.explanation}"
                yield _about(campaign, DeviationKind.REPLACEMENT, entry, reason, codes)
            if not rows:
                yield Deviation(campaign.id, DeviationKind.REPLACEMENT, entry)
        if entry.kind == REOPENED:
            rows = known.reopenings.get(entry.seq, ())
            reason = f"{rows[0].inspector}: {rows[0].cause}" if rows else ""
            codes = known.codes(campaign.id, [row.position for row in rows])
            yield _about(campaign, DeviationKind.REMATCH, entry, reason, codes)


def _undrawn(now: datetime, known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    """Tell of a frame that lies there though its beacon has come: who froze it may know the draw, and dislike it."""
    if campaign.state == "frozen":
        frozen = next(entry for entry in known.entries[campaign.id] if entry.kind == FROZEN)
        if now > _decided_by(parse_beacon(frozen.body["beacon"])) + TIME_TO_DRAW:
            yield Deviation(campaign.id, DeviationKind.UNDRAWN, frozen)


def _decided_by(beacon: Beacon) -> datetime:
    """Return when a beacon has decided, or the last of its fallbacks."""
    *_, last = with_fallbacks(beacon)
    return last.known_from if isinstance(last, Sources) else last.not_before


def _overdue(known: _Known, campaign: Campaign) -> Iterator[Deviation]:
    positions = known.overdue.get(campaign.id, [])
    if positions:
        closed = (entry for entry in known.entries[campaign.id] if entry.kind == CLOSED)
        told_by = next(closed, known.last[campaign.id])
        codes = known.codes(campaign.id, positions)
        yield Deviation(campaign.id, DeviationKind.OVERDUE, told_by, "", tuple(positions), tuple(codes.values()))


def _about(campaign: Campaign, kind: DeviationKind, entry: Entry, reason: str, codes: Mapping[int, str]) -> Deviation:
    return Deviation(campaign.id, kind, entry, reason, tuple(codes), tuple(codes.values()))


def _rows(tx: Connection, table: Table, entries: Sequence[Entry], name: str) -> dict[int, list[Row[Any]]]:
    """Return the rows that a document of each entry binds, by the entry's number; none once it has expired."""
    by_commitment = {entry.documents[name]: entry.seq for entry in entries}
    query = select(table, document.c.commitment).join(document, document.c.id == table.c.document)
    found = defaultdict[int, list[Row[Any]]](list)
    for row in tx.execute(query.where(document.c.commitment.in_(by_commitment)).order_by(table.c.line)):
        found[by_commitment[row.commitment]].append(row)
    return found


def _drawn(tx: Connection, identifiers: Collection[str]) -> dict[str, list[int]]:
    found = defaultdict[str, list[int]](list)
    for identifier, position in tx.execute(
        select(drawn.c.campaign, drawn.c.position).where(drawn.c.campaign.in_(identifiers))
    ):
        found[identifier].append(position)
    return found


def _codes(tx: Connection, identifiers: Collection[str]) -> dict[str, dict[int, str]]:
    """Return the codes of the chosen positions of campaigns."""
    query = select(slot.c.campaign, slot.c.position, slot.c.enterprise)
    found = defaultdict[str, dict[int, str]](dict)
    for identifier, position, code in tx.execute(query.where(slot.c.campaign.in_(identifiers), chosen())):
        found[identifier][position] = code
    return found
