"""Whose rows somebody of a department may act on: every mutation and subscription of the permission table.

The campaign is the first department's, the second takes part in it, and the third has nothing to do with it. Each step
names something that is there, so that only whose it is decides whether somebody is told that it is not his.
"""

import re
from dataclasses import dataclass

import pytest

from ledger.actors import Actor, Role
from sampling.publicity.submissions import Kind
from sampling.users import managing
from schema.audiences import MUTATIONS, SUBSCRIPTIONS, Rows
from scoring import models
from tests import bureau_files as files
from tests.api.sockets import socket_of
from tests.api.states.publishing import ADMINISTRATOR, Desk
from tests.api.test_department_rows import overdue
from tests.api.test_permissions import CAMPAIGN as PLANNED
from tests.api.test_permissions import CODE, code_of, somebody
from tests.api.test_permissions import MUTATIONS as ASKED
from tests.api.test_permissions import SUBSCRIPTIONS as FOLLOWED
from tests.sampling import bureau as steps
from tests.sampling.bureau import CAMPAIGN, PLAN, take_in
from tests.sampling.publication import walk
from tests.sampling.publicity import desk as publicity

LEAD, PARTNER, STRANGER, NOBODYS = "ZJ", "SC", "YJ", None
OWN_DEPARTMENT = "QQ"
NOT_YOURS = {
    *("campaign_missing", "department_not_allowed", "evaluation_of_others", "finding_not_assigned", "model_of_others"),
    *("export_of_department", "notice_missing", "proceeding_missing", "submission_missing", "user_missing"),
    "warning_missing",
}
"""What somebody is told of what is another's."""

OF_ALL = {
    "addDepartment": "whoever adds a department is of none that is there",
    "analyseIndicators": "it counts visits of one's own department; tests/api/test_department_rows.py reads them",
    **dict.fromkeys(("checkProvincialModel", "evaluatePeriod", "learnModel"), "as analyseIndicators"),
    "fileQuarterlyReport": "it tells what its reader may read of each; as analyseIndicators",
    "checkModel": "its text is anybody's, and tells of no other department's model; tests/scoring/test_trials.py",
    "compareModels": "as checkModel; a held model is read as `model` reads it",
    "proposeJudgement": "general models have its grade; tests/scoring/test_judgements.py",
    "confirmJudgement": "as proposeJudgement",
    "withdrawJudgement": "as proposeJudgement",
    "draftModel": "its text says whose it is; tests/scoring/test_models.py",
    "importProvincialModel": "as draftModel",
    "importFile": "a peer's own source; tests/api/test_peers.py",
    "importRows": "as importFile",
    "confirmBeaconValues": "who is named in the campaign's ceremony, of whichever department; tests/sampling",
    "enterBeaconValues": "as confirmBeaconValues",
    "planSpecialCheck": "its plan is planCampaign's, its warnings those of warningsToPlan; tests/sampling",
}
"""Steps that name nothing which is there already, and where it is seen whose they are."""
NAMES_NOTHING_HIDDEN = {
    *("addClient", "addUser", "inviteUser", "planCampaign"),
    *("adoptAnnualPlan", "draftAnnualPlan", "fileAnnualReport"),
    *("closeDepartment", "renameDepartment", "reopenDepartment"),
}
"""Steps that name what is new, or a department, of which everybody knows."""


@dataclass
class Things:
    """What is there to act on: the text to put for a placeholder of the permission table's steps, by step."""

    of_step: dict[str, str]
    visit: str
    leader: Actor


@pytest.fixture(scope="module")
def things(desk: Desk) -> Things:
    bureau, now = desk.bureau, desk.clock.now
    visits = [desk.take() for _ in range(4)]
    transfer, punishment = walk.send(bureau, visits[0], STRANGER), walk.punish(bureau, visits[1])
    repair, correction = walk.propose_repair(bureau, visits[2]), walk.propose_correction(bureau, visits[3])
    publicity.ask(bureau, now=now, campaign=CAMPAIGN)
    publicity.object_to(bureau, now=now)
    question, objection = (publicity.newest(bureau, each).id for each in (Kind.QUESTION, Kind.OBJECTION))
    notice = publicity.drafted(bureau, now).id
    take_in(bureau, files.file_of("department", [files.department(OWN_DEPARTMENT, "样例气象局")]), now=now)
    for subject in ("x", "z"):
        bureau.do(lambda tx, name=subject: managing.add(tx, ADMINISTRATOR, now, name, Role.PLANNER, LEAD))  # type: ignore[misc]
    (held, *_) = bureau.ask(models.versions)
    model = f'{held.model.name}", version: "{held.model.version}'
    of_step = {
        **dict.fromkeys(("answerTransfer",), transfer.id),
        **dict.fromkeys(("decidePunishment", "endPunishment", "answerPunishment"), punishment.id),
        "decideRepair": repair.id,
        "decideCorrection": correction.id,
        **dict.fromkeys(("answerQuestion", "setQuestionAside", "withdrawAnswer", "proposeAnswer"), question),
        **dict.fromkeys(("setObjectionAside", "proposeDecision", "decideObjection"), objection),
        **dict.fromkeys(("publishNotice", "withdrawNotice"), notice),
        **dict.fromkeys(("reviewModel", "enforceModel", "retireModel"), model),
        **dict(zip(("acknowledgeWarnings", "dismissWarnings"), overdue(bureau, 2, now), strict=True)),
    }
    visit = desk.take_approved()
    return Things(of_step, visit.enterprise, steps.leader(visit))


WHOSE = {
    **dict.fromkeys(("answerTransfer", "answerPunishment"), STRANGER),
    **dict.fromkeys(("renameDepartment", "closeDepartment", "reopenDepartment"), OWN_DEPARTMENT),
}
"""Whose something is, where it is not the lead's."""

PLAN_INPUT = {
    "title": "示例",
    "departments": [LEAD],
    "items": ["ZJ-03"],
    "startsOn": PLAN.starts.isoformat(),
    "endsOn": PLAN.ends.isoformat(),
    "conditions": {},
    "rates": [{"grade": grade, "basisPoints": 1000 + 500 * place} for place, grade in enumerate("ABCD")],
}


def told(desk: Desk, things: Things, name: str, actor: Actor, missing: bool = False) -> str | None:
    """Return the code with which a step is refused to somebody, None where it is done; or one on what is not there."""
    selected = ASKED[name][0].replace(CODE, things.visit)
    if missing:
        selected = selected.replace('subject: "z"', 'subject: "nobody"').replace(PLANNED, "2025-0099")
        selected = selected.replace("references: []", 'references: ["nobody"]')
    elif name in things.of_step:
        selected = re.sub('(id|proceeding|name): "x"(, version: "1")?', rf'\1: "{things.of_step[name]}"', selected)
        selected = selected.replace("references: []", f'references: ["{things.of_step[name]}"]')
    selected = selected.replace(PLANNED, CAMPAIGN)
    if name in ("addUser", "changeUser"):  # of a department, since whoever is of one makes nobody who is of all
        selected = selected.replace("role: PLANNER", f'role: PLANNER, department: "{LEAD}"')
    plan = {"plan": PLAN_INPUT} if "$plan" in selected else {}
    return code_of(desk.house, name, selected, actor, **plan)


CELLS = [
    (name, role)
    for name, rule in sorted(MUTATIONS.items())
    if name not in OF_ALL and name in ASKED and rule.rows is not Rows.SELF
    for role in sorted(rule.roles)
    if role is not Role.PEER
]


@pytest.mark.parametrize(("name", "role"), CELLS)
def test_a_step_is_for_those_departments_that_the_table_says(desk: Desk, things: Things, name: str, role: Role) -> None:
    rows, owner = MUTATIONS[name].rows, WHOSE.get(name, LEAD)

    def is_anothers(department: str | None) -> bool:
        own = role is Role.INSPECTOR and department == LEAD
        return told(desk, things, name, things.leader if own else somebody(role, department)) in NOT_YOURS

    if rows is Rows.BUREAU or role is Role.AUDITOR:
        reaching = [LEAD, PARTNER, STRANGER, NOBODYS]
    elif rows in (Rows.SCOPED, Rows.WHOLE):
        reaching = [NOBODYS]
    elif rows in (Rows.JOINT, Rows.SHARED) and role is not Role.INSPECTOR:
        reaching = [LEAD, PARTNER, NOBODYS]
    else:  # an inspector reaches his own visits
        reaching = [owner, NOBODYS] if role is not Role.INSPECTOR else [LEAD]
    others = [each for each in (STRANGER, PARTNER, LEAD) if each not in reaching]
    assert [each for each in others if not is_anothers(each)] == []
    assert [each for each in reaching if is_anothers(each)] == []


NAMING = [
    (name, role)
    for name, role in CELLS
    if name not in NAMES_NOTHING_HIDDEN
    and MUTATIONS[name].rows in (Rows.OWN, Rows.JOINT, Rows.SHARED)
    and role is not Role.AUDITOR
]


@pytest.mark.parametrize(("name", "role"), NAMING)
def test_a_stranger_is_told_of_what_is_there_as_of_what_is_not(
    desk: Desk, things: Things, name: str, role: Role
) -> None:
    stranger = somebody(role, OWN_DEPARTMENT)
    code = told(desk, things, name, stranger)
    assert code == told(desk, things, name, stranger, missing=True)
    assert str(code).endswith("_missing")


@pytest.mark.parametrize("role", sorted(role for role in Role if role is not Role.PEER))
@pytest.mark.parametrize("name", sorted(SUBSCRIPTIONS))
def test_a_subscription_is_for_those_departments_that_the_table_says(desk: Desk, name: str, role: Role) -> None:
    rule = SUBSCRIPTIONS[name]
    if role not in rule.roles or role is Role.INSPECTOR or rule.rows is Rows.SELF:
        pytest.skip("seen in tests/api/test_permissions.py and tests/api/test_subscriptions.py")

    def is_anothers(department: str | None, patience: float = 0.5) -> bool:
        with socket_of(desk.house, somebody(role, department)) as socket:
            socket.ask("1", f"subscription {{ {FOLLOWED[name].replace(PLANNED, CAMPAIGN)} }}")
            try:
                answer = socket.receive(patience)
            except TimeoutError:  # let in, and nothing happens
                return False
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"].get("errors", [])
        return bool({error["extensions"]["code"] for error in errors} & NOT_YOURS)

    reaching = [LEAD, PARTNER, NOBODYS]
    if rule.rows is Rows.BUREAU or role is Role.AUDITOR:
        reaching.append(STRANGER)
    assert [each for each in reaching if is_anothers(each)] == []
    assert [each for each in (STRANGER,) if each not in reaching and not is_anothers(each, patience=30)] == []
