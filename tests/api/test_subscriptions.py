"""What may be followed, on both doors, over web sockets and server-sent events, on both engines."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from api.bureau import Bureau
from ledger.actors import Actor
from schema import watching
from tests.api import small_bureau
from tests.api.house import ADMINISTRATOR, AUDITOR, PLANNER, House, served_on
from tests.api.sockets import Socket, socket_of
from tests.engines import ENGINES

ENTRIES = "subscription ($from: BigInt) { ledgerEntries(from: $from) { seq kind leafHash } }"
DRAW = """subscription ($code: String!) { draw(campaign: $code) {
  state drawnPositions beaconEntries { kind } findings(first: 1) { nodes { number } } } }"""
STAFF_DRAW = """subscription ($code: String!) { draw(campaign: $code) {
  code state published { beacon { output } drawnPositions }
  visits(first: 100) { nodes { position team { certificate } } } } }"""
PUBLISHED = "subscription { findings { number campaignCode position } }"
RECORDED = "subscription ($code: String!) { findings(campaign: $code) { enterpriseCode state version } }"


class Followed:
    """What a subscription tells, gathered by a thread over server-sent events until it ends."""

    def __init__(self, house: House, actor: Actor | None, query: str, until: int | None = None, **variables: Any):
        self.told: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.begun = threading.Event()
        self._ask = (house, actor, query, until, variables)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        house, actor, query, until, variables = self._ask
        headers = {**house.headers(actor, "en"), "Accept": "text/event-stream"}
        path = "/graphql" if actor is None else "/staff/graphql"
        body = {"query": query, "variables": variables}
        with house.http.stream("POST", path, json=body, headers=headers) as stream:
            self.begun.set()
            for line in stream.iter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line.removeprefix("data: "))
                self.errors += [error["extensions"]["code"] for error in event.get("errors", ())]
                self.told += [value for value in (event["data"] or {}).values() if value is not None]
                if len(self.told) == until:
                    return

    def until(self, met: Callable[[dict[str, Any]], object]) -> None:
        """Wait until what it told last meets a condition."""
        end = time.monotonic() + 30
        while not (self.told and met(self.told[-1])):
            assert time.monotonic() < end, self.told
            time.sleep(0.02)

    def end(self) -> list[dict[str, Any]]:
        """Wait for its end, and return what it told."""
        self._thread.join(60)
        assert not self._thread.is_alive(), self.told[-3:]
        return self.told


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with a campaign that is planned, on each engine."""
    with served_on(request.param, tmp_path_factory.mktemp("subscriptions")) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        yield house


def test_a_campaign_is_followed_from_freeze_to_close(house: House) -> None:
    code = small_bureau.plan(house)
    staff = Followed(house, PLANNER, STAFF_DRAW, code=code)
    small_bureau.freeze(house, code)
    start = house.size()
    ledger = Followed(house, None, ENTRIES, **{"from": "0"}, until=start + 30)
    draw = Followed(house, None, DRAW, code=code)
    recorded = Followed(house, PLANNER, RECORDED, code=code, until=9)
    with socket_of(house, None) as socket:
        socket.ask("1", PUBLISHED)
        small_bureau.reveal(house, code)
        draw.until(lambda told: told["beaconEntries"])  # steps that come together are told as one
        house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=code)
        staff.until(lambda told: told["state"] == "DRAWN")
        house.do(small_bureau.step("matchCampaign"), PLANNER, campaign=code)
        some = small_bureau.visits(house, code)
        for visit in some:
            small_bureau.record(house, code, visit)
        for visit in some:
            small_bureau.confirm(house, code, visit)
        for visit in some:
            small_bureau.approve(house, code, visit)
        house.do(small_bureau.PUBLISH, PLANNER, campaign=code)
        published = [socket.receive()["payload"]["data"]["findings"] for _ in some]
        house.do(small_bureau.step("closeCampaign"), PLANNER, campaign=code)

    told = draw.end()
    assert told[0]["state"] == "FROZEN"
    assert told[-1]["state"] == "CLOSED"
    positions = house.ask("query ($c: String!) { campaign(code: $c) { drawnPositions } }", c=code)["campaign"]
    assert next(each["drawnPositions"] for each in told if each["state"] != "FROZEN") == positions["drawnPositions"]
    assert max(len(each["beaconEntries"]) for each in told if each["state"] == "FROZEN") >= 1
    assert told[-1]["findings"]["nodes"] != []  # each event is read from a snapshot of its own
    states = [each["state"] for each in staff.end()]
    assert states[0] == "PLANNED"
    assert states[-1] == "CLOSED"
    assert {"FROZEN", "DRAWN", "MATCHED"} <= set(states)
    drawn, matched = (next(each for each in staff.told if each["state"] == state) for state in ("DRAWN", "MATCHED"))
    assert drawn["published"]["beacon"]["output"]
    assert drawn["published"]["drawnPositions"] == positions["drawnPositions"]
    assert [each["position"] for each in matched["visits"]["nodes"]] == positions["drawnPositions"]
    assert all(len(each["team"]) == 2 for each in matched["visits"]["nodes"])
    assert [each["number"] for each in published] == list(range(1, len(some) + 1))
    assert {each["campaignCode"] for each in published} == {code}
    assert {each["enterpriseCode"] for each in recorded.end()} <= {each["enterpriseCode"] for each in some}
    size = house.size()
    for _ in range(start + 30 - size):
        house.do(small_bureau.DRAFT, ADMINISTRATOR, text=small_bureau.MODEL.replace('"1"', f'"x{house.size()}"'))
    assert [int(each["seq"]) for each in ledger.end()] == list(range(start + 30))


def test_entries_are_followed_from_a_place_and_from_now(house: House) -> None:
    with socket_of(house, AUDITOR) as socket:
        size = house.size()
        socket.ask("past", ENTRIES, **{"from": str(size - 3)})
        assert [seq(socket, "past") for _ in range(3)] == [size - 3, size - 2, size - 1]
        socket.ask("now", ENTRIES)
        socket.ask("none", "{ me { subject } }")  # answered once both are under way
        while socket.receive()["id"] != "none":
            pass
        assert socket.receive() == {"id": "none", "type": "complete"}
        draft(house)
        got = {(message["id"], event(message)) for message in (socket.receive(), socket.receive())}
        assert {name for name, _ in got} == {"past", "now"}
        assert {place for _, place in got} == {size}


@pytest.mark.parametrize("place", ["-1", "x", 1.5, True])
def test_a_place_that_is_none_is_refused(house: House, place: Any) -> None:
    followed = Followed(house, None, ENTRIES, **{"from": place})
    followed.end()
    assert followed.told == []
    assert len(followed.errors) == 1


def test_what_somebody_may_not_see_is_not_followed(house: House) -> None:
    for actor, query in ((None, DRAW), (PLANNER, STAFF_DRAW), (PLANNER, RECORDED)):
        followed = Followed(house, actor, query, code="2030-0001")
        assert followed.end() == []
        assert followed.errors == ["campaign_missing"]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize("actor", [None, AUDITOR])
def test_a_subscription_is_not_answered_once(house: House, actor: Actor | None, accept: str) -> None:
    path = "/graphql" if actor is None else "/staff/graphql"
    headers = {**house.headers(actor, "en"), "Accept": accept}
    answer = house.http.post(path, json={"query": ENTRIES}, headers=headers)
    assert answer.status_code == 400
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["subscription_answered_once"]


def test_a_subscription_ends_with_its_token(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    with socket_of(house, AUDITOR) as socket:
        socket.ask("1", ENTRIES, **{"from": str(house.size() - 1)})
        seq(socket, "1")
        later = house.bureau.now + timedelta(hours=2)
        monkeypatch.setattr(Bureau, "now", property(lambda _: later))
        told = socket.receive()
        assert told["type"] == "next"
        assert told["payload"]["errors"][0]["extensions"]["code"] == "token_refused"
        assert socket.receive() == {"id": "1", "type": "complete"}


def test_one_address_follows_so_much_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_OF_ONE", 2)
    with ExitStack() as sockets:
        socket = opened(house, sockets)
        for name in ("1", "2", "3"):
            socket.ask(name, ENTRIES)
        told = socket.receive()
        assert told["payload"]["errors"][0]["extensions"]["code"] == "subscriptions_full"
        opened(house, sockets)
        with pytest.raises(InvalidStatus, match="403"), socket_of(house, None):
            pass


def opened(house: House, sockets: ExitStack) -> Socket:
    """Open a socket, once the server has learnt that those of the tests before this one are closed."""
    end = time.monotonic() + 30
    while True:
        try:
            return sockets.enter_context(socket_of(house, None))
        except InvalidStatus:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_every_process_learns_of_what_another_wrote(house: House, tmp_path: Path) -> None:
    """The bureau writes here, in the test's own process, through a connection that the server has not."""
    with socket_of(house, None) as socket:
        socket.ask("1", ENTRIES)
        socket.ask("2", "{ bureau { name } }")
        while socket.receive()["id"] != "2":
            pass
        socket.receive()
        size = house.size()
        draft(house)
        assert seq(socket, "1") == size


def seq(socket: Socket, identifier: str) -> int:
    message = socket.receive()
    assert message["id"] == identifier, message
    return event(message)


def event(message: dict[str, Any]) -> int:
    assert message["type"] == "next", message
    return int(message["payload"]["data"]["ledgerEntries"]["seq"])


def draft(house: House) -> None:
    text = small_bureau.MODEL.replace('"1"', f'"y{house.size()}"')
    assert house.do(small_bureau.DRAFT, ADMINISTRATOR, text=text)["model"]
