"""A beacon's evidence: what was revealed or taken, checked and turned to the beacon's output.

It stands as JSON in the public drawn entry:

    {"kind": "ceremony", "reveals": [{"name": …, "salt": hex, "value": hex, "at": instant}, …], "fallback": null}
    {"kind": "local", "value": hex}

A ceremony's output is SHA-256("qian/beacon/ceremony/v1" ‖ the parties' values in the order of the specification); that
of a local beacon is SHA-256("qian/beacon/local/v1" ‖ value). In a ceremony's evidence `at` is when the reveal was
handed in, and `fallback` is the fallback's evidence where it decides. A reveal counts from `not_before` to `deadline`,
both included. Only entries of their own for the reveals, as they come in, show that none was left out.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from sampling.beacons import Beacon, Ceremony, Local, ceremony_commitment, check_kind
from sampling.json_shapes import hash_bytes, instant, items, members, text

CEREMONY_OUTPUT_TAG = b"qian/beacon/ceremony/v1"
LOCAL_OUTPUT_TAG = b"qian/beacon/local/v1"


@dataclass(frozen=True)
class Reveal:
    """What a party handed in at an instant: the salt and the value of its commitment, 32 bytes each."""

    name: str
    salt: bytes
    value: bytes
    at: datetime

    def to_json(self) -> dict[str, JSON]:
        """Return the reveal as it stands in the evidence."""
        return {"name": self.name, "salt": self.salt.hex(), "value": self.value.hex(), "at": instant_text(self.at)}


def check_reveal(ceremony: Ceremony, reveal: Reveal) -> None:
    """Check one reveal when it is handed in.

    Raises Invalid("party_unknown"), Conflict("reveal_out_of_time") or Invalid("reveal_opens_nothing") with its name.
    """
    commitments = {party.name: party.commitment for party in ceremony.parties}
    if reveal.name not in commitments:
        raise Invalid("party_unknown", party=reveal.name)
    if not ceremony.not_before <= reveal.at <= ceremony.deadline:
        raise Conflict(
            "reveal_out_of_time",
            party=reveal.name,
            not_before=instant_text(ceremony.not_before),
            deadline=instant_text(ceremony.deadline),
        )
    if ceremony_commitment(reveal.name, reveal.salt, reveal.value) != commitments[reveal.name]:
        raise Invalid("reveal_opens_nothing", party=reveal.name)


def missing_parties(ceremony: Ceremony, revealed: Sequence[Reveal]) -> list[str]:
    """Return the names of the parties that have not revealed, in their order."""
    names = {reveal.name for reveal in revealed}
    return [party.name for party in ceremony.parties if party.name not in names]


def local_evidence(value: bytes) -> dict[str, JSON]:
    """Return the evidence of a local beacon from its 32 bytes."""
    return {"kind": Local.kind, "value": value.hex()}


def ceremony_evidence(ceremony: Ceremony, reveals: Sequence[Reveal], fallback_value: bytes | None) -> dict[str, JSON]:
    """Return a ceremony's evidence: its reveals in the parties' order, and the fallback's 32 bytes if it decides."""
    order = [party.name for party in ceremony.parties]
    return {
        "kind": Ceremony.kind,
        "reveals": [reveal.to_json() for reveal in sorted(reveals, key=lambda reveal: order.index(reveal.name))],
        "fallback": None if fallback_value is None else local_evidence(fallback_value),
    }


def deciding_beacon(beacon: Beacon, evidence: JSON) -> Beacon:
    """Return the beacon that decided by this evidence: the one named, or its fallback."""
    if isinstance(beacon, Ceremony) and isinstance(evidence, dict) and evidence.get("fallback") is not None:
        return beacon.fallback
    return beacon


def verify_evidence(beacon: Beacon, evidence: JSON, drawn_at: datetime) -> bytes:
    """Return the output, 32 bytes, that the evidence gives for a draw at an instant.

    Raises Invalid or Conflict: json_wrong_shape, beacon_too_early, the refusals of `check_reveal`, duplicate_reveal,
    reveals_missing (names the parties), fallback_not_due, fallback_evidence_missing.
    """
    if isinstance(beacon, Local):
        return _local_output(beacon, evidence, "evidence", drawn_at)
    given = members(evidence, "evidence", "kind", "reveals", "fallback")
    check_kind(given["kind"], beacon.kind, "evidence.kind")
    reveals = [
        _parse_reveal(each, f"evidence.reveals[{index}]")
        for index, each in enumerate(items(given["reveals"], "evidence.reveals"))
    ]
    for reveal in reveals:
        check_reveal(beacon, reveal)
        if reveal.at > drawn_at:
            raise Conflict("beacon_too_early", not_before=instant_text(reveal.at))
    if len({reveal.name for reveal in reveals}) < len(reveals):
        raise Invalid("duplicate_reveal", field="evidence.reveals")
    missing = missing_parties(beacon, reveals)
    if not missing:
        if given["fallback"] is not None:
            raise Conflict("fallback_not_due")
        values = {reveal.name: reveal.value for reveal in reveals}
        joined = b"".join(values[party.name] for party in beacon.parties)
        return hashlib.sha256(CEREMONY_OUTPUT_TAG + joined).digest()
    if drawn_at <= beacon.deadline:
        raise Conflict("reveals_missing", parties="、".join(missing), deadline=instant_text(beacon.deadline))
    if given["fallback"] is None:
        raise Conflict("fallback_evidence_missing", parties="、".join(missing))
    return _local_output(beacon.fallback, given["fallback"], "evidence.fallback", drawn_at)


def _local_output(beacon: Local, evidence: JSON, path: str, drawn_at: datetime) -> bytes:
    given = members(evidence, path, "kind", "value")
    check_kind(given["kind"], beacon.kind, f"{path}.kind")
    if drawn_at < beacon.not_before:
        raise Conflict("beacon_too_early", not_before=instant_text(beacon.not_before))
    return hashlib.sha256(LOCAL_OUTPUT_TAG + hash_bytes(given["value"], f"{path}.value")).digest()


def _parse_reveal(value: JSON, path: str) -> Reveal:
    given = members(value, path, "name", "salt", "value", "at")
    return Reveal(
        text(given["name"], f"{path}.name"),
        hash_bytes(given["salt"], f"{path}.salt"),
        hash_bytes(given["value"], f"{path}.value"),
        instant(given["at"], f"{path}.at"),
    )
