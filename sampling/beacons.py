"""Beacons: the randomness that is named when a frame is frozen and known only after. Each yields 32 bytes.

- `drand`: a round of a network whose threshold signature nobody can foresee or choose, and anybody can verify.
- `sources`: numbers that others publish at a moment known before, such as a lottery's issue (RFC 3797). Two persons
  enter them, and anybody can compare them with what was published.
- `ceremony`: two or more named parties commit to 32 random bytes each before the freeze and reveal them after it; where
  that is agreed, dice or lots are thrown after the last reveal before two named persons. It need not be trusted as long
  as one of them was honest. Where a party withholds its value, or the throw does not come in time, the fallback, which
  falls later, decides alone.
- `local`: 32 bytes of the operating system. To be trusted.

A specification stands as JSON in the public frozen entry (`sampling.beacon_reader`); `sampling.beacon_evidence` has
what comes after.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, TypeAlias

from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.commitments import commit
from sampling.canonical_numbers import Numbers, canonical_or_refused
from sampling.json_shapes import text
from sampling.single_beacons import AT_ONCE, Drand, Fallback, Local, Source, Sources

__all__ = ["Beacon", "Ceremony", "Drand", "Fallback", "Local", "Party", "Source", "Sources", "Throw"]

CEREMONY_TAG = "qian/ceremony/v1"
VALUE_BYTES = 32


@dataclass(frozen=True)
class Party:
    """A party of a ceremony and what it is bound to."""

    name: str
    commitment: bytes

    def to_json(self) -> dict[str, JSON]:
        """Return the party as it stands in the frozen entry."""
        return {"name": self.name, "commitment": self.commitment.hex()}


@dataclass(frozen=True)
class Throw:
    """Dice of `of` faces, or lots of which there are `of`: `count` are thrown or drawn by a deadline.

    They fall after the last reveal `before` two persons, who are named as their tokens name them: one of them enters
    what fell, and the other one confirms it.
    """

    what: str
    count: int
    of: int
    before: tuple[str, str]
    deadline: datetime

    DICE: ClassVar[str] = "dice"
    LOTS: ClassVar[str] = "lots"

    @property
    def name(self) -> str:
        """What it is called beside its values."""
        return f"{self.count} {self.what}"

    def canonical(self, values: str) -> str:
        """Return what fell in canonical form: each die by itself, each lot once, in the order in which they fell.

        Raises Invalid("published_values_unusable").
        """
        numbers = Numbers(self.count, 1, self.of, distinct=self.what == self.LOTS, ordered=True)
        return canonical_or_refused((numbers,), values, self.name)

    def to_json(self) -> dict[str, JSON]:
        """Return the throw as it stands in the frozen entry."""
        return {
            "what": self.what,
            "count": self.count,
            "of": self.of,
            "before": list(self.before),
            "deadline": instant_text(self.deadline),
        }


@dataclass(frozen=True)
class Ceremony:
    """Parties that reveal from `not_before` to `deadline`, then the throw; else the fallback decides alone."""

    parties: tuple[Party, ...]
    not_before: datetime
    deadline: datetime
    throw: Throw | None
    fallback: Fallback

    kind: ClassVar[str] = "ceremony"
    entropy_bits: ClassVar[int] = 256
    least_margin: ClassVar[timedelta] = AT_ONCE

    @property
    def last_deadline(self) -> datetime:
        """When all that the ceremony is made of must have come."""
        return self.deadline if self.throw is None else self.throw.deadline

    def to_json(self) -> dict[str, JSON]:
        """Return the specification as it stands in the frozen entry."""
        specification: dict[str, JSON] = {
            "kind": self.kind,
            "parties": [party.to_json() for party in self.parties],
            "not_before": instant_text(self.not_before),
            "deadline": instant_text(self.deadline),
            "fallback": self.fallback.to_json(),
        }
        return specification if self.throw is None else {**specification, "throw": self.throw.to_json()}


Beacon: TypeAlias = Ceremony | Fallback


def ceremony_commitment(name: str, salt: bytes, value: bytes) -> bytes:
    """Return the commitment of a party to its value; salt and value have 32 bytes, the name no control character."""
    if len(value) != VALUE_BYTES:
        raise ValueError(f"a party's value has {VALUE_BYTES} bytes")
    return commit(CEREMONY_TAG, salt, text(name, "name").encode() + b"\x00" + value)
