"""`department`: the departments, which users and campaigns belong to (部门)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.command_line.context import at_desk
from api.command_line.options import IfVersion, Json, TokenFile
from ledger.actors import Actor
from ledger.canonical import JSON
from sampling import departments
from sampling.departments import Department

app = typer.Typer(help="Departments, which users and campaigns belong to (部门).", no_args_is_help=True)

Code = Annotated[str, typer.Argument(help="Code of the department (部门代码).")]
Name = Annotated[str, typer.Argument(help="Its name (部门名称).")]


@app.command("list")
def list_departments(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the departments, those that were closed among them (部门列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = departments.departments(tx).values()
        output = desk.output
        rows = [(each.code, each.name, each.in_use, each.version) for each in found]
        told: list[JSON] = [_json(each) for each in found]
        output.answer({"departments": told}, output.table("departments", ("code", "name", "in_use", "version"), rows))


@app.command()
def add(context: typer.Context, code: Code, name: Name, token_file: TokenFile = None, machine: Json = False) -> None:
    """Add a department; its code, two to ten capital letters and digits, stands for ever (添加)."""
    _do(context, token_file, lambda tx, actor, now: departments.add(tx, actor, now, code, name))


@app.command()
def rename(
    context: typer.Context,
    code: Code,
    name: Name,
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Give a department another name (更名)."""
    _do(context, token_file, lambda tx, actor, now: departments.rename(tx, actor, now, code, name, if_version))


@app.command()
def close(
    context: typer.Context,
    code: Code,
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Close a department: it goes on with what it has begun, and is given no user and no campaign (停用)."""
    _do(context, token_file, lambda tx, actor, now: departments.close(tx, actor, now, code, if_version))


@app.command()
def reopen(
    context: typer.Context,
    code: Code,
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Put a closed department in use again (重新启用)."""
    _do(context, token_file, lambda tx, actor, now: departments.reopen(tx, actor, now, code, if_version))


def _do(
    context: typer.Context, token_file: TokenFile, step: Callable[[Connection, Actor, datetime], Department]
) -> None:
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = step(tx, desk.actor, desk.bureau.now)
        output = desk.output
        facts = [("code", found.code), ("name", found.name), ("in_use", found.in_use), ("version", found.version)]
        output.answer({"department": _json(found)}, output.facts("department_shown", facts))


def _json(found: Department) -> JSON:
    return {"code": found.code, "name": found.name, "in_use": found.in_use, "version": found.version}
