"""Data upward and the province's model back, through both doors: what a job leaves is what the command writes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.worker import Worker
from ledger.windows import Window
from scoring import grades, models
from tests.api.console import AUDITOR, Console
from tests.api.house import ANALYST
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.bureau import CLOSED_AT, OTHER_ANALYST, Templates
from tests.scoring.provincial.test_taking_back import TEXT

SPAN = {"since": "2026-11-01", "until": "2026-11-30"}
EXPORT = """mutation ($model: String!, $version: String!, $since: Date!, $until: Date!, $purpose: String!) {
  exportTrainingData(model: $model, version: $version, since: $since, until: $until, purpose: $purpose,
                     withEnterprises: true) {
    job { id } refusal { code message }
  }
}"""
CHECK = """mutation ($text: String!, $since: Date!, $until: Date!, $purpose: String!) {
  checkProvincialModel(text: $text, since: $since, until: $until, purpose: $purpose) {
    job { id } refusal { code message }
  }
}"""
IMPORT = """mutation ($text: String!) {
  importProvincialModel(text: $text) {
    model { name state origin { issuer issuedOn data digest } } refusal { code }
  }
}"""
RESOLVE = """query ($pseudonyms: [String!]!) {
  resolvedPseudonyms(pseudonyms: $pseudonyms, purpose: "核实") { pseudonym kind name }
}"""
RESULT = """query ($id: ID!) { job(id: $id) { result {
  ... on TrainingDataResult { export visits } ... on ProvincialCheckResult { model { name version } }
} } }"""


@dataclass
class Province:
    """A served bureau whose campaign is closed, and both ways to it."""

    desk: Desk
    folder: Path

    @property
    def console(self) -> Console:
        """The command line."""
        return self.desk.console

    def work(self, mutation: str, **variables: Any) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Return a job's result and files."""
        asked = self.desk.house.do(mutation, ANALYST, **variables)["job"]["id"]
        assert Worker(self.desk.house.bureau, lambda: self.desk.clock.now).work_one()
        job = self.desk.house.ended(asked, ANALYST)
        assert job["state"] == "DONE", job
        found = self.desk.house.ask(RESULT, ANALYST, id=job["id"])["job"]["result"]
        files = {each["name"]: self.desk.house.fetch(each["path"], ANALYST).content for each in job["files"]}
        return found, files


@pytest.fixture(scope="module")
def province(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """One bureau for all tests of this module."""
    folder = tmp_path_factory.mktemp("province")
    with desk_at(sqlite_states.of("closed"), folder, CLOSED_AT) as desk:
        yield Province(desk, folder)


@pytest.fixture(scope="module")
def exported(province: Province) -> dict[str, bytes]:
    """The files of an export by the command line."""
    folder = province.folder / "upward"
    arguments = ["province", "export", "qian-example", "2", "--since", SPAN["since"], "--until", SPAN["until"]]
    told = province.console.done(*arguments, "--purpose", "省级建模", "--out", folder, "--enterprises", actor=ANALYST)
    files = {path.name: path for path in map(Path, told["files"])}
    assert told["visits"] > 0
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    return {name: path.read_bytes() for name, path in files.items()}


@pytest.fixture(scope="module")
def document(province: Province) -> Path:
    """The province's model as a file."""
    path = province.folder / "provincial.toml"
    path.write_text(TEXT, "utf-8")
    return path


def test_a_job_leaves_what_the_command_writes(province: Province, exported: dict[str, bytes]) -> None:
    told, files = province.work(EXPORT, model="qian-example", version="2", purpose="省级建模", **SPAN)
    assert files == exported
    assert set(files) == {
        *(f"{table}.{form}" for table in ("visits", "statistics", "enterprises") for form in ("parquet", "csv")),
        *("dictionary.json", "dictionary.md"),
    }
    with province.desk.house.bureau.read() as tx:
        assert told["export"] in {reading["run"] for reading in grades.readings(tx, AUDITOR, Window(10))}


def test_pseudonyms_are_resolved_by_both_doors(province: Province, exported: dict[str, bytes]) -> None:
    header, first, *_ = exported["visits.csv"].decode("utf-8-sig").splitlines()
    pseudonym = first.split(",")[header.split(",").index("enterprise")]
    (told,) = province.desk.house.ask(RESOLVE, ANALYST, pseudonyms=[pseudonym])["resolvedPseudonyms"]
    assert told["kind"] == "ENTERPRISE"
    resolve = ("province", "resolve", "--purpose", "核实")
    assert province.console.done(*resolve, pseudonym, actor=ANALYST) == {
        "pseudonyms": [{"pseudonym": pseudonym, "kind": "enterprise", "name": told["name"]}]
    }
    unknown = province.console.json(*resolve, "0" * 32, actor=ANALYST)
    assert (unknown.code, unknown.json["pseudonyms"][0]["kind"]) == (1, None)
    people = province.console.run(*resolve, pseudonym, actor=ANALYST)
    assert told["name"] in people.stdout


def test_files_that_are_there_are_not_written_over(province: Province, exported: dict[str, bytes]) -> None:
    before = province.desk.house.size()
    arguments = ["province", "export", "qian-example", "2", "--since", SPAN["since"], "--until", SPAN["until"]]
    answer = province.console.json(
        *arguments, "--purpose", "省级建模", "--out", province.folder / "upward", actor=ANALYST
    )
    assert answer.error == "file_exists"
    assert province.desk.house.size() == before


def test_a_check_tells_the_same_by_both_doors(province: Province, document: Path) -> None:
    told, files = province.work(CHECK, text=TEXT, purpose="核对", **SPAN)
    assert told == {"model": {"name": "provincial", "version": "1"}}
    by_job = orjson.loads(files["provincial-check.json"])
    check = ("province", "check", document, "--since", SPAN["since"], "--until", SPAN["until"], "--purpose", "核对")
    by_command = province.console.done(*check, actor=ANALYST)
    assert _without_words(by_job) == _without_words(by_command)
    assert by_job["origin"]["issuer"] == "某省市场监督管理部门"
    assert {each["grade"] for each in by_job["grades"]} == set("ABCD")
    people = province.console.run(*check, actor=ANALYST)
    assert people.code == 0
    assert "某省市场监督管理部门" in people.stdout
    assert "AUC" in people.stdout


def test_the_model_is_imported_and_reviewed_by_another_person(province: Province, document: Path) -> None:
    told = province.desk.house.do(IMPORT, ANALYST, text=TEXT)["model"]
    assert (told["name"], told["state"], told["origin"]["issuedOn"]) == ("provincial", "DRAFT", "2026-11-20")
    again = province.console.done("province", "import", document, actor=ANALYST)
    assert (again["state"], again["origin"]["digest"]) == ("draft", told["origin"]["digest"])
    review = ("model", "review", "provincial", "1")
    assert province.console.json(*review, actor=ANALYST).error == "review_of_own_model"
    reviewed = province.console.done(*review, actor=OTHER_ANALYST)
    assert (reviewed["state"], reviewed["origin"]["data"]) == ("reviewed", "全省检查数据")
    own = models.default_text()
    assert province.desk.house.refused(IMPORT, ANALYST, text=own) == "model_origin_missing"


def _without_words(document: dict[str, Any]) -> dict[str, Any]:
    remarks = [{"code": each["code"], "place": each["place"]} for each in document["remarks"]]
    return {**document, "remarks": remarks}
