"""Deadlines of publications: met, missed and escalated, across a make-up working day and the turn of the year."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

from ledger.actors import Actor, Role
from sampling import publishing
from sampling.publication import calendars, reminding
from sampling.publication.deadlines import Terms, Urgency
from tests.actors import somebody
from tests.sampling.bureau import (
    ADMINISTRATOR,
    AUDITOR,
    CAMPAIGN,
    OTHER_PLANNER,
    PLANNER,
    PUBLISHED_AT,
    STRANGER,
    Bureau,
    inbox_of,
    publish_of,
    start,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

TERMS = Terms(20, 5)
YEAR = (date(2027, 1, 1),), (date(2027, 1, 9),)
"""New Year's Day is free, and the Saturday after the next is worked for it (synthetic)."""


def at(day: date) -> datetime:
    return datetime.combine(day, time(1, 0), UTC)


def remind(bureau: Bureau, day: date, terms: Terms = TERMS) -> tuple[int, int]:
    return bureau.do(lambda tx: reminding.remind(tx, at(day), terms))


def told(bureau: Bureau, actor: Actor) -> list[tuple[str, date | None]]:
    return [(each.code, each.due) for each in inbox_of(bureau, actor)]


def add_year(
    bureau: Bureau, holidays: tuple[date, ...], workdays: tuple[date, ...], actor: Actor = ADMINISTRATOR
) -> None:
    bureau.do(lambda tx: calendars.add_year(tx, actor, PUBLISHED_AT, 2027, "国办发明电〔2026〕1号", holidays, workdays))


@on_one_engine
def test_planners_are_warned_and_administrators_told_of_what_is_overdue_each_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")  # visited on 25 November: the 20th working day after it is 23 December
    codes = [visit.enterprise for visit in visits(bureau)]
    publish_of(bureau, codes[2:])  # the others meet their deadline
    assert remind(bureau, date(2026, 12, 15)) == (0, 0)
    assert remind(bureau, date(2026, 12, 16)) == (2, 0)
    assert remind(bureau, date(2026, 12, 17)) == (0, 0)
    assert told(bureau, PLANNER) == [("publication_due", date(2026, 12, 23))] * 2
    assert told(bureau, OTHER_PLANNER) == []
    assert remind(bureau, date(2026, 12, 23)) == (0, 0)
    assert told(bureau, ADMINISTRATOR) == []
    assert remind(bureau, date(2026, 12, 24)) == (0, 2)
    assert remind(bureau, date(2026, 12, 25)) == (0, 0)
    assert told(bureau, ADMINISTRATOR) == [("publication_overdue", date(2026, 12, 23))] * 2


@on_one_engine
def test_a_deadline_over_the_turn_of_the_year_moves_when_its_days_are_announced(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    terms = Terms(31, 5)  # provisionally 7 January 2027, announced a day later, and with a make-up day no other

    def first(day: date) -> reminding.Awaited:
        return bureau.ask(lambda tx: reminding.awaited(tx, PLANNER, at(day), terms, CAMPAIGN))[0]

    provisional = first(date(2026, 12, 1))
    assert (provisional.deadline.due, provisional.deadline.provisional) == (date(2027, 1, 7), True)
    assert remind(bureau, date(2026, 12, 31), terms) == (19, 0)
    assert set(told(bureau, PLANNER)) == {("publication_due_provisionally", date(2027, 1, 7))}
    add_year(bureau, *YEAR)
    announced = first(date(2026, 12, 1))
    assert (announced.deadline.due, announced.deadline.provisional) == (date(2027, 1, 8), False)
    assert remind(bureau, date(2027, 1, 8), terms) == (19, 0)  # that it is another day is told
    assert first(date(2027, 1, 8)).urgency is Urgency.WARNED
    assert first(date(2027, 1, 9)).left == -1  # the make-up Saturday counts
    assert remind(bureau, date(2027, 1, 9), terms) == (0, 19)


@on_one_engine
def test_a_make_up_day_is_the_last_day_of_a_deadline(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    add_year(bureau, *YEAR)
    terms = Terms(32, 5)
    found = bureau.ask(lambda tx: reminding.awaited(tx, PLANNER, at(date(2026, 12, 1)), terms, CAMPAIGN))
    assert {each.deadline.due for each in found} == {date(2027, 1, 9)}
    assert remind(bureau, date(2027, 1, 9), terms) == (19, 0)
    assert remind(bureau, date(2027, 1, 10), terms) == (0, 19)


@on_one_engine
def test_whoever_may_see_a_campaign_sees_its_deadlines(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")

    def asked(actor: Actor) -> Callable[..., list[reminding.Awaited]]:
        return lambda tx: reminding.awaited(tx, actor, at(date(2026, 12, 24)), TERMS, CAMPAIGN)

    assert {each.urgency for each in bureau.ask(asked(AUDITOR))} == {Urgency.OVERDUE}
    assert len(bureau.ask(asked(OTHER_PLANNER))) == 19
    bureau.refuse("campaign_missing", asked(STRANGER))
    bureau.do(lambda tx: publishing.publish_findings(tx, PLANNER, PUBLISHED_AT, CAMPAIGN))
    assert bureau.ask(asked(AUDITOR)) == []


@on_one_engine
def test_only_administrators_enter_a_year_and_the_newest_version_holds(bureau_in: BureauIn) -> None:
    bureau = bureau_in("empty")
    start(bureau)

    def adding(
        holidays: tuple[date, ...], workdays: tuple[date, ...], source: str = "国办", actor: Actor = ADMINISTRATOR
    ) -> Callable[..., object]:
        return lambda tx: calendars.add_year(tx, actor, PUBLISHED_AT, 2027, source, holidays, workdays)

    for role in (Role.PLANNER, Role.INSPECTOR, Role.ANALYST, Role.AUDITOR):
        bureau.refuse("role_not_allowed", adding(*YEAR, actor=somebody(role)))
    bureau.refuse("calendar_source_missing", adding(*YEAR, source=" "))
    bureau.refuse("calendar_workday_idle", adding((), (date(2027, 1, 4),)))
    bureau.refuse("calendar_day_of_other_year", adding((date(2026, 1, 4),), ()))
    bureau.do(adding(*YEAR))
    bureau.refuse("calendar_year_unchanged", adding(*YEAR))
    bureau.do(adding(*YEAR, source="国办（更正）"))
    held = {each.table.year: each for each in bureau.ask(lambda tx: calendars.years(tx, PLANNER, PUBLISHED_AT))}
    assert (held[2026].told_by, held[2026].version) == ("library", 0)
    assert (held[2027].told_by, held[2027].version, held[2027].table.source) == ("bureau", 2, "国办（更正）")
