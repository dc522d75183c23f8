"""What is held of some identities, codes or enterprises: each asked for by thousands at once."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from scoring.entry_kinds import IMPORTED


class Version(NamedTuple):
    """One version of an identity as it is stored; versions count from 1. `says` is as `Draft.says`."""

    version: int
    document: str
    says: tuple[Any, ...]


class Told(NamedTuple):
    """That a source told a version of an identity: the document and line of its sighting."""

    version: int
    document: str
    line: int


def versions(tx: Connection, identities: Sequence[str]) -> dict[str, list[Version]]:
    """Return all versions of each identity that has some, ascending."""
    columns = "identity, version, document, date, body, number, content, revoked"
    found: dict[str, list[Version]] = {}
    for identity, version, document, *says in ask(tx, columns, "record WHERE identity", identities):
        found.setdefault(identity, []).append(Version(version, document, tuple(says)))
    for each in found.values():
        each.sort()
    return found


def told(tx: Connection, identities: Sequence[str], source: str) -> dict[str, list[Told]]:
    """Return what a source told of each identity, in the order of the versions."""
    columns = "identity, source, version, document, line"
    found: dict[str, list[Told]] = {}
    for identity, teller, *place in ask(tx, columns, "sighting WHERE identity", identities):
        if teller == source:
            found.setdefault(identity, []).append(Told(*place))
    for each in found.values():
        each.sort()
    return found


def known_codes(tx: Connection, codes: AbstractSet[str]) -> set[str]:
    """Return those of some codes that an enterprise of the register has or had."""
    known = {code for (code,) in ask(tx, "code", "enterprise WHERE code", list(codes))}
    former = ask(tx, "code", "former_code WHERE code", list(codes - known))
    return known.union(code for (code,) in former)


def places(tx: Connection, documents: AbstractSet[str]) -> dict[str, int]:
    """Return where the log says that each of some documents came in."""
    where = f"log_entry WHERE kind = '{IMPORTED}' AND subject"
    return dict(tuple(row) for row in ask(tx, "subject, seq", where, sorted(documents)))


def told_at(tx: Connection, documents: AbstractSet[str]) -> dict[str, int]:
    """Return where the log says that what each of some documents tells was told: what waited, where it was kept apart.

    One that is not in the log yet and let nothing in is left out.
    """
    let_in = ask(tx, "document, kept", "let_in WHERE line = 0 AND document", sorted(documents))
    kept = dict(tuple(row) for row in let_in)
    where = places(tx, {kept.get(each, each) for each in documents})
    return {each: where[told] for each in documents if (told := kept.get(each, each)) in where}


def ask(tx: Connection, columns: str, where: str, values: Sequence[str]) -> Sequence[Any]:
    """Return columns of the rows of a table where one of them, with which `where` ends, is among some texts.

    SQLite gives them as one value: the driver would lend and ask back the interpreter for each row. PostgreSQL has no
    statistics of what a large file put in a moment ago, and would read the whole table for each thousands of texts: to
    the end of the transaction it goes by indexes wherever it can.
    """
    if not values:
        return []
    listed = orjson.dumps(list(values)).decode()  # the driver takes longer to write an array
    if tx.dialect.name == "sqlite":
        query = f"SELECT json_group_array(json_array({columns})) FROM {where} IN (SELECT value FROM json_each(?))"  # noqa: S608
        rows: Sequence[Any] = orjson.loads(tx.exec_driver_sql(query, (listed,)).scalar_one())
        return rows
    tx.exec_driver_sql("SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)")
    query = f"SELECT {columns} FROM {where} = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))"  # noqa: S608
    return tx.exec_driver_sql(query, (listed,)).all()
