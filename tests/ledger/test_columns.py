"""Columns that hold the same text on both engines."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, select, text
from sqlalchemy.exc import StatementError

from ledger.canonical import JSON
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.database import Database

BEIJING = timezone(timedelta(hours=8))
MOMENT = datetime(2026, 11, 23, 10, 16, 4, 999_999, tzinfo=BEIJING)

sample = Table(
    "sample",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("moment", Instant),
    Column("day", CivilDate),
    Column("content", CanonicalJSON),
)

KEYS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]))
contents: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    with database.write() as tx:
        sample.create(tx)


def keep(tx: Connection, **values: object) -> Any:
    """Store a row and return it as it is read."""
    tx.execute(sample.delete())
    tx.execute(sample.insert().values(id=1, **values))
    return tx.execute(select(sample)).one()


def stored(tx: Connection, column: str) -> object:
    return tx.execute(text(f"SELECT {column} FROM sample")).scalar_one()


def test_an_instant_is_kept_in_utc_to_the_second(database: Database) -> None:
    with database.write() as tx:
        row = keep(tx, moment=MOMENT)
        assert stored(tx, "moment") == "2026-11-23T02:16:04Z"
        assert row.moment == datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)


def test_instants_are_compared_in_time_whatever_their_zone(database: Database) -> None:
    with database.write() as tx:
        keep(tx, moment=MOMENT)
        later = MOMENT.astimezone(UTC) + timedelta(seconds=1)
        assert tx.execute(select(sample.c.id).where(sample.c.moment < later)).all() == [(1,)]
        assert tx.execute(select(sample.c.id).where(sample.c.moment >= later)).all() == []


def test_a_date_is_kept_as_iso_text(database: Database) -> None:
    with database.write() as tx:
        row = keep(tx, day=date(2026, 2, 3))
        assert stored(tx, "day") == "2026-02-03"
        assert row.day == date(2026, 2, 3)


def test_json_is_kept_as_its_canonical_text(database: Database) -> None:
    with database.write() as tx:
        row = keep(tx, content={"b": [1, None, True], "a": "签\x00\n"})
        assert stored(tx, "content") == '{"a":"签\\u0000\\n","b":[1,null,true]}'
        assert row.content == {"b": [1, None, True], "a": "签\x00\n"}


@given(contents=st.lists(contents, min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_json_comes_back_as_it_went_in(database: Database, contents: list[JSON]) -> None:
    with database.write() as tx:
        assert [keep(tx, content=content).content for content in contents] == contents


def test_nothing_is_kept_as_nothing(database: Database) -> None:
    with database.write() as tx:
        assert keep(tx, moment=None, day=None, content=None) == (1, None, None, None)
        assert [stored(tx, name) for name in ("moment", "day", "content")] == [None, None, None]


@pytest.mark.parametrize(
    "values",
    [{"moment": MOMENT.replace(tzinfo=None)}, {"day": MOMENT}, {"content": 1.5}, {"content": {"a": 2**53}}],
    ids=["an instant without its zone", "an instant as a date", "a fraction", "an integer that not all machines hold"],
)
def test_what_machines_would_read_differently_is_refused(database: Database, values: dict[str, object]) -> None:
    with pytest.raises(StatementError), database.write() as tx:
        keep(tx, **values)


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("moment", "2026-11-23T02:16:04"),
        ("moment", "2026-11-23T2:16:04Z"),
        ("moment", "2026-11-23t02:16:04z"),
        ("day", "20261123"),
        ("day", "2026-W48-1"),
        ("content", "{"),
    ],
)
def test_other_text_than_ours_is_not_read(database: Database, column: str, written: str) -> None:
    with database.write() as tx:
        tx.execute(text(f"INSERT INTO sample (id, {column}) VALUES (1, :written)"), {"written": written})
        with pytest.raises(ValueError):  # noqa: PT011  - of three parsers
            tx.execute(select(sample)).all()
