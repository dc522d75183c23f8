"""Recording at once and handed in later: versions, numbers, conflicts, and what is refused."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Refusal
from sampling import findings, inbox, reviewing
from sampling.assigning import Visit
from sampling.publication import rechecks
from sampling.tables import finding, finding_detail, visit_form
from sampling.visits.accounts import Account, Answer, HandIn, Reply, Signature, Signed
from sampling.visits.confirming import confirm_finding
from sampling.visits.noticing import issue_notice, printed
from sampling.visits.numbering import FormKind
from sampling.visits.recording import Recorded, record_finding
from sampling.visits.reminding import remind
from sampling.visits.settling import Choice, conflicts, settle_conflict
from scoring.results import CONTRADICTING, NOT_FOLLOWED_BY, FollowUp, Result, check_outcome
from tests.sampling import bureau as made
from tests.sampling.bureau import (
    CAMPAIGN,
    CONFIRMED_AT,
    PLAN,
    PLANNER,
    RECORDED_AT,
    REVIEWED_AT,
    VISITED,
    Bureau,
    account,
    leader,
    second,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

Step = Callable[[Connection], Any]


def recording(visit: Visit, actor: Actor, hand_in: HandIn | None = None, **changes: Any) -> Step:
    return lambda tx: record_finding(
        tx, actor, RECORDED_AT, visit.campaign, visit.enterprise, account(**changes), hand_in
    )


def noticing(visit: Visit, now: datetime = RECORDED_AT, day: date = VISITED) -> Step:
    return lambda tx: issue_notice(tx, PLANNER, now, CAMPAIGN, visit.enterprise, day)


def hand_in(number: int = 1, based_on: int = 0, at: datetime = RECORDED_AT) -> HandIn:
    return HandIn(f"00000000-{number:04d}", at, based_on)


def count(bureau: Bureau, kind: str) -> int:
    return len(bureau.ask(lambda tx: log.about(tx, CAMPAIGN, kind)))


# What is handed in later


def test_v5_the_same_hand_in_twice_is_one_whatever_came_between(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    step = recording(visit, leader(visit), hand_in())
    first = bureau.do(step)
    made.confirm_one(bureau, visit)
    made.review_one(bureau, visit)
    assert bureau.do(lambda tx: step(tx)).finding.state == "approved"
    assert (first.finding.version, first.conflict, count(bureau, "finding.recorded")) == (1, None, 1)


def test_v5_a_hand_in_keeps_its_own_time_and_the_day_is_not_after_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    before = RECORDED_AT - timedelta(days=1)
    bureau.refuse("visit_in_future", recording(visit, leader(visit), hand_in(at=before)))
    bureau.do(recording(visit, leader(visit), hand_in(at=before), visited=VISITED - timedelta(days=1)))
    row = bureau.ask(lambda tx: tx.execute(select(finding_detail)).one())
    assert (row.hand_in, row.entered_at, row.based_on) == ("00000000-0001", before, 0)


def test_v5_nothing_that_stands_is_overwritten_and_both_accounts_are_kept(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.do(recording(visit, leader(visit), facts="当场"))
    for number in (1, 2):
        told = bureau.do(recording(visit, second(visit), hand_in(number), facts=f"离线{number}"))
        assert (told.conflict, told.finding.facts, told.finding.conflicts) == (number, "当场", number)
    held = bureau.ask(lambda tx: conflicts(tx, PLANNER, CAMPAIGN))
    assert [each.account.facts for each in held] == ["离线1", "离线2"]
    assert [each.choice for each in held] == [None, None]
    assert bureau.ask(lambda tx: conflicts(tx, leader(visit), CAMPAIGN)) == held
    stranger = Actor("SC999", Role.INSPECTOR, "SC")
    assert bureau.ask(lambda tx: conflicts(tx, stranger, CAMPAIGN)) == []


def test_v5_a_returned_finding_is_followed_by_who_saw_it_and_by_nobody_else(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.do(recording(visit, leader(visit)))
    dispute = "数量有误"
    bureau.do(lambda tx: confirm_finding(tx, second(visit), RECORDED_AT, CAMPAIGN, visit.enterprise, False, dispute))
    assert bureau.do(recording(visit, second(visit), hand_in(1, 0))).conflict == 1
    told = bureau.do(recording(visit, second(visit), hand_in(2, 1), facts="更正后"))
    assert (told.conflict, told.finding.version, told.finding.conflicts) == (None, 2, 1)


def test_v6_what_was_approved_is_kept_though_a_conflict_comes_later(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    visit = visits(bureau)[0]
    step: Step = lambda tx: record_finding(  # noqa: E731
        tx, second(visit), REVIEWED_AT, CAMPAIGN, visit.enterprise, account(facts="离线"), hand_in()
    )
    assert bureau.do(step).finding.state == "approved"

    def settle(choice: Choice) -> Step:
        return lambda tx: settle_conflict(tx, PLANNER, REVIEWED_AT, CAMPAIGN, visit.enterprise, 1, choice, "理由")

    bureau.refuse("finding_stands", settle(Choice.RECORDED))
    assert bureau.do(settle(Choice.KEPT)).conflicts == 0


@on_one_engine
@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("hand_in_id_unusable", HandIn("x", RECORDED_AT, 0)),
        ("hand_in_in_future", hand_in(at=RECORDED_AT + timedelta(hours=2))),
        ("hand_in_version", hand_in(based_on=-1)),
        ("hand_in_version", hand_in(based_on=1)),
    ],
)
def test_v5_a_hand_in_that_cannot_be_is_refused(bureau_in: BureauIn, code: str, wrong: HandIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.refuse(code, recording(visit, leader(visit), wrong))


@on_one_engine
def test_what_is_handed_in_for_a_voided_campaign_is_refused(bureau_in: BureauIn) -> None:
    from sampling import voiding  # only here

    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    other = Actor("planner-zj-2", Role.PLANNER, "ZJ")
    bureau.do(lambda tx: voiding.propose_void(tx, PLANNER, RECORDED_AT, CAMPAIGN, "抽查事由已不存在"))
    bureau.do(lambda tx: voiding.confirm_void(tx, other, RECORDED_AT, CAMPAIGN))
    for given in (None, hand_in()):
        bureau.refuse("campaign_state", recording(visit, leader(visit), given))


# Numbers


def test_v2_numbers_have_no_gap_whatever_is_refused_between(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    every = visits(bureau)[:4]
    for visit in every:
        bureau.do(noticing(visit))
        bureau.refuse("visit_notice_stands", noticing(visit))
        bureau.do(recording(visit, leader(visit)))
        bureau.refuse("finding_stands", recording(visit, leader(visit)))
    rows = bureau.ask(lambda tx: tx.execute(select(visit_form).order_by(visit_form.c.number)).all())
    for kind in FormKind:
        assert [row.number for row in rows if row.kind == kind] == [1, 2, 3, 4]


def test_v4_a_record_keeps_its_number_when_it_is_recorded_anew(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.do(recording(visit, leader(visit)))
    bureau.do(lambda tx: confirm_finding(tx, second(visit), RECORDED_AT, CAMPAIGN, visit.enterprise, False, "有误"))
    bureau.do(recording(visit, leader(visit), facts="更正后"))
    told = bureau.ask(lambda tx: printed(tx, PLANNER, CAMPAIGN, visit.enterprise, FormKind.RECORD))
    assert told.form.text == "ZJ检录〔2026〕1号"
    assert told.finding is not None
    assert (told.finding.version, told.finding.facts) == (2, "更正后")


def test_v2_after_the_turn_of_the_year_numbers_begin_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first, other, *_ = visits(bureau)
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 2027-01-01 in Shanghai
    issued = [
        bureau.do(noticing(first)).text,
        bureau.do(noticing(other, new_year, date(2027, 1, 4))).text,
    ]
    assert issued == ["ZJ检通〔2026〕1号", "ZJ检通〔2027〕1号"]


# Many at once


def at_once(bureau: Bureau, steps: list[Step]) -> list[object]:
    """Do steps in threads of their own at once, and return what each gave or by which code it was refused."""
    told: list[object] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(place: int) -> None:
        start.wait()
        try:
            told[place] = bureau.do(steps[place])
        except Refusal as refusal:
            told[place] = refusal.code

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_v4_two_who_record_at_once_record_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    told = at_once(bureau, [recording(visit, leader(visit)), recording(visit, second(visit))])
    assert sum(isinstance(each, Recorded) for each in told) == 1
    assert told.count("finding_stands") == 1


def test_v5_two_who_hand_in_at_once_leave_a_finding_and_a_conflict(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    both = [recording(visit, leader(visit), hand_in(1)), recording(visit, second(visit), hand_in(2))]
    told = [each for each in at_once(bureau, both) if isinstance(each, Recorded)]
    assert sorted(each.conflict or 0 for each in told) == [0, 1]


def test_f1_two_reviewers_at_once_review_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("confirmed")
    visit = visits(bureau)[0]

    def review(approve: bool) -> Step:
        return lambda tx: reviewing.review_finding(
            tx, PLANNER, REVIEWED_AT, CAMPAIGN, visit.enterprise, approve, "请补充"
        )

    told = at_once(bureau, [review(True), review(False)])
    assert sum(isinstance(each, findings.Finding) for each in told) == 1
    assert told.count("finding_stands") == 1
    assert count(bureau, "finding.reviewed") == 1


def test_v2_many_notices_at_once_have_numbers_without_a_gap(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    at_once(bureau, [noticing(visit) for visit in visits(bureau)[:8]])
    numbers = bureau.ask(lambda tx: tx.execute(select(visit_form.c.number)).scalars().all())
    assert sorted(numbers) == list(range(1, 9))


# Reminders


@on_one_engine
def test_what_is_confirmed_or_reviewed_is_asked_of_nobody_any_longer(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]

    def asked(actor: Actor) -> list[str]:
        return [
            each.code for each in bureau.ask(lambda tx: inbox.messages(tx, actor)) if each.code.startswith("finding")
        ]

    bureau.do(recording(visit, leader(visit)))
    assert asked(second(visit)) == ["finding_to_confirm"]
    made.confirm_one(bureau, visit)
    assert (asked(second(visit)), asked(PLANNER)) == ([], ["finding_to_review"])
    made.review_one(bureau, visit)
    assert asked(PLANNER) == []


def test_inspectors_are_reminded_once_of_what_is_nearly_due(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first, *_ = visits(bureau)
    bureau.do(recording(first, leader(first), results=("pending",), follow_up="correction"))
    correcting = datetime(2026, 12, 8, 1, 0, tzinfo=UTC)
    assert bureau.do(lambda tx: remind(tx, correcting)) == 1
    (corrected,) = [
        each for each in bureau.ask(lambda tx: inbox.messages(tx, leader(first))) if each.code == "correction_due"
    ]
    assert (corrected.due, corrected.parameters["enterprise"]) == (date(2026, 12, 10), first.enterprise)
    ends = datetime(PLAN.ends.year, PLAN.ends.month, PLAN.ends.day, 1, 0, tzinfo=UTC)
    assert bureau.do(lambda tx: remind(tx, ends - timedelta(days=4))) == 2  # of the correction, which is overdue
    told = bureau.do(lambda tx: remind(tx, ends - timedelta(days=3)))
    assert told == len({inspector for visit in visits(bureau)[1:] for _, inspector in visit.team})
    assert bureau.do(lambda tx: remind(tx, ends - timedelta(days=3))) == 0
    (due,) = [each for each in bureau.ask(lambda tx: inbox.messages(tx, second(first))) if each.code == "visits_due"]
    assert due.due == PLAN.ends


@on_one_engine
def test_f13_a_correction_whose_day_is_over_is_told_to_planners_until_a_re_check_finds_it_made(
    bureau_in: BureauIn,
) -> None:
    bureau = bureau_in("matched")
    late, done, waiting = visits(bureau)[:3]
    for visit in (late, done, waiting):
        bureau.do(recording(visit, leader(visit), results=("pending",), follow_up="correction"))
    for step in (made.confirm_one, made.review_one):
        for visit in (late, done):
            step(bureau, visit)

    def corrected(tx: Connection) -> object:
        at = datetime(2026, 12, 9, 1, 0, tzinfo=UTC)
        return rechecks.record(tx, leader(done), at, CAMPAIGN, done.enterprise, date(2026, 12, 9), True, "已整改")

    bureau.do(corrected)

    def overdue(actor: Actor) -> list[object]:
        told = bureau.ask(lambda tx: inbox.messages(tx, actor))
        return sorted(each.parameters["enterprise"] for each in told if each.code == "correction_overdue")

    bureau.do(lambda tx: remind(tx, datetime(2026, 12, 10, 1, 0, tzinfo=UTC)))
    assert overdue(PLANNER) == []
    for day in (11, 12, 13):
        bureau.do(lambda tx, day=day: remind(tx, datetime(2026, 12, day, 1, 0, tzinfo=UTC)))  # type: ignore[misc]
    assert overdue(PLANNER) == sorted([late.enterprise, waiting.enterprise])
    assert late.enterprise in overdue(leader(late))
    assert done.enterprise not in overdue(leader(done))


# What a team tells, by itself


POINTS = {"ZJ-01": ["甲", "乙"], "ZJ-02": ["丙"]}


def answers(*points: str, item: str = "ZJ-01") -> tuple[Answer, ...]:
    return tuple(Answer(item, point, Reply.YES) for point in points)


def checked(**changes: Any) -> Account:
    return account(**changes).checked(VISITED, VISITED, POINTS)


def test_v4_answers_are_kept_in_the_order_of_the_checklist() -> None:
    mixed = (*answers("丙", item="ZJ-02"), *answers("乙", "甲"))
    assert [each.point for each in checked(answers=mixed).answers] == ["甲", "乙", "丙"]


def test_v4_where_nobody_could_be_inspected_no_point_needs_an_answer() -> None:
    assert checked(results=("no_such_activity",)).answers == ()
    with pytest.raises(Invalid, match="check_points_unanswered"):
        checked(results=("no_such_activity",), answers=answers("甲"))


def test_v4_an_account_is_written_and_read_without_loss() -> None:
    told = checked(
        results=("other_violation",),
        follow_up="correction",
        measures="责令整改",
        answers=(*answers("甲", "乙"), *answers("丙", item="ZJ-02")),
        signature=Signature(Signed.NOBODY_THERE, reason="负责人不在"),
    )
    assert Account.from_json(told.to_json()) == told


def test_v4_only_what_is_certain_contradicts() -> None:
    for one, other in CONTRADICTING:
        with pytest.raises(Invalid, match="results_contradict"):
            check_outcome([one, other], FollowUp.OTHER)
    for result, follow_up in NOT_FOLLOWED_BY:
        with pytest.raises(Invalid, match="follow_up_contradicts"):
            check_outcome([result], follow_up)
    alone = dict.fromkeys(Result, FollowUp.OTHER)
    for result, follow_up in alone.items():
        check_outcome([result], follow_up)


def test_a_finding_that_was_recorded_before_teams_confirmed_is_reviewed_as_it_was(bureau_in: BureauIn) -> None:
    """Rows of an earlier release have no detail: nobody is asked to confirm them."""
    from ledger import documents
    from ledger.log import NewEntry
    from sampling.entry_kinds import RECORDED
    from sampling.tables import FINDING

    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    row = {
        "campaign": CAMPAIGN,
        "position": visit.position,
        "version": 1,
        "visited": VISITED,
        "results": ["no_problem"],
        "follow_up": "none",
        "facts": "",
        "recorded_by": leader(visit).subject,
    }

    def earlier(tx: Connection) -> None:
        sealed = documents.seal(tx, "finding", {"campaign": CAMPAIGN}, [(FINDING, [row])])
        log.append(tx, RECORDED_AT, [NewEntry(RECORDED, CAMPAIGN, {"finding": sealed})])

    bureau.do(earlier)
    made.review_one(bureau, visit)
    found = bureau.ask(lambda tx: findings.of_enterprise(tx, CAMPAIGN, visit.enterprise))
    assert (found.state, found.detail) == ("approved", None)
    assert bureau.ask(lambda tx: tx.execute(select(finding)).one()).version == 1


def test_nothing_is_confirmed_twice_at_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("recorded")
    visit = visits(bureau)[0]
    step: Step = lambda tx: confirm_finding(  # noqa: E731
        tx, second(visit), CONFIRMED_AT, CAMPAIGN, visit.enterprise, True
    )
    told = at_once(bureau, [step, step])
    assert told.count("finding_stands") == 1
    with pytest.raises(Conflict):
        bureau.do(step)
