"""A bureau of its own for a backtest: registrations, licences and inspections go in by the ordinary intake."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from typing import Final

from api.backtesting.mapping import BureauFile
from api.bureau import Bureau, create, exists
from api.migrating import migrate_database
from api.settings import Settings
from ledger.actors import Actor, Role
from ledger.errors import Conflict
from sampling import registers, sources
from scoring import model_steps
from scoring.files import ImportReport, read_file
from scoring.models import State
from scoring.scorecard import Model

ORIGIN: Final = "backtest.invalid/qian"
ADMINISTRATOR: Final = Actor("backtest administrator", Role.ADMINISTRATOR)
ANALYST: Final = Actor("backtest analyst", Role.ANALYST)
REVIEWER: Final = Actor("backtest reviewer", Role.ANALYST)


@contextmanager
def opened(settings: Settings) -> Iterator[Bureau]:
    """Give the settings' bureau, made where there is none; raises Conflict("backtest_other_bureau") for any other."""
    if exists(settings):
        migrate_database(settings)
        bureau = Bureau(settings)
    else:
        bureau = create(settings, ORIGIN, "回溯检验")
    try:
        if bureau.origin != ORIGIN:
            raise Conflict("backtest_other_bureau", home=settings.home, origin=bureau.origin)
        yield bureau
    finally:
        bureau.close()


def source_text(kind: str) -> str:
    """Return the document of the source of one kind of file."""
    return files(__package__).joinpath(f"{kind}.toml").read_text("utf-8")


def model_text() -> str:
    """Return the document of the model that learning begins with."""
    return source_text("model")


def take_in(bureau: Bureau, given: BureauFile, told: Callable[[int], None] = lambda rows: None) -> ImportReport:
    """Take one file in by its source; nothing of it goes in where a row is refused."""
    with bureau.write() as tx:
        source = sources.add(tx, ADMINISTRATOR, bureau.now, source_text(given.kind)).source
    name = f"{given.kind}.csv"
    stream = BytesIO(given.text.encode())
    file = read_file(source.format, source.name, name, stream, bureau.today, told)
    with bureau.write() as tx:
        return registers.take_in(tx, ADMINISTRATOR, bureau.now, file, True, bureau.pseudonym_key)


def adopt_model(bureau: Bureau) -> Model:
    """Draft and review the backtest's model, unless it is held; not put in force: nobody is graded by it."""
    with bureau.write() as tx:
        held = model_steps.draft(tx, ANALYST, bureau.now, model_text())
        name, version = held.model.name, held.model.version
        if held.state_on(bureau.today) is State.DRAFT:
            model_steps.review(tx, REVIEWER, bureau.now, name, version, approve=True)
    return held.model
