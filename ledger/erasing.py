"""Removing what has expired from the storage, after the commit, again and again until it is gone."""

from sqlalchemy import Connection, select

from ledger.database import Database
from ledger.documents import storage_of
from ledger.tables import content_erasure


def pending(tx: Connection) -> list[str]:
    """Return the expired documents whose contents the storage may still have."""
    return list(tx.execute(select(content_erasure.c.document).order_by(content_erasure.c.document)).scalars())


def erase_contents(database: Database) -> int:
    """Remove all pending contents, each durably before it is no longer pending, and return how many there were.

    Raises Conflict("storage_failed") where the storage is away; what is left is removed at the next call.
    """
    with database.read() as tx:
        identifiers, storage = pending(tx), storage_of(tx)
    if storage is None:  # the settings name another place than that of these contents
        return 0
    for identifier in identifiers:
        storage.delete(identifier)
        with database.write() as tx:
            tx.execute(content_erasure.delete().where(content_erasure.c.document == identifier))
    return len(identifiers)
