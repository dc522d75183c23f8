"""Findings: recorded by the team, reviewed by another person, published with the opening of the slot."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.windows import ALL, Window
from sampling import campaigns, disclosures, findings, registers
from sampling.assigning import Visit
from sampling.finding_filters import EVERY_FINDING, RecordedFilter, RecordedOrder
from sampling.public_filters import FindingFilter
from sampling.publishing import publish_findings
from sampling.reviewing import review_finding
from sampling.slots import Opening, PublicOpening, check_public_opening
from sampling.tables import disclosure, finding, slot
from sampling.visits.accounts import Answer, Reply, Signature, Signed
from sampling.visits.confirming import confirm_finding
from sampling.visits.positions import team_of
from sampling.visits.recording import Recorded, record_finding
from scoring import grades, grading
from scoring.results import Result
from scoring.tables import batch, record, sighting
from tests.sampling.bureau import (
    ANALYST,
    CAMPAIGN,
    CLOSED_AT,
    CONFIRMED_AT,
    DRAWN_AT,
    OTHER_PLANNER,
    PLANNER,
    PUBLISHED_AT,
    RECORDED_AT,
    REVIEWED_AT,
    STRANGER,
    VISITED,
    Bureau,
    account,
    leader,
    second,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

Step = Callable[[Connection], object]

VISIT = Visit(CAMPAIGN, 0, "91130304PDY999999X", "", "", (("lead", "ZJ001"),))
"""One that there is not."""


def recording(visit: Visit, actor: Actor | None = None, **changes: Any) -> Step:
    """Return the recording of a visit, by its leader unless another actor is given."""
    told: dict[str, Any] = {
        "now": RECORDED_AT,
        "campaign": visit.campaign,
        **changes,
    }
    now, campaign = told.pop("now"), told.pop("campaign")
    return lambda tx: record_finding(tx, actor or leader(visit), now, campaign, visit.enterprise, account(**told))


def confirming(visit: Visit, now: datetime = CONFIRMED_AT) -> Step:
    return lambda tx: confirm_finding(tx, second(visit), now, visit.campaign, visit.enterprise, True)


def reviewing(
    visit: Visit, approve: bool = True, note: str = "", actor: Actor = PLANNER, version: int | None = None
) -> Step:
    return lambda tx: review_finding(tx, actor, REVIEWED_AT, visit.campaign, visit.enterprise, approve, note, version)


def publishing(codes: Sequence[str] | None = None) -> Step:
    return lambda tx: publish_findings(tx, PLANNER, PUBLISHED_AT, CAMPAIGN, codes)


def states(bureau: Bureau) -> dict[str, tuple[int, str]]:
    """Return version and state of each finding by enterprise."""
    told = bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, CAMPAIGN))
    return {each.enterprise: (each.version, each.state) for each in told}


def test_a_page_has_what_is_asked_for_in_each_order(bureau_in: BureauIn) -> None:
    bureau = bureau_in("confirmed")
    for visit in visits(bureau)[:3]:
        bureau.do(reviewing(visit))
    bureau.do(reviewing(visits(bureau)[3], approve=False, note="重新核实"))
    every = bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, CAMPAIGN))
    one = every[5]
    chosen: list[tuple[RecordedFilter, list[findings.Finding]]] = [
        (EVERY_FINDING, every),
        (RecordedFilter(enterprise=one.enterprise), [one]),
        (RecordedFilter(states=("approved", "returned")), [e for e in every if e.state in ("approved", "returned")]),
        (RecordedFilter(results=one.results), [e for e in every if set(e.results) & set(one.results)]),
        (RecordedFilter(since=one.visited, until=one.visited), [e for e in every if e.visited == one.visited]),
        (RecordedFilter(until=one.visited - timedelta(days=1)), [e for e in every if e.visited < one.visited]),
    ]
    keys: dict[RecordedOrder, Callable[[findings.Finding], Any]] = {
        RecordedOrder.POSITION: lambda each: (each.campaign, each.position),
        RecordedOrder.VISITED: lambda each: (each.visited, each.campaign, each.position),
        RecordedOrder.ENTERPRISE: lambda each: (each.enterprise, each.campaign, each.position),
    }
    with bureau.read() as tx:
        for wanted, expected in chosen:
            assert findings.count(tx, PLANNER, CAMPAIGN, wanted) == len(expected)
            assert findings.count_of_each(tx, PLANNER, [CAMPAIGN], wanted) == {CAMPAIGN: len(expected)}
            for order, key in keys.items():
                whole = sorted(expected, key=key)
                assert findings.page(tx, PLANNER, CAMPAIGN, ALL, wanted, order) == whole
                behind = Window(4, after=key(whole[2])) if len(whole) > 2 else ALL
                page = whole[3:7] if len(whole) > 2 else whole
                assert findings.page(tx, PLANNER, CAMPAIGN, behind, wanted, order) == page
                assert findings.page_of_each(tx, PLANNER, [CAMPAIGN], behind, wanted, order) == {CAMPAIGN: page}
    bureau.refuse("campaign_missing", lambda tx: findings.page(tx, STRANGER, CAMPAIGN, ALL))
    with bureau.read() as tx:
        assert findings.page_of_each(tx, STRANGER, [CAMPAIGN], ALL) == {CAMPAIGN: []}
        inspector = leader(visits(bureau)[0])
        own = findings.page(tx, inspector, CAMPAIGN, ALL)
        assert own == findings.visible_findings(tx, inspector, CAMPAIGN)
        assert 0 < len(own) < len(every)


# Recording and reviewing


def test_a_finding_goes_from_recorded_to_approved_to_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    seen = []
    for step in (recording(visit), confirming(visit), reviewing(visit), publishing()):
        bureau.do(step)
        seen.append(states(bureau)[visit.enterprise])
    assert seen == [(1, "recorded"), (1, "confirmed"), (1, "approved"), (1, "published")]


def test_what_is_reviewed_is_the_version_that_was_read(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    for step in (recording(visit), confirming(visit), reviewing(visit, approve=False, note="重新核实")):
        bureau.do(step)
    for step in (recording(visit, now=REVIEWED_AT), confirming(visit, REVIEWED_AT)):
        bureau.do(step)
    for approve in (True, False):
        bureau.refuse("finding_changed", reviewing(visit, approve, "仍须核实", version=1))
    bureau.do(reviewing(visit, version=2))
    assert states(bureau)[visit.enterprise] == (2, "approved")


def test_any_member_of_the_team_records(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    member = Actor(visit.team[1][1], Role.INSPECTOR, "SC")
    told = bureau.do(recording(visit, member, results=["pending", "other_violation"], follow_up="correction"))
    assert isinstance(told, Recorded)
    told = told.finding
    assert told.recorded_by == member.subject
    assert told.results == ("other_violation", "pending")
    assert (told.visited, told.follow_up, told.facts, told.state) == (VISITED, "correction", "现场核对资料", "recorded")


def test_a_returned_finding_is_recorded_anew_and_the_first_version_stays(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.do(recording(visit))
    bureau.do(confirming(visit))
    bureau.do(reviewing(visit, approve=False, note="请补充照片"))
    assert states(bureau)[visit.enterprise] == (1, "returned")
    bureau.do(recording(visit, now=REVIEWED_AT, facts="已补充照片"))
    assert states(bureau)[visit.enterprise] == (2, "recorded")
    bureau.do(confirming(visit, REVIEWED_AT))
    bureau.do(reviewing(visit))
    with bureau.read() as tx:
        rows = tx.execute(select(finding).order_by(finding.c.version)).all()
    assert [(row.version, row.facts) for row in rows] == [(1, "现场核对资料"), (2, "已补充照片")]


def rows_read(bureau: Bureau, step: Step) -> int:
    """Do a step, and return how many rows its statements read."""
    counts: list[int] = []

    def read_too(tx: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            cursor: Any = tx.connection.cursor()
            cursor.execute(statement, parameters)
            counts.append(len(cursor.fetchall()))

    event.listen(bureau.database.engine, "before_cursor_execute", read_too)
    try:
        bureau.do(step)
    finally:
        event.remove(bureau.database.engine, "before_cursor_execute", read_too)
    return sum(counts)


def test_a_finding_is_recorded_confirmed_and_reviewed_without_reading_the_others(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    pairs = (
        (recording(visit, now=REVIEWED_AT), confirming(visit, REVIEWED_AT), reviewing(visit))
        for visit in visits(bureau)
    )
    every = [tuple(rows_read(bureau, step) for step in steps) for steps in pairs]
    assert len(every) == 19
    assert len(set(every)) == 1


def test_a_planner_of_each_department_reviews(bureau_in: BureauIn) -> None:
    bureau = bureau_in("confirmed")
    first, other, *_ = visits(bureau)
    bureau.do(reviewing(first))
    bureau.do(reviewing(other, actor=OTHER_PLANNER))


def test_the_entries_of_findings_carry_commitments_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    with bureau.read() as tx:
        for kind, name in (
            ("finding.recorded", "finding"),
            ("finding.confirmed", "confirmation"),
            ("finding.reviewed", "review"),
        ):
            entries = log.about(tx, CAMPAIGN, kind)
            assert len(entries) == 19
            for entry in entries:
                assert entry.body.keys() == {"subject", "documents"}
                assert documents.opened(tx, entry.documents[name]).value["content"] == {"campaign": CAMPAIGN}


def test_nobody_who_is_not_of_the_team_learns_whether_an_enterprise_was_drawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    every = visits(bureau)
    with bureau.read() as tx:
        drawn = {visit.enterprise for visit in every}
        undrawn = next(code for code in tx.execute(select(slot.c.enterprise)).scalars() if code not in drawn)
    actor = leader(every[0])
    others = [visit for visit in every if actor.subject not in {inspector for _, inspector in visit.team}]
    told = []
    for code in (undrawn, others[0].enterprise, "91130304PDY999999X", ""):
        visit = replace(every[0], enterprise=code)
        refusal = bureau.refuse("finding_not_assigned", recording(visit, actor))
        told.append(refusal.parameters | {"enterprise": ""})
    assert told == [{"enterprise": "", "campaign": CAMPAIGN}] * 4


@on_one_engine
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("results_contradict", {"results": ["unreachable", "corrected"], "follow_up": "other"}),
        ("follow_up_contradicts", {"results": ["no_problem"], "follow_up": "correction"}),
        ("follow_up_contradicts", {"results": ["pending"]}),
        ("correction_without_day", {"results": ["pending"], "follow_up": "correction", "correct_by": None}),
        ("correction_day_idle", {"correct_by": VISITED}),
        (
            "correction_day_unusable",
            {"results": ["pending"], "follow_up": "correction", "correct_by": VISITED - timedelta(days=1)},
        ),
        ("signature_missing", {"signature": None}),
        ("signature_without_name", {"signature": Signature(Signed.SIGNED)}),
        ("unsigned_without_reason", {"signature": Signature(Signed.REFUSED)}),
        ("unsigned_without_reason", {"signature": Signature(Signed.NOBODY_THERE, "某人", "无人")}),
        ("visit_in_future", {"visited": civil_date(RECORDED_AT) + timedelta(days=1)}),
        ("visit_before_draw", {"visited": civil_date(DRAWN_AT) - timedelta(days=1)}),
        ("result_missing", {"results": []}),
        ("result_unknown", {"results": ["fine"]}),
        ("result_unknown", {"results": ["未发现问题"]}),
        ("result_twice", {"results": ["pending", "pending"]}),
        ("result_no_problem_with_others", {"results": ["no_problem", "corrected"]}),
        ("follow_up_unknown", {"follow_up": "later"}),
        ("facts_too_long", {"facts": "长" * 4001}),
        ("text_control_character", {"facts": "现场\x00"}),
        ("text_control_character", {"facts": "现场\ud800"}),
        ("campaign_missing", {"campaign": "2026-0009"}),
    ],
)
def test_a_finding_that_cannot_be_is_refused(bureau_in: BureauIn, code: str, changes: dict[str, Any]) -> None:
    bureau = bureau_in("matched")
    bureau.refuse(code, recording(visits(bureau)[0], **changes))


@on_one_engine
@pytest.mark.parametrize("result", Result)
def test_each_official_result_is_a_finding_also_that_nobody_was_met(bureau_in: BureauIn, result: Result) -> None:
    bureau = bureau_in("matched")
    follow_up = "other" if result is Result.PENDING else "none"
    told = bureau.do(recording(visits(bureau)[0], results=[result.value], follow_up=follow_up))
    assert isinstance(told, Recorded)
    assert told.finding.results == (result.value,)


@on_one_engine
def test_a_visit_on_the_day_of_the_draw_and_on_the_day_of_recording_counts(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    first, other, *_ = visits(bureau)
    bureau.do(recording(first, visited=civil_date(DRAWN_AT)))
    bureau.do(recording(other, visited=civil_date(RECORDED_AT)))


def test_a_finding_that_waits_for_review_or_stands_is_not_recorded_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    for step, state in (
        (recording(visit), "recorded"),
        (confirming(visit), "confirmed"),
        (reviewing(visit), "approved"),
        (publishing(), "published"),
    ):
        bureau.do(step)
        refusal = bureau.refuse("finding_stands", recording(visit))
        assert refusal.parameters == {"enterprise": visit.enterprise, "state": state}


def test_what_is_not_recorded_is_not_reviewed_and_what_is_reviewed_not_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    bureau.refuse("finding_missing", reviewing(visit))
    bureau.do(recording(visit))
    bureau.refuse("finding_unconfirmed", reviewing(visit))
    bureau.do(confirming(visit))
    bureau.refuse("return_without_note", reviewing(visit, approve=False, note=" "))
    bureau.refuse("text_control_character", reviewing(visit, note="请\x00"))
    bureau.refuse("text_too_long", reviewing(visit, note="长" * 4001))
    bureau.do(reviewing(visit))
    bureau.refuse("finding_stands", reviewing(visit))
    bureau.refuse("finding_stands", reviewing(visit, approve=False, note="收回"))


def test_nobody_reviews_a_finding_of_the_own_team(bureau_in: BureauIn) -> None:
    bureau = bureau_in("confirmed")
    visit = visits(bureau)[0]
    for _, inspector in visit.team:
        bureau.refuse("review_of_own_finding", reviewing(visit, actor=Actor(inspector, Role.PLANNER, "ZJ")))


@on_one_engine
@pytest.mark.parametrize("state", ["planned", "frozen", "drawn", "closed"])
def test_findings_are_recorded_reviewed_and_published_between_matching_and_close(
    bureau_in: BureauIn, state: str
) -> None:
    bureau = bureau_in(state)
    steps = [reviewing(VISIT), publishing(), *([recording(VISIT)] if state != "planned" else [])]
    for step in steps:
        assert bureau.refuse("campaign_state", step).parameters["needed"] == ["matched"]


@on_one_engine
def test_an_inspector_learns_nothing_of_a_campaign_that_is_planned(bureau_in: BureauIn) -> None:
    bureau_in("planned").refuse("campaign_missing", recording(VISIT))


# Publishing


def test_what_is_not_approved_is_not_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    for step, state in (
        (recording(visit), "recorded"),
        (confirming(visit), "confirmed"),
        (reviewing(visit, approve=False, note="请补充"), "returned"),
    ):
        bureau.refuse("nothing_to_publish", publishing())
        bureau.do(step)
        refusal = bureau.refuse("finding_stands", publishing([visit.enterprise]))
        assert refusal.parameters == {"enterprise": visit.enterprise, "state": state}
    bureau.refuse("nothing_to_publish", publishing())


def test_only_what_is_named_is_published_and_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    first, other, *_ = [visit.enterprise for visit in visits(bureau)]
    bureau.refuse("nothing_to_publish", publishing([]))
    bureau.refuse("finding_missing", publishing([first, "91130304PDY999999X"]))
    bureau.do(publishing([first, first]))
    assert [state for _, state in states(bureau).values()].count("published") == 1
    bureau.refuse("finding_stands", publishing([first]))
    bureau.refuse("finding_stands", publishing([other, first]))
    bureau.do(publishing())
    assert {state for _, state in states(bureau).values()} == {"published"}
    bureau.refuse("nothing_to_publish", publishing())


def test_a_disclosure_says_what_was_found_and_opens_its_slot(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    with bureau.read() as tx:
        told = disclosures.findings(tx, Window(100), FindingFilter(campaign=CAMPAIGN))
        frozen = campaigns.entry_of(tx, CAMPAIGN, "campaign.frozen").body["slots"]
    found = {visit.enterprise: visit for visit in visits(bureau)}
    assert {each.enterprise for each in told} == set(found)
    for each in told:
        visit = found[each.enterprise]
        assert (each.position, each.name, each.department) == (visit.position, visit.name, "样例住建局")
        assert each.items == ("ZJ样例事项1", "SC样例事项1")
        assert (each.visited, each.published_at) == (VISITED, PUBLISHED_AT)
        opening = each.opening
        public = PublicOpening(
            Opening(bytes.fromhex(opening.salt), each.enterprise.encode()),
            *(bytes.fromhex(commitment) for commitment in opening.sealed),
        )
        proof = [bytes.fromhex(step) for step in opening.proof]
        check_public_opening(
            each.enterprise, public, each.position, frozen["count"], proof, bytes.fromhex(frozen["root"])
        )
        assert public.slot().hex() == opening.slot


def test_disclosures_are_numbered_without_a_gap_in_the_order_of_publication(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    last = [visit.enterprise for visit in visits(bureau)][-3:]
    bureau.do(publishing(last))
    bureau.do(publishing())
    with bureau.read() as tx:
        rows = tx.execute(select(disclosure).order_by(disclosure.c.number)).all()
    assert [row.number for row in rows] == list(range(1, 20))
    assert [row.enterprise for row in rows[:3]] == last
    assert [row.position for row in rows[3:]] == sorted(row.position for row in rows[3:])


def test_a_published_finding_becomes_a_record_without_grade_or_probability(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    with bureau.read() as tx:
        rows = tx.execute(select(record).where(record.c.number.like(f"{CAMPAIGN}-%"))).all()
        published = {each.enterprise: each for each in disclosures.findings(tx, Window(100))}
        told_by = select(sighting.c.source).where(sighting.c.identity.in_([row.identity for row in rows]))
        sources = set(tx.execute(told_by).scalars())
        counted = tx.execute(select(batch).order_by(batch.c.document)).all()
        entry = log.read(tx, log.size(tx) - 1)
        teams = {each.position: sorted(team_of(tx, CAMPAIGN, each.position)) for each in published.values()}
    assert len(rows) == 19
    for row in rows:
        told = published[row.enterprise]
        assert (row.kind, row.date, row.body) == ("inspection", VISITED, "样例住建局")
        assert row.number == f"{CAMPAIGN}-{told.position}"
        assert row.content == {
            "type": "双随机抽查",
            "results": list(told.results),
            "follow_up": told.follow_up,
            "inspectors": teams[told.position],
            "matters": list(told.items),
        }
    assert sources == {f"campaign {CAMPAIGN}"}
    assert [row.rows_new for row in counted if row.document == entry.subject] == [19]
    assert (entry.kind, entry.body["kind"]) == ("records.imported", "inspection")


def test_a_record_names_the_items_of_which_the_team_said_no_to_a_point_where_a_problem_was_found(
    bureau_in: BureauIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = bureau_in("matched")
    points = {"ZJ-01": ["甲", "乙"], "ZJ-02": ["丙"]}
    monkeypatch.setattr("sampling.visits.recording.points_of", lambda *_: points)
    replies = (("ZJ-01", "甲", Reply.NO), ("ZJ-01", "乙", Reply.YES), ("ZJ-02", "丙", Reply.NOT_APPLICABLE))
    told = tuple(Answer(*each) for each in replies)
    failing, mended, *_ = visits(bureau)
    bureau.do(recording(failing, results=("pending",), follow_up="correction", answers=told))
    bureau.do(recording(mended, answers=told))
    for step in (confirming, reviewing):
        for visit in (failing, mended):
            bureau.do(step(visit))
    bureau.do(publishing())
    with bureau.read() as tx:
        rows = tx.execute(select(record).where(record.c.number.like(f"{CAMPAIGN}-%"))).all()
        first = registers.items(tx)["ZJ-01"]["name"]
    held = {row.enterprise: row.content for row in rows}
    assert held[failing.enterprise]["violated"] == [first]
    assert "violated" not in held[mended.enterprise]


def test_the_next_grading_reads_what_was_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    with bureau.read() as tx:
        problem = next(each for each in disclosures.findings(tx, Window(100)) if each.results == ("unreachable",))
    bureau.do(lambda tx: grading.grade_enterprises(tx, ANALYST, CLOSED_AT, civil_date(CLOSED_AT)))
    found = bureau.do(lambda tx: grades.read_grade(tx, ANALYST, CLOSED_AT, problem.enterprise, "核对"))
    points = {each["id"]: each["points"] for each in found.reasons["indicators"]}
    assert points["unreachable"] == 10
