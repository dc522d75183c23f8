"""Every page of the desk is for some roles: whoever has another one is told so, and is offered nothing that fails."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from api.built_files import BUILT
from ledger.actors import Actor, Role
from tests.api.pages.browsing import DESKTOP, needs_browser, visiting
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.bureau import CAMPAIGN, CLOSED_AT, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser
LETTERS = dict(zip("PINUAD", ("planner", "inspector", "analyst", "auditor", "administrator", "peer"), strict=True))
SIGNING_IN = {"/desk/welcome", "/desk/welcome-back"}
PAGES = {
    "/desk": "PINUAD",
    "/desk/campaigns": "PINUA",
    "/desk/campaigns/new": "P",
    "/desk/campaigns/:code/throw": "PIU",
    "/desk/reports": "PNU",
    "/desk/plans": "PINUA",
    "/desk/questions": "PU",
    "/desk/objections": "PU",
    "/desk/notices": "PU",
    "/desk/proceedings": "PINU",
    "/desk/visits": "I",
    "/desk/enterprises": "PNUA",
    "/desk/reconciliation": "PNUA",
    "/desk/models": "NUA",
    "/desk/models/new": "NA",
    "/desk/grades": "PNUA",
    "/desk/evaluation": "NU",
    "/desk/provincial": "NU",
    "/desk/warnings": "PNU",
    "/desk/draws": "PINUA",
    "/desk/log": "PINUA",
    "/desk/readings": "UA",
    "/desk/deviations": "U",
    "/desk/jobs": "PINUAD",
    "/desk/departments": "A",
    "/desk/people": "UA",
    "/desk/me": "PINUA",
    "/desk/sources": "PNUAD",
    "/desk/platforms": "PNUA",
    "/desk/system": "UA",
    "/desk/working-days": "PINUA",
    "/desk/documents": "UA",
}
"""For whom the pages are that stand for themselves, and one of a campaign that asks nothing."""
DEEDS = {
    "/desk/log": ("开始审计", "UA"),
    "/desk/reconciliation": ("导入", "PNA"),
    "/desk/grades": ("开始分级", "NA"),
    "/desk/models": ("起草新版本", "NA"),
}
"""What is offered on a page to some of those who see it alone."""


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign."""
    with desk_at(sqlite_states.of("closed"), tmp_path_factory.mktemp("roles"), CLOSED_AT + timedelta(hours=1)) as desk:
        yield desk


def test_each_page_that_stands_for_itself_says_for_whom_it_is() -> None:
    paths = json.loads((BUILT / "desk" / "paths.json").read_text("utf-8"))
    assert {path for path in paths if ":" not in path} - SIGNING_IN == {path for path in PAGES if ":" not in path}


@pytest.mark.parametrize("letter", LETTERS)
def test_a_role_is_shown_its_pages_and_told_that_others_are_not_for_it(
    browser: Browser, desk: Desk, letter: str
) -> None:
    role = Role(LETTERS[letter])
    actor = Actor("somebody", role, "ZJ" if role in (Role.PLANNER, Role.INSPECTOR, Role.PEER) else None)
    seen = {}
    with visiting(browser, desk.house.url, DESKTOP, pictured=False) as visitor:
        visitor.signs_in(desk.house.token(actor))
        for path in PAGES:
            page = visitor.goes_to(path.replace(":code", CAMPAIGN))
            heading = page.get_by_role("heading", level=1)
            expect(heading).not_to_be_empty()
            seen[path] = "无权" not in heading.inner_text()
            if path in DEEDS and seen[path]:
                deed, whose = DEEDS[path]
                offered = page.locator("main").get_by_text(deed, exact=True)
                assert bool(offered.count()) == (letter in whose), (path, deed)
    assert seen == {path: letter in letters for path, letters in PAGES.items()}
