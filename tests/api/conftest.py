"""What the tests of the doors share: bureaus on both engines, and a small sample to put into them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.bureau import Bureau, create
from api.sample import enterprises
from api.sample.bureau import SampleFile, write_sample_bureau
from api.settings import Settings
from tests.api.states.publishing import Desk, desk_on
from tests.engines import ENGINES, fresh_database
from tests.sampling.bureau import Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

ORIGIN = "log.test/qian"
SAMPLED = 240
"""So many enterprises make a frame that can be drawn from, in a second."""


@pytest.fixture(params=ENGINES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a bureau that is still to be created, once on each engine; or created, for `bureau`."""
    home = tmp_path / "home"
    if "bureau" not in request.fixturenames:
        with _place(request.param, tmp_path) as settings:
            yield settings
        return
    template: Settings = request.getfixturevalue(f"{request.param}_bureau")
    shutil.copytree(template.home, home)
    with _place(request.param, tmp_path, template.url) as settings:
        yield settings


@contextmanager
def _place(engine: str, folder: Path, copy_of: str | None = None) -> Iterator[Settings]:
    if engine == "sqlite":
        yield Settings(home=folder / "home")
        return
    with fresh_database(engine, folder, copy_of) as url:
        yield Settings(home=folder / "home", database_url=SecretStr(url))


@pytest.fixture(scope="session")
def sqlite_bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A bureau without enterprises to copy."""
    yield from _created("sqlite", tmp_path_factory)


@pytest.fixture(scope="session")
def postgresql_bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The same on PostgreSQL, where making all tables takes longer than most tests."""
    yield from _created("postgresql", tmp_path_factory)


def _created(engine: str, folders: pytest.TempPathFactory) -> Iterator[Settings]:
    with _place(engine, folders.mktemp("created")) as settings:
        create(settings, ORIGIN, "测试单位").close()
        yield settings


@pytest.fixture
def bureau(settings: Settings) -> Iterator[Bureau]:
    """A bureau without enterprises, once on each engine."""
    bureau = Bureau(settings)
    yield bureau
    bureau.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SampleFile]]:
    """The folder of a small sample, and its files in the order of their import."""
    folder = tmp_path_factory.mktemp("sample")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(enterprises, "ENTERPRISES", SAMPLED)
        return folder, write_sample_bureau(folder)


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with approved and published findings, of which each test of a module takes one."""
    with desk_on(sqlite_states.of("reviewed"), tmp_path_factory.mktemp("publishing")) as served:
        yield served
