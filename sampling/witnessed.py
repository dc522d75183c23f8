"""The witnesses' part in a draw: a beacon counts only if a quorum of them saw the freeze well before it. Pure.

The frozen entry holds "witnesses", the text of a policy (`ledger.policy`), empty where there are none, and "margin", in
seconds. Under a policy that needs witnesses, a checkpoint that holds the frozen entry must have the cosignatures of a
quorum dated `not_before` of the beacon less the margin, or before. Until then nothing is revealed or drawn; a campaign
whose quorum comes later is void.

The drawn entry holds the evidence, null without such a policy: "witnessed": {"checkpoint": the signed note with those
cosignatures, "proof": [hex]}, the proof (RFC 9162, 2.1.3) that the frozen entry is in its tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Invalid
from ledger.policy import Policy, parse_policy
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon
from sampling.json_shapes import hash_bytes, items, members, wrong_shape


@dataclass(frozen=True)
class WitnessRule:
    """The policy of a frozen campaign, and the latest instant at which a cosignature counts."""

    policy: Policy
    latest: datetime

    @property
    def latest_unix(self) -> int:
        """`latest` in Unix seconds."""
        return int(self.latest.timestamp())


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint's signed note with its cosignatures, and the proof of the frozen entry in its tree."""

    checkpoint: str
    proof: Sequence[bytes]

    def to_json(self) -> dict[str, JSON]:
        """Return the evidence as it stands in the drawn entry."""
        return {"checkpoint": self.checkpoint, "proof": [each.hex() for each in self.proof]}


def witness_rule(frozen: Entry) -> WitnessRule | None:
    """Return the rule that a frozen entry states, None where it needs no witness; raises what `parse_policy` raises."""
    stated = frozen.body["witnesses"]
    policy = parse_policy(stated.encode()) if stated else None
    if policy is None or not policy.needs_witnesses:
        return None
    return WitnessRule(
        policy, parse_beacon(frozen.body["beacon"]).not_before - timedelta(seconds=frozen.body["margin"])
    )


def stated_margin(beacon: Beacon, now: datetime, witnesses: Policy | None, margin: timedelta) -> int:
    """Return by how many seconds a beacon lies ahead: of the latest cosignature that counts, else of now.

    Raises Invalid: beacon_in_the_past, beacon_too_near.
    """
    ahead, least = beacon.not_before - now, max(margin, beacon.least_margin)
    if ahead < timedelta(0):
        raise Invalid("beacon_in_the_past", field="beacon")
    is_witnessed = witnesses is not None and witnesses.needs_witnesses
    if ahead < (least if is_witnessed else beacon.least_margin):
        raise Invalid("beacon_too_near", field="beacon", margin=least // timedelta(seconds=1))
    return (least if is_witnessed else ahead) // timedelta(seconds=1)


def parse_witnessed(value: JSON) -> Witnessed:
    """Read the evidence; raises Invalid("json_wrong_shape")."""
    given = members(value, "witnessed", "checkpoint", "proof")
    checkpoint = given["checkpoint"]
    if not isinstance(checkpoint, str):
        raise wrong_shape("witnessed.checkpoint", "text")
    steps = items(given["proof"], "witnessed.proof")
    return Witnessed(checkpoint, [hash_bytes(step, f"witnessed.proof[{at}]") for at, step in enumerate(steps)])
