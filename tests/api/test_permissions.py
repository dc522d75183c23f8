"""Who may do what: every role at every mutation and query of staff."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, parse, print_ast

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from sampling import sources
from sampling.exchange import platforms
from schema import audiences
from schema.staff import schema
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import House, served_on
from tests.api.sockets import socket_of
from tests.api.test_peers import SOURCE as PEER_SOURCE

P, I, N, U, A = Role.PLANNER, Role.INSPECTOR, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR  # noqa: E741
D = Role.PEER
ALL = {P, I, N, U, A}

# What the caller may not do for their role is refused by this code; what is refused for another reason is not.
FORBIDDEN = "role_not_allowed"
CAMPAIGN = "2026-0001"
CODE = files.code(1)
UNREGISTERED = files.code(small_bureau.COUNT + 1)  # in no draw, whatever the beacon says
HASH = "0" * 64
RATED = ", ".join(f'{{grade: "{grade}", basisPoints: {rate}}}' for grade, rate in small_bureau.RATES.items())
PLAN = (
    '{title: "x", departments: ["ZJ"], items: ["ZJ-01"], startsOn: "2026-01-01", endsOn: "2099-01-01", '
    f"conditions: {{}}, rates: [{RATED}]}}"
)
DAY = re.compile(r"(?<=\")\d{4}-\d\d-\d\d(?=\")")
MONTH = civil_date(datetime.now(UTC)).isoformat()[:7]

UPLOADS = {
    "importFile": ('importFile(file: $file, source: "消防检查")', {P, N, A, D}),
    "verifyBundle": ("verifyBundle(file: $file)", ALL),
    "keepEvidence": (f'keepEvidence(campaign: "{CAMPAIGN}", enterprise: "{CODE}", file: $file)', {I}),
}
MUTATIONS = {
    "checkModel": ('checkModel(text: "x", purpose: "核对")', {N, U}),
    "compareModels": (
        'compareModels(old: { name: "trees", version: "1" }, new: { text: "x" }, purpose: "核对")',
        {N, U},
    ),
    "learnModel": (
        'learnModel(learning: { name: "x", version: "1", first: "2026-01-01", last: "2026-06-30" }, purpose: "评估")',
        {N, U},
    ),
    "evaluateCampaign": (f'evaluateCampaign(campaign: "{CAMPAIGN}", purpose: "评估")', {N, U}),
    "evaluatePeriod": ('evaluatePeriod(first: "2026-01-31", last: "2026-01-01", purpose: "评估")', {N, U}),
    "analyseIndicators": (
        'analyseIndicators(model: { text: "x" }, first: "2026-01-01", last: "2026-01-31", purpose: "评估")',
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
    "raiseWarnings": ("raiseWarnings", {N, A}),
    "acknowledgeWarnings": ("acknowledgeWarnings(references: [])", {N}),
    "dismissWarnings": ('dismissWarnings(references: [], reason: "x")', {N}),
    "planSpecialCheck": ("planSpecialCheck(references: [], plan: $plan)", {P}),
    "importRows": ('importRows(source: "消防检查", rows: [{}])', {P, N, A, D}),
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
        'followUp: NONE, signature: { how: SIGNED, by: "x" })',
        {I},
    ),
    "issueNotice": (f'issueNotice(campaign: "{CAMPAIGN}", enterprise: "{CODE}", plannedOn: "2026-11-23")', {P, I}),
    "confirmFinding": (f'confirmFinding(campaign: "{CAMPAIGN}", enterprise: "{CODE}", agree: true)', {I}),
    "settleConflict": (
        f'settleConflict(campaign: "{CAMPAIGN}", enterprise: "{CODE}", number: 1, choice: KEPT, note: "x")',
        {P, I},
    ),
    "markMessagesRead": ('markMessagesRead(ids: ["x"])', ALL),
    "setMailAddress": ("setMailAddress", ALL),
    "reviewFinding": (f'reviewFinding(campaign: "{CAMPAIGN}", enterprise: "{CODE}", approve: true)', {P}),
    "publishFindings": (f'publishFindings(campaign: "{CAMPAIGN}")', {P}),
    "proposeCorrection": (
        f'proposeCorrection(campaign: "{CAMPAIGN}", enterprise: "{CODE}", visitedOn: "2026-11-23", '
        'results: [NO_PROBLEM], followUp: NONE, reason: "x")',
        {P, I},
    ),
    "decideCorrection": ('decideCorrection(proceeding: "x", approve: true)', {P}),
    "proposeRepair": (
        f'proposeRepair(campaign: "{CAMPAIGN}", enterprise: "{CODE}", basis: "x", reason: "x")',
        {P},
    ),
    "decideRepair": ('decideRepair(proceeding: "x", approve: true)', {P}),
    "recordRecheck": (
        f'recordRecheck(campaign: "{CAMPAIGN}", enterprise: "{CODE}", checkedOn: "2026-11-23", corrected: true, '
        'facts: "x")',
        {I},
    ),
    "sendTransfer": (
        f'sendTransfer(campaign: "{CAMPAIGN}", enterprise: "{CODE}", department: "SC", basis: "x", reason: "x", '
        'answerBy: "2030-01-01")',
        {P},
    ),
    "answerTransfer": ('answerTransfer(proceeding: "x", answer: TAKEN)', {P}),
    "proposePunishment": (
        f'proposePunishment(campaign: "{CAMPAIGN}", enterprise: "{CODE}", trigger: "x", basis: "x", measure: "x", '
        'department: "SC", endsOn: "2030-01-01")',
        {P},
    ),
    "decidePunishment": ('decidePunishment(proceeding: "x", approve: true)', {P}),
    "answerPunishment": ('answerPunishment(proceeding: "x", note: "x")', {P}),
    "endPunishment": ('endPunishment(proceeding: "x", note: "x")', {P}),
    "addCalendarYear": ('addCalendarYear(year: { year: 1, source: "x", holidays: [], workdays: [] })', {A}),
    "tendPublications": ("tendPublications", {A}),
    "proposeVoid": (f'proposeVoid(campaign: "{CAMPAIGN}", reason: "理由")', {P}),
    "confirmVoid": (f'confirmVoid(campaign: "{CAMPAIGN}")', {P}),
    "closeCampaign": (f'closeCampaign(campaign: "{CAMPAIGN}")', {P}),
    "fileCampaignReport": (f'fileCampaignReport(campaign: "{CAMPAIGN}")', {P, N, U}),
    "fileAnnualReport": ('fileAnnualReport(department: "ZJ", year: 2026)', {P, N, U}),
    "fileQuarterlyReport": ('fileQuarterlyReport(quarter: "2026Q3", purpose: "x")', {N, U}),
    "draftNotice": ('draftNotice(kind: NOTICE, title: "公告", text: "正文")', {P}),
    "publishNotice": ('publishNotice(id: "x")', {P}),
    "withdrawNotice": ('withdrawNotice(id: "x", note: "原因")', {P}),
    "proposeAnswer": ('proposeAnswer(id: "x", text: "答复")', {P}),
    "answerQuestion": ('answerQuestion(id: "x", proposal: 1)', {P}),
    "setQuestionAside": ('setQuestionAside(id: "x", reason: "理由")', {P}),
    "withdrawAnswer": ('withdrawAnswer(id: "x", note: "原因")', {P}),
    "setObjectionAside": ('setObjectionAside(id: "x", reason: "理由")', {P}),
    "proposeDecision": ('proposeDecision(id: "x", uphold: true, reason: "理由")', {P}),
    "decideObjection": ('decideObjection(id: "x", proposal: 1)', {P}),
    "exportBundle": (f'exportBundle(campaign: "{CAMPAIGN}")', {U}),
    "inviteUser": ('inviteUser(subject: "x", role: PLANNER, department: "ZJ")', {A}),
    "addUser": ('addUser(subject: "y", role: PLANNER)', {A}),
    "addClient": ('addClient(name: "x", department: "ZJ")', {A}),
    "inviteUserAgain": ('inviteUserAgain(subject: "z")', {A}),
    "changeUser": ('changeUser(subject: "z", role: PLANNER)', {A}),
    "disableUser": ('disableUser(subject: "z")', {A}),
    "enableUser": ('enableUser(subject: "z")', {A}),
    "resetSecondFactor": ('resetSecondFactor(subject: "z")', {A}),
    "rotateClientSecret": ('rotateClientSecret(subject: "z")', {A}),
    "addDepartment": ('addDepartment(code: "YJ", name: "样例应急局")', {A}),
    "renameDepartment": ('renameDepartment(code: "QQ", name: "样例监管局")', {A}),
    "closeDepartment": ('closeDepartment(code: "QQ")', {A}),
    "reopenDepartment": ('reopenDepartment(code: "QQ")', {A}),
    "changePassword": ('changePassword(password: "x", newPassword: "y")', ALL),
    "beginSecondFactor": ('beginSecondFactor(password: "x")', ALL),
    "confirmSecondFactor": ('confirmSecondFactor(code: "x")', ALL),
    "signOut": ("signOut", ALL),
    "auditDatabase": ("auditDatabase", {U, A}),
    "proposeExpiry": ('proposeExpiry(documents: ["x"], reason: "到期")', {A}),
    "withdrawExpiry": ('withdrawExpiry(documents: ["x"])', {A}),
    "confirmExpiry": ('confirmExpiry(documents: ["x"])', {A}),
    "registerAuditor": ('registerAuditor(verifierKey: "x")', {A}),
    "withdrawAuditor": ('withdrawAuditor(verifierKey: "x")', {A}),
    "submitVerdict": ('submitVerdict(verdict: "x")', {U, A}),
    "stateLogComplete": ('stateLogComplete(reason: "核对")', {A}),
    "addPlatform": ('addPlatform(text: "x")', {A}),
    "queueBacklog": ('queueBacklog(platform: "x")', {P, A}),
    "resendDeliveries": ('resendDeliveries(platform: "x")', {P}),
    "exportDeliveries": ('exportDeliveries(platform: "x")', {P}),
    "enterDeliveryReceipt": ('enterDeliveryReceipt(export: "x", accepted: true, receipt: "x")', {P}),
    "recogniseInspection": (
        f'recogniseInspection(campaign: "{CAMPAIGN}", enterprise: "{CODE}", reference: "{HASH}", reason: "理由")',
        {I},
    ),
    "exportTrainingData": (
        'exportTrainingData(model: "x", version: "1", since: "2026-01-01", until: "2026-02-01", purpose: "建模")',
        {N},
    ),
    "checkProvincialModel": (
        'checkProvincialModel(text: "x", since: "2026-01-01", until: "2026-02-01", purpose: "核对")',
        {N, U},
    ),
    "importProvincialModel": ('importProvincialModel(text: "x")', {N, A}),
    "cancelJob": ('cancelJob(id: "x")', {*ALL, D}),
}
HIDING = {"fileCampaignReport": ("campaign_missing",)}

# A campaign is missing to those who may not see it.
QUERIES = {
    "node": ('node(id: "x") { id }', set()),
    "nodes": ("nodes(ids: []) { id }", {*ALL, D}),
    "me": ("me { role }", {*ALL, D}),
    "logHold": ("logHold { size }", ALL),
    "deviations": ("deviations(first: 1) { nodes { kind } }", {U}),
    "departments": ("departments { code }", {*ALL, D}),
    "divisions": ('divisions(codes: ["130304"]) { name }', {*ALL, D}),
    "findDivisions": ('findDivisions(text: "样例") { name }', {*ALL, D}),
    "items": ("items(first: 1) { nodes { code } }", {*ALL, D}),
    "inspectors": ("inspectors(first: 1) { nodes { name } }", {P, N, U, A}),
    "objects": ("objects(first: 1) { nodes { tags } }", {P, N, U, A}),
    "annualPlan": ('annualPlan(department: "ZJ", year: 2026) { version }', ALL),
    "annualProgress": ('annualProgress(department: "ZJ", year: 2026) { planned }', ALL),
    "conditionsPreview": ("conditionsPreview(conditions: {}) { memberCount }", {P}),
    "planPreview": (f"planPreview(plan: {PLAN}) {{ toDraw }}", {P}),
    "gradeScale": ("gradeScale", {P}),
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
    "campaignEvaluation": (f'campaignEvaluation(campaign: "{CAMPAIGN}", purpose: "评估") {{ visited }}', set()),
    "periodEvaluation": (
        'periodEvaluation(first: "2026-01-01", last: "2026-01-31", purpose: "评估") { visited }',
        {N, U},
    ),
    "indicatorAnalysis": (
        'indicatorAnalysis(model: { name: "trees", version: "1" }, first: "2026-01-01", last: "2026-01-31", '
        'purpose: "评估") { visits }',
        {N, U},
    ),
    "reconciliation": ("reconciliation { month }", {P, N, U, A}),
    "keptApart": ("keptApart(first: 1) { nodes { number } }", {P, N, U, A}),
    "keptApartCounts": ("keptApartCounts { records }", {P, N, U, A}),
    "coverage": ("coverage(by: SECTOR) { since }", {P, N, U, A}),
    "gradeReadings": ("gradeReadings(first: 1) { nodes { subject purpose } }", {U, A}),
    "judgements": ('judgements(purpose: "核对", first: 1) { nodes { grade } }', {N, U}),
    "models": ("models(first: 1) { nodes { name } }", {N, U, A}),
    "model": ('model(name: "trees", version: "1") { name }', {N, U, A}),
    "sources": ("sources { name }", {P, N, U, A, D}),
    "unreadableSources": ("unreadableSources { name }", {P, N, U, A, D}),
    "campaigns": ("campaigns(first: 1) { nodes { code } }", ALL),
    "campaign": (f'campaign(code: "{CAMPAIGN}") {{ state }}', {P, N, U}),
    "campaignProgress": (f'campaignProgress(campaign: "{CAMPAIGN}") {{ drawn }}', {P, N, U}),
    "visits": ("visits(first: 1) { nodes { position } }", {P, I, N, U}),
    "findings": (f'findings(campaign: "{CAMPAIGN}", first: 1) {{ nodes {{ state }} }}', {P, I, N, U}),
    "checklist": (f'checklist(campaign: "{CAMPAIGN}") {{ item }}', set()),
    "visitForm": (f'visitForm(campaign: "{CAMPAIGN}", enterprise: "{UNREGISTERED}", kind: NOTICE) {{ number }}', set()),
    "evidence": (f'evidence(campaign: "{CAMPAIGN}", enterprise: "{UNREGISTERED}") {{ id }}', set()),
    "conflicts": (f'conflicts(campaign: "{CAMPAIGN}") {{ number }}', {P, I, N, U}),
    "inbox": ("inbox(first: 1) { nodes { text } }", ALL),
    "mailAddress": ("mailAddress", ALL),
    "platforms": ("platforms { name }", {P, N, U, A}),
    "exchangeStatus": ("exchangeStatus { platform }", {P, N, U, A}),
    "deliveries": ("deliveries(first: 1) { nodes { number } }", {P, N, U, A}),
    "exchangeCompleteness": ('exchangeCompleteness(platform: "national-publicity") { month }', {P, N, U, A}),
    "inspectionsElsewhere": (f'inspectionsElsewhere(enterprise: "{CODE}") {{ body }}', {P, N, U, A}),
    "recognisableFindings": ("recognisableFindings(first: 1) { nodes { number } }", {U, D}),
    "campaignOverlap": (f'campaignOverlap(campaign: "{CAMPAIGN}", days: 90) {{ inspected }}', {P}),
    "recognitions": (f'recognitions(campaign: "{CAMPAIGN}") {{ position }}', {P, I, N, U}),
    "resolvedPseudonyms": (f'resolvedPseudonyms(pseudonyms: ["{HASH[:32]}"], purpose: "核实") {{ name }}', {N}),
    "publicationDeadlines": (f'publicationDeadlines(campaign: "{CAMPAIGN}") {{ dueOn }}', {P, N, U}),
    "calendarYears": ("calendarYears { year }", ALL),
    "proceedings": ("proceedings(first: 1) { nodes { id } }", {P, I, N, U}),
    "documents": ("documents(first: 1) { nodes { id } }", {U, A}),
    "notices": ("notices(first: 1) { nodes { title } }", {P, U}),
    "notice": ('notice(id: "x") { title }', set()),
    "questions": ("questions(first: 1) { nodes { text contact } }", {P, U}),
    "publicWork": ("publicWork { overdueQuestionCount }", {P, U}),
    "question": ('question(id: "x") { text }', set()),
    "objections": ("objections(first: 1) { nodes { text contact } }", {P, U}),
    "objection": ('objection(id: "x") { text }', set()),
    "warnings": ('warnings(purpose: "核对", first: 1) { nodes { kind } }', {N, U}),
    "warning": ('warning(reference: "x", purpose: "核对") { kind }', set()),
    "warningsToPlan": ('warningsToPlan(purpose: "核对", first: 1) { nodes { reference } }', {P}),
    "warningPrecision": ("warningPrecision { kind raisedCount }", {N, U}),
    "users": ("users(first: 1) { totalCount nodes { subject } }", {U, A}),
    "user": ('user(subject: "x") { role }', set()),
    "userChanges": ('userChanges(subject: "x") { step }', set()),
    "ledger": ("ledger { size }", {*ALL, D}),
    "auditors": ("auditors { name }", {*ALL, D}),
    "system": ("system { version settings { name value } }", {U, A}),
    "jobs": ("jobs(first: 1) { nodes { id } }", {*ALL, D}),
    "job": ('job(id: "x") { id }', set()),
}
# What these name is not here, or not this inspector's: so nobody is told more, though these roles may ask.
HERE_MISSING = {
    "visitForm": {P, I, N, U},
    "evidence": {P, I, N, U},
    "inspectionsElsewhere": {P, I, N, U, A},
    "campaignEvaluation": {N, U},
    "checklist": {P, N, U},
    "user": {U, A},
    "userChanges": {U, A},
    "notice": {P, U},
    "question": {P, U},
    "objection": {P, U},
    "warning": {N, U},
    "job": {*ALL, D},
    "node": {*ALL, D},
}
HIDDEN = (
    "id_unknown",
    "design_missing",
    "campaign_entry_missing",
    "user_missing",
    "campaign_missing",
    "job_missing",
    "visit_missing",
    "finding_not_assigned",
    "notice_missing",
    "submission_missing",
    "warning_missing",
)


SUBSCRIPTIONS = {
    "draw": f'draw(campaign: "{CAMPAIGN}") {{ code }}',
    "findings": f'findings(campaign: "{CAMPAIGN}") {{ position }}',
    "job": 'job(id: "nobody") { state }',
    "ledgerEntries": 'ledgerEntries(from: "0") { seq }',
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with enterprises and a campaign that is planned and stays so."""
    with planned(tmp_path_factory.mktemp("permissions")) as house:
        yield house


@pytest.fixture(scope="module")
def changing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same for mutations, some of which are done."""
    with planned(tmp_path_factory.mktemp("changing")) as house:
        yield house


@contextmanager
def planned(folder: Path) -> Iterator[House]:
    with served_on("sqlite", folder) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        assert small_bureau.plan(house) == CAMPAIGN
        with house.bureau.write() as tx:
            text = platforms.shipped()["national-publicity"].text
            platforms.add(tx, Actor("admin", Role.ADMINISTRATOR), house.bureau.now, text)
            sources.add(tx, Actor("admin", Role.ADMINISTRATOR), house.bureau.now, PEER_SOURCE)
        yield house


def somebody(role: Role, department: str | None = None) -> Actor:
    if role is D:
        department = department or "XF"
    return Actor(f"{role} of {department}", role, department)


def code_of(house: House, name: str, selected: str, actor: Actor, **variables: Any) -> str | None:
    """Return the code with which a mutation is refused, None where it is not."""
    taken = "($plan: PlanInput!)" if "$plan" in selected else ""
    answer = house.ask(f"mutation {taken} {{ {selected} {{ refusal {{ code }} }} }}", actor, **variables)
    refusal = answer[name]["refusal"]
    return None if refusal is None else str(refusal["code"])


def test_the_tables_name_every_field_and_say_what_the_code_says() -> None:
    root = schema._schema
    assert root.mutation_type is not None
    assert root.query_type is not None
    assert root.subscription_type is not None
    assert set(root.mutation_type.fields) == set(MUTATIONS) | set(UPLOADS) == set(audiences.MUTATIONS)
    assert set(root.query_type.fields) == set(QUERIES) == set(audiences.QUERIES)
    assert set(root.subscription_type.fields) == set(SUBSCRIPTIONS) == set(audiences.SUBSCRIPTIONS)
    for edge in audiences.EDGES:
        owner, _, name = edge.partition(".")
        assert name in root.type_map[owner].fields  # type: ignore[attr-defined]
    for name, (_, roles) in {**MUTATIONS, **UPLOADS}.items():
        assert audiences.MUTATIONS[name].roles == roles, name
    for name, (_, roles) in QUERIES.items():
        assert audiences.QUERIES[name].roles == (HERE_MISSING.get(name) or roles), name


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_refused_to_other_roles(changing_house: House, name: str, role: Role) -> None:
    selected, allowed = MUTATIONS[name]
    plan = {"plan": small_bureau.plan_input(changing_house)} if "$plan" in selected else {}
    code = code_of(changing_house, name, selected, somebody(role), **plan)
    assert (code in (FORBIDDEN, *HIDING.get(name, ()))) == (role not in allowed), code


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_is_refused_to_other_roles(changing_house: House, name: str, role: Role) -> None:
    selected, allowed = UPLOADS[name]
    mutation = f"mutation ($file: Upload!) {{ {selected} {{ refusal {{ code }} }} }}"
    refusal = changing_house.upload(mutation, somebody(role), ("d.csv", b"x"))[name]["refusal"]
    code = None if refusal is None else refusal["code"]
    assert code in ((None, "evidence_type_unknown") if role in allowed else (FORBIDDEN,))


@pytest.mark.parametrize("name", ["draftAnnualPlan", "adoptAnnualPlan"])
def test_a_step_is_refused_to_planners_of_other_departments(changing_house: House, name: str) -> None:
    selected, _ = MUTATIONS[name]
    assert code_of(changing_house, name, selected, somebody(P, "SC")) == "department_not_allowed"


@pytest.mark.parametrize(
    ("name", "role"),
    [(name, role) for name, (selected, roles) in MUTATIONS.items() if CAMPAIGN in selected for role in sorted(roles)],
)
def test_a_planned_campaign_is_not_there_for_strangers_and_inspectors(house: House, name: str, role: Role) -> None:
    selected, _ = MUTATIONS[name]
    plan = {"plan": small_bureau.plan_input(house)} if "$plan" in selected else {}
    for department in ("ZJ", "SC", None) if role is I else () if role is U else ("SC",):
        asked = [selected, selected.replace(CAMPAIGN, "2025-0099")]
        told = {code_of(house, name, each, somebody(role, department), **plan) for each in asked}
        assert told == {"campaign_missing"}


def test_no_evidence_tells_that_a_campaign_is_planned(house: House) -> None:
    selected, _ = UPLOADS["keepEvidence"]
    image = ("x.pdf", b"%PDF-1.7\n%%EOF\n")
    for asked in (selected, selected.replace(CAMPAIGN, "2025-0099")):
        mutation = f"mutation ($file: Upload!) {{ {asked} {{ refusal {{ code }} }} }}"
        answer = house.upload(mutation, somebody(I, "ZJ"), image)
        assert answer["keepEvidence"]["refusal"]["code"] == "campaign_missing"


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


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", [name for name, (selected, _) in QUERIES.items() if DAY.search(selected)])
def test_a_query_takes_every_day_of_the_calendar(house: House, name: str, day: str) -> None:
    selected, allowed = QUERIES[name]
    answer = house.post(f"{{ {DAY.sub(day, selected)} }}", actor=somebody(min(allowed)))
    assert "unexpected" not in answer.text


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
def test_a_subscription_is_refused_to_other_roles(house: House, name: str) -> None:
    with ExitStack() as stack:
        sockets = {role: stack.enter_context(socket_of(house, somebody(role))) for role in Role}
        for socket in sockets.values():
            socket.ask("1", f"subscription {{ {SUBSCRIPTIONS[name]} }}")
        latest = time.monotonic() + 0.5
        for role, socket in sockets.items():
            try:
                told = socket.receive(timeout=max(0.0, latest - time.monotonic()))
            except TimeoutError:  # let in, and nothing happens
                told = {"type": "next", "payload": {}}
            errors = told["payload"] if told["type"] == "error" else told["payload"].get("errors", [])
            codes = {error["extensions"]["code"] for error in errors}
            assert codes <= {FORBIDDEN, "campaign_missing", "job_missing"}
            refused = bool(codes - {"job_missing"})
            assert refused == (role not in audiences.SUBSCRIPTIONS[name].roles), (role, codes)


def ways(name: str) -> dict[str, tuple[str, ...]]:
    """Return by query the shortest way from it to a type, as the fields to select."""
    found: dict[str, tuple[str, ...]] = {}
    root = schema._schema.query_type
    assert root is not None
    for query, field in root.fields.items():
        if query in audiences.AGAIN:
            continue
        waiting: list[tuple[GraphQLObjectType, tuple[str, ...]]] = [
            (each, (f"... on {each.name}",)) for each in audiences.objects(schema._schema, field.type)
        ]
        seen: set[str] = set()
        while waiting:
            current, way = waiting.pop(0)
            if current.name == name:
                found[query] = way
                break
            if current.name in seen:
                continue
            seen.add(current.name)
            for edge, definition in current.fields.items():
                given = _given(definition)
                for each in audiences.objects(schema._schema, definition.type):
                    waiting.append((each, (*way, f"{edge}{given}", f"... on {each.name}")))
    return found


def _given(field: GraphQLField) -> str:
    """Return what an edge must be given: a page's size, and where it asks for one a place in the ledger."""
    named = ["first: 1"] if "first" in field.args else []
    named += [f'{name}: "1"' for name, each in field.args.items() if str(each.type) == "BigInt!"]
    return f"({', '.join(named)})" if named else ""


def asked(query: str, way: tuple[str, ...]) -> str:
    """Return a query's operation with another selection: a way and the type at its end."""
    (operation,) = parse(f"{{ {QUERIES[query][0]} }}").definitions
    (selected,) = operation.selection_set.selections  # type: ignore[attr-defined]
    given = ", ".join(print_ast(each) for each in selected.arguments or ())
    return f"{{ {query}{f'({given})' if given else ''} {{ {' { '.join(way)} {{ __typename {'} ' * len(way)}}} }}"


@pytest.mark.parametrize("name", sorted(audiences.reached(schema._schema)))
def test_a_type_is_reached_by_its_audiences_alone(house: House, name: str) -> None:
    reaching, leading = audiences.reached(schema._schema)[name], ways(name)
    assert leading
    for role in Role:
        codes = {}
        for query, way in leading.items():
            answer = house.post(asked(query, way), actor=somebody(role))
            codes[query] = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
            assert role in reaching or f'"__typename":"{name}"' not in answer.text, (role, query)
        if role in reaching:
            assert any(FORBIDDEN not in told for told in codes.values()), (role, codes)
        else:
            codes.pop("campaigns", None)  # a list of none where nothing may be seen
            assert all(told & {FORBIDDEN, *HIDDEN} for told in codes.values()), (role, codes)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("edge", audiences.EDGES)
def test_an_edge_is_refused_to_who_may_see_what_leads_to_it(house: House, edge: str, role: Role) -> None:
    owner, _, name = edge.partition(".")
    assert owner == "StaffCampaign"
    field = schema._schema.type_map[owner].fields[name]  # type: ignore[attr-defined]
    selected = " { __typename }" if list(audiences.objects(schema._schema, field.type)) else ""
    with_state = house.post(f'{{ campaign(code: "{CAMPAIGN}") {{ state {name}{selected} }} }}', actor=somebody(role))
    codes = {error["extensions"]["code"] for error in with_state.json().get("errors", ())}
    if role in audiences.EDGES[edge].roles:
        assert codes <= {"campaign_state"}
    elif name == "waitingFor":
        assert codes <= {FORBIDDEN, "campaign_missing"}  # nothing is waited for before the freeze
    else:
        assert codes & {FORBIDDEN, "campaign_missing"}


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
