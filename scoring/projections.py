"""What newest registrations say, kept as a table of its own: `enterprise`; and the names that they and changes end.

What enterprises are searched by follows both, and so do the ties between them. The audit compares both tables with the
records that they repeat.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.bulk import insert_rows
from ledger.canonical import parse_canonical
from ledger.tables import log_entry
from scoring import enterprise_texts, former_codes, held, shared_parties
from scoring.drafts import CHANGE, REGISTRATION
from scoring.entry_kinds import IMPORTED
from scoring.tables import enterprise, former_name, record
from scoring.taking import Stored

AT_ONCE = 500

_SEARCHED = [list(enterprise.columns.keys()).index(name) for name in ("code", "name", "address")]


def project(tx: Connection, stored: Sequence[Stored], document: str) -> None:
    """Bring enterprises, former names and codes, ties and what is searched up to records that a document stored."""
    registrations = [each for each in stored if each.draft.kind == REGISTRATION]
    rows = [
        _enterprise_row(each.draft.enterprise, orjson.loads(each.draft.content), document) for each in registrations
    ]
    first = [tuple(row.values()) for row, each in zip(rows, registrations, strict=True) if each.version == 1]
    insert_rows(tx, enterprise, list(enterprise.columns), first)
    enterprise_texts.add(tx, map(itemgetter(*_SEARCHED), first))
    _upsert(tx, enterprise, [row for row, each in zip(rows, registrations, strict=True) if each.version > 1])
    renamed = {each.draft.enterprise for each in registrations if each.version > 1}
    renamed.update(each.draft.enterprise for each in stored if each.draft.kind == CHANGE)
    for codes in chunks(sorted(renamed)):
        tx.execute(former_name.delete().where(former_name.c.enterprise.in_(codes)))
        insert_rows(tx, former_name, list(former_name.columns), _former_names(tx, codes))
        enterprise_texts.renew(tx, codes)
    former_codes.project(tx, stored)
    shared_parties.project(tx, stored)


def audit_enterprises(tx: Connection) -> Iterator[Fault]:
    """Check that each enterprise's row says what its newest registration says (a check for `ledger.audit`).

    A registration that cannot be read says nothing here: its own row is named.
    """
    expected = _newest_registrations(tx)
    for row in tx.execute(select(*raw_columns(enterprise.columns)).order_by(enterprise.c.code)).mappings():
        if row["code"] not in expected or expected.pop(row["code"]) not in (None, dict(row)):
            yield Fault("enterprise", f"code={row['code']}", "row_changed")
    for code in expected:
        yield Fault("enterprise", f"code={code}", "row_lost")


def audit_former_names(tx: Connection) -> Iterator[Fault]:
    """Check that the former names are those that registrations and changes ended (a check for `ledger.audit`)."""
    renamed = (record.c.kind == CHANGE) | ((record.c.kind == REGISTRATION) & (record.c.version > 1))
    codes = tx.execute(select(record.c.enterprise).where(renamed).distinct().order_by(record.c.enterprise)).scalars()
    expected = {row[:2]: row for chunk in chunks(codes.all()) for row in _former_names(tx, chunk)}
    query = select(*raw_columns(former_name.columns)).order_by(former_name.c.enterprise, former_name.c.name)
    for row in tx.execute(query):
        if expected.pop(row[:2], None) != tuple(row):
            yield Fault("former_name", f"enterprise={row.enterprise} name={row.name}", "row_changed")
    for code, name in expected:
        yield Fault("former_name", f"enterprise={code} name={name}", "row_lost")


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Give values in lists of `AT_ONCE`, the last one shorter."""
    iterator = iter(values)
    while chunk := list(islice(iterator, AT_ONCE)):
        yield chunk


def _enterprise_row(code: str, content: Mapping[str, Any], document: str) -> dict[str, str]:
    return {
        "code": code,
        "name": content["name"],
        "sector": content["sector"],
        "region": content["region"],
        "address": content["address"],
        "established": content["established"],
        "status": content["status"],
        "registered_in": document,
    }


def _former_names(tx: Connection, codes: Sequence[str]) -> list[tuple[str, str, str | None]]:
    """Return (enterprise, name, until) of some enterprises: until when is known where a change says so."""
    columns = "enterprise, kind, identity, version, date, content, revoked"
    registered: dict[str, dict[int, str]] = {}
    changes: dict[str, tuple[Any, ...]] = {}
    for code, kind, identity, version, day, content, revoked in held.ask(tx, columns, "record WHERE enterprise", codes):
        if kind == REGISTRATION:
            registered.setdefault(code, {})[version] = orjson.loads(content)["name"]
        elif kind == CHANGE:
            changes[identity] = max(changes.get(identity, (0,)), (version, code, day, content, revoked))
    names: dict[tuple[str, str], str | None] = {}
    for code, versions in registered.items():
        present = versions[max(versions)]
        names.update({(code, name): None for name in versions.values() if name != present})
    for _, code, day, content, revoked in changes.values():
        name = orjson.loads(content).get("former_name")
        if name is not None and not revoked:
            names[code, name] = max(names.get((code, name)) or "", day)
    return [(code, name, until) for (code, name), until in sorted(names.items(), key=lambda item: item[0])]


def _newest_registrations(tx: Connection) -> dict[str, dict[str, Any] | None]:
    """Return by code the row that each enterprise's newest registration makes, as stored; None if it is damaged."""
    newest = (
        select(record.c.identity, func.max(record.c.version).label("version"))
        .where(record.c.kind == REGISTRATION)
        .group_by(record.c.identity)
        .subquery()
    )
    query = (
        select(*raw_columns(record.columns))
        .join(newest, (record.c.identity == newest.c.identity) & (record.c.version == newest.c.version))
        .join(log_entry, (log_entry.c.subject == record.c.document) & (log_entry.c.kind == IMPORTED))
    )
    registrations: dict[str, dict[str, Any] | None] = {}
    for row in tx.execute(query.order_by(record.c.enterprise)).mappings():
        try:
            content: Any = parse_canonical(row["content"].encode())
            made = _enterprise_row(row["enterprise"], content, row["document"])
            date.fromisoformat(made["established"])
            registrations[row["enterprise"]] = dict(made)
        except (ValueError, KeyError, TypeError, AttributeError):
            registrations[row["enterprise"]] = None
    return registrations


def _upsert(tx: Connection, table: Table, rows: list[dict[str, str]]) -> None:
    if not rows:
        return
    dated = [{**row, "established": date.fromisoformat(row["established"])} for row in rows]
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)
    changed = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    tx.execute(insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed), dated)
