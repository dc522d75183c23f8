"""The checks of a campaign's beacon: named before, told by the log, and what it gave. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from ledger.calendar import parse_instant
from ledger.entries import Entry
from sampling.beacon_entries import SOURCES, THROW, deciding, evidence_of, told
from sampling.beacon_evidence import deciding_beacon, verify_evidence
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Ceremony, Drand, Sources
from sampling.bundle_format import Mismatch
from sampling.entry_kinds import CONFIRMED, ENTERED, REVEALED, SIGNED
from sampling.fresh_beacons import NAMING, check_fresh, with_fallbacks
from sampling.verified import Evidence

TRUSTED = {
    "local": "to be trusted: the bureau's own randomness",
    "drand": "signed by its chain, which is pinned",
    "sources": "published by others, to be compared with their publication",
    "ceremony": "of parties that were bound before",
}


def beacon(evidence: Evidence) -> str:
    """Check that the beacon was named before, and that its evidence gives the output that was used."""
    return check_named_beacon(evidence, evidence.frozen, evidence.decided)


def check_named_beacon(evidence: Evidence, naming: Entry, decided: Entry) -> str:
    """Check that an entry's beacon is one that an earlier entry named, and gives its output; return what it was."""
    if naming.seq >= decided.seq:
        raise Mismatch("the draw stands before the freeze")
    span = _Span(evidence, naming, decided)
    named = span.beacon
    _check_margin(span)
    for each in with_fallbacks(named):
        if isinstance(each, Drand) and each.chain not in evidence.chains:
            raise Mismatch(f"the chain {each.chain.hash.hex()} is none that is pinned")
    check_fresh(named, parse_instant(naming.time), (e for e in evidence.entries[: naming.seq] if e.kind in NAMING))
    before = _entries_before(span)
    _check_persons(span, before)
    stated = decided.body["beacon"]
    local = _local_value(stated)
    at = parse_instant(decided.time)
    if evidence_of(named, told(before), at, local) != stated:
        raise Mismatch("the draw's evidence is not what stands in the log before it")
    output = verify_evidence(named, stated, at)
    if output.hex() != decided.body["output"]:
        raise Mismatch("the beacon's evidence gives another output")
    by = deciding_beacon(named, stated)
    name = named.kind if by is named else f"{named.kind}, decided by its fallback {by.kind}"
    return f"beacon {name} ({TRUSTED[by.kind]}; {by.entropy_bits} bits), output {output.hex()}"


@dataclass(frozen=True)
class _Span:
    """From the entry that names a beacon, a freeze or a reopening, to the one that it decided."""

    evidence: Evidence
    naming: Entry
    decided: Entry

    @cached_property
    def beacon(self) -> Beacon:
        return parse_beacon(self.naming.body["beacon"])


def _check_margin(span: _Span) -> None:
    naming, named = span.naming, span.beacon
    lead = int((named.not_before - parse_instant(naming.time)).total_seconds())
    margin = naming.body["margin"]
    if not 0 <= margin <= lead or (margin != lead and not naming.body["witnesses"]):
        raise Mismatch("the beacon does not lie after the freeze by the stated margin")
    if timedelta(seconds=margin) < named.least_margin:
        raise Mismatch(f"a beacon {named.kind} that lies only {margin} s ahead may have been known")


def _entries_before(span: _Span) -> list[Entry]:
    """Return the campaign's entries between naming and deciding; before the freeze the beacon may give nothing."""
    evidence = span.evidence
    entries = [each for kind in (REVEALED, ENTERED, CONFIRMED, SIGNED) for each in evidence.of_kind(kind)]
    if any(each.seq < evidence.frozen.seq for each in entries):
        raise Mismatch("the beacon's entries do not stand between freeze and draw")
    between = (each for each in entries if span.naming.seq < each.seq < span.decided.seq)
    return sorted(between, key=lambda entry: entry.seq)


def _check_persons(span: _Span, entries: list[Entry]) -> None:
    """Check that values were entered in their time, and confirmed by another person who read the same."""
    for of in (THROW, SOURCES):
        entered = [each for each in entries if each.kind == ENTERED and each.body["of"] == of]
        confirmed = [each for each in entries if each.kind == CONFIRMED and each.body["of"] == of]
        for each in (*entered, *confirmed):
            _check_time(span, entries, each)
        if len(confirmed) > 1 or (confirmed and any(each.seq > confirmed[0].seq for each in entered)):
            raise Mismatch("values were entered or confirmed again after they were confirmed")
        if not confirmed:
            continue
        if not entered or entered[-1].body["values"] != confirmed[0].body["values"]:
            raise Mismatch("the values confirmed are not those that were entered")
        if not span.evidence.documents:  # the public sees commitments to them alone
            continue
        persons = [span.evidence.content(each, "by")["by"] for each in (entered[-1], confirmed[0])]
        if persons[0] == persons[1]:
            raise Mismatch("the values were entered and confirmed by the same person")
        if of == THROW and set(persons) != _named_persons(span.beacon):
            raise Mismatch("the throw was entered or confirmed by a person who was not named")


def _check_time(span: _Span, entries: list[Entry], entry: Entry) -> None:
    """Check that an entry of values stands where its beacon decides: dice after all reveals, numbers once published."""
    before = told(each for each in entries if each.seq < entry.seq)
    named, at = span.beacon, parse_instant(entry.time)
    decides = deciding(named, before, at)
    if entry.body["of"] == SOURCES:
        in_time = isinstance(decides, Sources) and decides.known_from <= at
        reason = "the values were entered before they could be published"
    else:
        revealed = {reveal.name for reveal in before.reveals}
        parties = {party.name for party in named.parties} if isinstance(named, Ceremony) else {""}
        in_time = decides is named and parties <= revealed
        reason = "what fell was entered before all parties had revealed, or too late"
    if not in_time:
        raise Mismatch(reason)


def _named_persons(named: Beacon) -> Collection[str]:
    return set(named.throw.before) if isinstance(named, Ceremony) and named.throw is not None else set()


def _local_value(evidence: Any) -> bytes:
    while evidence.get("fallback") is not None:
        evidence = evidence["fallback"]
    return bytes.fromhex(evidence["value"]) if evidence["kind"] == "local" else b""
