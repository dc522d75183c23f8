"""`database` and `migrate`: what the operator of the database needs."""

from typing import Annotated

import typer

from api import public_role
from api.bureau import require_bureau
from api.command_line.context import load_settings, opened_bureau, output_of
from api.command_line.options import Json
from api.migrating import migrate_database
from ledger import service_role

app = typer.Typer(help="Operate the database (数据库运维).", no_args_is_help=True)


def add_to(main: typer.Typer) -> None:
    """Add the commands."""
    main.command("migrate")(migrate)
    main.add_typer(app, name="database")


def migrate(context: typer.Context, machine: Json = False) -> None:
    """Bring an older database to the tables of this program; run it as their owner, with a backup at hand (升级数据库).

    All of it is done, or nothing. Stop the service before, and start it afterwards.
    """
    settings = load_settings()
    require_bureau(settings)
    migrated = migrate_database(settings)
    with opened_bureau() as bureau, bureau.read() as tx:
        roles = service_role.roles(tx)
    output = output_of(context)
    output.answer(
        {"before": migrated.before, "after": migrated.after, "roles": roles},
        output.facts("migrated", [("tables_before", migrated.before), ("tables_now", migrated.after)]),
        *(output.word("grant_again", role=role) for role in roles),
    )


@app.callback()
def group() -> None:
    """Operate the database (数据库运维)."""


@app.command()
def role(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The role that the service logs in as (服务角色).")],
    public: Annotated[
        bool, typer.Option("--public", help="What the public side alone needs, which reads no grade (仅公众侧).")
    ] = False,
    machine: Json = False,
) -> None:
    """Print the SQL that gives a PostgreSQL role what the service needs, and no way to change history (服务角色授权).

    The tables' owner runs it, after each migration too: qian database role NAME | psql ADDRESS
    """
    with opened_bureau() as bureau, bureau.read() as tx:
        statements = public_role.grants(tx, name) if public else service_role.grants(tx, name)
    output = output_of(context)
    output.answer({"statements": statements})
    if not output.machine:
        typer.echo("\n".join(f"{each};" for each in statements))  # as they are: psql reads them
