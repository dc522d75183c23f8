"""What the tests of the rows of docs/states.md share."""

from collections.abc import Iterator

import pytest

from tests.api import small_bureau
from tests.api.house import House, served_on
from tests.api.states import recognition
from tests.api.states.visit_sites import Site, visited_campaign


@pytest.fixture(scope="package")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Site]]:
    """The visits of a matched campaign."""
    with visited_campaign(tmp_path_factory.mktemp("visited")) as made:
        yield made


@pytest.fixture
def site(sites: Iterator[Site]) -> Site:
    """A visit of which nothing is told yet."""
    return next(sites)


@pytest.fixture(scope="package")
def closed_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose only campaign, 2026-0001 or of the present year, is published and closed."""
    with served_on("sqlite", tmp_path_factory.mktemp("closed")) as house:
        small_bureau.run_campaign(house, lambda state: None)
        yield house


@pytest.fixture(scope="package")
def matched_bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[recognition.Matched]:
    """One bureau with a matched campaign, at whose enterprises others have inspected."""
    with recognition.matched(tmp_path_factory.mktemp("matched")) as made:
        yield made
