"""What others make of a finding: re-checks, transfers, joint punishment, and penalties that name it."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from sampling.assigning import Visit
from sampling.publication import penalties, proceedings, punishments, rechecks, reminding, transfers
from sampling.publication.deadlines import Terms
from sampling.publication.proceedings import EVERY_PROCEEDING, Kind, Proceeding, ProceedingFilter, State
from tests import bureau_files as files
from tests.sampling.bureau import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    CAMPAIGN,
    OTHER_PLANNER,
    PLANNER,
    STRANGER,
    Bureau,
    inbox_of,
    leader,
    take_in,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publication.walk import (
    DAY,
    LATER,
    NOW,
    SECOND,
    correct,
    punish,
    recheck,
    repair,
    send,
    visit_of,
    walk,
)

Step = Callable[[Connection], object]


def codes(bureau: Bureau, actor: Actor) -> list[str]:
    return [each.code for each in inbox_of(bureau, actor)]


@on_one_engine
def test_a_re_check_is_recorded_until_the_enterprise_has_corrected(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit, other = visit_of(bureau, "correction"), visit_of(bureau, "none")

    def recording(of: Visit = visit, actor: Actor | None = None, on: date = DAY, facts: str = "复查") -> Step:
        return lambda tx: rechecks.record(tx, actor or leader(of), NOW, CAMPAIGN, of.enterprise, on, False, facts)

    bureau.refuse("role_not_allowed", recording(actor=PLANNER))
    bureau.refuse("finding_not_assigned", recording(actor=Actor("ZJ099", Role.INSPECTOR, "ZJ")))
    bureau.refuse("recheck_not_ordered", recording(other))
    bureau.refuse("visit_in_future", recording(on=date(2027, 1, 1)))
    bureau.refuse("recheck_before_visit", recording(on=date(2026, 11, 24)))
    bureau.refuse("proceeding_text_missing", recording(facts=""))
    assert recheck(bureau, visit, False).content["corrected"] == 0
    assert recheck(bureau, visit, True).content["corrected"] == 1
    bureau.refuse("recheck_done", recording())
    correct(bureau, other)  # which orders a correction
    bureau.do(recording(other, on=date(2026, 11, 27)))


@on_one_engine
def test_an_approved_finding_is_transferred_and_a_recorded_one_is_not(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    assert send(bureau, visits(bureau)[0]).state == "open"
    bureau = bureau_in("recorded")

    def sending(tx: Connection) -> object:
        code = visits(bureau)[0].enterprise
        return transfers.send(tx, PLANNER, NOW, CAMPAIGN, code, "YJ", "法", "因", LATER)

    bureau.refuse("finding_stands", sending)


@on_one_engine
def test_the_receiving_department_takes_returns_and_ends_a_transfer(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)

    def sending(actor: Actor = PLANNER, to: str = "YJ", by: date = LATER, basis: str = "法") -> Step:
        return lambda tx: transfers.send(tx, actor, NOW, CAMPAIGN, visit.enterprise, to, basis, "因", by)

    bureau.refuse("role_not_allowed", sending(leader(visit)))
    bureau.refuse("department_not_allowed", sending(OTHER_PLANNER))
    bureau.refuse("receiver_unknown", sending(to="XX"))
    bureau.refuse("receiver_is_sender", sending(to="ZJ"))
    bureau.refuse("day_has_passed", sending(by=date(2026, 11, 29)))
    bureau.refuse("proceeding_text_missing", sending(basis=" "))
    sent = send(bureau, visit)
    assert codes(bureau, STRANGER) == ["transfer_waits"]
    bureau.refuse("proceeding_open", sending())
    bureau.do(sending(to="SC"))

    def answering(step: str, actor: Actor = STRANGER, note: str = "办理情况") -> Step:
        return lambda tx: transfers.answer(tx, actor, NOW, sent.id, step, note)

    bureau.refuse("department_not_allowed", answering("taken", PLANNER))
    bureau.refuse("role_not_allowed", answering("taken", Actor("x", Role.INSPECTOR, "YJ")))
    bureau.refuse("transfer_answer_unknown", answering("lost"))
    bureau.refuse("proceeding_state", answering("ended"))
    bureau.do(answering("taken", note=""))
    bureau.refuse("proceeding_state", answering("taken"))
    bureau.refuse("proceeding_text_missing", answering("ended", note=""))
    bureau.do(answering("ended"))
    bureau.refuse("proceeding_state", answering("returned"))
    assert codes(bureau, PLANNER) == ["transfer_answered"] * 2
    again = send(bureau, visit)
    returned = bureau.do(lambda tx: transfers.answer(tx, STRANGER, NOW, again.id, "returned", "非我局职责"))
    assert (returned.state, returned.is_over) == ("returned", True)


@on_one_engine
def test_a_punishment_is_confirmed_by_a_second_person_fed_back_and_ended(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit, sound = visit_of(bureau, "correction"), visit_of(bureau, "none")

    def proposing(
        of: Visit = visit, actor: Actor = PLANNER, to: str = "YJ", ends: date = LATER, basis: str = "法"
    ) -> Step:
        return lambda tx: punishments.propose(tx, actor, NOW, CAMPAIGN, of.enterprise, "因", basis, "限制", to, ends)

    bureau.refuse("role_not_allowed", proposing(actor=leader(visit)))
    bureau.refuse("department_not_allowed", proposing(actor=OTHER_PLANNER))
    bureau.refuse("punishment_without_problem", proposing(sound))
    bureau.refuse("receiver_unknown", proposing(to="XX"))
    bureau.refuse("receiver_is_sender", proposing(to="ZJ"))
    bureau.refuse("day_has_passed", proposing(ends=date(2026, 11, 30)))
    bureau.refuse("proceeding_text_missing", proposing(basis=""))
    made = punish(bureau, visit)
    bureau.do(proposing())  # another measure
    bureau.refuse("proceeding_open", proposing())
    identifier = made.id

    def deciding(actor: Actor = SECOND, approve: bool = True, note: str = "") -> Step:
        return lambda tx: punishments.decide(tx, actor, NOW, identifier, approve, note)

    def answering(actor: Actor = STRANGER, note: str = "已执行") -> Step:
        return lambda tx: punishments.answer(tx, actor, NOW, identifier, note)

    def ending(actor: Actor = PLANNER, note: str = "已整改") -> Step:
        return lambda tx: punishments.end(tx, actor, NOW, identifier, note)

    for waits in (answering(), ending()):
        bureau.refuse("proceeding_state", waits)
    bureau.refuse("proceeding_by_same_person", deciding(PLANNER))
    bureau.refuse("department_not_allowed", deciding(STRANGER))
    bureau.refuse("proceeding_text_missing", deciding(approve=False))
    assert codes(bureau, STRANGER) == []
    bureau.do(deciding())
    assert codes(bureau, STRANGER) == ["punishment_waits"]
    bureau.refuse("proceeding_state", deciding())
    bureau.refuse("department_not_allowed", answering(PLANNER))
    bureau.refuse("proceeding_text_missing", answering(note=" "))
    bureau.do(answering())
    bureau.do(answering(note="继续执行"))
    bureau.refuse("department_not_allowed", ending(STRANGER))
    bureau.refuse("proceeding_text_missing", ending(note=""))
    bureau.do(ending())
    for over in (answering(), ending(), deciding()):
        bureau.refuse("proceeding_state", over)
    found = bureau.ask(lambda tx: proceedings.read(tx, identifier))
    assert [step.step for step in found.steps] == ["confirmed", "answered", "answered", "ended"]


@on_one_engine
def test_a_punishment_of_what_is_shown_no_more_is_not_confirmed(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    made = punish(bureau, visit)
    repair(bureau, visit)
    bureau.refuse("finding_stands", lambda tx: punishments.decide(tx, SECOND, NOW, made.id, True))
    bureau.do(lambda tx: punishments.decide(tx, SECOND, NOW, made.id, False, "已修复"))


@on_one_engine
def test_terms_that_ran_out_are_told_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    made = punish(bureau, visit)
    bureau.do(lambda tx: punishments.decide(tx, SECOND, NOW, made.id, True))
    send(bureau, visit)
    for _ in range(2):
        bureau.do(lambda tx: reminding.remind(tx, NOW + timedelta(days=300), Terms()))
    assert sorted(codes(bureau, PLANNER)) == ["punishment_ran_out", "transfer_unanswered"]


@on_one_engine
def test_each_sees_the_proceedings_that_are_his(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    walk(bureau)

    def seen(actor: Actor) -> list[Kind]:
        chosen = ProceedingFilter(campaign=CAMPAIGN)
        return sorted(each.kind for each in bureau.ask(lambda tx: proceedings.visible(tx, actor, chosen)))

    everything = sorted(["correction"] * 2 + ["repair"] * 2 + ["recheck"] * 2 + ["punishment"] * 2 + ["transfer"])
    assert seen(PLANNER) == seen(AUDITOR) == seen(ANALYST) == seen(OTHER_PLANNER) == everything
    assert seen(STRANGER) == ["punishment", "punishment", "transfer"]
    assert seen(Actor("x", Role.PLANNER, "QT")) == []
    assert seen(Actor("ZJ099", Role.INSPECTOR, "ZJ")) == []
    assert "recheck" in seen(leader(visit_of(bureau, "correction")))
    bureau.refuse("role_not_allowed", lambda tx: proceedings.visible(tx, ADMINISTRATOR))


def test_proceedings_are_chosen_by_enterprise_kind_and_state_alike_on_both_engines(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    walk(bureau)
    visit = visit_of(bureau, "correction")
    waiting = send(bureau, visit, "SC")

    def read(chosen: ProceedingFilter = EVERY_PROCEEDING) -> list[Proceeding]:
        return bureau.ask(lambda tx: proceedings.visible(tx, PLANNER, chosen))

    every = read()
    for state in State:
        assert read(ProceedingFilter(states=(state,))) == [each for each in every if each.state is state]
    assert {each.state for each in every} >= set(State) - {State.TAKEN, State.RETURNED, State.CONFIRMED, State.ANSWERED}
    assert read(ProceedingFilter(states=(State.OPEN,), kind=Kind.TRANSFER)) == [waiting]
    assert read(ProceedingFilter(states=(State.OPEN,), kind=Kind.REPAIR)) == []
    own = read(ProceedingFilter(enterprise=visit.enterprise))
    assert own == [each for each in every if each.enterprise == visit.enterprise] != every
    assert {(each.lead, each.name) for each in own} == {("ZJ", visit.name)}


@on_one_engine
def test_a_penalty_that_names_a_finding_is_linked_to_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    first, second, third = visits(bureau)[:3]

    def penalty(visit: Visit, number: str, remark: str) -> files.Row:
        by_code = {files.code(each): each for each in range(1, 200)}
        return files.penalty(by_code[visit.enterprise], number, "2026-11-20", 备注=remark)

    renamed = files.change(1, "代码变更", files.code(900)) | {"统一社会信用代码": first.enterprise}
    take_in(bureau, files.file_of("change", [renamed]), now=NOW)
    before = penalty(first, "罚戊", f"见{CAMPAIGN}-{first.position}")
    before |= {"行政相对人代码_1(统一社会信用代码)": files.code(900)}
    rows = [
        before,
        penalty(first, "罚甲", f"依据检查结果{CAMPAIGN}-{first.position}号"),
        penalty(first, "罚乙", f"依据检查结果{CAMPAIGN}-{first.position}9"),
        penalty(second, "罚丙", f"见{CAMPAIGN}-{first.position}"),  # of another enterprise
        penalty(third, "罚丁", "无"),
    ]
    take_in(bureau, files.file_of("penalty", rows), now=NOW)

    def ask(actor: Actor) -> Callable[[Connection], object]:
        return lambda tx: {
            at: [each.number for each in found] for at, found in penalties.linked(tx, actor, CAMPAIGN).items()
        }

    assert bureau.ask(ask(PLANNER)) == bureau.ask(ask(leader(first))) == {first.position: ["罚戊", "罚甲"]}
    assert bureau.ask(ask(Actor("ZJ099", Role.INSPECTOR, "ZJ"))) == {}
    bureau.refuse("campaign_missing", ask(STRANGER))
