"""Objections to published findings."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from ledger import log
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.errors import Refusal
from ledger.windows import Window
from sampling import inbox
from sampling.publicity import objections, submissions
from sampling.publicity.claims import Claim
from sampling.publicity.limits import IntakeLimits, Origin
from sampling.publicity.objections import published_finding
from sampling.publicity.submissions import Kind, State
from sampling.publicity.tables import submission, submission_count
from sampling.publicity.upheld import Correction
from tests.dumping import dump
from tests.sampling.bureau import CAMPAIGN, CLOSED_AT, OTHER_PLANNER, PLANNER, VISITED, Bureau, second_campaign, visits
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publicity.desk import LIMITS, NOW, SECOND, TEXT, WEB, newest, object_to, target

TODAY = civil_date(NOW)
REASON = "经复核现场照片，情况属实，予以更正。"


def counted(bureau: Bureau) -> int:
    return int(bureau.ask(lambda tx: tx.execute(select(func.count()).select_from(submission)).scalar_one()))


def proposed(bureau: Bureau, uphold: bool = True) -> str:
    object_to(bureau)
    found = newest(bureau, Kind.OBJECTION).id
    bureau.do(lambda tx: objections.propose_decision(tx, PLANNER, NOW, found, uphold, REASON))
    return found


@pytest.mark.parametrize(("uphold", "state"), [(True, State.UPHELD), (False, State.REJECTED)])
def test_an_objection_is_decided_by_two_persons(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch, uphold: bool, state: State
) -> None:
    corrections: list[Sequence[Any]] = []
    monkeypatch.setattr(objections, "propose_correction", lambda tx, *given: corrections.append(given))
    bureau = bureau_in("published")
    receipt = object_to(bureau, contact="公司办公室")
    assert receipt.due == date(2026, 12, 29)  # the 20th working day
    found = newest(bureau, Kind.OBJECTION)
    at = target(bureau)
    assert (found.campaign, found.position, found.enterprise) == (at.campaign, at.position, at.enterprise)
    assert (found.disclosure, found.claim, found.state) == (at.number, "wrong_fact", State.RECEIVED)

    def deciding(tx: Connection, actor: Actor) -> submissions.Submission:
        return objections.decide(tx, actor, NOW, found.id, 1)

    bureau.refuse("submission_stands", lambda tx: deciding(tx, SECOND))
    correction = Correction.checked(NOW, VISITED, ["no_problem"], "none") if uphold else None
    bureau.do(lambda tx: objections.propose_decision(tx, PLANNER, NOW, found.id, uphold, REASON, correction))
    bureau.refuse("confirmation_of_own_proposal", lambda tx: deciding(tx, PLANNER))
    bureau.refuse("submission_missing", lambda tx: deciding(tx, OTHER_PLANNER))
    told = bureau.ask(lambda tx: submissions.by_receipt(tx, TODAY, receipt.number))
    assert (told.state, told.answer) == (State.RECEIVED, None)
    decided = bureau.do(lambda tx: deciding(tx, SECOND))
    assert decided.state is state
    told = bureau.ask(lambda tx: submissions.by_receipt(tx, TODAY, receipt.number))
    assert (told.state, told.answer, told.position) == (state, REASON, at.position)
    bureau.refuse("submission_stands", lambda tx: deciding(tx, SECOND))
    kinds = [entry.kind for entry in bureau.ask(lambda tx: log.about(tx, found.id))]
    assert kinds == ["objection.received", "objection.proposed", "objection.answered"]
    assert len(corrections) == int(uphold)
    if uphold:
        assert corrections == [(SECOND, NOW, "ZJ", at.campaign, at.enterprise, correction, REASON, found.id)]


@on_one_engine
def test_planners_are_told_that_a_finding_is_to_be_corrected(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    found = proposed(bureau)
    bureau.do(lambda tx: objections.decide(tx, SECOND, NOW, found, 1))
    told = bureau.ask(lambda tx: inbox.messages(tx, PLANNER, window=Window(1)))
    assert [(each.code, each.about) for each in told] == [("objection_upheld", found)]


@on_one_engine
def test_what_is_rejected_corrects_nothing_and_a_correction_is_a_finding(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    object_to(bureau)
    found = newest(bureau, Kind.OBJECTION).id
    correction = Correction.checked(NOW, VISITED, ["no_problem"], "none")
    rejecting = partial(objections.propose_decision, actor=PLANNER, now=NOW, identifier=found, uphold=False)
    bureau.refuse("correction_of_rejected", lambda tx: rejecting(tx, reason=REASON, correction=correction))
    for visited, results, follow_up, code in (
        (TODAY + timedelta(days=1), ["no_problem"], "none", "visit_in_future"),
        (VISITED, ["no_problem"], "x", "follow_up_unknown"),
        (VISITED, ["no_problem", "pending"], "none", "result_no_problem_with_others"),
    ):
        with pytest.raises(Refusal) as refused:
            Correction.checked(NOW, visited, results, follow_up)
        assert refused.value.code == code


@on_one_engine
def test_a_correction_that_is_refused_leaves_the_decision_open(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Refusal("finding_stands")

    bureau = bureau_in("published")
    found = proposed(bureau)
    monkeypatch.setattr(objections, "propose_correction", fail)
    bureau.refuse("finding_stands", lambda tx: objections.decide(tx, SECOND, NOW, found, 1))
    assert newest(bureau, Kind.OBJECTION).state is State.PROPOSED


@on_one_engine
def test_it_is_set_aside_in_its_first_days_or_decided(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    receipt = object_to(bureau)
    found = newest(bureau, Kind.OBJECTION).id
    late = NOW + timedelta(days=8)  # the sixth working day
    bureau.refuse("set_aside_too_late", lambda tx: objections.set_aside(tx, PLANNER, late, found, "与本次检查无关。"))
    bureau.refuse("submission_text_missing", lambda tx: objections.set_aside(tx, PLANNER, NOW, found, " "))
    bureau.do(lambda tx: objections.set_aside(tx, PLANNER, NOW, found, "与本次检查无关。"))
    told = bureau.ask(lambda tx: submissions.by_receipt(tx, TODAY, receipt.number))
    assert (told.state, told.answer) == (State.SET_ASIDE, "与本次检查无关。")
    bureau.refuse("submission_stands", lambda tx: objections.propose_decision(tx, PLANNER, NOW, found, True, REASON))


@on_one_engine
def test_what_was_proposed_is_not_set_aside_any_more(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    found = proposed(bureau)
    bureau.refuse("submission_stands", lambda tx: objections.set_aside(tx, PLANNER, NOW, found, "与本次检查无关。"))


@on_one_engine
def test_a_reason_names_no_enterprise(bureau_in: BureauIn) -> None:
    """It is told by the receipt number, also after the finding has ended."""
    bureau = bureau_in("published")
    object_to(bureau)
    found, at = newest(bureau, Kind.OBJECTION).id, target(bureau)
    reasons = [f"{at.name}，结果无误。", f"与{at.enterprise}无关。"]
    for reason in reasons:
        bureau.refuse("text_names_enterprise", partial(proposing, identifier=found, reason=reason))
        bureau.refuse("text_names_enterprise", partial(setting_aside, identifier=found, reason=reason))


def proposing(tx: Connection, identifier: str, reason: str) -> object:
    return objections.propose_decision(tx, PLANNER, NOW, identifier, False, reason)


def setting_aside(tx: Connection, identifier: str, reason: str) -> object:
    return objections.set_aside(tx, PLANNER, NOW, identifier, reason)


def test_the_same_objection_a_thousand_times_leaves_one_row(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    object_to(bureau)
    size = bureau.ask(log.size)
    at = target(bureau)
    for number in range(1000 if bureau.database.is_sqlite else 50):
        text, origin = TEXT + "！" * (number % 7), Origin.web(f"192.0.2.{number % 250}")
        with pytest.raises(Refusal) as refused:
            object_to(bureau, text, target=at, origin=origin)
        assert refused.value.code == "objection_known"
    assert counted(bureau) == 1
    assert bureau.ask(log.size) == size
    found = newest(bureau, Kind.OBJECTION).id
    bureau.do(lambda tx: objections.propose_decision(tx, PLANNER, NOW, found, False, REASON))
    bureau.do(lambda tx: objections.decide(tx, SECOND, NOW, found, 1))
    bureau.refuse(
        "objection_known", lambda tx: objections.object_to(tx, NOW, at, Claim.WRONG_FACT, TEXT, None, WEB, LIMITS)
    )


@on_one_engine
def test_a_thousand_without_substance_leave_nothing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    before, at = dump(bureau.database), target(bureau)
    for number in range(1000):
        text = ("不服", "！" * 50, "不" * (number % 400 + 1), f"{number}", "不服不服不服不服不服不服")[number % 5]
        with pytest.raises(Refusal) as refused:
            object_to(bureau, text, target=at)
        assert refused.value.code == "objection_without_substance"
    assert dump(bureau.database) == before


@on_one_engine
def test_of_what_is_not_published_nothing_is_told(bureau_in: BureauIn) -> None:
    """An enterprise that was drawn and one that was not are answered alike, whatever was found there."""
    bureau = bureau_in("published")
    later = second_campaign(bureau, now=CLOSED_AT)
    drawn = {each.position for each in visits(bureau, later)}
    size = 60
    answers = set()
    for position in range(size):
        with bureau.read() as tx, pytest.raises(Refusal) as refused:
            published_finding(tx, later, position, None)
        answers.add((refused.value.code, tuple(sorted(set(refused.value.parameters) - {"position"}))))
    assert drawn
    assert answers == {("finding_not_published", ("campaign",))}
    bureau.refuse("disclosure_missing", lambda tx: published_finding(tx, None, None, 99_999))
    assert bureau.ask(lambda tx: published_finding(tx, None, None, 1)) == target(bureau)
    for given in ((None, None, None), (CAMPAIGN, None, None), (None, 1, None), (CAMPAIGN, 1, 1)):
        with bureau.read() as tx, pytest.raises(Refusal, match="objection_without_target"):
            published_finding(tx, *given)


def test_of_two_who_decide_at_once_one_is_told_that_it_is_done(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    found = proposed(bureau, uphold=False)

    def deciding(number: int) -> str:
        actor = Actor(f"second-{number}", SECOND.role, "ZJ")
        try:
            bureau.do(lambda tx: objections.decide(tx, actor, NOW, found, 1))
        except Refusal as refusal:
            return refusal.code
        return "decided"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(deciding, range(4)))
    assert told == ["decided", *["submission_stands"] * 3]
    assert len(bureau.ask(lambda tx: log.about(tx, found, "objection.answered"))) == 1


def test_limits_hold_for_all_at_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    at, limits = target(bureau), IntakeLimits(per_caller=99, per_target=5, per_day=99)

    def objecting(number: int) -> bool:
        text = f"{TEXT}（第{number}次补充说明）"

        def work(tx: Connection) -> object:
            return objections.object_to(
                tx, NOW, at, Claim.WRONG_FACT, text, None, Origin.web(f"10.0.0.{number}"), limits
            )

        try:
            bureau.do(work)
        except Refusal as refusal:
            return refusal.code != "intake_full_of_target"
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(objecting, range(12))) == 5
    assert counted(bureau) == 5
    kept = bureau.ask(lambda tx: tx.execute(select(submission_count.c.count)).scalars().all())
    assert sorted(kept) == [1, 1, 1, 1, 1, 5, 5]
