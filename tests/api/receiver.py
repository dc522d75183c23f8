"""A platform that receives deliveries, at loopback: slow, forgetful, hostile, or of two minds, as a test wants it."""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Message = dict[str, Any]


@dataclass
class Answer:
    """What the receiver answers; `body` is bytes as they are, or JSON; None: it hangs up without an answer."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    endless: bool = False


@dataclass
class Receiver:
    """What was received, and how it is answered. `taken` has each idempotency key's receipt, as a receiver keeps it."""

    answer: Callable[[Message, int], Answer | None] = lambda message, times: None
    """Given a message and how often its key came; None: it is taken."""
    status: Callable[[str], Answer | None] = lambda reference: None
    pause: float = 0.0
    token: str | None = None
    url: str = ""
    messages: list[Message] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    taken: dict[str, Message] = field(default_factory=dict)
    by_enterprise: dict[str, list[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(list))
    asked: list[str] = field(default_factory=list)
    most_at_once: int = 0
    overlaps: int = 0
    _now: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, message: Message, key: str) -> Answer:
        """Take a message."""
        with self._lock:
            self._now[message["enterprise"]] += 1
            self.most_at_once = max(self.most_at_once, sum(self._now.values()))
            self.overlaps += self._now[message["enterprise"]] > 1
            self.messages.append(message)
            self.keys.append(key)
            times = self.keys.count(key)
        time.sleep(self.pause)
        told = self.answer(message, times)
        with self._lock:
            self._now[message["enterprise"]] -= 1
            if told is not None and (told.status != 200 or told.body is not None) and not told.hangs_up:
                return told
            if key not in self.taken:
                self.taken[key] = message
                place = (message["reference"], message["version"], message["operation"])
                self.by_enterprise[message["enterprise"]].append(place)
            return told or Answer(body=acknowledged(message))


def acknowledged(message: Message, receipt: str = "") -> dict[str, Any]:
    """Return the body of an acknowledgement."""
    told = receipt or f"R-{message['reference'][:8]}-{message['version']}"
    return {"reference": message["reference"], "version": message["version"], "receipt": told}


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Serve a receiver while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.token is not None and self.headers.get("Authorization") != f"Bearer {receiver.token}":
                self._give(Answer(401, {"reason": "no token"}))
                return
            self._give(receiver.receive(json.loads(content), self.headers["Idempotency-Key"]))

        def do_GET(self) -> None:
            receiver.asked.append(self.path)
            reference = self.path.split("/")[2]
            version = int(self.path.split("/")[3])
            accepted = {"reference": reference, "version": version, "state": "accepted"}
            self._give(receiver.status(reference) or Answer(body=accepted))

        def _give(self, answer: Answer) -> None:
            if answer.hangs_up:
                self.close_connection = True
                return
            content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not answer.endless:
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
                return
            self.close_connection = True
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b" " * 65536)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def document(receiver: Receiver, *, status: bool = False, credential: str = "", at_once: int = 8) -> str:
    """Return the document of the platform "receiver" that a receiver is: inspections and penalties go there."""
    return PUSHED.format(
        url=receiver.url,
        at_once=at_once,
        status=f'status = "{receiver.url}/status/{{reference}}/{{version}}"\nstatus_after = 5\n' if status else "",
        credential=f'credential = "{credential}"\n' if credential else "",
    )


TEMPLATES = """
[kinds.penalty]
columns = [
  { header = "代码", field = "enterprise", required = true },
  { header = "名称", field = "name", required = true },
  { header = "文号", field = "number", required = true },
  { header = "金额（万元）", field = "fine", unit = "万元" },
  { header = "日期", field = "date", required = true },
  { header = "事实", field = "facts" },
  { header = "机关", field = "body" },
  { header = "来源", value = "签" },
]
[kinds.inspection]
columns = [
  { header = "代码", field = "enterprise", required = true },
  { header = "日期", field = "date", required = true },
  { header = "结果", field = "results", required = true },
  { header = "后续", field = "follow_up" },
]
"""

_HEAD = """
name = "{name}"
title = "接收平台"
version = "1"
legal_basis = "《企业信息公示暂行条例》第七条"
valid_from = 2018-01-01
deadline = 20
"""

PUSHED = (
    _HEAD.replace("{name}", "receiver")
    + """
[push]
url = "{url}/deliveries"
at_once = {at_once}
{status}{credential}
"""
    + TEMPLATES.replace("{", "{{").replace("}", "}}")
)

FILES = _HEAD.replace("{name}", "paper") + '\n[files]\nformat = "csv"\n' + TEMPLATES
