"""Bureaus for the tests of sampling: each test gets a copy of its own, in the state that it asks for."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import pytest

from tests.engines import ENGINES, fresh_database
from tests.sampling import bureau
from tests.sampling.bureau import Bureau, Step, Templates


class BureauIn(Protocol):
    """Gives a bureau, of which nobody else has the copy."""

    def __call__(self, state: str, *further: Step) -> Bureau:
        """Return it in a state, or as further steps left it that several tests begin with."""


on_one_engine = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For what does not depend on the engine."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def bureau_in(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BureauIn]:
    """What gives bureaus."""
    states: Templates = request.getfixturevalue(f"{engine}_states")
    with ExitStack() as stack:

        def give(state: str, *further: Step) -> Bureau:
            folder = Path(mkdtemp(dir=tmp_path))
            url = stack.enter_context(fresh_database(engine, folder, states.of(state, *further)))
            return stack.enter_context(bureau.opened(url))

        yield give


@pytest.fixture(scope="session")
def sqlite_states(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """The bureau in each state, as files to copy."""
    yield from _states("sqlite", sqlite_template, tmp_path_factory)


@pytest.fixture(scope="session")
def postgresql_states(postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """The bureau in each state, as databases to copy."""
    yield from _states("postgresql", postgresql_template, tmp_path_factory)


def _states(engine: str, template: str, folders: pytest.TempPathFactory) -> Iterator[Templates]:
    with ExitStack() as stack:

        def copy(url: str) -> str:
            return stack.enter_context(fresh_database(engine, folders.mktemp("state"), url))

        yield Templates(copy(template), copy)


@pytest.fixture(scope="session")
def sqlite_hamlet(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The smallest bureau with a closed campaign, only to be read, in a file."""
    yield from _hamlet("sqlite", sqlite_template, tmp_path_factory)


@pytest.fixture(scope="session")
def hamlet_bundle(sqlite_hamlet: Bureau) -> bytes:
    """The bundle of a closed campaign among 16 enterprises."""
    return sqlite_hamlet.bundle()


@pytest.fixture(scope="session")
def postgresql_hamlet(postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """The smallest bureau with a closed campaign, only to be read, on the PostgreSQL server."""
    yield from _hamlet("postgresql", postgresql_template, tmp_path_factory)


def _hamlet(engine: str, template: str, folders: pytest.TempPathFactory) -> Iterator[Bureau]:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(engine, folders.mktemp("hamlet"), template))
        made = stack.enter_context(bureau.opened(url, bureau.HAMLET))
        bureau.build_whole(made)
        made.sign()
        yield made
