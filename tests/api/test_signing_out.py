"""What goes on ends with the sign-in of whoever asked for it: web sockets, and streams of server-sent events."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from api import signing_in, tokens
from api.oauth import INVITATION
from ledger.actors import Actor, Role
from tests.api.house import ADMINISTRATOR, House, served_on

ZHAO = Actor("zhao", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without a worker, where a job waits for ever, and sign-ins are looked at every second."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signing_in, "CHECKED_SECONDS", 1)
        with served_on("sqlite", tmp_path_factory.mktemp("signing-out"), worker=False) as house:
            yield house


def short_token(house: House, actor: Actor, seconds: int) -> str:
    """Return a token that ends soon."""
    bureau = house.bureau
    return tokens.issue(bureau.token_key, bureau.origin, actor, bureau.now, timedelta(seconds=seconds))


def close_code(socket: ClientConnection) -> int:
    """Return the code with which a socket is closed, whatever is said before."""
    try:
        while True:
            socket.recv(15)
    except ConnectionClosed as closed:
        return 0 if closed.rcvd is None else closed.rcvd.code


def waiting_job(house: House, actor: Actor) -> str:
    """Return a job that nobody does."""
    answer = house.do("mutation { auditDatabase { job { id } refusal { code } } }", actor)
    return str(answer["job"]["id"])


def socket_closed_by(house: House, token: str) -> int:
    """Return the code with which a socket is closed on which a job is followed that never ends."""
    job = waiting_job(house, ADMINISTRATOR)
    address = house.url.replace("http", "ws") + "/staff/graphql"
    query = f'subscription {{ job(id: "{job}") {{ state }} }}'
    with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(socket.recv(10))["type"] == "connection_ack"
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        assert json.loads(socket.recv(10))["payload"]["data"] == {"job": {"state": "WAITING"}}
        return close_code(socket)


def test_a_socket_ends_with_its_token(house: House) -> None:
    assert socket_closed_by(house, short_token(house, ADMINISTRATOR, 3)) == 4403


def test_a_socket_ends_when_its_user_is_disabled(house: House) -> None:
    house.do('mutation { inviteUser(subject: "zhao", role: PLANNER) { refusal { code } } }', ADMINISTRATOR)
    job = waiting_job(house, ZHAO)
    address = house.url.replace("http", "ws") + "/staff/graphql"
    with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        given = {"Authorization": f"Bearer {house.token(ZHAO)}"}
        socket.send(json.dumps({"type": "connection_init", "payload": given}))
        assert json.loads(socket.recv(10))["type"] == "connection_ack"
        query = f'subscription {{ job(id: "{job}") {{ state }} }}'
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}}))
        socket.recv(10)
        house.do('mutation { disableUser(subject: "zhao") { refusal { code } } }', ADMINISTRATOR)
        assert close_code(socket) == 4403


def test_an_open_socket_starts_nothing_for_who_is_let_in_no_more_and_for_others_as_they_are_now(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "CHECKED_SECONDS", 60)  # so that nothing but the next operation finds it out
    house.do('mutation { inviteUser(subject: "qian", role: PLANNER) { secret refusal { code } } }', ADMINISTRATOR)
    invited = house.do('mutation { inviteUserAgain(subject: "qian") { secret refusal { code } } }', ADMINISTRATOR)
    form = {"grant_type": INVITATION, "invitation": invited["secret"], "password": "correct horse battery staple"}
    given = {"Authorization": f"Bearer {house.http.post('/oauth/token', data=form).json()['access_token']}"}
    address = house.url.replace("http", "ws") + "/staff/graphql"
    with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]

        def ask(identifier: str) -> None:
            query = {"query": "{ me { role } }"}
            socket.send(json.dumps({"id": identifier, "type": "subscribe", "payload": query}))

        def role(identifier: str) -> object:
            ask(identifier)
            told, end = (json.loads(socket.recv(10)) for _ in range(2))
            assert end["type"] == "complete"
            return told["payload"]["data"]["me"]["role"]

        socket.send(json.dumps({"type": "connection_init", "payload": given}))
        assert json.loads(socket.recv(10))["type"] == "connection_ack"
        assert role("1") == "PLANNER"
        house.do('mutation { changeUser(subject: "qian", role: ANALYST) { refusal { code } } }', ADMINISTRATOR)
        assert role("2") == "ANALYST"
        house.do('mutation { disableUser(subject: "qian") { refusal { code } } }', ADMINISTRATOR)
        ask("3")
        assert close_code(socket) == 4403


def test_a_stream_ends_with_its_token(house: House) -> None:
    job = waiting_job(house, ADMINISTRATOR)
    query = {"query": f'subscription {{ job(id: "{job}") {{ state }} }}'}
    token = short_token(house, ADMINISTRATOR, 3)
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    with house.http.stream("POST", "/staff/graphql", json=query, headers=headers, timeout=20) as stream:
        assert stream.status_code == 200
        lines = [line for line in stream.iter_lines() if line.startswith("data: {")]
    assert [json.loads(line.removeprefix("data: "))["data"]["job"]["state"] for line in lines] == ["WAITING"]


def test_a_stream_and_a_socket_end_with_the_session_of_the_desk(house: House) -> None:
    job = waiting_job(house, ADMINISTRATOR)
    query = {"query": f'subscription {{ job(id: "{job}") {{ state }} }}'}
    token = {"token": house.token(ADMINISTRATOR)}
    with httpx2.Client(base_url=house.url, timeout=20) as browser:
        assert browser.post("/desk/session", json=token).status_code == 200
        cookie = f"qian-desk={browser.cookies['qian-desk']}"
        address = house.url.replace("http", "ws") + "/staff/graphql"
        with (
            browser.stream("POST", "/staff/graphql", json=query, headers={"Accept": "text/event-stream"}) as stream,
            connect(
                address,
                subprotocols=[Subprotocol("graphql-transport-ws")],
                origin=Origin(house.url),
                additional_headers={"Cookie": cookie},
            ) as socket,
        ):
            assert stream.status_code == 200
            socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(socket.recv(10))["type"] == "connection_ack"
            lines = stream.iter_lines()
            # Before it signs out, since a stream that is let in later tells nothing.
            assert any("WAITING" in line for line in lines)
            assert house.http.delete("/desk/session", headers={"Cookie": cookie}).status_code == 204
            assert not any("WAITING" in line for line in lines)  # and ends
            assert close_code(socket) == 4403
