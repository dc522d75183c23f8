"""Objections, questions and notices through GraphQL: a test for each row of docs/states.md, refusals included."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from ledger.actors import Actor, Role
from tests.api.house import AUDITOR, PLANNER, House
from tests.api.small_bureau import REVIEWER

ASK = """mutation ($text: String!, $campaign: String, $consent: Boolean! = true, $contact: String) {
  askQuestion(text: $text, campaign: $campaign, consent: $consent, contact: $contact) {
    receipt { number dueOn } refusal { code field } } }"""
OBJECT = """mutation (
  $text: String!, $claim: ObjectionClaim! = WRONG_FACT, $campaign: String, $position: Int, $number: Int,
  $contact: String
) {
  objectToFinding(text: $text, claim: $claim, campaign: $campaign, position: $position, number: $number,
                  contact: $contact) { receipt { number dueOn } refusal { code field } } }"""
RECEIPT = """query ($receipt: String!) { submission(receipt: $receipt) {
  kind state campaignCode position receivedOn dueOn isOverdue answeredOn answer } }"""
STAFF = """id state text consent channel isOverdue dueOn publishedNumber contact campaignCode position claim
  enterpriseCode findingNumber steps { turn step outcome text by correction { visitedOn results { code } } }"""
PROPOSE_ANSWER = f"""mutation ($id: ID!, $text: String!) {{ proposeAnswer(id: $id, text: $text) {{
  submission {{ {STAFF} }} refusal {{ code }} }} }}"""
ANSWER = f"""mutation ($id: ID!, $proposal: Int! = 1, $publish: Boolean! = false) {{
  answerQuestion(id: $id, proposal: $proposal, publish: $publish) {{
    submission {{ {STAFF} }} refusal {{ code }} }} }}"""
ASIDE = """mutation ($id: ID!, $reason: String!) { setQuestionAside(id: $id, reason: $reason) {
  submission { state } refusal { code } } }"""
WITHDRAW_ANSWER = """mutation ($id: ID!, $note: String!) { withdrawAnswer(id: $id, note: $note) {
  submission { state publishedNumber } refusal { code } } }"""
OBJECTION_ASIDE = """mutation ($id: ID!, $reason: String!) { setObjectionAside(id: $id, reason: $reason) {
  submission { state } refusal { code } } }"""
PROPOSE = f"""mutation ($id: ID!, $uphold: Boolean!, $reason: String!, $correction: UpheldCorrectionInput) {{
  proposeDecision(id: $id, uphold: $uphold, reason: $reason, correction: $correction) {{
    submission {{ {STAFF} }} refusal {{ code }} }} }}"""
DECIDE = f"""mutation ($id: ID!, $proposal: Int! = 1) {{ decideObjection(id: $id, proposal: $proposal) {{
  submission {{ {STAFF} }} refusal {{ code }} }} }}"""
NOTICE = "notice { id state number title text draftedBy publishedBy note } refusal { code }"
DRAFT = f"""mutation ($title: String!, $text: String!) {{
  draftNotice(kind: EXPLANATION, title: $title, text: $text) {{ {NOTICE} }} }}"""
PUBLISH = f"mutation ($id: ID!) {{ publishNotice(id: $id) {{ {NOTICE} }} }}"
WITHDRAW = f"mutation ($id: ID!, $note: String!) {{ withdrawNotice(id: $id, note: $note) {{ {NOTICE} }} }}"
PUBLIC_NOTICES = "{ notices(first: 100) { nodes { number kind title text departmentCode publishedAt } } }"
ANSWERS = "{ answers(first: 100) { nodes { number question answer campaignCode askedOn answeredOn } } }"

SAID = "检查当日消防通道畅通，现场已出示照片，编号"
REASON = "经复核现场照片，情况属实。"
REPLY = "自公示之日起展示，期满后不再展示。"
STRANGER = Actor("planner-sc", Role.PLANNER, "SC")

_numbers = count(1)


@pytest.fixture
def house(closed_house: House) -> Iterator[House]:
    """The bureau with published findings, with a caller of its own for each test."""
    closed_house.http.headers["X-Forwarded-For"] = f"192.0.2.{next(_numbers)}"
    yield closed_house
    del closed_house.http.headers["X-Forwarded-For"]


def new_text() -> str:
    return f"{SAID}{next(_numbers)}。"


def hand_in(house: House, mutation: str, **variables: Any) -> str:
    """Hand something in without a token, and return its receipt number."""
    (payload,) = house.ask(mutation, **variables).values()
    assert payload["refusal"] is None, payload
    return str(payload["receipt"]["number"])


def turned_away(house: House, mutation: str, **variables: Any) -> str:
    """Return the code with which the public's mutation is refused, and see that nothing was left."""
    before = house.size()
    (payload,) = house.ask(mutation, **variables).values()
    assert payload["receipt"] is None
    assert house.size() == before
    return str(payload["refusal"]["code"])


def told(house: House, receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = house.ask(RECEIPT, receipt=receipt)["submission"]
    return found


def listed(house: House, name: str, text: str) -> dict[str, Any]:
    """Return the question or objection with a text, as a planner finds it among those that wait."""
    query = f"{{ {name}(first: 100, filter: {{ onlyOpen: true }}) {{ nodes {{ {STAFF} }} }} }}"
    found: dict[str, Any] = next(each for each in house.ask(query, PLANNER)[name]["nodes"] if each["text"] == text)
    return found


def finding(house: House) -> dict[str, Any]:
    """Return a published finding."""
    found: dict[str, Any] = house.ask(
        "{ findings(first: 1) { nodes { number campaignCode position enterpriseCode enterpriseName } } }"
    )["findings"]["nodes"][0]
    return found


def objection(house: House) -> tuple[str, str]:
    """Object to a published finding, and return receipt number and id."""
    text = new_text()
    receipt = hand_in(house, OBJECT, text=text, number=finding(house)["number"])
    return receipt, listed(house, "objections", text)["id"]


def question(house: House, consent: bool = True) -> tuple[str, str]:
    text = new_text()
    return hand_in(house, ASK, text=text, consent=consent), listed(house, "questions", text)["id"]


def test_o1_anybody_objects_to_a_published_finding_and_is_given_a_receipt(house: House) -> None:
    at, text = finding(house), new_text()
    by_position = {"campaign": at["campaignCode"], "position": at["position"]}
    receipt = hand_in(house, OBJECT, text=text, contact="公司办公室", **by_position)
    assert told(house, receipt)["state"] == "RECEIVED"
    assert told(house, receipt.lower().replace("-", " "))["position"] == at["position"]
    found = listed(house, "objections", text)
    assert (found["state"], found["claim"], found["channel"], found["contact"]) == (
        *("RECEIVED", "WRONG_FACT", "web", "公司办公室"),
    )
    assert (found["enterpriseCode"], found["findingNumber"]) == (at["enterpriseCode"], at["number"])


def test_o1_what_is_no_objection_is_refused_with_words_and_leaves_nothing(house: House) -> None:
    at = finding(house)
    by_number = {"number": at["number"]}
    text = new_text()
    hand_in(house, OBJECT, text=text, **by_number)
    assert turned_away(house, OBJECT, text=f" {text}！", **by_number) == "objection_known"
    for wrong, code in {
        "不服": "objection_without_substance",
        "不服" * 200: "objection_without_substance",
        "": "submission_text_missing",
        "误" * 2001: "text_too_long",
        "结果\u202e有误，请尽快予以更正": "text_control_character",
        "结果\x01有误，请尽快予以更正": "text_control_character",
        "Z" + "\u0335" * 40: "text_unreadable_character",
        "<img src=x onerror=alert(1)>结果有误": "text_markup",
        "证件号11010519491231002X，结果有误": "text_identity_number",
    }.items():
        assert turned_away(house, OBJECT, text=wrong, **by_number) == code
    assert turned_away(house, OBJECT, text=new_text()) == "objection_without_target"
    assert turned_away(house, OBJECT, text=new_text(), number=99_999) == "disclosure_missing"
    elsewhere = {"campaign": at["campaignCode"], "position": 9_999}
    assert turned_away(house, OBJECT, text=new_text(), **elsewhere) == "finding_not_published"
    (refused,) = house.errors(RECEIPT, receipt="ABCD")
    assert refused["extensions"]["code"] == "receipt_malformed"
    (refused,) = house.errors(RECEIPT, receipt="0000-" * 6 + "0000")
    assert refused["extensions"]["code"] == "receipt_unknown"


def test_o1_a_thousand_without_substance_at_once_leave_nothing(house: House) -> None:
    before, at = house.size(), finding(house)["number"]
    for _ in range(34):
        one = f"objectToFinding(claim: WRONG_FACT, number: {at}, text"
        several = (f'a{number}: {one}: "不服{number}") {{ refusal {{ code }} }}' for number in range(30))
        answers = house.ask(f"mutation {{ {' '.join(several)} }}")
        assert {each["refusal"]["code"] for each in answers.values()} == {"objection_without_substance"}
    assert house.size() == before


def test_o1_so_many_come_from_one_address_and_no_more(house: House) -> None:
    at, most = finding(house)["number"], house.bureau.settings.intake_per_caller
    for _ in range(most):
        hand_in(house, OBJECT, text=new_text(), number=at)
    assert turned_away(house, OBJECT, text=new_text(), number=at) == "intake_full_of_caller"
    house.http.headers["X-Forwarded-For"] = "198.51.100.7"
    hand_in(house, OBJECT, text=new_text(), number=at)


def test_o2_an_objection_is_set_aside_with_a_reason(house: House) -> None:
    receipt, found = objection(house)
    assert house.refused(OBJECTION_ASIDE, PLANNER, id=found, reason=" ") == "submission_text_missing"
    assert house.refused(OBJECTION_ASIDE, STRANGER, id=found, reason=REASON) == "submission_missing"
    assert house.refused(OBJECTION_ASIDE, AUDITOR, id=found, reason=REASON) == "role_not_allowed"
    assert house.refused(OBJECTION_ASIDE, PLANNER, id="0" * 32, reason=REASON) == "submission_missing"
    assert house.do(OBJECTION_ASIDE, PLANNER, id=found, reason="与本次检查无关。")["submission"]["state"] == "SET_ASIDE"
    assert (told(house, receipt)["state"], told(house, receipt)["answer"]) == ("SET_ASIDE", "与本次检查无关。")
    assert house.refused(OBJECTION_ASIDE, PLANNER, id=found, reason=REASON) == "submission_stands"
    assert house.refused(PROPOSE, PLANNER, id=found, uphold=True, reason=REASON) == "submission_stands"


def test_o3_a_decision_is_proposed_and_not_told(house: House) -> None:
    receipt, found = objection(house)
    name = finding(house)["enterpriseName"]
    assert house.refused(PROPOSE, PLANNER, id=found, uphold=False, reason=f"与{name}混淆。") == "text_names_enterprise"
    assert house.refused(PROPOSE, STRANGER, id=found, uphold=True, reason=REASON) == "submission_missing"
    today = house.bureau.today.isoformat()
    correction = {"visitedOn": today, "results": ["NO_PROBLEM"], "followUp": "NONE"}
    rejected = {"uphold": False, "reason": REASON, "correction": correction}
    assert house.refused(PROPOSE, PLANNER, id=found, **rejected) == "correction_of_rejected"
    late = {**correction, "visitedOn": "2199-01-01"}
    assert house.refused(PROPOSE, PLANNER, id=found, uphold=True, reason=REASON, correction=late) == "visit_in_future"
    given = {"uphold": True, "reason": REASON, "correction": correction}
    done = house.do(PROPOSE, PLANNER, id=found, **given)["submission"]
    assert (done["state"], done["steps"][0]["outcome"]) == ("PROPOSED", "UPHELD")
    assert done["steps"][0]["correction"] == {"visitedOn": today, "results": [{"code": "NO_PROBLEM"}]}
    assert (told(house, receipt)["state"], told(house, receipt)["answer"]) == ("RECEIVED", None)
    assert house.refused(OBJECTION_ASIDE, PLANNER, id=found, reason=REASON) == "submission_stands"


@pytest.mark.parametrize(("uphold", "state"), [(True, "UPHELD"), (False, "REJECTED")])
def test_o4_a_second_person_decides(house: House, uphold: bool, state: str) -> None:
    receipt, found = objection(house)
    assert house.refused(DECIDE, REVIEWER, id=found) == "submission_stands"
    house.do(PROPOSE, REVIEWER, id=found, uphold=not uphold, reason="第一稿理由，尚待核实。")
    house.do(PROPOSE, PLANNER, id=found, uphold=uphold, reason=REASON)
    assert house.refused(DECIDE, REVIEWER, id=found, proposal=1) == "proposal_outdated"
    assert house.refused(DECIDE, PLANNER, id=found, proposal=2) == "confirmation_of_own_proposal"
    assert house.do(DECIDE, REVIEWER, id=found, proposal=2)["submission"]["state"] == state
    shown = told(house, receipt)
    assert (shown["state"], shown["answer"], shown["answeredOn"]) == (state, REASON, house.bureau.today.isoformat())
    assert house.refused(DECIDE, REVIEWER, id=found, proposal=2) == "submission_stands"


def test_q1_anybody_asks_and_is_given_a_receipt(house: House) -> None:
    text = new_text()
    receipt = hand_in(house, ASK, text=text, campaign=finding(house)["campaignCode"], contact="电话 0335-0000000")
    shown = told(house, receipt)
    assert (shown["kind"], shown["state"], shown["isOverdue"]) == ("QUESTION", "RECEIVED", False)
    found = listed(house, "questions", text)
    assert (found["contact"], found["consent"], found["channel"]) == ("电话 0335-0000000", True, "web")
    (missing,) = house.errors(f'{{ question(id: "{found["id"]}") {{ text }} }}', STRANGER)
    assert missing["extensions"]["code"] == "submission_missing"


def test_q1_what_is_no_question_is_refused(house: House) -> None:
    assert turned_away(house, ASK, text="？？？？？？") == "question_without_substance"
    assert turned_away(house, ASK, text="啊" * 2001) == "text_too_long"
    assert turned_away(house, ASK, text=new_text(), campaign="2026-9999") == "campaign_missing"
    assert turned_away(house, ASK, text=new_text(), contact="电\x01话") == "text_control_character"


def test_q2_an_answer_is_proposed_and_not_told(house: House) -> None:
    receipt, found = question(house)
    name = finding(house)["enterpriseName"]
    assert house.refused(PROPOSE_ANSWER, PLANNER, id=found, text=f"{name}未被抽中。") == "text_names_enterprise"
    assert house.refused(PROPOSE_ANSWER, PLANNER, id=found, text="") == "submission_text_missing"
    assert house.refused(PROPOSE_ANSWER, AUDITOR, id=found, text=REPLY) == "role_not_allowed"
    assert house.do(PROPOSE_ANSWER, PLANNER, id=found, text=REPLY)["submission"]["state"] == "PROPOSED"
    assert (told(house, receipt)["state"], told(house, receipt)["answer"]) == ("RECEIVED", None)


def test_q3_a_second_person_answers_and_publishes_where_it_is_allowed(house: House) -> None:
    receipt, found = question(house)
    assert house.refused(ANSWER, REVIEWER, id=found) == "submission_stands"
    house.do(PROPOSE_ANSWER, PLANNER, id=found, text="第一稿答复内容。")
    house.do(PROPOSE_ANSWER, PLANNER, id=found, text=REPLY)
    assert house.refused(ANSWER, REVIEWER, id=found, proposal=1) == "proposal_outdated"
    assert house.refused(ANSWER, PLANNER, id=found, proposal=2) == "confirmation_of_own_proposal"
    number = house.do(ANSWER, REVIEWER, id=found, proposal=2, publish=True)["submission"]["publishedNumber"]
    assert told(house, receipt)["answer"] == REPLY
    shown = house.ask(ANSWERS)["answers"]["nodes"][0]
    assert (shown["number"], shown["answer"]) == (number, REPLY)
    assert house.refused(ANSWER, REVIEWER, id=found, proposal=2) == "submission_stands"

    _, quiet = question(house, consent=False)
    house.do(PROPOSE_ANSWER, PLANNER, id=quiet, text=REPLY)
    assert house.refused(ANSWER, REVIEWER, id=quiet, publish=True) == "question_without_consent"
    house.do(ANSWER, REVIEWER, id=quiet)
    assert house.ask(ANSWERS)["answers"]["nodes"][0]["number"] == number


def test_q4_a_question_is_set_aside_with_a_reason(house: House) -> None:
    receipt, found = question(house)
    assert house.refused(ASIDE, PLANNER, id=found, reason="") == "submission_text_missing"
    house.do(ASIDE, PLANNER, id=found, reason="不属于本单位职责，请向有关部门咨询。")
    assert told(house, receipt)["state"] == "SET_ASIDE"
    assert house.refused(ASIDE, PLANNER, id=found, reason=REASON) == "submission_stands"
    assert house.refused(PROPOSE_ANSWER, PLANNER, id=found, text=REPLY) == "submission_stands"


def test_q5_a_published_answer_is_withdrawn_from_all_but_who_asked(house: House) -> None:
    receipt, found = question(house)
    assert house.refused(WITHDRAW_ANSWER, PLANNER, id=found, note="内容有误") == "answer_not_published"
    house.do(PROPOSE_ANSWER, PLANNER, id=found, text=REPLY)
    number = house.do(ANSWER, REVIEWER, id=found, publish=True)["submission"]["publishedNumber"]
    assert house.do(WITHDRAW_ANSWER, PLANNER, id=found, note="内容有误")["submission"]["publishedNumber"] is None
    assert number not in [each["number"] for each in house.ask(ANSWERS)["answers"]["nodes"]]
    assert told(house, receipt)["answer"] == REPLY
    assert house.refused(WITHDRAW_ANSWER, PLANNER, id=found, note="内容有误") == "answer_not_published"


def drafted(house: House) -> str:
    return str(house.do(DRAFT, PLANNER, title="公示说明", text=new_text())["notice"]["id"])


def test_n1_a_notice_is_drafted_and_not_public(house: House) -> None:
    before = house.ask(PUBLIC_NOTICES)
    found = house.do(DRAFT, PLANNER, title="公示说明", text="第一行\n第二行")["notice"]
    assert (found["state"], found["number"], found["draftedBy"]) == ("DRAFTED", None, PLANNER.subject)
    assert house.ask(PUBLIC_NOTICES) == before
    name = finding(house)["enterpriseName"]
    assert house.refused(DRAFT, PLANNER, title="公示说明", text=f"已检查{name}") == "text_names_enterprise"
    assert house.refused(DRAFT, PLANNER, title="", text="正文") == "submission_text_missing"
    assert house.refused(DRAFT, PLANNER, title="公示", text="<b>正文</b>") == "text_markup"
    assert house.refused(DRAFT, AUDITOR, title="公示", text="正文") == "role_not_allowed"


def test_n2_a_second_person_publishes_it(house: House) -> None:
    found = drafted(house)
    assert house.refused(PUBLISH, PLANNER, id=found) == "publication_of_own_notice"
    assert house.refused(PUBLISH, STRANGER, id=found) == "notice_missing"
    assert house.refused(PUBLISH, REVIEWER, id="0" * 32) == "notice_missing"
    number = house.do(PUBLISH, REVIEWER, id=found)["notice"]["number"]
    shown = house.ask(PUBLIC_NOTICES)["notices"]["nodes"][0]
    assert (shown["number"], shown["kind"], shown["departmentCode"]) == (number, "EXPLANATION", "ZJ")
    assert house.ask(f"{{ notice(number: {number}) {{ title }} }}")["notice"]["title"] == "公示说明"
    assert house.refused(PUBLISH, REVIEWER, id=found) == "notice_stands"


def test_n2_notices_are_paged_newest_first(house: House) -> None:
    for _ in range(3):
        house.do(PUBLISH, REVIEWER, id=drafted(house))
    whole = [each["number"] for each in house.ask(PUBLIC_NOTICES)["notices"]["nodes"]]
    assert whole == sorted(whole, reverse=True)
    first = house.ask("{ notices(first: 2) { nodes { number } pageInfo { endCursor } } }")["notices"]
    after = "query ($after: String) { notices(first: 1, after: $after) { nodes { number } } }"
    follow = house.ask(after, after=first["pageInfo"]["endCursor"])["notices"]["nodes"]
    assert [each["number"] for each in first["nodes"] + follow] == whole[:3]


def test_n2_and_n3_are_seen_in_the_feeds(house: House) -> None:
    found = drafted(house)
    number = house.do(PUBLISH, REVIEWER, id=found)["notice"]["number"]
    answer = house.http.get("/notices.json")
    newest = answer.json()["items"][0]
    assert (newest["title"], newest["tags"]) == ("公示说明", ["explanation"])
    text = newest["content_text"]
    atom = house.http.get("/notices.atom").text
    assert text in atom
    assert newest["url"].endswith(f"/notices/{number}")
    assert f'href="{newest["url"]}"' in atom
    same = house.http.get("/notices.json", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    assert house.http.get(f"/notices.json?before={number}").json()["items"][:1] != [newest]
    assert house.http.get("/notices.json?before=x").status_code == 400
    house.do(WITHDRAW, PLANNER, id=found, note="内容有误")
    for path in ("/notices.json", "/notices.atom"):
        assert text not in house.http.get(path).text


def test_n3_it_is_withdrawn_from_the_public(house: House) -> None:
    found = drafted(house)
    number = house.do(PUBLISH, REVIEWER, id=found)["notice"]["number"]
    assert house.refused(WITHDRAW, PLANNER, id=found, note="") == "submission_text_missing"
    assert house.do(WITHDRAW, PLANNER, id=found, note="内容有误")["notice"]["state"] == "WITHDRAWN"
    assert number not in [each["number"] for each in house.ask(PUBLIC_NOTICES)["notices"]["nodes"]]
    (missing,) = house.errors(f"{{ notice(number: {number}) {{ title }} }}")
    assert missing["extensions"]["code"] == "notice_not_published"
    assert house.refused(WITHDRAW, PLANNER, id=found, note="内容有误") == "notice_stands"
    assert house.refused(PUBLISH, REVIEWER, id=found) == "notice_stands"


def test_nothing_public_names_staff_or_a_grade(house: House) -> None:
    receipt, found = objection(house)
    house.do(PROPOSE, PLANNER, id=found, uphold=False, reason=REASON)
    house.do(DECIDE, REVIEWER, id=found)
    asked, other = question(house)
    house.do(PROPOSE_ANSWER, PLANNER, id=other, text=REPLY)
    house.do(ANSWER, REVIEWER, id=other, publish=True)
    house.do(PUBLISH, REVIEWER, id=drafted(house))
    shown = [
        *(house.post(RECEIPT, {"receipt": number}).text for number in (receipt, asked)),
        *(house.post(query).text for query in (ANSWERS, PUBLIC_NOTICES)),
    ]
    for word in (PLANNER.subject, REVIEWER.subject, "Walnut", "Juniper", "Larch", "7340033", found, other):
        assert all(word not in text for text in shown), word


def test_staff_page_through_what_waits(house: House) -> None:
    before = house.ask("{ publicWork { openQuestionCount overdueQuestionCount } }", PLANNER)["publicWork"]
    for _ in range(3):
        question(house)
    counted = house.ask("{ publicWork { openQuestionCount overdueQuestionCount } }", PLANNER)["publicWork"]
    assert counted == {"openQuestionCount": before["openQuestionCount"] + 3, "overdueQuestionCount": 0}
    query = "query ($after: String) { questions(first: 2, after: $after) { nodes { id } pageInfo { endCursor } } }"
    first = house.ask(query, AUDITOR)["questions"]
    second = house.ask(query, AUDITOR, after=first["pageInfo"]["endCursor"])["questions"]
    assert len({each["id"] for each in first["nodes"] + second["nodes"]}) == 4
    (refused,) = house.errors(query, AUDITOR, after="WyJzdWJtaXNzaW9ucyIsIngiLCJ5Il0")
    assert refused["extensions"]["code"] == "cursor_malformed"
