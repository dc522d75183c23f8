"""What a server allows its connections."""

import resource
import socket
import sys
import threading
import time

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from api import serving
from api.bounded_protocol import BoundedProtocol
from ledger.errors import Conflict


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have no such limit")
def test_who_takes_nothing_of_what_is_sent_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "UNREAD_SECONDS", 1)
    gone = threading.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while not gone.is_set():
            await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": True})
            if receive.__self__.disconnected:  # type: ignore[attr-defined]
                gone.set()

    config = uvicorn.Config(
        endless, lifespan="off", log_config=None, access_log=False, proxy_headers=False, http=BoundedProtocol
    )
    server = uvicorn.Server(config)
    with serving._listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with socket.create_connection(listening.getsockname(), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.1)
            assert not gone.is_set()
            assert gone.wait(20)
        server.should_exit = True
        thread.join(10)


def test_connections_leave_files_for_the_process_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    for limits, most, raises in (
        ((1024, 4096), 4096 - 256, [(4096, 4096)]),
        ((1024, 1 << 20), 10_000, [(10_256, 1 << 20)]),
        ((1024, resource.RLIM_INFINITY), 10_000, [(10_256, resource.RLIM_INFINITY)]),
        ((1 << 20, 1 << 20), 10_000, []),
        ((256, 272), 16, [(272, 272)]),
    ):
        raised.clear()
        monkeypatch.setattr(resource, "getrlimit", lambda _, limits=limits: limits)
        assert (serving._most_connections(), raised) == (most, raises)


def test_a_server_that_may_open_too_few_files_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (200, 271))
    with pytest.raises(Conflict, match="files_too_few"):
        serving._most_connections()
