"""Expiry of documents: one person proposes, another confirms, and the log says so for ever.

A document that has expired leaves its id, kind and commitment, without content, salt and rows. The entry that bound it
stands, so the log and its proofs hold; what the commitment committed to can be shown by nobody any more.

Who proposed and confirmed, and why, is a document of its own, bound by the same entry. The database's triggers let go
only of what the log says has expired (`ledger.append_only`), so the entry comes first. A content that lies outside the
database is removed after the commit (`ledger.erasing`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.bindings import bound_tables
from ledger.calendar import civil_date, instant_text, parse_instant
from ledger.canonical import JSON
from ledger.entries import EXPIRED, Entry, parse_entry
from ledger.errors import Conflict, Forbidden, Invalid, Missing, Refusal
from ledger.log import NewEntry
from ledger.retention import Bound, Retention, years_after
from ledger.tables import content_erasure, document, expiry_proposal, log_entry
from ledger.windows import ALL, Window, gathered_count

LONGEST_REASON = 500
MOST_AT_ONCE = 1000


@dataclass(frozen=True)
class Proposal:
    """Who wants a document to expire, since when, and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Expiring:
    """A document on its way out: due, proposed or expired (`expired` is the entry that says so).

    `needed` says why it cannot go yet although its time is over.
    """

    bound: Bound
    due_on: date | None
    proposal: Proposal | None = None
    needed: Refusal | None = None
    expired: Entry | None = None

    @property
    def state(self) -> str:
        """Either "due", "proposed" or "expired"."""
        return "expired" if self.expired else "proposed" if self.proposal else "due"


def propose(
    tx: Connection, actor: Actor, now: datetime, retention: Retention, identifiers: Sequence[str], reason: str
) -> list[Expiring]:
    """Propose that documents expire; another administrator confirms it.

    Raises Missing("document_missing"); Conflict: document_expired, expiry_proposed, expiry_never, expiry_too_early, and
    why a document is still needed; Invalid: expiry_of_nothing, expiry_reason.
    """
    actor.require(Role.ADMINISTRATOR)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise Invalid("expiry_reason", field="reason", longest=LONGEST_REASON)
    log.lock(tx)
    proposed = []
    for bound in _each(tx, identifiers):
        if _proposal(tx, bound.id) is not None:
            raise Conflict("expiry_proposed", document=bound.id)
        _require_over(tx, now, retention, bound)
        values = {"document": bound.id, "proposed_by": actor.subject, "proposed_at": now, "reason": reason}
        tx.execute(expiry_proposal.insert().values(values))
        proposed.append(Expiring(bound, retention.due_on(bound), Proposal(actor.subject, now, reason)))
    return proposed


def withdraw(tx: Connection, actor: Actor, retention: Retention, identifiers: Sequence[str]) -> list[Expiring]:
    """Take proposals back, one's own or another's; raises Missing("expiry_not_proposed")."""
    actor.require(Role.ADMINISTRATOR)
    log.lock(tx)
    found = []
    for bound in _each(tx, identifiers):
        _required_proposal(tx, bound.id)
        tx.execute(expiry_proposal.delete().where(expiry_proposal.c.document == bound.id))
        found.append(Expiring(bound, retention.due_on(bound)))
    return found


def confirm(
    tx: Connection, actor: Actor, now: datetime, retention: Retention, identifiers: Sequence[str]
) -> list[Expiring]:
    """Let proposed documents expire, for good: all of them or none.

    Raises Forbidden("expiry_of_own_proposal"), Missing("expiry_not_proposed"), and what `propose` raises.
    """
    actor.require(Role.ADMINISTRATOR)
    now = log.moment(tx, now)
    gone = []
    for bound in _each(tx, identifiers):
        proposal = _required_proposal(tx, bound.id)
        if proposal.by == actor.subject:
            raise Forbidden("expiry_of_own_proposal", document=bound.id)
        _require_over(tx, now, retention, bound)
        gone.append(_expire(tx, actor, now, retention, bound, proposal))
    return gone


def expiring(
    tx: Connection,
    actor: Actor,
    now: datetime,
    retention: Retention,
    window: Window = ALL,
    state: str | None = None,
    kind: str | None = None,
) -> list[Expiring]:
    """Return the documents that may expire or have expired, in the order of the entries that bind them, and by id.

    All of them, or those in a state, or of a kind; a window of them. For administrators and auditors.
    """
    entries, made = _over(tx, actor, now, retention, state, kind)
    return window.gathered(tx, entries, log_entry.c.seq, made, place_of)


def count(
    tx: Connection,
    actor: Actor,
    now: datetime,
    retention: Retention,
    state: str | None = None,
    kind: str | None = None,
) -> int:
    """Return how many documents there are of which `expiring` tells."""
    return gathered_count(tx, *_over(tx, actor, now, retention, state, kind))


def _over(
    tx: Connection, actor: Actor, now: datetime, retention: Retention, state: str | None, kind: str | None
) -> tuple[Select[Any], Callable[[Sequence[Row[Any]]], Iterator[Expiring]]]:
    """Return the query of the entries that may bind such documents, and what makes these of its rows."""
    actor.require(Role.ADMINISTRATOR, Role.AUDITOR)
    today = civil_date(now)

    def made(rows: Sequence[Row[Any]]) -> Iterator[Expiring]:
        for each in _bound_by(tx, [parse_entry(row.data) for row in rows], retention):
            over = each.due_on is not None and each.due_on <= today
            if over and (not kind or each.bound.kind == kind) and (state is None or each.state == state):
                yield each

    cutoff = now - timedelta(days=365 * min(retention.years.values(), default=0) - 1)
    return select(log_entry.c.data).where(log_entry.c.time < cutoff), made


def place_of(found: Expiring) -> tuple[int, str]:
    """Return the key of a document in the list of those that expire."""
    return found.bound.entry.seq, found.bound.id


def _bound_by(tx: Connection, entries: Sequence[Entry], retention: Retention) -> Iterator[Expiring]:
    """Give the documents that entries bind and that expire in their time."""
    by_commitment = {commitment: entry for entry in entries for commitment in entry.documents.values()}
    columns = select(document.c.id, document.c.kind, document.c.commitment)
    columns = columns.where(document.c.kind.in_(retention.years), document.c.commitment.in_(by_commitment))
    found = [Bound(row.id, row.kind, row.commitment, by_commitment[row.commitment]) for row in tx.execute(columns)]
    own = [each.id for each in found]
    of_own = select(expiry_proposal).where(expiry_proposal.c.document.in_(own))
    proposals = {row.document: _as_proposal(row) for row in tx.execute(of_own)}
    said = select(log_entry.c.data).where(log_entry.c.kind == EXPIRED, log_entry.c.subject.in_(own))
    expired = {entry.subject: entry for entry in map(parse_entry, tx.execute(said).scalars())}
    for each in found:
        yield Expiring(each, retention.due_on(each), proposals.get(each.id), expired=expired.get(each.id))


def with_needs(tx: Connection, found: Sequence[Expiring], retention: Retention) -> list[Expiring]:
    """Return documents, each with the reason why it is still needed, if there is one."""
    return [with_need(tx, each, retention) for each in found]


def with_need(tx: Connection, found: Expiring, retention: Retention) -> Expiring:
    """Return a document with the reason why it is still needed, if there is one."""
    if found.expired is None:
        try:
            _require_needless(tx, retention, found.bound)
        except Conflict as needed:
            return Expiring(found.bound, found.due_on, found.proposal, needed)
    return found


def audit_expiries(tx: Connection) -> Iterator[Fault]:
    """Check that each document expired in its time and by two persons (a check for `ledger.audit`)."""
    entries = log.of_kind(tx, EXPIRED)
    binding = log.binding(tx, {entry.body["expired"]["commitment"] for entry in entries})
    for entry in entries:
        try:
            said = documents.opened(tx, entry.documents["expiry"]).value["content"]
        except Refusal:  # told as its own loss
            continue
        by_two = said["proposed"]["by"] != said["confirmed_by"]
        over = _was_over(entry, binding.get(entry.body["expired"]["commitment"]))
        if said["document"] != entry.subject or not by_two or not over:
            yield Fault("log_entry", f"seq={entry.seq}", "expiry_against_rules")


def _was_over(entry: Entry, bound_by: Entry | None) -> bool:
    if bound_by is None:
        return False
    over = years_after(civil_date(parse_instant(bound_by.time)), entry.body["expired"]["years"])
    return over <= civil_date(parse_instant(entry.time))


def _each(tx: Connection, identifiers: Sequence[str]) -> list[Bound]:
    if not 1 <= len(identifiers) <= MOST_AT_ONCE:
        raise Invalid("expiry_of_nothing", field="documents", most=MOST_AT_ONCE)
    rows = [_row(tx, identifier) for identifier in dict.fromkeys(identifiers)]
    entries = log.binding(tx, {row.commitment for row in rows})
    for row in rows:
        if row.commitment not in entries:
            raise Missing("document_missing", document=row.id)
    return [Bound(row.id, row.kind, row.commitment, entries[row.commitment]) for row in rows]


def _row(tx: Connection, identifier: str) -> Row[str, str, str, bytes]:
    columns = select(document.c.id, document.c.kind, document.c.commitment, document.c.salt)
    row = tx.execute(columns.where(document.c.id == identifier)).one_or_none()
    if row is None:
        raise Missing("document_missing", document=identifier)
    if row.salt == documents.NO_SALT:
        raise Conflict("document_expired", document=identifier)
    return row


def _require_over(tx: Connection, now: datetime, retention: Retention, bound: Bound) -> None:
    due_on = retention.due_on(bound)
    if due_on is None:
        raise Conflict("expiry_never", document=bound.id, kind=bound.kind)
    if due_on > civil_date(now):
        raise Conflict("expiry_too_early", document=bound.id, due=due_on)
    _require_needless(tx, retention, bound)


def _require_needless(tx: Connection, retention: Retention, bound: Bound) -> None:
    for check in retention.checks:
        check(tx, bound)


def _proposal(tx: Connection, identifier: str) -> Proposal | None:
    row = tx.execute(select(expiry_proposal).where(expiry_proposal.c.document == identifier)).one_or_none()
    return None if row is None else _as_proposal(row)


def _required_proposal(tx: Connection, identifier: str) -> Proposal:
    proposal = _proposal(tx, identifier)
    if proposal is None:
        raise Missing("expiry_not_proposed", document=identifier)
    return proposal


def _as_proposal(row: Row[*tuple[Any, ...]]) -> Proposal:
    return Proposal(row.proposed_by, row.proposed_at, row.reason)


def _expire(
    tx: Connection, actor: Actor, now: datetime, retention: Retention, bound: Bound, proposal: Proposal
) -> Expiring:
    sealed = documents.seal(
        tx,
        "expiry",
        {
            "document": bound.id,
            "proposed": {"by": proposal.by, "at": instant_text(proposal.at)},
            "confirmed_by": actor.subject,
            "reason": proposal.reason,
        },
    )
    told: dict[str, JSON] = {"commitment": bound.commitment, "kind": bound.kind, "years": retention.years[bound.kind]}
    (entry,) = log.append(tx, now, [NewEntry(EXPIRED, bound.id, {"expiry": sealed}, {"expired": told})])
    for forget in retention.forgets:
        forget(tx, bound)
    for table in bound_tables():
        tx.execute(table.delete().where(table.c.document == bound.id))
    mine = document.c.id == bound.id
    if tx.execute(select(document.c.content).where(mine)).scalar_one() == b"":  # the storage has it
        tx.execute(content_erasure.insert().values(document=bound.id))
    tx.execute(document.update().where(mine).values(salt=documents.NO_SALT, content=b""))
    tx.execute(expiry_proposal.delete().where(expiry_proposal.c.document == bound.id))
    return Expiring(bound, retention.due_on(bound), expired=entry)
