"""What the log's entries between freeze and draw say of a campaign's beacon. Pure.

| kind | fields |
| --- | --- |
| beacon.revealed | `party`, `salt`, `value`: what a party of a ceremony committed to |
| beacon.entered | `of` ("throw" or "sources"), `values`: what fell or was published, as one person reads it |
| beacon.confirmed | the same, as a second person reads it: equal to the newest `beacon.entered` before it |
| beacon.signed | `round`, `signature`, `previous`: a round of drand, verified when it was logged |
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.calendar import instant_text, parse_instant
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict
from sampling.beacon_evidence import ceremony_evidence, check_due, local_evidence, sources_evidence
from sampling.beacons import Beacon, Ceremony, Drand, Local, Source, Sources, Throw
from sampling.entry_kinds import CONFIRMED, ENTERED, REVEALED, SIGNED
from sampling.reveals import Fell, Reveal

KINDS = (REVEALED, ENTERED, CONFIRMED, SIGNED)
THROW = "throw"
SOURCES = "sources"


@dataclass(frozen=True)
class Told:
    """What has come of a beacon: reveals; the newest values entered and confirmed, by what they are of; the round."""

    reveals: tuple[Reveal, ...]
    entered: Mapping[str, Entry]
    confirmed: Mapping[str, Entry]
    signed: Entry | None

    @property
    def fell(self) -> Fell | None:
        """What fell in the throw, once it is confirmed."""
        entry = self.confirmed.get(THROW)
        return None if entry is None else Fell(entry.body["values"][0], parse_instant(entry.time))


def told(entries: Iterable[Entry]) -> Told:
    """Read a campaign's entries, in the order of the log."""
    by_kind: dict[str, list[Entry]] = {kind: [] for kind in KINDS}
    for entry in entries:
        if entry.kind in by_kind:
            by_kind[entry.kind].append(entry)
    return Told(
        tuple(reveal_of(entry) for entry in by_kind[REVEALED]),
        {entry.body["of"]: entry for entry in by_kind[ENTERED]},
        {entry.body["of"]: entry for entry in by_kind[CONFIRMED]},
        next(iter(by_kind[SIGNED]), None),
    )


def reveal_of(entry: Entry) -> Reveal:
    """Read an entry of kind `beacon.revealed`."""
    body = entry.body
    return Reveal(body["party"], bytes.fromhex(body["salt"]), bytes.fromhex(body["value"]), parse_instant(entry.time))


def deciding(beacon: Beacon, known: Told, now: datetime) -> Beacon:
    """Return what decides as things stand at an instant: the beacon, or the fallback of one that failed."""
    if isinstance(beacon, Sources):
        is_over = beacon.deadline is not None and now > beacon.deadline and SOURCES not in known.confirmed
        return beacon.fallback if is_over and beacon.fallback is not None else beacon
    if not isinstance(beacon, Ceremony):
        return beacon
    if len({reveal.name for reveal in known.reveals}) < len(beacon.parties):
        return deciding(beacon.fallback, known, now) if now > beacon.deadline else beacon
    if beacon.throw is not None and known.fell is None and now > beacon.throw.deadline:
        return deciding(beacon.fallback, known, now)
    return beacon


def entered_by_persons(beacon: Beacon) -> tuple[str, Sequence[Source | Throw]] | None:
    """Return what two persons enter of a beacon that decides: what the values are of, and what each of them is."""
    if isinstance(beacon, Sources):
        return SOURCES, beacon.sources
    if isinstance(beacon, Ceremony) and beacon.throw is not None:
        return THROW, (beacon.throw,)
    return None


def evidence_of(beacon: Beacon, known: Told, now: datetime, local: bytes) -> dict[str, JSON]:
    """Return the evidence that the log's entries give for a draw at an instant; `local` is for a local beacon.

    Raises Conflict: beacon_too_early, round_awaited, values_awaited.
    """
    if isinstance(beacon, Ceremony):
        failed = deciding(beacon, known, now) is not beacon
        fallback = evidence_of(beacon.fallback, known, now, local) if failed else None
        return ceremony_evidence(beacon, known.reveals, known.fell, fallback)
    decides = deciding(beacon, known, now)
    if isinstance(beacon, Sources) and decides is not beacon:
        return sources_evidence(beacon, (), evidence_of(decides, known, now, local))
    check_due(beacon, now)
    if isinstance(beacon, Local):
        return local_evidence(local)
    if isinstance(beacon, Drand):
        if known.signed is None:
            raise Conflict("round_awaited", round=beacon.round, due=instant_text(beacon.not_before))
        return {"kind": beacon.kind, **{name: known.signed.body[name] for name in ("round", "signature", "previous")}}
    if SOURCES not in known.confirmed:
        raise Conflict("values_awaited", names=[each.name for each in beacon.sources])
    return sources_evidence(beacon, known.confirmed[SOURCES].body["values"], None)
