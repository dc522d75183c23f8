"""Early warning from the records to what became of each warning, on both engines."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Select, select

from ledger import audit, documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.database import Database
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from ledger.retention import Bound
from ledger.windows import Window
from scoring import grades, models
from scoring.entry_kinds import RUN, WARNED
from scoring.tables import BINDINGS, GRADE, GRADE_RUN, grade
from scoring.warnings import handling, looking, precision, raising, reading, sealing
from scoring.warnings.kinds import Candidate, Kind, State
from scoring.warnings.looking import Correction, Found
from scoring.warnings.raising import Raised
from scoring.warnings.tables import warning, warning_step
from tests import bureau_files as files
from tests.bureau_files import code, file_of
from tests.ledger.test_audit import SIGNER, VERIFIER, damaged
from tests.refusing import refuse
from tests.scoring.register import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    INSPECTOR,
    REGISTERED,
    adopt,
    registrations,
    take_in,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PURPOSE = "核对预警"
PLANNER = Actor("planner", Role.PLANNER)


def look(database: Database, corrections: tuple[Correction, ...] = (), day: date = TODAY) -> Found:
    with database.read() as tx:
        return looking.look(tx, day, 30, corrections)


def run(database: Database, corrections: tuple[Correction, ...] = (), now: datetime = NOW) -> Raised:
    found = look(database, corrections, now.date())
    with database.write() as tx:
        return raising.raise_found(tx, ANALYST, now, found)


def page_of(
    tx: Connection,
    actor: Actor,
    purpose: str,
    window: Window,
    kind: Kind | None = None,
    state: State | None = None,
    code: str | None = None,
    campaigns: Select[Any] | None = None,
) -> list[reading.HeldWarning]:
    return reading.rows(tx, reading.begin(tx, actor, NOW, purpose, code, campaigns), window, kind, state)


def plannable(
    tx: Connection, actor: Actor, purpose: str, window: Window, code: str | None = None
) -> list[reading.WarningToPlan]:
    return reading.rows_to_plan(tx, reading.begin_to_plan(tx, actor, NOW, purpose, code), window)


def listed(database: Database, **wanted: Any) -> list[reading.HeldWarning]:
    with database.write() as tx:
        return page_of(tx, ANALYST, PURPOSE, Window(100), **wanted)


def read(database: Database, reference: str) -> reading.HeldWarning:
    with database.write() as tx:
        return reading.read(tx, AUDITOR, NOW, reference, PURPOSE)


def do(database: Database, step: Callable[..., object], *given: object) -> None:
    with database.write() as tx:
        step(tx, *given)


OVERDUE = Correction(code(1), "2026-0001", 4, date(2026, 11, 1))


@pytest.fixture
def warned(register: Database) -> Database:
    """A bureau with one warning, of an overdue correction."""
    run(register, (OVERDUE,))
    return register


@pytest.fixture
def reference(warned: Database) -> str:
    return listed(warned)[0].reference


def test_a_licence_that_ends_soon(register: Database) -> None:
    """Of those of one category the one that ends last counts; what ended, or ends later, or was taken back is none."""
    ends = {1: "2026-12-23", 2: "2026-12-24", 3: "2026-11-22", 4: "2026-12-01", 5: "2026-12-01"}
    rows = [files.licence(number, 有效期至=day) for number, day in ends.items()]
    renewed = files.licence(4, 行政许可决定文书号="许4续", 有效期至="2031-12-01")
    take_in(register, file_of("licence", [*rows, renewed]))
    take_in(register, file_of("licence", [files.licence(5, 有效期至="2026-12-01", 当前状态="撤销")]))
    run(register)
    (only,) = listed(register)
    assert (only.kind, only.subject) == (Kind.LICENCE, {"enterprise": code(1)})
    assert (read(register, only.reference).evidence or {})["valid_to"] == "2026-12-23"


def regrade(database: Database, scores: dict[int, tuple[str, int]], as_of: date, *others: str) -> None:
    """Store a run of grades as they are given, by the example model and others."""
    with database.write() as tx:
        held = models.in_force_on(tx, TODAY)[0].document
        by: list[JSON] = [held, *others]
        row = {"model": held, "as_of": as_of, "enterprises": len(scores), "results": "0" * 64, "models": by}
        given = [
            {"enterprise": code(number), "grade": letter, "score": score, "reasons": [], "model": held}
            for number, (letter, score) in scores.items()
        ]
        sealed = documents.seal(tx, "grades", {}, [(GRADE_RUN, [row]), (GRADE, given)])
        log.append(tx, NOW, [NewEntry(RUN, sealed.id, {"grades": sealed})])


def test_a_grade_that_jumped_between_runs(register: Database) -> None:
    adopt(register)
    regrade(register, {1: ("A", 100), 2: ("A", 100), 3: ("C", 300)}, date(2026, 10, 31))
    assert run(register).count == 0  # nothing to compare with
    regrade(register, {1: ("C", 310), 2: ("B", 200), 3: ("D", 400)}, date(2026, 11, 22))
    assert run(register).count == 2
    found = {each.subject["enterprise"]: read(register, each.reference).evidence or {} for each in listed(register)}
    assert {subject: each["grades"] for subject, each in found.items()} == {code(1): ["A", "C"], code(3): ["C", "D"]}
    assert found[code(1)]["scores"] == [100, 310]
    assert run(register).count == 0  # no run of grades since


def test_grades_of_other_models_are_not_compared(register: Database) -> None:
    adopt(register)
    regrade(register, {1: ("A", 100)}, date(2026, 10, 31))
    regrade(register, {1: ("D", 400)}, date(2026, 11, 22), "f" * 32)
    raised = run(register)
    assert (raised.count, raised.models_changed) == (0, True)


def test_comparing_grades_is_recorded_as_a_reading(register: Database) -> None:
    adopt(register)
    regrade(register, {1: ("A", 100)}, date(2026, 11, 22))
    run(register)
    with register.read() as tx:
        newest = grades.readings(tx, AUDITOR, Window(1))[0]
        assert newest["run"] == tx.execute(select(grade.c.document)).scalar()
    assert (newest["purpose"], newest["enterprise"]) == (raising.PURPOSE, None)


def test_enterprises_of_one_shareholder_that_fail_together(register: Database) -> None:
    take_in(register, file_of("registration", [files.registration(number) for number in range(6, 61)]))
    take_in(register, file_of("relation", [files.relation(number, "股东", "股东甲") for number in range(1, 5)]))
    visits = [
        files.inspection(number, f"检{number}", "2026-10-12", "违反其他管理规定" if number < 5 else "未发现问题")
        for number in range(1, 61)
    ]
    take_in(register, file_of("inspection", visits))
    run(register)
    (only,) = listed(register, kind=Kind.RELATED)
    held = read(register, only.reference)
    assert held.subject == {"via": ["shareholder"]}
    assert held.enterprises == tuple(sorted(map(code, range(1, 5))))
    assert "股东甲" not in str(held)


def test_a_risk_point(register: Database) -> None:
    """Twelve of twelve in one trade, none of forty elsewhere; another matter is fine everywhere."""
    trades = {number: "供热" if number % 4 == 0 else "燃气经营" for number in range(6, 59)}
    take_in(register, file_of("registration", [files.registration(each, 行业=of) for each, of in trades.items()]))
    visits = [
        files.inspection(
            number,
            f"检{number}",
            "2026-10-12",
            "违反其他管理规定" if of == "供热" else "未发现问题",
            检查事项="管网、计量",
            发现问题事项="管网" if of == "供热" else "",
        )
        for number, of in trades.items()
    ]
    take_in(register, file_of("inspection", visits))
    run(register)
    (only,) = listed(register, kind=Kind.RISK_POINT)
    held = read(register, only.reference)
    assert held.subject == {"matter": "管网", "sector": "供热"}
    heating = [number for number, of in trades.items() if of == "供热"]
    assert held.enterprises == tuple(sorted(map(code, heating)))
    evidence = held.evidence or {}
    assert (evidence["violated"], evidence["violated_elsewhere"]) == (len(heating), 0)
    assert all(isinstance(value, int | str) for value in evidence.values())


def test_a_surge_of_complaints(register: Database) -> None:
    """Two a week for a year, one of them in either trade, then twelve in one."""
    take_in(register, file_of("registration", [files.registration(6, 行业="供热")]))
    monday = TODAY - timedelta(days=TODAY.weekday())
    rows = [
        files.complaint(number, f"诉{week}-{number}-{each}", (monday - timedelta(weeks=week)).isoformat())
        for week in range(1, 60)
        for number in (1, 6)
        for each in range(12 if week < 3 and number == 6 else 1)
    ]
    take_in(register, file_of("complaint", rows))
    run(register)
    surges = {each.subject["value"]: each for each in listed(register, kind=Kind.SURGE)}
    assert set(surges) == {"供热", "示范镇"}  # the trade, and the region in which all of them are
    held = read(register, surges["供热"].reference)
    assert held.enterprises == (code(6),)
    assert (held.evidence or {})["since"] == (monday - timedelta(weeks=2)).isoformat()


def test_an_overdue_correction(warned: Database, reference: str) -> None:
    held = read(warned, reference)
    assert (held.kind, held.enterprises) == (Kind.CORRECTION, (code(1),))
    assert held.evidence == {"campaign": "2026-0001", "position": 4, "due": "2026-11-01"}


def test_what_is_open_is_not_raised_again(warned: Database, reference: str) -> None:
    later = Correction(code(1), "2026-0001", 4, date(2026, 11, 9))
    assert run(warned, (OVERDUE,)).count == 0
    assert run(warned, (later,)).count == 0
    do(warned, handling.acknowledge, ANALYST, NOW, [reference])
    assert run(warned, (later,)).count == 0


def test_what_was_dismissed_is_raised_again_on_new_evidence_alone(warned: Database, reference: str) -> None:
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "已整改，记录未更新")
    assert run(warned, (OVERDUE,)).count == 0
    assert run(warned, (Correction(code(1), "2026-0001", 4, date(2026, 11, 9)),)).count == 1
    assert [each.state for each in listed(warned)] == [State.NEW, State.DISMISSED]


def test_the_same_thing_twice_in_one_run_is_one_warning(register: Database) -> None:
    assert run(register, (OVERDUE, OVERDUE)).count == 1


def test_every_run_has_one_entry_that_tells_nothing(warned: Database, reference: str) -> None:
    """A run without warnings, and one after something was done, have entries of the same form."""
    do(warned, handling.acknowledge, ANALYST, NOW, [reference])
    run(warned)
    run(warned)
    with warned.read() as tx:
        entries = log.of_kind(tx, WARNED)
    assert len(entries) == 3
    assert {tuple(entry.body) for entry in entries} == {("documents", "subject")}
    assert {tuple(entry.documents) for entry in entries} == {("steps", "warnings")}


def test_a_warning_has_its_life(warned: Database, reference: str) -> None:
    do(warned, handling.acknowledge, ANALYST, NOW, [reference], "请核实")
    with warned.write() as tx:
        (told,) = plannable(tx, PLANNER, PURPOSE, Window(10))
        assert plannable(tx, PLANNER, PURPOSE, Window(10, after=(told.number,))) == []
        assert plannable(tx, PLANNER, PURPOSE, Window(10), code(1)) == [told]
        assert plannable(tx, PLANNER, PURPOSE, Window(10), code(2)) == []
        assert [
            reading.count_to_plan(tx, reading.begin_to_plan(tx, PLANNER, NOW, PURPOSE, code(each))) for each in (1, 2)
        ] == [1, 0]
    assert (told.reference, told.enterprises) == (reference, (code(1),))
    with warned.write() as tx:
        assert handling.hand_over(tx, PLANNER, NOW, [reference]) == (code(1),)
        handling.turn_into_campaign(tx, PLANNER, NOW, [reference], "2026-0007")
    held = read(warned, reference)
    assert held.state is State.CAMPAIGN
    assert [(each.step, each.by, each.note, each.campaign) for each in held.steps] == [
        (State.ACKNOWLEDGED, "analyst", "请核实", ""),
        (State.CAMPAIGN, "planner", "", "2026-0007"),
    ]
    assert run(warned, (OVERDUE,)).count == 0  # the same evidence


@pytest.mark.parametrize("step", [handling.acknowledge, handling.dismiss])
def test_what_is_dismissed_stays_so(warned: Database, reference: str, step: Callable[..., object]) -> None:
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "误报")
    refuse(warned, "warning_state", lambda tx: step(tx, ANALYST, NOW, [reference], "再次"))


def test_what_is_refused(warned: Database, reference: str) -> None:
    for code_, step in (
        ("warning_without_reason", lambda tx: handling.dismiss(tx, ANALYST, NOW, [reference], " ")),
        ("warnings_none", lambda tx: handling.acknowledge(tx, ANALYST, NOW, [])),
        ("warnings_none", lambda tx: handling.acknowledge(tx, ANALYST, NOW, [reference, reference])),
        ("warning_missing", lambda tx: handling.acknowledge(tx, ANALYST, NOW, [reference, "0" * 32])),
        ("warning_missing", lambda tx: reading.read(tx, ANALYST, NOW, "0" * 32, PURPOSE)),
        ("warning_state", lambda tx: handling.hand_over(tx, PLANNER, NOW, [reference])),
        ("purpose_missing", lambda tx: reading.read(tx, ANALYST, NOW, reference, " ")),
        ("purpose_missing", lambda tx: page_of(tx, ANALYST, "", Window(10))),
        ("purpose_missing", lambda tx: plannable(tx, PLANNER, " ", Window(10))),
    ):
        refuse(warned, code_, step)


def test_who_may(warned: Database, reference: str) -> None:
    everybody = (ADMINISTRATOR, ANALYST, AUDITOR, INSPECTOR, PLANNER)
    allowed: dict[tuple[Actor, ...], Callable[..., object]] = {
        (ADMINISTRATOR, ANALYST): lambda tx, actor: raising.raise_found(tx, actor, NOW, Found((), "", False)),
        (ANALYST,): lambda tx, actor: handling.acknowledge(tx, actor, NOW, []),
        (ANALYST, AUDITOR): lambda tx, actor: reading.read(tx, actor, NOW, reference, PURPOSE),
        (AUDITOR, ANALYST): lambda tx, actor: precision.precision(tx, actor, NOW),
        (PLANNER,): lambda tx, actor: plannable(tx, actor, PURPOSE, Window(10)),
    }
    for those, step in allowed.items():
        for actor in everybody:
            with warned.read() if actor not in those else warned.write() as tx:
                if actor in those:
                    with suppress(Invalid):  # who may name none is told so
                        step(tx, actor)
                else:
                    with pytest.raises(Forbidden):
                        step(tx, actor)


def test_reading_leaves_its_record(warned: Database, reference: str) -> None:
    listed(warned, code=code(1))
    read(warned, reference)
    with warned.write() as tx:
        plannable(tx, PLANNER, PURPOSE, Window(1))
    with warned.read() as tx:
        planned, one, several = grades.readings(tx, AUDITOR, Window(3))
    assert (planned["run"], planned["enterprise"], planned["subject"]) == ("warning", None, "planner")
    assert (one["run"], one["enterprise"], one["subject"]) == ("warning", code(1), "auditor")
    assert (several["run"], several["enterprise"], several["purpose"]) == ("warning", code(1), PURPOSE)


def test_lists_are_filtered_and_paged(register: Database) -> None:
    corrections = tuple(Correction(code(number), "2026-0001", number, date(2026, 11, 1)) for number in range(1, 5))
    run(register, corrections)
    everything = listed(register)
    assert [each.subject["enterprise"] for each in everything] == [code(number) for number in (4, 3, 2, 1)]
    with register.write() as tx:
        page = page_of(tx, ANALYST, PURPOSE, Window(1, after=(everything[1].number,)))
    assert page == [everything[2]]
    assert [each.reference for each in listed(register, code=code(2))] == [everything[2].reference]
    assert listed(register, state=State.DISMISSED) == listed(register, kind=Kind.SURGE) == []


def candidate(number: int) -> Candidate:
    members = (code(number),)
    return Candidate(Kind.RELATED, {"via": ["address"]}, (number,), (), members, {})


def test_precision_counts_what_visits_found(database: Database) -> None:
    """Of five warnings one is borne out and one is not; of two nobody was there since, of one there is time left."""
    for numbers, days in ((range(1, 5), 200), ((5,), 20)):
        found = Found(tuple(map(candidate, numbers)), "", False)
        do(database, raising.raise_found, ANALYST, NOW - timedelta(days=days), found)
    take_in(database, registrations(*REGISTERED))
    problem = "违反其他管理规定"
    visits = [
        files.inspection(1, "检1", "2026-06-01", problem),
        files.inspection(2, "检2", "2026-06-01"),
        files.inspection(3, "检3", "2026-01-05", problem),  # before
        files.inspection(4, "检4", "2026-06-01", "注销"),  # not inspectable
        files.inspection(5, "检5", "2026-11-10"),
    ]
    take_in(database, file_of("inspection", visits))
    with database.read() as tx:
        (related,) = [each for each in precision.precision(tx, AUDITOR, NOW) if each.kind is Kind.RELATED]
    assert (related.raised, related.borne_out, related.not_borne_out, related.unknown) == (5, 1, 1, 3)
    assert (related.share, related.low, related.high) == (5000, 945, 9055)  # Wilson, 1 of 2: 9.45 % to 90.55 %
    assert related.false_alarms == 50_000


def test_precision_of_nothing_is_not_known(register: Database) -> None:
    with register.read() as tx:
        assert {(each.raised, each.share) for each in precision.precision(tx, ANALYST, NOW)} == {(0, None)}


def test_the_audit_finds_all_as_it_was_bound(warned: Database, reference: str) -> None:
    do(warned, handling.acknowledge, ANALYST, NOW, [reference])
    run(warned)
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "误报")  # no run has sealed it yet
    with warned.write() as tx:
        log.lock(tx)
        log.sign_checkpoint(tx, SIGNER)
    with warned.read() as tx:
        assert audit.audit(tx, VERIFIER, BINDINGS, [sealing.audit_steps]) == []


def test_the_audit_sees_a_step_that_was_changed_lost_or_added(warned: Database, reference: str) -> None:
    do(warned, handling.acknowledge, ANALYST, NOW, [reference])
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "误报")
    run(warned)
    step = {"warning": reference, "step": "new", "by": "x", "at": NOW, "note": "", "campaign": ""}
    for code_, change in (
        ("row_changed", warning_step.update().where(warning_step.c.id == 2).values(note="属实")),
        ("row_lost", warning_step.delete().where(warning_step.c.id == 2)),
        ("row_added", warning_step.insert().values(id=0, **step)),
    ):
        with damaged(warned) as tx:
            tx.execute(change)
            assert [(each.table, each.code) for each in sealing.audit_steps(tx)] == [("warning_step", code_)]
    with warned.read() as tx:
        assert list(sealing.audit_steps(tx)) == []


def test_nothing_that_is_open_expires(warned: Database, reference: str) -> None:
    with warned.read() as tx:
        (entry,) = log.of_kind(tx, WARNED)
        held = tx.execute(select(warning.c.document)).scalar_one()
        with pytest.raises(Conflict, match="expiry_of_open_warnings"):
            sealing.refuse_needed(tx, Bound(held, "warnings", "", entry))
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "误报")
    run(warned)
    with warned.read() as tx:
        sealing.refuse_needed(tx, Bound(held, "warnings", "", entry))
        last = log.of_kind(tx, WARNED)[-1]
        steps = documents.opened(tx, last.documents["steps"])
        with pytest.raises(Conflict, match="expiry_of_warning_steps"):
            sealing.refuse_needed(tx, Bound(steps.id, "warning_steps", "", last))


def test_what_expires_takes_its_steps_with_it(warned: Database, reference: str) -> None:
    do(warned, handling.dismiss, ANALYST, NOW, [reference], "误报")
    run(warned)
    with warned.write() as tx:
        last = log.of_kind(tx, WARNED)[-1]
        steps = documents.opened(tx, last.documents["steps"])
        sealing.forget_steps(tx, Bound(last.subject, "warnings", "", last))
        assert len(tx.execute(select(warning_step)).all()) == 1
        sealing.forget_steps(tx, Bound(steps.id, "warning_steps", "", last))
        assert tx.execute(select(warning_step)).all() == []


def test_a_missing_reference_is_missing(register: Database) -> None:
    with register.write() as tx, pytest.raises(Missing):
        reading.read(tx, ANALYST, NOW, "f" * 32, PURPOSE)
