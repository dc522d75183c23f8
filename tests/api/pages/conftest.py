"""A browser for all tests of pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.pages.browsing import started


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser; each test has a profile of its own in it. It ends with these tests, since its event loop goes on."""
    with started() as browser:
        yield browser


@pytest.fixture
def pictured(request: pytest.FixtureRequest) -> bool:
    """Whether the pictures in docs/pages are taken anew (`pytest --pictures tests/api/pages`)."""
    return bool(request.config.getoption("--pictures"))
