"""Names of the desk's pages that are very long, look like code, or turn the direction of a line, on every screen."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from ledger.actors import Actor
from tests.api.pages.browsing import DESKTOP, HOSTILE, HOSTILE_SHOWN, PAPER, PHONE, needs_browser, visiting
from tests.api.states.publishing import ADMINISTRATOR, Desk, desk_at
from tests.sampling import bureau as steps
from tests.sampling.bureau import ANALYST, AUDITOR, CAMPAIGN, CLOSED_AT, PLANNER, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser

CODE = "91130304PDY000028L"
OF_OTHERS = {
    *("enterpriseName", "name", "title", "campaignTitle", "departmentName", "inspectorName", "body", "address"),
    *("facts", "measures", "text", "note", "reason", "by", "remark", "legalBasis", "purpose", "source", "proposedBy"),
}
"""Fields of answers with what people wrote."""


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign."""
    folder, now = tmp_path_factory.mktemp("hostile"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk:
        yield desk


def hostile(told: Any) -> Any:
    """Return an answer in which people wrote nothing but hostile texts."""
    if isinstance(told, list):
        return [hostile(each) for each in told]
    if not isinstance(told, dict):
        return told
    return {
        name: HOSTILE if name in OF_OTHERS and isinstance(each, str) else hostile(each) for name, each in told.items()
    }


PAGES: dict[str, tuple[Actor | None, tuple[str, ...]]] = {
    "planner": (
        PLANNER,
        (
            "",
            "/campaigns",
            f"/campaigns/{CAMPAIGN}",
            f"/campaigns/{CAMPAIGN}/plan",
            f"/campaigns/{CAMPAIGN}/visits",
            f"/campaigns/{CAMPAIGN}/findings",
            f"/campaigns/{CAMPAIGN}/ceremony",
            *("/plans", "/proceedings", "/notices", "/platforms"),
        ),
    ),
    "analyst": (
        ANALYST,
        ("/enterprises", f"/enterprises/{CODE}", "/models", "/reconciliation", "/warnings", "/evaluation"),
    ),
    "auditor": (AUDITOR, ("/draws", f"/draws/{CAMPAIGN}", "/deviations", "/log", "/readings", "/system")),
    "administrator": (ADMINISTRATOR, ("/people", "/departments", "/sources", "/jobs", "/documents")),
    "inspector": (None, ("/visits",)),
}


@pytest.mark.parametrize("role", PAGES)
def test_a_hostile_name_is_text_and_fits_every_page(browser: Browser, desk: Desk, role: str) -> None:
    def answer(route: Route) -> None:
        if "text/event-stream" in route.request.headers["accept"]:
            route.abort()  # what it would tell is asked for then
            return
        given = route.fetch()
        route.fulfill(response=given, body=json.dumps(hostile(given.json()), ensure_ascii=True))

    actor, paths = PAGES[role]
    actor = actor or steps.leader(steps.visits(desk.bureau)[0])
    shown = 0
    with visiting(browser, desk.house.url, PHONE, pictured=False, has_touch=True) as visitor:
        visitor.signs_in(desk.house.token(actor))
        visitor.page.route("**/staff/graphql", answer)
        for path in paths:
            page = visitor.goes_to(f"/desk{path}")
            visitor.fits_also(PAPER, "print")
            visitor.fits_also(DESKTOP)
            visitor.fits_also(PHONE)
            assert page.evaluate("window.taken") is None
            shown += page.get_by_text(HOSTILE_SHOWN).count()
        expect(visitor.page.locator("script:not([src])")).to_have_count(0)
    assert shown > 0
