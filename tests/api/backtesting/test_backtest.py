"""The whole way from a file of past inspections to what a model would have said of them, on both engines."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from api.backtesting.bureau import ANALYST
from api.settings import Settings
from scoring.model import parse_model
from tests.api.backtesting.past_inspections import Row, rows, text
from tests.api.console import Answer, Console
from tests.engines import ENGINES, fresh_database

REAL = Path(__file__).parents[4] / "shared" / "vectors" / "chicago" / "inspections.csv.gz"
NOISE = 1_000
"""A tenth of the standard error of the mean, per million."""

TO_REACH = 620_000


@dataclass(frozen=True)
class Tried:
    """A backtest that was run: its console, its file, its folder of results, and what it told."""

    console: Console
    file: Path
    report: Path
    told: Any

    def again(self, *arguments: str | Path) -> Answer:
        return self.console.json("backtest", self.file, "--folder", self.console.settings.home, *arguments)


@pytest.fixture(scope="module", params=ENGINES)
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    folder = tmp_path_factory.mktemp("backtest")
    with fresh_database(request.param, folder) as url:
        settings = Settings(
            home=folder / "bureau", database_url=SecretStr(url) if request.param == "postgresql" else None
        )
        console = Console(settings, folder)
        file, report = folder / "past.csv.gz", folder / "report"
        file.write_bytes(gzip.compress(text(rows()).encode()))
        told = console.done("backtest", file, "--folder", settings.home, "--report", report)
        yield Tried(console, file, report, told)


def backtest(folder: Path, of: list[dict[str, str]]) -> Answer:
    file = folder / "past.csv"
    file.write_text(text(of), "utf-8")
    return Console(Settings(home=folder / "bureau"), folder).json("backtest", file, "--folder", folder / "bureau")


def test_all_rows_go_in_by_the_ordinary_intake(tried: Tried) -> None:
    made = rows()
    licences = {row["licence"] for row in made}
    told = {each["kind"]: each for each in tried.told["files"]}
    assert (told["registration"]["new"], told["inspection"]["new"]) == (len(licences), len(made))
    assert all(each["refused"] == 0 and each["read"] == each["new"] for each in told.values())
    assert tried.told["enterprises"] == len(licences)


def test_the_visits_are_those_of_the_file(tried: Tried) -> None:
    made = rows()
    assert (tried.told["visits"], tried.told["found"]) == (len(made), sum(row["critical"] == "1.0" for row in made))


def test_the_periods_are_of_sixty_days_and_end_with_the_last_visit(tried: Tried) -> None:
    periods = tried.told["periods"]
    assert periods[-1]["last"] == tried.told["last"] == max(row["date"] for row in rows())
    assert len(periods) == 4
    inside = [row for row in rows() if periods[0]["first"] <= row["date"] <= periods[0]["last"]]
    assert periods[0]["visits"] == len(inside)


def test_the_past_tells_the_bad_from_the_good(tried: Tried) -> None:
    assert tried.told["mean_of_last"]["plain"] > 600_000
    assert tried.told["mean_of_last"]["adjusted"] > 600_000


def test_who_inspects_orders_findings_where_some_are_strict(tried: Tried) -> None:
    periods = tried.told["periods"]
    assert sum(each["with_inspector"]["auc"] - each["known_adjusted"]["auc"] for each in periods) > 0


def test_the_same_file_again_changes_nothing_and_fewer_periods_are_the_last_ones(tried: Tried) -> None:
    again = tried.again("--periods", "2").json
    assert all(each["new"] == 0 and each["same"] == each["read"] for each in again["files"])
    assert again["periods"] == tried.told["periods"][-2:]


def test_the_bureau_is_sound_and_its_model_in_nobodys_force(tried: Tried) -> None:
    tried.console.done("model", "show", "backtest", "1", actor=ANALYST)
    answer = tried.console.json("source", "show", "backtest-inspection", actor=ANALYST)
    assert "observational = true" in answer.stdout


def test_results_are_written_beside_each_other(tried: Tried) -> None:
    names = {Path(each).name for each in tried.told["written"]}
    assert names == {path.name for path in tried.report.iterdir()}
    assert {"results.json", "periods.md", "learned.toml", "backtest-auc.svg", "backtest-first-half.svg"} < names
    assert all(len(path.read_bytes()) < 60_000 for path in tried.report.glob("*.svg"))


def test_no_result_names_an_enterprise(tried: Tried) -> None:
    for path in tried.report.iterdir():
        content = path.read_text("utf-8")
        assert "PDY" not in content
        assert not any(f'"{row["licence"]}"' in content for row in rows())


def test_the_learned_model_is_a_model(tried: Tried) -> None:
    assert parse_model((tried.report / "learned.toml").read_text("utf-8")).version == "1-learned"


def test_another_bureau_is_left_alone(tmp_path: Path) -> None:
    console = Console(Settings(home=tmp_path / "bureau"), tmp_path)
    console.done("init", "--origin", "log.example.gov.cn/qian", "--name", "x")
    assert backtest(tmp_path, rows()).error == "backtest_other_bureau"


def test_columns_that_are_not_read_are_told(tmp_path: Path) -> None:
    made: list[dict[str, str]] = [{**row, "garbage_cart_density": "1"} for row in rows()]
    file = tmp_path / "past.csv"
    file.write_text(text(made), "utf-8")
    answer = Console(Settings(), tmp_path).run("backtest", file, "--folder", tmp_path / "b", "--periods", "1")
    assert answer.code == 0
    assert "garbage_cart_density" in answer.stderr


def changed(row: Row, **values: str) -> dict[str, str]:
    return {**row, **values}


@pytest.mark.parametrize(
    ("of", "error"),
    [
        ([changed(row, critical="0.0") for row in rows()], "learning_one_class"),
        ([changed(row, critical="1.0") for row in rows()], "learning_one_class"),
        (rows()[:300], "backtest_short"),
        ([{name: row[name] for name in row if name != "critical"} for row in rows()], "backtest_columns_missing"),
        ([*rows(), rows()[0]], "backtest_inspection_twice"),
    ],
    ids=["no findings", "findings alone", "too short", "a column missing", "an inspection twice"],
)
def test_what_cannot_be_tested_is_refused(tmp_path: Path, of: list[dict[str, str]], error: str) -> None:
    assert backtest(tmp_path, of).error == error


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "past.csv.gz"
    file.write_bytes(text(rows()).encode())
    answer = Console(Settings(), tmp_path).json("backtest", file, "--folder", tmp_path / "bureau")
    assert answer.error == "backtest_no_text"


@pytest.mark.skipif(not REAL.exists(), reason="the real inspections are not here")
def test_real_inspections_are_foretold_without_the_inspector(tmp_path: Path) -> None:
    """24,518 food inspections; the published model, which knows the inspector, has 0.679 on its last 90 days."""
    console = Console(Settings(home=tmp_path / "bureau"), tmp_path)
    told = console.done("backtest", REAL, "--folder", tmp_path / "bureau", "--periods", "3")
    assert (told["enterprises"], told["visits"]) == (11_822, 24_518)
    assert told["mean_of_last"]["plain"] >= TO_REACH
    assert told["mean_of_last"]["adjusted"] >= TO_REACH
    assert told["mean_of_last"]["adjusted"] >= told["mean_of_last"]["plain"] - NOISE
