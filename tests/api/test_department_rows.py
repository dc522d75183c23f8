"""Whose rows somebody of a department reaches: every query of the permission table, asked by three departments.

The campaign is the first department's, the second takes part in it, and the third has nothing to do with it.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ledger.actors import Role
from ledger.calendar import civil_date
from ledger.windows import Window
from sampling import early_warning
from sampling.users import managing
from schema.audiences import QUERIES, Rows
from scoring import model_steps
from scoring.warnings import looking
from scoring.warnings.kinds import Candidate, Kind
from scoring.warnings.looking import Correction, Found
from tests.api.states.publishing import ADMINISTRATOR, Desk
from tests.api.test_permissions import HERE_MISSING, somebody
from tests.api.test_permissions import QUERIES as ASKED
from tests.sampling.bureau import ANALYST, CAMPAIGN, Bureau, visits
from tests.sampling.publicity.desk import NOW, ask, drafted, object_to
from tests.scoring.model_text import SMALL

LEAD, PARTNER, STRANGER = "ZJ", "SC", "YJ"
NOT_ASKED = {*HERE_MISSING, "me"} - {"campaignEvaluation", "checklist", "inspectionsElsewhere"}
CELLS = [
    (name, role)
    for name, rule in QUERIES.items()
    if name not in NOT_ASKED
    for role in sorted(rule.roles)
    if role is not Role.INSPECTOR  # of whom tests/api/test_permissions.py and tests/sampling tell
]


@pytest.fixture(autouse=True, scope="module")
def handed_in(desk: Desk) -> None:
    """Have the first department a notice, a question, an objection, a user and a model of its own, and warnings."""
    bureau = desk.bureau
    desk.move_on(NOW)
    drafted(bureau)
    ask(bureau, campaign=CAMPAIGN)
    object_to(bureau)
    bureau.do(lambda tx: managing.invite(tx, ADMINISTRATOR, NOW, "计划员", Role.PLANNER, LEAD))
    own = SMALL.replace('"small"', '"of-zj"') + f'\n[scope]\ndepartments = ["{LEAD}"]\n'
    bureau.do(lambda tx: model_steps.draft(tx, somebody(Role.ANALYST), NOW, own))
    overdue(bureau, 2)


def overdue(bureau: Bureau, count: int, at: datetime = NOW) -> list[str]:
    """Warn of overdue corrections of the campaign, acknowledge half of them, and return the references of the others.

    Beside them another warning stands, of whatever no campaign tells.
    """
    corrections = [
        Correction(each.enterprise, CAMPAIGN, each.position, civil_date(at) - timedelta(days=1))
        for each in visits(bureau)[: 2 * count]
    ]
    shared = Candidate(Kind.RELATED, {"via": ["address"]}, (0,), (), (corrections[0].enterprise,), {})
    found = Found((shared, *map(looking.overdue, corrections)), "", False)
    bureau.do(lambda tx: early_warning.raise_warnings(tx, ANALYST, at, found))
    every = bureau.do(lambda tx: early_warning.page(tx, ANALYST, at, "核对", Window(100), Kind.CORRECTION))
    references = [each.reference for each in every]
    bureau.do(lambda tx: early_warning.acknowledge(tx, ANALYST, at, references[count:]))
    return references[:count]


def told(desk: Desk, name: str, role: Role, department: str | None) -> Any:
    """Return what a query gives somebody; None where it is refused, or where there is nothing to see."""
    selected = ASKED[name][0].replace("first: 1)", "first: 50)").replace("first: 1,", "first: 50,")
    answer = desk.house.post(f"{{ {selected} }}", actor=somebody(role, department)).json()
    return None if "errors" in answer or blank(answer["data"]) else answer["data"]


def blank(value: Any) -> bool:
    """Tell whether an answer says nothing."""
    if isinstance(value, dict):
        return all(blank(each) for each in value.values())
    return not value if not isinstance(value, list) else all(map(blank, value))


@pytest.mark.parametrize(("name", "role"), CELLS)
def test_rows_cross_as_the_table_says(desk: Desk, name: str, role: Role) -> None:
    rows = QUERIES[name].rows
    lead, partner, stranger = (told(desk, name, role, each) for each in (LEAD, PARTNER, STRANGER))
    if role is Role.AUDITOR or rows in (Rows.BUREAU, Rows.VISITED):
        assert lead == partner == stranger
    elif rows is Rows.SCOPED:
        assert partner == stranger
    elif rows is Rows.SHARED:
        assert lead == partner != stranger
    elif rows is Rows.JOINT:
        assert lead == partner
        assert stranger is None
    elif rows is Rows.OWN and lead is not None:
        assert lead not in (partner, stranger)
    if role is not Role.PEER and lead is not None:
        everything = told(desk, name, role, None)
        assert everything is not None
        assert rows is Rows.OWN or everything == lead


def test_enough_is_there_to_be_told_apart(desk: Desk) -> None:
    seen = {name for name, role in CELLS if role is not Role.PEER and told(desk, name, role, LEAD) is not None}
    assert seen >= {name for name, rule in QUERIES.items() if rule.rows is Rows.SHARED} - set(NOT_ASKED)
    by_rows = {rows: {name for name in seen if QUERIES[name].rows is rows} for rows in Rows}
    assert by_rows[Rows.OWN] >= {
        "inspectors",
        "objects",
        "campaignEvaluation",
        "notices",
        "questions",
        "users",
        "gradeReadings",
    }
    assert by_rows[Rows.JOINT] >= {"campaigns", "campaign", "campaignProgress", "visits", "findings", "checklist"}


EDGES = """query ($campaign: String!) { campaign(code: $campaign) {
  plan { rates { grade } } visits(first: 9) { nodes { enterpriseCode } } findings(first: 9) { nodes { facts } }
  preview { toDraw }
} }"""


def test_who_takes_part_sees_targets_and_findings_and_nothing_of_grades(desk: Desk) -> None:
    answers = {}
    for department in (LEAD, PARTNER):
        asked = desk.house.post(EDGES, {"campaign": CAMPAIGN}, somebody(Role.PLANNER, department)).json()
        answers[department] = asked["data"]["campaign"]
        (error,) = asked["errors"]
        code = "campaign_state" if department == LEAD else "department_not_allowed"
        assert (error["path"], error["extensions"]["code"]) == (["campaign", "preview"], code)
    assert answers[LEAD]["plan"]["rates"]
    assert answers[PARTNER]["plan"]["rates"] == []
    assert answers[LEAD]["visits"]["nodes"]
    for shared in ("visits", "findings"):
        assert answers[LEAD][shared] == answers[PARTNER][shared]
