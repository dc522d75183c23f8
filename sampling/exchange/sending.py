"""What workers send to a platform and keep of its answers (D2–D4): all but the network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, tuple_

from ledger import log, outbox
from ledger.canonical import JSON
from ledger.deliveries import Delivery, Operation, Outcome, State
from ledger.errors import Conflict, Refusal
from sampling.exchange import platforms
from sampling.exchange.answers import idempotency_key, message
from sampling.exchange.platform import Platform
from sampling.exchange.rendering import Issued, cells, missing
from scoring.formats import INSPECTORS
from scoring.tables import enterprise, record


@dataclass(frozen=True)
class Letter:
    """A claimed delivery, and what is sent of it; None where it was delivered and is only asked about."""

    delivery: Delivery
    message: Mapping[str, JSON] | None
    key: str


def waiting(tx: Connection, now: datetime, day: date) -> list[Platform]:
    """Return the platforms that deliveries are pushed to and that have some to be sent now.

    None while the log is held: a bureau restored from a backup sends nothing before it goes on.
    """
    if log.is_held(tx):
        return []
    found = (each for each in platforms.in_force(tx, day) if each.push is not None)
    return [each for each in found if outbox.is_ready(tx, now, each.name)]


def claim(tx: Connection, now: datetime, worker: str, platform: Platform, origin: str, limit: int) -> list[Letter]:
    """Claim what is to be sent to a platform now; what lacks a required field is refused and not sent."""
    letters = []
    claimed = outbox.claim(tx, now, worker, platform.name, limit)
    contents = read_issued(tx, claimed)
    for each in claimed:
        issued = contents.get((each.reference, each.version))
        if each.state is State.DELIVERED:
            letters.append(Letter(each, None, ""))
        elif each.operation is Operation.WITHDRAW:
            letters.append(Letter(each, message(each, {}), idempotency_key(origin, each, {})))
        elif (refusal := unsendable(platform, each, issued)) is not None:
            outbox.settle(tx, now, worker, {each.number: Outcome(State.REFUSED, refusal=refusal)})
        else:
            assert issued is not None  # noqa: S101  - or it could not be sent
            told = message(each, cells(platform, issued))
            letters.append(Letter(each, told, idempotency_key(origin, each, _content(issued))))
    return letters


def unsendable(platform: Platform, delivery: Delivery, issued: Issued | None) -> Refusal | None:
    """Return why a delivery cannot be sent as it is: its content is gone, it has no template, or lacks a field."""
    if issued is None:
        return Conflict("delivery_content_gone")
    if issued.kind not in platform.templates:
        return Conflict("delivery_without_template", kind=issued.kind)
    if lacking := missing(platform, issued, cells(platform, issued)):
        return Conflict("delivery_field_missing", columns=lacking)
    return None


def read_issued(tx: Connection, deliveries: Sequence[Delivery]) -> dict[tuple[str, int], Issued]:
    """Return what deliveries are about by reference and version, of what has not expired."""
    keys = {(each.reference, each.version) for each in deliveries if each.operation is Operation.DELIVER}
    if not keys:
        return {}
    query = (
        select(record, enterprise.c.name)
        .outerjoin(enterprise, enterprise.c.code == record.c.enterprise)
        .where(tuple_(record.c.identity, record.c.version).in_(sorted(keys)))
    )
    return {
        (row.identity, row.version): Issued(
            row.kind,
            row.identity,
            row.version,
            row.enterprise,
            row.name or "",
            row.date.isoformat() if row.date else "",
            row.body,
            row.number,
            {name: value for name, value in row.content.items() if name != INSPECTORS},
        )
        for row in tx.execute(query)
    }


def _content(issued: Issued) -> JSON:
    """Return what the record itself says: another template makes no other delivery of it."""
    return [issued.kind, issued.enterprise, issued.date, issued.body, issued.number, dict(issued.values)]
