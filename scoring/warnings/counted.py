"""The weekly series that surges are looked for in, and whose counts a surge has."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from scoring.evaluation.visits import Visit
from scoring.warnings.inspected import newest_records
from scoring.warnings.surges import WEEK, WEEKS, CellKey, Series, monday

PROBLEM = "problem"
OF_RECORDS = {"complaint": ("sector", "region"), "penalty": ("sector", "region", "body")}
"""What else is counted, and along which dimensions: a complaint is of no body."""


def counted(tx: Connection, visits: Sequence[Visit], today: date) -> dict[CellKey, Series]:
    """Return every series of whole weeks before a day: problems of so many visits, complaints, penalties."""
    until = monday(today)
    since = until - WEEKS * WEEK
    series: dict[CellKey, Series] = defaultdict(Series)
    for visit in visits:
        if since <= visit.day < until:
            for dimension, value, found in _cells(visit):
                key = CellKey(PROBLEM, dimension, value)
                if key not in series:
                    series[key] = Series(visits={})
                series[key].add(visit.day, int(found), 1)
    for measure, dimensions in OF_RECORDS.items():
        of = newest_records(measure, since).order_by(None).subquery()
        places = (of.c.date, of.c.sector, of.c.region, of.c.body)
        rows = tx.execute(select(*places, func.count()).where(of.c.date < until).group_by(*places))
        for day, sector, region, body, count in rows:
            values = {"sector": sector, "region": region, "body": body}
            for dimension in dimensions:
                series[CellKey(measure, dimension, values[dimension])].add(day, count)
    return dict(series)


def members_of(tx: Connection, key: CellKey, since: date, visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return the enterprises, by code, that a cell counted from a day on."""
    if key.measure == PROBLEM:
        cell = (key.dimension, key.value, True)
        return tuple(sorted({each.enterprise for each in visits if each.day >= since and cell in _cells(each)}))
    of = newest_records(key.measure, since).order_by(None).subquery()
    query = select(of.c.code).where(of.c[key.dimension] == key.value).distinct()
    return tuple(sorted(tx.execute(query).scalars()))


def _cells(visit: Visit) -> list[tuple[str, str, bool]]:
    """Return the cells that a visit is in, and whether it found a problem there."""
    found = visit.found()
    cells = [("sector", visit.sector, found), ("region", visit.region, found), ("body", visit.body, found)]
    return [*cells, *(("matter", matter, matter in visit.violated) for matter in visit.matters)]
