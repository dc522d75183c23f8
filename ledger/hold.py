"""The hold on a log that was restored from a backup, and how it ends.

A backup is older than the log it was made of, which may have gone on: a restored log that appended would sign another
history than the one that outsiders have seen. So it is held (`log.append` and `log.sign_checkpoint` refuse) until
evidence shows that it is complete: mirrors and witnesses that know nothing more (`ledger.completeness`), or, where
there are none, the word of two administrators. The log goes on with an entry `log.restored` that says which it was.

What an outsider knows more, or otherwise, is remembered, and from then on neither anybody's word nor another outsider
ends the hold: the log is shown not to be complete.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Table, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from ledger.policy import Policy
from ledger.tables import log_cosignature, log_counterevidence, log_hold, log_statement

RESTORED: Final = "log.restored"
NEEDED_STATEMENTS: Final = 2


@dataclass(frozen=True)
class Hold:
    """A log that is held at `size` entries, of a backup that was made at `backup_of`; who said that it is complete."""

    size: int
    held_at: datetime
    backup_of: datetime
    stated_by: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """What shows that a held log is complete: what the entry says of it to everybody, and what is sealed beside it."""

    public: Mapping[str, JSON]
    sealed: Mapping[str, JSON]


def hold(tx: Connection, now: datetime, backup_of: datetime) -> None:
    """Hold the log at its present size, as the last step of restoring it."""
    row = {"size": log.size(tx), "held_at": now, "backup_of": backup_of}
    _insert_new(tx, log_hold, row)  # the backup may be one of a log that was held at this size


def seen(tx: Connection, actor: Actor) -> Hold | None:
    """Return the hold on the log to an officer."""
    actor.require_officer()
    return held(tx)


def held(tx: Connection) -> Hold | None:
    """Return the hold on the log, None where it goes on."""
    if not log.is_held(tx):
        return None
    row = tx.execute(select(log_hold).order_by(log_hold.c.size.desc()).limit(1)).one()
    by = select(log_statement.c.subject).where(log_statement.c.size == row.size).order_by(log_statement.c.subject)
    return Hold(row.size, row.held_at, row.backup_of, tuple(tx.execute(by).scalars()))


def require_held(tx: Connection) -> Hold:
    """Return the hold on the log; raises Conflict("log_not_held")."""
    found = held(tx)
    if found is None:
        raise Conflict("log_not_held")
    return found


def contradict(tx: Connection, actor: Actor, now: datetime, source: str, known: int, note: str = "") -> None:
    """Remember that a source knows entries of the held log, `known` in all, that it has not.

    `note` is the checkpoint of them that the log signed; a witness, named by its vkey, gives none. Raises
    Conflict("log_not_held").
    """
    actor.require(Role.ADMINISTRATOR)
    log.lock(tx)
    row = {"size": require_held(tx).size, "source": source, "known": known, "note": note, "time": now}
    _insert_new(tx, log_counterevidence, row)


def release(tx: Connection, actor: Actor, now: datetime, evidence: Sequence[Evidence]) -> Entry:
    """End the hold by evidence, in the log.

    Raises Conflict: log_not_held, log_contradicted where an outsider has shown that the log is not complete. What a
    witness said holds until it cosigns after all; what a log has signed holds for ever.
    """
    actor.require(Role.ADMINISTRATOR)
    log.lock(tx)
    found = require_held(tx)
    _refuse_contradicted(tx, found.size, [str(each.public["vkey"]) for each in evidence if "vkey" in each.public])
    sealed = documents.seal(
        tx, "restoration", {"by": actor.subject, "evidence": [dict(each.sealed) for each in evidence]}
    )
    body: dict[str, JSON] = {
        "size": found.size,
        "backup_of": instant_text(found.backup_of),
        "evidence": [dict(each.public) for each in evidence],
    }
    origin = log.read(tx, 0).subject
    return log.append_after_hold(tx, now, NewEntry(RESTORED, origin, {"restoration": sealed}, body))


def state_complete(tx: Connection, actor: Actor, now: datetime, reason: str, policy: Policy | None) -> Entry | None:
    """Say, as an administrator, that the held log is complete; the second one who does so ends the hold.

    Raises Invalid("reason_missing"); Conflict: log_not_held, log_statement_repeated, log_contradicted where an outsider
    has shown that it is not, and log_has_witnesses where the policy needs some or some have cosigned the log, who are
    to be asked instead.
    """
    actor.require(Role.ADMINISTRATOR)
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    log.lock(tx)
    found = require_held(tx)
    if (policy is not None and policy.needs_witnesses) or tx.execute(select(exists(log_cosignature.select()))).scalar():
        raise Conflict("log_has_witnesses")
    _refuse_contradicted(tx, found.size)
    if actor.subject in found.stated_by:
        raise Conflict("log_statement_repeated", subject=actor.subject)
    tx.execute(log_statement.insert().values(size=found.size, subject=actor.subject, time=now, reason=reason))
    stated = tx.execute(select(log_statement).where(log_statement.c.size == found.size).order_by(log_statement.c.time))
    evidence = [
        Evidence(
            {"kind": "statement"},
            {"kind": "statement", "by": row.subject, "at": instant_text(row.time), "reason": row.reason},
        )
        for row in stated
    ]
    return release(tx, actor, now, evidence) if len(evidence) >= NEEDED_STATEMENTS else None


def restorations(tx: Connection) -> list[Entry]:
    """Return the entries by which a restored log went on, in order."""
    return log.of_kind(tx, RESTORED)


def audit_holds(tx: Connection) -> Iterator[Fault]:
    """Check that no held log went on without saying so, and that every restoration was one (for `ledger.audit`)."""
    size = log.size(tx)
    restored = {entry.seq for entry in restorations(tx)}
    holds = set(tx.execute(select(log_hold.c.size)).scalars())
    for each in sorted(holds - restored):
        if each < size:
            yield Fault("log_hold", f"size={each}", "log_went_on_while_held")
    for seq in sorted(restored - holds):
        yield Fault("log_entry", f"seq={seq}", "hold_lost")
    signed = select(log_counterevidence.c.size).where(log_counterevidence.c.note != "").distinct()
    for each in sorted(restored & set(tx.execute(signed).scalars())):
        yield Fault("log_hold", f"size={each}", "log_went_on_though_contradicted")


def _refuse_contradicted(tx: Connection, size: int, cosigned: Collection[str] = ()) -> None:
    against = select(log_counterevidence).where(log_counterevidence.c.size == size)
    for row in tx.execute(against.order_by(log_counterevidence.c.time, log_counterevidence.c.source)):
        if row.note or row.source not in cosigned:
            told = {"source": row.source, "time": instant_text(row.time), "held": size, "known": row.known}
            raise Conflict("log_contradicted", **told)


def _insert_new(tx: Connection, table: Table, row: Mapping[str, object]) -> None:
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(table).values(row).on_conflict_do_nothing())
