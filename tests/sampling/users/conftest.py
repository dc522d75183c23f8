"""Offices for the tests of users."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from ledger.database import Database
from sampling.users import passwords
from tests.engines import fresh_database
from tests.sampling.users.office import Office


@pytest.fixture(scope="package", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Let passwords be hashed at once: what is tested here does not depend on how long that takes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture
def office(sqlite_template: str, tmp_path: Path) -> Iterator[Office]:
    """A bureau without users."""
    with fresh_database("sqlite", tmp_path, sqlite_template) as url:
        database = Database(url)
        yield Office(database)
        database.close()


@pytest.fixture
def office_on_each(database: Database) -> Office:
    """A bureau without users on each engine, for what the engines could do otherwise."""
    return Office(database)
