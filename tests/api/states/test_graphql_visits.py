"""The rows V1 to V8, F1 and F2 of docs/states.md through the staff's GraphQL, refusals included."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from ledger.calendar import instant_text
from tests.api.house import AUDITOR, PLANNER
from tests.api.small_bureau import CONFIRM, RECORD, REVIEW, REVIEWER, visits
from tests.api.states.pictures import MAKER, photograph
from tests.api.states.visit_sites import POINTS, Site
from tests.printing import needs_font, text_of

NOTICE = """mutation ($campaign: String!, $enterprise: USCC!, $on: Date!) {
  issueNotice(campaign: $campaign, enterprise: $enterprise, plannedOn: $on, remark: "营业执照") {
    form { kind number plannedOn remark issuedBy } refusal { code }
  }
}"""
FORM = """query ($campaign: String!, $enterprise: USCC!, $kind: VisitFormKind!) {
  visitForm(campaign: $campaign, enterprise: $enterprise, kind: $kind) { number }
}"""
KEEP = """mutation ($file: Upload!, $campaign: String!, $enterprise: USCC!) {
  keepEvidence(file: $file, campaign: $campaign, enterprise: $enterprise, note: "门头") {
    file { id name type size path } refusal { code }
  }
}"""
FILES = """query ($campaign: String!, $enterprise: USCC!) {
  evidence(campaign: $campaign, enterprise: $enterprise) { id note keptBy }
}"""
CONFLICTS = """query ($campaign: String!) {
  conflicts(campaign: $campaign) { enterpriseCode number stoodVersion handedInBy facts choice note }
}"""
SETTLE = """mutation ($campaign: String!, $enterprise: USCC!, $choice: ConflictChoice!, $note: String! = "以笔录为准") {
  settleConflict(campaign: $campaign, enterprise: $enterprise, number: 1, choice: $choice, note: $note) {
    finding { state version facts recordedBy } conflict refusal { code }
  }
}"""
DETAIL = """query ($campaign: String!) { findings(campaign: $campaign, first: 100) { nodes {
  enterpriseCode measures correctBy signature { how by reason } answers { point reply } confirmedBy openConflicts
} } }"""
INBOX = "query { inbox(first: 50, filter: { onlyUnread: true }) { nodes { id code text about } } }"
READ = "mutation ($ids: [ID!]!) { markMessagesRead(ids: $ids) { messages { readAt } refusal { code } } }"


def detail(site: Site) -> dict[str, Any]:
    nodes = site.house.ask(DETAIL, PLANNER, campaign=site.campaign)["findings"]["nodes"]
    found: dict[str, Any] = next(each for each in nodes if each["enterpriseCode"] == site.code)
    return found


def review(site: Site, approve: bool, note: str = "") -> dict[str, Any]:
    return {**site.at, "approve": approve, "note": note}


def hand_in(site: Site, identifier: str, based_on: int = 0, **changes: Any) -> dict[str, Any]:
    at = instant_text(site.house.bureau.now)
    return site.found(handIn={"id": identifier, "enteredAt": at, "basedOn": based_on}, **changes)


def test_v1_the_matching_assigns_and_only_the_team_sees_it(site: Site) -> None:
    own = site.house.ask("{ visits(first: 100) { nodes { enterpriseCode } } }", site.leader)["visits"]["nodes"]
    others = site.house.ask("{ visits(first: 100) { nodes { enterpriseCode } } }", site.stranger)["visits"]["nodes"]
    assert site.code in {each["enterpriseCode"] for each in own}
    assert site.code not in {each["enterpriseCode"] for each in others}
    assert site.code in {each["enterpriseCode"] for each in visits(site.house, site.campaign)}


def test_v2_a_notice_is_issued_once_with_the_next_number(site: Site) -> None:
    house, day = site.house, site.today
    past = (house.bureau.today - timedelta(days=1)).isoformat()
    assert house.refused(NOTICE, site.leader, **site.at, on=past) == "notice_day"
    assert house.refused(NOTICE, site.stranger, **site.at, on=day) == "finding_not_assigned"
    form = house.do(NOTICE, site.leader, **site.at, on=day)["form"]
    assert form["number"].startswith(f"ZJ检通〔{day[:4]}〕")
    assert (form["kind"], form["plannedOn"], form["remark"]) == ("NOTICE", day, "营业执照")
    assert house.refused(NOTICE, PLANNER, **site.at, on=day) == "visit_notice_stands"
    assert house.ask(FORM, site.second, **site.at, kind="NOTICE")["visitForm"] == {"number": form["number"]}
    assert house.ask(FORM, site.second, **site.at, kind="RECORD")["visitForm"] is None
    site.record()
    assert house.ask(FORM, PLANNER, **site.at, kind="RECORD")["visitForm"]["number"].startswith("ZJ检录〔")


@needs_font
def test_v2_its_forms_are_fetched_as_pdf_by_who_may_see_them(site: Site) -> None:
    house = site.house
    house.do(NOTICE, site.leader, **site.at, on=site.today)
    path = f"/staff/files/forms/{site.campaign}/{site.code}"
    fetched = house.fetch(f"{path}/notice.pdf", site.second)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "application/pdf")
    assert "检查通知书" in text_of(fetched.content)
    assert house.fetch(f"{path}/notice.pdf", site.stranger).status_code == 403
    assert house.fetch(f"{path}/record.pdf", site.second).status_code == 404
    assert house.fetch(f"{path}/other.pdf", site.second).status_code == 404


def test_v3_evidence_is_kept_and_tells_its_metadata_to_auditors_alone(site: Site) -> None:
    house, picture = site.house, photograph()
    for name, content, code in (
        ("page.jpg", b"%PDF-1.7\n%%EOF", "evidence_type_differs"),
        ("page.exe", picture, "evidence_type_unknown"),
        ("page.jpg", picture[:200], "evidence_broken"),
        ("page.jpg", b"", "evidence_empty"),
        ("page.pdf", b"%PDF-1.7\n", "evidence_broken"),
    ):
        answer = house.upload(KEEP, site.leader, (name, content), **site.at)["keepEvidence"]
        assert answer == {"file": None, "refusal": {"code": code}}, name
    other = house.upload(KEEP, site.stranger, ("a.jpg", picture), **site.at)["keepEvidence"]
    assert other["refusal"] == {"code": "finding_not_assigned"}
    kept = house.upload(KEEP, site.leader, ("C:\\门头.jpg", picture), **site.at)["keepEvidence"]["file"]
    assert (kept["name"], kept["type"], kept["size"]) == ("门头.jpg", "image/jpeg", len(picture))
    again = house.upload(KEEP, site.second, ("b.jpg", picture), **site.at)["keepEvidence"]["file"]
    assert again == kept
    listed = house.ask(FILES, site.second, **site.at)["evidence"]
    assert listed == [{"id": kept["id"], "note": "门头", "keptBy": site.leader.subject}]
    again = "query ($id: ID!) { node(id: $id) { ... on EvidenceFile { note } } }"
    for actor, found in ((site.second, {"note": "门头"}), (AUDITOR, {"note": "门头"}), (site.stranger, None)):
        assert house.ask(again, actor, id=kept["id"]) == {"node": found}
    assert house.fetch(kept["path"], AUDITOR).content == picture
    for actor in (site.leader, PLANNER):
        answer = house.fetch(kept["path"], actor)
        assert answer.headers["content-type"] == "image/jpeg"
        assert MAKER.encode() not in answer.content
        with Image.open(BytesIO(answer.content)) as shown:
            assert (shown.size, dict(shown.getexif())) == ((40, 30), {})
    assert house.fetch(kept["path"], site.stranger).status_code == 404
    site.record()
    site.confirm()
    late = house.upload(KEEP, site.leader, ("c.png", photograph("PNG")), **site.at)["keepEvidence"]
    assert late["refusal"] == {"code": "finding_stands"}


def test_v4_a_visit_is_recorded_with_its_checklist_signature_and_deadline(site: Site) -> None:
    house = site.house
    checklist = house.ask(
        "query ($campaign: String!) { checklist(campaign: $campaign) { item points } }",
        site.leader,
        campaign=site.campaign,
    )["checklist"]
    assert {each["item"]: each["points"] for each in checklist} == {"ZJ-01": list(POINTS), "ZJ-02": []}
    tomorrow = (house.bureau.today + timedelta(days=1)).isoformat()
    unknown = [{"item": "ZJ-01", "point": "别的", "reply": "YES"}]
    for wrong, code in (
        ({"on": tomorrow}, "visit_in_future"),
        ({"on": "2020-01-01"}, "visit_before_draw"),
        ({"results": ["UNREACHABLE", "UNCOOPERATIVE"], "next": "OTHER"}, "results_contradict"),
        ({"next": "CORRECTION"}, "follow_up_contradicts"),
        ({"results": ["OTHER_VIOLATION"], "next": "CORRECTION"}, "correction_without_day"),
        ({"signature": {"how": "REFUSED"}}, "unsigned_without_reason"),
        ({"answers": None}, "check_points_unanswered"),
        ({"answers": unknown}, "check_point_unknown"),
        ({"answers": [*site.answers(), site.answers()[0]]}, "check_point_twice"),
    ):
        assert house.refused(RECORD, site.leader, **site.found(**wrong)) == code
    assert house.refused(RECORD, site.stranger, **site.found()) == "finding_not_assigned"
    signature = {"how": "REFUSED", "by": "", "reason": "负责人称须请示总部"}
    site.record(
        results=["OTHER_VIOLATION"],
        next="CORRECTION",
        correctBy=tomorrow,
        signature=signature,
        measures="当场责令整改",
        answers=site.answers("NO"),
    )
    found = detail(site)
    assert (found["signature"], found["correctBy"], found["measures"]) == (signature, tomorrow, "当场责令整改")
    assert found["answers"] == [{"point": point, "reply": "NO"} for point in POINTS]
    assert site.state() == "RECORDED"
    assert house.refused(RECORD, site.leader, **site.found()) == "finding_stands"


def test_v5_what_is_handed_in_later_never_overwrites_and_twice_is_once(site: Site) -> None:
    house, first = site.house, hand_in(site, "00000000-0001", facts="离线")
    for _ in range(2):
        assert house.do(RECORD, site.leader, **first)["conflict"] is None
    assert house.refused(RECORD, site.leader, **{**first, "facts": "别的"}) == "hand_in_reused"
    for _ in range(2):
        told = house.do(RECORD, site.second, **hand_in(site, "00000000-0002", facts="另一人的记录"))
        assert told["conflict"] == 1
        assert told["finding"] == {"state": "RECORDED", "version": 1, "openConflicts": 1}
    (conflict,) = [
        each
        for each in house.ask(CONFLICTS, PLANNER, campaign=site.campaign)["conflicts"]
        if each["enterpriseCode"] == site.code
    ]
    assert (conflict["stoodVersion"], conflict["handedInBy"]) == (1, site.second.subject)
    assert (conflict["facts"], conflict["choice"]) == ("另一人的记录", None)
    future = instant_text(house.bureau.now + timedelta(hours=2))
    at = {"id": "00000000-0003", "enteredAt": future, "basedOn": 0}
    assert house.refused(RECORD, site.leader, **site.found(handIn=at)) == "hand_in_in_future"
    assert house.refused(RECORD, site.leader, **hand_in(site, "00000000-0004", based_on=7)) == "hand_in_version"
    site.confirm()
    assert house.refused(REVIEW, REVIEWER, **review(site, True)) == "conflict_open"


def test_v6_a_conflict_is_settled_before_the_finding_is_approved(site: Site) -> None:
    house = site.house
    site.record()
    house.do(RECORD, site.second, **hand_in(site, "00000000-0005", facts="另一人的记录"))
    assert house.refused(SETTLE, site.stranger, **site.at, choice="KEPT") == "finding_not_assigned"
    assert house.refused(SETTLE, site.leader, **site.at, choice="KEPT", note=" ") == "settlement_without_note"
    finding = house.do(SETTLE, site.leader, **site.at, choice="RECORDED")["finding"]
    assert finding == {
        "state": "RECORDED",
        "version": 2,
        "facts": "另一人的记录",
        "recordedBy": site.second.subject,
    }
    assert house.refused(SETTLE, PLANNER, **site.at, choice="KEPT") == "conflict_settled"
    house.do(CONFIRM, site.leader, **site.at)
    house.do(REVIEW, REVIEWER, **review(site, True))


def test_v7_another_inspector_of_the_team_confirms(site: Site) -> None:
    house = site.house
    assert house.refused(CONFIRM, site.second, **site.at) == "finding_missing"
    site.record()
    (message,) = [
        each
        for each in house.ask(INBOX, site.second)["inbox"]["nodes"]
        if site.code in each["text"] and each["code"] == "finding_to_confirm"
    ]
    assert message["about"] == site.campaign
    assert house.do(READ, site.second, ids=[message["id"]])["messages"][0]["readAt"]
    assert house.refused(READ, site.leader, ids=[message["id"]]) == "message_missing"
    assert house.refused(REVIEW, REVIEWER, **review(site, True)) == "finding_unconfirmed"
    assert house.refused(CONFIRM, site.leader, **site.at) == "confirmation_of_own_finding"
    assert house.refused(CONFIRM, site.stranger, **site.at) == "finding_not_assigned"
    assert house.refused(CONFIRM, site.second, **site.at, version=2) == "finding_changed"
    confirmed = house.do(CONFIRM, site.second, **site.at, version=1)["finding"]
    assert confirmed == {"state": "CONFIRMED", "confirmedBy": site.second.subject}
    assert house.refused(CONFIRM, site.second, **site.at) == "finding_stands"


def test_v8_a_disputed_finding_is_recorded_anew(site: Site) -> None:
    house = site.house
    site.record()
    assert house.refused(CONFIRM, site.second, **site.at, agree=False) == "dispute_without_note"
    disputed = house.do(CONFIRM, site.second, **site.at, agree=False, note="数量有误")["finding"]
    assert disputed == {"state": "RETURNED", "confirmedBy": None}
    assert house.refused(REVIEW, REVIEWER, **review(site, True)) == "finding_stands"
    assert site.record()["finding"]["version"] == 2
    site.confirm()


def test_f1_a_confirmed_finding_is_approved_by_a_planner_outside_the_team(site: Site) -> None:
    house = site.house
    assert house.refused(REVIEW, REVIEWER, **review(site, True)) == "finding_missing"
    site.record()
    site.confirm()
    assert house.refused(REVIEW, site.leader, **review(site, True)) == "role_not_allowed"
    assert house.do(REVIEW, REVIEWER, **review(site, True))["finding"] == {"state": "APPROVED"}
    assert house.refused(REVIEW, REVIEWER, **review(site, True)) == "finding_stands"


def test_f2_a_confirmed_finding_is_returned_with_a_reason(site: Site) -> None:
    house = site.house
    site.record()
    site.confirm()
    assert house.refused(REVIEW, REVIEWER, **review(site, False)) == "return_without_note"
    assert house.do(REVIEW, REVIEWER, **review(site, False, "请补充照片"))["finding"] == {"state": "RETURNED"}
    told = [
        each["text"] for each in house.ask(INBOX, site.leader)["inbox"]["nodes"] if each["code"] == "finding_returned"
    ]
    assert any("请补充照片" in each for each in told)
    assert site.record()["finding"]["version"] == 2
