"""Licences that end soon and that nothing renews, found by the database alone."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from ledger.canonical import JSON
from ledger.json_columns import member
from scoring.fact_rows import is_newest
from scoring.formats import REGISTRATION_STATUSES
from scoring.tables import enterprise, former_code, record
from scoring.warnings.kinds import Candidate, Kind


def expiring_licences(tx: Connection, today: date, days: int) -> Iterator[Candidate]:
    """Give the licences of operating enterprises that end from a day on within so many days, by enterprise.

    One is left out where the enterprise has another of its category (许可类别) that ends later.
    """
    category, valid_to = (member(tx, record.c.content, name) for name in ("category", "valid_to"))
    code = func.coalesce(former_code.c.enterprise, record.c.enterprise)
    held = (
        select(
            enterprise.c.code,
            category.label("category"),
            valid_to.label("valid_to"),
            func.max(valid_to).over(partition_by=(enterprise.c.code, category)).label("latest"),
            record.c.identity,
        )
        .select_from(record)
        .outerjoin(former_code, former_code.c.code == record.c.enterprise)
        .join(enterprise, enterprise.c.code == code)
        .where(record.c.kind == "licence", record.c.revoked == 0, is_newest())
        .where(enterprise.c.status == REGISTRATION_STATUSES[0])
        .subquery()
    )
    ends = (today + timedelta(days=days)).isoformat()
    soon = (held.c.valid_to >= today.isoformat()) & (held.c.valid_to <= ends) & (held.c.valid_to == held.c.latest)
    query = select(held.c.code, held.c.category, held.c.valid_to, held.c.identity).where(soon)
    for row in tx.execute(query.order_by(held.c.code, held.c.identity)):
        evidence: dict[str, JSON] = {"record": row.identity, "category": row.category, "valid_to": row.valid_to}
        subject: dict[str, JSON] = {"enterprise": row.code}
        yield Candidate(Kind.LICENCE, subject, (row.identity,), (row.valid_to,), (row.code,), evidence)
