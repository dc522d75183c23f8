"""Logs that are one entry short of a tile, so that the next append takes every step that there is."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

import pytest

from ledger.database import Database
from tests.engines import ENGINES, fresh_database
from tests.ledger.stepwise import ALMOST_A_TILE, append_and_sign

FreshLog: TypeAlias = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="module", params=ENGINES)
def fresh_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshLog]:
    """What opens a log of its own each time, once on each engine; its next entry completes a tile."""

    @contextmanager
    def opened(copy_of: str) -> Iterator[Database]:
        with fresh_database(request.param, tmp_path_factory.mktemp("log"), copy_of) as url:
            database = Database(url)
            try:
                yield database
            finally:
                database.close()

    with opened(request.getfixturevalue(f"{request.param}_template")) as first:
        append_and_sign(first, ALMOST_A_TILE)
        first.close()
        yield lambda: opened(first.url.render_as_string(hide_password=False))
