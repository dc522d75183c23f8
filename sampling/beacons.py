"""Beacons: the randomness that is named when a frame is frozen and known only after. Each yields 32 bytes.

- `ceremony`: two or more named parties commit to 32 random bytes each before the freeze and reveal them after it.
  A party's commitment is SHA-256("qian/ceremony/v1" ‖ salt ‖ UTF-8 name ‖ 00 ‖ value). It need not be trusted as long
  as one party was honest. A party that has not revealed by the deadline hands the decision to the fallback, alone.
- `local`: 32 bytes of the operating system. To be trusted.

A specification stands as JSON in the public frozen entry; `sampling.beacon_evidence` has what comes after:

    {"kind": "ceremony", "parties": [{"name": …, "commitment": hex}, …], "not_before": instant, "deadline": instant,
     "fallback": {"kind": "local", "not_before": instant}}
    {"kind": "local", "not_before": instant}
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.commitments import commit
from ledger.errors import Invalid
from sampling.json_shapes import hash_bytes, instant, items, members, text, wrong_shape

CEREMONY_TAG = "qian/ceremony/v1"
VALUE_BYTES = 32
LEAST_ENTROPY_BITS = 32
LEAST_PARTIES = 2


@dataclass(frozen=True)
class Local:
    """The operating system's randomness, taken at `not_before` or later."""

    not_before: datetime

    kind: ClassVar[str] = "local"
    entropy_bits: ClassVar[int] = 256
    to_be_trusted: ClassVar[bool] = True

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        return {"kind": self.kind, "not_before": instant_text(self.not_before)}


@dataclass(frozen=True)
class Party:
    """A party of a ceremony and what it is bound to."""

    name: str
    commitment: bytes


@dataclass(frozen=True)
class Ceremony:
    """Parties that reveal from `not_before` to `deadline`; if one of them does not, the fallback decides alone."""

    parties: tuple[Party, ...]
    not_before: datetime
    deadline: datetime
    fallback: Local

    kind: ClassVar[str] = "ceremony"
    entropy_bits: ClassVar[int] = 256
    to_be_trusted: ClassVar[bool] = False

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        return {
            "kind": self.kind,
            "parties": [{"name": party.name, "commitment": party.commitment.hex()} for party in self.parties],
            "not_before": instant_text(self.not_before),
            "deadline": instant_text(self.deadline),
            "fallback": self.fallback.to_json(),
        }


Beacon: TypeAlias = Ceremony | Local


def parse_beacon(value: JSON) -> Beacon:
    """Return the beacon that a specification describes.

    Raises Invalid: json_wrong_shape, beacon_kind_unknown, too_few_parties, duplicate_party, beacon_times_out_of_order,
    beacon_entropy_too_low.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == Ceremony.kind:
        beacon: Beacon = _parse_ceremony(value)
    elif kind == Local.kind:
        beacon = _parse_local(value, "beacon")
    else:
        raise Invalid("beacon_kind_unknown", field="beacon.kind", kinds=f"{Ceremony.kind}, {Local.kind}")
    require_entropy(beacon.entropy_bits)
    return beacon


def require_entropy(bits: int) -> None:
    """Refuse a beacon that is the only source and has fewer than 2^32 equally likely outcomes."""
    if bits < LEAST_ENTROPY_BITS:
        raise Invalid("beacon_entropy_too_low", bits=bits, least=LEAST_ENTROPY_BITS)


def ceremony_commitment(name: str, salt: bytes, value: bytes) -> bytes:
    """Return the commitment of a party to its value; salt and value have 32 bytes, the name no control character."""
    if len(value) != VALUE_BYTES:
        raise ValueError(f"a party's value has {VALUE_BYTES} bytes")
    return commit(CEREMONY_TAG, salt, text(name, "name").encode() + b"\x00" + value)


def check_kind(value: JSON, kind: str, path: str) -> None:
    """Refuse another kind than the one that belongs at this path."""
    if value != kind:
        raise wrong_shape(path, kind)


def _parse_local(value: JSON, path: str) -> Local:
    given = members(value, path, "kind", "not_before")
    check_kind(given["kind"], Local.kind, f"{path}.kind")
    return Local(instant(given["not_before"], f"{path}.not_before"))


def _parse_ceremony(value: JSON) -> Ceremony:
    given = members(value, "beacon", "kind", "parties", "not_before", "deadline", "fallback")
    parties = tuple(
        _parse_party(each, f"beacon.parties[{index}]")
        for index, each in enumerate(items(given["parties"], "beacon.parties"))
    )
    if len(parties) < LEAST_PARTIES:
        raise Invalid("too_few_parties", field="beacon.parties", least=LEAST_PARTIES)
    if len({party.name for party in parties}) < len(parties):
        raise Invalid("duplicate_party", field="beacon.parties")
    not_before = instant(given["not_before"], "beacon.not_before")
    deadline = instant(given["deadline"], "beacon.deadline")
    fallback = _parse_local(given["fallback"], "beacon.fallback")
    if not not_before < deadline <= fallback.not_before:
        raise Invalid("beacon_times_out_of_order", field="beacon")
    return Ceremony(parties, not_before, deadline, fallback)


def _parse_party(value: JSON, path: str) -> Party:
    given = members(value, path, "name", "commitment")
    return Party(text(given["name"], f"{path}.name"), hash_bytes(given["commitment"], f"{path}.commitment"))
