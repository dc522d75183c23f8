"""Having the log's checkpoints time-stamped, in the background, by an authority (RFC 3161).

The newest checkpoint is stamped where it is not, at most once in an interval, however many processes do this. Where
the authority fails it is left alone for 5 seconds, then twice as long each time, up to the interval.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Event
from typing import Final

import httpx2
import structlog
from cryptography.x509 import Certificate

from api import logs
from api.bureau import Bureau
from ledger import timestamps
from ledger.database import Database
from ledger.timestamp_tokens import LARGEST_TOKEN, TimestampError, timestamp_request, verify_token

WAIT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 10.0
"""How long each part of an answer may take, and all that follows its head."""
FIRST_PAUSE: Final = timedelta(seconds=5)
_MOST_DOUBLINGS: Final = 16

_log = structlog.get_logger("qian.timestamping")


class NotStamped(Exception):
    """The authority gave no token; the text says why, in English, for the operator's log."""


class Timestamping:
    """Asks one authority; `now` is the wall clock."""

    def __init__(
        self,
        database: Database,
        url: str,
        certificates: tuple[Certificate, ...],
        interval: timedelta,
        client: httpx2.Client,
        now: Callable[[], datetime],
    ) -> None:
        """Begin with patience."""
        self._database = database
        self._url = url
        self._certificates = certificates
        self._interval = interval
        self._client = client
        self._now = now
        self._failures = 0
        self._due = now()

    def step(self) -> bool:
        """Have the newest checkpoint stamped if that is due; return whether it was."""
        if self._now() < self._due:
            return False
        with self._database.read() as tx:
            unstamped, newest = timestamps.unstamped(tx), timestamps.newest(tx)
        if unstamped is None:
            return False
        size, note = unstamped
        if newest is not None and self._is_recent(newest):
            return False
        try:
            token = ask(self._client, self._url, note, self._certificates)
        except NotStamped as refused:
            pause = min(FIRST_PAUSE * 2 ** min(self._failures, _MOST_DOUBLINGS), self._interval)
            self._failures, self._due = self._failures + 1, self._now() + pause
            _log.warning("not_stamped", size=size, reason=str(refused), again_in=pause.total_seconds())
            return False
        with self._database.write() as tx:
            stamped_at = timestamps.store(tx, size, token, self._certificates)
        self._failures = 0
        _log.info("stamped", size=size, time=stamped_at.isoformat())
        return True

    def _is_recent(self, newest: timestamps.Stamped) -> bool:
        with suppress(TimestampError):  # of an authority that is pinned no more
            self._due = verify_token(newest.token, newest.note, self._certificates) + self._interval
        return self._now() < self._due


def ask(client: httpx2.Client, url: str, note: str, certificates: tuple[Certificate, ...]) -> bytes:
    """Return an authority's token over a note, verified; raises NotStamped (RFC 3161, section 3.4)."""
    request = timestamp_request(note)
    token = bytearray()
    head = {"Content-Type": "application/timestamp-query"}
    try:
        with client.stream("POST", url, content=request.as_bytes(), headers=head) as response:
            latest = time.monotonic() + ANSWER_SECONDS
            for chunk in response.iter_bytes():
                token += chunk
                if len(token) > LARGEST_TOKEN or time.monotonic() > latest:
                    raise NotStamped("the answer takes no end")
            if response.status_code != httpx2.codes.OK:
                raise NotStamped(f"HTTP {response.status_code}")
        verify_token(bytes(token), note, certificates, request.nonce)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotStamped(f"{type(error).__name__} {error}".strip()) from None
    except TimestampError as error:
        raise NotStamped(str(error)) from None
    return bytes(token)


def keep_timestamped(bureau: Bureau, stop: Event) -> None:
    """Have checkpoints stamped until `stop` is set, where the settings name an authority."""
    settings = bureau.settings
    if settings.timestamp_url is None:
        return
    interval = timedelta(seconds=settings.timestamp_interval)
    with httpx2.Client(timeout=ANSWER_SECONDS, follow_redirects=False) as client:
        stamping = Timestamping(
            bureau.database, settings.timestamp_url, bureau.timestamp_certificates, interval, client, lambda: bureau.now
        )
        while not stop.is_set():
            try:
                stamping.step()
            except Exception as error:  # such as a database that is away
                logs.unexpected(error, with_trace=True)
            stop.wait(WAIT_SECONDS)
