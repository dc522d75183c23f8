"""The end of a display: by retention, by repair, and by expiry; what is left, and what the audit says of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, text

from ledger import expiry
from ledger.actors import Actor, Role
from ledger.audit import Fault, audit
from ledger.calendar import civil_date
from ledger.errors import Missing, Refusal
from ledger.note import Verifier
from ledger.windows import Window
from sampling import disclosures, findings, publishing
from sampling.public_filters import FindingFilter
from sampling.publication import corrections, endings, proceedings, publications, punishments
from sampling.retention import RETENTION
from sampling.tables import BINDINGS, disclosure
from scoring.tables import BINDINGS as SCORING_BINDINGS
from tests.sampling.auditing import ZHANG, attest, register
from tests.sampling.bureau import (
    ADMINISTRATOR,
    CAMPAIGN,
    OTHER_PLANNER,
    PLANNER,
    PUBLISHED_AT,
    SIGNER,
    Bureau,
    inbox_of,
    leader,
    publish_of,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publication.walk import (
    NOW,
    SECOND,
    correct,
    propose_correction,
    propose_repair,
    punish,
    recheck,
    repair,
    send,
    visit_of,
)
from tests.sampling.test_retention import ids
from tests.sampling.together import together

FIVE_YEARS = datetime(2031, 11, 27, 1, 0, tzinfo=UTC)


def audited(bureau: Bureau) -> list[Fault]:
    bureau.sign()
    with bureau.read() as tx:
        verifier = Verifier.from_vkey(SIGNER.verifier_key)
        return list(audit(tx, verifier, (*SCORING_BINDINGS, *BINDINGS), [publications.audit_publications]))


def shown(bureau: Bureau) -> set[int]:
    return {each.position for each in bureau.ask(lambda tx: disclosures.findings(tx, Window(100)))}


def end_due(bureau: Bureau, now: datetime) -> int:
    return bureau.do(lambda tx: endings.end_due(tx, now, 5))


def test_after_a_repair_no_public_read_knows_the_finding_and_its_number_is_told(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    correct(bureau, visit)
    number = bureau.ask(lambda tx: disclosures.finding(tx, CAMPAIGN, visit.position)).number
    made = propose_repair(bureau, visit)
    assert visit.position in shown(bureau)
    bureau.do(lambda tx: endings.decide_repair(tx, SECOND, NOW, made.id, True))
    assert visit.position not in shown(bureau)
    assert len(shown(bureau)) == 18
    with bureau.read() as tx:
        assert disclosures.findings(tx, Window(9), FindingFilter(enterprise=visit.enterprise)) == []
        assert visit.position not in {
            each.position for each in disclosures.findings(tx, Window(99), FindingFilter(campaign=CAMPAIGN))
        }
        with pytest.raises(Missing, match="finding_expired"):
            disclosures.finding(tx, CAMPAIGN, visit.position)
        (told,) = disclosures.ended(tx, Window(9))
        assert (told.end_number, told.number, told.ended_at) == (1, number, NOW)
        assert disclosures.ended(tx, Window(9, after=(1,))) == []
        today = civil_date(NOW)
        for since, until, count in (
            (today, today, 1),
            (date.min, date.max, 1),
            (today + timedelta(days=1), None, 0),
            (None, today - timedelta(days=1), 0),
        ):
            assert len(disclosures.ended(tx, Window(9), since, until)) == count
            assert disclosures.count_ended(tx, since, until) == count
        assert disclosures.last_changed(tx) == NOW
        assert disclosures.count_published(tx, CAMPAIGN) == 19
        states = {each.position: each.state for each in findings.visible_findings(tx, PLANNER, CAMPAIGN)}
        assert states[visit.position] == "ended"
    assert audited(bureau) == []


@on_one_engine
def test_a_repair_that_is_refused_ends_nothing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)
    assert repair(bureau, visit, approve=False).state == "refused"
    assert len(shown(bureau)) == 19
    repair(bureau, visit)


@on_one_engine
def test_who_proposes_a_repair_and_who_decides(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)

    def proposing(actor: Actor, basis: str = "办法") -> Callable[[Connection], object]:
        return lambda tx: endings.propose_repair(tx, actor, NOW, CAMPAIGN, visit.enterprise, basis, "已履行")

    bureau.refuse("role_not_allowed", proposing(leader(visit)))
    bureau.refuse("department_not_allowed", proposing(OTHER_PLANNER))
    bureau.refuse("proceeding_text_missing", proposing(PLANNER, ""))
    made = propose_repair(bureau, visit)
    bureau.refuse("proceeding_open", proposing(SECOND))

    def deciding(actor: Actor, approve: bool = True, note: str = "") -> Callable[[Connection], object]:
        return lambda tx: endings.decide_repair(tx, actor, NOW, made.id, approve, note)

    bureau.refuse("proceeding_by_same_person", deciding(PLANNER))
    bureau.refuse("department_not_allowed", deciding(OTHER_PLANNER))
    bureau.refuse("role_not_allowed", deciding(leader(visit)))
    bureau.refuse("proceeding_text_missing", deciding(SECOND, approve=False))
    bureau.do(deciding(SECOND))
    bureau.refuse("proceeding_state", deciding(SECOND))
    bureau.refuse("finding_stands", proposing(PLANNER))


def test_a_repair_and_a_correction_at_once_leave_one_state(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau)
    repairing, correcting = propose_repair(bureau, visit), propose_correction(bureau, visit)

    def tried(step: Callable[[Connection], object]) -> str:
        try:
            bureau.do(step)
        except Refusal as refusal:
            return refusal.code
        return "done"

    answers = together(
        lambda: tried(lambda tx: endings.decide_repair(tx, SECOND, NOW, repairing.id, True)),
        lambda: tried(lambda tx: corrections.decide(tx, SECOND, NOW, correcting.id, True)),
    )
    assert answers in (["done", "done"], ["done", "publication_ended"])
    assert visit.position not in shown(bureau)
    assert audited(bureau) == []


@on_one_engine
def test_the_worker_ends_what_is_over_its_retention_to_the_day(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    first, *others = [visit.enterprise for visit in visits(bureau)]
    publish_of(bureau, [first])
    bureau.do(lambda tx: publishing.publish_findings(tx, PLANNER, PUBLISHED_AT + timedelta(days=1), CAMPAIGN, others))
    assert end_due(bureau, FIVE_YEARS - timedelta(days=1)) == 0
    assert end_due(bureau, FIVE_YEARS) == 1
    assert len(shown(bureau)) == 18
    assert end_due(bureau, FIVE_YEARS) == 0
    assert end_due(bureau, FIVE_YEARS + timedelta(days=1)) == 18
    assert shown(bureau) == set()
    assert [each.end_number for each in bureau.ask(lambda tx: disclosures.ended(tx, Window(99)))] == list(range(1, 20))
    assert audited(bureau) == []


@on_one_engine
def test_what_ended_and_what_is_shown_may_expire_and_is_shown_no_more(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    register(bureau, ZHANG)
    attest(bureau)
    correct(bureau, visit_of(bureau))
    repair(bureau, visit_of(bureau, place=1))
    later = datetime(2037, 3, 1, 1, 0, tzinfo=UTC)
    other = Actor("另一管理员", Role.ADMINISTRATOR)

    def propose(identifier: str) -> Callable[[Connection], object]:
        return lambda tx: expiry.propose(tx, ADMINISTRATOR, later, RETENTION, [identifier], "保存期满")

    def expire(identifier: str) -> None:
        bureau.do(propose(identifier))
        bureau.do(lambda tx: expiry.confirm(tx, other, later, RETENTION, [identifier]))

    with bureau.read() as tx:
        corrected = tx.execute(text("SELECT document FROM disclosure_version")).scalar_one()
        step, decided = tx.execute(text("SELECT document, proceeding FROM proceeding_step")).all()[0]
        waiting = punish(bureau, visit_of(bureau, "correction", 2)).id
    bureau.refuse("expiry_of_shown", propose(corrected))
    bureau.refuse("expiry_needed_by_proceeding", propose(step))
    bureau.refuse("expiry_of_open_proceeding", propose(waiting))
    (published,) = ids(bureau, "disclosure")
    expire(published)  # although nobody ended the display of most of it
    assert shown(bureau) == set()
    assert len(bureau.ask(lambda tx: disclosures.ended(tx, Window(99)))) == 19
    for identifier in (corrected, decided, step):
        expire(identifier)
    assert audited(bureau) == []
    assert publications.ENDED in {each.state for each in bureau.ask(lambda tx: findings.findings_of(tx, CAMPAIGN))}


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ("UPDATE publication SET state = 'published', end_number = NULL WHERE number = 2", "row_changed"),
        ("UPDATE publication SET state = 'ended', end_number = 9 WHERE number = 3", "row_changed"),
        ("UPDATE publication SET version = 1 WHERE number = 1", "row_changed"),
        ("UPDATE publication SET position = 99999 WHERE number = 1", "row_changed"),
        ("DELETE FROM publication WHERE number = 4", "row_lost"),
        ("UPDATE publication SET number = 99 WHERE number = 4", "row_lost"),
    ],
)
@on_one_engine
def test_the_audit_names_a_state_that_no_row_says(bureau_in: BureauIn, damage: str, fault: str) -> None:
    bureau = bureau_in("closed")
    with bureau.read() as tx:
        places = dict(tx.execute(select(disclosure.c.number, disclosure.c.position)).all())
    by_position = {visit.position: visit for visit in visits(bureau)}
    correct(bureau, by_position[places[1]])
    repair(bureau, by_position[places[2]])
    assert audited(bureau) == []
    bureau.do(lambda tx: tx.execute(text(damage)))
    found = audited(bureau)
    assert {each.table for each in found} == {"publication"}
    assert fault in {each.code for each in found}


@on_one_engine
def test_planners_are_told_that_a_punishment_outlives_a_repair(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    made = punish(bureau, visit)
    bureau.do(lambda tx: punishments.decide(tx, SECOND, NOW, made.id, True))
    repair(bureau, visit)
    assert [each.code for each in inbox_of(bureau, PLANNER)] == ["punishment_of_repaired"]
    assert bureau.ask(lambda tx: proceedings.read(tx, made.id)).state == "confirmed"


@on_one_engine
def test_a_transfer_and_a_recheck_go_on_after_the_end(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    visit = visit_of(bureau, "correction")
    repair(bureau, visit)
    send(bureau, visit)
    recheck(bureau, visit, True)
