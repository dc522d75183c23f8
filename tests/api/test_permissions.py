"""Who may do what: every role at every mutation and query of staff."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from schema.staff import schema
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import House, served_on

P, I, N, U, A = Role.PLANNER, Role.INSPECTOR, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR  # noqa: E741
ALL = {P, I, N, U, A}

# What the caller may not do for their role is refused by this code; what is refused for another reason is not.
FORBIDDEN = "role_not_allowed"
CAMPAIGN = "2026-0001"
CODE = files.code(1)
HASH = "0" * 64
MONTH = civil_date(datetime.now(UTC)).isoformat()[:7]

UPLOADS = {
    "importFile": ('importFile(file: $file, source: "department")', {P, N, A}),
    "verifyBundle": ("verifyBundle(file: $file)", ALL),
}
MUTATIONS = {
    "checkModel": ('checkModel(text: "x", purpose: "核对")', {N, U}),
    "compareModels": (
        'compareModels(old: { name: "trees", version: "1" }, new: { text: "x" }, purpose: "核对")',
        {N, U},
    ),
    "draftModel": ('draftModel(text: "x")', {N, A}),
    "reviewModel": ('reviewModel(name: "x", version: "1", approve: true)', {N, A}),
    "enforceModel": ('enforceModel(name: "x", version: "1", since: "2026-01-01")', {N, A}),
    "retireModel": ('retireModel(name: "x", version: "1", until: "2026-01-01")', {N, A}),
    "proposeJudgement": (
        f'proposeJudgement(enterprise: "{CODE}", effect: AT_LEAST, grade: "Larch", reason: "r", legalBasis: "b", '
        'expires: "2026-01-01")',
        {N},
    ),
    "confirmJudgement": ('confirmJudgement(id: "x")', {N}),
    "withdrawJudgement": ('withdrawJudgement(id: "x", note: "n")', {N}),
    "addSource": ('addSource(text: "x")', {A}),
    "pullSource": ('pullSource(source: "department")', {P, N, A}),
    "gradeEnterprises": ("gradeEnterprises", {N, A}),
    "draftAnnualPlan": ('draftAnnualPlan(plan: { department: "ZJ", year: 2026, lines: [] })', {P}),
    "adoptAnnualPlan": ('adoptAnnualPlan(department: "ZJ", year: 2026, version: 1)', {P}),
    "planCampaign": ("planCampaign(plan: $plan)", {P}),
    "changePlan": (f'changePlan(campaign: "{CAMPAIGN}", plan: $plan)', {P}),
    "freezeCampaign": (f'freezeCampaign(campaign: "{CAMPAIGN}")', {P}),
    "revealBeacon": (f'revealBeacon(campaign: "{CAMPAIGN}", party: "x", salt: "{HASH}", value: "{HASH}")', {P}),
    "enterBeaconValues": (f'enterBeaconValues(campaign: "{CAMPAIGN}", values: ["1"])', {P, I, U}),
    "confirmBeaconValues": (f'confirmBeaconValues(campaign: "{CAMPAIGN}", values: ["1"])', {P, I, U}),
    "enterBeaconRound": (f'enterBeaconRound(campaign: "{CAMPAIGN}", signature: "{HASH}")', {P}),
    "drawCampaign": (f'drawCampaign(campaign: "{CAMPAIGN}")', {P}),
    "matchCampaign": (f'matchCampaign(campaign: "{CAMPAIGN}")', {P}),
    "reopenMatch": (f'reopenMatch(campaign: "{CAMPAIGN}", inspector: "ZJ001", cause: "x")', {P}),
    "rematchCampaign": (f'rematchCampaign(campaign: "{CAMPAIGN}")', {P}),
    "proposeReplacement": (
        f'proposeReplacement(campaign: "{CAMPAIGN}", enterprises: ["{CODE}"], cause: SAME_AS_ANOTHER, '
        'explanation: "x")',
        {P},
    ),
    "confirmReplacement": (f'confirmReplacement(campaign: "{CAMPAIGN}")', {P}),
    "recordFinding": (
        f'recordFinding(campaign: "{CAMPAIGN}", enterprise: "{CODE}", visitedOn: "2026-11-23", results: [NO_PROBLEM], '
        "followUp: NONE)",
        {I},
    ),
    "reviewFinding": (f'reviewFinding(campaign: "{CAMPAIGN}", enterprise: "{CODE}", approve: true)', {P}),
    "publishFindings": (f'publishFindings(campaign: "{CAMPAIGN}")', {P}),
    "proposeVoid": (f'proposeVoid(campaign: "{CAMPAIGN}", reason: "理由")', {P}),
    "confirmVoid": (f'confirmVoid(campaign: "{CAMPAIGN}")', {P}),
    "closeCampaign": (f'closeCampaign(campaign: "{CAMPAIGN}")', {P}),
    "exportBundle": (f'exportBundle(campaign: "{CAMPAIGN}")', {U}),
    "auditDatabase": ("auditDatabase", {U, A}),
    "proposeExpiry": ('proposeExpiry(documents: ["x"], reason: "到期")', {A}),
    "withdrawExpiry": ('withdrawExpiry(documents: ["x"])', {A}),
    "confirmExpiry": ('confirmExpiry(documents: ["x"])', {A}),
    "registerAuditor": ('registerAuditor(verifierKey: "x")', {A}),
    "withdrawAuditor": ('withdrawAuditor(verifierKey: "x")', {A}),
    "submitVerdict": ('submitVerdict(verdict: "x")', {U, A}),
    "stateLogComplete": ('stateLogComplete(reason: "核对")', {A}),
    "cancelJob": ('cancelJob(id: "x")', ALL),
}
LEAD_ONLY = (
    *("draftAnnualPlan", "adoptAnnualPlan"),
    *("changePlan", "freezeCampaign", "revealBeacon", "enterBeaconRound", "drawCampaign", "matchCampaign"),
    *("reopenMatch", "rematchCampaign", "publishFindings", "proposeVoid", "confirmVoid"),
    *("proposeReplacement", "confirmReplacement"),
)

# A campaign is missing to those who may not see it.
QUERIES = {
    "me": ("me { role }", ALL),
    "logHold": ("logHold { size }", ALL),
    "deviations": ("deviations { kind }", {U}),
    "departments": ("departments { code }", ALL),
    "items": ("items(first: 1) { nodes { code } }", ALL),
    "inspectors": ("inspectors(first: 1) { nodes { name } }", ALL),
    "objects": ("objects(first: 1) { nodes { tags } }", {P, N, U, A}),
    "annualPlan": ('annualPlan(department: "ZJ", year: 2026) { version }', ALL),
    "annualProgress": ('annualProgress(department: "ZJ", year: 2026) { planned }', ALL),
    "conditionsPreview": ("conditionsPreview(conditions: {}) { memberCount }", {P}),
    "enterprises": ("enterprises(first: 1) { nodes { name } }", {P, N, U, A}),
    "enterprise": (f'enterprise(code: "{CODE}") {{ records(first: 1) {{ nodes {{ number }} }} }}', {P, N, U, A}),
    "grade": (f'grade(enterprise: "{CODE}", purpose: "核对") {{ grade }}', {N, U}),
    "gradeDistribution": ('gradeDistribution(purpose: "核对") { notice }', {P, N, U}),
    "gradeHistory": (f'gradeHistory(enterprise: "{CODE}", purpose: "核对") {{ grade }}', {N, U}),
    "gradeMigration": (
        f'gradeMigration(since: "{MONTH}", until: "{MONTH}", purpose: "核对") {{ notice }}',
        {P, N, U},
    ),
    "outsideGrades": (f'outsideGrades(enterprise: "{CODE}", purpose: "核对") {{ grade }}', {N, U}),
    "reconciliation": ("reconciliation { month }", {P, N, U, A}),
    "keptApart": ("keptApart(first: 1) { nodes { number } }", {P, N, U, A}),
    "keptApartCounts": ("keptApartCounts { records }", {P, N, U, A}),
    "coverage": ("coverage(by: SECTOR) { since }", {P, N, U, A}),
    "gradeReadings": ("gradeReadings(first: 1) { nodes { purpose } }", {U, A}),
    "judgements": ('judgements(purpose: "核对", first: 1) { nodes { grade } }', {N, U}),
    "models": ("models(first: 1) { nodes { name } }", {N, U, A}),
    "model": ('model(name: "trees", version: "1") { name }', {N, U, A}),
    "sources": ("sources { name }", {P, N, U, A}),
    "unreadableSources": ("unreadableSources { name }", {P, N, U, A}),
    "campaigns": ("campaigns(first: 1) { nodes { code } }", ALL),
    "campaign": (f'campaign(code: "{CAMPAIGN}") {{ state }}', {P, N, U}),
    "visits": ("visits(first: 1) { nodes { position } }", {P, I, N, U}),
    "findings": (f'findings(campaign: "{CAMPAIGN}", first: 1) {{ nodes {{ state }} }}', {P, I, N, U}),
    "documents": ("documents(first: 1) { nodes { id } }", {U, A}),
    "jobs": ("jobs(first: 1) { nodes { id } }", ALL),
    "job": ('job(id: "x") { id }', set()),
}
HIDDEN = ("campaign_missing", "job_missing")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with enterprises and a campaign."""
    with served_on("sqlite", tmp_path_factory.mktemp("permissions")) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        assert small_bureau.plan(house) == CAMPAIGN
        yield house


def somebody(role: Role, department: str | None = None) -> Actor:
    return Actor(f"{role} of {department}", role, department)


def code_of(house: House, name: str, selected: str, actor: Actor, **variables: Any) -> str | None:
    """Return the code with which a mutation is refused, None where it is not."""
    taken = "($plan: PlanInput!)" if "$plan" in selected else ""
    answer = house.ask(f"mutation {taken} {{ {selected} {{ refusal {{ code }} }} }}", actor, **variables)
    refusal = answer[name]["refusal"]
    return None if refusal is None else str(refusal["code"])


def test_the_tables_name_every_field() -> None:
    assert schema._schema.mutation_type is not None
    assert schema._schema.query_type is not None
    assert set(schema._schema.mutation_type.fields) == set(MUTATIONS) | set(UPLOADS)
    assert set(schema._schema.query_type.fields) == set(QUERIES)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_refused_to_other_roles(house: House, name: str, role: Role) -> None:
    selected, allowed = MUTATIONS[name]
    plan = {"plan": small_bureau.plan_input(house)} if "$plan" in selected else {}
    code = code_of(house, name, selected, somebody(role), **plan)
    assert (code == FORBIDDEN) == (role not in allowed), code


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_is_refused_to_other_roles(house: House, name: str, role: Role) -> None:
    selected, allowed = UPLOADS[name]
    mutation = f"mutation ($file: Upload!) {{ {selected} {{ refusal {{ code }} }} }}"
    refusal = house.upload(mutation, somebody(role), ("d.csv", b"x"))[name]["refusal"]
    assert (refusal is None) == (role in allowed)
    if refusal is not None:
        assert refusal["code"] == FORBIDDEN


@pytest.mark.parametrize("name", LEAD_ONLY)
def test_a_step_is_refused_to_planners_of_other_departments(house: House, name: str) -> None:
    selected, _ = MUTATIONS[name]
    plan = {"plan": small_bureau.plan_input(house)} if "$plan" in selected else {}
    assert code_of(house, name, selected, somebody(P, "SC"), **plan) == "department_not_allowed"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_refused_to_other_roles(house: House, name: str, role: Role) -> None:
    selected, allowed = QUERIES[name]
    answer = house.post(f"{{ {selected} }}", actor=somebody(role)).json()
    if role in allowed:
        assert "errors" not in answer, answer
    else:
        (error,) = answer["errors"]
        assert error["extensions"]["code"] in (FORBIDDEN, *HIDDEN)


def test_a_campaign_of_another_department_is_not_to_be_seen(house: House) -> None:
    stranger = somebody(P, "SC")
    assert house.ask("{ campaigns(first: 9) { nodes { code } } }", stranger)["campaigns"]["nodes"] == []
    (error,) = house.errors(f'{{ campaign(code: "{CAMPAIGN}") {{ state }} }}', stranger)
    (nothing,) = house.errors('{ campaign(code: "2026-9999") { state } }', stranger)
    assert error["extensions"]["code"] == nothing["extensions"]["code"] == "campaign_missing"


def test_an_inspector_sees_only_own_visits(house: House) -> None:
    assert house.ask("{ visits(first: 9) { nodes { position } } }", somebody(I, "ZJ"))["visits"]["nodes"] == []


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic abc", "Bearer abc", "Bearer a.b.c"])
def test_the_door_opens_to_nobody_without_a_token(house: House, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = house.http.post("/staff/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"]["code"] in ("token_missing", "token_refused")
