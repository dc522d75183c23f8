"""A campaign is void by two persons, before its beacon or after its draw, and what is tried again says so for ever."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from ledger import documents
from ledger.actors import Actor, Role
from ledger.entries import Entry
from sampling import (
    assigning,
    attesting,
    campaigns,
    closing,
    disclosures,
    drawing,
    freezing,
    planning,
    replacing,
    voiding,
)
from sampling.beacons import Local
from sampling.entry_kinds import FROZEN
from sampling.plans import Plan
from sampling.verification import Trust
from tests import bureau_files as files
from tests.sampling import bureau as made
from tests.sampling import test_witnessing as by_witnesses
from tests.sampling.auditing import ZHANG, attest, register
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    AUDITOR,
    BOUND,
    CAMPAIGN,
    CLOSED_AT,
    FROZEN_AT,
    MARGIN,
    MATCHED_AT,
    PLAN,
    PLANNER,
    SIGNER,
    TRUST,
    Bureau,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart

SECOND_PLANNER = Actor("planner-zj-2", Role.PLANNER, "ZJ")
REASON = "名录库更新后范围有误，需重新确定检查对象"
SOON = FROZEN_AT + timedelta(minutes=1)
BEACON = FROZEN_AT + MARGIN
DRAWN = MATCHED_AT + timedelta(minutes=1)
AGAIN = CLOSED_AT


def proposing(at: datetime = SOON, reason: str = REASON, actor: Actor = PLANNER) -> Callable[[Connection], Entry]:
    return lambda tx: voiding.propose_void(tx, actor, at, CAMPAIGN, reason)


def confirming(
    at: datetime = SOON, actor: Actor = SECOND_PLANNER, proposal: int | None = None
) -> Callable[[Connection], Entry]:
    return lambda tx: voiding.confirm_void(tx, actor, at, CAMPAIGN, proposal)


def void(bureau: Bureau, at: datetime = SOON) -> Entry:
    bureau.do(proposing(at))
    return bureau.do(confirming(at))


def planned_again(bureau: Bureau, wanted: Plan = PLAN, at: datetime = AGAIN) -> str:
    return bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, at, wanted)).id


def freezing_again(campaign: str, *replaces: str, at: datetime = AGAIN) -> Callable[[Connection], Entry]:
    return lambda tx: freezing.freeze(
        tx, PLANNER, at, campaign, Local(at + MARGIN), made.LIMITS, BOUND, replaces=replaces
    )


def drawn_again(bureau: Bureau, *replaces: str, wanted: Plan = PLAN, at: datetime = AGAIN) -> str:
    identifier = planned_again(bureau, wanted, at)
    bureau.do(freezing_again(identifier, *replaces, at=at))
    made.draw(bureau, identifier, at + MARGIN)
    return identifier


def checked(bureau: Bureau, campaign: str, trust: Trust = TRUST) -> dict[str, str]:
    checks = verify_bundle(bureau.bundle(campaign), trust)
    assert [check.fault for check in checks if not check.passed] == []
    return {check.name: check.compared for check in checks}


class TestBeforeTheBeacon:
    def test_one_person_proposes_and_another_one_voids(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        proposed = bureau.do(proposing())
        assert campaigns_state(bureau) == "frozen"
        entry = bureau.do(confirming())
        assert (proposed.body, entry.body) == (
            {"subject": CAMPAIGN, "reason": REASON, "documents": proposed.body["documents"]},
            {
                "subject": CAMPAIGN,
                "reason": REASON,
                "proposed": proposed.seq,
                "documents": entry.body["documents"],
            },
        )
        assert PLANNER.subject not in (proposed.data + entry.data).decode()
        public = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN))
        assert (public.state, public.voided, public.void_proposals) == ("voided", entry, (proposed,))

    @on_one_engine
    def test_the_same_person_does_not_confirm(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        bureau.refuse("void_not_proposed", confirming())
        bureau.do(proposing())
        bureau.refuse("void_by_same_person", confirming(actor=PLANNER))

    @on_one_engine
    def test_the_second_person_confirms_what_he_read(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        read = bureau.do(proposing())
        other = bureau.do(proposing(reason="另一理由"))
        bureau.refuse("version_stale", confirming(proposal=read.seq))
        assert bureau.do(confirming(proposal=other.seq)).body["reason"] == "另一理由"

    @on_one_engine
    def test_what_is_void_is_never_drawn_revealed_or_voided_again(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        void(bureau)
        bureau.refuse("campaign_state", lambda tx: drawing.draw_campaign(tx, PLANNER, BEACON, CAMPAIGN))
        bureau.refuse("campaign_state", by_witnesses.reveal_first(BEACON))
        bureau.refuse("campaign_state", proposing())
        bureau.refuse("campaign_state", lambda tx: closing.close(tx, PLANNER, AGAIN, CAMPAIGN))

    @on_one_engine
    def test_once_the_beacon_may_be_known_it_is_drawn_whoever_dislikes_it(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        bureau.do(proposing(BEACON - timedelta(seconds=1)))
        bureau.refuse("void_after_beacon", proposing(BEACON))
        bureau.refuse("void_after_beacon", confirming(BEACON))
        made.reveal(bureau)
        bureau.refuse("void_after_beacon", confirming(SOON))  # by a clock that was set back
        made.draw(bureau)

    @on_one_engine
    def test_a_proposal_of_before_the_draw_is_none_after_it(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        bureau.do(proposing())
        made.reveal(bureau)
        made.draw(bureau)
        bureau.refuse("void_not_proposed", confirming(DRAWN))

    @on_one_engine
    def test_a_plan_is_not_voided_but_changed(self, bureau_in: BureauIn) -> None:
        bureau_in("planned").refuse("campaign_state", proposing())


class TestAfterTheDraw:
    @pytest.mark.parametrize("state", ["drawn", "matched"])
    def test_it_is_voided_and_what_had_been_drawn_is_kept_for_auditors(self, bureau_in: BureauIn, state: str) -> None:
        bureau = bureau_in(state)
        had = [visit.enterprise for visit in made.visits(bureau)]
        void(bureau, DRAWN)
        assert [each.enterprise for each in bureau.ask(lambda tx: assigning.visits(tx, AUDITOR, CAMPAIGN))] == had
        assert checked(bureau, CAMPAIGN)["void"] == f"voided after its draw by two persons: {REASON}"
        public = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN))
        assert len(bureau.ask(lambda tx: disclosures.drawn_positions(tx, public))) == len(had)

    @on_one_engine
    def test_no_inspector_visits_what_is_void(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        leader = made.leader(made.visits(bureau)[0])
        assert bureau.ask(lambda tx: assigning.visits(tx, leader, None)) != []
        void(bureau, DRAWN)
        assert bureau.ask(lambda tx: assigning.visits(tx, leader, None)) == []

    @on_one_engine
    def test_once_a_visit_is_recorded_there_is_no_void(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        bureau.do(proposing(DRAWN))
        made.record_one(bureau, made.visits(bureau)[0])
        bureau.refuse("void_after_visits", confirming(made.RECORDED_AT))
        bureau.refuse("void_after_visits", proposing(made.RECORDED_AT))

    @on_one_engine
    def test_an_auditor_may_attest_that_the_void_draw_was_sound(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("drawn")
        void(bureau, DRAWN)
        register(bureau, ZHANG)
        attest(bureau)
        assert len(bureau.ask(lambda tx: attesting.of_campaign(tx, CAMPAIGN))) == 1
        checked(bureau, CAMPAIGN)

    @on_one_engine
    def test_a_void_draw_makes_nobody_drawn_this_year_and_loads_nobody(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        void(bureau, DRAWN)
        again = drawn_again(bureau, CAMPAIGN)
        with bureau.read() as tx:
            sealed = made_content(tx, again, "plan")["excluded"], made_content(tx, again, "matching")["pool"]
        assert sealed[0] == []
        assert {each["load"] for each in sealed[1]["inspectors"]} == {0}
        assert checked(bureau, again)["earlier tries"] == f"replaces {CAMPAIGN}"


class TestTheReason:
    @on_one_engine
    @pytest.mark.parametrize(
        "reason",
        [
            f"因{files.code(3)}投诉",
            "因 91130304 PDY0 0003 6F 投诉",
            f"因{files.code(3).lower()}投诉",
            f"{files.name(3)}情况有变",
        ],
    )
    def test_it_names_no_enterprise(self, bureau_in: BureauIn, reason: str) -> None:
        bureau_in("frozen").refuse("public_text_names_enterprise", proposing(reason=reason))

    @on_one_engine
    def test_it_is_not_empty_and_has_an_end(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        bureau.refuse("public_text_missing", proposing(reason=" \n"))
        bureau.refuse("text_too_long", proposing(reason="长" * 1001))


class TestTryingAgain:
    def test_a_freeze_names_what_it_replaces_and_both_sides_show_it(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        void(bureau)
        again = planned_again(bureau)
        refusal = bureau.refuse("replaced_unnamed", freezing_again(again))
        assert refusal.parameters == {"campaign": CAMPAIGN, "named": [CAMPAIGN]}
        bureau.refuse("replaces_nothing", freezing_again(again, CAMPAIGN, again))
        entry = bureau.do(freezing_again(again, CAMPAIGN))
        assert entry.body["replaces"] == [{"campaign": CAMPAIGN, "witnessed": None}]
        with bureau.read() as tx:
            assert disclosures.campaign(tx, again).replaces == [CAMPAIGN]
            assert replacing.replaced_by(tx).get(CAMPAIGN) == again
            assert replacing.replaced_by(tx).get(again) is None

    @on_one_engine
    def test_other_matters_replace_nothing(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        void(bureau)
        other = planned_again(bureau, made.OTHER_PLAN)
        bureau.refuse("replaces_nothing", freezing_again(other, CAMPAIGN))
        assert bureau.do(freezing_again(other)).body["replaces"] == []

    @on_one_engine
    def test_who_tries_thrice_is_seen_thrice(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("drawn")
        void(bureau, DRAWN)
        second = planned_again(bureau)
        bureau.do(freezing_again(second, CAMPAIGN))
        at = AGAIN + timedelta(minutes=1)
        bureau.do(lambda tx: voiding.propose_void(tx, PLANNER, at, second, REASON))
        bureau.do(lambda tx: voiding.confirm_void(tx, SECOND_PLANNER, at, second))
        third = drawn_again(bureau, second, at=at)
        assert checked(bureau, third)["earlier tries"] == f"replaces {second}, then {CAMPAIGN}"

    @on_one_engine
    def test_a_part_of_the_matters_is_a_try_too_also_after_another_part_was_replaced(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        void(bureau)
        one = replace(PLAN, departments=("ZJ",), items=("ZJ-01",))
        other = replace(PLAN, departments=("ZJ", "SC"), items=("SC-01",))
        first = drawn_again(bureau, CAMPAIGN, wanted=one)
        rest = planned_again(bureau, other)
        bureau.refuse("replaced_unnamed", freezing_again(rest, at=AGAIN + MARGIN))
        bureau.do(freezing_again(rest, CAMPAIGN, at=AGAIN + MARGIN))
        assert first != rest

    @on_one_engine
    def test_what_was_inspected_since_is_a_try_no_more(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("frozen")
        void(bureau)
        again = drawn_again(bureau, CAMPAIGN)
        after = datetime.fromisoformat("2027-01-01T00:00:00Z")
        bureau.do(lambda tx: closing.close(tx, PLANNER, after, again))
        later = planned_again(bureau, made.flat(PLAN), at=after)
        assert bureau.do(freezing_again(later, at=after)).body["replaces"] == []

    @on_one_engine
    def test_a_late_quorum_is_named_as_well(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("planned")
        by_witnesses.freeze(bureau)
        voided = by_witnesses.void_at(bureau, by_witnesses.VOID_FROM)
        assert voided is not None
        again = drawn_again(bureau, CAMPAIGN)
        assert checked(bureau, again)["earlier tries"] == f"replaces {CAMPAIGN}"


class TestWitnesses:
    """Where the freeze named witnesses, they must see its void before the beacon, as they must see the freeze."""

    def frozen(self, bureau_in: BureauIn) -> Bureau:
        bureau = bureau_in("planned")
        by_witnesses.freeze(bureau)
        by_witnesses.cosign(bureau, ["w1", "w2"], SOON)
        return bureau

    def replaced(self, bureau: Bureau) -> tuple[Any, str]:
        again = drawn_again(bureau, CAMPAIGN)
        named = bureau.ask(lambda tx: campaigns.entry_of(tx, again, FROZEN)).body["replaces"]
        pinned = replace(TRUST, witnesses=tuple(by_witnesses.PINNED))
        checks = {check.name: check.fault for check in verify_bundle(bureau.bundle(again), pinned)}
        return named[0]["witnessed"], checks["earlier tries"] or ""

    @on_one_engine
    def test_it_is_voided_until_the_latest_instant_of_the_witnesses(self, bureau_in: BureauIn) -> None:
        bureau = self.frozen(bureau_in)
        bureau.do(proposing())
        bureau.refuse("void_after_beacon", confirming(by_witnesses.LATEST))

    def test_their_word_stands_in_the_freeze_that_replaces_it(self, bureau_in: BureauIn) -> None:
        bureau = self.frozen(bureau_in)
        void(bureau)
        bureau.sign()
        by_witnesses.cosign(bureau, ["w1", "w3"], by_witnesses.BEACON)
        witnessed, fault = self.replaced(bureau)
        assert witnessed is not None
        assert fault == ""

    @on_one_engine
    def test_a_void_that_was_dated_back_is_found(self, bureau_in: BureauIn) -> None:
        bureau = self.frozen(bureau_in)
        void(bureau)
        bureau.sign()
        by_witnesses.cosign(bureau, ["w1", "w3"], by_witnesses.BEACON + timedelta(seconds=1))
        witnessed, fault = self.replaced(bureau)
        assert witnessed is None
        assert fault == f"no quorum of witnesses saw the void of campaign {CAMPAIGN} before its beacon"


# A bureau that owns its database and its key


def unnamed(forgery: Forgery) -> None:
    forgery.of("campaign.frozen")["body"]["replaces"] = []
    for commitment in [name for name, each in forgery.documents.items() if each.value["kind"] == "person"]:
        del forgery.documents[commitment]


def named_for_nothing(forgery: Forgery) -> None:
    forgery.of("campaign.frozen")["body"]["replaces"].append({"campaign": "2026-0009", "witnessed": None})


def first_try(forgery: Forgery, kind: str) -> dict[str, Any]:
    return next(each for each in forgery.entries if each["kind"] == kind and each["body"]["subject"] == CAMPAIGN)


def by_one_person(forgery: Forgery) -> None:
    for each in forgery.documents.values():
        if each.value["kind"] == "person":
            each.content["by"] = PLANNER.subject


def without_proposal(forgery: Forgery) -> None:
    entry = first_try(forgery, "void.proposed")
    del forgery.documents[entry["body"]["documents"]["by"]]
    forgery.entries.remove(entry)


def for_another_reason(forgery: Forgery) -> None:
    first_try(forgery, "void.confirmed")["body"]["reason"] = "别的理由"


def after_the_beacon(forgery: Forgery) -> None:
    for kind in ("void.proposed", "void.confirmed"):
        first_try(forgery, kind)["time"] = "2026-11-23T02:10:00Z"


def after_a_reveal(forgery: Forgery) -> None:
    entry = copy.deepcopy(first_try(forgery, "void.proposed"))
    entry["kind"], entry["body"] = "beacon.revealed", {"subject": CAMPAIGN}
    forgery.entries.insert(forgery.entries.index(first_try(forgery, "void.proposed")), entry)
    first_try(forgery, "void.confirmed")["body"]["proposed"] += 1


def after_what_was_never_frozen(forgery: Forgery) -> None:
    entry = copy.deepcopy(first_try(forgery, "void.proposed"))
    entry["kind"], entry["body"] = "campaign.voided", {"subject": "2025-0001", "reason": "witness_quorum_late"}
    forgery.entries.insert(forgery.entries.index(first_try(forgery, "void.proposed")), entry)
    first_try(forgery, "void.confirmed")["body"]["proposed"] += 1
    first_try(forgery, "campaign.frozen")["body"]["replaces"] = [{"campaign": "2025-0001", "witnessed": None}]


@on_one_engine
@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (unnamed, "was voided, and the freeze does not name it"),
        (named_for_nothing, "which it does not replace"),
        (by_one_person, "by the same person"),
        (without_proposal, "without a proposal"),
        (for_another_reason, "for another reason"),
        (after_the_beacon, "after its beacon could be known"),
        (after_a_reveal, "after its beacon could be known"),
        (after_what_was_never_frozen, "unreadable"),
    ],
)
def test_a_dishonest_void_is_found(bureau_in: BureauIn, forge: Callable[[Forgery], None], says: str) -> None:
    bureau = bureau_in("frozen")
    void(bureau)
    forgery = taken_apart(bureau.bundle(drawn_again(bureau, CAMPAIGN)))
    forge(forgery)
    failed = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    assert (failed.name, says in str(failed.fault)) == ("earlier tries", True), failed


@on_one_engine
def test_a_draw_after_a_void_is_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    void(bureau, DRAWN)
    forgery = taken_apart(bureau.bundle())
    voids = [forgery.of("void.proposed"), forgery.of("void.confirmed")]
    for entry in voids:
        forgery.entries.remove(entry)
        forgery.entries.insert(forgery.entries.index(forgery.of("campaign.drawn")), entry)
        entry["time"] = forgery.of("campaign.drawn")["time"]
    failed = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    assert (failed.name, failed.fault) == ("void", "a campaign that was voided is drawn")


def campaigns_state(bureau: Bureau) -> str:
    return bureau.ask(lambda tx: campaigns.read(tx, AUDITOR, CAMPAIGN)).state


def made_content(tx: Connection, campaign: str, name: str) -> Any:
    return documents.opened(tx, campaigns.entry_of(tx, campaign, FROZEN).documents[name]).value["content"]
