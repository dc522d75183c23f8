"""The version of a database's tables: which one it is, whether this program works with it, and bringing it up."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from api.settings import Settings
from ledger.database import Database
from ledger.errors import Conflict

HEAD: Final = "head"
_LOCK: Final = int.from_bytes(hashlib.sha256(b"qian/migration-lock/v1").digest()[:7], "big")


@dataclass(frozen=True)
class Migrated:
    """The versions before and after; they are the same where nothing was to be done."""

    before: str
    after: str


def newest_version() -> str:
    """Return the version of the tables that this program works with."""
    return versions()[-1]


@cache
def versions() -> tuple[str, ...]:
    """Return all versions that this program knows, in order."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([script.revision for script in found]))


def version_of(tx: Connection) -> str:
    """Return the version of a database's tables, "" where there are none."""
    return MigrationContext.configure(tx).get_current_revision() or ""


def require_newest(tx: Connection) -> None:
    """Raise Conflict: database_outdated, database_newer, unless the tables are those of this program."""
    version = version_of(tx)
    if version in versions()[:-1]:
        raise Conflict("database_outdated", version=version, newest=newest_version())
    require_known(version)


def require_known(version: str) -> None:
    """Raise Conflict("database_newer") for a version that this program does not know."""
    if version not in versions():
        raise Conflict("database_newer", version=version, newest=newest_version())


def migrate(tx: Connection, version: str = HEAD) -> None:
    """Bring the tables to a version, the newest one by default, in the caller's transaction."""
    config = _config()
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = tx
    command.upgrade(config, version)


def migrate_database(settings: Settings) -> Migrated:
    """Bring an existing bureau's tables to the newest version, all of it or nothing; raises as `require_known`.

    Several machines that do so at once do it one after the other, and the first has done it.
    """
    database = Database(settings.url)
    try:
        with database.write() as tx:
            if not database.is_sqlite:  # there, every writer is alone
                tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            before = version_of(tx)
            require_known(before)
            migrate(tx)
            return Migrated(before, version_of(tx))
    finally:
        database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
