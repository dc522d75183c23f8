"""One byte is flipped in each column of every bound table in turn, and the audit names the row."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, String

import sampling.tables
import scoring.tables
from ledger import documents, log
from ledger.audit import Fault, audit
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.database import Database
from ledger.log import NewEntry
from tests.ledger.test_audit import NOW, SIGNER, VERIFIER, change, damaged, flipped, rows, stored

BINDINGS = (*scoring.tables.BINDINGS, *sampling.tables.BINDINGS)


def value_of(column: Column[Any], line: int) -> object:
    match column.type:
        case Instant():
            return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=line)
        case CivilDate():
            return date(2026, 11, 20 + line)
        case CanonicalJSON():
            return {"line": line}
        case String():
            return f"p{line}"
        case LargeBinary():
            return b"p%d" % line
    return 100 + line


@pytest.fixture(autouse=True)
def bureau(database: Database) -> None:
    """A document that binds three rows of each table."""
    with database.write() as tx:
        bound = [
            (each, [{str(column.name): value_of(column, line) for column in each.columns[2:]} for line in range(3)])
            for each in BINDINGS
        ]
        log.append(tx, NOW, [NewEntry("test.kept", "a", {"all": documents.seal(tx, "all", {}, bound)})])
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)


def test_every_changed_row_is_named(database: Database) -> None:
    with database.read() as tx:
        assert audit(tx, VERIFIER, BINDINGS, []) == []
        kept = {each: rows(tx, each.table)[1] for each in BINDINGS}
    for bound, row in kept.items():
        for column in bound.table.columns:
            if column.name in ("document", "line"):
                continue
            with damaged(database) as tx:
                name = str(column.name)
                change(tx, bound.table, row, name, flipped(stored(tx, bound.table, row, name)))
                expected = [Fault(bound.name, f"document={row.document} line=1", "row_changed")]
                assert audit(tx, VERIFIER, BINDINGS, []) == expected, name


def test_every_lost_row_is_named(database: Database) -> None:
    for bound in BINDINGS:
        with damaged(database) as tx:
            row = rows(tx, bound.table)[1]
            tx.execute(bound.table.delete().where(bound.table.c.line == 1))
            expected = [Fault(bound.name, f"document={row.document} line=1", "row_lost")]
            assert audit(tx, VERIFIER, BINDINGS, []) == expected
