"""The auditor's report names whatever was not the plain way from freeze to close."""

from dataclasses import replace
from datetime import datetime, timedelta

from ledger.windows import Window
from sampling import closing, freezing, rematching, reporting
from sampling.beacons import Local
from sampling.entry_kinds import CLOSED, REPLACED, VOID_CONFIRMED
from sampling.reporting import Deviation, DeviationKind
from tests.sampling import bureau as made
from tests.sampling import test_replacements as replacing
from tests.sampling import test_voiding as voiding
from tests.sampling import test_witnessing as by_witnesses
from tests.sampling.bureau import AUDITOR, BOUND, CAMPAIGN, CLOSED_AT, FROZEN_AT, LIMITS, PLANNER, Bureau, visits
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.test_campaigns import AFTER_THE_PERIOD

PLAIN = {DeviationKind.NO_WITNESSES}


def told(bureau: Bureau, campaign: str | None = CAMPAIGN, now: datetime = CLOSED_AT) -> list[Deviation]:
    found = bureau.ask(lambda tx: reporting.report(tx, AUDITOR, now, campaign))
    assert bureau.ask(lambda tx: reporting.count(tx, AUDITOR, now, campaign)) == len(found)
    return found


def kinds(bureau: Bureau, campaign: str | None = CAMPAIGN, now: datetime = CLOSED_AT) -> set[DeviationKind]:
    return {each.kind for each in told(bureau, campaign, now)}


def only(bureau: Bureau, kind: DeviationKind, now: datetime = CLOSED_AT) -> Deviation:
    (found,) = [each for each in told(bureau, now=now) if each.kind is kind]
    return found


def test_a_plain_campaign_deviates_in_nothing(bureau_in: BureauIn) -> None:
    assert kinds(bureau_in("closed")) == PLAIN


@on_one_engine
def test_auditors_alone_read_it_and_only_of_what_was_frozen(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    assert told(bureau, None) == []
    bureau.refuse("campaign_entry_missing", lambda tx: reporting.report(tx, AUDITOR, CLOSED_AT, CAMPAIGN))
    bureau.refuse("role_not_allowed", lambda tx: reporting.report(tx, PLANNER, CLOSED_AT, CAMPAIGN))


def test_a_void_after_the_draw_tells_who_had_been_drawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    had = [(visit.position, visit.enterprise) for visit in visits(bureau)]
    voiding.void(bureau, voiding.DRAWN)
    found = only(bureau, DeviationKind.VOID_AFTER_DRAW)
    assert (found.reason, found.entry.kind) == (voiding.REASON, VOID_CONFIRMED)
    assert list(zip(found.positions, found.enterprises, strict=True)) == had


@on_one_engine
def test_voids_before_the_beacon_proposals_and_second_tries_are_told(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    bureau.do(voiding.proposing())
    assert only(bureau, DeviationKind.VOID_PROPOSED).reason == voiding.REASON
    bureau.do(voiding.confirming())
    assert kinds(bureau) == PLAIN | {DeviationKind.VOID_BEFORE_BEACON}
    again = voiding.drawn_again(bureau, CAMPAIGN)
    assert kinds(bureau, again) == PLAIN | {DeviationKind.REPLACES, DeviationKind.LOCAL_BEACON}
    assert {each.campaign for each in told(bureau, None)} == {CAMPAIGN, again}


@on_one_engine
def test_late_quorums_and_voids_that_no_witness_saw_are_told(bureau_in: BureauIn) -> None:
    late = bureau_in("planned")
    by_witnesses.freeze(late)
    by_witnesses.void_at(late, by_witnesses.VOID_FROM)
    assert kinds(late) == {DeviationKind.QUORUM_LATE}
    unseen = bureau_in("planned")
    by_witnesses.freeze(unseen)
    voiding.void(unseen)
    again = voiding.drawn_again(unseen, CAMPAIGN)
    assert DeviationKind.VOID_UNWITNESSED in kinds(unseen, again)


@on_one_engine
def test_replacements_and_re_matches_are_told_with_their_causes(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first = visits(bureau)[0]
    ((position, reserve),) = replacing.swap(bureau, [first.enterprise])
    ill = visits(bureau)[0].team[0][1]
    at = made.REMATCHED_AT + timedelta(minutes=1)
    bureau.do(lambda tx: rematching.reopen(tx, PLANNER, at, CAMPAIGN, ill, None, "突发疾病", Local(at)))
    swapped = only(bureau, DeviationKind.REPLACEMENT)
    assert (swapped.positions, swapped.entry.kind) == ((position, reserve), REPLACED)
    assert swapped.enterprises[0] == first.enterprise
    assert swapped.reason == f"not_of_the_frame: {replacing.SHOWN_BY}"
    assert only(bureau, DeviationKind.REMATCH).reason == f"{ill}: 突发疾病"


@on_one_engine
def test_overdue_positions_are_told_before_the_close_and_after_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    due = tuple(visit.position for visit in visits(bureau))
    assert DeviationKind.OVERDUE not in kinds(bureau)
    assert only(bureau, DeviationKind.OVERDUE, AFTER_THE_PERIOD).positions == due
    bureau.do(lambda tx: closing.close(tx, PLANNER, AFTER_THE_PERIOD, CAMPAIGN))
    found = only(bureau, DeviationKind.OVERDUE, AFTER_THE_PERIOD)
    assert (found.positions, found.entry.kind, len(found.enterprises)) == (due, CLOSED, len(due))


@on_one_engine
def test_a_frame_that_lies_undrawn_though_its_beacon_came_is_told(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    known = made.DEADLINE + timedelta(seconds=1)
    assert DeviationKind.UNDRAWN not in kinds(bureau, now=known + timedelta(days=1))
    assert only(bureau, DeviationKind.UNDRAWN, known + timedelta(days=1, seconds=1)).entry.kind == "campaign.frozen"


@on_one_engine
def test_a_fallback_that_decided_and_a_flat_rate_are_told(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    made.draw(bureau, now=made.DEADLINE + timedelta(minutes=1))
    assert only(bureau, DeviationKind.FALLBACK_USED).reason == "ceremony → local"
    flat = bureau_in("graded")
    identifier = made.plan(flat, made.flat(made.PLAN))
    at = FROZEN_AT
    flat.do(lambda tx: freezing.freeze(tx, PLANNER, at, identifier, Local(at), LIMITS, BOUND))
    flat_rates = [each for each in told(flat, identifier) if each.kind is DeviationKind.FLAT_RATE]
    assert [each.reason for each in flat_rates] == [made.flat(made.PLAN).flat_reason]


def test_deviations_are_read_page_by_page_by_campaign_and_kind(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    for number in (2, 3, 4):
        wanted = made.flat(replace(made.OTHER_PLAN, departments=("ZJ",), items=(f"ZJ-{number:02d}",)))
        made.freeze_by_local_beacon(bureau, made.plan(bureau, wanted), CLOSED_AT)
    now = CLOSED_AT + timedelta(days=60)
    whole = told(bureau, None, now)
    of_each = [each for code in {each.campaign for each in whole} for each in told(bureau, code, now)]
    assert whole == sorted(of_each, key=reporting.place_of)
    assert {DeviationKind.UNDRAWN, DeviationKind.FLAT_RATE, DeviationKind.NO_WITNESSES} <= {each.kind for each in whole}
    places = [reporting.place_of(each) for each in whole]
    assert places == sorted(places)

    def page(window: Window, kinds: tuple[DeviationKind, ...] | None = None) -> list[Deviation]:
        return bureau.ask(lambda tx: reporting.report(tx, AUDITOR, now, None, kinds, window))

    for start in range(len(whole)):
        assert page(Window(2, after=places[start])) == whole[start + 1 : start + 3]
        assert page(Window(2, before=places[start], backward=True)) == whole[:start][::-1][:2]
    assert page(Window(keys=frozenset(places[1:3]))) == whole[1:3]
    flat = [each for each in whole if each.kind is DeviationKind.FLAT_RATE]
    assert page(Window(2), (DeviationKind.FLAT_RATE,)) == flat[:2]
    only = (DeviationKind.FLAT_RATE,)
    assert bureau.ask(lambda tx: reporting.count(tx, AUDITOR, now, None, only)) == len(flat)
    bureau.refuse("role_not_allowed", lambda tx: reporting.count(tx, PLANNER, CLOSED_AT))
