"""The log as those who keep it going and those who check it see it: its keys, what is signed, and who cosigned it."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger import cosignatures, log, signed
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.key_rotation import log_keys
from ledger.policy import Policy, PolicyWitness
from ledger.rotation import SigningKey


@dataclass(frozen=True)
class HeldKey:
    """A key of the log: the entry that named it, and the one that handed over to the next, None while it signs."""

    key: SigningKey
    named_by: Entry
    ended_by: Entry | None


@dataclass(frozen=True)
class HeldWitness:
    """A witness of the policy, with the largest size that it cosigned and when (Unix seconds); 0 and None for none."""

    witness: PolicyWitness
    size: int
    time: int | None


@dataclass(frozen=True)
class Overview:
    """The keys in order, the current one last; the signed size with its last entry, None before the first checkpoint.

    `awaited` are the names of the witnesses that could still help the newest checkpoint to a quorum.
    """

    keys: tuple[HeldKey, ...]
    size: int
    last: Entry | None
    witnesses: tuple[HeldWitness, ...]
    awaited: tuple[str, ...]


def overview(tx: Connection, actor: Actor, policy: Policy | None) -> Overview:
    """Return how the log stands. Raises Forbidden to all but administrators and auditors, RotationError."""
    actor.require(Role.ADMINISTRATOR, Role.AUDITOR)
    size = signed.size(tx)
    witnesses, awaited = ((), ()) if policy is None else _witnesses(tx, policy, size)
    return Overview(_keys(tx), size, signed.entry(tx, size - 1) if size else None, witnesses, awaited)


def _keys(tx: Connection) -> tuple[HeldKey, ...]:
    keys = log_keys(tx)
    # The first key is named by the first entry; each later one signs from the second entry behind its rotation on.
    naming = [log.read(tx, 0 if number == 0 else key.since - 2) for number, key in enumerate(keys)]
    return tuple(HeldKey(*each) for each in zip(keys, naming, [*naming[1:], None], strict=True))


def _witnesses(tx: Connection, policy: Policy, size: int) -> tuple[tuple[HeldWitness, ...], tuple[str, ...]]:
    latest = cosignatures.of_size(tx, size, policy)
    found = []
    for each in policy.witnesses:
        acknowledged = cosignatures.acknowledged(tx, each.verifier)
        times = [mark.time for mark in cosignatures.of_size(tx, acknowledged, policy) if mark.verifier == each.verifier]
        found.append(HeldWitness(each, acknowledged, times[0] if times else None))
    return tuple(found), tuple(policy.awaited(policy.cosigners(latest)))
