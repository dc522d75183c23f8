"""GraphiQL, built from `api/web` and served from our own files; it asks the door it was served from."""

from pathlib import Path
from typing import Final

from starlette.responses import Response

from api.built_files import BUILT

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
