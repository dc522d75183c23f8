"""The log as files, for any client of transparency logs (c2sp.org/tlog-tiles), and proofs of its entries as files.

Hashes do not compress, so only what holds text is offered compressed.
"""

import re
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import tagged
from ledger import cosignatures, documents, signed
from ledger.errors import Missing
from ledger.key_rotation import log_keys
from ledger.tiles import parse_tile_path
from schema.context import Serving

FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
ASK_AGAIN: Final = {"Cache-Control": "no-cache"}
BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain; charset=utf-8"
COMPRESSED: Final = (Middleware(GZipMiddleware, minimum_size=1024, compresslevel=6),)
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,18}")


def routes(serving: Serving) -> list[Route]:
    """Return the routes below /log/."""
    read = serving.transactions.read
    policy = serving.bureau.witness_policy

    async def checkpoint(request: Request) -> Response:
        note = await read(lambda tx: cosignatures.served_checkpoint(tx, policy))
        return tagged(request, note.encode(), TEXT, ASK_AGAIN)

    async def vkey(request: Request) -> Response:
        keys = await read(log_keys)
        text = "".join(f"{key.verifier.vkey}\n" for key in reversed(keys))
        return tagged(request, text.encode(), TEXT, ASK_AGAIN)

    async def tile(request: Request) -> Response:
        path = request.url.path.removeprefix("/log/")
        try:
            name = parse_tile_path(path)
        except ValueError:
            raise Missing("path_missing", path=path) from None
        content = await read(lambda tx: signed.tile(tx, name))
        return tagged(request, content, BYTES, FOR_EVER)

    async def data(request: Request) -> Response:
        name = request.path_params["sha256"]
        content = await read(lambda tx: documents.public_file(tx, name))
        return tagged(request, content, BYTES, FOR_EVER)

    async def proof(request: Request) -> Response:
        index = request.path_params["index"]
        if _INDEX.fullmatch(index) is None:
            raise Missing("path_missing", path=f"proof/{index}")
        found = await read(lambda tx: signed.entry_proof(tx, int(index), cosignatures.served_checkpoint(tx, policy)))
        return tagged(request, found.text().encode(), TEXT, ASK_AGAIN)

    return [
        Route("/log/checkpoint", checkpoint),
        Route("/log/vkey", vkey),
        Route("/log/tile/entries/{path:path}", tile, middleware=COMPRESSED),
        Route("/log/tile/{path:path}", tile),
        Route("/log/data/{sha256}", data, middleware=COMPRESSED),
        Route("/log/proof/{index}", proof),
    ]
