"""Two kinds of transaction, alike on both engines: a snapshot that cannot write, a change that is all or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from ledger.database import PRAGMAS, Database, refusal_of
from tests.conftest import on_postgresql, on_sqlite


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("CREATE TABLE word (word TEXT PRIMARY KEY)"))


def put(tx: Connection, word: str) -> None:
    tx.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


def words(tx: Connection) -> list[str]:
    return list(tx.execute(text("SELECT word FROM word ORDER BY word")).scalars())


def read_words(database: Database) -> list[str]:
    with database.read() as tx:
        return words(tx)


def test_what_is_written_is_there_when_the_block_ends(database: Database) -> None:
    with database.write() as tx:
        put(tx, "签")
    assert read_words(database) == ["签"]


def put_and_fail(tx: Connection) -> None:
    put(tx, "签")
    raise KeyError


def make_table_and_fail(tx: Connection) -> None:
    tx.execute(text("CREATE TABLE other (word TEXT)"))
    raise KeyError


def put_twice(tx: Connection) -> None:
    put(tx, "签")
    put(tx, "签")


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as tx:
        put_and_fail(tx)
    assert read_words(database) == []


def test_a_statement_that_fails_takes_the_whole_block_with_it(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as tx:
        put_twice(tx)
    assert read_words(database) == []


def test_an_error_does_not_tell_the_values_of_its_statement(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed, database.write() as tx:
        tx.execute(text("INSERT INTO nowhere VALUES (:word)"), {"word": "secret"})
    assert "secret" not in str(failed.value)


def test_a_table_made_in_a_block_that_raises_is_gone(database: Database) -> None:
    with pytest.raises(KeyError), database.write() as tx:
        make_table_and_fail(tx)
    with database.read() as tx:
        assert not tx.dialect.has_table(tx, "other")


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.read() as tx:
        put(tx, "签")
    assert read_words(database) == []


def test_a_writer_can_write_after_readers_on_the_same_connection(database: Database) -> None:
    connections = set()
    for word in ("a", "b"):
        with database.read() as tx:
            connections.add(id(tx.connection.driver_connection))
        with database.write() as tx:
            connections.add(id(tx.connection.driver_connection))
            put(tx, word)
    assert len(connections) == 1
    assert read_words(database) == ["a", "b"]


def test_a_reader_sees_one_snapshot_while_others_write(database: Database) -> None:
    with database.read() as tx:
        before = words(tx)
        with database.write() as other:
            put(other, "签")
        assert words(tx) == before == []
    assert read_words(database) == ["签"]


def test_nobody_sees_what_is_not_committed(database: Database) -> None:
    with database.write() as tx:
        put(tx, "签")
        assert read_words(database) == []


@on_sqlite
def test_a_second_writer_waits_for_the_first(database: Database) -> None:
    """A writer that began as a reader would fail here instead: its snapshot would be too old to write on."""
    started = Barrier(4)

    def add_one(_: int) -> None:
        started.wait()
        for _ in range(10):
            with database.write() as tx:
                put(tx, str(len(words(tx))))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(4)))
    assert len(read_words(database)) == 40


@on_postgresql
def test_a_writer_reads_what_others_committed_meanwhile(database: Database) -> None:
    with database.write() as tx:
        assert words(tx) == []
        with database.write() as other:
            put(other, "签")
        assert words(tx) == ["签"]


@on_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1), ("query_only", 0)],
)
def test_every_connection_is_set_up(
    database: Database, pragma: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.database.PRAGMAS", PRAGMAS)  # other tests wait for no disk
    usual = Database(database.url.render_as_string())
    with closing(usual), usual.write() as one, usual.read() as other:
        assert one.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        assert other.exec_driver_sql(f"PRAGMA {pragma}").scalar() == (1 if pragma == "query_only" else value)


@on_postgresql
@pytest.mark.parametrize(
    ("opened", "isolation", "read_only"),
    [(Database.read, "repeatable read", "on"), (Database.write, "read committed", "off")],
)
def test_transactions_have_their_level_whatever_the_server_defaults_to(
    database: Database, opened: Callable[[Database], Any], isolation: str, read_only: str
) -> None:
    with database.write() as tx:
        name = database.url.database
        tx.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
    database.close()
    with opened(database) as tx:
        assert tx.execute(text("SHOW transaction_isolation")).scalar() == isolation
        assert tx.execute(text("SHOW transaction_read_only")).scalar() == read_only


@on_postgresql
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_an_address_need_not_name_the_driver(database: Database, scheme: str) -> None:
    other = Database(database.url.set(drivername=scheme).render_as_string(hide_password=False))
    assert read_words(other) == []
    other.close()


def told(error: BaseException) -> str | None:
    refusal = refusal_of(error)
    return None if refusal is None else refusal.code


@on_sqlite
def test_who_waits_too_long_for_another_writer_is_told_so(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0.01)
    with database.write(), pytest.raises(OperationalError) as raised, database.write():
        pass
    assert told(raised.value) == "database_busy"


def fill_up(tx: Connection) -> None:
    tx.execute(text("PRAGMA max_page_count = 1"))  # never below what the file has
    for number in range(100):
        put(tx, str(number) * 1000)


@on_sqlite
def test_a_full_disk_is_told_and_leaves_nothing_half_done(database: Database) -> None:
    with database.write() as tx:
        put(tx, "签")
    with pytest.raises(OperationalError) as raised, database.write() as tx:
        fill_up(tx)
    assert told(raised.value) == "database_full"
    assert read_words(database) == ["签"]


def put_and_be_cut_off(database: Database, tx: Connection) -> None:
    put(tx, "签")
    process = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.write() as other:
        other.execute(text("SELECT pg_terminate_backend(:process, 10000)"), {"process": process})
    put(tx, "又")


@on_postgresql
def test_a_connection_that_the_server_ends_is_told_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(OperationalError) as raised, database.write() as tx:
        put_and_be_cut_off(database, tx)
    assert told(raised.value) == "database_lost"
    assert read_words(database) == []


def test_other_errors_are_no_refusals_of_the_database(database: Database) -> None:
    with pytest.raises(IntegrityError) as raised, database.write() as tx:
        put_twice(tx)
    assert (told(raised.value), told(KeyError())) == (None, None)
