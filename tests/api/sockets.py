"""A client of graphql-transport-ws, as tests need it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ledger.actors import Actor
from tests.api.house import House


class Socket:
    """A web socket of a door, signed in."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.connection.send(json.dumps(message))

    def receive(self, timeout: float = 30) -> dict[str, Any]:
        """Return the next message."""
        told: dict[str, Any] = json.loads(self.connection.recv(timeout=timeout))
        return told

    def ask(self, identifier: str, query: str, extensions: Any = None, **variables: Any) -> None:
        """Start an operation."""
        payload = {"query": query, "variables": variables, "extensions": extensions}
        self.send(id=identifier, type="subscribe", payload=payload)

    def answer(self, query: str, extensions: Any = None, **variables: Any) -> dict[str, Any]:
        """Return the one answer of a query or a mutation."""
        self.ask("only", query, extensions, **variables)
        told, end = self.receive(), self.receive()
        assert (told["type"], end["type"]) == ("next", "complete"), (told, end)
        payload: dict[str, Any] = told["payload"]
        return payload


@contextmanager
def socket_of(house: House, actor: Actor | None) -> Iterator[Socket]:
    """Open a web socket of a door: the public one without an actor."""
    path = "/graphql" if actor is None else "/staff/graphql"
    url = house.url.replace("http", "ws", 1) + path
    # However much is told that a test does not read, the answer to its goodbye is read behind it.
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], max_queue=None) as connection:
        socket = Socket(connection)
        given = {} if actor is None else {"Authorization": f"Bearer {house.token(actor)}"}
        socket.send(type="connection_init", payload=given)
        assert socket.receive()["type"] == "connection_ack"
        yield socket
