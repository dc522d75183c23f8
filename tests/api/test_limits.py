"""What an operation may cost and take, over HTTP: told with every answer, and stopped in time."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from api import finding_files
from api.settings import Settings
from ledger.actors import Actor, Role
from sampling import disclosures
from schema.checking import CHECKED, PARSED
from schema.cost.buckets import Allowance
from schema.cost.metering import CostLimits, Meter
from tests.api import small_bureau
from tests.api.house import House, served
from tests.api.sockets import socket_of
from tests.engines import ENGINES, fresh_database
from tests.schema.test_time_limits import MOST_SECONDS, SLOW, slow

PAGE = "query ($n: Int!) { campaigns(first: $n) { nodes { code } } }"
CHEAP = "{ bureau { name } }"
ALLOWED = 2_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau that gives its callers little, and next to nothing again with time."""
    folder = tmp_path_factory.mktemp("limits")
    settings = Settings(home=folder / "home", operation_cost=500, caller_cost=ALLOWED, caller_cost_per_second=1)
    with served(settings, worker=False) as house:
        yield house


def analyst(name: str) -> Actor:
    """Somebody who has spent nothing yet."""
    return Actor(name, Role.ANALYST)


def told_cost(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer["extensions"]["cost"]
    return found


def test_every_answer_says_what_it_cost_and_what_is_left(house: House) -> None:
    first, second = (told_cost(house.post("{ me { role } }", actor=analyst("a")).json()) for _ in range(2))
    assert first["requestedQueryCost"] == 11
    assert first["requestedNodes"] == 1
    throttle = first["throttleStatus"]
    assert (throttle["maximumAvailable"], throttle["restoreRate"]) == (ALLOWED, 1)
    assert throttle["currentlyAvailable"] == ALLOWED - 11
    assert second["throttleStatus"]["currentlyAvailable"] in (ALLOWED - 22, ALLOWED - 21)


def test_a_document_that_comes_again_is_neither_parsed_nor_validated_again(house: House) -> None:
    query = "query Again { me { role subject } }"
    house.ask(query, analyst("again"))
    parsed, checked = PARSED.misses, (CHECKED.misses, CHECKED.hits)
    for _ in range(5):
        house.ask(query, analyst("again"))
    assert PARSED.misses == parsed
    assert (CHECKED.misses, CHECKED.hits) == (checked[0], checked[1] + 5)


@pytest.mark.parametrize("query", ["{", "{ nothing }", "{ " + "a " * 200 + "}"])
def test_a_document_at_fault_costs_too(house: House, query: str) -> None:
    actor = analyst(f"at fault {len(query)}")
    told = told_cost(house.post(query, actor=actor).json())
    assert told["requestedQueryCost"] is None
    assert told["throttleStatus"]["currentlyAvailable"] == ALLOWED - 100


def test_what_nobody_may_ask_is_refused_and_says_by_how_much(house: House) -> None:
    query = "{ gradeReadings(first: 100) { nodes { subject } edges { node { subject } } } enterprises(first: 100) {"
    query += " nodes { records(first: 100) { nodes { kind } } } } }"
    for language, word in (("en", "costs"), ("zh-CN", "开销")):
        (error,) = house.errors(query, analyst("b"), language=language)
        assert error["extensions"]["code"] == "operation_too_costly"
        assert word in error["message"]
        assert error["extensions"]["remedy"]


def test_who_has_spent_all_is_told_when_to_come_again(house: House) -> None:
    actor = analyst("spender")
    mutation = 'mutation { a: cancelJob(id: "x") { refusal { code } } b: cancelJob(id: "x") { refusal { code } }'
    mutation += ' c: cancelJob(id: "x") { refusal { code } } d: cancelJob(id: "x") { refusal { code } } }'
    while (answer := house.post(mutation, actor=actor)).status_code == 200:
        assert "errors" not in answer.json()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= ALLOWED
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "too_many_requests"
    assert "data" not in answer.json()
    assert house.post("{ me { role } }", actor=analyst("somebody else")).status_code == 200


def test_who_has_nothing_left_is_not_even_read(house: House) -> None:
    actor = analyst("broke")
    while house.post("{", actor=actor).status_code == 200:
        pass
    for accept in ("application/json", "text/event-stream"):
        headers = {**house.headers(actor, "en"), "Accept": accept, "Content-Type": "application/json"}
        answer = house.http.post("/staff/graphql", content=b"no JSON", headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_web_socket_spends_from_the_same_bucket(house: House) -> None:
    actor = analyst("on a socket")
    url = house.url.replace("http", "ws") + "/staff/graphql"
    codes = []
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        token = {"Authorization": f"Bearer {house.token(actor)}"}
        socket.send(json.dumps({"type": "connection_init", "payload": token}))
        socket.recv()
        payload = {"query": 'subscription { job(id: "x") { state } }'}
        for number in range(12):  # each costs 201
            socket.send(json.dumps({"id": f"{number}", "type": "subscribe", "payload": payload}))
            told = json.loads(socket.recv(timeout=20))
            while told["type"] == "complete":
                told = json.loads(socket.recv(timeout=20))
            payload_errors = told["payload"] if told["type"] == "error" else told["payload"]["errors"]
            codes.append(payload_errors[0]["extensions"]["code"])
    assert codes == ["job_missing"] * 9 + ["too_many_requests"] * 3


def test_each_event_of_a_subscription_but_the_first_is_paid_for_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    async def take(meter: Meter, subject: str | None, address: str | None, cost: int) -> None:
        taken.append((subject, cost))

    monkeypatch.setattr(Meter, "take_in_time", take)
    drafting = Actor("who drafts", Role.ADMINISTRATOR)
    for number in range(3):
        assert house.do(small_bureau.DRAFT, drafting, text=small_bureau.MODEL.replace('"1"', f'"{number}"'))["model"]
    with socket_of(house, analyst("follower")) as socket:
        socket.ask("1", "subscription { ledgerEntries(from: 0) { seq } }")
        assert [socket.receive()["payload"]["data"]["ledgerEntries"]["seq"] for _ in range(3)] == ["0", "1", "2"]
    assert taken[:2] == [("follower", 11)] * 2


def test_the_public_spends_by_its_address(tmp_path: Path) -> None:
    """Behind a proxy that is trusted, each address by itself, and a network of IPv6 together."""
    settings = Settings(home=tmp_path / "home", operation_cost=500, caller_cost=500, caller_cost_per_second=1)
    with served(settings, worker=False) as house:

        def left(address: str) -> int:
            answer = house.http.post("/graphql", json={"query": CHEAP}, headers={"X-Forwarded-For": address})
            available: int = told_cost(answer.json())["throttleStatus"]["currentlyAvailable"]
            return available

        first = left("2001:db8:1:2::1")
        assert left("2001:db8:1:2::ffff") < first
        assert left("2001:db8:1:3::1") == first


def test_the_table_of_findings_takes_from_the_same_bucket(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path / "home", operation_cost=500, caller_cost=finding_files.COST + 100, caller_cost_per_second=1
    )
    with served(settings, worker=False) as house:
        assert house.http.get("/findings.csv").status_code == 200
        assert told_cost(house.post(CHEAP).json())["throttleStatus"]["currentlyAvailable"] <= 100
        answer = house.http.get("/findings.csv")
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "too_many_requests")
        assert int(answer.headers["retry-after"]) >= finding_files.COST - 100


def test_a_long_table_goes_on_as_the_allowance_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [0.0], list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(asyncio, "sleep", sleep)
    meter = Meter(CostLimits(allowance=Allowance(2 * finding_files.COST, 10)), lambda: now[0])
    for _ in range(4):
        asyncio.run(meter.take_in_time(None, "192.0.2.7", finding_files.COST))
    assert waited == [finding_files.COST / 10] * 2


class Hanging:
    """A read of the public's that takes for ever, until it is stopped."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, tx: Connection, *_: Any, **__: Any) -> Any:
        self.asked += 1
        return slow(tx)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_query_that_takes_too_long_is_stopped(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Hanging()
    assert engine in SLOW
    monkeypatch.setattr(disclosures, "campaign", hanging)
    with fresh_database(engine, tmp_path) as url:
        database_url = None if engine == "sqlite" else SecretStr(url)
        settings = Settings(home=tmp_path / "home", database_url=database_url, operation_seconds=0.5)
        with served(settings, worker=False) as house:
            query = 'query Slow { bureau { name } a: campaign(code: "1") { code } b: campaign(code: "2") { code } }'
            for language, word in (("en", "was stopped"), ("zh-CN", "已被中止")):
                began = time.monotonic()
                answer = house.post(query, language=language).json()
                assert time.monotonic() - began < MOST_SECONDS
                assert answer["data"] is None
                (error,) = answer["errors"]
                assert error["extensions"]["code"] == "operation_timed_out"
                assert word in error["message"]
            assert hanging.asked == 2  # nothing more was begun after the time was over
            for _ in range(15):
                assert house.ask(CHEAP)
            assert house.bureau.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
            assert '"operation_timed_out"' in house.logged.getvalue()


def test_the_limits_are_settings() -> None:
    limits = Settings(operation_cost=1, operation_nodes=2, caller_cost=3, caller_cost_per_second=4).cost_limits
    assert (limits.cost, limits.nodes, limits.allowance.most, limits.allowance.per_second) == (1, 2, 3, 4)
    with pytest.raises(ValueError, match="QIAN_CALLER_COST"):
        Settings(operation_cost=100, caller_cost=99)
