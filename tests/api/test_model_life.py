"""Models and judgements through the command line and through GraphQL over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.bureau import Bureau, create
from api.command_line import model_trials
from api.settings import Settings
from ledger.actors import Actor, Role
from ledger.windows import Window
from scoring import grades
from tests import bureau_files as files
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Console
from tests.api.house import House, served_on
from tests.scoring.model_text import SMALL

SECOND = Actor("second", Role.ANALYST)
CODE = files.code(1)
SECTOR = f'{SMALL}[scope]\nsectors = ["建筑施工"]\n'
HIGHER = SECTOR.replace('version = "1"', 'version = "2"').replace('grade = "C"\nreason', 'grade = "D"\nreason')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """On one engine: how models are stored on either is asked of scoring."""
    return Settings(home=tmp_path / "home")


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Console:
    """A bureau with two enterprises, the first of which was fined."""
    create(settings, "log.test/qian", "测试单位").close()
    console = Console(settings, tmp_path)
    rows = {
        "registration": [files.registration(number, 行业="建筑施工") for number in (1, 2)],
        "penalty": [files.penalty(1, "罚1", "2026-03-01")],
    }
    for kind, given in rows.items():
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(files.csv_bytes(given))
        console.done("import", path, "--source", kind, "--strict", actor=ANALYST)
    return console


def written(console: Console, text: str, name: str = "model.toml") -> Path:
    path = console.folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_model_goes_through_its_life_by_the_command_line(console: Console) -> None:
    path = written(console, SECTOR)
    drafted = console.done("model", "draft", path, actor=ANALYST)
    assert (drafted["state"], drafted["scope"]["sectors"], drafted["in_force_from"]) == ("draft", ["建筑施工"], None)
    assert console.json("model", "review", "small", "1", actor=ANALYST).error == "review_of_own_model"
    assert console.json("model", "enforce", "small", "1", actor=ANALYST).error == "model_state"
    assert console.done("model", "review", "small", "1", "--note", "可用", actor=ADMINISTRATOR)["state"] == "reviewed"
    enforced = console.done("model", "enforce", "small", "1", actor=ANALYST)
    assert (enforced["state"], enforced["in_force_to"]) == ("in_force", None)
    listed = console.done("model", "list", actor=AUDITOR)["models"]
    assert [(each["name"], each["state"]) for each in listed] == [("small", "in_force"), ("qian-example", "in_force")]
    shown = console.done("model", "show", "small", "1", actor=AUDITOR)
    assert shown["text"] == SECTOR
    assert [(each["step"], each["by"]) for each in shown["steps"]] == [
        ("drafted", "analyst"),
        ("reviewed", "administrator"),
        ("enforced", "analyst"),
    ]
    run = console.done("grade", actor=ANALYST)
    assert [each["name"] for each in run["models"]] == ["qian-example", "small"]
    found = console.done("grade", "show", CODE, "--purpose", "核对", actor=ANALYST)
    assert (found["grade"], found["reasons"]["model"]) == ("C", {"name": "small", "version": "1"})
    told = console.run("grade", "show", CODE, "--purpose", "核对", actor=ANALYST)
    assert "small 1" in told.stdout
    retired = console.done("model", "retire", "small", "1", "--note", "到期", actor=ADMINISTRATOR)
    assert (retired["state"], retired["steps"][-1]["note"]) == ("retired", "到期")
    assert [each["name"] for each in console.done("grade", actor=ANALYST)["models"]] == ["qian-example"]
    assert console.done("audit", actor=AUDITOR)["sound"]


def test_a_region_of_a_model_s_scope_is_told_with_its_division_s_name(console: Console) -> None:
    code, name = "130304", "样例区"
    file = console.folder / "division.csv"
    file.write_bytes(files.csv_bytes([files.division(code, name)]))
    console.done("import", file, "--source", "division", "--strict", actor=ADMINISTRATOR)
    console.done("model", "draft", written(console, f'{SMALL}[scope]\nregions = ["{code}", "示范镇"]\n'), actor=ANALYST)
    for command in (("show", "small", "1"), ("list",)):
        assert f"{code} {name}、示范镇" in console.run("model", *command, actor=ANALYST, COLUMNS="200").stdout
    assert console.done("model", "show", "small", "1", actor=ANALYST)["scope"]["regions"] == [code, "示范镇"]


def test_a_draft_is_returned_and_an_edited_version_refused(console: Console) -> None:
    console.done("model", "draft", written(console, SECTOR), actor=ANALYST)
    returned = console.done("model", "review", "small", "1", "--return", "--note", "分值", actor=SECOND)
    assert returned["state"] == "returned"
    edited = written(console, SECTOR.replace("points = 10", "points = 11"))
    assert console.json("model", "draft", edited, actor=ANALYST).error == "model_version_exists"
    assert console.json("model", "show", "small", "9", actor=ANALYST).error == "model_version_missing"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_check_explains_a_model_to_people(console: Console, language: str) -> None:
    answer = console.run(
        *("model", "check", written(console, SECTOR)), actor=ANALYST, QIAN_LANGUAGE=language, COLUMNS="200"
    )
    assert answer.code == 0
    said = {"en": "Grade D (from 900000000000) cannot be given", "zh": "等级 D（自 900000000000 分）不可能出现"}
    assert said[language] in answer.stdout
    assert "[1, 3)" in answer.stdout


def test_a_check_tells_grades_to_those_who_may_read_them_and_records_it(console: Console) -> None:
    path = written(console, SECTOR)
    found = console.done("model", "check", path, "--purpose", "评估", actor=ANALYST)
    assert found["scores"] == {"least": 0, "greatest": 29}
    assert found["records"]["grades"] == [
        {"grade": label, "enterprises": count} for label, count in zip("ABCD", (1, 0, 1, 0), strict=True)
    ]
    assert console.done("model", "check", path, actor=ADMINISTRATOR)["records"] is None
    assert console.json("model", "check", path, actor=PLANNER).error == "role_not_allowed"
    assert console.json("model", "check", written(console, "x"), actor=ANALYST).error == "toml_malformed"
    assert purposes(console) == ["评估"]


def test_a_comparison_tells_the_matrix_and_to_whom_says_why_the_list(console: Console) -> None:
    console.done("model", "draft", written(console, SECTOR), actor=ANALYST)
    pair = ("model", "diff", "small@1", written(console, HIGHER))
    counted = console.done(*pair, actor=AUDITOR)
    assert [each["place"] for each in counted["changes"]] == ["model", "rules.fined"]
    assert counted["migration"]["matrix"] == [
        {"old": "A", "new": "A", "enterprises": 1},
        {"old": "C", "new": "D", "enterprises": 1},
    ]
    assert (counted["migration"]["moved"], counted["migration"]["enterprises"]) == (1, None)
    listed = console.done(*pair, "--purpose", "评估改动", actor=AUDITOR)["migration"]
    assert listed["enterprises"] == [{"enterprise": CODE, "old": "C", "new": "D"}]
    shown = console.run(*pair, "--purpose", "评估改动", actor=AUDITOR, COLUMNS="200").stdout
    assert "≥ C: penalties at_least 1 → ≥ D: penalties at_least 1" in shown
    assert CODE in shown
    assert console.done(*pair, actor=ADMINISTRATOR)["migration"] is None
    assert console.json("model", "diff", "nothing", "small@1", actor=AUDITOR).error == "model_not_found"
    assert console.json("model", "diff", "small@3", "small@1", actor=AUDITOR).error == "model_version_missing"
    assert purposes(console)[1:] == ["评估改动", "评估改动"]


def test_of_very_many_moves_people_are_shown_the_first(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_trials, "MOST_SHOWN", 1)
    narrow = written(console, SMALL + '[scope]\nsectors = ["供热"]\n', "narrow.toml")
    pair = ("model", "diff", narrow, written(console, SECTOR), "--purpose", "评估")
    shown = console.run(*pair, actor=AUDITOR).stdout
    assert "And 1 more; --json tells all." in shown
    assert (CODE in shown, files.code(2) in shown) == (True, False)
    assert len(console.done(*pair, actor=AUDITOR)["migration"]["enterprises"]) == 2


def test_a_judgement_goes_through_its_life_by_the_command_line(console: Console) -> None:
    given = ("--grade", "D", "--effect", "at_least", "--reason", "群众反映", "--legal-basis", "示例办法第三条")
    propose = ("judgement", "propose", CODE, *given, "--expires")
    held = console.done(*propose, "2099-01-01", actor=ANALYST)
    assert (held["state"], held["proposed_by"]) == ("proposed", "analyst")
    assert console.json("judgement", "confirm", held["id"], actor=ANALYST).error == "confirmation_of_own_judgement"
    assert console.done("judgement", "confirm", held["id"], actor=SECOND)["state"] == "in_force"
    console.done("grade", actor=ANALYST)
    found = console.done("grade", "show", CODE, "--purpose", "核对", actor=ANALYST)
    assert (found["grade"], found["reasons"]["rules"][-1]["id"]) == ("D", "judgement")
    (listed,) = console.done("judgement", "list", "--purpose", "核对", actor=AUDITOR)["judgements"]
    assert (listed["id"], listed["legal_basis"]) == (held["id"], "示例办法第三条")
    shown = console.run("judgement", "list", "--purpose", "核对", actor=AUDITOR, COLUMNS="200").stdout
    assert "at least D" in shown
    ended = console.done("judgement", "withdraw", held["id"], "--note", "情况已变", actor=ANALYST)
    assert (ended["state"], ended["withdrawn_by"]) == ("withdrawn", "analyst")
    assert console.json("judgement", "list", "--purpose", "核对", actor=PLANNER).error == "role_not_allowed"
    assert console.json(*propose, "2020-01-01", actor=ANALYST).error == "judgement_expired"
    assert console.done("audit", actor=AUDITOR)["sound"]


def purposes(console: Console) -> list[str]:
    """Return the purposes of all readings in their order."""
    bureau = Bureau(console.settings)
    with bureau.read() as tx:
        rows = grades.readings(tx, AUDITOR, Window(100))
    bureau.close()
    return [row["purpose"] for row in rows][::-1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served bureau with the same two enterprises."""
    with served_on("sqlite", tmp_path_factory.mktemp("models")) as house:
        rows = [files.registration(number, 行业="建筑施工") for number in (1, 2)]
        assert house.import_file("registration", files.csv_bytes(rows), strict=True)["state"] == "DONE"
        fined = files.csv_bytes([files.penalty(1, "罚1", "2026-03-01")])
        assert house.import_file("penalty", fined, strict=True)["state"] == "DONE"
        yield house


MODEL = "model { name version state inForceFrom steps { step by note } scope { sectors stages } } refusal { code }"
JOB = "job { id } refusal { code }"


def result_of(house: House, job: dict[str, Any], selected: str) -> tuple[dict[str, Any], Any]:
    """Return a job's result, and its only file."""
    told = house.ask(f'{{ job(id: "{job["id"]}") {{ result {{ {selected} }} files {{ path }} }} }}', ANALYST)["job"]
    (file,) = told["files"]
    content = house.http.get(file["path"], headers=house.headers(ANALYST, "en")).content
    return told["result"], orjson.loads(content)


def test_a_model_is_checked_compared_and_put_in_force_by_graphql(house: House) -> None:
    check = f'mutation ($text: String!) {{ checkModel(text: $text, purpose: "评估") {{ {JOB} }} }}'
    job = house.work(check, ANALYST, text=SECTOR)
    selected = "... on ModelCheckResult { leastScore greatestScore gradesByScore remarks { code text } model { name } }"
    result, document = result_of(house, job, selected)
    assert (result["leastScore"], result["greatestScore"], result["gradesByScore"]) == ("0", "29", ["A", "B", "C"])
    assert result["remarks"][0]["code"] == "grade_unreachable"
    assert result["remarks"][0]["text"].startswith("Grade D (from 900000000000) cannot be given")
    assert document["records"]["enterprises"] == 2

    draft = f"mutation ($text: String!) {{ draftModel(text: $text) {{ {MODEL} }} }}"
    assert house.do(draft, ANALYST, text=SECTOR)["model"]["state"] == "DRAFT"
    compare = f"""mutation ($new: String!) {{
      compareModels(old: {{ name: "small", version: "1" }}, new: {{ text: $new }}, purpose: "评估") {{ {JOB} }}
    }}"""
    job = house.work(compare, ANALYST, new=HIGHER)
    result, document = result_of(house, job, "... on ModelComparisonResult { changes { place } new { version } }")
    assert result == {"changes": [{"place": "model"}, {"place": "rules.fined"}], "new": {"version": "2"}}
    assert document["migration"]["enterprises"] == [{"enterprise": CODE, "old": "C", "new": "D"}]

    named = '(name: "small", version: "1"'
    review = f'mutation {{ reviewModel{named}, approve: true, note: "可用") {{ {MODEL} }} }}'
    assert house.refused(f"mutation {{ reviewModel{named}, approve: true) {{ {MODEL} }} }}", ANALYST) == (
        "review_of_own_model"
    )
    assert house.do(review, SECOND)["model"]["steps"][-1] == {"step": "REVIEWED", "by": "second", "note": "可用"}
    today = house.bureau.today.isoformat()
    enforce = f'mutation {{ enforceModel{named}, since: "{today}") {{ {MODEL} }} }}'
    assert house.do(enforce, ANALYST)["model"]["inForceFrom"] == today
    house.work("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)
    grade = f'{{ grade(enterprise: "{CODE}", purpose: "核对") {{ grade stage model {{ name version }} }} }}'
    found = house.ask(grade, ANALYST)["grade"]
    assert found == {"grade": "C", "stage": "OPERATING", "model": {"name": "small", "version": "1"}}
    listed = house.ask(
        "{ models(first: 1, filter: { states: [IN_FORCE] }) { nodes { name } pageInfo { hasNextPage } } }", AUDITOR
    )
    assert listed["models"] == {"nodes": [{"name": "small"}], "pageInfo": {"hasNextPage": True}}


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("{}", "model_choice"),
        ('{ name: "small" }', "model_choice"),
        ('{ text: "x", name: "small", version: "1" }', "model_choice"),
        ('{ name: "none", version: "1" }', "model_version_missing"),
        ('{ text: "x" }', "toml_malformed"),
    ],
)
def test_a_comparison_of_no_model_is_refused(house: House, old: str, code: str) -> None:
    new = '{ name: "qian-example", version: "2" }'
    compare = f'mutation {{ compareModels(old: {old}, new: {new}, purpose: "评估") {{ {JOB} }} }}'
    assert house.refused(compare, ANALYST) == code


def test_trials_need_a_purpose(house: House) -> None:
    check = f'mutation ($text: String!) {{ checkModel(text: $text, purpose: " ") {{ {JOB} }} }}'
    assert house.refused(check, ANALYST, text=SMALL) == "purpose_missing"


def test_a_judgement_goes_through_its_life_by_graphql(house: House) -> None:
    selected = "judgement { id state effect grade note } refusal { code }"
    propose = f"""mutation {{
      proposeJudgement(enterprise: "{files.code(2)}", effect: EXACTLY, grade: "D", reason: "理由", legalBasis: "依据",
                       expires: "2099-01-01") {{ {selected} }}
    }}"""
    held = house.do(propose, ANALYST)["judgement"]
    assert (held["state"], held["effect"]) == ("PROPOSED", "EXACTLY")
    confirm = f'mutation {{ confirmJudgement(id: "{held["id"]}") {{ {selected} }} }}'
    assert house.refused(confirm, ANALYST) == "confirmation_of_own_judgement"
    assert house.do(confirm, SECOND)["judgement"]["state"] == "IN_FORCE"
    house.work("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)
    rules = "rules { id legalBasis expires }"
    grade = f'{{ grade(enterprise: "{files.code(2)}", purpose: "核对") {{ grade {rules} }} }}'
    found = house.ask(grade, ANALYST)["grade"]
    assert found["grade"] == "D"
    assert {"id": "judgement", "legalBasis": "依据", "expires": "2099-01-01"} in found["rules"]
    query = '{ judgements(purpose: "核对", first: 1) { nodes { id confirmedBy } } }'
    assert house.ask(query, AUDITOR)["judgements"]["nodes"] == [{"id": held["id"], "confirmedBy": "second"}]
    withdraw = f'mutation {{ withdrawJudgement(id: "{held["id"]}", note: "已变") {{ {selected} }} }}'
    ended = house.do(withdraw, ANALYST)["judgement"]
    assert (ended["state"], ended["note"]) == ("WITHDRAWN", "已变")
