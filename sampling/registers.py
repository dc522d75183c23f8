"""The registers of inspection, items (抽查事项) and inspectors (检查人员), and the way in for files of all kinds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.keys import Secret
from sampling.formats import FORMATS as INSPECTION_FORMATS
from sampling.tables import INSPECTOR, ITEM
from scoring import intake, outside_grades, registers
from scoring.columns import Format
from scoring.drafts import pseudonym
from scoring.files import FileRead, ImportReport
from scoring.formats import FORMATS as ENTERPRISE_FORMATS
from scoring.formats import OUTSIDE_GRADE
from scoring.tables import DEPARTMENT

FORMATS: Mapping[str, Format] = {**ENTERPRISE_FORMATS, **INSPECTION_FORMATS}
_REGISTERS = {"department": DEPARTMENT, "item": ITEM, "inspector": INSPECTOR}


def format_of(kind: str) -> Format:
    """Return the format of a kind of file; raises Invalid("file_kind_unknown")."""
    if kind not in FORMATS:
        raise Invalid("file_kind_unknown", field="kind", kind=kind, known=", ".join(FORMATS))
    return FORMATS[kind]


def importers(kind: str) -> tuple[Role, ...]:
    """Return who may take a kind of file in; raises what `format_of` raises."""
    return outside_grades.IMPORTERS if format_of(kind) is OUTSIDE_GRADE else intake.IMPORTERS


def take_in(
    tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool, pseudonym_key: Secret
) -> ImportReport:
    """Take a file of any kind in; raises what `scoring.intake` and `scoring.registers` raise."""
    if file.format.kind in _REGISTERS:
        register = _REGISTERS[file.format.kind]
        return registers.take_in_register(tx, actor, now, file, strict, register, _pseudonymous(pseudonym_key))
    if file.format.kind == OUTSIDE_GRADE.kind:
        return outside_grades.take_in(tx, actor, now, file, strict)
    return intake.take_in(tx, actor, now, file, strict, pseudonym_key)


def departments(tx: Connection) -> dict[str, dict[str, Any]]:
    """Return the departments by code."""
    return registers.departments(tx)


def items(tx: Connection) -> dict[str, dict[str, Any]]:
    """Return the items by code."""
    return registers.latest(tx, ITEM)


def inspectors(tx: Connection) -> dict[str, dict[str, Any]]:
    """Return the inspectors by certificate number."""
    return registers.latest(tx, INSPECTOR)


def _pseudonymous(key: Secret) -> registers.Change:
    """Return what makes of the names of an inspector's household pseudonyms, equal to those in records."""

    def change(values: Mapping[str, JSON]) -> Mapping[str, JSON]:
        household: Any = values.get("household")
        return {**values, "household": sorted(pseudonym(key, name) for name in household)} if household else values

    return change
