"""What the first public page weighs and when it can be used, on a slow phone's line and processor.

The bureau is that of the trial, with a whole campaign. The profile is Lighthouse's for phones: 150 ms there and back,
1.6 Mbit/s down, 750 kbit/s up, a processor four times slower. A page can be used from its title on, once no task holds
the browser's one thread for more than 50 ms. To reach: 200 kB as sent, and 2 seconds.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from measuring.logs import show_table, table
from measuring.serving import server
from playwright.sync_api import Browser, sync_playwright

PATHS = {
    "first page": "/",
    "findings": "/findings",
    "a campaign": "/campaigns/2026-0001",
    "sign-in at the desk": "/desk/welcome",
}
MOST_BYTES, MOST_SECONDS = 200_000, 2.0
ROUNDS = 5
QUIET_MS = 2000
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER = 4
WATCHING = """
window.told = { title: null, last: 0 };
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) told.last = Math.max(told.last, startTime + duration);
}).observe({ type: "longtask", buffered: true });
new MutationObserver((_, watcher) => {
  if (!document.querySelector("h1")) return;
  requestAnimationFrame(() => { told.title = performance.now(); });
  watcher.disconnect();
}).observe(document, { childList: true, subtree: true });
"""


@dataclass(frozen=True)
class Opened:
    """A page as a new visitor meets it: bytes as sent, and seconds until its title stands and until it can be used.

    `script` is how many seconds of the slow processor its scripts took, which other work on the machine changes less.
    """

    size: int
    title: float
    usable: float
    script: float


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = given.parse_args().rounds
    shown = table(
        f"Pages on a slow phone, median of {rounds}",
        "",
        "kB sent",
        "of the limit",
        "title, s",
        "usable, s",
        "of the limit",
        "script, s",
    )
    with tempfile.TemporaryDirectory() as home, trial(Path(home)) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for what, path in PATHS.items():
            seen = [opened(browser, f"http://127.0.0.1:{port}{path}") for _ in range(rounds)]
            names = ("size", "title", "usable", "script")
            size, title, usable, script = (median(getattr(each, name) for each in seen) for name in names)
            sent = (f"{size / 1000:.0f}", f"{size / MOST_BYTES:.2f}")
            shown.add_row(what, *sent, f"{title:.2f}", f"{usable:.2f}", f"{usable / MOST_SECONDS:.2f}", f"{script:.2f}")
        browser.close()
    show_table(shown)


@contextmanager
def trial(home: Path) -> Iterator[int]:
    """Serve the trial's bureau, and give its port."""
    qian = str(Path(sys.executable).with_name("qian"))
    with server([qian, "trial"], {"QIAN_HOME": str(home)}, seconds=900) as (_, port):
        yield port


def opened(browser: Browser, address: str) -> Opened:
    """Open a page in a profile of its own, which keeps nothing from before."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
    context.add_init_script(WATCHING)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    sizes: list[int] = []
    tools.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
    tools.send("Network.enable")
    tools.send("Performance.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_function("() => told.title !== null")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    told = page.evaluate("told")
    metrics = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
    context.close()
    usable = max(told["title"], told["last"]) / 1000
    return Opened(sum(sizes), told["title"] / 1000, usable, metrics["ScriptDuration"])


if __name__ == "__main__":
    main()
