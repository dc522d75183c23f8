"""Correcting what was published: two persons, the newest version shown, and the record in scoring superseded."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.windows import Window
from sampling import bundles, disclosures
from sampling.public_filters import FindingFilter
from sampling.publication import corrections, proceedings
from sampling.tables import disclosure
from scoring.tables import record
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import AUDITOR, CAMPAIGN, OTHER_PLANNER, PLANNER, STRANGER, TRUST, Bureau, leader, visits
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publication.walk import DAY, NOW, SECOND, correct, propose_correction, repair, visit_of
from tests.sampling.together import together

VISITED = date(2026, 11, 25)


def shown(bureau: Bureau, position: int) -> disclosures.Disclosure:
    return bureau.ask(lambda tx: disclosures.finding(tx, CAMPAIGN, position))


def test_a_correction_is_shown_as_the_next_version_and_what_was_before_stays_in_the_database(
    bureau_in: BureauIn,
) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    before = shown(bureau, visit.position)
    assert (before.version, before.corrected_at) == (1, None)
    made = propose_correction(bureau, visit)
    assert (made.state, shown(bureau, visit.position)) == ("open", before)
    bureau.do(lambda tx: corrections.decide(tx, SECOND, NOW, made.id, True))
    after = shown(bureau, visit.position)
    assert (after.version, after.corrected_at, after.visited, after.results) == (2, NOW, DAY, ("corrected",))
    same = ("number", "enterprise", "name", "items", "published_at", "opening")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    with bureau.read() as tx:
        kept = tx.execute(select(disclosure).where(disclosure.c.number == before.number)).one()
        assert tuple(kept.results) == before.results
        found = disclosures.findings(tx, Window(100), FindingFilter(enterprise=visit.enterprise))
        assert found == [after]


def test_the_record_that_went_to_scoring_is_superseded(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    correct(bureau, visit)
    query = select(record).where(record.c.number == f"{CAMPAIGN}-{visit.position}").order_by(record.c.version)
    with bureau.read() as tx:
        rows = tx.execute(query).all()
    assert [(row.version, row.date, row.content["results"]) for row in rows] == [
        (1, VISITED, ["other_violation", "pending"]),
        (2, DAY, ["corrected"]),
    ]


@on_one_engine
def test_a_correction_is_corrected_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)
    correct(bureau, visit)
    for results in (("unreachable",), ("corrected",)):
        made = propose_correction(bureau, visit, results=results)
        bureau.do(partial(corrections.decide, actor=SECOND, now=NOW, identifier=made.id, approve=True))
    assert (shown(bureau, visit.position).version, shown(bureau, visit.position).results) == (4, ("corrected",))


@on_one_engine
def test_a_correction_that_is_refused_changes_nothing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)
    before = shown(bureau, visit.position)
    refused = correct(bureau, visit, approve=False)
    assert (refused.state, refused.steps[0].content) == ("refused", {"note": "已核实"})
    assert shown(bureau, visit.position) == before
    correct(bureau, visit)  # proposed again, and approved


@on_one_engine
def test_who_proposes_and_who_decides(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)
    stranger = Actor("ZJ099", Role.INSPECTOR, "ZJ")

    def proposing(actor: Actor) -> Callable[[Connection], object]:
        return lambda tx: corrections.propose(
            tx, actor, NOW, CAMPAIGN, visit.enterprise, DAY, ["corrected"], "correction", "录入有误"
        )

    for code, actor in (
        ("role_not_allowed", AUDITOR),
        ("department_not_allowed", OTHER_PLANNER),
        ("campaign_missing", STRANGER),
        ("finding_not_assigned", stranger),
    ):
        bureau.refuse(code, proposing(actor))
    made = propose_correction(bureau, visit, actor=leader(visit))
    same = Actor(leader(visit).subject, Role.PLANNER, "ZJ")

    def deciding(actor: Actor) -> Callable[[Connection], object]:
        return lambda tx: corrections.decide(tx, actor, NOW, made.id, True)

    for code, actor in (
        ("proceeding_by_same_person", same),
        ("role_not_allowed", leader(visit)),
        ("department_not_allowed", OTHER_PLANNER),
    ):
        bureau.refuse(code, deciding(actor))
    bureau.do(deciding(PLANNER))
    bureau.refuse("proceeding_state", deciding(SECOND))


@on_one_engine
def test_what_cannot_be_a_correction_is_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    first, second = visit_of(bureau), visit_of(bureau, place=1)

    def refuse(code: str, **changes: object) -> None:
        given: dict[str, Any] = {
            "visited": DAY,
            "results": ["corrected"],
            "follow_up": "correction",
            "reason": "有误",
            **changes,
        }
        bureau.refuse(
            code,
            lambda tx: corrections.propose(tx, PLANNER, NOW, CAMPAIGN, first.enterprise, **given),
        )

    refuse("proceeding_text_missing", reason=" ")
    refuse("result_no_problem_with_others", results=["no_problem", "corrected"])
    refuse("results_contradict", results=["unreachable", "corrected"], follow_up="other")
    refuse("follow_up_contradicts", results=["no_problem"])
    refuse("follow_up_unknown", follow_up="later")
    refuse("visit_in_future", visited=date(2027, 1, 1))
    before = shown(bureau, first.position)
    refuse("correction_idle", visited=before.visited, results=list(before.results), follow_up=before.follow_up)
    made = propose_correction(bureau, first)
    refuse("proceeding_open")
    bureau.refuse("proceeding_text_missing", lambda tx: corrections.decide(tx, SECOND, NOW, made.id, False, " "))
    bureau.refuse("proceeding_missing", lambda tx: corrections.decide(tx, SECOND, NOW, "0" * 32, True))
    repair(bureau, second)
    bureau.refuse(
        "finding_stands",
        lambda tx: corrections.propose(
            tx, PLANNER, NOW, CAMPAIGN, second.enterprise, DAY, ["corrected"], "correction", "有误"
        ),
    )
    repair(bureau, first)  # while its correction waits
    bureau.refuse("publication_ended", lambda tx: corrections.decide(tx, SECOND, NOW, made.id, True))


@on_one_engine
def test_only_what_is_published_is_corrected(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    visit = visits(bureau)[0]
    bureau.refuse(
        "finding_stands",
        lambda tx: corrections.propose(
            tx, PLANNER, NOW, CAMPAIGN, visit.enterprise, DAY, ["corrected"], "correction", "有误"
        ),
    )


def test_of_two_who_decide_at_once_one_does(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    made = propose_correction(bureau, visit_of(bureau))
    third = Actor("planner-zj-3", Role.PLANNER, "ZJ")

    def decide(actor: Actor, approve: bool) -> str:
        try:
            return bureau.do(lambda tx: corrections.decide(tx, actor, NOW, made.id, approve, "意见")).state
        except Refusal as refusal:
            return refusal.code

    answers = together(lambda: decide(SECOND, True), lambda: decide(third, False))
    assert "proceeding_state" in answers
    assert bureau.ask(lambda tx: proceedings.read(tx, made.id)).state in answers
    with bureau.read() as tx:
        assert len(log.about(tx, made.id)) == 2


@on_one_engine
def test_what_was_corrected_is_proved_as_it_was_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    correct(bureau, visit_of(bureau))
    bureau.sign()
    bundle = bureau.do(lambda tx: bundles.export_bundle(tx, AUDITOR, NOW, CAMPAIGN))
    assert [each for each in verify_bundle(bundle, TRUST) if not each.passed] == []
