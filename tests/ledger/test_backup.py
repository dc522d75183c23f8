"""A whole database as lines: every row and every document comes back, from either engine into either."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from ledger import documents, jobs, log
from ledger.actors import Actor, Role
from ledger.audit import audit
from ledger.backup_format import BackupError, Header
from ledger.backup_reader import BackupReader
from ledger.backup_writer import Written, write_backup
from ledger.database import Database
from ledger.errors import Conflict, Refusal
from ledger.jobs import JobFile
from ledger.log import NewEntry
from ledger.storage import FolderStorage
from scoring.tables import grade_reading
from tests.dumping import Dump, dump
from tests.engines import ENGINES, fresh_database
from tests.ledger.stepwise import NOW, SIGNER, VERIFIER, append_and_sign
from tests.memory import peak_of
from tests.tampering import drop_triggers

HEADER = Header("0004", "log.example/qian", 300, datetime(2026, 11, 23, tzinfo=UTC))
ACTOR = Actor("analyst", Role.ANALYST)
WORKER = "w1"


@pytest.fixture(params=ENGINES)
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database to restore into, once on each engine."""
    folder = tmp_path / "other"
    folder.mkdir()
    with fresh_database(request.param, folder, request.getfixturevalue(f"{request.param}_template")) as url:
        database = Database(url)
        yield database
        database.close()


def backed_up(database: Database, **files: bytes) -> tuple[bytes, Written]:
    target = io.BytesIO()
    with database.read() as tx:
        written = write_backup(tx, target, HEADER, files)
    return target.getvalue(), written


def restored(data: bytes, database: Database) -> BackupReader:
    backup = BackupReader(io.BytesIO(data))
    with database.write() as tx:
        backup.insert(tx)
    return backup


def fill(database: Database) -> None:
    """A log with documents and a public file, a reading of a grade, and a job that has ended."""
    append_and_sign(database, 300)
    with database.write() as tx:
        documents.publish_file(tx, bytes(range(256)))
        tx.execute(
            grade_reading.insert().values(time=NOW, subject="a", role="analyst", run="r", purpose="引号 ' \n \u2028 😀")
        )
        job = jobs.enqueue(tx, ACTOR, NOW, "audit", {"x": [1, None]})
        jobs.claim(tx, NOW, WORKER)
        jobs.finish(tx, job, WORKER, NOW, {"faults": []}, [JobFile("result.csv", b"\x00\xff")])


def test_every_stored_value_comes_back(database: Database, other: Database) -> None:
    fill(database)
    data, written = backed_up(database, **{"token.key": b"\x01"})
    backup = restored(data, other)
    assert (backup.header, backup.files) == (HEADER, {"token.key": b"\x01"})
    before: Dump = dump(database)
    assert dump(other) == before
    assert written.rows == {name: len(rows) for name, rows in before.items()}
    with other.read() as tx:
        assert [fault.code for fault in audit(tx, VERIFIER, [], [])] == ["public_file_not_in_log"]  # as before


def test_the_same_database_gives_the_same_bytes_on_both_engines(database: Database, other: Database) -> None:
    fill(database)
    data, _ = backed_up(database)
    restored(data, other)
    assert backed_up(other)[0] == data


def test_what_is_counted_goes_on_after_the_last_number(database: Database, other: Database) -> None:
    fill(database)
    restored(backed_up(database)[0], other)
    with other.write() as tx:
        jobs.enqueue(tx, ACTOR, NOW, "audit", {})
        tx.execute(grade_reading.insert().values(time=NOW, subject="a", role="analyst", run="r", purpose="p"))
    with other.read() as tx:
        assert tx.execute(text("SELECT count(*), max(number) FROM job")).one() == (2, 2)
        assert tx.execute(text("SELECT count(*), max(id) FROM grade_reading")).one() == (2, 2)


def test_jobs_that_have_not_ended_stay_behind_with_their_files(database: Database, other: Database) -> None:
    with database.write() as tx:
        for _ in range(2):
            jobs.enqueue(tx, ACTOR, NOW, "import_file", {}, [JobFile("persons.csv", "样例姓名".encode())])
        jobs.claim(tx, NOW, WORKER)
    data, written = backed_up(database)
    assert (written.rows["job"], written.rows["job_file"]) == (0, 0)
    restored(data, other)
    with other.write() as tx:
        assert jobs.claim(tx, NOW, WORKER) is None


@pytest.mark.parametrize("from_storage", [False, True])
@pytest.mark.parametrize("to_storage", [False, True])
def test_contents_of_documents_move_between_storages(
    database: Database, other: Database, tmp_path: Path, from_storage: bool, to_storage: bool
) -> None:
    def opened(plain: Database, folder: str, with_storage: bool) -> Database:
        url = plain.url.render_as_string(hide_password=False)
        return Database(url, FolderStorage(tmp_path / folder) if with_storage else None)

    source, target = opened(database, "from", from_storage), opened(other, "to", to_storage)
    append_and_sign(source, 3)
    backup = restored(backed_up(source)[0], target)
    with target.read() as tx:
        assert audit(tx, VERIFIER, [], []) == []
    contents = list((tmp_path / "to").iterdir()) if to_storage else []
    assert sorted(file.name for file in contents) == sorted(backup.stored)
    assert len(contents) == to_storage
    source.close()
    target.close()


def test_a_lost_content_is_told_and_the_rest_is_backed_up(database: Database, other: Database, tmp_path: Path) -> None:
    source = Database(database.url.render_as_string(hide_password=False), FolderStorage(tmp_path / "from"))
    append_and_sign(source, 1)
    append_and_sign(source, 1)
    gone, _ = sorted((tmp_path / "from").iterdir())
    gone.unlink()
    data, written = backed_up(source)
    assert written.lost == [gone.name]
    restored(data, other)
    with other.read() as tx:
        assert {(fault.row, fault.code) for fault in audit(tx, VERIFIER, [], [])} == {
            (f"id={gone.name}", "document_changed")
        }
    source.close()


def test_a_backup_while_others_append_is_of_one_moment(database: Database, other: Database) -> None:
    append_and_sign(database, 300)

    class Interrupting(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if data.startswith(b'{"table"'):
                append_and_sign(database, 2)
            return super().write(data)

    target = Interrupting()
    with database.read() as tx:
        size = log.size(tx)
        write_backup(tx, target, HEADER, {})
    with database.read() as tx:
        assert log.size(tx) > size + 20
    restored(target.getvalue(), other)
    with other.read() as tx:
        assert log.size(tx) == size
        assert audit(tx, VERIFIER, [], []) == []


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def changed(data: bytes, beginning: bytes, instead: bytes) -> bytes:
    """Replace the first line that begins so."""
    lines = lines_of(data)
    place = next(number for number, line in enumerate(lines) if line.startswith(beginning))
    return b"".join([*lines[:place], instead, *lines[place + 1 :]])


NO_BACKUPS = [
    (b'{"format"', b'{"format":"qian/backup/v2"}\n'),
    (b'{"format"', b"[]\n"),
    (b'{"format"', b'{"format":"qian/backup/v1","version":"0004","origin":"o","size":"1","made_at":"x"}\n'),
    (b'{"format"', b'{"format":"qian/backup/v1","version":"0004","origin":"o","size":1,"made_at":"today"}\n'),
    (b'{"table":"log_entry"', b'{"table":"sqlite_master","columns":[["name","text"]]}\n'),
    (b'{"table":"log_entry"', b'{"table":"log_entry","columns":[["seq","integer"]]}\n'),
    (b'{"table":"log_entry"', b'{"table":"log_entry","columns":[["seq","float"]]}\n'),
    (b'{"table":"log_entry"', b'{"table":"log_entry"}\n'),
    (b'[0,"', b"[0]\n"),
    (b'[0,"', b'["0","2026-11-23T02:16:04Z","k","s","AA==","AA=="]\n'),
    (b'[0,"', b'[0,"2026-11-23T02:16:04Z","k","s",7,"AA=="]\n'),
    (b'[0,"', b'[0,"2026-11-23T02:16:04Z","k","s","=","AA=="]\n'),
    (b'[0,"', b""),
    (b'[0,"', b"no JSON\n"),
    (b'{"rows"', b""),
    (b'{"rows"', b'{"rows":{}}\n'),
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_no_backup_is_refused_and_leaves_nothing(database: Database, other: Database) -> None:
    append_and_sign(database, 3)
    data, _ = backed_up(database)
    before = dump(other)
    for beginning, instead in NO_BACKUPS:
        with pytest.raises(BackupError):
            restored(changed(data, beginning, instead), other)
        assert dump(other) == before, instead
    restored(data, other)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_that_is_cut_or_goes_on_at_any_line_is_refused(database: Database, other: Database) -> None:
    append_and_sign(database, 2)
    lines = lines_of(backed_up(database)[0])
    before = dump(other)
    for end in range(len(lines)):
        with pytest.raises(BackupError):
            restored(b"".join(lines[:end]), other)
    with pytest.raises(BackupError):
        restored(b"".join([*lines, lines[-1]]), other)
    assert dump(other) == before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "x'00'"])
def test_a_row_that_holds_what_its_column_cannot_is_refused(database: Database, value: str) -> None:
    append_and_sign(database, 1)
    with database.write() as tx:
        drop_triggers(tx)
        tx.execute(text(f"UPDATE log_checkpoint SET note = {value}"))
    with pytest.raises(Conflict, match="backup_row_unreadable"):
        backed_up(database)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_text_that_one_engine_does_not_hold_is_refused_by_it_alone(database: Database, other: Database) -> None:
    with database.write() as tx:
        values = {"time": NOW, "subject": "a", "role": "analyst", "run": "r", "purpose": "a\0b"}
        tx.execute(grade_reading.insert().values(**values))
    data, _ = backed_up(database)
    if other.is_sqlite:
        restored(data, other)
        assert dump(other) == dump(database)
        return
    before = dump(other)
    with pytest.raises(Refusal, match="backup_row_unstorable"):
        restored(data, other)
    assert dump(other) == before


@pytest.mark.parametrize("other", ["sqlite"], indirect=True)
def test_memory_does_not_grow_with_the_database(database: Database, other: Database, tmp_path: Path) -> None:
    """Sixty files of half a megabyte, and many rows: a few of them are in memory at once."""
    with database.write() as tx:
        for _ in range(60):
            documents.publish_file(tx, orjson.dumps(list(range(90_000))) + b"%d" % _)
        log.append(tx, NOW, [NewEntry("test.noted", "a" * 60)] * 5000)
        log.sign_checkpoint(tx, SIGNER)

    path = tmp_path / "lines"

    def write() -> None:
        with path.open("wb") as file, database.read() as tx:
            write_backup(tx, file, HEADER, {})

    def read() -> None:
        with path.open("rb") as file, other.write() as tx:
            BackupReader(file).insert(tx)

    assert peak_of(write) < 15_000_000
    assert peak_of(read) < 20_000_000
    assert path.stat().st_size > 40_000_000
