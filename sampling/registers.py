"""The registers of inspection: items, objects, inspectors (一单两库), and the way in for files of all kinds."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.keys import Secret
from sampling.exchange import queueing
from sampling.formats import FORMATS as INSPECTION_FORMATS
from sampling.register_files import Form, write_register
from sampling.tables import INSPECTION_OBJECT, INSPECTOR, ITEM
from scoring import intake, outside_grades, registers
from scoring.columns import Format
from scoring.drafts import pseudonym
from scoring.files import FileRead, ImportReport
from scoring.formats import DEPARTMENT as DEPARTMENT_FORMAT
from scoring.formats import FORMATS as ENTERPRISE_FORMATS
from scoring.formats import OUTSIDE_GRADE
from scoring.tables import DEPARTMENT

FORMATS: Mapping[str, Format] = {**ENTERPRISE_FORMATS, **INSPECTION_FORMATS}
_REGISTERS = {"department": DEPARTMENT, "item": ITEM, "object": INSPECTION_OBJECT, "inspector": INSPECTOR}
KEEPERS = {kind: "code" if kind == DEPARTMENT_FORMAT.kind else "department" for kind in _REGISTERS}
"""By kind the field that names the department which keeps a row."""
PUBLIC = ("department", "item")
_PSEUDONYM = re.compile("[0-9a-f]{32}")


def format_of(kind: str) -> Format:
    """Return the format of a kind of file; raises Invalid("file_kind_unknown")."""
    if kind not in FORMATS:
        raise Invalid("file_kind_unknown", field="kind", kind=kind, known=", ".join(FORMATS))
    return FORMATS[kind]


def require_importer(actor: Actor, form: Format) -> None:
    """Raise Forbidden unless the actor may take in files of a source's format: of records as intake has it.

    Departments say who reaches what, so that they are for administrators, as users are.
    """
    if form.kind == DEPARTMENT_FORMAT.kind:
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

    The lists of departments and items are public. Of objects and inspectors planners, analysts and administrators read
    what their own department keeps, or all where they are of none; auditors read all. Raises Forbidden, and
    Invalid("register_unknown").
    """
    if kind not in _REGISTERS:
        raise Invalid("register_unknown", field="register", register=kind, known=", ".join(_REGISTERS))
    whose = department
    if kind not in PUBLIC:
        actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR)
        if actor.role is not Role.AUDITOR:
            whose = department or actor.department
            actor.require_department(whose or "")
    rows = registers.latest(tx, _REGISTERS[kind], day)
    return {code: row for code, row in rows.items() if whose is None or row[KEEPERS[kind]] == whose}


def tagged(tx: Connection, actor: Actor, tag: str) -> tuple[str, ...]:
    """Return the codes of the enterprises that departments whose objects the actor reads gave a tag.

    Raises what `readable` raises.
    """
    held = readable(tx, actor, "object").values()
    return tuple(sorted({row["enterprise"] for row in held if tag in row.get("tags", ())}))


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
