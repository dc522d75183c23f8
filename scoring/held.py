"""What is held of some identities, codes or enterprises: each asked for by thousands at once."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection


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
    query = "SELECT identity, version, document, date, body, number, content, revoked FROM record WHERE identity"
    found: dict[str, list[Version]] = {}
    for identity, version, document, *says in ask(tx, query, identities):
        found.setdefault(identity, []).append(Version(version, document, tuple(says)))
    for each in found.values():
        each.sort()
    return found


def told(tx: Connection, identities: Sequence[str], source: str) -> dict[str, list[Told]]:
    """Return what a source told of each identity, in the order of the versions."""
    query = "SELECT identity, source, version, document, line FROM sighting WHERE identity"
    found: dict[str, list[Told]] = {}
    for identity, teller, *place in ask(tx, query, identities):
        if teller == source:
            found.setdefault(identity, []).append(Told(*place))
    for each in found.values():
        each.sort()
    return found


def known_codes(tx: Connection, codes: AbstractSet[str]) -> set[str]:
    """Return those of some codes that an enterprise of the register has or had."""
    known = {code for (code,) in ask(tx, "SELECT code FROM enterprise WHERE code", list(codes))}
    former = ask(tx, "SELECT code FROM former_code WHERE code", list(codes - known))
    return known.union(code for (code,) in former)


def ask(tx: Connection, query: str, values: Sequence[str]) -> Any:
    """Return the rows of a query that ends with the column that is to be among some texts, by the driver alone."""
    if not values:
        return []
    listed = orjson.dumps(list(values)).decode()  # the driver takes longer to write an array
    if tx.dialect.name == "sqlite":
        return tx.exec_driver_sql(f"{query} IN (SELECT value FROM json_each(?))", (listed,))  # noqa: S608
    return tx.exec_driver_sql(f"{query} = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))", (listed,))
