"""The HTTP application: all doors of a bureau."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

from opentelemetry.trace import get_tracer
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Scope

from api import (
    built_files,
    feeds,
    finding_files,
    log_files,
    metrics,
    notice_feeds,
    oauth,
    pages,
    register_files,
    schema_file,
    staff_files,
    verifier,
)
from api.answers import refused
from api.bureau import Bureau
from api.cross_origin import CrossOrigin
from api.graphql_doors import Door, DoorRules, StaffDoor
from api.metrics import Metrics
from api.middleware import Guarded, Limited, Observed
from api.observing import Counted, Observations
from api.settings import Settings, origins_of
from api.sides import BOTH, Side, includes
from api.trusted_documents import Documents, fitting, load
from ledger import log
from ledger.errors import Refusal
from schema.context import Serving
from schema.cost.metering import Meter
from schema.public import schema as public_schema
from schema.staff import schema as staff_schema
from schema.transactions import Transactions
from schema.watching import Watcher

MOST_BYTES: Final = 1 << 20
PUBLIC_PATH: Final = "/graphql"
STAFF_PATH: Final = "/staff/graphql"


def build_app(bureau: Bureau, sides: Collection[Side] = BOTH) -> Starlette:
    """Return the application that serves a bureau, or one side of it.

    Whoever runs it also runs a worker, here or elsewhere. Raises what reading the trusted documents raises.
    """
    settings = bureau.settings
    observations = Observations(Metrics(), get_tracer("qian"))
    serving = Serving(
        bureau,
        Transactions(bureau, seconds=settings.operation_seconds),
        Watcher(bureau.database),
        settings.limits,
        settings.inference_bound,
        settings.evidence_bytes,
        settings.intake,
        meter=Meter(settings.cost_limits),
        observer=observations,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        serving.watcher.stop()

    return Starlette(
        routes=_doors_first(
            *(_staff(serving, settings, bureau) if Side.STAFF in sides else ()),
            *(_public(serving, settings) if Side.PUBLIC in sides else ()),
            *(
                metrics.routes(observations.metrics, serving, bureau.database, settings.metrics_readers)
                if Side.STAFF in sides
                else ()
            ),
            *_health(serving),
            built_files.assets(),
        ),
        middleware=[
            Middleware(Observed),
            Middleware(Counted, observations=observations),
            Middleware(Guarded),
            Middleware(
                CrossOrigin,
                origins={
                    Side.PUBLIC: origins_of(settings.public_origins),
                    Side.STAFF: origins_of(settings.staff_origins),
                },
            ),
            Middleware(Limited, most=lambda scope: settings.upload_bytes if _may_have_files(scope) else MOST_BYTES),
        ],
        exception_handlers={Refusal: refused},
        lifespan=lifespan,
    )


def _doors_first(*routes: BaseRoute) -> list[BaseRoute]:
    """Return routes in the order in which they are tried: what is asked most has the least to go past."""
    return sorted(routes, key=lambda route: not (isinstance(route, Route) and isinstance(route.app, Door)))


def _may_have_files(scope: Scope) -> bool:
    return scope["path"] == STAFF_PATH and Headers(scope=scope).get("content-type", "").startswith(
        "multipart/form-data"
    )


def _public(serving: Serving, settings: Settings) -> list[BaseRoute]:
    door = Door(public_schema, serving, _rules(settings, Side.PUBLIC), _documents(settings, Side.PUBLIC))
    return [
        Route(PUBLIC_PATH, door),
        WebSocketRoute(PUBLIC_PATH, door),
        *pages.routes(Side.PUBLIC),
        *schema_file.routes(),
        *feeds.routes(serving),
        *finding_files.routes(serving),
        *notice_feeds.routes(serving),
        *log_files.routes(serving),
        *register_files.public_routes(serving),
        *verifier.routes(),
    ]


def _staff(serving: Serving, settings: Settings, bureau: Bureau) -> list[BaseRoute]:
    door = StaffDoor(staff_schema, serving, _rules(settings, Side.STAFF), _documents(settings, Side.STAFF), bureau)
    return [
        Route(STAFF_PATH, door),
        WebSocketRoute(STAFF_PATH, door),
        *oauth.routes(bureau, serving),
        *staff_files.routes(bureau, serving),
        *register_files.staff_routes(bureau, serving),
    ]


def _rules(settings: Settings, side: Side) -> DoorRules:
    return DoorRules(
        settings.graphiql,
        includes(settings.introspection, side),
        includes(settings.suggestions, side),
        includes(settings.get_queries, side),
        uploads=side is Side.STAFF,
        origins=origins_of(settings.staff_origins if side is Side.STAFF else settings.public_origins),
    )


def _documents(settings: Settings, side: Side) -> Documents:
    trusted = {} if settings.trusted_documents is None else load(settings.trusted_documents)
    of_side = fitting(trusted, {Side.PUBLIC: public_schema, Side.STAFF: staff_schema})[side]
    known = {**pages.documents(side), **of_side}
    return Documents(known, includes(settings.trusted_only, side), settings.remembered_documents)


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
