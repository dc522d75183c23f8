"""What a browser keeps of the sign-ins that it began at the provider: a sealed cookie that only this bureau reads.

It holds a few, for pages in several tabs that ask at once; each is good once and for a short while.
"""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

import orjson

from api.oidc.code_flow import Attempt
from ledger.calendar import instant_text, parse_instant
from sampling.users.secret_texts import Sealer

NAME: Final = "qian-desk-sign-in"
LIFETIME: Final = timedelta(minutes=10)
MOST: Final = 3
LONGEST_PAGE: Final = 500
DESK: Final = "/desk"
_OWN_PATHS: Final = ("/desk/session", "/desk/sign-in", "/desk/signed-in", "/desk/welcome")


@dataclass(frozen=True)
class Begun:
    """A sign-in that was begun, the page that is wanted after it, and until when it may be ended."""

    attempt: Attempt
    page: str
    until: datetime


def new_attempt() -> Attempt:
    """Return what nobody can guess."""
    return Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))


def page_of_desk(wanted: str | None) -> str:
    """Return the page that is wanted after signing in, or the desk's first where that is no page of the desk.

    Browsers take backslashes for slashes and leave dots and control characters out, so no path that has any is one.
    """
    if wanted is None or len(wanted) > LONGEST_PAGE or not all("!" <= each <= "~" for each in wanted):
        return DESK
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return DESK
    path = unquote(parts.path)
    is_plain = not parts.scheme and not parts.netloc and "\\" not in wanted + path and "//" not in path
    is_below = path == DESK or path.startswith(DESK + "/")
    if not is_plain or not is_below or {".", ".."} & set(path.split("/")) or path in _OWN_PATHS:
        return DESK
    return wanted


def written(sealer: Sealer, begun: Sequence[Begun]) -> str:
    """Return the cookie of the newest of these."""
    told = [[*vars(each.attempt).values(), each.page, instant_text(each.until)] for each in begun[-MOST:]]
    return urlsafe_b64encode(sealer.seal(NAME, orjson.dumps(told))).decode()


def read(sealer: Sealer, cookie: str | None, now: datetime) -> list[Begun]:
    """Return those of a cookie that may still be ended; none of one that this bureau did not write."""
    try:
        content = None if cookie is None else sealer.open(NAME, urlsafe_b64decode(cookie))
    except ValueError:
        return []
    found = [] if content is None else orjson.loads(content)
    begun = [Begun(Attempt(*each[:3]), each[3], parse_instant(each[4])) for each in found]
    return [each for each in begun if now < each.until]


def of_state(begun: Sequence[Begun], state: str) -> Begun | None:
    """Return the one of a state."""
    fitting = (each for each in begun if hmac.compare_digest(each.attempt.state.encode(), state.encode()))
    return next(fitting, None)
