"""What Alembic runs: the versions, on the connection that `api.bureau` hands over, or on the settings' database."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import sampling.tables  # noqa: F401  - with those of scoring, its tables join the metadata
from api.settings import Settings
from ledger.database import Database
from ledger.tables import metadata


def render(kind: str, item: Any, autogenerating: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that no version depends on later code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run(connection: Connection) -> None:
    """Bring one database to the version that was asked for, in the caller's transaction."""
    context.configure(connection, target_metadata=metadata, render_item=render, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with Database(Settings().url).write() as tx:
        run(tx)
