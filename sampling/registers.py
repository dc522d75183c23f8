"""The registers of inspection: items, objects, inspectors (一单两库), and the way in for files of all kinds."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select

from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.database import among
from ledger.errors import Forbidden, Invalid
from ledger.json_columns import member
from ledger.keys import Secret
from ledger.windows import Window, counted, kept_count
from sampling.conditions import tags_of
from sampling.exchange import queueing
from sampling.formats import FORMATS as INSPECTION_FORMATS
from sampling.register_files import Form, write_register
from sampling.register_filters import EVERY_ROW, RegisterFilter, RegisterOrder
from sampling.tables import INSPECTION_OBJECT, INSPECTOR, ITEM
from scoring import intake, outside_grades, registers
from scoring.columns import Format
from scoring.drafts import pseudonym
from scoring.files import FileRead, ImportReport
from scoring.formats import DEPARTMENT as DEPARTMENT_FORMAT
from scoring.formats import DIVISION as DIVISION_FORMAT
from scoring.formats import FORMATS as ENTERPRISE_FORMATS
from scoring.formats import OUTSIDE_GRADE
from scoring.tables import DEPARTMENT, DIVISION

FORMATS: Mapping[str, Format] = {**ENTERPRISE_FORMATS, **INSPECTION_FORMATS}
_REGISTERS = {
    "department": DEPARTMENT,
    "division": DIVISION,
    "item": ITEM,
    "object": INSPECTION_OBJECT,
    "inspector": INSPECTOR,
}
OF_ADMINISTRATORS = (DEPARTMENT_FORMAT.kind, DIVISION_FORMAT.kind)
KEEPERS = {**dict.fromkeys(_REGISTERS, "department"), DEPARTMENT_FORMAT.kind: "code", DIVISION_FORMAT.kind: None}
"""By kind the field that names the department which keeps a row; None where no department does."""
PUBLIC = ("department", "division", "item")
RegisterRow: TypeAlias = tuple[str, Mapping[str, Any]]
"""A code with what its newest row says."""

_PSEUDONYM = re.compile("[0-9a-f]{32}")


def format_of(kind: str) -> Format:
    """Return the format of a kind of file; raises Invalid("file_kind_unknown")."""
    if kind not in FORMATS:
        raise Invalid("file_kind_unknown", field="kind", kind=kind, known=list(FORMATS))
    return FORMATS[kind]


def require_importer(actor: Actor, form: Format) -> None:
    """Raise Forbidden unless the actor may take in files of a source's format: of records as intake has it.

    Departments say who reaches what, so that they are for administrators, as users are; and so are the names of
    administrative divisions, which are the same for all departments.
    """
    if form.kind in OF_ADMINISTRATORS:
        actor.require(Role.ADMINISTRATOR)
    elif form.kind == OUTSIDE_GRADE.kind:
        actor.require(*outside_grades.IMPORTERS)
    elif form.kind in _REGISTERS:
        actor.require(*intake.IMPORTERS)
    else:
        intake.require_importer(actor, form)


def take_in(
    tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool, pseudonym_key: Secret
) -> ImportReport:
    """Take a file of any kind in, and queue what of it the bureau issued for the platforms that it goes to.

    Raises what `require_importer`, `scoring.intake` and `scoring.registers` raise.
    """
    if file.format.kind in _REGISTERS:
        require_importer(actor, file.format)
        kind, change = file.format.kind, _pseudonymous(pseudonym_key)
        return registers.take_in_register(tx, actor, now, file, strict, _REGISTERS[kind], change, keeper=KEEPERS[kind])
    if file.format.kind == OUTSIDE_GRADE.kind:
        return outside_grades.take_in(tx, actor, now, file, strict)
    report = intake.take_in(tx, actor, now, file, strict, pseudonym_key)
    if report.batch is not None:
        queueing.queue(tx, now, [report.batch, *report.released])
    return report


def departments(tx: Connection) -> dict[str, dict[str, Any]]:
    """Return the departments by code."""
    return registers.departments(tx)


def division_names(tx: Connection, regions: Collection[str]) -> dict[str, str]:
    """Return the names of those regions that are codes of administrative divisions whose names are held, by code."""
    return registers.division_names(tx, regions)


def find_divisions(tx: Connection, text: str, most: int) -> dict[str, str]:
    """Return the first divisions that a text finds, their names by code; raises Invalid("search_too_long")."""
    return registers.find_divisions(tx, text, most)


def items(tx: Connection, day: date | None = None) -> dict[str, dict[str, Any]]:
    """Return the items by code, as they are or as they were at the end of a day."""
    return registers.latest(tx, ITEM, day)


def objects(tx: Connection, day: date | None = None) -> dict[str, dict[str, Any]]:
    """Return what departments say of their objects, by "department/enterprise", now or at the end of a day."""
    return registers.latest(tx, INSPECTION_OBJECT, day)


def inspectors(tx: Connection, day: date | None = None) -> dict[str, dict[str, Any]]:
    """Return the inspectors by certificate number, as they are or as they were at the end of a day."""
    return registers.latest(tx, INSPECTOR, day)


def readable(
    tx: Connection, actor: Actor, kind: str, day: date | None = None, department: str | None = None
) -> dict[str, dict[str, Any]]:
    """Return the rows of a register by code, now or at the end of a day, all or a department's.

    The lists of departments, divisions and items are public. Of objects and inspectors planners, analysts and
    administrators read what their own department keeps, or all where they are of none; auditors read all. Raises
    Forbidden, and Invalid("register_unknown").
    """
    whose = _readable_by(actor, kind, department)
    rows, keeper = registers.latest(tx, _REGISTERS[kind], day), KEEPERS[kind]
    if whose is None:
        return rows
    return {} if keeper is None else {code: row for code, row in rows.items() if row[keeper] == whose}


def page(
    tx: Connection,
    actor: Actor | None,
    kind: str,
    window: Window,
    chosen: RegisterFilter = EVERY_ROW,
    day: date | None = None,
    order: RegisterOrder = RegisterOrder.CODE,
) -> list[RegisterRow]:
    """Return rows of items, objects or inspectors that `readable` would give, as they are or were at the end of a day.

    Nobody needs to sign in to read items. Raises what `readable` raises, and Invalid("search_too_long").
    """
    query, columns = _chosen(tx, actor, kind, chosen, day), order.of(tx, _REGISTERS[kind].table)
    words = chosen.words
    rows = tx.execute(window.on(query, *columns)).all() if words is None else window.kept(tx, query, words, *columns)
    return [(row.code, row.content) for row in rows]


def count(
    tx: Connection, actor: Actor | None, kind: str, chosen: RegisterFilter = EVERY_ROW, day: date | None = None
) -> int:
    """Return how many rows there are of which `page` tells."""
    query, words = _chosen(tx, actor, kind, chosen, day), chosen.words
    return counted(tx, query) if words is None else kept_count(tx, query, words)


def _chosen(tx: Connection, actor: Actor | None, kind: str, chosen: RegisterFilter, day: date | None) -> Select[Any]:
    whose = None if actor is None and kind in PUBLIC else _readable_by(actor, kind)
    table = _REGISTERS[kind].table
    query = chosen.on(tx, registers.newest(_REGISTERS[kind], day), table)
    return query if whose is None else query.where(member(tx, table.c.content, "department") == whose)


def _readable_by(actor: Actor | None, kind: str, department: str | None = None) -> str | None:
    """Return whose rows of a register the actor reads, None for all; raises what `readable` raises."""
    if kind not in _REGISTERS:
        raise Invalid("register_unknown", field="register", register=kind, known=list(_REGISTERS))
    if kind in PUBLIC:
        return department
    if actor is None:
        raise Forbidden("token_missing")
    actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR)
    if actor.role is Role.AUDITOR:
        return department
    actor.require_department(department or actor.department or "")
    return department or actor.department


def tagged(tx: Connection, actor: Actor, tag: str) -> tuple[str, ...]:
    """Return the codes of the enterprises that departments whose objects the actor reads gave a tag.

    Raises what `readable` raises.
    """
    query = _chosen(tx, actor, "object", RegisterFilter(tag=tag), None)
    codes = query.with_only_columns(member(tx, INSPECTION_OBJECT.table.c.content, "enterprise")).distinct()
    return tuple(sorted(tx.execute(codes).scalars()))


def tags(tx: Connection, actor: Actor, codes: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the tags of enterprises that have any, as departments whose objects the actor reads gave them.

    Raises what `readable` raises.
    """
    keys = [f"{department}/{code}" for department in departments(tx) for code in codes]
    query = _chosen(tx, actor, "object", EVERY_ROW, None)
    rows = tx.execute(query.where(among(tx, INSPECTION_OBJECT.table.c.code, keys)))
    return tags_of(row.content for row in rows)


def export(
    tx: Connection, actor: Actor, kind: str, how: Form, day: date | None = None, department: str | None = None
) -> bytes:
    """Return a register, or what a department keeps of it, as a file that can be taken in again.

    Raises what `readable` raises.
    """
    rows = readable(tx, actor, kind, day, department)
    return write_register(FORMATS[kind], rows.values(), how)


def public_items(tx: Connection, how: Form) -> bytes:
    """Return the list of items (随机抽查事项清单) as a file for anybody."""
    return write_register(FORMATS["item"], items(tx).values(), how)


def _pseudonymous(key: Secret) -> registers.Change:
    """Return what makes of the names of an inspector's household pseudonyms, equal to those in records.

    What is a pseudonym already, from an exported register, stays as it is.
    """

    def change(values: Mapping[str, JSON]) -> Mapping[str, JSON]:
        household: Any = values.get("household")
        if not household:
            return values
        kept = (name if _PSEUDONYM.fullmatch(name) else pseudonym(key, name) for name in household)
        return {**values, "household": sorted(kept)}

    return change
