"""The two GraphQL doors over HTTP, server-sent events and web sockets."""

from typing import Any, Final

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from api import graphiql
from api.answers import refused
from api.bureau import Bureau
from api.languages import preferred
from api.signing_in import actor_of
from ledger.errors import Forbidden
from schema.building import Schema
from schema.context import Context, Serving

MISSING_PAGE: Final = "GraphiQL is not built here (make web); ask by POST. 此处未构建 GraphiQL，请用 POST 查询。\n"


class Door(GraphQL[Context, None]):
    """A schema at a path: queries by POST only; GraphiQL for a browser that asks with GET, where that is allowed."""

    def __init__(self, schema: Schema, serving: Serving, graphiql_page: bool, uploads: bool) -> None:
        """Serve a schema."""
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            multipart_uploads_enabled=uploads,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            max_subscriptions_per_connection=20,
        )
        self.serving = serving
        self.graphiql_page = graphiql_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or web socket."""
        if scope["type"] == "http":
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return the context of a request or web socket."""
        language = preferred(request.headers.get("accept-language"))
        return Context(self.serving, language, request.scope["state"]["request_id"])

    async def _answer(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            page = graphiql.page() if self.graphiql_page else None
            return page or PlainTextResponse(MISSING_PAGE, 404)
        if request.method != "POST":
            return PlainTextResponse("GraphQL is asked by POST.\n", 405, {"Allow": "POST"})
        context = await self.get_context(request, Response())
        try:
            await self.admit(request, context)
            return await self.run(request, context=context)
        except Forbidden as refusal:
            return refused(request, refusal)
        except HTTPException as error:
            return PlainTextResponse(f"{error.reason}\n", error.status_code)

    async def admit(self, request: Request, context: Context) -> None:
        """Let the request in; raises Forbidden."""

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read the request; whatever its shape, what cannot be read is the caller's fault."""
        try:
            return await super().parse_http_body(request)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise HTTPException(400, "The body is no GraphQL request.") from error

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Write JSON."""
        return orjson.dumps(data).decode()


class StaffDoor(Door):
    """The door that asks for a token: in the Authorization header, or in a web socket's first message."""

    def __init__(self, schema: Schema, serving: Serving, graphiql_page: bool, bureau: Bureau) -> None:
        """Serve a schema to those who have a token of the bureau."""
        super().__init__(schema, serving, graphiql_page, uploads=True)
        self.bureau = bureau

    async def admit(self, request: Request, context: Context) -> None:
        """Sign the caller in, before the body is read."""
        context.actor = actor_of(self.bureau, request.headers.get("authorization"))

    async def on_ws_connect(self, context: Context) -> dict[str, object] | None:
        """Sign a web socket in by {"Authorization": "Bearer …"} in its connection_init."""
        given: dict[str, Any] = {name.lower(): value for name, value in context.connection_params.items()}
        try:
            context.actor = actor_of(self.bureau, given.get("authorization"))
        except Forbidden as refusal:
            raise ConnectionRejectionError from refusal
        return {}
