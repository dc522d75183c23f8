"""Removing the contents of expired documents from the storage, in the background, until each is gone."""

from datetime import timedelta
from threading import Event
from typing import Final

import structlog

from api import logs
from api.bureau import Bureau
from ledger.erasing import erase_contents
from ledger.errors import Refusal

WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=5)

_log = structlog.get_logger("qian.erasing")


def keep_erased(bureau: Bureau, stop: Event) -> None:
    """Remove what is due until `stop` is set; where the storage is away, wait twice as long each time."""
    wait = WAIT
    while not stop.is_set():
        try:
            count = erase_contents(bureau.database)
            wait = WAIT
            if count:
                _log.info("erased", count=count)
        except Refusal as refusal:
            wait = min(2 * wait, LONGEST_WAIT)
            _log.warning("not_erased", code=refusal.code, again_in=wait.total_seconds())
        except Exception as error:  # such as a database that is away
            logs.unexpected(error, with_trace=True)
        stop.wait(wait.total_seconds())
