"""Databases as an earlier release left them: its tables, and all that they hold of a present bureau's rows."""

from sqlalchemy import MetaData, select

from api.migrating import migrate
from ledger.database import Database


def copy_at(version: str, source: Database, target: Database) -> None:
    """Make an empty database one of an earlier version, with the rows of a source of the newest."""
    with source.read() as old, target.write() as new:
        migrate(new, version)
        tables = MetaData()
        tables.reflect(new)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                rows = [row._asdict() for row in old.execute(select(*table.columns))]
                if rows:
                    new.execute(table.insert(), rows)
