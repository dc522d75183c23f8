"""What is built from `api/web`: files whose names carry their hash, and the folder that they all lie in."""

import mimetypes
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT: Final = Path(__file__).parent / "web" / "dist"
COMPRESSED: Final = {"br": ".br", "gzip": ".gz"}
"""The codings in which files lie beside themselves, the smallest first, and how their names end."""
POLICY: Final = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""For a script that runs as a worker, which keeps to the policy that it came with and not to its page's."""


class HashedFiles(StaticFiles):
    """Files whose names carry their hash, so that a copy is good for ever; compressed for whoever takes that."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with leave to keep it."""
        response = await super().get_response(path, scope)
        if isinstance(response, FileResponse):
            response = self._smallest(Path(response.path), scope) or response
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def _smallest(self, path: Path, scope: Scope) -> Response | None:
        taken = {each.split(";")[0].strip() for each in Headers(scope=scope).get("accept-encoding", "").split(",")}
        for coding, suffix in COMPRESSED.items():
            beside = path.with_name(path.name + suffix)
            if coding in taken and beside.is_file():
                media_type = mimetypes.guess_type(path.name)[0]
                return FileResponse(beside, media_type=media_type, headers={"Content-Encoding": coding})
        return None


def assets(built: Path = BUILT) -> Route:
    """Return the route of the scripts, styles and fonts of the built pages; without a build each is a 404.

    They lie in one folder, so that no path of many parts is looked for.
    """
    files = HashedFiles(directory=built / "assets", check_dir=False)
    files.config_checked = True  # a folder that is not there is no fault

    async def asset(request: Request) -> Response:
        return await files.get_response(request.path_params["name"], request.scope)

    return Route("/assets/{name}", asset)
