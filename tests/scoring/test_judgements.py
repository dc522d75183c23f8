"""Manual judgements: two persons, a reason, a basis and a term; secret like a grade, and in its reasons."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.errors import Invalid
from ledger.windows import ALL, Window
from scoring import grades, grading, judgements, model_steps, models
from scoring.grade_runs import held_rows
from scoring.judgements import HeldJudgement, JudgementState
from scoring.scorecard import Effect
from scoring.tables import grade, grade_reading
from tests import bureau_files as files
from tests.actors import somebody
from tests.bureau_files import file_of
from tests.refusing import refuse
from tests.scoring.model_text import SMALL
from tests.scoring.register import ANALYST, AUDITOR, NOW, REGISTERED, adopt, registrations, take_in

TODAY = civil_date(NOW)
SECOND = Actor("second", Role.ANALYST)
CODE = files.code(1)
NUMBER = "110108000000016"


@pytest.fixture
def register(database: Database) -> Database:
    """Registered enterprises and a model in force."""
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    return database


def propose(
    database: Database, effect: Effect = Effect.EXACTLY, label: str = "D", expires: date = TODAY + timedelta(days=30)
) -> HeldJudgement:
    with database.write() as tx:
        return judgements.propose(tx, ANALYST, NOW, CODE, effect, label, "群众多次反映", "示例办法第三条", expires)


def confirm(database: Database, held: HeldJudgement, now: datetime = NOW) -> HeldJudgement:
    with database.write() as tx:
        return judgements.confirm(tx, SECOND, now, held.document)


def withdraw(database: Database, held: HeldJudgement, now: datetime = NOW) -> HeldJudgement:
    with database.write() as tx:
        return judgements.withdraw(tx, ANALYST, now, held.document, "情况已变")


def counting(database: Database, day: date) -> list[str]:
    with database.read() as tx:
        return [each.grade for each in judgements.in_force_on(tx, day)]


def grades_of(database: Database) -> dict[str, str]:
    """Grade, and tell the grades of the first two enterprises, which a run of all would give as well."""
    with database.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, NOW, TODAY)
        held = {row.enterprise: row.grade for row in tx.execute(held_rows(tx, run))}
        assert grading.grade_enterprises(tx, ANALYST, NOW, TODAY, full=True).results == run.results
    return {code: held[code] for code in (CODE, files.code(2))}


def graded(database: Database, as_of: date = TODAY, now: datetime = NOW) -> str:
    with database.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, now, as_of)
        query = select(grade.c.grade).where(grade.c.document == run.document, grade.c.enterprise == CODE)
        return str(tx.execute(query).scalar_one())


def test_a_judgement_counts_from_its_confirmation_to_its_last_day(register: Database) -> None:
    held = propose(register, expires=TODAY + timedelta(days=2))
    assert (held.state_on(TODAY), counting(register, TODAY)) == (JudgementState.PROPOSED, [])
    confirmed = confirm(register, held, NOW + timedelta(days=1))
    assert (confirmed.proposed_by, confirmed.confirmed_by) == ("analyst", "second")
    days = [TODAY + timedelta(days=days) for days in range(4)]
    assert [counting(register, day) for day in days] == [[], ["D"], ["D"], []]
    assert [confirmed.state_on(day).value for day in days] == ["proposed", "in_force", "in_force", "expired"]


def test_one_that_is_proposed_under_a_former_code_is_of_the_present_one(register: Database) -> None:
    take_in(register, file_of("change", [files.change(1, "换照", NUMBER)]), strict=True)
    with register.write() as tx:
        held = judgements.propose(tx, ANALYST, NOW, NUMBER, Effect.EXACTLY, "D", "理由", "依据", TODAY)
    assert held.judgement.enterprise == CODE
    confirm(register, held)
    assert graded(register) == "D"
    with register.write() as tx:
        assert [each.document for each in judgements.read(tx, AUDITOR, NOW, "核对", NUMBER)] == [held.document]
        assert grades.read_grade(tx, AUDITOR, NOW, NUMBER, "核对").enterprise == CODE
        assert [each.grade for each in grades.history(tx, AUDITOR, NOW, NUMBER, "核对")] == ["D"]


def test_one_that_was_made_before_the_code_changed_is_of_the_present_one(register: Database) -> None:
    held, present = confirm(register, propose(register)), files.code(2)
    assert grades_of(register) == {CODE: "D", present: "B"}
    merged = files.change(2, "合并", CODE)
    take_in(register, file_of("change", [merged]), strict=True)
    assert grades_of(register) == {CODE: "B", present: "D"}
    with register.write() as tx:
        assert [each.document for each in judgements.read(tx, AUDITOR, NOW, "核对", present)] == [held.document]
    take_in(
        register, file_of("revocation", [files.revocation(2, "变更登记", merged["文书号"], "2026-05-01")]), strict=True
    )
    assert grades_of(register) == {CODE: "D", present: "B"}
    take_in(register, file_of("change", [files.change(2, "换照", CODE)]), strict=True)
    withdraw(register, held)
    assert grades_of(register) == {CODE: "B", present: "B"}


def test_it_changes_the_grade_and_stands_in_the_reasons_while_it_counts(register: Database) -> None:
    before = graded(register)
    held = confirm(register, propose(register))
    assert (before, graded(register)) == ("B", "D")
    with register.write() as tx:
        found = grades.read_grade(tx, ANALYST, NOW, CODE, "核对")
    (told,) = [each for each in found.reasons["rules"] if each["id"] == "judgement"]
    assert (told["reason"], told["legal_basis"], told["expires"]) == ("群众多次反映", "示例办法第三条", "2026-12-23")
    withdraw(register, held)
    assert graded(register) == "B"


def test_nobody_confirms_an_own_proposal(register: Database) -> None:
    held = propose(register)
    refuse(register, "confirmation_of_own_judgement", lambda tx: judgements.confirm(tx, ANALYST, NOW, held.document))


def test_a_proposal_can_be_refused_and_what_has_ended_takes_no_step(register: Database) -> None:
    refused = withdraw(register, propose(register))
    assert (refused.state_on(TODAY), refused.note) == (JudgementState.WITHDRAWN, "情况已变")
    expired = propose(register, expires=TODAY)
    later = NOW + timedelta(days=1)
    for held, now in ((refused, NOW), (expired, later)):
        for step in (confirm, withdraw):
            refuse(
                register,
                "judgement_state",
                lambda tx, held=held, now=now, step=step: (  # type: ignore[misc]
                    judgements.confirm(tx, SECOND, now, held.document)
                    if step is confirm
                    else judgements.withdraw(tx, SECOND, now, held.document, "x")
                ),
            )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": files.code(99)}, "enterprise_missing"),
        ({"grade": "E"}, "judgement_grade_unknown"),
        ({"expires": TODAY - timedelta(days=1)}, "judgement_expired"),
        ({"reason": " "}, "judgement_incomplete"),
        ({"legal_basis": ""}, "judgement_incomplete"),
        ({"reason": "x" * 2001}, "text_too_long"),
        ({"reason": "x\x00"}, "text_control_character"),
    ],
)
def test_a_bad_proposal_is_refused(register: Database, changes: dict[str, object], code: str) -> None:
    given = {
        "code": CODE,
        "effect": Effect.AT_LEAST,
        "grade": "C",
        "reason": "理由",
        "legal_basis": "依据",
        "expires": TODAY,
        **changes,
    }
    refuse(register, code, lambda tx: judgements.propose(tx, ANALYST, NOW, **given))  # type: ignore[arg-type]


def test_a_withdrawal_says_why_and_an_unknown_judgement_is_missing(register: Database) -> None:
    held = propose(register)
    refuse(register, "judgement_incomplete", lambda tx: judgements.withdraw(tx, SECOND, NOW, held.document, " "))
    refuse(register, "judgement_missing", lambda tx: judgements.confirm(tx, SECOND, NOW, "0" * 32))


def test_the_log_has_commitments_alone(register: Database) -> None:
    with register.read() as tx:
        before = log.size(tx)
    withdraw(register, confirm(register, propose(register)))
    with register.read() as tx:
        entries = list(log.scan(tx, before))
    assert [entry.kind for entry in entries] == ["judgement.proposed", "judgement.confirmed", "judgement.withdrawn"]
    assert all(entry.body.keys() == {"subject", "documents"} for entry in entries)
    assert len({entry.subject for entry in entries}) == 1
    assert all(CODE.encode() not in entry.data for entry in entries)


def test_whoever_reads_judgements_leaves_a_record(register: Database) -> None:
    first, second = propose(register), propose(register, Effect.AT_MOST, "A")
    with register.write() as tx:
        assert judgements.read(tx, AUDITOR, NOW, "核对") == [second, first]
        assert judgements.read(tx, AUDITOR, NOW, "核对一家", files.code(2)) == []
        rows = tx.execute(select(grade_reading).order_by(grade_reading.c.id)).all()
    assert [(row.subject, row.enterprise, row.purpose) for row in rows] == [
        ("auditor", None, "核对"),
        ("auditor", files.code(2), "核对一家"),
    ]
    refuse(register, "purpose_missing", lambda tx: judgements.read(tx, AUDITOR, NOW, " "))


def test_judgements_are_chosen_by_enterprise_and_state_as_they_stand_on_a_day(register: Database) -> None:
    """As each says of itself, at the ends of its days, too."""
    made = [propose(register) for _ in range(4)]
    made.append(propose(register, expires=TODAY))
    confirm(register, made[1])
    confirm(register, made[2])
    withdraw(register, made[2], NOW + timedelta(days=1))
    confirm(register, made[3], NOW + timedelta(days=2))
    for days in (0, 1, 2, 31):
        now = NOW + timedelta(days=days)
        with register.write() as tx:
            every = judgements.read(tx, AUDITOR, now, "核对")
            assert len(every) == len(made)
            for state in JudgementState:
                expected = [each for each in every if each.state_on(civil_date(now)) is state]
                assert judgements.read(tx, AUDITOR, now, "核对", CODE, [state]) == expected
                assert judgements.count(tx, judgements.begin(tx, AUDITOR, now, "核对", CODE), [state]) == len(expected)
            page = Window(2, after=(every[0].number, every[0].document))
            assert judgements.read(tx, AUDITOR, now, "核对", window=page) == every[1:3]
            assert judgements.read(tx, AUDITOR, now, "核对", files.code(2)) == []


def test_a_page_and_how_many_there_are_is_one_reading(register: Database) -> None:
    propose(register)
    with register.write() as tx:
        reading = judgements.begin(tx, AUDITOR, NOW, "核对一家", CODE)
        assert judgements.count(tx, reading) == len(judgements.page(tx, reading, ALL)) == 1
        (row,) = tx.execute(select(grade_reading)).all()
    assert (row.subject, row.enterprise, row.purpose) == ("auditor", CODE, "核对一家")
    refuse(register, "purpose_missing", lambda tx: judgements.begin(tx, AUDITOR, NOW, " "))


@pytest.mark.parametrize("role", Role)
def test_analysts_judge_and_analysts_and_auditors_read(register: Database, role: Role) -> None:
    actor, held = somebody(role), propose(register)
    if role is not Role.ANALYST:
        for step in (
            lambda tx: judgements.propose(tx, actor, NOW, CODE, Effect.EXACTLY, "D", "理由", "依据", TODAY),
            lambda tx: judgements.confirm(tx, actor, NOW, held.document),
            lambda tx: judgements.withdraw(tx, actor, NOW, held.document, "x"),
        ):
            refuse(register, "role_not_allowed", step)
    if role not in (Role.ANALYST, Role.AUDITOR):
        refuse(register, "role_not_allowed", lambda tx: judgements.read(tx, actor, NOW, "核对"))


def test_a_judgement_of_a_grade_that_only_a_departments_model_has_is_there_for_it_alone(register: Database) -> None:
    """While its model holds beside no general one, whose grades would be the same."""
    own, other = (Actor(f"analyst-{each}", Role.ANALYST, each) for each in ("ZJ", "SC"))
    text = SMALL.replace('label = "D"', 'label = "E"').replace('"small"', '"of-zj"') + '[scope]\ndepartments = ["ZJ"]\n'
    general = propose(register)
    with register.write() as tx:
        held = models.in_force_on(tx, TODAY)[0].model
        model_steps.retire(tx, ANALYST, NOW, held.name, held.version, TODAY)
        model_steps.draft(tx, own, NOW, text)
        model_steps.review(tx, Actor("colleague", Role.ANALYST, "ZJ"), NOW, "of-zj", "1", True)
        model_steps.enforce(tx, own, NOW, "of-zj", "1", TODAY)

    def proposed(actor: Actor, code: str = CODE) -> HeldJudgement:
        with register.write() as tx:
            return judgements.propose(tx, actor, NOW, code, Effect.EXACTLY, "E", "理由", "依据", TODAY)

    with pytest.raises(Invalid, match="judgement_grade_unknown") as refused:
        proposed(other)
    assert "E" not in str(refused.value.parameters["known"])
    theirs = proposed(own)
    for actor, expected in ((own, [theirs, general]), (other, [general]), (ANALYST, [theirs, general])):
        with register.write() as tx:
            assert judgements.read(tx, actor, NOW, "核对") == expected
            assert judgements.count(tx, judgements.begin(tx, actor, NOW, "核对")) == len(expected)
    refuse(register, "judgement_missing", lambda tx: judgements.confirm(tx, other, NOW, theirs.document))
    refuse(register, "judgement_missing", lambda tx: judgements.withdraw(tx, other, NOW, theirs.document, "x"))
    confirm(register, theirs)
    with register.write() as tx:
        judgements.withdraw(tx, other, NOW, general.document, "情况已变")
