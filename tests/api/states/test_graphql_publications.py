"""The rows F3 to F19 of docs/states.md through GraphQL, refusals included."""

from datetime import UTC, datetime
from typing import Any

from api.worker import Worker
from ledger.actors import Actor
from sampling.assigning import Visit
from tests import bureau_files as files
from tests.api.house import AUDITOR
from tests.api.small_bureau import PUBLISH
from tests.api.states.publishing import (
    ADMINISTRATOR,
    ELSEWHERE,
    FINDING,
    FINDINGS,
    RECEIVER,
    SECOND,
    Desk,
    leader_of,
    today,
    variables,
)
from tests.sampling.bureau import CAMPAIGN, PLANNER, take_in

PROCEEDING = "proceeding { id kind state position enterpriseCode steps { state note by } } refusal { code }"
PROPOSE_CORRECTION = f"""mutation ($campaign: String!, $enterprise: USCC!, $on: Date!, $results: [ResultCode!]!) {{
  proposeCorrection(campaign: $campaign, enterprise: $enterprise, visitedOn: $on, results: $results,
                    followUp: CORRECTION, reason: "录入有误") {{ {PROCEEDING} }} }}"""
PROPOSE_REPAIR = f"""mutation ($campaign: String!, $enterprise: USCC!, $reason: String!) {{
  proposeRepair(campaign: $campaign, enterprise: $enterprise, basis: "修复办法", reason: $reason) {{
    {PROCEEDING} }} }}"""
RECHECK = f"""mutation ($campaign: String!, $enterprise: USCC!, $on: Date!, $corrected: Boolean!) {{
  recordRecheck(campaign: $campaign, enterprise: $enterprise, checkedOn: $on, corrected: $corrected,
                facts: "现场复查") {{ {PROCEEDING} }} }}"""
SEND = f"""mutation ($campaign: String!, $enterprise: USCC!, $to: String!, $by: Date!) {{
  sendTransfer(campaign: $campaign, enterprise: $enterprise, department: $to, basis: "法", reason: "属其职责",
               answerBy: $by) {{ {PROCEEDING} }} }}"""
ANSWER = f"""mutation ($id: ID!, $answer: TransferAnswer!, $note: String!) {{
  answerTransfer(proceeding: $id, answer: $answer, note: $note) {{ {PROCEEDING} }} }}"""
PUNISH = f"""mutation ($campaign: String!, $enterprise: USCC!, $to: String!) {{
  proposePunishment(campaign: $campaign, enterprise: $enterprise, trigger: "拒不整改", basis: "法", measure: "限制评优",
                    department: $to, endsOn: "2027-06-30") {{ {PROCEEDING} }} }}"""
DEADLINES = """query ($campaign: String!) { publicationDeadlines(campaign: $campaign) {
  enterpriseCode dueOn provisional urgency workingDaysLeft } }"""
ENDED = "{ endedFindings(first: 100) { nodes { number endedAt } } }"
PROCEEDINGS = """query ($campaign: String!, $kind: ProceedingKind) {
  proceedings(first: 100, filter: { campaignCode: $campaign, kind: $kind }) { nodes { id kind state content {
    __typename ... on CorrectionContent { version reason results { code } } ... on RepairContent { basis }
    ... on RecheckContent { corrected } ... on TransferContent { departmentCode answerBy }
    ... on PunishmentContent { measure endsOn } } } } }"""
TEND = "mutation { tendPublications { job { id } refusal { code } } }"
TENDED = (
    """query ($id: ID!) { job(id: $id) { state result { ... on TendedPublications { warned escalated ended } } } }"""
)
CALENDAR = """mutation ($year: CalendarYearInput!) { addCalendarYear(year: $year) {
  year { year toldBy version holidays workdays } refusal { code } } }"""
YEARS = "{ calendarYears { year toldBy version } }"


def deciding(name: str) -> str:
    return f"""mutation ($id: ID!, $approve: Boolean!, $note: String!) {{
      {name}(proceeding: $id, approve: $approve, note: $note) {{ {PROCEEDING} }} }}"""


def noting(name: str) -> str:
    return f"mutation ($id: ID!, $note: String!) {{ {name}(proceeding: $id, note: $note) {{ {PROCEEDING} }} }}"


def begin(desk: Desk, mutation: str, visit: Visit, actor: Actor = PLANNER, **more: Any) -> str:
    made = desk.house.do(mutation, actor, **variables(visit, **more))["proceeding"]
    assert made["enterpriseCode"] == visit.enterprise
    return str(made["id"])


def correction(desk: Desk) -> dict[str, Any]:
    return {"on": today(desk), "results": ["CORRECTED"]}


def tend(desk: Desk) -> dict[str, int]:
    job = desk.house.do(TEND, ADMINISTRATOR)["job"]["id"]
    assert Worker(desk.house.bureau, lambda: desk.clock.now).work_one()
    told = desk.house.ask(TENDED, ADMINISTRATOR, id=job)["job"]
    assert told["state"] == "DONE"
    result: dict[str, int] = told["result"]
    return result


def test_f3_an_approved_finding_is_published_by_a_planner(desk: Desk) -> None:
    visit = desk.take_approved()
    assert not desk.shows(visit)
    assert desk.house.refused(PUBLISH, leader_of(visit), campaign=CAMPAIGN) == "role_not_allowed"
    assert desk.house.refused(PUBLISH, ELSEWHERE, campaign=CAMPAIGN) == "department_not_allowed"
    given = {"campaign": CAMPAIGN, "enterprises": [visit.enterprise]}
    assert desk.house.do(PUBLISH, PLANNER, **given)["publishedCount"] == 1
    assert desk.shows(visit)
    assert desk.house.refused(PUBLISH, PLANNER, **given) == "finding_stands"


def test_f6_a_correction_is_proposed_and_nothing_changes_in_public(desk: Desk) -> None:
    visit = desk.take()
    given = variables(visit, **correction(desk))
    before = desk.house.ask(FINDINGS, code=visit.enterprise)
    for code, actor in (("role_not_allowed", AUDITOR), ("department_not_allowed", ELSEWHERE)):
        assert desk.house.refused(PROPOSE_CORRECTION, actor, **given) == code
    unpublished = variables(desk.approved[0], **correction(desk))
    assert desk.house.refused(PROPOSE_CORRECTION, PLANNER, **unpublished) == "finding_stands"
    begin(desk, PROPOSE_CORRECTION, visit, leader_of(visit), **correction(desk))
    assert desk.house.refused(PROPOSE_CORRECTION, PLANNER, **given) == "proceeding_open"
    assert desk.house.ask(FINDINGS, code=visit.enterprise) == before
    nodes = desk.house.ask(PROCEEDINGS, PLANNER, campaign=CAMPAIGN, kind="CORRECTION")["proceedings"]["nodes"]
    assert {"version": 2, "reason": "录入有误", "results": [{"code": "CORRECTED"}]}.items() <= nodes[-1][
        "content"
    ].items()


def test_f7_a_second_person_corrects_and_the_newest_version_is_shown_everywhere(desk: Desk) -> None:
    visit = desk.take()
    tag = desk.house.http.get("/feed.json").headers["ETag"]
    decide, identifier = deciding("decideCorrection"), begin(desk, PROPOSE_CORRECTION, visit, **correction(desk))
    given = {"id": identifier, "approve": True, "note": ""}
    assert desk.house.refused(decide, PLANNER, **given) == "proceeding_by_same_person"
    assert desk.house.refused(decide, ELSEWHERE, **given) == "department_not_allowed"
    assert desk.house.do(decide, SECOND, **given)["proceeding"]["state"] == "APPROVED"
    assert desk.house.refused(decide, SECOND, **given) == "proceeding_state"
    (shown,) = desk.house.ask(FINDINGS, code=visit.enterprise)["of"]["nodes"]
    assert (shown["version"], shown["results"]) == (2, [{"code": "CORRECTED"}])
    assert shown["correctedAt"]
    proved = desk.house.ask(FINDING, campaign=CAMPAIGN, position=visit.position)["finding"]
    assert (proved["version"], len(proved["opening"]["salt"])) == (2, 64)
    feed = desk.house.http.get("/feed.json", headers={"If-None-Match": tag})
    (item,) = [each["_qian"] for each in feed.json()["items"] if each["_qian"]["position"] == visit.position]
    assert (item["version"], [each["code"] for each in item["results"]]) == (2, ["corrected"])
    assert "第 2 版" in desk.house.http.get("/feed.atom").text


def test_f8_a_correction_is_refused_with_a_note(desk: Desk) -> None:
    visit = desk.take()
    before = desk.house.ask(FINDINGS, code=visit.enterprise)
    decide, identifier = deciding("decideCorrection"), begin(desk, PROPOSE_CORRECTION, visit, **correction(desk))
    assert desk.house.refused(decide, SECOND, id=identifier, approve=False, note=" ") == "proceeding_text_missing"
    done = desk.house.do(decide, SECOND, id=identifier, approve=False, note="与笔录一致")["proceeding"]
    assert (done["state"], done["steps"]) == (
        "REFUSED",
        [{"state": "REFUSED", "note": "与笔录一致", "by": SECOND.subject}],
    )
    assert desk.house.ask(FINDINGS, code=visit.enterprise) == before


def test_f10_a_repair_is_proposed_and_the_finding_is_still_shown(desk: Desk) -> None:
    visit = desk.take("none")
    given = variables(visit, reason="已履行义务")
    assert desk.house.refused(PROPOSE_REPAIR, leader_of(visit), **given) == "role_not_allowed"
    assert desk.house.refused(PROPOSE_REPAIR, ELSEWHERE, **given) == "department_not_allowed"
    assert desk.house.refused(PROPOSE_REPAIR, PLANNER, **variables(visit, reason="")) == "proceeding_text_missing"
    begin(desk, PROPOSE_REPAIR, visit, reason="已履行义务")
    assert desk.house.refused(PROPOSE_REPAIR, PLANNER, **given) == "proceeding_open"
    assert desk.shows(visit)


def test_f11_after_a_repair_no_public_door_knows_the_name(desk: Desk) -> None:
    visit = desk.take("stopped")
    (number,) = [
        each["number"]
        for each in desk.house.ask(FINDINGS, code=visit.enterprise)["findings"]["nodes"]
        if each["enterpriseCode"] == visit.enterprise
    ]
    kept = desk.house.http.get("/feed.json").headers
    decide, identifier = deciding("decideRepair"), begin(desk, PROPOSE_REPAIR, visit, reason="已履行义务")
    given = {"id": identifier, "approve": True, "note": ""}
    assert desk.house.refused(decide, PLANNER, **given) == "proceeding_by_same_person"
    assert desk.house.refused(decide, RECEIVER, **given) == "proceeding_missing"
    desk.move_on(desk.clock.now.replace(minute=desk.clock.now.minute + 1))
    desk.house.do(decide, SECOND, **given)
    assert desk.house.refused(decide, SECOND, **given) == "proceeding_state"
    assert not desk.shows(visit)
    for header, name in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
        assert desk.house.http.get("/feed.json", headers={name: kept[header]}).status_code == 200
    assert number in [each["number"] for each in desk.house.ask(ENDED)["endedFindings"]["nodes"]]
    told = desk.house.http.get("/feed-ended.json").json()
    assert number in [each["number"] for each in told["ended"]]
    assert desk.house.http.get(f"/feed-ended.json?after={told['last']}").json()["ended"] == []
    assert desk.house.http.get("/feed-ended.json?after=x").status_code == 400
    refused = desk.house.errors(FINDING, campaign=CAMPAIGN, position=visit.position)
    assert refused[0]["extensions"]["code"] == "finding_expired"
    assert desk.state(visit) == "ended"
    assert desk.console.done("audit", actor=AUDITOR)["sound"]


def test_f12_a_repair_is_refused_with_a_note(desk: Desk) -> None:
    visit = desk.take("none")
    decide, identifier = deciding("decideRepair"), begin(desk, PROPOSE_REPAIR, visit, reason="已履行义务")
    assert desk.house.refused(decide, SECOND, id=identifier, approve=False, note="") == "proceeding_text_missing"
    assert desk.house.do(decide, SECOND, id=identifier, approve=False, note="未满")["proceeding"]["state"] == "REFUSED"
    assert desk.shows(visit)


def test_f13_a_re_check_is_recorded_by_the_visits_team(desk: Desk) -> None:
    visit, sound = desk.take(), desk.take("none")
    given = variables(visit, on=today(desk), corrected=False)
    assert desk.house.refused(RECHECK, PLANNER, **given) == "role_not_allowed"
    ordered = variables(sound, on=today(desk), corrected=False)
    assert desk.house.refused(RECHECK, leader_of(sound), **ordered) == "recheck_not_ordered"
    assert desk.house.refused(RECHECK, leader_of(visit), **{**given, "on": "2030-01-01"}) == "visit_in_future"
    assert desk.house.do(RECHECK, leader_of(visit), **given)["proceeding"]["state"] == "NOT_CORRECTED"
    given["corrected"] = True
    assert desk.house.do(RECHECK, leader_of(visit), **given)["proceeding"]["state"] == "CORRECTED"
    assert desk.house.refused(RECHECK, leader_of(visit), **given) == "recheck_done"


def test_f14_an_approved_finding_is_transferred(desk: Desk) -> None:
    visit = desk.approved[0]
    given: dict[str, Any] = {"to": "YJ", "by": "2027-01-31"}
    assert desk.house.refused(SEND, leader_of(visit), **variables(visit, **given)) == "role_not_allowed"
    assert desk.house.refused(SEND, PLANNER, **variables(visit, **{**given, "to": "ZJ"})) == "receiver_is_sender"
    assert desk.house.refused(SEND, PLANNER, **variables(visit, **{**given, "to": "XX"})) == "receiver_unknown"
    begin(desk, SEND, visit, **given)
    assert desk.house.refused(SEND, PLANNER, **variables(visit, **given)) == "proceeding_open"
    assert not desk.shows(visit)
    assert "transfer_waits" in desk.messages(RECEIVER)


def test_f15_the_receiving_department_takes_ends_and_returns(desk: Desk) -> None:
    visit = desk.take("none")
    identifier = begin(desk, SEND, visit, to="YJ", by="2027-01-31")

    def given(answer: str, note: str = "办理情况") -> dict[str, str]:
        return {"id": identifier, "answer": answer, "note": note}

    assert desk.house.refused(ANSWER, PLANNER, **given("TAKEN")) == "department_not_allowed"
    assert desk.house.refused(ANSWER, RECEIVER, **given("ENDED")) == "proceeding_state"
    nodes = desk.house.ask(PROCEEDINGS, RECEIVER, campaign=CAMPAIGN, kind="TRANSFER")["proceedings"]["nodes"]
    assert identifier in [each["id"] for each in nodes]
    assert desk.house.do(ANSWER, RECEIVER, **given("TAKEN"))["proceeding"]["state"] == "TAKEN"
    assert desk.house.refused(ANSWER, RECEIVER, **given("ENDED", "")) == "proceeding_text_missing"
    assert desk.house.do(ANSWER, RECEIVER, **given("ENDED"))["proceeding"]["state"] == "ENDED"
    assert desk.house.refused(ANSWER, RECEIVER, **given("RETURNED")) == "proceeding_state"
    identifier = begin(desk, SEND, visit, to="YJ", by="2027-01-31")
    assert desk.house.do(ANSWER, RECEIVER, **given("RETURNED", "非我局职责"))["proceeding"]["state"] == "RETURNED"


def test_f16_joint_punishment_is_proposed_for_a_published_problem(desk: Desk) -> None:
    visit, sound = desk.take(), desk.take("none")
    assert desk.house.refused(PUNISH, leader_of(visit), **variables(visit, to="YJ")) == "role_not_allowed"
    assert desk.house.refused(PUNISH, PLANNER, **variables(sound, to="YJ")) == "punishment_without_problem"
    unpublished = variables(desk.approved[0], to="YJ")
    assert desk.house.refused(PUNISH, PLANNER, **unpublished) == "finding_stands"
    begin(desk, PUNISH, visit, to="YJ")
    assert desk.house.refused(PUNISH, PLANNER, **variables(visit, to="YJ")) == "proceeding_open"


def in_force(desk: Desk, visit: Visit) -> str:
    identifier = begin(desk, PUNISH, visit, to="YJ")
    desk.house.do(deciding("decidePunishment"), SECOND, id=identifier, approve=True, note="")
    return identifier


def test_f17_a_second_person_puts_a_punishment_in_force_or_refuses_it(desk: Desk) -> None:
    decide, identifier = deciding("decidePunishment"), begin(desk, PUNISH, desk.take("stopped"), to="YJ")
    given = {"id": identifier, "approve": True, "note": ""}
    assert desk.house.refused(decide, PLANNER, **given) == "proceeding_by_same_person"
    assert desk.house.refused(decide, RECEIVER, **given) == "department_not_allowed"
    assert desk.house.refused(decide, SECOND, **{**given, "approve": False}) == "proceeding_text_missing"
    assert desk.house.do(decide, SECOND, **given)["proceeding"]["state"] == "CONFIRMED"
    assert desk.house.refused(decide, SECOND, **given) == "proceeding_state"
    assert "punishment_waits" in desk.messages(RECEIVER)


def test_f18_the_receiving_body_feeds_back(desk: Desk) -> None:
    visit, answer = desk.take("stopped"), noting("answerPunishment")
    identifier = in_force(desk, visit)
    given = {"id": identifier, "note": "已执行"}
    assert desk.house.refused(answer, PLANNER, **given) == "department_not_allowed"
    assert desk.house.refused(answer, RECEIVER, **{**given, "note": ""}) == "proceeding_text_missing"
    for _ in range(2):
        assert desk.house.do(answer, RECEIVER, **given)["proceeding"]["state"] == "ANSWERED"
    waiting = begin(desk, PUNISH, visit, to="SC")
    assert desk.house.refused(answer, ELSEWHERE, id=waiting, note="已执行") == "proceeding_state"


def test_f19_a_punishment_is_ended(desk: Desk) -> None:
    end, identifier = noting("endPunishment"), in_force(desk, desk.take("stopped"))
    given = {"id": identifier, "note": "期满"}
    assert desk.house.refused(end, RECEIVER, **given) == "department_not_allowed"
    assert desk.house.do(end, PLANNER, **given)["proceeding"]["state"] == "ENDED"
    assert desk.house.refused(end, PLANNER, **given) == "proceeding_state"
    assert desk.house.refused(noting("answerPunishment"), RECEIVER, **given) == "proceeding_state"


def test_a_penalty_that_names_a_finding_is_told_with_it(desk: Desk) -> None:
    visit = desk.published["none"][0]
    number = next(each for each in range(1, 200) if files.code(each) == visit.enterprise)
    row = files.penalty(number, "罚甲", "2026-11-20", 备注=f"见{CAMPAIGN}-{visit.position}号检查结果")
    take_in(desk.bureau, files.file_of("penalty", [row]), now=desk.clock.now)
    query = """query ($campaign: String!) { findings(first: 100, campaign: $campaign) {
      nodes { position penalties { number body category } } } }"""
    nodes = desk.house.ask(query, PLANNER, campaign=CAMPAIGN)["findings"]["nodes"]
    linked = {each["position"]: [one["number"] for one in each["penalties"]] for each in nodes}
    assert {position: found for position, found in linked.items() if found} == {visit.position: ["罚甲"]}


def test_a_year_of_the_calendar_is_entered_by_an_administrator(desk: Desk) -> None:
    year = {"year": 2028, "source": "国办", "holidays": ["2028-01-03"], "workdays": ["2028-01-08"]}
    assert desk.house.refused(CALENDAR, PLANNER, year=year) == "role_not_allowed"
    assert desk.house.refused(CALENDAR, ADMINISTRATOR, year={**year, "year": 2029}) == "calendar_day_of_other_year"
    assert desk.house.do(CALENDAR, ADMINISTRATOR, year=year)["year"]["version"] == 1
    assert desk.house.refused(CALENDAR, ADMINISTRATOR, year=year) == "calendar_year_unchanged"
    told = {each["year"]: each["toldBy"] for each in desk.house.ask(YEARS, PLANNER)["calendarYears"]}
    assert (told[2026], told[2028]) == ("LIBRARY", "BUREAU")


# From here on time passes


def test_f4_planners_are_warned_of_what_is_due_soon(desk: Desk) -> None:
    assert desk.house.refused(TEND, PLANNER) == "role_not_allowed"
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    desk.move_on(datetime(2026, 12, 16, 1, 0, tzinfo=UTC))
    awaited = desk.house.ask(DEADLINES, PLANNER, campaign=CAMPAIGN)["publicationDeadlines"]
    told = {"dueOn": "2026-12-23", "provisional": False, "urgency": "WARNED", "workingDaysLeft": 5}
    assert all(told.items() <= each.items() for each in awaited)
    assert tend(desk) == {"warned": len(awaited), "escalated": 0, "ended": 0}
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    assert desk.messages(PLANNER).count("publication_due") == len(awaited) > 0
    assert desk.house.errors(DEADLINES, RECEIVER, campaign=CAMPAIGN)[0]["extensions"]["code"] == "campaign_missing"


def test_f5_administrators_are_told_of_what_is_overdue(desk: Desk) -> None:
    desk.move_on(datetime(2026, 12, 24, 1, 0, tzinfo=UTC))
    awaited = desk.house.ask(DEADLINES, AUDITOR, campaign=CAMPAIGN)["publicationDeadlines"]
    assert {each["urgency"] for each in awaited} == {"OVERDUE"}
    assert tend(desk)["escalated"] == len(awaited)
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    assert desk.messages(ADMINISTRATOR).count("publication_overdue") == len(awaited)


def test_f9_the_display_ends_with_its_retention(desk: Desk) -> None:
    shown = len(desk.house.ask(FINDINGS, code="91130304PDY00001XL")["findings"]["nodes"])
    desk.move_on(datetime(2032, 1, 10, 1, 0, tzinfo=UTC))
    assert tend(desk)["ended"] == shown > 0
    assert desk.house.ask(FINDINGS, code="91130304PDY00001XL")["findings"]["nodes"] == []
    assert desk.house.http.get("/feed.json").json()["items"] == []
    visit = desk.published["none"][0]
    assert not desk.shows(visit)
    given = variables(visit, **correction(desk))
    assert desk.house.refused(PROPOSE_CORRECTION, PLANNER, **given) == "finding_stands"
    assert desk.console.done("audit", actor=AUDITOR)["sound"]
