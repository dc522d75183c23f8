"""Databases as an earlier release left them: its tables, and all that they hold of a present bureau's rows."""

from sqlalchemy import Connection, MetaData, select

from api.migrating import migrate
from ledger import documents
from ledger.actors import Actor
from ledger.database import Database
from ledger.documents import Sealed
from scoring.models import StepTaken
from scoring.scorecard import Model
from scoring.tables import MODEL


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


def store_model(tx: Connection, actor: Actor, parsed: Model, text: str, taken: StepTaken) -> Sealed:
    """Store a bureau's first model as the first release did, which told no steps of its life."""
    row = {"name": parsed.name, "version": parsed.version, "sha256": "", "text": text}
    return documents.seal(tx, "model", {"by": actor.subject}, [(MODEL, [row])])
