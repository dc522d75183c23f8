"""Data goes upward by an analyst with a purpose; the reading is recorded, and the log can show what was handed over."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.keys import Secret
from ledger.windows import Window
from sampling import findings
from scoring import grades
from scoring.entry_kinds import DATA_EXPORTED
from scoring.provincial.exporting import Export, Wanted, prepare_export, request_export
from scoring.provincial.pseudonyms import Named, Pseudonyms
from scoring.provincial.resolving import MOST, Resolved, resolve
from scoring.tables import enterprise, exported_file
from tests import bureau_files as files
from tests.actors import somebody
from tests.sampling.bureau import (
    ANALYST,
    AUDITOR,
    CAMPAIGN,
    CLOSED_AT,
    PLANNER,
    PSEUDONYM_KEY,
    VISITED,
    Bureau,
)
from tests.sampling.conftest import BureauIn, on_one_engine

WANTED = Wanted("qian-example", "2", date(2026, 11, 1), date(2026, 11, 30), True)
PURPOSE = "省级建模"
OTHER_KEY = Secret(bytes(32))


@pytest.fixture
def bureau(bureau_in: BureauIn) -> Bureau:
    """A bureau whose campaign is closed."""
    return bureau_in("closed")


def export(bureau: Bureau, wanted: Wanted = WANTED, key: Secret = PSEUDONYM_KEY, actor: Actor = ANALYST) -> Export:
    withheld = bureau.ask(lambda tx: prepare_export(tx, actor, CLOSED_AT, wanted, PURPOSE, key))
    return bureau.do(lambda tx: withheld.hand_over(tx, CLOSED_AT))


def rows(made: Export, table: str) -> Iterator[dict[str, str]]:
    (content,) = (each.content for each in made.files if each.name == f"{table}.csv")
    yield from csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def test_each_visit_goes_up_with_what_was_found_and_how_likely_it_was(bureau: Bureau) -> None:
    made = export(bureau)
    visited = bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, CAMPAIGN))
    maker = Pseudonyms(PSEUDONYM_KEY)
    told = {row["enterprise"]: row for row in rows(made, "visits")}
    assert made.visits == len(visited) == len(told)
    for each in visited:
        row = told[maker.of(Named.ENTERPRISE, each.enterprise)]
        assert row["results"] == ";".join(each.results)
        assert row["campaign"] == maker.of(Named.CAMPAIGN, CAMPAIGN)
        assert row["period"] in ("2026-11", "2026")
        assert 0 < int(row["sampled"]) <= int(row["size"])
        assert row["stage"] == "operating"
        assert {name for name in row if name.startswith("value.")} >= {"value.penalties", "value.years_established"}
        assert len(row["inspectors"].split(";")) == 2


def test_a_visit_does_not_tell_of_itself(bureau: Bureau) -> None:
    """Who was never inspected before has no last inspection, though there is one now."""
    before = {row["value.days_since_inspection"] for row in rows(export(bureau), "visits")}
    today = {row["value.days_since_inspection"] for row in rows(export(bureau), "enterprises")}
    assert str((CLOSED_AT.date() - VISITED).days) in today
    assert str((CLOSED_AT.date() - VISITED).days) not in before
    assert "0" not in before


def test_the_reading_is_recorded_and_the_log_commits_to_every_file(bureau: Bureau) -> None:
    made = export(bureau)
    (reading,) = bureau.ask(lambda tx: grades.readings(tx, AUDITOR, Window(1)))
    assert (reading["subject"], reading["run"], reading["enterprise"], reading["purpose"]) == (
        ANALYST.subject,
        made.id,
        None,
        PURPOSE,
    )
    (entry,) = bureau.ask(lambda tx: list(log.of_kind(tx, DATA_EXPORTED)))
    sealed = bureau.ask(lambda tx: documents.read(tx, made.id))
    assert entry.body == {"subject": made.id, "documents": {"export": sealed.commitment}}
    assert sealed.value["content"]["by"] == ANALYST.subject
    kept = bureau.ask(lambda tx: tx.execute(select(exported_file).order_by(exported_file.c.line)).all())
    assert [(row.name, row.sha256, row.rows) for row in kept] == [
        (each.name, each.sha256, each.rows) for each in made.files
    ]
    assert sealed.value["tables"]["exported_file"]["count"] == len(kept)


def test_the_same_register_gives_the_same_bytes(bureau: Bureau) -> None:
    assert [each.sha256 for each in export(bureau).files] == [each.sha256 for each in export(bureau).files]


def test_nothing_in_any_file_names_anybody(bureau: Bureau) -> None:
    made = export(bureau)
    register = bureau.ask(lambda tx: tx.execute(select(enterprise)).all())
    named = [text for row in register for text in (row.code, row.name, row.address)]
    named += [f"{letters}{number:03d}" for letters in ("ZJ", "SC") for number in range(1, 5)]
    named += [CAMPAIGN, files.BODY, "样例住建局", "甲1", VISITED.isoformat()]
    for each in made.files:
        if not each.name.endswith(".parquet"):  # test_packing holds Parquet to CSV
            text = each.content.decode()
            assert [name for name in named if name in text] == [], each.name
            assert re.search("PDY[0-9]{5}", text) is None


def test_pseudonyms_are_resolved_by_the_district_alone(bureau: Bureau) -> None:
    row = next(rows(export(bureau), "visits"))
    asked = [row["enterprise"], row["campaign"], row["inspectors"].split(";")[0], "0" * 32]
    found = bureau.do(lambda tx: resolve(tx, ANALYST, CLOSED_AT, asked, "核实", PSEUDONYM_KEY))
    kinds = [Named.ENTERPRISE, Named.CAMPAIGN, Named.INSPECTOR, None]
    assert [each.pseudonym for each in found] == asked
    assert [each.kind for each in found] == kinds
    assert found[1].name == CAMPAIGN
    assert re.fullmatch("(ZJ|SC)00[1-4]", found[2].name)
    (reading,) = bureau.ask(lambda tx: grades.readings(tx, AUDITOR, Window(1)))
    assert (reading["enterprise"], reading["run"], reading["purpose"]) == (found[0].name, "pseudonym", "核实")
    elsewhere = bureau.do(lambda tx: resolve(tx, ANALYST, CLOSED_AT, asked, "核实", OTHER_KEY))
    assert elsewhere == [Resolved(each, None, "") for each in asked]


@on_one_engine
def test_asking_for_nobody_is_recorded_too(bureau: Bureau) -> None:
    bureau.do(lambda tx: resolve(tx, ANALYST, CLOSED_AT, ["0" * 32], "核实", PSEUDONYM_KEY))
    (reading,) = bureau.ask(lambda tx: grades.readings(tx, AUDITOR, Window(1)))
    assert (reading["enterprise"], reading["purpose"]) == (None, "核实")


@on_one_engine
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["x" * 32], "pseudonym_form"),
        (["0" * 31], "pseudonym_form"),
        ([files.code(1)], "pseudonym_form"),
        (["0" * 32] * (MOST + 1), "pseudonyms_too_many"),
    ],
)
def test_what_is_no_pseudonym_is_refused(bureau: Bureau, asked: list[str], code: str) -> None:
    bureau.refuse(code, lambda tx: resolve(tx, ANALYST, CLOSED_AT, asked, "核实", PSEUDONYM_KEY))


@on_one_engine
@pytest.mark.parametrize("role", [Role.PLANNER, Role.INSPECTOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_is_no_analyst_exports_and_resolves_nothing(bureau: Bureau, role: Role) -> None:
    actor = somebody(role)
    bureau.refuse("role_not_allowed", lambda tx: request_export(tx, actor, CLOSED_AT, WANTED, PURPOSE))
    bureau.refuse("role_not_allowed", lambda tx: resolve(tx, actor, CLOSED_AT, [], PURPOSE, PSEUDONYM_KEY))


@on_one_engine
@pytest.mark.parametrize(
    ("wanted", "purpose", "code"),
    [
        (WANTED, " ", "purpose_missing"),
        (replace(WANTED, version="9"), PURPOSE, "model_version_missing"),
        (replace(WANTED, until=date(2026, 10, 31)), PURPOSE, "provincial_span"),
        (replace(WANTED, since=date(2027, 1, 1), until=date(2027, 1, 2)), PURPOSE, "provincial_span"),
        (replace(WANTED, since=date(2026, 11, 26)), PURPOSE, "provincial_no_visits"),
    ],
)
def test_what_cannot_be_exported_is_refused(bureau: Bureau, wanted: Wanted, purpose: str, code: str) -> None:
    bureau.refuse(code, lambda tx: prepare_export(tx, ANALYST, CLOSED_AT, wanted, purpose, PSEUDONYM_KEY))


@on_one_engine
def test_an_analyst_of_a_department_hands_over_nothing_of_others(bureau: Bureau) -> None:
    analyst = Actor("analyst-zj", Role.ANALYST, "ZJ")
    bureau.refuse("export_of_department", lambda tx: request_export(tx, analyst, CLOSED_AT, WANTED, PURPOSE))


@on_one_engine
def test_without_a_draw_there_is_nothing_to_export(bureau_in: BureauIn) -> None:
    graded = bureau_in("graded")
    graded.refuse(
        "provincial_no_visits", lambda tx: prepare_export(tx, ANALYST, CLOSED_AT, WANTED, PURPOSE, PSEUDONYM_KEY)
    )
