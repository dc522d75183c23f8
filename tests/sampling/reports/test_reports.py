"""What a bureau files of a campaign and of a year: public numbers, and nothing that follows grades."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, select

from ledger.actors import Actor
from ledger.windows import Window
from sampling import disclosures
from sampling.reporting import DeviationKind
from sampling.reports import annual_report as years
from sampling.reports import campaign_report as reports
from sampling.reports.annual_report import AnnualReport
from sampling.reports.campaign_report import CampaignReport
from sampling.reports.counting import Share
from sampling.tables import disclosure
from scoring.results import FollowUp, Result
from scoring.tables import enterprise
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
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.test_campaigns import AFTER_THE_PERIOD


def told(bureau: Bureau, actor: Actor = AUDITOR, campaign: str = CAMPAIGN) -> CampaignReport:
    return bureau.ask(lambda tx: reports.campaign_report(tx, actor, CLOSED_AT, campaign))


def of_year(bureau: Bureau, actor: Actor = AUDITOR, department: str = "ZJ", year: int = 2026) -> AnnualReport:
    return bureau.ask(lambda tx: years.annual_report(tx, actor, CLOSED_AT, department, year))


def test_a_report_counts_what_is_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    every = visits(bureau)
    found = told(bureau)
    assert (found.state, found.drawn, found.teams) == ("closed", len(every), len(every))
    assert found.inspectors == len({member[1] for visit in every for member in visit.team})
    assert list(found.departments) == ["ZJ", "SC"]
    assert found.counts.completion == Share(len(every), len(every))
    assert {item.code: item.legal_basis for item in found.items} == {
        "ZJ-01": "样例条例第一条",
        "SC-01": "样例条例第一条",
    }

    numbers, kinds = found.numbers, [made.RESULTS[number % 3] for number in range(len(every))]
    assert (numbers.published, numbers.shown, numbers.enterprises) == (len(every),) * 3
    assert numbers.results == Counter(Result(result) for results, _ in kinds for result in results)
    assert numbers.follow_ups == Counter(FollowUp(follow_up) for _, follow_up in kinds)
    assert numbers.sectors == bureau.ask(lambda tx: _counted(tx, "sector"))
    assert numbers.regions == bureau.ask(lambda tx: _counted(tx, "region"))
    assert numbers.divisions == found.divisions == {}


def _counted(tx: Connection, name: str) -> Counter[str]:
    query = select(enterprise.c[name]).join(disclosure, disclosure.c.enterprise == enterprise.c.code)
    return Counter(tx.execute(query).scalars())


@on_one_engine
def test_before_they_are_published_findings_are_counted_by_nothing_that_tells_of_them(bureau_in: BureauIn) -> None:
    numbers = told(bureau_in("reviewed")).numbers
    assert (numbers.published, numbers.shown, numbers.enterprises) == (0, 0, 0)
    assert numbers.results.total() == numbers.follow_ups.total() == 0
    assert numbers.sectors.total() == numbers.regions.total() == 0


@on_one_engine
def test_who_may_read_a_campaign_may_report_on_it_from_the_freeze_on(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    assert told(bureau, PLANNER) == told(bureau, OTHER_PLANNER) == told(bureau, ANALYST) == told(bureau)
    bureau.refuse("campaign_missing", lambda tx: reports.campaign_report(tx, STRANGER, CLOSED_AT, CAMPAIGN))
    planned = bureau_in("planned")
    planned.refuse("campaign_entry_missing", lambda tx: reports.campaign_report(tx, PLANNER, CLOSED_AT, CAMPAIGN))


@on_one_engine
def test_deviations_are_told_as_far_as_the_log_tells_them(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    replacing.swap(bureau, [visits(bureau)[0].enterprise])
    replaced = {each.kind: each for each in told(bureau).deviations}
    assert replaced[DeviationKind.REPLACEMENT].reason == ""
    assert replaced[DeviationKind.NO_WITNESSES].count == 0
    late = bureau.ask(lambda tx: reports.campaign_report(tx, AUDITOR, AFTER_THE_PERIOD, CAMPAIGN))
    overdue = {each.kind: each for each in late.deviations}[DeviationKind.OVERDUE]
    assert (overdue.count, late.counts.overdue) == (len(visits(bureau)),) * 2
    voided = bureau_in("drawn")
    voiding.void(voided, voiding.DRAWN)
    (void,) = [each for each in told(voided).deviations if each.kind is DeviationKind.VOID_AFTER_DRAW]
    assert void.reason == voiding.REASON


@on_one_engine
def test_whether_rates_follow_the_grades_is_not_told(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    identifier = made.plan(bureau, made.flat(made.PLAN))
    made.freeze_by_local_beacon(bureau, identifier)
    kinds = {each.kind for each in told(bureau, AUDITOR, identifier).deviations}
    assert kinds == {DeviationKind.NO_WITNESSES, DeviationKind.UNDRAWN}


def test_every_kind_of_deviation_is_told_with_its_reason_without_or_never() -> None:
    sealed = {DeviationKind.REPLACEMENT, DeviationKind.REMATCH}
    without = {DeviationKind.QUORUM_LATE, DeviationKind.NO_WITNESSES, DeviationKind.LOCAL_BEACON, DeviationKind.OVERDUE}
    without.add(DeviationKind.UNDRAWN)
    assert {*reports.WITH_PUBLIC_REASON, *reports.NEVER_PUBLIC, *sealed, *without} == set(DeviationKind)


@on_one_engine
def test_a_year_adds_up_its_plan_and_its_campaigns(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    made.plan_a_year(bureau, CLOSED_AT)
    of_the_line = replace(made.OTHER_PLAN, annual_line="1", items=("ZJ-01",), departments=("ZJ",))
    second = made.second_campaign(bureau, of_the_line)
    year = of_year(bureau)
    assert (year.name, year.year, year.plan) == ("样例住建局", 2026, 1)
    assert [each.id for each in year.campaigns] == [CAMPAIGN, second]
    assert [(each.line.code, each.fixed) for each in year.lines] == [("1", 1)]
    assert year.counts.due == sum(each.counts.due for each in year.campaigns)
    assert year.counts.published == year.numbers.published == len(visits(bureau))
    assert [item.code for item in year.items] == ["ZJ-01", "SC-01"]
    assert year.numbers.enterprises == bureau.ask(lambda tx: len(disclosures.findings(tx, Window(1000))))


@on_one_engine
def test_a_year_is_reported_by_its_department_and_where_there_is_something(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    assert of_year(bureau, PLANNER) == of_year(bureau, ANALYST) == of_year(bureau)
    assert of_year(bureau).plan == 0
    refused = {
        "department_not_allowed": (OTHER_PLANNER, "ZJ", 2026),
        "role_not_allowed": (made.ADMINISTRATOR, "ZJ", 2026),
        "department_missing": (AUDITOR, "XX", 2026),
        "annual_report_empty": (AUDITOR, "ZJ", 2025),
    }
    for code, (actor, department, year) in refused.items():
        bureau.refuse(code, asking(actor, department, year))
    bureau.refuse("annual_report_empty", asking(AUDITOR, "SC", 2026))


def asking(actor: Actor, department: str, year: int) -> Callable[[Connection], object]:
    return lambda tx: years.annual_report(tx, actor, CLOSED_AT, department, year)
