"""Learning a model through the command line and through GraphQL over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.bureau import create
from api.settings import Settings
from ledger.actors import Actor, Role
from scoring.model import parse_model
from tests import bureau_files as files
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Console
from tests.api.house import House, served_on
from tests.scoring.learning import observed
from tests.scoring.model_text import SMALL

SECOND = Actor("second", Role.ANALYST)
DAYS = ("--from", observed.FIRST.isoformat(), "--to", observed.LAST.isoformat())
LEARN = ("learn", "small@1", *DAYS, "--observational", "--purpose", "年度评估")
JOB = "job { id } refusal { code }"


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Console:
    """A bureau with a drafted model, and visits that an observational source tells of."""
    create(settings, "log.test/qian", "测试单位").close()
    console = Console(settings, tmp_path)
    source, model = tmp_path / "source.toml", tmp_path / "model.toml"
    source.write_text(observed.SOURCE, "utf-8")
    model.write_text(SMALL, "utf-8")
    console.done("source", "add", source, actor=ADMINISTRATOR)
    console.done("model", "draft", model, actor=ANALYST)
    for name, given in observed.FILES.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(files.csv_bytes(given))
        console.done("import", path, "--source", name, "--strict", actor=ANALYST)
    return console


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same, served."""
    with served_on("sqlite", tmp_path_factory.mktemp("learning")) as house:
        add = "mutation ($text: String!) { addSource(text: $text) { refusal { code } } }"
        house.do(add, ADMINISTRATOR, text=observed.SOURCE)
        draft = "mutation ($text: String!) { draftModel(text: $text) { refusal { code } } }"
        house.do(draft, ANALYST, text=SMALL)
        for name, given in observed.FILES.items():
            assert house.import_file(name, files.csv_bytes(given), strict=True)["state"] == "DONE"
        yield house


def test_a_model_is_learned_explained_and_drafted_by_the_command_line(console: Console) -> None:
    path = console.folder / "draft.toml"
    told = console.done(*LEARN, "--file", path, actor=AUDITOR)
    assert (told["visits"], told["filed"], told["draft"]) == (observed.VISITS, False, {"name": "small", "version": "2"})
    assert path.read_text("utf-8") == told["text"]
    assert parse_model(told["text"]).version == "2"
    assert told["comparison"]["auc"]["difference"]["low"] is not None

    given = (*LEARN, "--direction", "age=falling", "--points-to-double", "10", "--result", "pending", "--as-found")
    for language, said in (("en", "Supports"), ("zh", "现行模型")):
        answer = console.run(*given, actor=ANALYST, QIAN_LANGUAGE=language, COLUMNS="200")
        assert answer.code == 0, answer.stderr
        assert all(each in answer.stdout for each in (said, "AUC", str(observed.VISITS)))

    drafted = console.done(*LEARN, "--draft", "--author", "评价科", actor=ANALYST)
    assert drafted["filed"]
    held = console.done("model", "show", "small", "2", actor=AUDITOR)
    assert (held["state"], held["author"], held["text"]) == ("draft", "评价科", drafted["text"])
    assert console.json("model", "review", "small", "2", actor=ANALYST).error == "review_of_own_model"
    assert console.done("model", "review", "small", "2", actor=SECOND)["state"] == "reviewed"
    read = console.done("grade", "readings", actor=AUDITOR)["readings"]
    assert [each["purpose"] for each in read] == ["年度评估"] * 4
    assert console.done("audit", actor=AUDITOR)["sound"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_the_command_refuses(console: Console) -> None:
    assert console.json(*LEARN, actor=PLANNER).error == "role_not_allowed"
    assert console.json(*LEARN, "--draft", actor=AUDITOR).error == "role_not_allowed"
    assert console.json("learn", "small", *LEARN[2:], actor=ANALYST).error == "model_not_found"
    assert console.json("learn", "small@9", *LEARN[2:], actor=ANALYST).error == "model_version_missing"
    reversed_ = (*LEARN, "--direction", "penalties=falling")
    assert console.json(*reversed_, actor=ANALYST).error == "learning_direction_contradicts"
    assert console.json(*LEARN, "--result", "closed", actor=ANALYST).error == "learning_one_class"
    assert console.json(*LEARN, "--share", "1000000", actor=ANALYST).error == "learning_shares"
    assert console.run(*LEARN, "--direction", "age", actor=ANALYST).code == 2


def asked(more: str = "", draft: str = "") -> str:
    days = f'first: "{observed.FIRST}", last: "{observed.LAST}", observational: true'
    learning = f'{{ name: "small", version: "1", {days}{more} }}'
    return f'mutation {{ learnModel(learning: {learning}, purpose: "年度评估"{draft}) {{ {JOB} }} }}'


def told_of(house: House, job: dict[str, Any]) -> Any:
    selected = "... on LearningResult { base { version } draft { name version } filed advice changes { place text } }"
    query = f'{{ job(id: "{job["id"]}") {{ state refusal {{ code }} result {{ {selected} }} files {{ name path }} }} }}'
    return house.ask(query, ANALYST)["job"]


def test_a_model_is_learned_by_graphql(house: House) -> None:
    more = ', directions: [{ indicator: "age", direction: FALLING }], target: [PENDING], author: "评价科"'
    told = told_of(house, house.work(asked(more, ", draft: true"), ANALYST))
    assert told["state"] == "DONE", told["refusal"]
    result = told["result"]
    assert (result["filed"], result["draft"]) == (True, {"name": "small", "version": "2"})
    assert result["advice"] in ("PROMOTE", "KEEP")
    assert "indicators.age" in [each["place"] for each in result["changes"]]
    contents = {
        file["name"]: house.http.get(file["path"], headers=house.headers(ANALYST, "en")).content
        for file in told["files"]
    }
    assert orjson.loads(contents["learning.json"])["visits"] == observed.VISITS
    held = house.ask('{ model(name: "small", version: "2") { state text } }', AUDITOR)["model"]
    assert held == {"state": "DRAFT", "text": contents["draft.toml"].decode()}
    assert house.http.get(told["files"][0]["path"], headers=house.headers(SECOND, "en")).status_code != 200


def test_a_question_that_cannot_be_is_refused_at_once(house: House) -> None:
    assert house.refused(asked(", pointsToDouble: 0"), ANALYST) == "learning_number_range"
    assert house.refused(asked(draft=", draft: true"), AUDITOR) == "role_not_allowed"
    assert house.refused(asked().replace('version: "1"', 'version: "9"'), ANALYST) == "model_version_missing"
