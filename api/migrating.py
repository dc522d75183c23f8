"""The version of a database's tables: which one it is, whether this program works with it, and bringing it up."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text

from api.settings import Settings
from ledger.database import Database
from ledger.errors import Conflict

HEAD: Final = "head"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSION: Final = re.compile(
    r'^revision = "(?P<version>\w+)"\ndown_revision = (?:None|"(?P<before>\w+)")$', re.MULTILINE
)
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
    """Return all versions that this program knows, in order.

    They are read in the scripts' texts, as running the scripts needs Alembic, which takes a while to load.
    """
    texts = (file.read_text(encoding="utf-8") for file in (_MIGRATIONS / "versions").glob("r*.py"))
    matches = (_VERSION.search(each) for each in texts)
    following: dict[str | None, str] = {match["before"]: match["version"] for match in matches if match}
    found, version = [], following.get(None)
    while version is not None:
        found.append(version)
        version = following.get(version)
    return tuple(found)


def version_of(tx: Connection) -> str:
    """Return the version of a database's tables, "" where there are none."""
    if not inspect(tx).has_table("alembic_version"):
        return ""
    return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


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
    from alembic import command  # takes a while to load, which everything else does without
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
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
