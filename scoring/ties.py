"""Whom registrations and relations tie to enterprises, as they were told last."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from scoring import fact_rows
from scoring.drafts import REGISTRATION, RELATION
from scoring.tables import record


def newest_ties(tx: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield code and content of each registration and relation as it was told last, but for what is revoked.

    What is recorded under a former code is told of the present one, too; the former may still stand in a frame.
    """
    former = fact_rows.former_codes(tx)
    newest: dict[str, tuple[str, dict[str, Any], int]] = {}
    query = select(record.c.identity, record.c.enterprise, record.c.content, record.c.revoked)
    query = query.where(record.c.kind.in_((REGISTRATION, RELATION))).order_by(record.c.identity, record.c.version)
    for identity, code, content, revoked in tx.execute(query):
        newest[identity] = (code, content, revoked)
    for code, content, revoked in newest.values():
        if not revoked:
            yield from ((each, content) for each in {code, former.get(code, code)})
