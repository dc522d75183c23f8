"""What inspections found, as warnings look at them: all that were inspectable, with a design or without."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Text, func, select, type_coerce

from scoring.evaluation.visits import Visit
from scoring.fact_rows import is_newest
from scoring.tables import enterprise, former_code, record


def inspections(tx: Connection, since: date) -> list[Visit]:
    """Return the inspections of registered enterprises from a day on, by day and enterprise.

    One under a former code is of the present one. Where a record does not say whose matters it looked at, it has none.
    """
    query = newest_records("inspection", since).add_columns(type_coerce(record.c.content, Text))
    return list(_visits(tx, query))


def newest_records(kind: str, since: date) -> Select[Any]:
    """Select day, body, present code, sector and region of records of a kind from a day on, by day and enterprise.

    They are the newest versions that nothing revoked, of enterprises that are registered.
    """
    code = func.coalesce(former_code.c.enterprise, record.c.enterprise)
    return (
        select(record.c.date, record.c.body, enterprise.c.code, enterprise.c.sector, enterprise.c.region)
        .select_from(record)
        .outerjoin(former_code, former_code.c.code == record.c.enterprise)
        .join(enterprise, enterprise.c.code == code)
        .where(record.c.kind == kind, record.c.date >= since, record.c.revoked == 0, is_newest())
        .order_by(record.c.date, enterprise.c.code)
    )


def _visits(tx: Connection, query: Select[Any]) -> Iterator[Visit]:
    for day, body, code, sector, region, content in tx.execute(query):
        said = orjson.loads(content)
        visit = Visit(
            code,
            day,
            tuple(said["results"]),
            body,
            sector,
            region,
            tuple(said.get("matters", ())),
            tuple(said.get("violated", ())),
        )
        if visit.inspectable:
            yield visit
