"""`database`: what the operator of the database needs."""

from typing import Annotated

import typer

from api.command_line.context import opened_bureau, output_of
from api.command_line.options import Json
from ledger import service_role

app = typer.Typer(help="Operate the database (数据库运维).", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Operate the database (数据库运维)."""


@app.command()
def role(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The role that the service logs in as (服务角色).")],
    machine: Json = False,
) -> None:
    """Print the SQL that gives a PostgreSQL role what the service needs, and no way to change history (服务角色授权).

    The tables' owner runs it, after each migration too: qian database role NAME | psql ADDRESS
    """
    with opened_bureau() as bureau, bureau.read() as tx:
        statements = service_role.grants(tx, name)
    output = output_of(context)
    output.answer({"statements": statements})
    if not output.machine:
        typer.echo("\n".join(f"{each};" for each in statements))  # as they are: psql reads them
