"""Cosignatures of witnesses in the database: stored as they come, and served with the checkpoint that a quorum made.

What is stored was verified; `audit_cosignatures` verifies it again.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger import log, note
from ledger.audit import Fault
from ledger.errors import Invalid, Missing
from ledger.note import Signature, Verifier
from ledger.notifications import Topic, notify
from ledger.policy import Policy
from ledger.tables import log_checkpoint, log_cosignature
from ledger.witness import cosignature_in

_AT_ONCE = 50


def store(tx: Connection, size: int, witness: Verifier, answer: str) -> Signature:
    """Store a witness's cosignature of the signed checkpoint of a size, and return it; the first one stays.

    Raises Invalid("cosignature_missing") where no line of the answer is that witness's valid cosignature.
    """
    found = cosignature_in(answer, _text(signed_note(tx, size)), witness)
    if found is None:
        raise Invalid("cosignature_missing", witness=witness.name, size=size)
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    row = {"size": size, "verifier": witness.vkey, "time": found.time, "line": found.line}
    tx.execute(insert(log_cosignature).values(row).on_conflict_do_nothing())
    notify(tx, Topic.LOG)
    return found


def of_size(tx: Connection, size: int, policy: Policy) -> list[Signature]:
    """Return the cosignatures by a policy's witnesses for a size, in the policy's order."""
    found = {row.verifier: row for row in tx.execute(select(log_cosignature).where(log_cosignature.c.size == size))}
    return [
        Signature(each.verifier, row.time, row.line)
        for each in policy.witnesses
        if (row := found.get(each.verifier.vkey)) is not None
    ]


def acknowledged(tx: Connection, witness: Verifier) -> int:
    """Return the largest size that a witness has cosigned, as far as is known here; 0 for none."""
    query = select(func.max(log_cosignature.c.size)).where(log_cosignature.c.verifier == witness.vkey)
    return tx.execute(query).scalar() or 0


def served_checkpoint(tx: Connection, policy: Policy | None) -> str:
    """Return the newest signed checkpoint that meets the policy, with its cosignatures; without one the newest.

    Raises Missing("checkpoint_missing") before the first.
    """
    if policy is None or not policy.needs_witnesses:
        return _with_cosignatures(tx, log.checkpoint(tx), policy)
    for size in _cosigned_sizes(tx, policy):
        signatures = of_size(tx, size, policy)
        if policy.is_met(policy.cosigners(signatures)):
            return cosigned_note(signed_note(tx, size), signatures)
    raise Missing("checkpoint_missing")


def uncosigned_checkpoint(tx: Connection, policy: Policy) -> str | None:
    """Return the newest signed checkpoint unless it meets the policy; None where nothing is signed yet, too."""
    size = tx.execute(select(func.max(log_checkpoint.c.size))).scalar()
    if size is None or policy.is_met(policy.cosigners(of_size(tx, size, policy))):
        return None
    return signed_note(tx, size)


def timely_checkpoint(tx: Connection, policy: Policy, seq: int, latest: int) -> str | None:
    """Return the smallest checkpoint that holds entry `seq` and that a quorum cosigned at `latest` or before.

    It comes with those cosignatures alone; `latest` is in Unix seconds.
    """
    query = select(log_cosignature.c.size).where(log_cosignature.c.size > seq, log_cosignature.c.time <= latest)
    for size in tx.execute(query.distinct().order_by(log_cosignature.c.size)).scalars().all():
        timely = [each for each in of_size(tx, size, policy) if each.time is not None and each.time <= latest]
        if policy.is_met(policy.cosigners(timely)):
            return cosigned_note(signed_note(tx, size), timely)
    return None


def signed_note(tx: Connection, size: int) -> str:
    """Return the note that the log signed of a size; raises Missing("checkpoint_missing")."""
    signed = tx.execute(select(log_checkpoint.c.note).where(log_checkpoint.c.size == size)).scalar_one_or_none()
    if signed is None:
        raise Missing("checkpoint_missing")
    return str(signed)


def cosigned_note(signed: str, signatures: Sequence[Signature]) -> str:
    """Return a signed note with further signature lines."""
    return signed + "".join(f"{each.line}\n" for each in signatures)


def audit_cosignatures(tx: Connection) -> Iterator[Fault]:
    """Check that every cosignature is its witness's, of the checkpoint of its size (a check for `ledger.audit`)."""
    rows = tx.execute(select(log_cosignature).order_by(log_cosignature.c.size, log_cosignature.c.verifier))
    for size, of_one in groupby(rows, key=lambda row: row.size):
        signed = tx.execute(select(log_checkpoint.c.note).where(log_checkpoint.c.size == size)).scalar_one_or_none()
        for row in of_one:
            if signed is None or not _is_sound(signed, row.verifier, row.time, row.line):
                yield Fault("log_cosignature", f"size={size} verifier={row.verifier}", "cosignature_bad")


def _is_sound(signed: str, vkey: str, time: int, line: str) -> bool:
    try:
        found = cosignature_in(line, _text(signed), Verifier.from_vkey(vkey))
    except note.NoteError:
        return False
    return found is not None and (found.time, found.line) == (time, line)


def _with_cosignatures(tx: Connection, signed: str, policy: Policy | None) -> str:
    if policy is None:
        return signed
    return cosigned_note(signed, of_size(tx, note.parse_checkpoint(_text(signed)).size, policy))


def _cosigned_sizes(tx: Connection, policy: Policy) -> Iterator[int]:
    """Yield the sizes that so many of the policy's witnesses cosigned as are a quorum at the least, newest first."""
    vkeys = [each.verifier.vkey for each in policy.witnesses]
    query = (
        select(log_cosignature.c.size)
        .where(log_cosignature.c.verifier.in_(vkeys))
        .group_by(log_cosignature.c.size)
        .having(func.count() >= policy.least_cosigners)
        .order_by(log_cosignature.c.size.desc())
        .limit(_AT_ONCE)
    )
    sizes = tx.execute(query).scalars().all()
    while sizes:
        yield from sizes
        sizes = tx.execute(query.where(log_cosignature.c.size < sizes[-1])).scalars().all()


def _text(signed: str) -> str:
    return signed.rpartition("\n\n")[0] + "\n"
