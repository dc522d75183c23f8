"""The registers of inspection, items (抽查事项) and inspectors (检查人员), and the way in for files of all kinds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.errors import Invalid
from ledger.keys import Secret
from sampling.formats import FORMATS as INSPECTION_FORMATS
from sampling.tables import INSPECTOR, ITEM
from scoring import intake, registers
from scoring.columns import Format, ParsedRow
from scoring.files import FileRead, ImportReport
from scoring.formats import FORMATS as ENTERPRISE_FORMATS
from scoring.tables import DEPARTMENT

FORMATS: Mapping[str, Format] = {**ENTERPRISE_FORMATS, **INSPECTION_FORMATS}
_REGISTERS = {"department": DEPARTMENT, "item": ITEM, "inspector": INSPECTOR}


def format_of(kind: str) -> Format:
    """Return the format of a kind of file; raises Invalid("file_kind_unknown")."""
    if kind not in FORMATS:
        raise Invalid("file_kind_unknown", field="kind", kind=kind, known=", ".join(FORMATS))
    return FORMATS[kind]


def take_in(
    tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool, pseudonym_key: Secret
) -> ImportReport:
    """Take a file of any kind in; raises what `scoring.intake` and `scoring.registers` raise."""
    if file.format.kind in _REGISTERS:
        known = _pseudonymous(file, pseudonym_key)
        return registers.take_in_register(tx, actor, now, known, strict, _REGISTERS[file.format.kind])
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


def _pseudonymous(file: FileRead, key: Secret) -> FileRead:
    """Return a register's file with the names of inspectors' households as pseudonyms, equal to those in records."""

    def known(row: ParsedRow) -> ParsedRow:
        household: Any = row.values.get("household")
        if not household:
            return row
        names = sorted(intake.pseudonym(key, name) for name in household)
        return replace(row, values={**row.values, "household": names})

    return replace(file, parsed=tuple(known(row) for row in file.parsed))
