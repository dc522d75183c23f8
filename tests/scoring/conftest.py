"""A bureau with a few registered enterprises."""

import pytest

from ledger.database import Database
from tests.scoring.register import REGISTERED, registrations, take_in


@pytest.fixture
def register(database: Database) -> Database:
    """A bureau with a few registered enterprises and nothing else."""
    take_in(database, registrations(*REGISTERED), strict=True)
    return database
