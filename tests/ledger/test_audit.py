"""The audit: a sound database has no fault, and every damage is named."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Row, Table, Text, select, text

from ledger import audit as auditing
from ledger import documents, log, merkle, note, tree
from ledger.audit import Check, Fault
from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, CivilDate
from ledger.database import Database
from ledger.digests import document_commitment, row_digest
from ledger.entries import NO_PREVIOUS, make_entry
from ledger.errors import Missing
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier
from ledger.tables import document, log_checkpoint, log_entry, log_tile, public_file
from tests.conftest import on_sqlite
from tests.memory import peak_of

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)

VISIT = BoundTable(
    Table(
        "visit",
        MetaData(),
        *bound_columns(),
        Column("enterprise", Text),
        Column("number", Integer),
        Column("key", LargeBinary),
        Column("day", CivilDate),
        Column("results", CanonicalJSON),
    )
)
VISITS = [
    {"enterprise": f"企业{n}", "number": n, "key": b"key", "day": date(2026, 11, 23), "results": ["a"]}
    for n in range(4)
]


@pytest.fixture
def narrow_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles are four wide, so that a few entries fill two levels of them."""
    monkeypatch.setattr(tree, "TILE_HEIGHT", 2)
    monkeypatch.setattr(tree, "TILE_WIDTH", 4)


@pytest.fixture(autouse=True)
def bureau(database: Database, narrow_tiles: None) -> None:
    """Eighteen entries in four transactions, with documents, rows and a public file, each signed."""
    with database.write() as tx:
        VISIT.table.create(tx)
    for number in range(4):
        with database.write() as tx:
            sealed = documents.seal(tx, "visits", {"number": number}, [(VISIT, VISITS[:number])])
            body = {"list": {"file": documents.publish_file(tx, b"%d" % number)}}
            others = [NewEntry("test.noted", "a", body={"n": n}) for n in range(3 if number else 5)]
            log.append(tx, NOW, [NewEntry("visits.kept", "b", {"visits": sealed}, body), *others])
        with database.write() as tx:
            log.sign_checkpoint(tx, SIGNER)


class RollBack(Exception):
    pass


@contextmanager
def damaged(database: Database) -> Iterator[Connection]:
    """A transaction of somebody whom no trigger stops; it is rolled back."""
    with suppress(RollBack), database.write() as tx:
        if database.is_sqlite:
            triggers = tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for trigger in triggers:
                tx.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            tx.execute(text("SET LOCAL session_replication_role = 'replica'"))
        yield tx
        raise RollBack


def audit(tx: Connection, *checks: Check, verifier: Verifier = VERIFIER) -> list[tuple[str, str, str]]:
    faults = auditing.audit(tx, verifier, [VISIT], checks)
    return [(fault.table, fault.row, fault.code) for fault in faults]


def rows(tx: Connection, table: Table) -> list[Row[*tuple[Any, ...]]]:
    return list(tx.execute(select(table).order_by(*table.primary_key)))


def key(row: Row[*tuple[Any, ...]], table: Table) -> str:
    return " ".join(f"{column.name}={row._mapping[column.name]}" for column in table.primary_key)


def change(tx: Connection, table: Table, row: Row[*tuple[Any, ...]], column: str, value: object) -> None:
    """Overwrite one value, past all types of ours."""
    where = " AND ".join(f"{part.name} = :key_{part.name}" for part in table.primary_key)
    keys = {f"key_{part.name}": row._mapping[part.name] for part in table.primary_key}
    result = tx.execute(text(f"UPDATE {table.name} SET {column} = :value WHERE {where}"), {**keys, "value": value})
    assert result.rowcount == 1


def delete(tx: Connection, table: Table, row: Row[*tuple[Any, ...]]) -> None:
    where = [part == row._mapping[part.name] for part in table.primary_key]
    assert tx.execute(table.delete().where(*where)).rowcount == 1


def stored(tx: Connection, table: Table, row: Row[*tuple[Any, ...]], column: str) -> Any:
    where = [part == row._mapping[part.name] for part in table.primary_key]
    return tx.execute(select(text(column)).select_from(table).where(*where)).scalar_one()


def flipped(value: Any, place: int = 0) -> Any:
    """The same value with one bit of one byte flipped."""
    if isinstance(value, int):
        return value ^ 0b100
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    data[place] ^= 1
    return bytes(data) if isinstance(value, bytes) else data.decode()


def test_a_sound_database_has_no_fault(database: Database) -> None:
    with database.read() as tx:
        assert len(rows(tx, log_entry)) == 18
        assert len(rows(tx, log_tile)) == 5
        assert audit(tx) == []


def test_an_empty_log_is_sound(database: Database) -> None:
    with damaged(database) as tx:
        for table in (log_entry, log_tile, log_checkpoint, public_file, document, VISIT.table):
            tx.execute(table.delete())
        assert audit(tx) == []


class TestOneByte:
    """One byte is flipped in each column of each table in turn."""

    def expect(self, database: Database, table: Table, place: int, expected: dict[str, list[tuple[str, str]]]) -> None:
        """Flip one byte in each column of one row; expected are row and code of every fault in this table."""
        with database.read() as tx:
            row = rows(tx, table)[place]
        assert expected.keys() == {column.name for column in table.columns}
        for column, faults in expected.items():
            with damaged(database) as tx:
                change(tx, table, row, column, flipped(stored(tx, table, row, column)))
                found = [fault[1:] for fault in audit(tx) if fault[0] == table.name]
                assert sorted(found) == sorted(faults), column

    def seq(self, tx: Connection, named: str) -> int:
        """The entry that names a commitment or a file."""
        return next(entry.seq for entry in log.scan(tx) if named in entry.data.decode())

    def test_in_the_log(self, database: Database) -> None:
        differs = [("seq=17", "entry_differs_from_its_columns")]
        self.expect(
            database,
            log_entry,
            17,
            {
                "seq": [("seq=21", "entry_differs_from_its_columns")],
                "time": differs,
                "kind": differs,
                "subject": differs,
                "leaf_hash": differs,
                "data": [("seq=17", "entry_unreadable")],
            },
        )

    @on_sqlite  # what was read from a database is looked at alike
    def test_anywhere_in_an_entry(self, database: Database) -> None:
        with database.read() as tx:
            row = rows(tx, log_entry)[6]
        assert row.kind == "visits.kept"
        for place in range(len(row.data)):
            with damaged(database) as tx:
                change(tx, log_entry, row, "data", flipped(row.data, place))
                codes = {code for table, key, code in audit(tx) if (table, key) == ("log_entry", "seq=6")}
                assert codes & {"entry_unreadable", "entry_differs_from_its_columns"}, place

    def test_in_the_log_s_tiles(self, database: Database) -> None:
        changed = ("level=0 number=2", "tile_differs_from_entries")
        lost = ("level=0 number=2", "tile_lost")
        self.expect(
            database,
            log_tile,
            2,
            {
                "level": [("level=4 number=2", changed[1]), lost],
                "number": [("level=0 number=6", changed[1]), lost],
                "hashes": [changed],
                "root": [changed],
            },
        )

    def test_in_its_checkpoints(self, database: Database) -> None:
        self.expect(
            database,
            log_checkpoint,
            3,
            {
                "size": [("size=22", "checkpoint_differs_from_entries"), ("size=18", "checkpoint_lost")],
                "note": [("size=18", "checkpoint_unsigned")],
            },
        )

    @on_sqlite
    def test_anywhere_in_a_checkpoint(self, database: Database) -> None:
        with database.read() as tx:
            row = rows(tx, log_checkpoint)[2]
        for place in range(len(row.note.encode())):
            data = bytearray(row.note.encode())
            data[place] ^= 1
            with suppress(UnicodeDecodeError), damaged(database) as tx:
                change(tx, log_checkpoint, row, "note", data.decode())
                assert audit(tx) == [("log_checkpoint", "size=14", "checkpoint_unsigned")], place

    def test_in_a_public_file(self, database: Database) -> None:
        with database.read() as tx:
            row = rows(tx, public_file)[1]
            lost = (f"sha256={row.sha256} seq={self.seq(tx, row.sha256)}", "public_file_lost")
        self.expect(
            database,
            public_file,
            1,
            {
                "sha256": [(f"sha256={flipped(row.sha256)}", "public_file_changed"), lost],
                "content": [(f"sha256={row.sha256}", "public_file_changed")],
            },
        )

    def test_in_a_document(self, database: Database) -> None:
        with database.read() as tx:
            row = rows(tx, document)[2]
            lost = (f"commitment={row.commitment} seq={self.seq(tx, row.commitment)}", "document_lost")
        own = f"id={row.id}"
        self.expect(
            database,
            document,
            2,
            {
                "id": [(f"id={flipped(row.id)}", "document_changed")],
                "kind": [(own, "document_changed")],
                "commitment": [(own, "document_not_in_log"), lost],
                "salt": [(own, "document_changed")],
                "content": [(own, "document_changed")],
            },
        )

    def test_in_a_bound_row(self, database: Database) -> None:
        with database.read() as tx:
            row = next(row for row in rows(tx, VISIT.table) if row.number == 2)
            place = rows(tx, VISIT.table).index(row)
        own, moved = f"document={row.document} line=2", f"document={row.document} line=6"
        changed = [(own, "row_changed")]
        self.expect(
            database,
            VISIT.table,
            place,
            {
                "document": [(f"document={flipped(row.document)} line=2", "row_without_document"), (own, "row_lost")],
                "line": [(moved, "row_changed"), (own, "row_lost"), (moved, "row_added")],
                "digest": changed,
                "enterprise": changed,
                "number": changed,
                "key": changed,
                "day": changed,
                "results": changed,
            },
        )


class TestTheLog:
    def test_a_lost_entry_breaks_the_chain_at_the_next(self, database: Database) -> None:
        with damaged(database) as tx:
            delete(tx, log_entry, rows(tx, log_entry)[7])
            assert ("log_entry", "seq=8", "chain_broken") in (faults := audit(tx))
            assert [fault for fault in faults if fault[0] == "log_entry"] == [("log_entry", "seq=8", "chain_broken")]

    def test_lost_last_entries_are_missed_by_their_checkpoint(self, database: Database) -> None:
        with damaged(database) as tx:
            delete(tx, log_entry, rows(tx, log_entry)[17])
            assert ("log_checkpoint", "size=18", "checkpoint_differs_from_entries") in audit(tx)

    def test_an_entry_that_follows_no_other_is_named(self, database: Database) -> None:
        with damaged(database) as tx:
            entry = make_entry(18, NO_PREVIOUS, "2026-11-23T02:16:04Z", "test.noted", {"subject": "a"})
            tx.execute(
                log_entry.insert().values(
                    seq=18, time=NOW, kind=entry.kind, subject="a", leaf_hash=entry.leaf_hash, data=entry.data
                )
            )
            assert ("log_entry", "seq=18", "chain_broken") in audit(tx)

    def test_a_rewritten_end_of_the_log_differs_from_its_checkpoints(self, database: Database) -> None:
        """Somebody without the key writes entries anew, with chain and tiles that fit."""
        with damaged(database) as tx:
            tx.execute(log_entry.delete().where(log_entry.c.seq >= 12))
            tx.execute(log_tile.delete().where((log_tile.c.level == 1) | (log_tile.c.number == 3)))
            log.append(tx, NOW, [NewEntry("test.noted", "b", body={"n": n}) for n in range(6)])
            faults = [fault for fault in audit(tx) if fault[0].startswith("log")]
            assert faults == [
                ("log_checkpoint", f"size={size}", "checkpoint_differs_from_entries") for size in (14, 18)
            ]

    def test_entries_that_are_not_signed_are_told(self, database: Database) -> None:
        with damaged(database) as tx:
            log.append(tx, NOW, [NewEntry("test.noted", "a")])
            assert audit(tx) == [("log_checkpoint", "size=19", "checkpoint_lost")]

    def test_a_lost_newest_checkpoint_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            delete(tx, log_checkpoint, rows(tx, log_checkpoint)[3])
            assert audit(tx) == [("log_checkpoint", "size=18", "checkpoint_lost")]

    def test_a_checkpoint_that_another_key_signed_is_no_checkpoint(self, database: Database) -> None:
        other = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
        with database.read() as tx:
            faults = audit(tx, verifier=Verifier.from_vkey(other.verifier_key))
            assert faults == [("log_checkpoint", f"size={size}", "checkpoint_unsigned") for size in (6, 10, 14, 18)]

    def test_a_checkpoint_of_another_log_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            checkpoint = note.Checkpoint("log.example/other", 18, tree.root(tx, 18))
            row = rows(tx, log_checkpoint)[3]
            change(tx, log_checkpoint, row, "note", note.sign_note(checkpoint.body(), [SIGNER]))
            assert audit(tx) == [("log_checkpoint", "size=18", "checkpoint_of_another_log")]

    def test_a_lost_tile_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            delete(tx, log_tile, rows(tx, log_tile)[4])
            assert audit(tx) == [("log_tile", "level=1 number=0", "tile_lost")]

    def test_an_added_tile_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            tx.execute(log_tile.insert().values(level=0, number=4, hashes=bytes(128), root=bytes(32)))
            assert audit(tx) == [("log_tile", "level=0 number=4", "tile_differs_from_entries")]

    def test_a_lost_public_file_is_told_with_the_entry_that_names_it(self, database: Database) -> None:
        with damaged(database) as tx:
            (row,) = (row for row in rows(tx, public_file) if row.content == b"2")
            delete(tx, public_file, row)
            assert audit(tx) == [("public_file", f"sha256={row.sha256} seq=10", "public_file_lost")]

    def test_an_added_public_file_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            name = documents.publish_file(tx, b"more")
            assert audit(tx) == [("public_file", f"sha256={name}", "public_file_not_in_log")]


def test_memory_does_not_grow_with_the_log(database: Database) -> None:
    peaks = []
    for count in (1_000, 4_000):
        with database.write() as tx:
            log.append(tx, NOW, [NewEntry("test.noted", "a", body={"n": n}) for n in range(count)])
        with database.write() as tx:
            log.sign_checkpoint(tx, SIGNER)
        with database.read() as tx:
            peaks.append(peak_of(lambda given=tx: list(audit(given))))  # type: ignore[misc]
            assert audit(tx) == []
    assert peaks[1] < peaks[0] + 4_000 * merkle.HASH_BYTES


class TestDocumentsAndRows:
    def document(self, tx: Connection, number: int) -> Row[*tuple[Any, ...]]:
        """The document that binds this number of rows."""
        return next(row for row in rows(tx, document) if b'"number":%d' % number in row.content)

    def row(self, tx: Connection, name: str, line: int) -> Row[*tuple[Any, ...]]:
        return next(row for row in rows(tx, VISIT.table) if (row.document, row.line) == (name, line))

    def test_a_lost_document_is_told_with_its_rows(self, database: Database) -> None:
        with damaged(database) as tx:
            lost = self.document(tx, 3)
            delete(tx, document, lost)
            assert audit(tx) == [
                ("document", f"commitment={lost.commitment} seq=14", "document_lost"),
                ("visit", f"document={lost.id} line=0-2", "row_without_document"),
            ]

    def test_an_added_document_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            sealed = documents.seal(tx, "visits", {}, [(VISIT, VISITS)])
            assert audit(tx) == [("document", f"id={sealed.id}", "document_not_in_log")]

    def test_lost_rows_are_told_by_their_lines(self, database: Database) -> None:
        with damaged(database) as tx:
            name = self.document(tx, 3).id
            for line in (0, 1):
                delete(tx, VISIT.table, self.row(tx, name, line))
            assert audit(tx) == [("visit", f"document={name} line=0-1", "row_lost")]
            delete(tx, VISIT.table, self.row(tx, name, 2))
            assert audit(tx) == [("visit", f"document={name} line=0-2", "row_lost")]

    def test_an_added_row_is_told(self, database: Database) -> None:
        with damaged(database) as tx:
            name = self.document(tx, 2).id
            values = {"document": name, "line": 2, **VISITS[0]}
            digest = row_digest("visit", VISIT.stored(values))
            tx.execute(VISIT.table.insert().values(digest=digest, **values))
            assert audit(tx) == [("visit", f"document={name} line=2", "row_added")]

    def test_a_row_that_was_changed_with_its_digest_differs_from_its_document(self, database: Database) -> None:
        with damaged(database) as tx:
            name = self.document(tx, 2).id
            self.rewrite(tx, name)
            assert audit(tx) == [("visit", f"document={name}", "rows_differ_from_document")]

    def rewrite(self, tx: Connection, name: str) -> bytes:
        row = self.row(tx, name, 1)
        digest = row_digest("visit", VISIT.stored({**row._mapping, "number": 77}))
        change(tx, VISIT.table, row, "number", 77)
        change(tx, VISIT.table, row, "digest", digest)
        return digest

    def test_rows_that_were_rewritten_with_their_document_differ_from_the_log(self, database: Database) -> None:
        """All hashes but the log's are made to fit."""
        with damaged(database) as tx:
            held = self.document(tx, 1)
            other = documents.read(tx, documents.seal(tx, "visits", {"number": 1}, [(VISIT, VISITS[1:2])]).id)
            delete(tx, VISIT.table, self.row(tx, held.id, 0))
            delete(tx, document, held)
            assert audit(tx) == [
                ("document", f"id={other.id}", "document_not_in_log"),
                ("document", f"commitment={held.commitment} seq=6", "document_lost"),
            ]
            assert document_commitment(other.salt, other.content) == other.commitment

    def test_a_table_that_nobody_audits_is_told(self, database: Database) -> None:
        other = BoundTable(Table("other", MetaData(), *bound_columns(), Column("said", Text, nullable=False)))
        with database.write() as tx:
            other.table.create(tx)
            sealed = documents.seal(tx, "others", {}, [(other, [{"said": "a"}])])
            log.append(tx, NOW, [NewEntry("others.kept", "b", {"others": sealed})])
            log.sign_checkpoint(tx, SIGNER)
            assert audit(tx) == [("other", f"document={sealed.id}", "table_not_audited")]
            assert auditing.audit(tx, VERIFIER, [VISIT, other], []) == []


class TestChecksOfThePackages:
    def test_what_they_find_is_told(self, database: Database) -> None:
        def check(tx: Connection) -> Iterator[Fault]:
            yield Fault("campaign", f"entries={log.size(tx)}", "campaign_state_differs_from_log")

        with database.read() as tx:
            assert audit(tx, check) == [("campaign", "entries=18", "campaign_state_differs_from_log")]

    @pytest.mark.parametrize("error", [ValueError(), KeyError(), Missing("document_missing")], ids=repr)
    def test_one_that_cannot_read_damaged_rows_stops_no_other(self, database: Database, error: Exception) -> None:
        def stopping(tx: Connection) -> Iterator[Fault]:
            yield Fault("campaign", "a", "row_lost")
            raise error

        def other(tx: Connection) -> Iterator[Fault]:
            yield Fault("enterprise", "b", "row_lost")

        with database.read() as tx:
            assert audit(tx, stopping, other) == [
                ("campaign", "a", "row_lost"),
                ("stopping", "", "check_stopped"),
                ("enterprise", "b", "row_lost"),
            ]


@on_sqlite
class TestAnyBytes:
    """SQLite keeps any bytes in any column, but for an integer that is its own number of the row."""

    @pytest.mark.parametrize(
        "value", ["CAST(x'ff41' AS TEXT)", "x'ff'", "'text'", "NULL", "1.5", "-9223372036854775808"]
    )
    def test_every_column_may_hold_them(self, database: Database, value: str) -> None:
        for table in (log_entry, log_tile, log_checkpoint, public_file, document, VISIT.table):
            for column in table.columns:
                if value == "NULL" and not column.nullable:
                    continue
                if column is log_entry.c.seq and not value.startswith("-"):
                    continue
                with damaged(database) as tx:
                    last = f"(SELECT max(rowid) FROM {table.name})"
                    tx.execute(text(f"UPDATE {table.name} SET {column.name} = {value} WHERE rowid = {last}"))
                    assert table.name in {fault[0] for fault in audit(tx)}, column

    def test_text_is_read_strictly_again_after_the_audit(self, database: Database) -> None:
        with damaged(database) as tx:
            tx.execute(text("UPDATE visit SET enterprise = CAST(x'ff' AS TEXT)"))
            assert "row_changed" in {code for _, _, code in audit(tx)}
            with pytest.raises(Exception, match="UTF-8"):
                tx.execute(select(VISIT.table.c.enterprise)).all()
