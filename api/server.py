"""The HTTP application: all doors of a bureau."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from api import feeds, graphiql, log_files, pages, register_files, staff_files, verifier
from api.answers import refused
from api.bureau import Bureau
from api.graphql_doors import Door, StaffDoor
from api.middleware import Guarded, Limited, Observed
from ledger import log
from ledger.errors import Refusal
from schema.context import Serving
from schema.public import schema as public_schema
from schema.staff import schema as staff_schema
from schema.transactions import Transactions
from schema.watching import Watcher

MOST_BYTES: Final = 1 << 20
STAFF_PATH: Final = "/staff/graphql"


def build_app(bureau: Bureau) -> Starlette:
    """Return the application that serves a bureau; whoever runs it also runs a worker, here or elsewhere."""
    settings = bureau.settings
    serving = Serving(bureau, Transactions(bureau), Watcher(bureau.database), settings.limits, settings.inference_bound)
    public = Door(public_schema, serving, settings.graphiql, uploads=False)
    staff = StaffDoor(staff_schema, serving, settings.graphiql, bureau)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        serving.watcher.stop()

    return Starlette(
        routes=[
            *pages.routes(serving),
            Route("/graphql", public),
            Route(STAFF_PATH, staff),
            WebSocketRoute(STAFF_PATH, staff),
            *feeds.routes(serving),
            *log_files.routes(serving),
            *staff_files.routes(bureau, serving),
            *register_files.routes(bureau, serving),
            *_health(serving),
            *verifier.routes(),
            graphiql.assets(),
        ],
        middleware=[
            Middleware(Observed),
            Middleware(Guarded),
            Middleware(Limited, most=lambda path: settings.upload_bytes if path == STAFF_PATH else MOST_BYTES),
        ],
        exception_handlers={Refusal: refused},
        lifespan=lifespan,
    )


def _health(serving: Serving) -> list[Route]:
    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        try:
            held = await serving.transactions.read(log.is_held)
        except OperationalError:
            return PlainTextResponse("the database does not answer\n", 503)
        return PlainTextResponse("ready, to read only: the restored log is held\n" if held else "ready\n")

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
