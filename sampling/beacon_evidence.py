"""A beacon's evidence: what was revealed, signed, published or taken, checked and turned to the beacon's output.

It stands as JSON in the public drawn entry:

    {"kind": "drand", "round": …, "signature": hex, "previous": hex or null}
    {"kind": "sources", "values": [canonical text, …], "fallback": null}
    {"kind": "ceremony", "reveals": [{"name": …, "salt": hex, "value": hex, "at": instant}, …],
     "fallback": null, "throw": null or {"values": canonical text, "at": instant}}
    {"kind": "local", "value": hex}

The output of a round is drand's own, SHA-256(signature); that of sources SHA-256("qian/beacon/sources/v1" ‖ the values
joined, which is RFC 3797's key string); that of a ceremony SHA-256("qian/beacon/ceremony/v1" ‖ the parties' values in
the order of the specification ‖ what fell); that of a local beacon SHA-256("qian/beacon/local/v1" ‖ value). In a
ceremony's evidence `at` is when it was handed in or confirmed; `fallback` is the fallback's evidence where it decides,
of sources there only where one was named; `throw` is there where one was agreed. A reveal counts from `not_before` to
`deadline`, both included. Only entries of their own, as things come in, show that nothing was left out
(`sampling.beacon_entries`).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from sampling.beacon_reader import check_kind
from sampling.beacons import Beacon, Ceremony, Drand, Fallback, Local, Source, Sources, Throw
from sampling.drand import Round, make_round
from sampling.json_shapes import hash_bytes, items, members, text, wrong_shape
from sampling.reveals import Fell, Reveal, missing_parties, parse_fell, parse_reveals

CEREMONY_OUTPUT_TAG = b"qian/beacon/ceremony/v1"
SOURCES_OUTPUT_TAG = b"qian/beacon/sources/v1"
LOCAL_OUTPUT_TAG = b"qian/beacon/local/v1"


def check_due(beacon: Fallback, now: datetime) -> None:
    """Refuse what comes before all of a beacon can be known; raises Conflict("beacon_too_early")."""
    if now < beacon.known_from:
        raise Conflict("beacon_too_early", not_before=instant_text(beacon.known_from))


def canonical_values(expected: Sequence[Source | Throw], values: Sequence[str]) -> list[str]:
    """Return each text of values in canonical form; raises Invalid: values_miscounted, published_values_unusable."""
    if len(values) != len(expected):
        names = [each.name for each in expected]
        raise Invalid("values_miscounted", field="values", given=len(values), needed=len(expected), names=names)
    return [each.canonical(text) for each, text in zip(expected, values, strict=True)]


def local_evidence(value: bytes) -> dict[str, JSON]:
    """Return the evidence of a local beacon from its 32 bytes."""
    return {"kind": Local.kind, "value": value.hex()}


def sources_evidence(sources: Sources, values: Sequence[str], fallback: dict[str, JSON] | None) -> dict[str, JSON]:
    """Return the evidence of sources: what they published, in order and canonical, or the fallback's if it decides."""
    evidence: dict[str, JSON] = {"kind": Sources.kind, "values": list(values)}
    return evidence if sources.deadline is None else {**evidence, "fallback": fallback}


def ceremony_evidence(
    ceremony: Ceremony, reveals: Sequence[Reveal], fell: Fell | None, fallback: dict[str, JSON] | None
) -> dict[str, JSON]:
    """Return a ceremony's evidence: its reveals in the parties' order, what fell, the fallback's if it decides."""
    order = [party.name for party in ceremony.parties]
    evidence: dict[str, JSON] = {
        "kind": Ceremony.kind,
        "reveals": [reveal.to_json() for reveal in sorted(reveals, key=lambda reveal: order.index(reveal.name))],
        "fallback": fallback,
    }
    return evidence if ceremony.throw is None else {**evidence, "throw": None if fell is None else fell.to_json()}


def deciding_beacon(beacon: Beacon, evidence: JSON) -> Beacon:
    """Return the beacon that decided by this evidence: the one named, or its fallback, or the fallback's own."""
    if not isinstance(beacon, Ceremony | Sources) or not isinstance(evidence, dict):
        return beacon
    told = evidence.get("fallback")
    return beacon if told is None or beacon.fallback is None else deciding_beacon(beacon.fallback, told)


def verify_evidence(beacon: Beacon, evidence: JSON, drawn_at: datetime) -> bytes:
    """Return the output, 32 bytes, that the evidence gives for a draw at an instant.

    Raises Invalid or Conflict: json_wrong_shape, beacon_too_early, round_of_another_number, round_not_signed,
    values_miscounted, published_values_unusable, the refusals of `check_reveal`, duplicate_reveal, reveals_missing
    (names the parties), throw_awaited, throw_out_of_time, fallback_not_due, fallback_evidence_missing.
    """
    if isinstance(beacon, Ceremony):
        return _ceremony_output(beacon, evidence, drawn_at)
    return _single_output(beacon, evidence, "evidence", drawn_at)


def _ceremony_output(ceremony: Ceremony, evidence: JSON, drawn_at: datetime) -> bytes:
    optional = () if ceremony.throw is None else ("throw",)
    given = members(evidence, "evidence", "kind", "reveals", "fallback", *optional)
    check_kind(given["kind"], ceremony.kind, "evidence.kind")
    reveals = parse_reveals(ceremony, given["reveals"], drawn_at)
    fell = None if ceremony.throw is None else parse_fell(ceremony.throw, given["throw"], drawn_at)
    missing = missing_parties(ceremony, reveals)
    if not missing and (ceremony.throw is None or fell is not None):
        if given["fallback"] is not None:
            raise Conflict("fallback_not_due")
        values = {reveal.name: reveal.value for reveal in reveals}
        joined = b"".join(values[party.name] for party in ceremony.parties)
        return hashlib.sha256(CEREMONY_OUTPUT_TAG + joined + (b"" if fell is None else fell.values.encode())).digest()
    if missing and drawn_at <= ceremony.deadline:
        raise Conflict("reveals_missing", parties=missing, deadline=instant_text(ceremony.deadline))
    if not missing and drawn_at <= ceremony.last_deadline:
        raise Conflict("throw_awaited", deadline=instant_text(ceremony.last_deadline))
    if given["fallback"] is None:
        raise Conflict("fallback_evidence_missing", parties=missing)
    return _single_output(ceremony.fallback, given["fallback"], "evidence.fallback", drawn_at)


def _single_output(beacon: Fallback, evidence: JSON, path: str, drawn_at: datetime) -> bytes:
    if isinstance(beacon, Sources):
        return _sources_output(beacon, evidence, path, drawn_at)
    check_due(beacon, drawn_at)
    if isinstance(beacon, Local):
        given = members(evidence, path, "kind", "value")
        check_kind(given["kind"], beacon.kind, f"{path}.kind")
        return hashlib.sha256(LOCAL_OUTPUT_TAG + hash_bytes(given["value"], f"{path}.value")).digest()
    given = members(evidence, path, "kind", "round", "signature", "previous")
    check_kind(given["kind"], beacon.kind, f"{path}.kind")
    signed = make_round(beacon.chain, given["round"], given["signature"], given["previous"], path)
    check_round(beacon, signed)
    return signed.randomness


def _sources_output(beacon: Sources, evidence: JSON, path: str, drawn_at: datetime) -> bytes:
    given = members(evidence, path, "kind", "values", *(() if beacon.deadline is None else ("fallback",)))
    check_kind(given["kind"], beacon.kind, f"{path}.kind")
    values = [text(each, f"{path}.values[{at}]") for at, each in enumerate(items(given["values"], f"{path}.values"))]
    if beacon.deadline is not None and beacon.fallback is not None and given["fallback"] is not None:
        if values or drawn_at <= beacon.deadline:
            raise Conflict("fallback_not_due")
        return _single_output(beacon.fallback, given["fallback"], f"{path}.fallback", drawn_at)
    check_due(beacon, drawn_at)
    if canonical_values(beacon.sources, values) != values:
        raise wrong_shape(f"{path}.values", "RFC 3797")
    return hashlib.sha256(SOURCES_OUTPUT_TAG + "".join(values).encode()).digest()


def check_round(beacon: Drand, signed: Round) -> None:
    """Check that a round is the one named and signed by its chain.

    Raises Invalid: round_of_another_number, round_not_signed.
    """
    if signed.number != beacon.round:
        raise Invalid("round_of_another_number", field="round", given=signed.number, named=beacon.round)
    beacon.chain.check(signed)
