"""How long a browser takes to verify a draw: from its public side, and from an auditor's bundle. By Debian's Chromium.

The bundle is made anew, of 100,000 slots, or one that `verification.py --keep FOLDER` left. The script that verifies is
the built pages' own, under the policy that the service sends with it. To reach: a draw of 100,000 slots in 3 seconds.
That is about the public side, whose button says "verify this draw"; a bundle is ten times the work and is measured
beside it. No name is published in this draw.
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Event, Thread
from typing import Any, Final

from measuring.engines import migrated
from measuring.logs import show_table, table
from measuring.processors import thread_times
from playwright.sync_api import Page, sync_playwright
from verification import campaign

from api.built_files import BUILT, POLICY
from ledger import tiles
from ledger.canonical import canonical
from sampling.bundle_format import Bundle, check_chain, parse_bundle
from sampling.entry_kinds import DRAWN

LIMIT: Final = 3.0
SLOTS: Final = 100_000
NO_NAMES: Final = b'{"data":{"campaign":{"findings":{"nodes":[],"pageInfo":{"hasNextPage":false,"endCursor":null}}}}}'
ASKING: Final = """async ({ script, task }) => {
    const worker = new Worker(script, { type: "module" });
    if (task.kind === "bundle") task.data = await (await fetch("/bundle")).blob();
    const start = performance.now();
    const checks = [];
    await new Promise((resolve, reject) => {
        worker.onmessage = ({ data: told }) => {
            if (told.kind === "check") checks.push(told.check);
            if (told.kind === "failed") reject(new Error(told.fault));
            if (told.kind === "done") resolve();
        };
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(task);
    });
    worker.terminate();
    return { seconds: (performance.now() - start) / 1000, faults: checks.map((each) => each.fault).filter(Boolean) };
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path, nargs="?")
    named: Path | None = parser.parse_args().bundle
    name, data = (named.stem, named.read_bytes()) if named else (f"{SLOTS:,}", made())
    bundle = parse_bundle(data)
    shown = table(
        f"Verifying {name} in Chromium: seconds by the clock (of the busiest thread)",
        *("what", "seconds", f"ratio to {LIMIT:.0f} s", "bytes"),
    )
    with serving(files_of(bundle) | {"/bundle": data}) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(address)
        asked: dict[str, dict[str, Any]] = {
            "its public side": {"kind": "public", "address": address, "campaign": bundle.campaign, "seen": None},
            "its bundle": {"kind": "bundle"},
        }
        for what, task in asked.items():
            seconds, busiest = verified(page, task | {"trust": "", "language": "zh-CN"}, os.getpid())
            size = len(data) if task["kind"] == "bundle" else sum(map(len, bundle.entries))
            shown.add_row(what, f"{seconds:.1f} ({busiest:.1f})", f"{seconds / LIMIT:.2f}", f"{size:,}")
        browser.close()
    show_table(shown)


def made() -> bytes:
    """Make a bureau and its campaign, and return the bundle."""
    with tempfile.TemporaryDirectory() as folder, migrated("SQLite", Path(folder)) as url:
        assert url is not None
        bundle = Path(folder) / "bundle"
        campaign(url, SLOTS, bundle)
        return bundle.read_bytes()


def verified(page: Page, task: dict[str, Any], root: int) -> tuple[float, float]:
    """Have the browser verify, and return the seconds by the clock and those of the busiest thread."""
    script = next((BUILT / "assets").glob("worker-*.js")).name
    with watched(root) as times:
        told: dict[str, Any] = page.evaluate(ASKING, {"script": f"/assets/{script}", "task": task})
    assert told["faults"] == [], told["faults"]
    return told["seconds"], max(times.values())


@contextmanager
def watched(root: int) -> Iterator[dict[int, float]]:
    """Look again and again what each thread of this process and of those below it takes, until the block ends."""
    before, times, ended = thread_times(root), dict[int, float](), Event()

    def watch() -> None:
        while not ended.wait(0.05):
            times.update({thread: taken - before.get(thread, 0.0) for thread, taken in thread_times(root).items()})

    watching = Thread(target=watch)
    watching.start()
    try:
        yield times
    finally:
        ended.set()
        watching.join()


def files_of(bundle: Bundle) -> dict[str, bytes]:
    """Return what the public side serves of a campaign without published names: its log, and its drawn positions."""
    files = {"/": b"<!doctype html>", "/graphql": NO_NAMES, "/log/checkpoint": bundle.checkpoint.encode()}
    entries = list(bundle.entries)
    for first in range(0, len(entries), tiles.TILE_WIDTH):
        some = entries[first : first + tiles.TILE_WIDTH]
        files[f"/log/{tiles.entries_path(first // tiles.TILE_WIDTH, len(some))}"] = tiles.encode_bundle(some)
    drawn = next(entry for entry in check_chain(bundle) if entry.kind == DRAWN and entry.subject == bundle.campaign)
    rows = bundle.documents[drawn.documents["draw"]].rows["drawn"]
    positions = canonical([row["position"] for row in rows])
    return files | {f"/log/data/{hashlib.sha256(positions).hexdigest()}": positions}


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files, and the built scripts under their policy, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asset = BUILT / self.path.lstrip("/")
            if self.path.startswith("/assets/") and asset.is_file():
                self.answer(asset.read_bytes(), "text/javascript")
            elif self.path in files:
                self.answer(files[self.path], "text/html" if self.path == "/" else "application/octet-stream")
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(files[self.path], "application/json")

        def answer(self, content: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if kind == "text/javascript":
                self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *told: object) -> None:
            """Tell nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


if __name__ == "__main__":
    main()
