"""Uploads by the multipart request specification: operations, map, then files, in one form."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ledger import jobs
from ledger.windows import ALL
from schema.sealing import sealing_of
from tests.api.house import ADMINISTRATOR, AUDITOR, House, served_on

IMPORT = 'importFile(file: $file, source: "department") { job { id } refusal { code } }'
ONE = f"mutation ($file: Upload!) {{ {IMPORT} }}"
TWO = f"mutation ($a: Upload!, $b: Upload!) {{ a: {IMPORT.replace('$file', '$a')} b: {IMPORT.replace('$file', '$b')} }}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without enterprises, and nobody who works its jobs."""
    with served_on("sqlite", tmp_path_factory.mktemp("uploads"), worker=False) as house:
        yield house


def send(house: House, operations: Any, files_map: Any, files: dict[str, bytes]) -> Any:
    return house.http.post(
        "/staff/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps(files_map)},
        files={name: (f"{name}.csv", content) for name, content in files.items()},
        headers={**house.headers(ADMINISTRATOR, "en"), "GraphQL-Require-Preflight": "1"},
    )


def contents(house: House, answer: Any) -> list[bytes]:
    """Return what the jobs of an answer were given, in its order."""
    opened = [sealing_of(house.bureau.pseudonym_key, "staff").open("id", each) for each in ids_in(answer)]
    with house.bureau.read() as tx:
        return [jobs.files(tx, content[-1], "input")[0].content for content in opened if content is not None]


def ids_in(answer: Any) -> list[str]:
    return [payload["job"]["id"] for payload in answer.json()["data"].values()]


def test_one_file(house: House) -> None:
    answer = send(house, {"query": ONE, "variables": {"file": None}}, {"0": ["variables.file"]}, {"0": b"one"})
    assert contents(house, answer) == [b"one"]


def test_several_files_each_to_its_variable(house: House) -> None:
    files_map = {"x": ["variables.b"], "y": ["variables.a"]}
    answer = send(house, {"query": TWO, "variables": {"a": None, "b": None}}, files_map, {"x": b"to b", "y": b"to a"})
    assert contents(house, answer) == [b"to a", b"to b"]


def test_one_file_to_several_variables(house: House) -> None:
    files_map = {"0": ["variables.a", "variables.b"]}
    answer = send(house, {"query": TWO, "variables": {"a": None, "b": None}}, files_map, {"0": b"both"})
    assert contents(house, answer) == [b"both", b"both"]


@pytest.mark.parametrize(
    ("variables", "files_map", "files"),
    [
        ({"file": None}, {"0": ["variables.file"]}, {"1": b"x"}),  # its part is missing
        ({"file": None}, {"0": ["variables.other.file"]}, {"0": b"x"}),  # leads nowhere
        ({"file": [None]}, {"0": ["variables.file.1"]}, {"0": b"x"}),  # beyond the list
        ({"file": [None]}, {"0": ["variables.file.x"]}, {"0": b"x"}),  # no place of a list
        ({"file": None}, {"0": "variables.file"}, {"0": b"x"}),  # a path that is no list of paths
        ({"file": None}, {"0": [7]}, {"0": b"x"}),
        ({"file": None}, {"0": ["variables.file"] * 2}, {"0": b"x"}),  # which holds a file by then
        ({"file": None}, {"0": ["variables.file"], "1": ["variables.file"]}, {"0": b"x", "1": b"y"}),
        ({"file": None}, {"0": ["variables.other"]}, {"0": b"x"}),  # where no null waits for a file
        ({"file": None}, {"0": ["query"]}, {"0": b"x"}),
        ({"file": [None]}, {"0": ["variables.file.-1"]}, {"0": b"x"}),
        ({"file": [None]}, {"0": ["variables.file." + "9" * 5000]}, {"0": b"x"}),
        ({"file": None}, [["variables.file"]], {"0": b"x"}),
    ],
)
def test_a_form_whose_map_leads_nowhere_is_refused(house: House, variables: Any, files_map: Any, files: Any) -> None:
    answer = send(house, {"query": ONE, "variables": variables}, files_map, files)
    assert answer.status_code == 400, answer.text
    assert "Traceback" not in answer.text


def test_a_file_that_no_path_names_is_not_read(house: House) -> None:
    answer = send(house, {"query": "{ me { subject } }"}, {}, {"0": b"unasked"})
    assert answer.json()["data"] == {"me": {"subject": ADMINISTRATOR.subject}}


@pytest.mark.parametrize("value", ["a.csv", 7, True, {"name": "a"}, None])
def test_what_is_no_file_is_none(house: House, value: Any) -> None:
    answer = house.post(ONE, {"file": value}, ADMINISTRATOR).json()
    (error,) = answer["errors"]
    if value is not None:
        assert error["extensions"] == {**error["extensions"], "code": "upload_is_no_file", "path": ["file"]}


@pytest.mark.parametrize(("rows", "path"), [([None], "rows.0"), ([{"a": [None]}], "rows.0.a.0"), (None, "rows")])
def test_a_file_is_no_json(house: House, rows: Any, path: str) -> None:
    query = 'mutation ($rows: [JSON!]!) { importRows(rows: $rows, source: "department") { job { id } } }'
    answer = send(house, {"query": query, "variables": {"rows": rows}}, {"0": [f"variables.{path}"]}, {"0": b"x"})
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "scalar_malformed"


def send_named(house: House, name: bytes) -> Any:
    """Send a file under a name of any bytes."""
    body = b"".join(
        b'--a\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % part
        for part in (
            (b"operations", b"", json.dumps({"query": ONE, "variables": {"file": None}}).encode()),
            (b"map", b"", b'{"0": ["variables.file"]}'),
            (b"0", b'; filename="%b"' % name, b"x"),
        )
    )
    headers = {**house.headers(ADMINISTRATOR, "en"), "GraphQL-Require-Preflight": "1"}
    headers["Content-Type"] = "multipart/form-data; boundary=a"
    return house.http.post("/staff/graphql", content=body + b"--a--\r\n", headers=headers)


def test_no_name_of_a_file_has_the_character_nul(house: House) -> None:
    """Which one engine would keep, and the other not."""
    before = len(told(house))
    answer = send_named(house, b"a\0.csv")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "text_with_nul")
    assert len(told(house)) == before


@pytest.mark.parametrize("name", ["", "a\x1b[2J.csv", "a\u202evsc.csv", "长" * 300 + ".csv"])
def test_a_file_has_a_plain_name(house: House, name: str) -> None:
    answer = send_named(house, name.encode())
    assert answer.json()["data"]["importFile"]["refusal"]["code"] == "file_name_unusable"


def test_a_list_of_files_is_no_file(house: House) -> None:
    answer = send(house, {"query": ONE, "variables": {"file": [None, None]}}, {"0": ["variables.file.0"]}, {"0": b"x"})
    assert answer.json()["errors"]


def test_operations_of_several_requests_are_refused(house: House) -> None:
    one = {"query": ONE, "variables": {"file": None}}
    before = len(told(house))
    answer = send(house, [one, one], {"0": ["0.variables.file"], "1": ["1.variables.file"]}, {"0": b"x", "1": b"y"})
    assert answer.status_code == 400
    assert len(told(house)) == before


def told(house: House) -> list[jobs.Job]:
    with house.bureau.read() as tx:
        return jobs.own(tx, AUDITOR, ALL)
