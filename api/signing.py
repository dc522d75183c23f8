"""Signing, in the background, what was left unsigned: by a process that was killed, or while the key was away."""

from threading import Event
from typing import Final

import structlog

from api import logs
from api.bureau import Bureau
from ledger.errors import Refusal

ROUND_SECONDS: Final = 5.0
LONGEST_PAUSE: Final = 300.0

_log = structlog.get_logger("qian.signing")


def keep_signed(bureau: Bureau, stop: Event) -> None:
    """Sign what is unsigned until `stop` is set; where the key is away, after pauses that grow up to five minutes."""
    pause = ROUND_SECONDS
    while not stop.is_set():
        try:
            bureau.sign()
            pause = ROUND_SECONDS
        except Refusal as refusal:
            pause = min(2 * pause, LONGEST_PAUSE)
            _log.error("not_signed", code=refusal.code, again_in=pause)
        except Exception as error:  # such as a database that is away
            logs.unexpected(error, with_trace=True)
        stop.wait(pause)
