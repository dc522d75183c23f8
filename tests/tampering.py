"""What somebody who owns the database could do to it."""

from sqlalchemy import Connection, text

from ledger.tables import metadata


def drop_triggers(tx: Connection) -> None:
    """Take away all that keeps history from being rewritten."""
    if tx.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            tx.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER ALL"))
        return
    names = tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        tx.execute(text(f"DROP TRIGGER {name}"))
