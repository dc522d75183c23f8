"""A source as an earlier release added it, whose document this one reads more strictly."""

from datetime import datetime

from ledger import documents, log
from ledger.database import Database
from ledger.log import NewEntry
from sampling.entry_kinds import SOURCE_ADDED
from sampling.tables import SOURCE
from tests.scoring.register import NOW
from tests.scoring.source_text import PLATFORM

UNREADABLE = PLATFORM.replace('version = "1"', 'version = "0"').replace('unit = "元"', "")


def add_unreadable(database: Database, now: datetime = NOW) -> None:
    """Add it past all checks."""
    row = {"name": "信用平台", "version": "0", "kind": "penalty", "sha256": "", "text": UNREADABLE, "added_by": "admin"}
    with database.write() as tx:
        sealed = documents.seal(tx, "source", {"by": "admin"}, [(SOURCE, [row])])
        log.append(tx, now, [NewEntry(SOURCE_ADDED, sealed.id, {"source": sealed})])
