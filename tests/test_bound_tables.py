"""One byte is flipped in each column of every bound table, and the audit names the row."""

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
    """One column of each table at a time, so that every table is named for its own row and for no other."""
    with database.read() as tx:
        assert audit(tx, VERIFIER, BINDINGS, []) == []
        kept = {each: rows(tx, each.table)[1] for each in BINDINGS}
    columns = {
        each: [str(column.name) for column in each.table.columns if column.name not in ("document", "line")]
        for each in BINDINGS
    }
    for turn in range(max(map(len, columns.values()))):
        with damaged(database) as tx:
            changed = {each: names[turn] for each, names in columns.items() if turn < len(names)}
            for bound, name in changed.items():
                change(tx, bound.table, kept[bound], name, flipped(stored(tx, bound.table, kept[bound], name)))
            found = audit(tx, VERIFIER, BINDINGS, [])
        expected = [Fault(each.name, f"document={kept[each].document} line=1", "row_changed") for each in changed]
        assert sorted(found, key=str) == sorted(expected, key=str), changed


def test_every_lost_row_is_named(database: Database) -> None:
    with damaged(database) as tx:
        document = rows(tx, BINDINGS[0].table)[1].document
        for bound in BINDINGS:
            tx.execute(bound.table.delete().where(bound.table.c.line == 1))
        found = audit(tx, VERIFIER, BINDINGS, [])
    expected = [Fault(bound.name, f"document={document} line=1", "row_lost") for bound in BINDINGS]
    assert sorted(found, key=str) == sorted(expected, key=str)
