"""What is verified at a page: files that are dropped on it, keys that are pinned at it, and what it tells."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from sampling.verification import Trust
from tests.sampling.both import trust_json

PASSED = "核验通过"
REFUSED = "核验未通过"


def shown(page: Page) -> list[str]:
    """Return what each step compared, or why it failed, as the page shows it."""
    expect(page.locator(".notice.good, .notice.bad")).to_be_visible()
    return page.locator(".checks .compared").all_inner_texts()


def shown_in_english(page: Page) -> list[str]:
    """Return the same in English, as commands tell it."""
    page.get_by_role("button", name="English").click()
    texts = shown(page)
    page.get_by_role("button", name="中文").click()
    return texts


def pin(page: Page, trust: Trust) -> None:
    """Type the keys by which this browser verifies from now on."""
    page.locator(".pinned summary").click()
    page.get_by_label("密钥文件内容").fill(json.dumps(trust_json(trust)))


def drop(page: Page, file: Path) -> None:
    """Drop a file where bundles are dropped, as the hand does it: what a script drops is none to the page."""
    zone = page.locator(".drop")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    assert box is not None
    tools = page.context.new_cdp_session(page)
    dragged = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        at = {"x": box["x"] + 5, "y": box["y"] + 5}
        tools.send("Input.dispatchDragEvent", {"type": kind, **at, "data": dragged})
