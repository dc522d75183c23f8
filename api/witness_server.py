"""The HTTP interface of a witness (c2sp.org/tlog-witness): `add-checkpoint`, and the latest cosigned checkpoints."""

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import logs
from api.witness import Witness
from ledger.witness import LARGEST_SUBMISSION, Refused

UNCACHED: Final = {"Cache-Control": "no-store"}


def build_witness_app(witness: Witness, clock: Callable[[], int]) -> Starlette:
    """Return the application; `clock` gives Unix seconds."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_SUBMISSION:
                return PlainTextResponse("the body is too large\n", 413, {"Connection": "close"})
        try:
            lines = await run_in_threadpool(lambda: witness.add_checkpoint(bytes(body), clock()))
        except Refused as refused:
            return Response(refused.body, refused.status, {**UNCACHED, "Content-Type": refused.content_type})
        return PlainTextResponse(lines, headers=UNCACHED)

    async def checkpoint(request: Request) -> Response:
        found = await run_in_threadpool(witness.checkpoint, request.path_params["origin_hash"])
        if found is None:
            return PlainTextResponse("no checkpoint of this log was cosigned here\n", 404)
        return PlainTextResponse(found, headers=UNCACHED)

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", checkpoint),
        ],
        exception_handlers={Exception: _broken},
    )


def _broken(_request: Request, error: Exception) -> Response:
    """Answer a failure that nobody foresaw, such as a full disk: nothing was cosigned."""
    identifier = logs.unexpected(error, with_trace=True)
    return PlainTextResponse(f"failed, see {identifier} in the log\n", 500, UNCACHED)
