"""A whole campaign that a round decided which quicknet really published, in a bureau whose clock stands at its day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, expect

from api import serving
from api.settings import Settings
from api.worker import Worker
from sampling import verification
from sampling.drand import QUICKNET
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import AUDITOR, PLANNER, PLENTY, House, served
from tests.api.pages.browsing import DESKTOP, needs_browser, visiting
from tests.api.pages.verdicts import PASSED, REFUSED, drop, shown, shown_in_english
from tests.sampling.published_round import OTHER_ROUND, RANDOMNESS, ROUND

pytestmark = needs_browser

DUE = datetime.fromtimestamp(QUICKNET.genesis, UTC) + (ROUND.number - 1) * timedelta(seconds=QUICKNET.period)
BEFORE = DUE - timedelta(hours=1)
AFTER = DUE + timedelta(minutes=5)
ENTER = """mutation ($campaign: String!, $signature: String!) {
  enterBeaconRound(campaign: $campaign, signature: $signature) { entry { kind } refusal { code } }
}"""
BUNDLE = "mutation ($campaign: String!) { exportBundle(campaign: $campaign) { job { id } refusal { code } } }"


@dataclass(frozen=True)
class Drawn:
    """The bureau with its closed campaign, and the campaign's bundle."""

    house: House
    campaign: str
    bundle: bytes


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawn]:
    """Freeze an hour before round 1000 was due, and go on once it was: nobody but quicknet could have signed it."""
    settings = Settings(home=tmp_path_factory.mktemp("published") / "home", drand_urls="", **PLENTY)
    now = [BEFORE]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.bureau.datetime", SimpleNamespace(now=lambda _: now[0]))
        patched.setattr(serving, "Worker", lambda bureau: Worker(bureau, lambda: now[0]))
        with served(settings) as house:
            small_bureau.import_all(house, "2023-03-01")
            small_bureau.grade_all(house)
            campaign = small_bureau.plan(house)
            named = {"drand": {"chain": "quicknet", "round": str(ROUND.number)}}
            house.work(small_bureau.FREEZE, PLANNER, campaign=campaign, beacon=named)
            given = {"campaign": campaign, "signature": ROUND.signature.hex()}
            assert house.refused(ENTER, PLANNER, **given) == "beacon_too_early"
            now[0] = AFTER
            forged = {**given, "signature": OTHER_ROUND.signature.hex()}
            assert house.refused(ENTER, PLANNER, **forged) == "round_not_signed"
            assert house.do(ENTER, PLANNER, **given)["entry"] == {"kind": "beacon.signed"}
            house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=campaign)
            small_bureau.inspect(house, campaign)
            (file,) = house.work(BUNDLE, AUDITOR, campaign=campaign)["files"]
            yield Drawn(house, campaign, house.fetch(file["path"], AUDITOR).content)


def test_browser_and_command_verify_its_whole_bundle_under_the_chain_that_both_pin(
    browser: Browser, drawn: Drawn, tmp_path: Path, pictured: bool
) -> None:
    path = tmp_path / "whole.bundle"
    path.write_bytes(drawn.bundle)
    told = Console(Settings(home=tmp_path / "nothing"), tmp_path).done("verify", path)
    compared = {each["name"]: each["compared"] for each in told["checks"]}
    signed = f"beacon drand (signed by its chain, which is pinned; 256 bits), output {RANDOMNESS}"
    assert (told["passed"], compared["beacon"]) == (True, signed)
    with visiting(browser, drawn.house.url, DESKTOP, pictured) as visitor:
        page = visitor.goes_to("/verify")
        drop(page, path)
        expect(page.get_by_text("完整核验通过")).to_be_visible()
        assert shown_in_english(page) == list(compared.values())
        visitor.goes_to(f"/campaigns/{drawn.campaign}/verify")
        expect(page.get_by_text(PASSED)).to_be_visible()
        assert compared["beacon"] in shown_in_english(page)


def test_both_refuse_it_with_the_signature_of_another_round(
    browser: Browser, drawn: Drawn, tmp_path: Path, pictured: bool
) -> None:
    forged = drawn.bundle.replace(ROUND.signature.hex().encode(), OTHER_ROUND.signature.hex().encode())
    assert forged != drawn.bundle
    (tmp_path / "forged.bundle").write_bytes(forged)
    assert not all(check.passed for check in verification.verify_bundle(forged, None))
    with visiting(browser, drawn.house.url, DESKTOP, pictured) as visitor:
        page = visitor.goes_to("/verify")
        drop(page, tmp_path / "forged.bundle")
        expect(page.get_by_text(REFUSED)).to_be_visible()
        assert len(shown(page)) == len(verification.verify_bundle(forged, None))
