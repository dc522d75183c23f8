"""What decides a matching that no draw came before: the beacon that the matching's entry, or its reopening, named."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.canonical import JSON
from ledger.entries import Entry
from sampling import announcing, witnessing
from sampling.beacon_entries import evidence_of
from sampling.beacon_evidence import verify_evidence
from sampling.beacon_reader import parse_beacon
from sampling.beacons import VALUE_BYTES
from sampling.draw import seed


@dataclass(frozen=True)
class Decided:
    """The seed, and what the entry that uses it tells of it: witnesses, evidence and output."""

    seed: bytes
    body: dict[str, JSON]


def decided(tx: Connection, now: datetime, naming: Entry) -> Decided:
    """Return what came of the beacon that an entry names; raises what the draw raises of its beacon."""
    identifier = naming.subject
    witnessed = witnessing.witnessed(tx, now, naming)
    beacon = parse_beacon(naming.body["beacon"])
    evidence = evidence_of(beacon, announcing.known(tx, identifier), now, secrets.token_bytes(VALUE_BYTES))
    output = verify_evidence(beacon, evidence, now)
    body: dict[str, JSON] = {
        "witnessed": None if witnessed is None else witnessed.to_json(),
        "beacon": evidence,
        "output": output.hex(),
    }
    return Decided(seed(naming.leaf_hash, output), body)
