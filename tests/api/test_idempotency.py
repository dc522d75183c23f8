"""Mutations under an idempotency key, over HTTP."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.bureau import Bureau
from ledger import jobs
from ledger.actors import Actor, Role
from ledger.errors import Conflict
from ledger.tables import idempotency
from scoring.models import default_text
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, House, served_on
from tests.api.sockets import socket_of
from tests.engines import ENGINES

AUDIT = "mutation { auditDatabase { job { id createdAt } refusal { code } } }"
TWICE = """mutation { first: auditDatabase { job { id } refusal { code } }
                      no: addSource(text: "x") { refusal { code } }
                      then: auditDatabase { job { id } refusal { code } } }"""
DRAFT = "mutation ($text: String!) { draftModel(text: $text) { model { name } refusal { code message } } }"
ASK = "mutation ($text: String!) { askQuestion(text: $text) { receipt { number } refusal { code } } }"
IMPORT = """mutation ($file: Upload!) {
  importFile(file: $file, source: "registration") { job { id } refusal { code } }
}"""


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without enterprises, on each engine, and nobody who works its jobs."""
    with served_on(request.param, tmp_path_factory.mktemp("idempotency"), worker=False) as house:
        yield house


@pytest.fixture
def key() -> str:
    return str(uuid4())


def ask(
    house: House,
    query: str,
    key: str | None,
    actor: Actor | None = AUDITOR,
    extensions: dict[str, Any] | None = None,
    language: str = "en",
    **variables: Any,
) -> dict[str, Any]:
    headers = {**house.headers(actor, language), **({} if key is None else {"Idempotency-Key": key})}
    body = {"query": query, "variables": variables, "extensions": extensions}
    path = "/graphql" if actor is None else "/staff/graphql"
    return answered(house.http.post(path, json=body, headers=headers).json())


def answered(told: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what it cost, which is each request's own."""
    return {name: value for name, value in told.items() if name != "extensions"}


def jobs_of(house: House) -> int:
    with house.bureau.read() as tx:
        return jobs.count_own(tx, AUDITOR)


def rows(house: House) -> int:
    with house.bureau.read() as tx:
        return len(tx.execute(select(idempotency)).all())


def refusal(told: dict[str, Any]) -> str:
    (payload,) = told["data"].values()
    return str(payload["refusal"]["code"])


def test_a_repeated_mutation_is_done_once_and_answered_alike(house: House, key: str) -> None:
    before = jobs_of(house)
    first, second = ask(house, AUDIT, key), ask(house, AUDIT, key)
    assert first["data"]["auditDatabase"]["job"] is not None
    assert second == first
    assert jobs_of(house) == before + 1


def test_without_a_key_it_is_done_again(house: House) -> None:
    assert ask(house, AUDIT, None) != ask(house, AUDIT, None)


def test_header_and_extension_are_the_same_key(house: House, key: str) -> None:
    first = ask(house, AUDIT, key)
    assert ask(house, AUDIT, None, extensions={"idempotencyKey": key}) == first
    assert ask(house, AUDIT, key, extensions={"idempotencyKey": key}) == first
    assert ask(house, AUDIT, f'"{key}"') == first


def test_two_keys_are_refused(house: House, key: str) -> None:
    told = ask(house, AUDIT, key, extensions={"idempotencyKey": key + "x"})
    assert told["errors"][0]["extensions"]["code"] == "idempotency_keys_differ"
    assert "data" not in told


@pytest.mark.parametrize("bad", ["short", "x" * 129, "with a space in it", ""])
def test_a_bad_key_is_refused(house: House, bad: str) -> None:
    before = jobs_of(house)
    told = ask(house, AUDIT, bad)
    assert told["errors"][0]["extensions"]["code"] == "idempotency_key_malformed"
    assert jobs_of(house) == before


@pytest.mark.parametrize("bad", [7, True, ["x" * 20], {"key": "x" * 20}, "键" * 20])
def test_a_bad_key_in_the_extensions_is_refused(house: House, bad: Any) -> None:
    told = ask(house, AUDIT, None, extensions={"idempotencyKey": bad})
    assert told["errors"][0]["extensions"]["code"] == "idempotency_key_malformed"


def test_another_operation_under_the_key_is_refused(house: House, key: str) -> None:
    ask(house, AUDIT, key)
    assert refusal(ask(house, AUDIT.replace("createdAt", "kind"), key)) == "idempotency_key_reused"


def test_other_variables_under_the_key_are_refused(house: House, key: str) -> None:
    text = default_text().replace('version = "1"', f'version = "{key[:8]}"')
    assert ask(house, DRAFT, key, ADMINISTRATOR, text=text)["data"]["draftModel"]["refusal"] is None
    assert refusal(ask(house, DRAFT, key, ADMINISTRATOR, text=text + " ")) == "idempotency_key_reused"


def test_each_caller_has_keys_of_their_own(house: House, key: str) -> None:
    other = Actor(AUDITOR.subject, Role.ADMINISTRATOR)
    assert ask(house, AUDIT, key) != ask(house, AUDIT, key, ADMINISTRATOR) != ask(house, AUDIT, key, other)


def test_what_was_refused_is_tried_again(house: House, key: str) -> None:
    before = rows(house)
    assert refusal(ask(house, DRAFT, key, ADMINISTRATOR, text="x")) == "toml_malformed"
    assert rows(house) == before
    assert "auditDatabase" in ask(house, AUDIT, key, ADMINISTRATOR)["data"]


def test_several_mutations_of_one_operation_are_done_once(house: House, key: str) -> None:
    before = jobs_of(house)
    first = ask(house, TWICE, key)
    assert first["data"]["no"]["refusal"]["code"] == "role_not_allowed"
    assert first["data"]["first"]["job"] != first["data"]["then"]["job"]
    assert ask(house, TWICE, key, language="zh") == first
    assert jobs_of(house) == before + 2


def test_of_concurrent_requests_one_is_done(house: House, key: str) -> None:
    before = jobs_of(house)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: ask(house, AUDIT, key), range(6)))
    jobs_told = [each["data"]["auditDatabase"]["job"] for each in told]
    assert len({job["id"] for job in jobs_told if job}) == 1
    assert {refusal(each) for each, job in zip(told, jobs_told, strict=True) if not job} <= {"idempotency_in_progress"}
    assert jobs_of(house) == before + 1


def test_work_whose_answer_nobody_kept_is_not_done_again(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = jobs_of(house)

    def died(*_: object) -> None:
        raise Conflict("storage_failed")

    with monkeypatch.context() as patched:
        patched.setattr("ledger.idempotency.keep", died)
        ask(house, AUDIT, key)
    assert refusal(ask(house, AUDIT, key)) == "idempotency_in_progress"
    later = house.bureau.now + timedelta(minutes=5)
    monkeypatch.setattr(Bureau, "now", property(lambda _: later))
    assert refusal(ask(house, AUDIT, key)) == "idempotency_answer_lost"
    assert jobs_of(house) == before + 1


def test_an_answer_with_an_error_is_told_again_as_it_was(
    house: House, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> datetime:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("schema.staff_types.payloads.Job.of", broken)
        first = ask(house, AUDIT, key)
    assert first["errors"][0]["extensions"]["code"] == "unexpected"
    assert ask(house, AUDIT, key) == first


def test_anybody_has_keys_too(house: House, key: str) -> None:
    first = ask(house, ASK, key, None, text="何时检查？")
    assert first["data"]["askQuestion"]["receipt"]["number"]
    assert ask(house, ASK, key, None, text="何时检查？") == first
    assert refusal(ask(house, ASK, key, None, text="为何检查？")) == "idempotency_key_reused"


@pytest.mark.parametrize("bad", ["1" * 36, "my-question-of-today", "8e03978e-40d5-13dd-bc93-6894a57f9324"])
def test_whoever_did_not_sign_in_has_a_random_uuid(house: House, bad: str) -> None:
    told = ask(house, ASK, bad, None, text="何时检查？")
    assert told["errors"][0]["extensions"]["code"] == "idempotency_key_no_uuid"
    assert ask(house, AUDIT, bad)["data"]["auditDatabase"]["job"]


def test_a_file_counts_by_its_content(house: House, key: str) -> None:
    def upload(content: bytes) -> dict[str, Any]:
        told = house.http.post(
            "/staff/graphql",
            data={
                "operations": json.dumps({"query": IMPORT, "variables": {"file": None}}),
                "map": '{"0": ["variables.file"]}',
            },
            files={"0": ("a.csv", content)},
            headers={**house.headers(ANALYST, "en"), "Idempotency-Key": key, "GraphQL-Require-Preflight": "1"},
        ).json()
        return answered(told)

    first = upload(b"x")
    assert first["data"]["importFile"]["job"]["id"]
    assert upload(b"x") == first
    assert refusal(upload(b"y")) == "idempotency_key_reused"


def test_a_mutation_over_a_web_socket_has_its_key_in_the_extensions(house: House, key: str) -> None:
    with socket_of(house, AUDITOR) as socket:
        first = socket.answer(AUDIT, {"idempotencyKey": key})
        assert answered(socket.answer(AUDIT, {"idempotencyKey": key})) == answered(first)
        assert socket.answer(AUDIT)["data"] != first["data"]
    assert ask(house, AUDIT, key)["data"] == first["data"]


def test_a_query_has_no_use_for_a_key(house: House, key: str) -> None:
    before = rows(house)
    assert ask(house, "{ me { subject } }", key) == ask(house, "{ me { subject } }", key)
    assert ask(house, AUDIT, key)["data"]["auditDatabase"]["job"]
    assert rows(house) == before + 1
