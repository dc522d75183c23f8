"""Stages of an enterprise's life, at their edges."""

from datetime import date, timedelta

import pytest

from ledger.canonical import JSON
from scoring.facts import EnterpriseFacts, Record
from scoring.stages import Stage, stage_of

AS_OF = date(2026, 6, 30)
RECENT = Record("licence", date(2026, 1, 1), "局", "许1", {})


def inspection(day: date, *results: str) -> Record:
    return Record("inspection", day, "局", f"检{day}", {"results": list(results)})


def stage(*records: Record, as_of: date = AS_OF, established: JSON = "2010-01-01", status: str = "存续") -> Stage:
    registration: dict[str, JSON] = {"established": established, "status": status}
    return stage_of(EnterpriseFacts("91130304PDY00001XL", registration, records), as_of)


@pytest.mark.parametrize(
    ("established", "found"),
    [
        ("2026-06-30", Stage.NEWLY_REGISTERED),
        ("2025-07-01", Stage.NEWLY_REGISTERED),
        ("2025-06-30", Stage.OPERATING),
        ("2026-07-01", Stage.NEWLY_REGISTERED),
        ("2023-07-01", Stage.OPERATING),
        ("2023-06-30", Stage.DORMANT),
        ("", Stage.OPERATING),
        (None, Stage.OPERATING),
    ],
)
def test_an_enterprise_is_new_for_a_year_and_dormant_after_three_without_a_record(
    established: JSON, found: Stage
) -> None:
    assert stage(established=established) is found


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (date(2023, 6, 30), Stage.DORMANT),
        (date(2023, 7, 1), Stage.OPERATING),
        (date(2026, 6, 30), Stage.OPERATING),
        (date(2026, 7, 1), Stage.DORMANT),
    ],
)
def test_any_record_of_the_last_three_years_shows_life(day: date, found: Stage) -> None:
    assert stage(Record("complaint", day, "局", "1", {})) is found


def test_a_leap_day_is_compared_like_any_other() -> None:
    leap = date(2028, 2, 29)
    assert stage(established="2027-02-28", as_of=leap) is Stage.OPERATING
    assert stage(established="2027-03-01", as_of=leap) is Stage.NEWLY_REGISTERED


@pytest.mark.parametrize("status", ["注销", "吊销", "迁出"])
def test_who_is_struck_off_or_moved_away_is_closing_even_when_new(status: str) -> None:
    assert stage(RECENT, established="2026-06-01", status=status) is Stage.CLOSING


def test_a_suspended_enterprise_is_dormant_whatever_its_records() -> None:
    assert stage(RECENT, status="停业") is Stage.DORMANT
    assert stage(RECENT, status="停业", established="2026-06-01") is Stage.NEWLY_REGISTERED


@pytest.mark.parametrize("result", ["closed", "deregistered", "licence_revoked", "registration_annulled", "moved_away"])
def test_the_latest_inspection_may_find_an_enterprise_closing(result: str) -> None:
    day = date(2026, 5, 1)
    assert stage(inspection(day, result)) is Stage.CLOSING
    assert stage(inspection(day, result), inspection(day + timedelta(1), "no_problem")) is Stage.OPERATING
    assert stage(inspection(day, result), inspection(day, "no_problem")) is Stage.CLOSING
    assert stage(inspection(AS_OF + timedelta(1), result), RECENT) is Stage.OPERATING


def test_other_results_close_nothing() -> None:
    assert stage(inspection(date(2026, 5, 1), "unreachable", "pending")) is Stage.OPERATING
