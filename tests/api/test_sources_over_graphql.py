"""Sources through the staff's GraphQL: added, used by an upload, fetched from by a job, and seen, on both engines."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import bureau_files as files
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, House, served_on
from tests.bureau_files import csv_bytes
from tests.engines import ENGINES
from tests.scoring.source_text import PLATFORM, PULLED
from tests.scoring.test_source import ROW
from tests.unreadable_source import UNREADABLE, add_unreadable

ADD = (
    "mutation ($text: String!) { addSource(text: $text) { source { name version addedBy } refusal { code message } } }"
)
PULL = "mutation ($source: String!) { pullSource(source: $source) { job { id } refusal { code message } } }"
SEEN = """{ sources { name kind legalBasis catalogue digest text addedBy
    pull { schedule attemptedAt succeededAt failures failedFile refusal { code remedy } retryAt } } }"""
RESULT = """query ($id: ID!) { job(id: $id) { kind state files { name } refusal { code } result {
    ... on PullResult { unchanged files { name new refused } failed { name refusal { code message } } }
    ... on ImportResult { files { name kind new refused } } } } }"""
FOLDER = PULLED.replace("信用平台", "部门平台") + (
    '[pull]\nschedule = "every 30m"\nfolder = "platform"\nfiles = "*.csv"\n'
)


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served_on(request.param, tmp_path_factory.mktemp("sources")) as house:
        assert house.do(ADD, ADMINISTRATOR, text=PLATFORM)["source"] == {
            "name": "信用平台",
            "version": "1",
            "addedBy": "admin",
        }
        house.do(ADD, ADMINISTRATOR, text=FOLDER)
        house.import_file("registration", csv_bytes([files.registration(1)]), strict=True)
        yield house


def seen(house: House, name: str) -> dict[str, Any]:
    [source] = [each for each in house.ask(SEEN, AUDITOR)["sources"] if each["name"] == name]
    return dict(source)


def result(house: House, job: str) -> dict[str, Any]:
    return dict(house.ask(RESULT, ADMINISTRATOR, id=job)["job"])


def test_an_upload_is_read_by_its_source(house: House) -> None:
    job = house.import_file("信用平台", csv_bytes([ROW, {**ROW, "序": "8", "罚款（元）": "多"}]), "罚.csv")
    told = result(house, job["id"])
    assert told["result"]["files"] == [{"name": "罚.csv", "kind": "PENALTY", "new": 1, "refused": 1}]
    [file] = job["files"]
    refused = house.fetch(file["path"], ANALYST).content.decode("utf-8-sig")
    assert "多" in refused
    assert "13800000000" not in refused
    job = house.import_file("信用平台", refused.replace("多", "1.5", 1).encode("utf-8-sig"), "refused.csv")
    assert result(house, job["id"])["result"]["files"][0]["new"] == 1


def test_the_sources_are_seen_with_what_they_rest_on(house: House) -> None:
    own, shipped = seen(house, "信用平台"), seen(house, "national-penalty")
    assert (own["text"], own["legalBasis"], own["catalogue"]) == (PLATFORM, "样例条例第一条", "样例目录-001")
    assert (own["pull"], shipped["addedBy"], len(shipped["digest"])) == (None, None, 64)


def test_a_wrong_document_is_refused_with_place_and_remedy(house: House) -> None:
    wrong = PLATFORM.replace('unit = "元"', 'unit = "美元"')
    answer = house.ask(ADD.replace("message", "message remedy"), ADMINISTRATOR, text=wrong)["addSource"]
    assert answer["source"] is None
    assert answer["refusal"]["code"] == "source_unit_unknown"
    assert "fields.fine" in answer["refusal"]["message"]
    assert "万元" in answer["refusal"]["remedy"]
    assert house.refused(ADD, ADMINISTRATOR, text=PLATFORM.replace("样例条例第一条", "别的")) == "source_version_taken"


def test_an_upload_of_an_unknown_source_is_refused(house: House) -> None:
    mutation = """mutation ($file: Upload!) {
      importFile(file: $file, source: "省平台") { job { id } refusal { code field } } }"""
    refusal = house.upload(mutation, ANALYST, ("a.csv", b"x"))["importFile"]["refusal"]
    assert refusal == {"code": "source_unknown", "field": "source"}


def test_a_pull_is_a_job_whose_failure_and_success_are_seen(house: House) -> None:
    assert seen(house, "部门平台")["pull"] == {
        "schedule": "every 30m",
        "attemptedAt": None,
        "succeededAt": None,
        "failures": 0,
        "failedFile": None,
        "refusal": None,
        "retryAt": None,
    }
    job = house.ended(house.do(PULL, ADMINISTRATOR, source="部门平台")["job"]["id"], ADMINISTRATOR)
    assert (job["kind"], job["state"], job["refusal"]["code"]) == ("PULL_SOURCE", "FAILED", "pull_folder_missing")
    pull = seen(house, "部门平台")["pull"]
    assert (pull["failures"], pull["refusal"]["code"]) == (1, "pull_folder_missing")
    assert pull["refusal"]["remedy"]
    assert pull["retryAt"] > pull["attemptedAt"]

    folder: Path = house.bureau.settings.inbox_folder / "platform"
    folder.mkdir(parents=True)
    for name, content in (("a.csv", b""), ("b.csv", "部门代码,部门名称\nZJ,住建局\n-,坏\n".encode())):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (time.time() - 3600,) * 2)
    job = house.work(PULL, ADMINISTRATOR, source="部门平台")
    told = result(house, job["id"])["result"]
    assert told["files"] == [{"name": "b.csv", "new": 1, "refused": 1}]
    assert [(each["name"], each["refusal"]["code"]) for each in told["failed"]] == [("a.csv", "file_empty")]
    assert [file["name"] for file in job["files"]] == ["refused-b.csv.csv"]
    assert seen(house, "部门平台")["pull"]["failedFile"] == "a.csv"

    (folder / "a.csv").unlink()
    told = result(house, house.work(PULL, ADMINISTRATOR, source="部门平台")["id"])["result"]
    assert (told["unchanged"], told["files"], told["failed"]) == (1, [], [])
    pull = seen(house, "部门平台")["pull"]
    assert (pull["failures"], pull["refusal"], pull["succeededAt"]) == (0, None, pull["attemptedAt"])


def test_a_source_without_a_place_is_not_fetched(house: House) -> None:
    assert house.refused(PULL, ANALYST, source="信用平台") == "source_without_pull"


def test_a_source_that_cannot_be_read_is_named_with_why_and_the_others_are_seen(house: House) -> None:
    asked = "{ sources { name } unreadableSources { name kind version text refusal { code message remedy } } }"
    assert house.ask(asked, AUDITOR)["unreadableSources"] == []
    add_unreadable(house.bureau.database, house.bureau.now)
    told = house.ask(asked, AUDITOR)
    assert {"部门平台", "national-penalty"} <= {each["name"] for each in told["sources"]}
    [bad] = told["unreadableSources"]
    assert (bad["name"], bad["kind"], bad["version"], bad["text"]) == ("信用平台", "penalty", "0", UNREADABLE)
    assert bad["refusal"]["code"] == "source_unit_missing"
    assert bad["refusal"]["remedy"]
    house.do(ADD, ADMINISTRATOR, text=PLATFORM)
    assert house.ask(asked, AUDITOR)["unreadableSources"] == []
