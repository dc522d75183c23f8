"""Serving and working until the process is told to stop."""

import gc
import resource
import signal
import socket
import ssl
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread
from typing import Final

import uvicorn

from api import telemetry
from api.bounded_protocol import BoundedProtocol
from api.bounded_sockets import BoundedSocket
from api.bureau import Bureau
from api.delivering import keep_delivered
from api.drand_fetching import keep_rounds
from api.erasing import keep_erased
from api.scheduling import keep_scheduled
from api.settings import Settings
from api.sides import BOTH, Side
from api.signing import keep_signed
from api.timestamping import keep_timestamped
from api.witness import Witness
from api.witness_server import build_witness_app
from api.witnessing import keep_witnessed
from api.worker import Worker
from ledger.errors import Conflict

GRACE_SECONDS: Final = 5
MOST_CONNECTIONS: Final = 10_000
OWN_FILES: Final = 256
"""How many files a process may open that are no connections."""
FEWEST_CONNECTIONS: Final = 16
"""With fewer nobody would be served: a server that may open so few files says so instead."""

UNREAD_SECONDS: Final = 60
"""How long a connection is kept whose client takes nothing of what was sent, or is silent and not there."""


def serve_until_stopped(bureau: Bureau, sides: Collection[Side] = BOTH) -> None:
    """Serve the bureau, or one side, on its settings' address, with a worker unless the settings say otherwise.

    A process of the public side alone works nothing. Raises Conflict: address_unusable, tls_unusable, files_too_few.
    """
    _require_certificate(bureau.settings)
    listening = _listen(bureau.settings.host, bureau.settings.port)
    works = bureau.settings.worker and Side.STAFF in sides
    with listening, working(bureau) if works else nullcontext(), telemetry.sending():
        try:
            server = uvicorn.Server(server_config(bureau, sides))
            gc.collect()
            gc.freeze()  # what is there by now stays; looking through it at each collection makes slow answers slower
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return  # Ctrl-C is how it is stopped


def server_config(bureau: Bureau, sides: Collection[Side] = BOTH) -> uvicorn.Config:
    """Return how a bureau is served: bounded in what a connection may send before anything answers."""
    from api.server import MOST_BYTES, build_app  # building the schemas takes a while, other commands do without

    settings = bureau.settings
    return uvicorn.Config(
        build_app(bureau, sides),
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
        headers=None if settings.tls_certificate is None else [("Strict-Transport-Security", "max-age=31536000")],
        log_config=None,
        access_log=False,
        server_header=False,
        http=BoundedProtocol,
        ws=BoundedSocket,
        limit_concurrency=_most_connections(),
        ws_max_size=MOST_BYTES,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def serve_witness_until_stopped(witness: Witness, host: str, port: int) -> None:
    """Serve a witness on an address; raises Conflict: address_unusable, files_too_few."""
    app = build_witness_app(witness, lambda: int(time.time()))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http=BoundedProtocol,
        ws="none",
        limit_concurrency=_most_connections(),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with _listen(host, port) as listening:
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            return


def work_until_stopped(bureau: Bureau) -> None:
    """Work the bureau's jobs, and keep its log, until SIGINT or SIGTERM; the job at hand is ended first."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for thread in _keeping(bureau, stop):
        thread.start()
    Worker(bureau).run(stop)


@contextmanager
def working(bureau: Bureau) -> Iterator[None]:
    """Work the bureau's jobs in a thread while the block runs, and keep its log in others."""
    stop = Event()
    worker = Thread(target=Worker(bureau).run, args=(stop,), name="worker", daemon=True)
    threads = [worker, *_keeping(bureau, stop)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(GRACE_SECONDS)  # a longer job is claimed again after the next start


def _keeping(bureau: Bureau, stop: Event) -> list[Thread]:
    """Return the threads that keep the log signed, witnessed and time-stamped, get what is due, erase, and deliver."""
    return [
        Thread(target=keep, args=(bureau, stop), name=keep.__name__, daemon=True)
        for keep in (
            keep_signed,
            keep_witnessed,
            keep_timestamped,
            keep_scheduled,
            keep_rounds,
            keep_erased,
            keep_delivered,
        )
    ]


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket whose connections end when their clients do not take what is sent, or have vanished."""
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Conflict("address_unusable", address=f"{host}:{port}", reason=error.strerror) from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, UNREAD_SECONDS)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)
    return listening


def _most_connections() -> int:
    """Return how many connections are taken, and let the process open as many files as it may.

    Raises Conflict("files_too_few").
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < MOST_CONNECTIONS + OWN_FILES:
        wanted = MOST_CONNECTIONS + OWN_FILES
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    if soft < OWN_FILES + FEWEST_CONNECTIONS:
        raise Conflict("files_too_few", files=soft, least=OWN_FILES + FEWEST_CONNECTIONS)
    return min(MOST_CONNECTIONS, soft - OWN_FILES)


def _require_certificate(settings: Settings) -> None:
    """Raise Conflict("tls_unusable") where HTTPS is asked for and cannot be served."""
    if settings.tls_certificate is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.tls_certificate, settings.tls_key, password="")
    except OSError as error:  # an encrypted key is refused rather than asked about
        raise Conflict(
            "tls_unusable",
            certificate=str(settings.tls_certificate),
            key=str(settings.tls_key),
            reason=error.strerror or type(error).__name__,
        ) from None
