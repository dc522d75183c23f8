"""docs/analysis.md: its code runs as it stands, on a graded bureau, and every frame of grades is a recorded reading."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from api.bureau import Bureau, create
from api.sample.bureau import SampleFile
from api.settings import Settings
from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Invalid
from sampling import registers
from scoring import analysis, grades, model_steps, models
from scoring.files import read_file
from scoring.grading import grade_enterprises
from scoring.tables import grade_reading
from tests.actors import somebody
from tests.api.conftest import SAMPLED
from tests.api.house import NAME, ORIGIN
from tests.engines import ENGINES, fresh_database

ADMINISTRATOR, ANALYST = Actor("admin", Role.ADMINISTRATOR), Actor("analyst-1", Role.ANALYST)
BLOCKS = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs/analysis.md").read_text("utf-8"), re.DOTALL
)


@pytest.fixture(scope="module", params=ENGINES)
def graded(
    request: pytest.FixtureRequest, sample: tuple[Path, list[SampleFile]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bureau]:
    """The sample bureau with its records and a run, once on each engine."""
    home = tmp_path_factory.mktemp("graded")
    with fresh_database(request.param, home) as url:
        database_url = None if request.param == "sqlite" else SecretStr(url)
        with closing(create(Settings(home=home / "home", database_url=database_url), ORIGIN, NAME)) as bureau:
            fill(bureau, sample)
            yield bureau


def fill(bureau: Bureau, sample: tuple[Path, list[SampleFile]]) -> None:
    """Take in the sample, and grade."""
    with bureau.write() as tx:
        if not models.in_force_on(tx, bureau.today):
            model_steps.adopt_first(tx, ADMINISTRATOR, bureau.now, models.default_text())
    folder, files = sample
    for file in files:
        with (folder / file.name).open("rb") as stream:
            read = read_file(registers.format_of(file.kind), file.source, file.name, stream, bureau.today)
        with bureau.write() as tx:
            registers.take_in(tx, ADMINISTRATOR, bureau.now, read, False, bureau.pseudonym_key)
    with bureau.write() as tx:
        grade_enterprises(tx, ANALYST, bureau.now, bureau.today)


def test_the_guide_runs_and_leaves_its_reading(
    graded: Bureau, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QIAN_HOME", str(graded.settings.home))
    if graded.settings.database_url is not None:
        monkeypatch.setenv("QIAN_DATABASE_URL", graded.settings.database_url.get_secret_value())
    before = readings(graded)
    names: dict[str, object] = {}
    for block in BLOCKS:
        exec(block, names)  # noqa: S102  - the guide's own code
    told = capsys.readouterr().out
    assert str(graded.today) in told
    assert "inspection_problems" in told
    assert readings(graded) == [*before, ("analyst-1", "quarterly review of the model", None)]


def readings(bureau: Bureau) -> list[tuple[object, ...]]:
    query = select(grade_reading.c.subject, grade_reading.c.purpose, grade_reading.c.enterprise)
    with bureau.read() as tx:
        return [tuple(row) for row in tx.execute(query.order_by(grade_reading.c.id))]


def test_a_frame_says_what_each_reading_says(graded: Bureau) -> None:
    with graded.write() as tx:
        frame = analysis.grades_frame(tx, ANALYST, graded.now, "test")
        assert len(frame) == SAMPLED
        for code in (frame.index[0], frame.index[-1]):
            found = grades.read_grade(tx, ANALYST, graded.now, code, "test")
            row = frame.loc[code]
            assert (row["grade"], row["score"], row["stage"]) == (found.grade, found.score, found.stage)
            for told in found.reasons["indicators"]:
                value = row[told["id"]]
                assert (None if str(value) == "<NA>" else value) == told["value"]


@pytest.mark.parametrize("role", [Role.PLANNER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_only_who_may_read_grades_gets_a_frame_of_them(graded: Bureau, role: Role) -> None:
    with pytest.raises(Forbidden), graded.write() as tx:
        analysis.grades_frame(tx, somebody(role), graded.now, "test")


def test_no_frame_of_grades_without_a_purpose(graded: Bureau) -> None:
    with pytest.raises(Invalid), graded.write() as tx:
        analysis.grades_frame(tx, ANALYST, graded.now, " ")
