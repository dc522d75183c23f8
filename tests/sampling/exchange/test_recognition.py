"""An inspection that another department has done already stands for a second visit, and makes no second one of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from ledger import outbox
from ledger.actors import Actor
from ledger.audit import audit
from ledger.errors import Forbidden
from ledger.windows import Window
from sampling import findings, publishing, registers
from sampling.exchange import platforms, queueing, recognition
from sampling.exchange.recognition import Inspection
from sampling.tables import BINDINGS
from sampling.verification import verify_bundle
from sampling.visits.confirming import confirm_finding
from sampling.visits.recording import record_finding
from scoring import enterprises
from scoring.drafts import identity_of
from scoring.enterprises import RecordFilter
from scoring.tables import BINDINGS as SCORING_BINDINGS
from tests import bureau_files as files
from tests.api.receiver import FILES
from tests.sampling import bureau as steps
from tests.sampling.bureau import ANALYST, AUDITOR, PLANNER, STRANGER, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine

OTHER = "样例消防队"
NOW = steps.RECORDED_AT

Step = Callable[[Connection], object]


def inspect(bureau: Bureau, code: str, day: str = "2026-11-02", results: str = "未发现问题", body: str = OTHER) -> str:
    """Take in another department's inspection, and return its reference."""
    row = {**files.inspection(1, "消检1", day, results), "统一社会信用代码": code, "机关": body}
    steps.take_in(bureau, files.file_of("inspection", [row]), now=NOW)
    return identity_of("inspection", code, body, "消检1")


def recognise(
    bureau: Bureau, reference: str, number: int = 0, reason: str = "同一事项，相隔未满一月"
) -> findings.Finding:
    visit = steps.visits(bureau)[0]
    return bureau.do(
        lambda tx: recognition.recognise(
            tx, steps.leader(visit), NOW, visit.campaign, visit.enterprise, reference, "同一事项，相隔未满一月"
        )
    )


def elsewhere(bureau: Bureau, code: str, days: int = 365) -> list[Inspection]:
    return bureau.ask(lambda tx: recognition.inspections_elsewhere(tx, PLANNER, NOW, code, days))


@on_one_engine
def test_others_inspections_are_told_to_planners_and_to_the_team(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = steps.visits(bureau)[0]
    inspect(bureau, visit.enterprise)
    found = [(each.body, each.results, each.items) for each in elsewhere(bureau, visit.enterprise, 60)]
    assert found == [(OTHER, ("no_problem",), ())]
    assert elsewhere(bureau, visit.enterprise, 7) == []
    own = bureau.ask(lambda tx: recognition.inspections_elsewhere(tx, steps.leader(visit), NOW, visit.enterprise, 60))
    assert [each.body for each in own] == [OTHER]
    team = {certificate for _, certificate in visit.team}
    other = next(each for each in steps.visits(bureau) if team.isdisjoint(name for _, name in each.team))
    with pytest.raises(Forbidden):
        bureau.ask(lambda tx: recognition.inspections_elsewhere(tx, steps.leader(other), NOW, visit.enterprise, 60))
    bureau.refuse(
        "recognition_days", lambda tx: recognition.inspections_elsewhere(tx, PLANNER, NOW, visit.enterprise, 0)
    )


def test_a_planned_campaign_tells_how_many_were_inspected_elsewhere(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    renamed = files.change(1, "代码变更", files.code(900))
    steps.take_in(bureau, files.file_of("change", [renamed]), now=steps.PLANNED_AT)
    for number in (900, 2):
        row = files.inspection(number, f"消检{number}", "2026-11-02", 机关=OTHER)
        steps.take_in(bureau, files.file_of("inspection", [row]), now=steps.PLANNED_AT)
    item = bureau.ask(registers.items)[steps.PLAN.items[0]]["name"]
    row = files.inspection(4, "消检4", "2026-11-02", 机关=OTHER, 检查事项=item)
    steps.take_in(bureau, files.file_of("inspection", [row]), now=steps.PLANNED_AT)
    row = files.inspection(3, "自检", "2026-11-02", 机关="样例住建局")
    steps.take_in(bureau, files.file_of("inspection", [row]), now=steps.PLANNED_AT)
    now = steps.PLANNED_AT
    found = bureau.do(lambda tx: recognition.overlap(tx, PLANNER, now, steps.CAMPAIGN, 30))
    assert (found.inspected, found.same_items, found.unstated) == (3, 1, 2)
    assert found.members == sum(bureau.size.grades)
    assert bureau.do(lambda tx: recognition.overlap(tx, PLANNER, now, steps.CAMPAIGN, 10)).inspected == 0
    bureau.refuse("campaign_missing", lambda tx: recognition.overlap(tx, STRANGER, now, steps.CAMPAIGN, 30))
    bureau.refuse("role_not_allowed", lambda tx: recognition.overlap(tx, ANALYST, now, steps.CAMPAIGN, 30))


def test_v9_it_is_recorded_reviewed_and_published_and_makes_no_second_inspection(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    bureau.do(lambda tx: platforms.add(tx, steps.ADMINISTRATOR, NOW, FILES))
    first, second, *rest = steps.visits(bureau)
    reference = inspect(bureau, first.enterprise, results="违反其他管理规定")
    made = recognise(bureau, reference)
    assert (made.state, made.results, made.visited) == ("recorded", ("other_violation",), steps.VISITED)
    assert made.facts.startswith(f"互认：{OTHER} 2026-11-02 消检1")
    for visit in (second, *rest):
        steps.record_one(bureau, visit)
    steps.confirm(bureau)
    steps.review(bureau)
    bureau.do(lambda tx: publishing.publish_findings(tx, PLANNER, steps.PUBLISHED_AT, steps.CAMPAIGN))
    [known] = bureau.ask(lambda tx: recognition.visible_recognitions(tx, AUDITOR, steps.CAMPAIGN))
    assert (known.position, known.reference, known.body) == (first.position, reference, OTHER)
    kept = bureau.ask(
        lambda tx: enterprises.records(tx, ANALYST, first.enterprise, Window(99), RecordFilter("inspection"))
    )
    assert all(not each.number.startswith(steps.CAMPAIGN) for each in kept)
    kept = bureau.ask(
        lambda tx: enterprises.records(tx, ANALYST, second.enterprise, Window(99), RecordFilter("inspection"))
    )
    assert any(each.number.startswith(steps.CAMPAIGN) for each in kept)
    told = queueing.finding_reference(second.enterprise, "样例住建局", steps.CAMPAIGN, second.position)
    none = queueing.finding_reference(first.enterprise, "样例住建局", steps.CAMPAIGN, first.position)
    queued = bureau.ask(lambda tx: [each.reference for each in outbox.page(tx, Window(999))])
    assert (told in queued, none in queued) == (True, False)
    steps.close(bureau)
    checks = verify_bundle(bureau.bundle(), steps.TRUST)
    assert [each.name for each in checks if not each.passed] == []
    bindings = (*SCORING_BINDINGS, *BINDINGS)
    assert bureau.ask(lambda tx: audit(tx, steps.TRUST.log[0], bindings, [])) == []


@on_one_engine
def test_v9_what_cannot_be_recognised_is_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first, second, *_ = steps.visits(bureau)
    leader = steps.leader(first)
    reference = inspect(bureau, first.enterprise)
    of_others = inspect(bureau, second.enterprise)
    own = inspect(
        bureau, first.enterprise, body="样例住建局" if steps.leader(first).department == "ZJ" else "样例市场监管局"
    )
    old = inspect(bureau, first.enterprise, day="2025-11-20", body="样例环保局")
    team = {certificate for _, certificate in first.team}
    stranger = next(each for each in steps.visits(bureau) if team.isdisjoint(name for _, name in each.team))

    def step(reference: str, reason: str = "理由", who: Actor = leader, now: datetime = NOW) -> Step:
        return lambda tx: recognition.recognise(tx, who, now, first.campaign, first.enterprise, reference, reason)

    for code, refused in (
        ("recognition_without_reason", step(reference, " ")),
        ("inspection_missing", step("f" * 64)),
        ("inspection_missing", step(of_others)),
        ("inspection_missing", step(own)),
        ("inspection_missing", step(old)),
        ("finding_not_assigned", step(reference, who=steps.leader(stranger))),
        ("role_not_allowed", step(reference, who=PLANNER)),
    ):
        bureau.refuse(code, refused)
    recognise(bureau, reference)
    bureau.refuse("finding_stands", step(reference, now=NOW + timedelta(hours=1)))


@on_one_engine
def test_v9_what_was_returned_and_visited_after_all_is_an_inspection(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first = steps.visits(bureau)[0]
    recognise(bureau, inspect(bureau, first.enterprise))
    steps.confirm_one(bureau, first)
    steps.review_one(bureau, first, approve=False, note="情况已变，请实地检查")
    told, at = steps.account(*steps.RESULTS[0]), steps.REVIEWED_AT
    bureau.do(lambda tx: record_finding(tx, steps.leader(first), at, steps.CAMPAIGN, first.enterprise, told))
    bureau.do(lambda tx: confirm_finding(tx, steps.second(first), at, steps.CAMPAIGN, first.enterprise, True))
    assert bureau.ask(lambda tx: recognition.recognitions(tx, steps.CAMPAIGN)) == {}
    steps.review_one(bureau, first)
    bureau.do(lambda tx: publishing.publish_findings(tx, PLANNER, steps.PUBLISHED_AT, steps.CAMPAIGN))
    kept = bureau.ask(
        lambda tx: enterprises.records(tx, ANALYST, first.enterprise, Window(99), RecordFilter("inspection"))
    )
    assert any(each.number.startswith(steps.CAMPAIGN) for each in kept)


@on_one_engine
def test_an_inspection_of_other_items_is_not_recognised(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first = steps.visits(bureau)[0]
    reference = inspect(bureau, first.enterprise)
    with pytest.MonkeyPatch.context() as patched:
        items = {(first.enterprise, "消检1"): ("别的事项",)}
        patched.setattr(recognition, "_items_of_published", lambda tx, codes: items)
        bureau.refuse(
            "recognition_of_other_items",
            lambda tx: recognition.recognise(
                tx, steps.leader(first), NOW, first.campaign, first.enterprise, reference, "理由"
            ),
        )
