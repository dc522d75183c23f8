"""Reserves replace what should never have stood in the frame: by two persons, sealed, and told once at the close."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ledger import documents
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.windows import Window
from sampling import assigning, campaigns, closing, disclosures, publishing, rematching, replacements
from sampling.beacons import Local
from sampling.entry_kinds import DRAWN
from sampling.reserves import Cause, Replacement, take_reserves, visited
from sampling.tables import replacement, slot
from sampling.visits.recording import record_finding
from tests.sampling import bureau as made
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    CAMPAIGN,
    CLOSED_AT,
    ILL_AT,
    MARGIN,
    PLANNER,
    REMATCHED_AT,
    SIGNER,
    TRUST,
    Bureau,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart
from tests.sampling.test_campaigns import AFTER_THE_PERIOD

SECOND_PLANNER = Actor("planner-zj-2", Role.PLANNER, "ZJ")
CAUSE = "not_of_the_frame"
SHOWN_BY = "冻结前已注销，登记机关通知书载明日期"
HOUR = timedelta(hours=1)


def proposing(
    codes: Sequence[str], cause: str = CAUSE, text: str = SHOWN_BY, at: datetime = ILL_AT
) -> Callable[[Connection], Entry]:
    return lambda tx: replacements.propose_replacement(tx, PLANNER, at, CAMPAIGN, codes, cause, text)


def confirming(
    actor: Actor = SECOND_PLANNER, at: datetime = ILL_AT, proposal: int | None = None
) -> Callable[[Connection], Entry]:
    return lambda tx: replacements.confirm_replacement(tx, actor, at, CAMPAIGN, Local(at + MARGIN), proposal=proposal)


def rematching_at(at: datetime = REMATCHED_AT) -> Callable[[Connection], Entry]:
    return lambda tx: rematching.rematch(tx, PLANNER, at, CAMPAIGN)


def swap(bureau: Bureau, codes: Sequence[str], later: timedelta = timedelta(0)) -> list[tuple[int, int]]:
    """Replace enterprises and give the reserves their teams; return the positions and their reserves' of this time."""
    before = pairs(bureau)
    bureau.do(proposing(codes, at=ILL_AT + later))
    bureau.do(confirming(at=ILL_AT + later))
    bureau.do(rematching_at(REMATCHED_AT + later))
    return [each for each in pairs(bureau) if each not in before]


def shown_to(bureau: Bureau, actor: Actor) -> replacements.ReplacementProposal | None:
    return bureau.ask(lambda tx: replacements.standing_proposals_of(tx, actor, [CAMPAIGN, "2026-9999"])).get(CAMPAIGN)


def pairs(bureau: Bureau) -> list[tuple[int, int]]:
    with bureau.read() as tx:
        rows = tx.execute(select(replacement.c.position, replacement.c.reserve).order_by(replacement.c.position))
        return [(row[0], row[1]) for row in rows]


def order_of(bureau: Bureau) -> dict[str, list[int]]:
    with bureau.read() as tx:
        drawn = campaigns.entry_of(tx, CAMPAIGN, DRAWN)
        reserves: dict[str, list[int]] = documents.opened(tx, drawn.documents["draw"]).value["content"]["reserves"]
        return reserves


def stratum_of(bureau: Bureau, position: int) -> str:
    with bureau.read() as tx:
        query = select(slot.c.stratum).where(slot.c.campaign == CAMPAIGN, slot.c.position == position)
        return str(tx.execute(query).scalar_one())


def finish(bureau: Bureau) -> None:
    """Record, review and publish what may be published."""
    made.record(bureau)
    made.confirm(bureau)
    made.review(bureau)
    made.publish(bureau)


def verified(bureau: Bureau, campaign: str = CAMPAIGN) -> dict[str, str]:
    checks = verify_bundle(bureau.bundle(campaign), TRUST)
    assert [check.fault for check in checks if not check.passed] == []
    return {check.name: check.compared for check in checks}


class TestTheNextReserve:
    def test_it_is_the_next_of_the_stratum_by_ticket(self) -> None:
        order = {"A": (7, 3), "B": (5, 1)}
        assert take_reserves(order, {9: "A", 2: "B"}, ()) == [Replacement(2, 5), Replacement(9, 7)]
        assert take_reserves(order, {9: "A", 2: "A"}, ()) == [Replacement(2, 7), Replacement(9, 3)]
        assert take_reserves(order, {9: "A"}, (7,)) == [Replacement(9, 3)]

    def test_whoever_is_replaced_is_not_visited_and_a_reserve_may_be_replaced_as_well(self) -> None:
        assert visited({1, 2}, [Replacement(1, 8), Replacement(8, 9)]) == {2, 9}


class TestReplacing:
    def test_two_persons_replace_it_by_the_next_reserve_which_is_matched_by_a_later_beacon(
        self, bureau_in: BureauIn
    ) -> None:
        bureau = bureau_in("matched")
        first, *others = visits(bureau)
        ((position, reserve),) = swap(bureau, [first.enterprise])
        assert position == first.position
        assert reserve == order_of(bureau)[stratum_of(bureau, position)][0]
        now = {visit.position: visit for visit in visits(bureau)}
        assert set(now) == {visit.position for visit in others} | {reserve}
        assert len(now[reserve].team) == 2
        assert all(now[visit.position].team == visit.team for visit in others)
        told = verified(bureau)
        assert told["replacements"].startswith("1 positions replaced")
        assert told["re-matches"].startswith("0 assignments replaced and 1 reserves matched")

    @on_one_engine
    def test_the_log_tells_neither_whom_nor_by_which_nor_why(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        proposed = bureau.do(proposing([visits(bureau)[0].enterprise]))
        confirmed = bureau.do(confirming())
        assert proposed.body.keys() == {"subject", "documents"}
        assert confirmed.body.keys() == {"subject", "documents", "beacon", "margin", "witnesses"}
        public = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN))
        assert public.replacements == (confirmed,)

    @on_one_engine
    def test_several_are_replaced_at_once_and_a_reserve_in_its_turn(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        of_one = [visit for visit in visits(bureau) if stratum_of(bureau, visit.position) == "A"][:2]
        both = swap(bureau, [visit.enterprise for visit in of_one])
        assert [reserve for _, reserve in both] == order_of(bureau)["A"][:2]
        again = next(visit for visit in visits(bureau) if visit.position == both[0][1])
        assert swap(bureau, [again.enterprise], HOUR) == [(both[0][1], order_of(bureau)["A"][2])]
        verified(bureau)

    @on_one_engine
    def test_what_a_visit_can_find_is_no_cause(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        code = visits(bureau)[0].enterprise
        for cause in ("unreachable", "closed", "uncooperative", "deregistered", "moved", ""):
            bureau.refuse("replacement_cause_unknown", proposing([code], cause))
        bureau.refuse("cause_missing", proposing([code], text=" "))

    @on_one_engine
    def test_nobody_is_replaced_by_one_person_or_without_a_proposal(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        bureau.refuse("replacement_not_proposed", confirming())
        bureau.do(proposing([visits(bureau)[0].enterprise]))
        bureau.refuse("replacement_by_same_person", confirming(PLANNER))
        bureau.do(confirming())
        bureau.refuse("replacement_not_proposed", confirming())

    def test_the_second_person_confirms_what_he_read(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        one, other = (visit.enterprise for visit in visits(bureau)[:2])
        bureau.do(proposing([one]))
        read = shown_to(bureau, SECOND_PLANNER)
        assert read is not None
        newest = bureau.do(proposing([other]))
        bureau.refuse("version_stale", confirming(proposal=read.entry))
        bureau.do(confirming(proposal=newest.seq))

    def test_what_a_second_person_may_confirm_is_told_to_the_lead_and_auditors(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        two = [visit.enterprise for visit in visits(bureau)[:2]]
        assert shown_to(bureau, SECOND_PLANNER) is None
        seq = bureau.do(proposing(two)).seq
        told = replacements.ReplacementProposal(
            seq, PLANNER.subject, ILL_AT, tuple(two), Cause.NOT_OF_THE_FRAME, SHOWN_BY
        )
        auditor = Actor("auditor", Role.AUDITOR, "SC")
        for reader in (PLANNER, SECOND_PLANNER, auditor, Actor("chief", Role.PLANNER)):
            assert shown_to(bureau, reader) == told
        assert shown_to(bureau, Actor("planner-sc", Role.PLANNER, "SC")) is None
        bureau.refuse(
            "role_not_allowed",
            lambda tx: replacements.standing_proposals_of(tx, Actor("analyst", Role.ANALYST), [CAMPAIGN]),
        )
        bureau.do(confirming())
        assert shown_to(bureau, SECOND_PLANNER) is None

    @on_one_engine
    def test_nobody_is_replaced_who_was_not_drawn_or_was_visited(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        drawn = visits(bureau)
        with bureau.read() as tx:
            codes = set(tx.execute(select(slot.c.enterprise)).scalars())
        undrawn = min(codes - {visit.enterprise for visit in drawn})
        bureau.refuse("replacement_of_undrawn", proposing([undrawn]))
        bureau.refuse("replacement_of_undrawn", proposing([]))
        bureau.do(proposing([drawn[0].enterprise]))
        made.record_one(bureau, drawn[0])
        bureau.refuse("replacement_after_finding", confirming(at=made.RECORDED_AT))
        bureau.refuse("replacement_after_finding", proposing([drawn[0].enterprise]))

    @on_one_engine
    def test_one_beacon_after_the_other(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        first, second, *_ = visits(bureau)
        bureau.do(proposing([first.enterprise]))
        bureau.do(confirming())
        bureau.do(proposing([second.enterprise]))
        bureau.refuse("rematch_pending", confirming())
        bureau.refuse("beacon_too_early", rematching_at(ILL_AT))
        bureau.do(rematching_at())
        bureau.do(confirming(at=REMATCHED_AT))

    @on_one_engine
    def test_where_no_reserve_is_left_nobody_is_replaced(self, bureau_in: BureauIn) -> None:
        with pytest.raises(Exception, match="reserves_exhausted"):
            take_reserves({"A": (1,)}, {2: "A", 3: "A"}, ())
        bureau_in("drawn").refuse("campaign_state", proposing(["91130304PDY00001XL"]))

    @on_one_engine
    def test_the_replaced_team_has_nothing_to_visit_or_find_there(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        first = visits(bureau)[0]
        swap(bureau, [first.enterprise])
        leader = made.leader(first)
        assert first.enterprise not in {
            each.enterprise for each in bureau.ask(lambda tx: assigning.visits(tx, leader, CAMPAIGN))
        }
        bureau.refuse(
            "finding_not_assigned",
            lambda tx: record_finding(tx, leader, made.RECORDED_AT, CAMPAIGN, first.enterprise, made.account()),
        )


class TestClosing:
    def test_used_reserves_are_told_once_and_tied_to_nobody(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        drawn = [visit.position for visit in visits(bureau)]
        swapped = swap(bureau, [visit.enterprise for visit in visits(bureau)[:3]])
        finish(bureau)
        entry = bureau.do(lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))
        assert {name: value for name, value in entry.body.items() if name != "subject"} == {
            "published": len(drawn),
            "overdue": [],
            "replaced": sorted(position for position, _ in swapped),
            "substitutes": sorted(reserve for _, reserve in swapped),
        }
        public = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN))
        assert bureau.ask(lambda tx: disclosures.drawn_positions(tx, public)) == drawn
        assert verified(bureau)["closing"] == f"{len(drawn)} published, 0 overdue, 3 replaced"

    @on_one_engine
    def test_until_then_no_reserve_s_finding_is_public(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        ((_, reserve),) = swap(bureau, [visits(bureau)[0].enterprise])
        code = next(visit.enterprise for visit in visits(bureau) if visit.position == reserve)
        finish(bureau)
        with bureau.read() as tx:
            assert reserve not in {each.position for each in disclosures.findings(tx, Window(100))}
        bureau.refuse(
            "finding_of_reserve", lambda tx: publishing.publish_findings(tx, PLANNER, CLOSED_AT, CAMPAIGN, [code])
        )
        bureau.do(lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))
        opened = bureau.ask(lambda tx: disclosures.finding(tx, CAMPAIGN, reserve)).opening
        frozen = bureau.ask(lambda tx: disclosures.campaign(tx, CAMPAIGN)).frozen
        assert (opened.position, opened.root) == (reserve, frozen.body["slots"]["root"])

    @on_one_engine
    def test_a_reserve_that_nobody_visited_is_overdue(self, bureau_in: BureauIn) -> None:
        bureau = bureau_in("matched")
        ((_, reserve),) = swap(bureau, [visits(bureau)[0].enterprise])
        visited_ones = [visit for visit in visits(bureau) if visit.position != reserve]
        for step in (made.record_one, made.confirm_one, made.review_one):
            for visit in visited_ones:
                step(bureau, visit)
        made.publish(bureau)
        bureau.refuse("campaign_not_over", lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))
        entry = bureau.do(lambda tx: closing.close(tx, PLANNER, AFTER_THE_PERIOD, CAMPAIGN))
        assert entry.body["overdue"] == [reserve]
        verified(bureau)

    @on_one_engine
    def test_in_the_next_campaign_the_reserve_was_drawn_this_year_and_its_team_has_the_load(
        self, bureau_in: BureauIn
    ) -> None:
        bureau = bureau_in("matched")
        ((_, reserve),) = swap(bureau, [visits(bureau)[0].enterprise])
        code = next(visit.enterprise for visit in visits(bureau) if visit.position == reserve)
        finish(bureau)
        made.close(bureau)
        later = made.second_campaign(bureau, replace(made.OTHER_PLAN, starts=made.PLAN.starts))
        with bureau.read() as tx:
            frozen = campaigns.entry_of(tx, later, "campaign.frozen")
            excluded = documents.opened(tx, frozen.documents["plan"]).value["content"]["excluded"]
            pool = documents.opened(tx, frozen.documents["matching"]).value["content"]["pool"]
        assert {"enterprise": code, "reason": "drawn_this_year", "campaign": CAMPAIGN} in excluded
        assert sum(each["load"] for each in pool["inspectors"]) == 38
        verified(bureau, later)


# A bureau that owns its database and its key


def rows(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows("replacement.confirmed", "replacement", "replacement")


def by_a_friend(forgery: Forgery) -> None:
    row = rows(forgery)[0]
    draw = forgery.document("campaign.drawn", "draw").content["reserves"]
    order = next(each for each in draw.values() if row["reserve"] in each)
    row["reserve"] = order[order.index(row["reserve"]) + 1]


def by_one_person(forgery: Forgery) -> None:
    forgery.document("replacement.confirmed", "replacement").content["by"] = PLANNER.subject


def for_what_a_visit_finds(forgery: Forgery) -> None:
    forgery.document("replacement.proposed", "proposal").content["cause"] = "unreachable"
    rows(forgery)[0]["cause"] = "unreachable"


def for_another_cause(forgery: Forgery) -> None:
    rows(forgery)[0]["cause"] = "same_as_another"


def of_somebody_else(forgery: Forgery) -> None:
    rows(forgery)[0]["position"] = rows(forgery)[0]["reserve"] + 1


def without_proposal(forgery: Forgery) -> None:
    entry = forgery.of("replacement.proposed")
    del forgery.documents[entry["body"]["documents"]["proposal"]]
    forgery.entries.remove(entry)


def by_a_known_beacon(forgery: Forgery) -> None:
    body = forgery.of("replacement.confirmed")["body"]
    body["beacon"]["not_before"], body["margin"] = "2026-11-23T02:00:00Z", 0


def matched_before(forgery: Forgery) -> None:
    entry = forgery.of("campaign.rematched")
    forgery.entries.remove(entry)
    forgery.entries.insert(forgery.entries.index(forgery.of("replacement.confirmed")), entry)
    entry["time"] = forgery.of("replacement.confirmed")["time"]


def another_list_of_reserves(forgery: Forgery) -> None:
    forgery.of("campaign.closed")["body"]["substitutes"] = []


def another_list_of_replaced(forgery: Forgery) -> None:
    forgery.of("campaign.closed")["body"]["replaced"] = []


def published_before_the_close(forgery: Forgery) -> None:
    closed = forgery.of("campaign.closed")
    other = copy.deepcopy(forgery.of("finding.reviewed"))
    other["time"] = closed["time"]
    sealed = copy.deepcopy(forgery.document("finding.reviewed", "review"))
    sealed.salt = bytes(32)
    other["body"]["documents"]["review"] = "0" * 64
    forgery.documents["0" * 64] = sealed
    forgery.entries.insert(forgery.entries.index(closed), other)


@on_one_engine
@pytest.mark.parametrize(
    ("forge", "check", "says"),
    [
        (by_a_friend, "replacements", "other reserves than the next"),
        (by_one_person, "replacements", "by the same person"),
        (for_what_a_visit_finds, "replacements", "without a cause of the list"),
        (for_another_cause, "replacements", "for another cause"),
        (of_somebody_else, "replacements", "others than were proposed"),
        (without_proposal, "replacements", "whom nobody proposed"),
        (by_a_known_beacon, "re-matches", "does not lie after"),
        (matched_before, "re-matches", "without an entry that tells the cause"),
        (another_list_of_reserves, "closing", "other replaced positions or reserves"),
        (another_list_of_replaced, "closing", "other replaced positions or reserves"),
        (published_before_the_close, "findings", "a reserve's before the close"),
    ],
)
def test_a_dishonest_replacement_is_found(bureau_in: BureauIn, forge: Any, check: str, says: str) -> None:
    bureau = bureau_in("matched")
    swap(bureau, [visits(bureau)[0].enterprise])
    finish(bureau)
    made.close(bureau)
    forgery = taken_apart(bureau.bundle())
    forge(forgery)
    failed = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    assert (failed.name, says in str(failed.fault)) == (check, True), failed
