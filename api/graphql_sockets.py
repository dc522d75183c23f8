"""graphql-transport-ws: messages of any shape, and documents by their ids, before strawberry handles them."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

from starlette import websockets
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema import BaseSchema
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from api.answers import NO_USER_CODES, SIGN_IN_CODES
from api.graphql_requests import check_values, read_request
from api.signing_in import Shown, signed_out
from ledger.errors import Invalid, Refusal
from schema.context import Context
from schema.errors import RefusalAnswer

if TYPE_CHECKING:
    from api.graphql_doors import Door

LONGEST_ID = 200

_extensions: ContextVar[dict[str, Any] | None] = ContextVar("extensions", default=None)
"""The extensions of the operation that is being started; its task keeps them."""


class _Asked:
    """A schema, asked with the extensions of each request, which strawberry leaves out on a socket."""

    def __init__(self, schema: BaseSchema) -> None:
        self._schema = schema

    async def stream(self, query: str | None, **given: Any) -> Any:
        return await self._schema.stream(query, operation_extensions=_extensions.get(), **given)


class SocketAdapter(ASGIWebSocketAdapter):
    """A socket that may have ended already, whoever ended it: strawberry expects that of its client alone."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message; raises WebSocketDisconnected."""
        try:
            await super().send_json(message)
        except websockets.WebSocketDisconnected:
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        """End, unless that was done."""
        with suppress(websockets.WebSocketDisconnect, websockets.WebSocketDisconnected):
            await super().close(code, reason)


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Closes a socket (4400) whose message is none, and asks for the documents that its door allows."""

    def __init__(self, **given: Any) -> None:
        """Handle a socket that was accepted."""
        super().__init__(**given)
        self.schema = cast("BaseSchema", _Asked(self.schema))
        self._watch: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Sign in, and end the socket (4403) once whoever did is let in no more."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            self._watch = asyncio.create_task(self._end_with_sign_in())

    async def shutdown(self) -> None:
        """End what goes on."""
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown()

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what went wrong; that nobody gets the answer of an operation any more did not."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    async def _end_with_sign_in(self) -> None:
        await signed_out(self.context)
        await self._end()

    async def _end(self) -> None:
        await self.websocket.close(code=4403, reason="Forbidden")

    async def handle_message(self, message: Message) -> None:
        """Handle one message, whatever it is."""
        if not is_message(message):
            await self.handle_invalid_message("Failed to parse message")
            return
        await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation of who is let in now; who has not signed in learns nothing of the documents."""
        if not self.connection_acknowledged:
            await super().handle_subscribe(message)
            return
        door = cast("Door", self.view)
        try:
            await self.context.sign_in_again()
            asked = read_request(message["payload"])
            text = door.documents.text(asked)
        except Refusal as refusal:
            if refusal.code in (*SIGN_IN_CODES, *NO_USER_CODES):
                await self._end()
                return
            answer = RefusalAnswer.of(refusal, self.context.language)
            extensions = {"code": answer.code, "remedy": answer.remedy}
            error = {"message": answer.message, "extensions": extensions}
            await self.websocket.send_json({"id": message["id"], "type": "error", "payload": [error]})
            return
        _extensions.set(asked.extensions)
        payload: Any = {"query": text, "variables": asked.variables, "operationName": asked.operation_name}
        await super().handle_subscribe({"id": message["id"], "type": "subscribe", "payload": payload})


def shown_on_socket(context: Context) -> Shown:
    """Return what a web socket shows: {"Authorization": "Bearer …"} in connection_init, or its handshake's session."""
    given = {name.lower(): value for name, value in context.connection_params.items()}
    return Shown(given["authorization"]) if "authorization" in given else Shown(session=context.desk_session)


def is_message(given: object) -> bool:
    """Whether something is a message whose parts are of the kinds that the protocol says."""
    if not isinstance(given, Mapping) or not isinstance(given.get("type"), str):
        return False
    if given["type"] in ("subscribe", "complete"):
        identifier = given.get("id")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= LONGEST_ID:
            return False
    return given["type"] != "connection_init" or _is_in_order(given)


def _is_in_order(given: object) -> bool:
    try:
        check_values(given)
    except Invalid:
        return False
    return True
