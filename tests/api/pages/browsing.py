"""A browser as people have it, and what every page must keep to whatever it shows."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from api.built_files import BUILT

CHROMIUM: Final = shutil.which("chromium")
AXE: Final = BUILT.parent / "node_modules" / "axe-core" / "axe.min.js"
PICTURES: Final = BUILT.parents[2] / "docs" / "pages"
PATIENCE: Final = 60_000
"""Milliseconds until a condition must have come about."""
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
TALLEST: Final = 2000
TOO_WIDE: Final = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120))
    .slice(-5)"""
"""What makes a page scroll sideways."""
LONG: Final = "W" * 200
HOSTILE: Final = f"<script>window.taken=1</script>\u202e司公险危\u202c=1+1{LONG}"
HOSTILE_SHOWN: Final = f"<script>window.taken=1</script>‹U+202E›司公险危‹U+202C›=1+1{LONG}"
"""A name that looks like code, turns the direction of its line, and has no place to break; and how it is shown."""
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}
PAPER: Final = {"width": 794, "height": 1123}
"""A sheet of A4."""
NOT_USED: Final = (
    # Drawn behind each new window's address bar, by a process of its own; and one more process before it is needed.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "SpareRendererForSitePerProcess"),
    # What Playwright names itself: the browser heeds the last list only.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *(
        "HttpsFirstBalancedModeAutoEnable",
        "LensOverlay",
        "MediaRouter",
        "PaintHolding",
        "ThirdPartyStoragePartitioning",
    ),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
SWITCHES: Final = ("--no-sandbox", "--disable-gpu", f"--disable-features={','.join(NOT_USED)}")
LACKING: Final = next(
    (
        reason
        for reason, there in (
            ("Chromium is not here", CHROMIUM is not None),
            ("the web part is not built", (BUILT / "site" / "index.html").exists()),
        )
        if not there
    ),
    None,
)

needs_browser = pytest.mark.skipif(LACKING is not None, reason=str(LACKING))
expect.set_options(timeout=PATIENCE)


@contextmanager
def started() -> Iterator[Browser]:
    """Start Debian's browser, and end it with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser at one bureau: keeps what went wrong behind the pages, of which there must be nothing."""

    def __init__(self, context: BrowserContext, url: str, pictured: bool) -> None:
        self.url = url
        self.context = context
        self.pictured = pictured
        self.faults: list[str] = []
        self.page = context.new_page()
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("request", self._asked)

    def goes_to(self, path: str) -> Page:
        """Open an address of the bureau and wait for its title."""
        self.page.goto(self.url + path)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self.page

    def signs_in(self, token: str) -> None:
        """Sign in at the desk by a token, as the page does."""
        answer = self.context.request.post(f"{self.url}/desk/session", data={"token": token})
        assert answer.ok, answer.text()

    def checks(self, picture: str | None = None, apart_from: Sequence[str] = (), follows: bool = False) -> None:
        """See that the page has no fault of accessibility and fits its width, and take its picture where asked for.

        A page that follows something is never done with asking.
        """
        page = self.page
        if not follows:
            page.wait_for_load_state("networkidle", timeout=PATIENCE)
        if picture is not None and self.pictured:
            self._take(picture)
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        given = {"runOnly": list(RULES), "rules": {rule: {"enabled": False} for rule in apart_from}}
        found: dict[str, Any] = page.evaluate("given => axe.run(document, given)", given)
        violations = [_told(each) for each in found["violations"]]
        assert not violations, violations
        self.fits()
        assert not self.faults, self.faults

    def fits(self) -> None:
        """See that nothing of the page is beside the screen."""
        too_wide = self.page.evaluate(TOO_WIDE)
        assert not too_wide, too_wide

    def fits_also(self, viewport: dict[str, int], media: Literal["screen", "print"] = "screen") -> None:
        """See that it is so on another screen or on paper, and stay there."""
        self.page.emulate_media(media=media)
        self.page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        self.fits()

    def _take(self, picture: str) -> None:
        """Keep the page's picture, from its top on: of few colours, so that it stays small."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        taken = Image.open(BytesIO(self.page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
        cut = taken.crop((0, 0, taken.width, min(taken.height, TALLEST)))
        cut.quantize(64).save(PICTURES / f"{picture}.png", optimize=True)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("blob", "data") and f"{asked.scheme}://{asked.netloc}" != self.url:
            self.faults.append(f"a request to {request.url}")


def confirms(page: Page, name: str) -> None:
    """Press a button that asks once more, and confirm; the keyboard comes into the dialog, and back to the button."""
    button, dialog = page.get_by_role("button", name=name, exact=True), page.get_by_role("alertdialog")
    button.click()
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name=name, exact=True).press("Enter")


def _told(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {violation['help']}: {[node['html'][:200] for node in violation['nodes'][:5]]}"


@contextmanager
def visiting(browser: Browser, url: str, viewport: dict[str, int], pictured: bool, **how: Any) -> Iterator[Visitor]:
    """Give a visitor with a profile of his own; at the end nothing may have gone wrong behind his pages."""
    context = browser.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]}, reduced_motion="reduce", **how
    )
    context.set_default_timeout(PATIENCE)
    try:
        visitor = Visitor(context, url, pictured)
        yield visitor
        assert visitor.faults == []
    finally:
        context.close()
