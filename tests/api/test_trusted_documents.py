"""Documents that are asked by their ids: those that an operator registers, and those that clients do."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api import trusted_documents
from api.bureau import create
from api.graphql_requests import read_request
from api.public_reading import NAMES
from api.settings import Settings
from api.trusted_documents import MANIFEST, Documents, digest_id, load
from ledger.errors import Invalid, Missing, Refusal
from tests.api.doors import HELLO, code_of, opened, signed_in
from tests.api.house import NAME, ORIGIN

NAMED = "query Named { bureau { name } }"
MINE = "query Mine { me { role } }"
BOTH = "query Kind { __typename }"
GRAPHQL = {"Accept": "application/graphql-response+json"}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str, query: str | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}}
    return told if query is None else {**told, "query": query}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bureau."""
    folder = tmp_path_factory.mktemp("documents") / "home"
    create(Settings(home=folder), ORIGIN, NAME).close()
    return folder


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents as the usual generators write them."""
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "codegen.json").write_text(json.dumps({sha256(NAMED): NAMED}), "utf-8")
    operations = [{"id": "mine", "name": "Mine", "type": "query", "body": MINE}]
    (folder / "apollo.json").write_text(
        json.dumps({"format": MANIFEST, "version": 1, "operations": operations}), "utf-8"
    )
    (folder / "kind.graphql").write_text(BOTH, "utf-8")
    (folder / "README.md").write_text("no document", "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(home: Path, manifests: Path) -> Iterator[TestClient]:
    """Doors that know documents, and answer others too."""
    with opened(home, trusted_documents=manifests) as client:
        yield client


@pytest.fixture(scope="module")
def strict(home: Path, manifests: Path) -> Iterator[TestClient]:
    """Doors that answer nothing else."""
    with opened(home, trusted_documents=manifests, trusted_only="both", get_queries="both") as client:
        yield client


@pytest.mark.parametrize("identifier", [sha256(NAMED), "sha256:" + sha256(NAMED)])
@pytest.mark.parametrize("doors", ["client", "strict"])
def test_a_registered_document_is_asked_by_its_id(request: pytest.FixtureRequest, doors: str, identifier: str) -> None:
    answer = request.getfixturevalue(doors).post("/graphql", json={"documentId": identifier})
    assert answer.json()["data"] == {"bureau": {"name": NAME}}


def test_a_document_is_registered_where_its_schema_is(strict: TestClient, home: Path) -> None:
    assert strict.post("/staff/graphql", json={"documentId": "mine"}, headers=signed_in(home)).json()["data"]
    assert code_of(strict.post("/graphql", json={"documentId": "mine"})) == "document_unknown"
    everywhere = {"documentId": digest_id(BOTH)}
    assert strict.post("/graphql", json=everywhere).json()["data"] == {"__typename": "Query"}
    assert strict.get("/staff/graphql", params=everywhere, headers=signed_in(home)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HELLO, "document_not_trusted"),
        ({"query": NAMED + " "}, "document_not_trusted"),
        ({}, "document_not_trusted"),
        ({"query": NAMED, "documentId": digest_id(NAMED)}, "document_and_id"),
        ({"documentId": "sha256:" + "0" * 64}, "document_unknown"),
        ({"documentId": ""}, "document_unknown"),
        (persisted("{ __typename }"), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (persisted("{ __typename }", "{ __typename }"), "PERSISTED_QUERY_NOT_SUPPORTED"),
    ],
)
def test_nothing_else_is_answered_where_only_these_are(strict: TestClient, body: dict[str, Any], code: str) -> None:
    answer = strict.post("/graphql", json=body, headers=GRAPHQL)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


def test_a_registered_document_is_asked_by_its_text_too(strict: TestClient) -> None:
    assert strict.post("/graphql", json={"query": NAMED}).json()["data"] == {"bureau": {"name": NAME}}


def test_verifiers_ask_what_is_always_registered(strict: TestClient) -> None:
    told = strict.post("/graphql", json={"query": NAMES, "variables": {"campaign": "2026-0001", "first": 1}})
    assert code_of(told) == "campaign_missing"
    javascript = (Path(trusted_documents.__file__).parent / "web" / "verify" / "public_reading.ts").read_text("utf-8")
    assert f"const NAMES = `{NAMES}`;" in javascript


def test_no_web_socket_asks_for_anything_else(strict: TestClient, home: Path) -> None:
    with strict.websocket_connect("/staff/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": signed_in(home)})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"id": "1", "type": "subscribe", "payload": HELLO})
        refused = socket.receive_json()
        assert (refused["id"], refused["type"]) == ("1", "error")
        assert refused["payload"][0]["extensions"]["code"] == "document_not_trusted"
        socket.send_json({"id": "1", "type": "subscribe", "payload": {"documentId": "mine"}})
        assert socket.receive_json()["payload"]["data"] == {"me": {"role": "PLANNER"}}


def test_a_client_registers_a_document_by_sending_it_once(client: TestClient) -> None:
    text = "query Once { bureau { origin } }"
    unknown = client.post("/graphql", json=persisted(text))
    assert (unknown.status_code, code_of(unknown)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert unknown.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    assert client.post("/graphql", json=persisted(text, text)).json()["data"] == {"bureau": {"origin": ORIGIN}}
    assert client.post("/graphql", json=persisted(text)).json()["data"] == {"bureau": {"origin": ORIGIN}}


def test_nobody_registers_a_document_under_another_ones_digest(client: TestClient) -> None:
    text = "query Wanted { bureau { name } }"
    answer = client.post("/graphql", json=persisted(text, "{ __typename }"))
    assert (answer.status_code, code_of(answer)) == (400, "document_of_other_digest")
    assert code_of(client.post("/graphql", json=persisted(text))) == "PERSISTED_QUERY_NOT_FOUND"


def test_the_public_cannot_tell_what_staff_registered(client: TestClient, home: Path) -> None:
    text = "query Secretly { me { subject } }"
    assert client.post("/staff/graphql", json=persisted(text, text), headers=signed_in(home)).json()["data"]
    assert code_of(client.post("/graphql", json=persisted(text))) == "PERSISTED_QUERY_NOT_FOUND"


def test_clients_register_nothing_where_none_may_be_remembered(home: Path) -> None:
    with opened(home, remembered_documents=0) as client:
        answer = client.post("/graphql", json=persisted("{ __typename }", "{ __typename }"))
        assert code_of(answer) == "PERSISTED_QUERY_NOT_SUPPORTED"


@pytest.mark.parametrize(
    "told", [5, None, {}, {"version": 2, "sha256Hash": "0" * 64}, {"version": 1, "sha256Hash": "x"}, {"version": 1}]
)
def test_what_is_no_persisted_query_is_refused(client: TestClient, told: Any) -> None:
    answer = client.post("/graphql", json={**HELLO, "extensions": {"persistedQuery": told}})
    assert (answer.status_code, code_of(answer)) == (400, "request_malformed")


@given(st.lists(st.integers(0, 12), max_size=60), st.integers(1, 5))
def test_no_more_documents_are_remembered_than_may_be(asked: list[int], most: int) -> None:
    documents = Documents({}, trusted_only=False, most_remembered=most)
    for number in asked:
        text = f"query Q{number} {{ __typename }}"
        assert documents.text(read_request(persisted(text, text))) == text
    newest = list(dict.fromkeys(reversed(asked)))
    for number in range(13):
        try:
            documents.text(read_request(persisted(f"query Q{number} {{ __typename }}")))
        except Missing:
            assert number not in newest[:most]
        else:
            assert number in newest[:most]
            newest = [number, *(each for each in newest if each != number)]


def test_documents_are_remembered_within_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted_documents, "MOST_BYTES", 100)
    documents = Documents({}, trusted_only=False, most_remembered=1000)
    long, short = "#" * 60, "{ __typename }"
    for text in (short, long, "#" * 50):
        documents.text(read_request(persisted(text, text)))
    assert documents.text(read_request(persisted("#" * 50))) == "#" * 50
    for forgotten in (short, long):
        with pytest.raises(Missing):
            documents.text(read_request(persisted(forgotten)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "request_no_json"),
        ("[]", "documents_malformed"),
        ('{"a": 5}', "documents_malformed"),
        ('{"a": " "}', "documents_malformed"),
        ('{"": "{ __typename }"}', "documents_malformed"),
        (json.dumps({"format": MANIFEST, "operations": [5]}), "documents_malformed"),
        (json.dumps({"format": MANIFEST, "operations": [{"id": "a"}]}), "documents_malformed"),
        (json.dumps({"sha256:" + "0" * 64: "{ __typename }"}), "document_of_other_digest"),
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: str, code: str) -> None:
    (tmp_path / "a.json").write_text(content, "utf-8")
    with pytest.raises(Refusal) as refused:
        load(tmp_path)
    assert refused.value.code == code


def test_one_id_is_of_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": "{ __typename }"}', "utf-8")
    (tmp_path / "b.json").write_text('{"a": "{ __schema { queryType { name } } }"}', "utf-8")
    with pytest.raises(Invalid) as refused:
        load(tmp_path)
    assert refused.value.code == "documents_malformed"


def test_documents_that_are_not_there_or_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_bytes(b"\xff")
    for path in (tmp_path, tmp_path / "no.json"):
        with pytest.raises(Invalid) as refused:
            load(path)
        assert refused.value.code == "documents_unreadable"


def test_a_document_of_neither_schema_is_refused_at_the_start(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.graphql"
    for text in ("{ grades { score } }", "{ __typename", ""):
        file.write_text(text, "utf-8")
        with pytest.raises(Invalid) as refused, opened(home, trusted_documents=file):
            pass
        assert refused.value.code == "document_fits_nowhere"
