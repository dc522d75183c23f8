"""The rows V1 to V8, F1 and F2 of docs/states.md through the command line, refusals included."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.actors import Actor
from ledger.calendar import instant_text
from tests.api.house import AUDITOR, PLANNER
from tests.api.small_bureau import REVIEWER
from tests.api.states.pictures import MAKER, photograph
from tests.api.states.visit_sites import POINTS, Site
from tests.printing import needs_font, text_of


@pytest.fixture
def answers(site: Site, tmp_path: Path) -> Path:
    """The checklist, answered."""
    path = tmp_path / "answers.json"
    told = [{"item": "ZJ-01", "point": point, "reply": "yes", "remark": ""} for point in POINTS]
    path.write_text(json.dumps(told), "utf-8")
    return path


def recording(site: Site, answers: Path, *more: str, result: str = "no_problem") -> Sequence[str]:
    given = ("--visited", site.today, "--result", result, "--answers", str(answers))
    signed = () if any(each.startswith(("--refused", "--nobody")) for each in more) else ("--signed-by", "样例负责人")
    return ("finding", "record", *site.told, *given, *signed, *more)


def done(site: Site, actor: Actor, *call: str | Path) -> Any:
    return site.console.done(*call, actor=actor)


def refused(site: Site, actor: Actor, *call: str | Path) -> Any:
    return site.console.json(*call, actor=actor).error


def confirming(site: Site, *more: str) -> Sequence[str]:
    return ("finding", "confirm", *site.told, *more)


def reviewing(site: Site, *more: str) -> Sequence[str]:
    return ("finding", "review", *site.told, *more)


def hand_in(site: Site, identifier: str, based_on: int = 0) -> Sequence[str]:
    at = instant_text(site.house.bureau.now).replace("Z", "+00:00")
    return ("--hand-in", identifier, "--entered-at", at, "--based-on", str(based_on))


def test_v1_an_inspector_lists_the_own_visits(site: Site) -> None:
    assert site.code in {each["enterprise"] for each in done(site, site.leader, "visits")["visits"]}
    assert site.code not in {each["enterprise"] for each in done(site, site.stranger, "visits")["visits"]}


def test_v2_a_notice_is_issued_and_printed(site: Site) -> None:
    notice = ("visit", "notice", *site.told, "--on")
    assert refused(site, site.leader, *notice, "2020-01-01") == "notice_day"
    assert refused(site, site.stranger, *notice, site.today) == "finding_not_assigned"
    printing = ("visit", "print", *site.told, "--kind")
    assert refused(site, site.leader, *printing, "notice") == "form_missing"
    number = done(site, PLANNER, *notice, site.today, "--remark", "营业执照")["form"]["number"]
    assert refused(site, site.leader, *notice, site.today) == "visit_notice_stands"
    text = done(site, site.second, *printing, "notice")["text"]
    for told in (number, "检查通知书", site.code, site.visit["enterpriseName"], "营业执照", site.leader.subject):
        assert told in text
    site.record(facts="现场核对资料")
    text = done(site, site.second, *printing, "record")["text"]
    for told in ("现场检查笔录", "未发现问题", "现场核对资料", POINTS[0], "已签字", "样例负责人"):
        assert told in text
    assert refused(site, site.stranger, *printing, "record") == "finding_not_assigned"


@needs_font
def test_v2_both_forms_are_printed_as_pdf(site: Site, tmp_path: Path) -> None:
    done(site, PLANNER, "visit", "notice", *site.told, "--on", site.today)
    site.record()
    for kind, title in (("notice", "检查通知书"), ("record", "现场检查笔录")):
        file = tmp_path / f"{kind}.pdf"
        done(site, site.second, "visit", "print", *site.told, "--kind", kind, "--pdf", str(file))
        text = text_of(file.read_bytes())
        assert title in text
        assert site.visit["enterpriseName"] in text


def test_v3_evidence_is_kept_listed_and_fetched(site: Site, tmp_path: Path) -> None:
    picture, liar, shown, whole = (tmp_path / name for name in ("a.jpg", "b.png", "shown.jpg", "whole.jpg"))
    picture.write_bytes(photograph())
    liar.write_bytes(photograph())
    keep = ("visit", "keep", *site.told, "--file")
    assert refused(site, site.leader, *keep, liar) == "evidence_type_differs"
    assert refused(site, PLANNER, *keep, picture) == "role_not_allowed"
    assert refused(site, site.stranger, *keep, picture) == "finding_not_assigned"
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(2 << 30)  # two gibibytes that nobody reads
    assert refused(site, site.leader, *keep, huge) == "evidence_too_large"
    kept = done(site, site.leader, *keep, picture, "--note", "门头")["file"]
    listed = done(site, PLANNER, "visit", "files", *site.told)["files"]
    assert [(each["id"], each["note"]) for each in listed] == [(kept["id"], "门头")]
    done(site, site.second, "visit", "fetch", kept["id"], "--output", shown)
    done(site, AUDITOR, "visit", "fetch", kept["id"], "--output", whole)
    assert whole.read_bytes() == picture.read_bytes()
    assert MAKER.encode() not in shown.read_bytes()
    assert refused(site, site.stranger, "visit", "fetch", kept["id"], "--output", tmp_path / "c") == "evidence_missing"
    site.record()
    site.confirm()
    assert refused(site, site.leader, *keep, picture) == "finding_stands"


def test_v4_a_visit_is_recorded_with_its_checklist_signature_and_deadline(site: Site, answers: Path) -> None:
    points = done(site, site.leader, "visit", "checklist", site.campaign)["checklist"]
    assert {each["item"]: each["points"] for each in points} == {"ZJ-01": list(POINTS), "ZJ-02": []}
    later = (site.house.bureau.today + timedelta(days=15)).isoformat()
    plain = ("finding", "record", *site.told, "--visited", site.today, "--result", "no_problem")
    assert refused(site, site.leader, *plain) == "signature_missing"
    assert refused(site, site.leader, *plain, "--signed-by", "某人") == "check_points_unanswered"
    assert refused(site, site.stranger, *recording(site, answers)) == "finding_not_assigned"
    violation = ("--follow-up", "correction")
    assert (
        refused(site, site.leader, *recording(site, answers, *violation, result="pending")) == "correction_without_day"
    )
    correcting = recording(
        site,
        answers,
        *violation,
        "--correct-by",
        later,
        "--refused-to-sign",
        "须请示总部",
        "--measures",
        "责令整改",
        result="pending",
    )
    finding = done(site, site.leader, *correcting)["finding"]
    assert finding["detail"]["signature"] == {"how": "refused", "by": "", "reason": "须请示总部"}
    assert (finding["detail"]["correct_by"], finding["detail"]["measures"]) == (later, "责令整改")
    assert len(finding["detail"]["answers"]) == len(POINTS)
    assert refused(site, site.leader, *recording(site, answers)) == "finding_stands"


def test_v5_what_is_handed_in_later_never_overwrites_and_twice_is_once(site: Site, answers: Path) -> None:
    first = recording(site, answers, *hand_in(site, "cli-0000-0001"), "--facts", "离线")
    for _ in range(2):
        assert done(site, site.leader, *first)["conflict"] is None
    differing = recording(site, answers, *hand_in(site, "cli-0000-0001"), "--facts", "别的")
    assert refused(site, site.leader, *differing) == "hand_in_reused"
    apart = recording(site, answers, *hand_in(site, "cli-0000-0002"), "--facts", "另一人的记录")
    for _ in range(2):
        assert done(site, site.second, *apart)["conflict"] == 1
    conflicts = done(site, site.leader, "finding", "conflicts", site.campaign)["conflicts"]
    (held,) = [each for each in conflicts if each["enterprise"] == site.code]
    assert (held["account"]["facts"], held["stood"], held["choice"]) == ("另一人的记录", 1, None)
    done(site, site.second, *confirming(site, "--agree"))
    assert refused(site, REVIEWER, *reviewing(site, "--approve")) == "conflict_open"


def test_v6_a_conflict_is_settled_before_the_finding_is_approved(site: Site, answers: Path) -> None:
    settle = ("finding", "settle", *site.told, "--number", "1", "--choice")
    done(site, site.leader, *recording(site, answers, "--facts", "当场录入"))
    assert refused(site, PLANNER, *settle, "kept", "--note", "x") == "conflict_missing"
    done(site, site.second, *recording(site, answers, *hand_in(site, "cli-0000-0003"), "--facts", "另一人的记录"))
    assert refused(site, PLANNER, *settle, "kept") == "settlement_without_note"
    kept = done(site, PLANNER, *settle, "kept", "--note", "以笔录为准")["finding"]
    assert (kept["version"], kept["facts"], kept["conflicts"]) == (1, "当场录入", 0)
    assert refused(site, site.leader, *settle, "recorded", "--note", "x") == "conflict_settled"
    done(site, site.second, *confirming(site, "--agree"))
    assert done(site, REVIEWER, *reviewing(site, "--approve"))["finding"]["state"] == "approved"


def test_v7_another_inspector_of_the_team_confirms(site: Site, answers: Path) -> None:
    done(site, site.leader, *recording(site, answers))
    waiting = done(site, site.second, "inbox", "list", "--unread")["messages"]
    (message,) = [each for each in waiting if site.code in each["text"] and each["code"] == "finding_to_confirm"]
    assert done(site, site.second, "inbox", "read", message["id"])["messages"][0]["read_at"]
    assert refused(site, site.stranger, "inbox", "read", message["id"]) == "message_missing"
    assert refused(site, REVIEWER, *reviewing(site, "--approve")) == "finding_unconfirmed"
    assert refused(site, site.leader, *confirming(site, "--agree")) == "confirmation_of_own_finding"
    assert refused(site, site.stranger, *confirming(site, "--agree")) == "finding_not_assigned"
    assert refused(site, site.second, *confirming(site, "--agree", "--version", "2")) == "finding_changed"
    finding = done(site, site.second, *confirming(site, "--agree"))["finding"]
    assert (finding["state"], finding["confirmed_by"]) == ("confirmed", site.second.subject)


def test_v8_a_disputed_finding_is_recorded_anew(site: Site, answers: Path) -> None:
    done(site, site.leader, *recording(site, answers))
    assert refused(site, site.second, *confirming(site, "--dispute")) == "dispute_without_note"
    assert done(site, site.second, *confirming(site, "--dispute", "--note", "有误"))["finding"]["state"] == "returned"
    assert refused(site, REVIEWER, *reviewing(site, "--approve")) == "finding_stands"
    assert done(site, site.leader, *recording(site, answers))["finding"]["version"] == 2


def test_f1_a_confirmed_finding_is_approved_by_a_planner_outside_the_team(site: Site, answers: Path) -> None:
    done(site, site.leader, *recording(site, answers))
    done(site, site.second, *confirming(site, "--agree"))
    assert refused(site, site.leader, *reviewing(site, "--approve")) == "role_not_allowed"
    assert done(site, REVIEWER, *reviewing(site, "--approve"))["finding"]["state"] == "approved"
    assert refused(site, REVIEWER, *reviewing(site, "--approve")) == "finding_stands"


def test_f2_a_confirmed_finding_is_returned_with_a_reason(site: Site, answers: Path) -> None:
    done(site, site.leader, *recording(site, answers))
    done(site, site.second, *confirming(site, "--agree"))
    assert refused(site, REVIEWER, *reviewing(site, "--return")) == "return_without_note"
    assert done(site, REVIEWER, *reviewing(site, "--return", "--note", "请补充"))["finding"]["state"] == "returned"
    assert done(site, site.leader, *recording(site, answers))["finding"]["version"] == 2
