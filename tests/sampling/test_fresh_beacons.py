"""Fresh randomness for every campaign and every round of one: nothing is named that may be known already."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from ledger.canonical import JSON
from ledger.entries import NO_PREVIOUS, Entry, make_entry
from ledger.errors import Conflict
from sampling import freezing, rematching
from sampling.beacons import Beacon, Source, Sources
from sampling.fresh_beacons import check_fresh
from sampling.single_beacons import Local
from tests.sampling import beacon_bureau as beacons
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import BOUND, CLOSED_AT, FROZEN_AT, ILL_AT, LIMITS, MARGIN, PLANNER, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import taken_apart

LATER = FROZEN_AT + timedelta(days=4)


def named(beacon: Beacon, kind: str = "campaign.frozen") -> Entry:
    """Return an entry that names a beacon."""
    body: dict[str, JSON] = {"subject": "2026-0001", "beacon": beacon.to_json()}
    return make_entry(0, NO_PREVIOUS, "2026-11-23T02:00:00Z", kind, body)


def sources(at: datetime, issue: str = "2026135") -> Sources:
    return Sources((Source("kl8", issue, at),))


@pytest.mark.parametrize("kind", ["campaign.frozen", "campaign.listed", "match.reopened", "replacement.confirmed"])
def test_a_commitment_stands_in_the_log_once(kind: str) -> None:
    ceremony = steps.ceremony()
    one_new = replace(ceremony, parties=(ceremony.parties[0], steps.ceremony(LATER).parties[1]))
    for again in (ceremony, one_new):
        with pytest.raises(Conflict) as refused:
            check_fresh(again, LATER, [named(ceremony, kind)])
        assert (refused.value.code, refused.value.parameters["campaign"]) == ("commitment_named_before", "2026-0001")
    check_fresh(steps.ceremony(LATER), LATER, [named(ceremony, kind)])


def test_numbers_that_were_told_to_be_published_by_then_are_named_no_more() -> None:
    published = FROZEN_AT + timedelta(days=1)
    earlier = [named(sources(published))]
    check_fresh(sources(published), published - timedelta(seconds=1), earlier)
    check_fresh(sources(LATER, "2026136"), LATER, earlier)
    for beacon in (sources(LATER), replace(steps.ceremony(LATER), fallback=sources(LATER))):
        with pytest.raises(Conflict) as refused:
            check_fresh(beacon, published, earlier)
        assert refused.value.code == "numbers_known_before"


def test_a_round_may_decide_several_campaigns_since_their_seeds_differ() -> None:
    for beacon in (beacons.DRAND, Local(LATER)):
        check_fresh(beacon, FROZEN_AT, [named(beacon)])


def reopening(bureau: Bureau, beacon: Beacon) -> Callable[[Connection], Entry]:
    ill = steps.visits(bureau)[0].team[0][1]
    return lambda tx: rematching.reopen(tx, PLANNER, ILL_AT, steps.CAMPAIGN, ill, None, "突发疾病", beacon)


@on_one_engine
def test_neither_the_next_freeze_nor_a_re_match_takes_commitments_that_were_opened(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    begins, ends = CLOSED_AT + MARGIN, CLOSED_AT + 2 * MARGIN
    again = replace(steps.ceremony(), not_before=begins, deadline=ends, fallback=Local(ends + MARGIN))
    bureau.refuse("commitment_named_before", reopening(bureau, again))
    other = steps.plan(bureau, steps.flat(steps.OTHER_PLAN))
    bureau.refuse(
        "commitment_named_before",
        lambda tx: freezing.freeze(tx, PLANNER, ILL_AT, other, again, LIMITS, BOUND),
    )


@pytest.mark.parametrize("at", [0, 1])
def test_a_commitment_that_an_earlier_entry_named_is_found(sqlite_hamlet: Bureau, at: int) -> None:
    """The bureau knows what the party's file holds, and froze a frame that it liked."""
    forgery = taken_apart(sqlite_hamlet.bundle())
    frozen = forgery.of("campaign.frozen")
    earlier = copy.deepcopy(frozen) | {"kind": "campaign.listed"}
    earlier["body"] |= {"subject": "2025-0001", "documents": {}}
    earlier["body"]["beacon"]["parties"][at]["commitment"] = "00" * 32
    forgery.entries.insert(forgery.entries.index(frozen), earlier)
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert (last.name, last.passed) == ("beacon", False)
    assert "commitment_named_before" in (last.fault or "")
