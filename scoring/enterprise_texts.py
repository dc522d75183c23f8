"""What enterprises are searched by, kept in the table `enterprise_text`: name, former names and address.

The audit compares it with the tables that it repeats.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, exists, select

from ledger.audit import Fault
from ledger.bulk import insert_rows
from ledger.full_text import stored
from scoring.tables import enterprise, enterprise_text, former_name

COLUMNS = (enterprise_text.c.enterprise, enterprise_text.c.text, enterprise_text.c.grams)


def add(tx: Connection, rows: Iterable[tuple[str, str, str]]) -> None:
    """Put down enterprises that are new, each by code, name and address."""
    insert_rows(tx, enterprise_text, COLUMNS, [(code, *stored((name, address))) for code, name, address in rows])


def renew(tx: Connection, codes: Sequence[str]) -> None:
    """Put some codes down anew, as far as they are in the register, by what it says now."""
    tx.execute(enterprise_text.delete().where(enterprise_text.c.enterprise.in_(codes)))
    insert_rows(tx, enterprise_text, COLUMNS, _expected(tx, codes))


def audit_texts(tx: Connection, at_once: int = 500) -> Iterator[Fault]:
    """Check that enterprises are found by what the register says of them (a check for `ledger.audit`)."""
    for codes in _all_codes(tx, at_once):
        query = select(*COLUMNS).where(enterprise_text.c.enterprise.in_(codes))
        found = {row.enterprise: tuple(row) for row in tx.execute(query)}
        for expected in _expected(tx, codes):
            code = expected[0]
            if code not in found:
                yield Fault("enterprise_text", f"enterprise={code}", "row_lost")
            elif found[code] != expected:
                yield Fault("enterprise_text", f"enterprise={code}", "row_changed")
    registered = exists(select(enterprise.c.code).where(enterprise.c.code == enterprise_text.c.enterprise))
    for code in tx.execute(select(enterprise_text.c.enterprise).where(~registered)).scalars():
        yield Fault("enterprise_text", f"enterprise={code}", "row_added")


def _expected(tx: Connection, codes: Sequence[str]) -> list[tuple[str, str, str]]:
    columns = select(enterprise.c.code, enterprise.c.name, enterprise.c.address)
    rows = tx.execute(columns.where(enterprise.c.code.in_(codes))).all()
    query = select(former_name.c.enterprise, former_name.c.name).where(former_name.c.enterprise.in_(codes))
    ordered = sorted(tuple(row) for row in tx.execute(query))
    former = {code: [name for _, name in some] for code, some in groupby(ordered, key=itemgetter(0))}
    return [(code, *stored((name, *former.get(code, ()), address))) for code, name, address in rows]


def _all_codes(tx: Connection, at_once: int) -> Iterator[Sequence[str]]:
    last = ""
    while (
        codes := tx.execute(
            select(enterprise.c.code).where(enterprise.c.code > last).order_by(enterprise.c.code).limit(at_once)
        )
        .scalars()
        .all()
    ):
        yield codes
        last = codes[-1]
