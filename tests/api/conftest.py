"""What the tests of the doors share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import ENGINES, fresh_database


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on each engine."""
    with fresh_database(request.param, tmp_path) as url:
        yield url
