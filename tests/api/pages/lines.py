"""A line between a browser and a bureau that can be cut for certain: then nothing goes over it, by no worker either."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread

PART = 1 << 16


class Line:
    """Forwards what comes to `url` to a bureau, until it is cut."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.came = 0
        """How many connections were tried since the line was cut."""
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End what is open, and let nothing through."""
        with self._lock:
            self._is_cut, self.came = True, 0
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self, to: str | None = None) -> None:
        """Let everything through again, to where the bureau is by now."""
        with self._lock:
            self.to, self._is_cut = to or self.to, False

    def end(self) -> None:
        """Forward no more."""
        self.cut()
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                with self._lock:
                    self.came += 1
                    if self._is_cut:
                        near.close()
                        continue
                    host, _, port = self.to.removeprefix("http://").partition(":")
                    far = socket.create_connection((host, int(port)))
                    self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._forward, args=(one, other), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while part := one.recv(PART):
                other.sendall(part)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {one, other}


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    """Give a line to a bureau, which ends with the block."""
    line = Line(url)
    try:
        yield line
    finally:
        line.end()
