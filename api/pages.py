"""The pages that people use, built from `api/web`: applications of one index.html each, which asks a GraphQL door."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.answers import tagged
from api.built_files import BUILT
from api.sides import Side
from api.trusted_documents import load

APPLICATIONS: Final = {Side.PUBLIC: "site", Side.STAFF: "desk"}
"""The folder of each side's application."""

# Everything comes from this host, as files of their own: no script or style stands in a page.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}
WORKER: Final = "worker.js"
"""The script that opens an application's pages without a network; it answers for its folder's path and all below."""
WORKER_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
}


def routes(side: Side, built: Path = BUILT) -> list[Route]:
    """Return a route for each page of a side's application and for its worker, as its build has them."""
    folder = built / APPLICATIONS[side]
    if not folder.exists():
        return []
    content = (folder / "index.html").read_bytes()

    async def page(request: Request) -> Response:
        return tagged(request, content, "text/html; charset=utf-8", HEADERS)

    return [*(Route(path, page) for path in _paths(folder)), *_worker(folder)]


def missing(sides: Collection[Side], built: Path = BUILT) -> Callable[[Request, Exception], Response]:
    """Return what answers for a path that there is not: whoever asks for a page is told so by one, in words."""
    files = {side: built / APPLICATIONS[side] / "index.html" for side in sides}
    contents = {side: file.read_bytes() for side, file in files.items() if file.exists()}

    def answer(request: Request, _: Exception) -> Response:
        side = Side.STAFF if request.url.path.startswith("/desk") else Side.PUBLIC
        if side in contents and "text/html" in request.headers.get("accept", ""):
            return Response(contents[side], 404, HEADERS, "text/html; charset=utf-8")
        return PlainTextResponse("Not Found", 404)

    return answer


def documents(side: Side, built: Path = BUILT) -> Mapping[str, str]:
    """Return the documents that a side's pages ask, by their ids; none without a build."""
    file = built / APPLICATIONS[side] / "documents.json"
    return load(file) if file.exists() else {}


def _worker(folder: Path) -> Iterator[Route]:
    """Give the route of an application's worker, where it has one."""
    file = folder / WORKER
    if not file.exists():
        return
    content = file.read_bytes()

    async def worker(request: Request) -> Response:
        allowed = {"Service-Worker-Allowed": f"/{folder.name}"}
        return tagged(request, content, "text/javascript; charset=utf-8", WORKER_HEADERS | allowed)

    yield Route(f"/{folder.name}/{WORKER}", worker)


def _paths(folder: Path) -> Iterator[str]:
    """Give the paths of pages as routes write them: /campaigns/:code is /campaigns/{code}."""
    for path in orjson.loads((folder / "paths.json").read_bytes()):
        yield re.sub(r":(\w+)", r"{\1}", path)
