"""Fetching files over SFTP, from a server whose key is pinned, with a private key."""

import asyncio
import posixpath
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from fnmatch import fnmatchcase
from functools import partial
from typing import IO, Any, Final, TypeVar

import asyncssh

from api.fetching import PIECE, Found, Limits, has_settled, stays
from ledger.errors import Conflict, Invalid
from scoring.pulls import SftpPlace

T = TypeVar("T")

WAIT_SECONDS: Final = 30.0


@contextmanager
def sftp_files(place: SftpPlace, credential: bytes, limits: Limits) -> Iterator[list[Found]]:
    """Give the complete files of a server's folder, by name, over one connection that ends with the block.

    Nothing of the machine's own SSH settings counts: no agent, no other keys, no other hosts.
    """
    try:
        key = asyncssh.import_private_key(credential)
    except (asyncssh.KeyImportError, ValueError):
        raise Invalid("pull_credential_unusable", name=place.credential) from None
    with asyncio.Runner() as runner:
        session = _Session(runner, limits)
        try:
            files = session.run(session.open(place, key), WAIT_SECONDS)
            yield [Found(name, partial(session.fetch, posixpath.join(place.folder, name))) for name in files]
        finally:
            session.close()


class _Session:
    """One connection; each step of it runs to its end before the next."""

    def __init__(self, runner: asyncio.Runner, limits: Limits) -> None:
        self._runner = runner
        self._limits = limits
        self._opened = AsyncExitStack()
        self._client: asyncssh.SFTPClient | None = None

    def run(self, step: Coroutine[Any, Any, T], seconds: float) -> T:
        """Return what a step gives; raises Conflict where the server does not do it, or not in time."""
        try:
            return self._runner.run(_in_time(step, seconds))
        except TimeoutError:
            raise Conflict("pull_too_slow", seconds=int(seconds)) from None
        except asyncssh.HostKeyNotVerifiable:
            raise Conflict("pull_host_key_wrong") from None
        except asyncssh.PermissionDenied:
            raise Conflict("pull_login_refused") from None
        except (asyncssh.Error, OSError) as error:
            raise Conflict("pull_failed", reason=f"{type(error).__name__} {error}".strip()) from None

    async def open(self, place: SftpPlace, key: asyncssh.SSHKey) -> list[str]:
        """Connect, and return the names of the complete files."""
        connection = await self._opened.enter_async_context(
            asyncssh.connect(
                place.host,
                place.port,
                username=place.user,
                client_keys=[key],
                known_hosts=([asyncssh.import_public_key(line) for line in place.host_keys], [], []),
                preferred_auth="publickey",
                agent_path=None,
                config=None,
            )
        )
        self._client = await self._opened.enter_async_context(connection.start_sftp_client())
        listed = {str(entry.filename): entry.attrs async for entry in self._client.scandir(place.folder)}
        return sorted(
            name
            for name, found in listed.items()
            if "/" not in name
            and fnmatchcase(name, place.files)
            and found.type == asyncssh.FILEXFER_TYPE_REGULAR
            and (name + place.marker in listed if place.marker else has_settled(found.mtime or 0, time.time()))
        )

    def fetch(self, path: str, mark: str | None, target: IO[bytes]) -> str | None:
        """Write a file unless its mark is that one."""
        return self.run(self._fetch(path, mark, target), self._limits.seconds)

    async def _fetch(self, path: str, mark: str | None, target: IO[bytes]) -> str | None:
        assert self._client is not None  # noqa: S101  - open() came first
        found = await self._client.stat(path)
        before, largest = _mark(found), found.size or 0
        if before == mark:
            return None
        if largest > self._limits.largest_bytes:
            raise Conflict("pull_too_large", largest=self._limits.largest_bytes)
        size = 0
        async with self._client.open(path, "rb") as file:
            while piece := await file.read(min(PIECE, largest + 1 - size)):
                assert isinstance(piece, bytes)  # noqa: S101  - it is open in binary
                size += len(piece)
                if size > largest:  # it grows, and might never end
                    break
                target.write(piece)
        stays(str(largest), str(size))
        return stays(before, _mark(await self._client.stat(path)))

    def close(self) -> None:
        """End the connection, as far as the server lets it."""
        try:
            self._runner.run(_in_time(self._opened.aclose(), WAIT_SECONDS))
        except (TimeoutError, asyncssh.Error, OSError):
            return


async def _in_time(step: Coroutine[Any, Any, T], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        return await step


def _mark(found: asyncssh.SFTPAttrs) -> str:
    return f"{found.size}-{found.mtime}"
