"""Databases of tests: whoever gets a copy of another one finds that one in it, whatever was done with copies before."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.engines import fresh_database

MADE = """
    CREATE TABLE word (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, CHECK (text <> ''));
    CREATE TABLE empty (number bigint REFERENCES word);
    CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''kept''; END';
    INSERT INTO word (text) VALUES ('甲'), ('乙');
    CREATE TRIGGER kept BEFORE DELETE ON word EXECUTE FUNCTION refused();
"""
WHOLE = """
    SELECT array(SELECT (number, text)::text FROM word), array(SELECT number FROM empty),
        (SELECT (last_value, is_called)::text FROM word_number_seq),
        array(SELECT (relname, relacl, relnatts)::text FROM pg_class WHERE oid >= 16384 ORDER BY oid),
        array(SELECT (tgname, tgenabled)::text FROM pg_trigger ORDER BY oid),
        current_setting('statement_timeout'), current_setting('synchronous_commit')
"""
CHANGES = {
    "nothing": "SELECT 1",
    "rows added": "INSERT INTO word (text) VALUES ('丙'); INSERT INTO empty VALUES (3)",
    "a row changed": "UPDATE word SET text = '丁' WHERE number = 1",
    "a row rewritten as it was": "UPDATE word SET text = text",
    "rows lost": "SET session_replication_role = replica; DELETE FROM word",
    "rows truncated": "TRUNCATE word, empty RESTART IDENTITY",
    "a number taken": "SELECT nextval('word_number_seq')",
    "a trigger off": "ALTER TABLE word DISABLE TRIGGER kept",
    "a table less": "DROP TABLE empty",
    "a table more": "CREATE TABLE other (number bigint)",
    "a table widened": "ALTER TABLE word ADD COLUMN other bigint",
    "a right": "GRANT SELECT ON word TO PUBLIC",
    "a setting": """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = 1000', current_database()); END $$
    """,
    "many rows": "INSERT INTO word (text) SELECT repeat('x', 1000) FROM generate_series(1, 5000)",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with fresh_database("postgresql", tmp_path_factory.mktemp("template")) as url:
        ask(url, MADE)
        yield url


def ask(url: str, statements: str) -> object:
    with psycopg.connect(url) as connection:
        asked = connection.execute(statements.encode())
        return asked.fetchall() if asked.description else None


@pytest.mark.parametrize("statements", CHANGES.values(), ids=CHANGES.keys())
def test_a_copy_is_what_the_other_database_is_whatever_was_done_with_the_copy_before(
    statements: str, template: str, tmp_path: Path
) -> None:
    with fresh_database("postgresql", tmp_path, template) as before:
        ask(before, statements)
    with fresh_database("postgresql", tmp_path, template) as copy:
        assert ask(copy, WHOLE) == ask(template, WHOLE)
        assert copy != before


def test_a_copy_that_somebody_still_uses_is_not_given_to_others(template: str, tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path, template) as first:
        staying = psycopg.connect(first, autocommit=True)
    with staying, fresh_database("postgresql", tmp_path, template) as second:
        staying.execute("INSERT INTO word (text) VALUES ('丙')")
        assert ask(second, WHOLE) == ask(template, WHOLE)


def test_copies_of_a_copy_end_with_it(template: str, tmp_path: Path) -> None:
    with fresh_database("postgresql", tmp_path, template) as changed:
        ask(changed, "INSERT INTO word (text) VALUES ('丙')")
        with fresh_database("postgresql", tmp_path, changed) as copy:
            ask(copy, "INSERT INTO word (text) VALUES ('丁')")
        with fresh_database("postgresql", tmp_path, changed) as copy:
            assert ask(copy, WHOLE) == ask(changed, WHOLE)
    with fresh_database("postgresql", tmp_path, template) as copy:
        assert ask(copy, WHOLE) == ask(template, WHOLE)
