"""Trials: what models would say of today's records, told only against a record of the reading."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from scoring import judgements, model_steps, trials
from scoring.grader import grade_all as grade_facts
from scoring.model import parse_model
from scoring.models import default_text
from scoring.scorecard import Effect
from scoring.tables import grade_reading
from scoring.trials import Migration, Move, Trial
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.refusing import refuse
from tests.scoring.fact_loading import load_facts
from tests.scoring.model_text import SMALL, measuring
from tests.scoring.register import ANALYST, AS_OF, AUDITOR, NOW, REGISTERED, adopt, registrations, take_in
from tests.scoring.register import grade as grade_all

PURPOSE = "试算"
OTHER = SMALL.replace('name = "small"', 'name = "other"')


@pytest.fixture
def register(database: Database) -> Database:
    """Five registered enterprises, the first with a penalty, and the example model in force."""
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    take_in(database, file_of("penalty", [files.penalty(1, "罚1", "2026-03-01")]), strict=True)
    return database


def tried(database: Database, text: str, purpose: str = PURPOSE, day: date = AS_OF) -> Trial:
    with database.read() as tx:
        withheld = trials.try_model(tx, ANALYST, parse_model(text), day, purpose)
    with database.write() as tx:
        return withheld.tell(tx, NOW)


def compared(database: Database, old: str, new: str, day: date = AS_OF) -> Migration:
    with database.read() as tx:
        withheld = trials.compare_models(tx, AUDITOR, parse_model(old), parse_model(new), day, PURPOSE)
    with database.write() as tx:
        return withheld.tell(tx, NOW)


def remarks(found: Trial) -> list[tuple[str, str]]:
    return [(each.code, each.place) for each in found.remarks]


def test_a_trial_counts_grades_bins_and_rules(register: Database) -> None:
    found = tried(register, SMALL)
    assert (found.registered, found.enterprises) == (5, 5)
    assert dict(found.grades) == {"A": 4, "B": 0, "C": 1, "D": 0}
    coverage = {each.id: each for each in found.coverage}
    assert coverage["penalties"].bins == (("[, 1)", 4), ("[1, 3)", 1), ("[3, )", 0))
    assert (coverage["age"].lacking, sum(count for _, count in coverage["age"].bins)) == (0, 5)
    assert found.rules == (("fined", 1),)


def test_a_trial_gives_what_a_run_by_the_model_would_give(register: Database) -> None:
    found = tried(register, default_text())
    run = grade_all(register)
    assert sum(count for _, count in found.grades) == run.enterprises
    assert list(compared(register, default_text(), default_text()).moves) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (measuring('source = "records"\nkinds = ["coercion"]\naggregate = "count"'), ("kind_never_imported", "model")),
        (
            measuring('source = "records"\nkinds = ["coercion"]\naggregate = "count"'),
            ("indicator_without_data", "indicators.x"),
        ),
        (
            measuring(
                'source = "outside"\naggregate = "value"\nsystem = "省平台"\nlevels = ["甲", "乙"]', "missing = 0"
            ),
            ("system_never_imported", "model"),
        ),
        (f'{OTHER}[scope]\nregions = ["远方"]', ("region_without_enterprise", "scope")),
        (f'{OTHER}[scope]\nregions = ["远方"]', ("scope_without_enterprise", "scope")),
        (f'{OTHER}[scope]\ndepartments = ["ZZ"]', ("department_unknown", "scope")),
        (OTHER, ("scope_ties_with_another", "scope")),
        (OTHER.replace('label = "D"', 'label = "E"'), ("scale_of_another_differs", "grades")),
    ],
)
def test_a_trial_says_what_the_records_lack(register: Database, text: str, expected: tuple[str, str]) -> None:
    assert expected in remarks(tried(register, text))


def test_a_trial_tells_nothing_of_another_departments_model(register: Database) -> None:
    own, other = (Actor(f"analyst-{each}", Role.ANALYST, each) for each in ("ZJ", "SC"))
    with register.write() as tx:
        model_steps.draft(tx, own, NOW, OTHER.replace('"other"', '"of-zj"') + '[scope]\ndepartments = ["ZJ"]\n')
        model_steps.review(tx, ANALYST, NOW, "of-zj", "1", True)
        model_steps.enforce(tx, ANALYST, NOW, "of-zj", "1", civil_date(NOW))
    text = OTHER.replace('label = "D"', 'label = "E"')
    for actor, seen in ((own, True), (other, False), (ANALYST, True)):
        with register.read() as tx:
            withheld = trials.try_model(tx, actor, parse_model(text), civil_date(NOW), PURPOSE)
        with register.write() as tx:
            found = withheld.tell(tx, NOW)
        named = [each.parameters["other"] for each in found.remarks if each.code == "scale_of_another_differs"]
        assert ("of-zj 1" in named, len(named)) == (seen, 1 + seen)


def test_a_value_of_nothing_is_data_where_there_might_be_none(register: Database) -> None:
    take_in(register, file_of("inspection", [files.inspection(1, "检1", AS_OF.isoformat())]), strict=True)
    inspected = measuring('source = "records"\nkinds = ["inspection"]\naggregate = "days_since"', "missing = 0")
    assert "indicator_without_data" not in [code for code, _ in remarks(tried(register, inspected))]


def test_a_comparison_tells_who_moves_and_the_matrix(register: Database) -> None:
    found = compared(register, SMALL, SMALL.replace('grade = "C"\nreason', 'grade = "D"\nreason'))
    assert found.matrix == {("A", "A"): 4, ("C", "D"): 1}
    assert list(found.moves) == [Move(files.code(1), "C", "D")]


def test_whoever_comes_into_scope_moves_from_no_grade(register: Database) -> None:
    narrow = f'{SMALL}[scope]\nstages = ["closing"]'
    found = compared(register, narrow, SMALL)
    assert found.matrix == {("", "A"): 4, ("", "C"): 1}
    assert found.old_labels == ("A", "B", "C", "D", "")
    assert len(found.moves) == 5


def test_nothing_is_told_without_a_record_of_the_reading(register: Database) -> None:
    tried(register, SMALL)
    compared(register, SMALL, OTHER)
    with register.read() as tx:
        rows = tx.execute(select(grade_reading).order_by(grade_reading.c.id)).all()
        withheld = trials.try_model(tx, ANALYST, parse_model(SMALL), AS_OF, " ")
    assert [(row.subject, row.run, row.enterprise, row.purpose) for row in rows] == [
        ("analyst", "trial", None, PURPOSE),
        ("auditor", "trial", None, PURPOSE),
    ]
    refuse(register, "purpose_missing", lambda tx: withheld.tell(tx, NOW))
    assert "C" not in repr(withheld)


def test_what_is_recorded_under_a_former_code_and_judged_counts(register: Database) -> None:
    take_in(register, file_of("change", [files.change(2, "合并", files.code(1))]), strict=True)
    today, model = civil_date(NOW), parse_model(SMALL)
    with register.write() as tx:
        held = judgements.propose(tx, ANALYST, NOW, files.code(3), Effect.EXACTLY, "D", "理由", "依据", today)
        judgements.confirm(tx, Actor("second", Role.ANALYST), NOW, held.document)
    with register.read() as tx:
        expected = {each.enterprise: each.grade for each in grade_facts([model], load_facts(tx, today), today)}
    assert (expected[files.code(2)], expected[files.code(3)]) == ("C", "D")
    assert dict(tried(register, SMALL, day=today).grades) == {**dict.fromkeys("ABCD", 0), **Counter(expected.values())}
    nobody = f'{SMALL}[scope]\nregions = ["远方"]'
    assert {each.enterprise: each.new for each in compared(register, nobody, SMALL, today).moves} == expected


@pytest.mark.parametrize("role", Role)
def test_analysts_and_auditors_try_models(register: Database, role: Role) -> None:
    actor, model = Actor("someone", role, "ZJ"), parse_model(SMALL)
    steps: list[Callable[..., object]] = [
        lambda tx: trials.try_model(tx, actor, model, AS_OF, PURPOSE),
        lambda tx: trials.compare_models(tx, actor, model, model, AS_OF, PURPOSE),
    ]
    for step in steps:
        if role in (Role.ANALYST, Role.AUDITOR):
            with register.read() as tx:
                assert step(tx) is not None
        else:
            refuse(register, "role_not_allowed", step)
