"""Early warning across sampling: overdue corrections become warnings, these special checks, and nobody sees why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.audit import audit
from ledger.calendar import civil_date
from ledger.note import Verifier
from ledger.windows import Window
from sampling import campaigns, early_warning, inbox
from sampling.design_plans import DesignPlan
from sampling.early_warning import plan_special_check
from sampling.listings import Listing, Origin
from sampling.tables import BINDINGS as SAMPLING
from scoring.tables import BINDINGS as SCORING
from scoring.warnings import handling, reading, sealing
from scoring.warnings.kinds import Candidate, Kind, State
from scoring.warnings.tally import tally
from tests.bureau_files import code
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    ANALYST,
    AUDITOR,
    OTHER_PLANNER,
    PLAN,
    PLANNER,
    SIGNER,
    STRANGER,
    TRUST,
    Bureau,
)
from tests.sampling.conftest import BureauIn, on_one_engine

LATER = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)
"""Ten days after the corrections were due."""
TODAY = civil_date(LATER)

SPECIAL = replace(PLAN, design=DesignPlan.by_grade({}), listing=Listing("节前专项检查"))
PURPOSE = "核对预警"


def warn(bureau: Bureau, now: datetime = LATER) -> int:
    return steps.warn(bureau, now)


def corrections(bureau: Bureau, actor: Actor = ANALYST) -> list[reading.HeldWarning]:
    return bureau.do(lambda tx: early_warning.page(tx, actor, LATER, PURPOSE, Window(100), Kind.CORRECTION))


def acknowledged(bureau: Bureau) -> list[str]:
    """Raise warnings, acknowledge those of corrections, and return their references."""
    warn(bureau)
    references = [each.reference for each in corrections(bureau)]
    bureau.do(lambda tx: handling.acknowledge(tx, ANALYST, LATER, references))
    return references


def test_overdue_corrections_are_warned_of_once(bureau_in: BureauIn) -> None:
    """Every third visit was ordered to correct by 10 December."""
    bureau = bureau_in("closed")
    ordered = {each.enterprise for each in steps.visits(bureau)[2::3]}
    assert warn(bureau, datetime(2026, 12, 10, 1, 0, tzinfo=UTC)) == 0
    warn(bureau)
    assert {each.subject["enterprise"] for each in corrections(bureau)} == ordered
    assert warn(bureau) == 0


def told_to(bureau: Bureau, actor: Actor) -> list[int]:
    """Return the numbers of new warnings that an actor was told of."""
    return [each.parameters["count"] for each in steps.inbox_of(bureau, actor) if each.code == "warnings_raised"]


def test_a_correction_is_there_for_the_departments_of_its_campaign_alone(bureau_in: BureauIn) -> None:
    """The first leads the campaign, the second takes part in it; a warning of records is there for all."""
    bureau = bureau_in("closed")
    lead, partner, stranger = (Actor(f"analyst-{each}", Role.ANALYST, each) for each in ("ZJ", "SC", "YJ"))
    found = bureau.ask(lambda tx: early_warning.look(tx, TODAY, 30))
    shared = Candidate(Kind.RELATED, {"via": ["address"]}, (0,), (), (code(1),), {})
    found = replace(found, candidates=(shared, *found.candidates))
    raised = bureau.do(lambda tx: early_warning.raise_warnings(tx, stranger, LATER, found))
    every = corrections(bureau)
    others = raised.count
    assert every
    assert [told_to(bureau, each) for each in (lead, partner, stranger)] == [[len(every), others], [others], [others]]
    for actor, count in ((lead, len(every)), (partner, len(every)), (stranger, 0), (AUDITOR, len(every))):
        assert len(corrections(bureau, actor)) == count
        begun = bureau.do(lambda tx, actor=actor: early_warning.begin(tx, actor, LATER, PURPOSE))  # type: ignore[misc]
        assert bureau.ask(lambda tx, of=begun: reading.count(tx, of)) == others + count  # type: ignore[misc]
        precise = bureau.ask(lambda tx, actor=actor: early_warning.precision(tx, actor, LATER))  # type: ignore[misc]
        assert {each.kind: each.raised for each in precise}[Kind.CORRECTION] == count
        counted = bureau.do(
            lambda tx, actor=actor: tally(  # type: ignore[misc]
                tx, actor, LATER, PURPOSE, TODAY, TODAY, 1, campaigns.ids_seen_by(tx, actor)
            )
        )
        assert counted.counts.get((Kind.CORRECTION, State.NEW), 0) == count
    one = every[0].reference
    for step in (
        lambda tx: early_warning.read(tx, stranger, LATER, one, PURPOSE),
        lambda tx: early_warning.acknowledge(tx, stranger, LATER, [one]),
        lambda tx: early_warning.dismiss(tx, stranger, LATER, [one], "误报"),
        lambda tx: reading.read(tx, partner, LATER, one, PURPOSE),  # who selects no campaigns is told of none
    ):
        bureau.refuse("warning_missing", step)
    bureau.do(lambda tx: early_warning.acknowledge(tx, partner, LATER, [one]))
    planned = {
        actor: bureau.do(lambda tx, actor=actor: early_warning.to_plan(tx, actor, LATER, PURPOSE, Window(9)))  # type: ignore[misc]
        for actor in (PLANNER, OTHER_PLANNER, STRANGER)
    }
    assert {actor: [each.reference for each in seen] for actor, seen in planned.items()} == {
        PLANNER: [one],
        OTHER_PLANNER: [one],
        STRANGER: [],
    }
    elsewhere = replace(SPECIAL, departments=("YJ",), items=("YJ-01",))
    bureau.refuse("warning_missing", lambda tx: plan_special_check(tx, STRANGER, LATER, elsewhere, [one]))
    bureau.do(lambda tx: plan_special_check(tx, PLANNER, LATER, SPECIAL, [one]))


@on_one_engine
def test_analysts_are_told_how_many_and_nothing_else(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    count = warn(bureau)
    told = told_to(bureau, ANALYST)
    assert sum(told) == count
    warn(bureau)
    assert told_to(bureau, ANALYST) == told
    assert not [each for each in bureau.ask(lambda tx: inbox.messages(tx, PLANNER)) if each.code == "warnings_raised"]


def test_warnings_become_a_special_check(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    references = acknowledged(bureau)
    planned = bureau.do(lambda tx: plan_special_check(tx, PLANNER, LATER, SPECIAL, references))
    assert planned.plan.listing is not None
    assert planned.plan.listing.enterprises == tuple(sorted(each.subject["enterprise"] for each in corrections(bureau)))
    for reference in references:
        with bureau.database.write() as tx:
            held = reading.read(tx, AUDITOR, LATER, reference, PURPOSE)
        assert (held.state, held.steps[-1].campaign) == (State.CAMPAIGN, planned.id)
    bureau.refuse("warning_state", lambda tx: plan_special_check(tx, PLANNER, LATER, SPECIAL, references))


def test_a_plan_that_is_refused_leaves_the_warnings_as_they_were(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    references = acknowledged(bureau)
    wrong = replace(SPECIAL, departments=("XX",))
    bureau.refuse("department_not_allowed", lambda tx: plan_special_check(tx, PLANNER, LATER, wrong, references))
    assert {each.state for each in corrections(bureau)} == {State.ACKNOWLEDGED}


@on_one_engine
@pytest.mark.parametrize(
    "listing", [None, Listing("理由", (code(1),)), Listing("", (), Origin("上级", "1号", "ab" * 32))]
)
def test_a_plan_that_is_no_special_check_or_names_somebody(bureau_in: BureauIn, listing: Listing | None) -> None:
    bureau = bureau_in("graded")
    wanted = replace(SPECIAL, listing=listing)
    bureau.refuse("warning_plan_unusable", lambda tx: plan_special_check(tx, PLANNER, LATER, wanted, ["0" * 32]))


def test_the_plan_and_the_log_say_nothing_of_warnings(bureau_in: BureauIn) -> None:
    """Neither the sealed plan, nor any entry, names a warning, a kind of one, or an enterprise."""
    bureau = bureau_in("closed")
    references = acknowledged(bureau)
    planned = bureau.do(lambda tx: plan_special_check(tx, PLANNER, LATER, SPECIAL, references))
    named = [each.subject["enterprise"] for each in corrections(bureau)]
    steps.freeze(bureau, planned.id, LATER)
    warn(bureau)
    with bureau.read() as tx:
        entry = campaigns.fixing_entry(tx, planned.id)
        sealed = documents.opened(tx, entry.documents["plan"]).content
        told = b"".join(entry.data for entry in log.scan(tx))
    for word in (*references, "grade_jump", "correction", "warning"):
        assert word.encode() not in sealed
    for word in (*references, *named):
        assert word.encode() not in told
    bureau.sign()
    with bureau.read() as tx:
        checks = [sealing.audit_steps, campaigns.audit_states]
        assert audit(tx, Verifier.from_vkey(SIGNER.verifier_key), (*SCORING, *SAMPLING), checks) == []


@on_one_engine
def test_an_older_bundle_is_verified_as_before(bureau_in: BureauIn) -> None:
    """Both verifiers read past the entries of early warning."""
    bureau = bureau_in("closed")
    warn(bureau)
    assert all(check.passed for check in verify_bundle(bureau.bundle(now=LATER), TRUST))
