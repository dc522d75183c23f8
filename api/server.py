"""The HTTP application: all doors of a bureau."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

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
    telemetry,
    verifier,
)
from api.answers import refused
from api.bureau import Bureau
from api.cross_origin import CrossOrigin
from api.desk import provider_sign_in
from api.desk import routes as desk_routes
from api.graphql_doors import Door, DoorRules, StaffDoor
from api.metrics import Metrics
from api.middleware import Limited, Observed
from api.observing import Observations
from api.public_reading import NAMES
from api.settings import Settings, origins_of
from api.sides import BOTH, Side, includes
from api.trusted_documents import Documents, digest_id, fitting, load
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


def build_app(bureau: Bureau, sides: Collection[Side] = BOTH) -> ASGIApp:
    """Return the application that serves a bureau, or one side of it.

    Whoever runs it also runs a worker, here or elsewhere. Raises what reading the trusted documents raises.
    """
    settings = bureau.settings
    observations = Observations(Metrics(), telemetry.tracer())
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

    passed = [
        Middleware(Observed, observations=observations),
        Middleware(
            CrossOrigin,
            origins={
                Side.PUBLIC: origins_of(settings.public_origins),
                Side.STAFF: origins_of(settings.staff_origins),
            },
        ),
        Middleware(Limited, most=lambda scope: settings.upload_bytes if _may_have_files(scope) else MOST_BYTES),
    ]
    others = Starlette(
        routes=[
            *(_staff(serving, bureau) if Side.STAFF in sides else ()),
            *(_public(serving) if Side.PUBLIC in sides else ()),
            *(
                metrics.routes(observations.metrics, serving, bureau.database, settings.metrics_readers)
                if Side.STAFF in sides
                else ()
            ),
            *log_files.routes(serving),
            *_health(serving),
            built_files.assets(),
        ],
        middleware=passed,
        exception_handlers={Refusal: refused, 404: pages.missing(sides)},
        lifespan=lifespan,
    )
    doors = {path: _behind(passed, door) for path, door in _doors(serving, settings, bureau, sides).items()}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        door = doors.get(scope["path"]) if scope["type"] in ("http", "websocket") else None
        await (door or others)(scope, receive, send)

    return app


def _behind(passed: Sequence[Middleware], app: ASGIApp) -> ASGIApp:
    """Return an application behind what every request passes, the first of it outermost."""
    for kind, given, named in reversed(passed):
        app = kind(app, *given, **named)
    return app


def _doors(serving: Serving, settings: Settings, bureau: Bureau, sides: Collection[Side]) -> dict[str, Door]:
    doors: dict[str, Door] = {}
    if Side.PUBLIC in sides:
        rules, documents = _rules(settings, Side.PUBLIC), _documents(settings, Side.PUBLIC)
        doors[PUBLIC_PATH] = Door(public_schema, serving, rules, documents)
    if Side.STAFF in sides:
        rules, documents = _rules(settings, Side.STAFF), _documents(settings, Side.STAFF)
        doors[STAFF_PATH] = StaffDoor(staff_schema, serving, rules, documents, bureau)
    return doors


def _may_have_files(scope: Scope) -> bool:
    return scope["path"] == STAFF_PATH and Headers(scope=scope).get("content-type", "").startswith(
        "multipart/form-data"
    )


def _public(serving: Serving) -> list[BaseRoute]:
    return [
        *pages.routes(Side.PUBLIC),
        *schema_file.routes(),
        *feeds.routes(serving),
        *finding_files.routes(serving),
        *notice_feeds.routes(serving),
        *register_files.public_routes(serving),
        *verifier.routes(),
    ]


def _staff(serving: Serving, bureau: Bureau) -> list[BaseRoute]:
    return [
        *pages.routes(Side.STAFF),
        *oauth.routes(bureau, serving),
        *desk_routes.routes(bureau, serving),
        *provider_sign_in.routes(bureau, serving),
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
    verifying = {digest_id(NAMES): NAMES} if side is Side.PUBLIC else {}
    known = {**pages.documents(side), **verifying, **of_side}
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
