"""Departments (部门), one by one: each step is taken in as a file of the register with one row, bound in the same way.

A department that was closed (停用) stays in the list and goes on with what it has begun; no user and no campaign is
given to it any more.
"""

import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.errors import Conflict, Invalid, Missing
from ledger.versions import require_version
from sampling import registers
from sampling.items import in_use
from sampling.requests import ROWS_NAME
from scoring.files import FileRead, read_file
from scoring.formats import DEPARTMENT, IN_USE, STATUSES
from scoring.registers import take_in_register, versions
from scoring.tables import DEPARTMENT as DEPARTMENT_TABLE

CLOSED: Final = STATUSES[1]


@dataclass(frozen=True)
class Department:
    """A department as it stands; `version` counts from 1."""

    code: str
    name: str
    in_use: bool
    version: int


def departments(tx: Connection) -> dict[str, Department]:
    """Return the departments by code, those that were closed among them."""
    counted = versions(tx, DEPARTMENT_TABLE)
    return {
        code: Department(code, content["name"], in_use(content), counted[code])
        for code, content in registers.departments(tx).items()
    }


def require_in_use(tx: Connection, codes: Collection[str], field: str) -> None:
    """Raise Missing("department_missing") or Conflict("department_closed") unless something may be given to each."""
    known = registers.departments(tx)
    for code in codes:
        if code not in known:
            raise Missing("department_missing", field=field, department=code)
        if not in_use(known[code]):
            raise Conflict("department_closed", field=field, department=code)


def add(tx: Connection, actor: Actor, now: datetime, code: str, name: str) -> Department:
    """Add a department.

    Raises Forbidden, Conflict("department_exists"), and Invalid for what is wrong with code or name.
    """
    registers.require_importer(actor, DEPARTMENT)
    log.lock(tx)
    file, values = _file(now, {"code": code, "name": name})
    if values["code"] in registers.departments(tx):
        raise Conflict("department_exists", field="code", department=values["code"])
    return _take_in(tx, actor, now, file, values)


def rename(
    tx: Connection, actor: Actor, now: datetime, code: str, name: str, if_version: int | None = None
) -> Department:
    """Give a department another name; its code stands for ever.

    Raises Forbidden, Missing("department_missing"), Invalid for what is wrong with the name; Conflict:
    department_unchanged, and version_stale unless `if_version`, where it is given, holds.
    """
    content = _changing(tx, actor, code, if_version)
    file, values = _file(now, {**content, "name": name})
    if values["name"] == content["name"]:
        raise Conflict("department_unchanged", field="name", department=code)
    return _take_in(tx, actor, now, file, values)


def close(tx: Connection, actor: Actor, now: datetime, code: str, if_version: int | None = None) -> Department:
    """Give a department nothing new from now on; raises Conflict("department_closed"), and what `rename` raises."""
    content = _changing(tx, actor, code, if_version)
    if not in_use(content):
        raise Conflict("department_closed", field="code", department=code)
    return _take_in(tx, actor, now, *_file(now, {**content, "status": CLOSED}))


def reopen(tx: Connection, actor: Actor, now: datetime, code: str, if_version: int | None = None) -> Department:
    """Put a closed department in use again; raises Conflict("department_not_closed"), and what `rename` raises."""
    content = _changing(tx, actor, code, if_version)
    if in_use(content):
        raise Conflict("department_not_closed", field="code", department=code)
    return _take_in(tx, actor, now, *_file(now, {**content, "status": IN_USE}))


def _changing(tx: Connection, actor: Actor, code: str, if_version: int | None) -> dict[str, Any]:
    """Return a department's content, under the lock under which it changes."""
    registers.require_importer(actor, DEPARTMENT)
    log.lock(tx)
    content = registers.departments(tx).get(code)
    if content is None:
        raise Missing("department_missing", field="code", department=code)
    actor.require_department(code)
    require_version(versions(tx, DEPARTMENT_TABLE)[code], if_version)
    return content


def _file(now: datetime, content: Mapping[str, str]) -> tuple[FileRead, Mapping[str, Any]]:
    """Return the file of one row, and what it says; raises Invalid for the first fault of the row."""
    fields = {column.header: column.field for column in DEPARTMENT.columns}
    row = {header: content[field] for header, field in fields.items() if field in content}
    stream = io.BytesIO(json.dumps(row).encode())
    file = read_file(DEPARTMENT, DEPARTMENT.kind, ROWS_NAME, stream, civil_date(now))
    for refused in file.refused:
        fault = refused.faults[0]
        parameters: Any = fault.parameters
        raise Invalid(fault.code, field=fields.get(fault.column or ""), **parameters)
    return file, next(iter(file.parsed)).values


def _take_in(tx: Connection, actor: Actor, now: datetime, file: FileRead, values: Mapping[str, Any]) -> Department:
    take_in_register(tx, actor, now, file, True, DEPARTMENT_TABLE, keeper=registers.KEEPERS[DEPARTMENT.kind])
    return departments(tx)[values["code"]]
