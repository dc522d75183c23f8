"""Where a log is read from: a folder of its files, or its address."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2

from ledger.errors import Conflict, Missing
from ledger.log_reader import LogFault, Read

LARGEST_PART: Final = 64 * 1024 * 1024
SECONDS: Final = 30.0
PAUSES: Final = (0.5, 2.0, 8.0)
NOT_THERE: Final = (404, 410)
TRY_AGAIN: Final = (408, 429, 500, 502, 503, 504)


@contextmanager
def opened_log(source: str) -> Iterator[Read]:
    """Give the reader of a log by its http(s) prefix, such as https://qian.example.gov.cn/log, or its folder.

    Raises Missing("log_folder_missing").
    """
    if source.startswith(("http://", "https://")):
        with httpx2.Client(timeout=SECONDS, follow_redirects=True) as client:
            yield HttpLog(source, client).read
        return
    folder = Path(source)
    if not folder.is_dir():
        raise Missing("log_folder_missing", folder=source)
    yield FolderLog(folder).read


class FolderLog:
    """A log as the files that `qian log export` writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """Return a part of the log, None where there is none; raises Conflict("log_unreachable")."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Conflict("log_unreachable", address=self._folder / path, reason=error.strerror) from error


class HttpLog:
    """A log at an address; what fails in passing is tried again, after the pauses given."""

    def __init__(self, prefix: str, client: httpx2.Client, pauses: Sequence[float] = PAUSES) -> None:
        self._prefix = prefix.rstrip("/")
        self._client = client
        self._pauses = pauses

    def read(self, path: str) -> bytes | None:
        """Return a part of the log, None where there is none.

        Raises Conflict("log_unreachable") where the server gives no answer after all, LogFault("log_part_too_large").
        """
        reason = ""
        for pause in (0.0, *self._pauses):
            time.sleep(pause)
            try:
                with self._client.stream("GET", f"{self._prefix}/{path}") as response:
                    if response.status_code in NOT_THERE:
                        return None
                    if response.is_success:
                        return _content(response, path)
                    reason = f"HTTP {response.status_code}"
                    if response.status_code not in TRY_AGAIN:
                        break
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                reason = f"{type(error).__name__} {error}".strip()
        raise Conflict("log_unreachable", address=f"{self._prefix}/{path}", reason=reason)


def _content(response: httpx2.Response, path: str) -> bytes:
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_PART:
            raise LogFault("log_part_too_large", path=path, limit=LARGEST_PART)
    return bytes(content)
