"""What shown findings are searched and ordered by, kept in the table `disclosure_text`: the enterprise's name, the day.

A finding that is shown no more has no row, so that nobody finds it; the audit compares the table with what is shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import Connection, String, func, select, type_coerce

from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.bulk import insert_rows
from ledger.full_text import forget_all, stored
from sampling.publication.tables import disclosure_text, disclosure_version, publication
from sampling.tables import disclosure

AT_ONCE = 500


def add(tx: Connection, shown: Iterable[tuple[int, date, str]]) -> None:
    """Put down findings as they are published, each by number, day of the visit and the enterprise's name."""
    rows = [(number, visited.isoformat(), *stored((name,))) for number, visited, name in shown]
    insert_rows(tx, disclosure_text, list(disclosure_text.columns), rows)


def corrected(tx: Connection, number: int, visited: date) -> None:
    """Put down on which day a corrected finding says that the visit was."""
    tx.execute(disclosure_text.update().where(disclosure_text.c.number == number).values(visited=visited))


def forget(tx: Connection, numbers: Sequence[int]) -> None:
    """Let findings be found no more."""
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        tx.execute(disclosure_text.delete().where(disclosure_text.c.number.in_(some)))
    if numbers:
        forget_all(tx, disclosure_text)


def audit_finding_texts(tx: Connection) -> Iterator[Fault]:
    """Check that what is shown is found by name and day, and nothing else is (a check for `ledger.audit`)."""
    mine = (disclosure_version.c.number == publication.c.number) & (
        disclosure_version.c.version == publication.c.version
    )
    visited = type_coerce(func.coalesce(disclosure_version.c.visited, disclosure.c.visited), String)
    shown = (
        select(disclosure.c.number, disclosure.c.name, visited)
        .join(publication, publication.c.number == disclosure.c.number)
        .outerjoin(disclosure_version, mine)
        .where(publication.c.state == "published")
    )
    found = {row.number: tuple(row) for row in tx.execute(select(*raw_columns(disclosure_text.columns)))}
    for number, name, day in tx.execute(shown.order_by(disclosure.c.number)):
        if number not in found:
            yield Fault("disclosure_text", f"number={number}", "row_lost")
        elif found.pop(number) != (number, day, *stored((name,))):
            yield Fault("disclosure_text", f"number={number}", "row_changed")
    for number in found:
        yield Fault("disclosure_text", f"number={number}", "row_added")
