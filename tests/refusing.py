"""Refusals that leave everything as it was."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from ledger.database import Database
from ledger.errors import Refusal
from tests.dumping import unchanged


def refuse(database: Database, code: str, step: Callable[[Connection], object]) -> Refusal:
    """The step is refused with this code, and not one stored value is another afterwards; returns the refusal."""
    with unchanged(database), pytest.raises(Refusal) as refused, database.write() as tx:
        step(tx)
    assert refused.value.code == code, refused.value
    return refused.value
