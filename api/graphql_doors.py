"""The two GraphQL doors over HTTP (GraphQL over HTTP, docs/api.md), server-sent events and web sockets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any, Final

import anyio
import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketClose
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData, GraphQLRequestProtocol
from strawberry.http import process_result as as_json
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET

from api import graphiql
from api.answers import refused
from api.bureau import Bureau
from api.desk import sessions
from api.desk.own_pages import opens_own_socket
from api.graphql_forms import read_form
from api.graphql_requests import Asked, read_json, read_parameters, read_request
from api.graphql_sockets import SocketAdapter, SocketHandler, shown_on_socket
from api.languages import preferred
from api.media_types import GRAPHQL, JSON, answer_type, content_type
from api.observing import UNEXPECTED
from api.signing_in import Shown, shown_by, sign_in, signed_out
from api.trusted_documents import Documents
from ledger.errors import Conflict, Forbidden, Invalid, Refusal
from schema.building import Schema
from schema.context import Context, Serving
from schema.watching import Places

MISSING_PAGE: Final = "GraphiQL is not built here (make web); ask by POST. 此处未构建 GraphiQL，请用 POST 查询。\n"

PREFLIGHTED: Final = ("apollo-require-preflight", "graphql-require-preflight", "x-requested-with")
"""A page of another site can send none of these without asking first (CORS), so it cannot send a form here."""

EXECUTED: Final = "graphql_executed"
"""Where a request's scope has the result of an operation that is answered in parts."""

KEPT_BY_NOBODY: Final = ((b"cache-control", b"no-store"), (b"vary", b"Accept, Accept-Language"))
ASKED_BY: Final = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
"""What is answered once; what goes on is asked for as a stream, or over a web socket."""

FORM: Final = "multipart/form-data"
WELL_FORMED: Final = ("document_unknown", "PERSISTED_QUERY_NOT_FOUND", "PERSISTED_QUERY_NOT_SUPPORTED")
"""Refusals of requests in order, which application/json tells with 200."""


@dataclass(frozen=True)
class DoorRules:
    """What a door lets its callers do."""

    graphiql: bool = True
    introspection: bool = False
    suggestions: bool = False
    by_get: bool = False
    uploads: bool = False
    origins: Sequence[str] = ()


class DoorRequest(Request):
    """A request whose headers are found without looking through all of them, and whose body comes without a stream."""

    context: Context

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._first: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def first(self, name: str) -> str | None:
        """Return a header, of several the first."""
        value = self._first.get(name.encode())
        return None if value is None else value.decode("latin-1")

    def only(self, name: str) -> str | None:
        """Return a header that is given once, None where there are several."""
        several = len(self._first) < len(self.scope["headers"]) and len(self.headers.getlist(name)) > 1
        return None if several else self.first(name)

    async def body(self) -> bytes:
        """Return the body; raises ClientDisconnect."""
        if not hasattr(self, "_body"):
            parts: list[bytes] = []
            is_whole = False
            while not is_whole:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                parts.append(message.get("body", b""))
                is_whole = not message.get("more_body", False)
            self._body = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._body


class Answer(Response):
    """An answer in JSON that nobody keeps; its head is written at once."""

    def __init__(self, body: bytes, status: int, media_type: str, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [
            (b"content-type", f"{media_type}; charset=utf-8".encode()),
            (b"content-length", str(len(body)).encode()),
            *KEPT_BY_NOBODY,
            *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


class Door(GraphQL[Context, None]):
    """A schema at a path: asked by POST, and queries by GET where its rules say so; GraphiQL for a browser."""

    graphql_transport_ws_handler_class = SocketHandler
    websocket_adapter_class = SocketAdapter

    def __init__(self, schema: Schema, serving: Serving, rules: DoorRules, documents: Documents) -> None:
        """Serve a schema."""
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=rules.by_get,
            multipart_uploads_enabled=rules.uploads,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=20,
            allowed_origins=rules.origins,
        )
        self.serving = serving
        self.rules = rules
        self.documents = documents
        self.sockets = Places()
        self._methods = ("GET", "POST") if rules.by_get else ("POST",)
        self._streamed: Callable[[str | None], bool] = lru_cache(maxsize=256)(self._is_streamed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or web socket."""
        if scope["type"] == "http":
            request = DoorRequest(scope, receive)
            response = await self._answer(request)
            if isinstance(response, StreamingResponse):
                await self._stream(request, response, send)
            else:
                await response(scope, receive, send)
        else:
            await self._hold(scope, receive, send)

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a web socket, of one address no more than so many."""
        try:
            with self.sockets.place(scope["client"][0] if scope.get("client") else ""):
                await super().__call__(scope, receive, send)
        except Conflict:
            await WebSocketClose(1013, "Too many sockets")(scope, receive, send)

    async def _stream(self, request: DoorRequest, response: StreamingResponse, send: Send) -> None:
        """Send an answer that goes on, as long as whoever asked for it is let in."""
        is_whole = False
        async with anyio.create_task_group() as both:

            async def watch() -> None:
                await signed_out(request.context)
                both.cancel_scope.cancel()

            both.start_soon(watch)
            await response(request.scope, request.receive, send)
            is_whole = True
            both.cancel_scope.cancel()
        if not is_whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _is_streamed(self, accept: str | None) -> bool:
        return self._get_stream_transport_from_headers({"accept": accept or ""}) is not None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket | None = None) -> Context:
        """Return the context of a request or web socket."""
        scope = request.scope
        client = scope.get("client")
        if isinstance(request, DoorRequest):
            languages, key = request.first("accept-language"), request.first("idempotency-key")
        else:  # a web socket
            languages, key = request.headers.get("accept-language"), None
        return Context(
            self.serving,
            preferred(languages),
            scope["state"]["request_id"],
            address=None if client is None else client[0],
            introspection=self.rules.introspection,
            suggestions=self.rules.suggestions,
            idempotency_key=key,
        )

    async def _answer(self, request: DoorRequest) -> Response:
        accept = request.first("accept")
        if request.method in ("GET", "HEAD") and "text/html" in (accept or ""):
            page = graphiql.page() if self.rules.graphiql else None
            return page or PlainTextResponse(MISSING_PAGE, 404)
        answered_as = answer_type(accept)
        try:
            if request.method not in self._methods:
                raise Invalid("method_refused", allowed=list(self._methods))
            context = request.context = await self.get_context(request)
            await self.admit(request, context)
            self.serving.meter.admit(context.subject, context.address)
            if answered_as is None:
                raise Invalid("answer_type_refused")
            response: Response = await self.run(request, context=context)
            return response
        except Refusal as refusal:
            return self._refused(request, refusal, answered_as or JSON)
        except HTTPException as error:  # what strawberry finds wrong in parts that are checked here already
            return PlainTextResponse(f"{error.reason}\n", error.status_code)

    def _refused(self, request: Request, refusal: Refusal, media_type: str) -> Response:
        response = refused(request, refusal, media_type)
        if refusal.code == "method_refused":
            response.headers["Allow"] = ", ".join(self._methods)
        if media_type == JSON and refusal.code in WELL_FORMED:
            response.status_code = 200
        return response

    async def run(self, request: Any, context: Any = UNSET, root_value: Any = UNSET) -> Any:
        """Answer a request; what is answered in a stream or in parts goes Strawberry's way, which is the longer one."""
        if not isinstance(request, DoorRequest) or self._streamed(accept := request.first("accept")):
            return await super().run(request, context, root_value)
        asked = await self._asked(request)
        result = await self._executed(request.method, self.documents.text(asked), asked, context)
        if not isinstance(result, ExecutionResult):
            request.scope[EXECUTED] = result
            return await super().run(request, context, root_value)
        return self._written(_told(result), answer_type(accept), context.answer_status, context.answer_headers)

    async def admit(self, request: DoorRequest, context: Context) -> None:
        """Let the request in; raises a refusal."""

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Read the request; raises Invalid or Missing, whatever is wrong with it."""
        transport = self._get_stream_transport_from_headers(request.headers)
        protocol: GraphQLRequestProtocol = transport.protocol if transport else "http"
        assert isinstance(request, StarletteRequestAdapter)  # noqa: S101
        asked = await self._asked(request._request)
        text = self.documents.text(asked)
        return GraphQLRequestData(text, asked.variables, asked.operation_name, asked.extensions, protocol)

    async def _asked(self, request: Any) -> Asked:
        if request.method == "GET":
            return read_parameters(dict(request.query_params))
        media_type, charset = content_type(request.only("content-type") or "")
        if charset not in ("", "utf-8", "utf8") or (request.first("content-encoding") or "identity") != "identity":
            raise Invalid("content_type_refused")
        if media_type == JSON:
            return read_request(read_json(await request.body()))
        if media_type == FORM and self.rules.uploads:
            if not any(request.first(name) is not None for name in PREFLIGHTED):
                raise Forbidden("preflight_missing")
            return read_request(await read_form(request))
        raise Invalid("content_type_refused")

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: Context,
        root_value: None,
        sub_response: Response,
    ) -> Any:
        """Execute, unless that was done; what the operation left for the answer's head in its context goes there."""
        result = request.scope.pop(EXECUTED, None) or await super().execute_operation(
            request, request_adapter, request_data, context, root_value, sub_response
        )
        if context.answer_status is not None:
            sub_response.status_code = context.answer_status
        for name, value in context.answer_headers.items():
            sub_response.headers[name] = value
        return result

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Execute an operation that is answered once; raises Invalid where there is none, or not by this method."""
        return await self._executed(request_adapter.method, request_data.query, request_data, context)

    async def _executed(
        self, method: str, text: str | None, asked: Asked | GraphQLRequestData, context: Context
    ) -> ExecutionResult:
        try:
            return await self.schema.execute(
                text,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=ASKED_BY[method],
                operation_extensions=asked.extensions,
            )
        except CannotGetOperationTypeError:
            raise Invalid("operation_unknown") from None
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise Invalid("subscription_answered_once") from None
            raise Invalid("method_refused", allowed="POST") from None

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the answer as JSON values; where nothing was executed, without data."""
        return _told(result)

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Never: who asks for the page was answered before."""
        return False

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return what is known of the answer before it is."""
        sub_response = await super().get_sub_response(request)
        sub_response.media_type = answer_type(request.headers.get("accept"))
        return sub_response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Write an answer."""
        return self._written(response_data, sub_response.media_type, sub_response.status_code, sub_response.headers)

    @staticmethod
    def _written(told: object, media_type: str | None, status: int | None, headers: Mapping[str, str]) -> Response:
        """Write an answer; a request at fault is 400 where the media type says that the body is GraphQL's."""
        at_fault = media_type == GRAPHQL and isinstance(told, dict) and "data" not in told
        return Answer(orjson.dumps(told), status or (400 if at_fault else 200), media_type or JSON, headers)

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Write JSON."""
        return orjson.dumps(data).decode()


class StaffDoor(Door):
    """The door that asks for a token, in the Authorization header or a web socket's first message, or for a session.

    A session of the desk is a cookie, which a web socket has of its handshake.
    """

    def __init__(
        self, schema: Schema, serving: Serving, rules: DoorRules, documents: Documents, bureau: Bureau
    ) -> None:
        """Serve a schema to those who have a token of the bureau."""
        super().__init__(schema, serving, rules, documents)
        self.bureau = bureau

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket | None = None) -> Context:
        """Return the context of a request or web socket."""
        context = await super().get_context(request, response)
        if isinstance(request, WebSocket) and opens_own_socket(request, self.rules.origins):
            context.desk_session = sessions.shown_by(request)
        return context

    async def admit(self, request: DoorRequest, context: Context) -> None:
        """Sign the caller in, before the body is read."""
        authorization = request.only("authorization")
        await self._sign_in(shown_by(request) if authorization is None else Shown(authorization), context)

    async def on_ws_connect(self, context: Context) -> dict[str, object] | None:
        """Sign a web socket in."""
        try:
            await self._sign_in(shown_on_socket(context), context)
        except Refusal as refusal:
            self.serving.observer.sign_in_failed(refusal.code, context.address)
            raise ConnectionRejectionError from refusal
        return {}

    async def _sign_in(self, shown: Shown, context: Context) -> None:
        context.sign_in = partial(sign_in, self.bureau, self.serving.transactions, shown)
        await context.sign_in_again()


def _told(result: ExecutionResult) -> GraphQLHTTPResponse:
    told = as_json(result)
    if isinstance(result, ExecutionResult) and result.errors and never_ran(result):
        del told["data"]
    return told


def never_ran(result: ExecutionResult) -> bool:
    """Whether a result tells of a fault before anything was executed: of the document, or of its variables.

    A fault of ours is none of these, wherever it happened: an operation in order, all of which failed.
    """
    if any((error.extensions or {}).get("code") == UNEXPECTED for error in result.errors or ()):
        return False
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
