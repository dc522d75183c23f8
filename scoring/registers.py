"""Registers that are kept whole: departments and administrative divisions here, those of inspection in sampling.

A code's newest row holds.

Where rows name a department, it keeps them, and each department its own: nobody of another one adds or changes them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, func, or_, select, tuple_

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.bindings import BoundTable
from ledger.calendar import civil_end
from ledger.canonical import JSON
from ledger.database import among
from ledger.json_columns import member
from ledger.log import NewEntry
from ledger.search_text import words
from ledger.tables import log_entry
from scoring.entry_kinds import IMPORTED
from scoring.fields import is_division_code
from scoring.files import FileRead, ImportRefused, ImportReport
from scoring.tables import BATCH, DEPARTMENT, DIVISION

Change = Callable[[Mapping[str, JSON]], Mapping[str, JSON]]
"""Makes of a row's values those that are kept."""


def departments(tx: Connection) -> dict[str, dict[str, Any]]:
    """Return the departments by code."""
    return latest(tx, DEPARTMENT)


def division_names(tx: Connection, regions: Collection[str]) -> dict[str, str]:
    """Return the names of those regions that are codes of administrative divisions whose names are held, by code."""
    codes = sorted(region for region in set(regions) if is_division_code(region))
    table = DIVISION.table
    rows = tx.execute(newest(DIVISION).where(among(tx, table.c.code, codes))).all() if codes else ()
    return {row.code: row.content["name"] for row in rows}


def find_divisions(tx: Connection, text: str, most: int) -> dict[str, str]:
    """Return the first divisions that a text finds, their names by code.

    Each of its words stands in the name, or begins the code. Raises Invalid("search_too_long").
    """
    asked, code = words(text), DIVISION.table.c.code
    if not asked:
        return {}
    name = member(tx, DIVISION.table.c.content, "name")
    found = [or_(name.contains(each, autoescape=True), code.startswith(each, autoescape=True)) for each in asked]
    rows = tx.execute(newest(DIVISION).where(*found).order_by(code).limit(most))
    return {row.code: row.content["name"] for row in rows}


def versions(tx: Connection, bound: BoundTable) -> dict[str, int]:
    """Return how many rows of a register each code has had, which only grows where none of them expires."""
    table = bound.table
    counts: dict[str, int] = dict(tx.execute(select(table.c.code, func.count()).group_by(table.c.code)).all())
    return counts


def latest(tx: Connection, bound: BoundTable, day: date | None = None) -> dict[str, dict[str, Any]]:
    """Return each code's newest row of a register whose tables have `code` and `content`.

    It is the newest of all, or the one that held at the end of a civil day.
    """
    table = bound.table
    query = _in_order(bound, table.c.code, table.c.content)
    if day is not None:
        query = query.where(log_entry.c.time < civil_end(day))
    newest: dict[str, dict[str, Any]] = dict(tx.execute(query).all())
    return dict(sorted(newest.items()))


def newest(bound: BoundTable, day: date | None = None) -> Select[Any]:
    """Return the query of the rows that `latest` returns, each `code` with its `content`; a window of it reads no more.

    Each row is asked for a later one of its code, so that an index by code tells the rows of a page in their order.
    """
    table, came_in = bound.table, log_entry
    later, came_later = table.alias(), log_entry.alias()
    superseded = (
        select(later.c.code)
        .join(came_later, (came_later.c.subject == later.c.document) & (came_later.c.kind == IMPORTED))
        .where(later.c.code == table.c.code)
        .where(tuple_(came_later.c.seq, later.c.line) > tuple_(came_in.c.seq, table.c.line))
    )
    query = select(table.c.code, table.c.content)
    query = query.join(came_in, (came_in.c.subject == table.c.document) & (came_in.c.kind == IMPORTED))
    if day is not None:
        ends = civil_end(day)
        query, superseded = query.where(came_in.c.time < ends), superseded.where(came_later.c.time < ends)
    return query.where(~superseded.exists())


def latest_documents(tx: Connection, bound: BoundTable) -> set[str]:
    """Return the documents that hold the newest row of a code of such a register."""
    table = bound.table
    newest: dict[str, str] = dict(tx.execute(_in_order(bound, table.c.code, table.c.document)).all())
    return set(newest.values())


def _in_order(bound: BoundTable, *columns: Column[Any]) -> Select[Any]:
    """Select a register's rows in the order in which they came in."""
    table = bound.table
    came_in = (log_entry.c.subject == table.c.document) & (log_entry.c.kind == IMPORTED)
    return select(*columns).join(log_entry, came_in).order_by(log_entry.c.seq, table.c.line)


def take_in_register(
    tx: Connection,
    actor: Actor,
    now: datetime,
    file: FileRead,
    strict: bool,
    bound: BoundTable,
    change: Change = lambda values: values,
    *,
    keeper: str | None,
) -> ImportReport:
    """Take a register's file in, in one batch and one entry; rows that say what holds already change nothing.

    `keeper` is the field that names the department which keeps a row, None where no department does. Raises
    ImportRefused where `strict` and a row is bad, Forbidden where a new row, or what it replaces, is kept by a
    department that is not the actor's.
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR)
    log.moment(tx, now)  # two imports at once would both find the same row missing
    held = latest(tx, bound)
    new, same, superseding = [], 0, 0
    for row in file.parsed:
        code = file.format.key(row.values)
        content = {name: value for name, value in change(row.values).items() if value is not None}
        if held.get(code) == content:
            same += 1
            continue
        for kept in (content, held.get(code, {})):
            if keeper is not None and keeper in kept:
                actor.require_department(str(kept[keeper]))
        superseding += code in held
        new.append({"code": code, "content": content})
    if strict and file.refused:
        raise ImportRefused(file.name, file.refused)
    report = ImportReport(
        file.format.kind,
        file.name,
        None,
        len(file.parsed) + len(file.refused),
        len(new) - superseding,
        same,
        superseding,
        file.refused,
    )
    told: dict[str, JSON] = {"by": actor.subject, "source": file.format.source_digest}
    sealed = documents.seal(tx, "batch", told, [(BATCH, [batch_row(file, report)]), (bound, new)])
    log.append(tx, now, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": file.format.kind})])
    return ImportReport(**{**vars(report), "batch": sealed.id})


def batch_row(file: FileRead, report: ImportReport) -> Mapping[str, JSON]:
    """Return the row of `batch` that counts what a file gave."""
    return {
        "kind": report.kind,
        "source": file.source,
        "file": file.name,
        "sha256": file.sha256,
        "rows_read": report.read,
        "rows_new": report.new,
        "rows_same": report.same,
        "rows_superseding": report.superseding,
        "rows_refused": len(report.refused),
        "rows_revoking": report.revoking,
        "rows_kept_apart": report.kept_apart,
        "refusals": dict(Counter(row.faults[0].code for row in report.refused)),
    }
