"""Backups for tests: a passphrase, places to restore into, and what is left in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import inspect

from api.settings import Settings
from ledger.database import Database
from tests.engines import fresh_database

QUICK = 4
"""A work factor of scrypt that costs nothing."""


def passphrase_file(folder: Path, passphrase: bytes = b"correct horse\n") -> Path:
    """Return a file that holds a passphrase."""
    folder.mkdir(exist_ok=True)
    path = folder / "passphrase"
    path.touch(mode=0o600)
    path.write_bytes(passphrase)
    return path


@contextmanager
def empty_place(engine: str, folder: Path, passphrase: Path | None) -> Iterator[Settings]:
    """Give settings that name a place where nothing is."""
    folder.mkdir()
    with fresh_database(engine, folder) as url:
        database_url = None if engine == "sqlite" else SecretStr(url)
        yield Settings(home=folder / "home", database_url=database_url, backup_passphrase_file=passphrase)


def left_in(settings: Settings) -> list[str]:
    """Return the files and tables of a place."""
    files = [str(file.relative_to(settings.home.parent)) for file in settings.home.parent.rglob("*")]
    if settings.database_url is None:
        return files
    database = Database(settings.url)
    try:
        return files + inspect(database.engine).get_table_names()
    finally:
        database.close()
