"""How far a campaign has come, to each who may know it."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from sampling.publication import rechecks
from sampling.reports import progress as reports
from sampling.reports.progress import Progress
from tests.sampling import bureau as made
from tests.sampling import test_replacements as replacing
from tests.sampling import test_voiding as voiding
from tests.sampling.bureau import (
    ANALYST,
    AUDITOR,
    CAMPAIGN,
    CLOSED_AT,
    OTHER_PLANNER,
    PLANNER,
    STRANGER,
    Bureau,
    leader,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publication.walk import visit_of

AFTER_THE_PERIOD = datetime(2027, 1, 1, 1, 0, tzinfo=UTC)
TOTAL = ("due", "visited", "recorded", "approved", "published", "settled", "overdue")


def told(bureau: Bureau, actor: Actor = AUDITOR, now: datetime = CLOSED_AT) -> Progress:
    return bureau.ask(lambda tx: reports.progress(tx, actor, now, CAMPAIGN))


def total(bureau: Bureau, now: datetime = CLOSED_AT) -> tuple[int, ...]:
    counts = told(bureau, now=now).total
    assert counts is not None
    return tuple(getattr(counts, name) for name in TOTAL)


def test_each_step_of_the_findings_counts(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    every = visits(bureau)
    count = len(every)
    assert total(bureau) == (count, 0, 0, 0, 0, 0, 0)
    for visit, found in zip(every, made.RESULTS, strict=False):
        made.record_one(bureau, visit, found)
        made.confirm_one(bureau, visit)
    assert total(bureau) == (count, 3, 3, 0, 0, 0, 0)
    made.review_one(bureau, every[0], approve=False, note="请补充")
    for visit in every[1:3]:
        made.review_one(bureau, visit)
    assert total(bureau) == (count, 3, 2, 2, 0, 0, 0)
    made.publish(bureau)
    assert total(bureau) == (count, 3, 2, 2, 2, 1, 0)
    assert total(bureau, AFTER_THE_PERIOD) == (count, 3, 2, 2, 2, 1, count - 2)


@on_one_engine
def test_rates_are_published_of_due_and_settled_of_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    due = len(visits(bureau))
    counts = told(bureau).total
    assert counts is not None
    assert (counts.completion, counts.completion.permille) == ((due, due), 1000)
    settled = sum(number % 3 != 2 for number in range(due))
    assert counts.conclusion == (settled, due)
    visit, day = visit_of(bureau, "correction"), CLOSED_AT.date()
    for corrected, more in ((False, 0), (True, 1)):
        checking = (CLOSED_AT, CAMPAIGN, visit.enterprise, day, corrected, "复查")
        bureau.do(lambda tx, given=checking: rechecks.record(tx, leader(visit), *given))  # type: ignore[misc]
        after = told(bureau).total
        assert after is not None
        assert after.conclusion == (settled + more, due)


@on_one_engine
def test_every_team_member_and_every_department_of_a_visit_has_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("recorded")
    every = visits(bureau)
    found = told(bureau)
    assert {code: counts.due for code, counts in found.departments.items()} == {
        letters: sum(any(member[1].startswith(letters) for member in visit.team) for visit in every)
        for letters in ("ZJ", "SC")
    }
    assert {each.certificate: each.counts.recorded for each in found.inspectors} == {
        certificate: sum(certificate in [member[1] for member in visit.team] for visit in every)
        for certificate in {member[1] for visit in every for member in visit.team}
    }
    assert all(each.name for each in found.inspectors)


@on_one_engine
def test_who_sees_which_numbers(bureau_in: BureauIn) -> None:
    bureau = bureau_in("recorded")
    everything = told(bureau)
    assert told(bureau, ANALYST) == everything
    lead, other = told(bureau, PLANNER), told(bureau, OTHER_PLANNER)
    assert lead.total == other.total == everything.total
    assert list(lead.departments) == ["ZJ", "SC"]
    assert list(other.departments) == ["SC"]
    assert {each.department for each in lead.inspectors} == {"ZJ"}
    assert {each.department for each in other.inspectors} == {"SC"}


@on_one_engine
def test_an_inspector_sees_the_own_visits_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("recorded")
    inspector = made.leader(visits(bureau)[0])
    found = told(bureau, inspector)
    assert (found.drawn, found.total, found.departments) == (None, None, {})
    assert [each.certificate for each in found.inspectors] == [inspector.subject]
    assert found.inspectors[0] in told(bureau).inspectors


@on_one_engine
def test_to_others_the_campaign_does_not_exist(bureau_in: BureauIn) -> None:
    bureau = bureau_in("recorded")
    nobody = Actor("YJ001", Role.INSPECTOR, "YJ")
    for actor in (STRANGER, nobody, made.ADMINISTRATOR):
        bureau.refuse("campaign_missing", asking(actor))


def asking(actor: Actor) -> Callable[[Connection], object]:
    return lambda tx: reports.progress(tx, actor, CLOSED_AT, CAMPAIGN)


@on_one_engine
def test_a_replaced_position_is_drawn_and_not_due_and_its_reserve_is(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    before = told(bureau)
    replacing.swap(bureau, [visits(bureau)[0].enterprise])
    after = told(bureau)
    assert before.total is not None
    assert after.total is not None
    assert (after.drawn, after.total.due) == (before.drawn, before.total.due)
    made.record(bureau)
    assert total(bureau)[:2] == (before.total.due, before.total.due)


@on_one_engine
def test_before_the_draw_and_after_a_void_nothing_is_due(bureau_in: BureauIn) -> None:
    planned = bureau_in("planned")
    assert total(planned) == (0,) * 7
    assert told(planned).drawn == 0
    voided = bureau_in("matched")
    voiding.void(voided, voiding.DRAWN)
    assert total(voided, AFTER_THE_PERIOD) == (0,) * 7
    assert told(voided).state == "voided"
