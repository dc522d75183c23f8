"""Copies of a database on PostgreSQL, made again what they were: to copy it anew takes the server ten times as long."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

RELATIONS: Final = """
    SELECT c.oid, format('%I.%I', nspname, relname), relkind = 'S', nspname = 'pg_catalog'
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'S') AND NOT relisshared AND nspname <> 'information_schema'
"""
SIZES: Final = "SELECT oid, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND NOT relisshared"
SETTINGS: Final = """
    SELECT datacl::text, array(SELECT (setrole, setconfig)::text FROM pg_db_role_setting WHERE setdatabase = d.oid)
    FROM pg_database d WHERE datname = current_database()
"""
NEXT: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
LARGER: Final = 4 << 20
"""Rows that are gone take their place still: a copy that has grown by so many bytes is not used again."""


class Spoilt(Exception):
    """A copy cannot be made again what it was."""


class Relation(NamedTuple):
    """A table or a sequence; all copies number them alike."""

    oid: int
    name: str
    is_sequence: bool
    of_catalog: bool


class Filling(NamedTuple):
    """How many rows a table has had and has got; or where a sequence is, and whether it has given that."""

    old: int
    new: int


@dataclass(frozen=True)
class Template:
    """A database at rest, with the rows of those tables that copies had to be given again."""

    address: str
    relations: list[Relation]
    filled: dict[int, Filling]
    size: int
    settings: list[Any]
    rows: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, address: str) -> "Template":
        """Look at a database."""
        with psycopg.connect(address) as here:
            relations = [Relation(*row) for row in here.execute(RELATIONS)]
            sizes = _sizes(here)
            filled = _filled(here, relations, sizes, next_transaction(here))
            return cls(address, relations, filled, sum(sizes.values()), _settings(here))

    def restore(self, copy: str, since: str) -> str:
        """Undo what transactions from a given one on did to the rows of a copy; return the first one to undo next."""
        with psycopg.connect(copy, autocommit=True) as here:
            sizes = _sizes(here)
            catalog = [each for each in self.relations if each.of_catalog]
            if (
                sum(sizes.values()) > self.size + LARGER
                or _settings(here) != self.settings
                or self._changes(catalog, _filled(here, catalog, sizes, since))
            ):
                raise Spoilt
            ours = [each for each in self.relations if not each.of_catalog]
            with here.transaction():
                here.execute("SET LOCAL session_replication_role = replica")  # no trigger keeps rows from being undone
                for relation, now in self._changes(ours, _filled(here, ours, sizes, since)).items():
                    self._undo(here, relation, now, since)
            return next_transaction(here)

    def _changes(self, relations: list[Relation], now: dict[int, Filling]) -> dict[Relation, Filling]:
        return {each: now[each.oid] for each in relations if now[each.oid] != self.filled[each.oid]}

    def _undo(self, here: Connection, changed: Relation, now: Filling, since: str) -> None:
        before = self.filled[changed.oid]
        if changed.is_sequence:
            here.execute("SELECT setval(%s::oid::regclass, %s, %s)", (changed.oid, before.old, bool(before.new)))
        elif now.old == before.old:
            here.execute(f"DELETE FROM {changed.name} WHERE {_new_since(since)}".encode())
        else:
            here.execute(f"DELETE FROM {changed.name}".encode())
            with here.cursor().copy(f"COPY {changed.name} FROM STDIN (FORMAT binary)".encode()) as copying:
                copying.write(self._rows(changed.name))

    def _rows(self, table: str) -> bytes:
        if table not in self.rows:
            copy_out = f"COPY {table} TO STDOUT (FORMAT binary)".encode()
            with psycopg.connect(self.address) as here, here.cursor().copy(copy_out) as copying:
                self.rows[table] = b"".join(copying)
        return self.rows[table]


def next_transaction(server: Connection) -> str:
    """Return the number of the next transaction on a server."""
    [(number,)] = server.execute(NEXT)
    return str(number)


def _settings(here: Connection) -> list[Any]:
    return here.execute(SETTINGS).fetchall()


def _sizes(here: Connection) -> dict[int, int]:
    return dict(here.execute(SIZES).fetchall())


def _filled(here: Connection, relations: list[Relation], sizes: dict[int, int], since: str) -> dict[int, Filling]:
    new = _new_since(since)
    counts = (
        f"SELECT {each.oid}::bigint, last_value, is_called::int FROM {each.name}"
        if each.is_sequence
        else f"SELECT {each.oid}, count(*) FILTER (WHERE NOT {new}), count(*) FILTER (WHERE {new}) FROM {each.name}"
        for each in relations
        if each.is_sequence or sizes.get(each.oid)
    )
    filled = {oid: Filling(old, new) for oid, old, new in here.execute(" UNION ALL ".join(counts).encode())}
    return {each.oid: filled.get(each.oid, Filling(0, 0)) for each in relations}


def _new_since(since: str) -> str:
    return f"age(xmin) <= age('{since}'::xid)"
