"""The public side of campaigns that are void, had replacements, or are no draw, by both implementations."""

import copy
import dataclasses
from collections.abc import Callable

import pytest

from ledger import documents, log
from ledger.calendar import instant_text
from ledger.entries import parse_entry
from ledger.windows import Window
from sampling import disclosures, position_lists
from sampling.bundle_format import Bundle, parse_bundle
from sampling.entry_kinds import CLOSED
from sampling.position_lists import files_named
from sampling.public_checks import PublicSide, PublishedName
from sampling.public_filters import FindingFilter
from tests.sampling import bureau as made
from tests.sampling import test_replacements as replacing
from tests.sampling import test_voiding as voiding
from tests.sampling.beacon_bureau import draw_by_drand
from tests.sampling.both import verify_public
from tests.sampling.bureau import CAMPAIGN, CLOSED_AT, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart
from tests.sampling.published_round import OTHER_ROUND, RANDOMNESS, ROUND, under_published_round
from tests.sampling.test_listing import ALL, REASON, fixed, voided

pytestmark = on_one_engine


def public(bureau: Bureau, campaign: str = CAMPAIGN) -> PublicSide:
    bureau.sign()
    with bureau.read() as tx:
        entries = list(log.scan(tx))
        named = [name for each in entries if each.subject == campaign for name in files_named(each.body)]
        files = {name: documents.public_file(tx, name) for name in named}
        names = [_name(each) for each in disclosures.findings(tx, Window(1000), FindingFilter(campaign=campaign))]
        return PublicSide(campaign, log.checkpoint(tx), [each.data for each in entries], files, names)


def _name(found: disclosures.Disclosure) -> PublishedName:
    opening = dataclasses.asdict(found.opening)
    stratum, key = found.opening.sealed
    told = {
        **{name: opening[name] for name in ("position", "root", "slot")},
        "slots": found.opening.size,
        "identity_salt": found.opening.salt,
        "stratum_commitment": stratum,
        "key_commitment": key,
        "proof": list(found.opening.proof),
    }
    return PublishedName(found.enterprise, found.position, instant_text(found.published_at), told)


def test_a_round_that_quicknet_published_passes_under_the_chain_that_every_verifier_pins(bureau_in: BureauIn) -> None:
    side = public(bureau_in("planned", draw_by_drand))
    checks = verify_public(under_published_round(side), None)
    assert [check.fault for check in checks if not check.passed] == []
    (beacon,) = (check.compared for check in checks if check.name == "beacon")
    assert beacon.endswith(f"output {RANDOMNESS}")
    forged = dataclasses.replace(ROUND, signature=OTHER_ROUND.signature)
    failed = verify_public(under_published_round(side, forged), None)[-1]
    assert (failed.name, str(failed.fault).partition(",")[0]) == ("beacon", "round_not_signed(round=1000")


def told(side: PublicSide) -> dict[str, str]:
    checks = verify_public(side, TRUST)
    assert [check.fault for check in checks if not check.passed] == []
    return {check.name: check.compared for check in checks}


class TestVoids:
    def test_one_before_the_beacon(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        voiding.void(bureau)
        checks = told(public(bureau))
        assert checks["void"] == f"voided before its draw by two persons: {voiding.REASON}"
        assert "beacon" not in checks

    def test_one_after_the_draw_and_the_next_try(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("drawn")
        voiding.void(bureau, voiding.DRAWN)
        assert told(public(bureau))["void"] == f"voided after its draw by two persons: {voiding.REASON}"
        again = voiding.drawn_again(bureau, CAMPAIGN)
        checks = told(public(bureau, again))
        assert (checks["earlier tries"], checks["void"]) == (f"replaces {CAMPAIGN}", "not voided")


@pytest.fixture
def swapped(bureau_in: BureauIn) -> Bureau:
    """A closed campaign in which two reserves replaced somebody."""
    bureau = bureau_in("matched")
    replacing.swap(bureau, [visit.enterprise for visit in made.visits(bureau)[:2]])
    replacing.finish(bureau)
    made.close(bureau)
    return bureau


class TestReplacements:
    def test_the_close_tells_reserves_whose_names_open(self, swapped: Bureau) -> None:
        side = public(swapped)
        checks = told(side)
        assert checks["closing"].endswith(f"{len(side.names)} published, 0 overdue, 2 replaced")
        assert checks["names"].startswith(f"{len(side.names)} names open")

    def test_before_the_close_nothing_of_them_is_known(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        replacing.swap(bureau, [made.visits(bureau)[0].enterprise])
        replacing.finish(bureau)
        assert told(public(bureau))["closing"] == "not closed yet"

    def test_lists_of_positions_may_be_files(self, bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(position_lists, "MOST_INLINE", 1)
        monkeypatch.setattr("sampling.closing.MOST_INLINE", 1)
        bureau = bureau_in("matched")
        replacing.swap(bureau, [visit.enterprise for visit in made.visits(bureau)[:2]])
        replacing.finish(bureau)
        made.close(bureau)
        side = public(bureau)
        assert len(side.files) == 3
        assert told(side)["closing"].endswith("2 replaced")
        for name in side.files:
            others = {each: file for each, file in side.files.items() if each != name}
            assert not verify_public(dataclasses.replace(side, files=others), TRUST)[-1].passed
            forged = {**side.files, name: b"[1,2]"}
            assert not verify_public(dataclasses.replace(side, files=forged), TRUST)[-1].passed

    def test_a_replaced_enterprise_is_not_shown(self, swapped: Bureau) -> None:
        side = public(swapped)
        (closed,) = [each for each in map(parse_entry, side.entries) if each.kind == CLOSED]
        first = dataclasses.replace(side.names[0], position=closed.body["replaced"][0])
        failed = verify_public(dataclasses.replace(side, names=[first, *side.names[1:]]), TRUST)[-1]
        assert (failed.name, failed.passed) == ("names", False)


def forged(bureau: Bureau, lie: Callable[[Forgery], None], campaign: str = CAMPAIGN) -> PublicSide:
    """What the public reads of a bureau that owns its database and its key."""
    side = public(bureau, campaign)
    forgery = taken_apart(Bundle(campaign, side.checkpoint, side.entries, {}).to_bytes())
    lie(forgery)
    bundle = parse_bundle(forgery.made(SIGNER))
    return dataclasses.replace(side, checkpoint=bundle.checkpoint, entries=bundle.entries)


def hiding_the_reserves(forgery: Forgery) -> None:
    forgery.of("campaign.closed")["body"]["substitutes"] = []


def hiding_both(forgery: Forgery) -> None:
    body = forgery.of("campaign.closed")["body"]
    body["replaced"], body["substitutes"] = [], []


def replacing_a_neighbour(forgery: Forgery) -> None:
    body = forgery.of("campaign.closed")["body"]
    undrawn = next(each for each in range(120) if each not in (*body["replaced"], *body["substitutes"]))
    body["replaced"] = sorted([*body["replaced"][1:], undrawn])


@pytest.mark.parametrize("lie", [hiding_the_reserves, hiding_both, replacing_a_neighbour])
def test_a_close_that_hides_replacements_is_found(swapped: Bureau, lie: Callable[[Forgery], None]) -> None:
    failed = verify_public(forged(swapped, lie), TRUST)[-1]
    assert (failed.name in ("names", "closing"), failed.passed) == (True, False)


def voiding_late(forgery: Forgery) -> None:
    for kind in ("void.proposed", "void.confirmed"):
        forgery.of(kind)["time"] = instant_text(made.CLOSED_AT)


def test_a_void_after_the_beacon_and_before_the_draw_is_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    voiding.void(bureau)
    failed = verify_public(forged(bureau, voiding_late), TRUST)[-1]
    assert (failed.name, failed.passed) == ("void", False)


@pytest.mark.parametrize("kind", ALL)
def test_a_list_is_verified_without_a_draw(bureau_in: BureauIn, kind: str) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, ALL[kind])
    assert told(public(bureau))["list"].startswith("no draw: ")
    made.reveal(bureau)
    made.match(bureau)
    made.record(bureau)
    made.confirm(bureau)
    made.review(bureau)
    made.publish(bureau)
    made.close(bureau)
    side = public(bureau)
    checks = told(side)
    assert checks["closing"].endswith(f"{len(side.names)} published, 0 overdue, 0 replaced")
    assert not {"drawn list", "other draws"} & set(checks)
    assert checks["void"] == "not voided"


def test_a_list_that_two_persons_voided_is_told_as_such(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    campaign = fixed(bureau, ALL["special"])
    voided(bureau, campaign, CLOSED_AT)
    assert told(public(bureau, campaign))["void"] == f"voided before its matching by two persons: {REASON}"


def test_a_list_that_was_voided_after_a_visit_is_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    campaign = fixed(bureau, ALL["special"])
    voided(bureau, campaign, CLOSED_AT)

    def lie(forgery: Forgery) -> None:
        confirmed = forgery.of("void.confirmed")
        visit = copy.deepcopy(confirmed) | {"kind": "finding.recorded", "body": {"subject": campaign}}
        forgery.entries.insert(forgery.entries.index(confirmed), visit)

    *_, last = verify_public(forged(bureau, lie, campaign), TRUST)
    assert (last.name, "after a visit" in (last.fault or "")) == ("void", True)
