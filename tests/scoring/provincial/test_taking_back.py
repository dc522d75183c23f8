"""The province's model is held against local findings, drafted, and put in force like any other, with its origin."""

from datetime import date

import pytest

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.windows import Window
from sampling.evaluating import check_provincial_model
from scoring import grades, model_steps, models
from scoring.model import parse_model
from scoring.models import State
from scoring.provincial.local_findings import LocalFindings
from scoring.provincial.taking_back import check_model, import_model, request_check
from scoring.trials import Withheld
from tests.actors import somebody
from tests.sampling.bureau import ANALYST, AUDITOR, CLOSED_AT, OTHER_ANALYST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.scoring.model_text import AGE, GRADES, HEAD, PENALTIES, RULE

BODY = HEAD.replace('"small"', '"provincial"') + GRADES + PENALTIES + AGE + RULE


def provincial(body: str = BODY) -> str:
    return f"""{body}
[origin]
issuer = "某省市场监督管理部门"
issued_on = 2026-11-20
data = "全省检查数据"
digest = "{parse_model(body).digest()}"
distribution = [{{ indicator = "penalties", bins = [700_000, 250_000, 50_000] }}]
finding_rates = [{{ grade = "A", rate = 100_000 }}]
"""


TEXT = provincial()
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 30)
PURPOSE = "启用前核对"


@pytest.fixture
def bureau(bureau_in: BureauIn) -> Bureau:
    """A bureau whose campaign is closed."""
    return bureau_in("closed")


def check(bureau: Bureau, text: str = TEXT, actor: Actor = ANALYST) -> LocalFindings:
    withheld = bureau.ask(lambda tx: check_model(tx, actor, CLOSED_AT, text, SINCE, UNTIL, PURPOSE))
    return bureau.do(lambda tx: withheld.tell(tx, CLOSED_AT))


def test_somebody_of_a_department_holds_it_against_the_visits_that_he_may_evaluate(bureau: Bureau) -> None:
    """The campaign is the first department's; who takes part in it evaluates none of it, nor does a stranger."""
    lead, partner = (Actor(f"analyst-{each}", Role.ANALYST, each) for each in ("ZJ", "SC"))

    def asked(actor: Actor) -> Withheld[LocalFindings]:
        given = provincial(f'{BODY}[scope]\ndepartments = ["{actor.department}"]\n')
        return bureau.ask(lambda tx: check_provincial_model(tx, actor, CLOSED_AT, given, SINCE, UNTIL, PURPOSE))

    withheld = asked(lead)
    assert bureau.do(lambda tx: withheld.tell(tx, CLOSED_AT)).visits == check(bureau).visits
    bureau.refuse("provincial_no_visits", lambda _: asked(partner))


def test_it_is_held_against_what_was_found_here(bureau: Bureau) -> None:
    found = check(bureau)
    assert found.origin is not None
    assert found.origin.issuer == "某省市场监督管理部门"
    assert (found.enterprises, found.enterprises_out_of_scope) == (124, 0)
    by_grade = {each.prevalence.domain: each for each in found.grades}
    # 36 enterprises have two penalties, and by the rule no grade below C
    assert {label: each.enterprises for label, each in by_grade.items()} == {"A": 88, "B": 0, "C": 36, "D": 0}
    assert by_grade["A"].prevalence.visits + by_grade["C"].prevalence.visits == found.visits > 0
    assert by_grade["A"].expected == pytest.approx(0.1)
    (age, penalties) = found.indicators
    assert penalties.enterprises == (88, 36, 0)
    assert penalties.stability is not None
    assert age.stability is None
    assert "bin_never_occurs" in {each.code for each in found.remarks}


def test_the_reading_is_recorded(bureau: Bureau) -> None:
    check(bureau, actor=AUDITOR)
    (reading,) = bureau.ask(lambda tx: grades.readings(tx, AUDITOR, Window(1)))
    assert (reading["subject"], reading["enterprise"], reading["purpose"]) == (AUDITOR.subject, None, PURPOSE)


def test_it_comes_into_force_by_others_and_its_origin_stays_with_it(bureau: Bureau) -> None:
    today = civil_date(CLOSED_AT)
    bureau.do(lambda tx: import_model(tx, ANALYST, CLOSED_AT, TEXT))
    bureau.refuse(
        "review_of_own_model",
        lambda tx: model_steps.review(tx, ANALYST, CLOSED_AT, "provincial", "1", True),
    )
    bureau.do(lambda tx: model_steps.review(tx, OTHER_ANALYST, CLOSED_AT, "provincial", "1", True))
    bureau.do(lambda tx: model_steps.retire(tx, ANALYST, CLOSED_AT, "qian-example", "2", today))
    bureau.do(lambda tx: model_steps.enforce(tx, ANALYST, CLOSED_AT, "provincial", "1", today))
    held = bureau.ask(lambda tx: models.read(tx, AUDITOR, "provincial", "1"))
    assert held.state_on(today) is State.IN_FORCE
    assert held.text == TEXT
    assert held.model.origin is not None
    assert held.model.origin.data == "全省检查数据"


@on_one_engine
@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BODY, "model_origin_missing"),
        (TEXT.replace("points = 25", "points = 26"), "model_origin_digest"),
        ("name = ", "toml_malformed"),
        (TEXT.replace('"某省市场监督管理部门"', '""'), "toml_value_wrong"),
    ],
)
def test_a_document_that_is_wrong_is_refused(bureau: Bureau, text: str, code: str) -> None:
    bureau.refuse(code, lambda tx: import_model(tx, ANALYST, CLOSED_AT, text))
    bureau.refuse(code, lambda tx: request_check(tx, ANALYST, CLOSED_AT, text, SINCE, UNTIL, PURPOSE))


@on_one_engine
@pytest.mark.parametrize("text", [TEXT, provincial(BODY + '[scope]\ndepartments = ["SC"]\n')])
def test_a_model_of_others_is_not_for_an_analyst_of_a_department(bureau: Bureau, text: str) -> None:
    analyst = Actor("analyst-zj", Role.ANALYST, "ZJ")
    bureau.refuse("model_of_others", lambda tx: import_model(tx, analyst, CLOSED_AT, text))
    bureau.refuse("model_of_others", lambda tx: request_check(tx, analyst, CLOSED_AT, text, SINCE, UNTIL, PURPOSE))


@on_one_engine
def test_an_analyst_of_a_department_takes_in_models_of_that_department(bureau: Bureau) -> None:
    analyst = Actor("analyst-zj", Role.ANALYST, "ZJ")
    own = provincial(BODY + '[scope]\ndepartments = ["ZJ"]\n')
    assert bureau.do(lambda tx: import_model(tx, analyst, CLOSED_AT, own)).model.origin is not None


@on_one_engine
@pytest.mark.parametrize(
    ("since", "until", "purpose", "code"),
    [
        (UNTIL, SINCE, PURPOSE, "provincial_span"),
        (SINCE, UNTIL, " ", "purpose_missing"),
        (date(2026, 11, 26), UNTIL, PURPOSE, "provincial_no_visits"),
    ],
)
def test_a_check_without_visits_or_purpose_is_refused(
    bureau: Bureau, since: date, until: date, purpose: str, code: str
) -> None:
    bureau.refuse(code, lambda tx: check_model(tx, ANALYST, CLOSED_AT, TEXT, since, until, purpose))


@on_one_engine
@pytest.mark.parametrize("role", [Role.PLANNER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_who_reads_no_grades_checks_nothing(bureau: Bureau, role: Role) -> None:
    actor = somebody(role)
    bureau.refuse("role_not_allowed", lambda tx: request_check(tx, actor, CLOSED_AT, TEXT, SINCE, UNTIL, PURPOSE))
