"""GraphiQL, built from `api/web` and served from our own files; it asks the door it was served from."""

from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT: Final = Path(__file__).parent / "web" / "dist"

# The editor writes its colours into style elements and names its fonts inline; all else comes from this host.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def page(built: Path = BUILT) -> Response | None:
    """The page for a GET by a browser on either door; None when the web part is not built."""
    try:
        content = (built / "graphiql" / "index.html").read_bytes()
    except FileNotFoundError:
        return None
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "no-cache",
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(content, media_type="text/html", headers=headers)


class HashedFiles(StaticFiles):
    """Files whose names carry their hash, so that a copy is good for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with leave to keep it."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def assets(built: Path = BUILT) -> Mount:
    """Mount the scripts, styles and fonts of the built pages at /assets; without a build each is a 404."""
    files = HashedFiles(directory=built / "assets", check_dir=False)
    files.config_checked = True  # a folder that is not there is no fault
    return Mount("/assets", files, name="assets")
