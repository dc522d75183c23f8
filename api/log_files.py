"""The log as files, for any client of transparency logs (c2sp.org/tlog-tiles)."""

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ledger import cosignatures, documents, signed
from ledger.errors import Missing
from ledger.key_rotation import log_keys
from ledger.tiles import parse_tile_path
from schema.context import Serving

FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
BYTES: Final = "application/octet-stream"


def routes(serving: Serving) -> list[Route]:
    """Return the routes below /log/."""

    async def checkpoint(request: Request) -> Response:
        policy = serving.bureau.witness_policy
        note = await serving.transactions.read(lambda tx: cosignatures.served_checkpoint(tx, policy))
        return PlainTextResponse(note, headers={"Cache-Control": "no-cache"})

    async def vkey(request: Request) -> Response:
        keys = await serving.transactions.read(log_keys)
        return PlainTextResponse("".join(f"{key.verifier.vkey}\n" for key in reversed(keys)))

    async def tile(request: Request) -> Response:
        path = "tile/" + request.path_params["path"]
        try:
            name = parse_tile_path(path)
        except ValueError:
            raise Missing("path_missing", path=path) from None
        content = await serving.transactions.read(lambda tx: signed.tile(tx, name))
        return Response(content, media_type=BYTES, headers=FOR_EVER)

    async def data(request: Request) -> Response:
        name = request.path_params["sha256"]
        content = await serving.transactions.read(lambda tx: documents.public_file(tx, name))
        return Response(content, media_type=BYTES, headers=FOR_EVER)

    return [
        Route("/log/checkpoint", checkpoint),
        Route("/log/vkey", vkey),
        Route("/log/tile/{path:path}", tile),
        Route("/log/data/{sha256}", data),
    ]
