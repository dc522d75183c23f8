"""The rows F3 to F19 of docs/states.md through the command line, refusals included."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.actors import Actor
from sampling.assigning import Visit
from tests.api.house import AUDITOR
from tests.api.states.publishing import (
    ADMINISTRATOR,
    ELSEWHERE,
    FINDINGS,
    RECEIVER,
    SECOND,
    Desk,
    leader_of,
    today,
)
from tests.sampling.bureau import CAMPAIGN, PLANNER

REPAIR = ("--basis", "修复办法", "--reason", "已履行义务")
PUNISH = ("--trigger", "拒不整改", "--basis", "法", "--measure", "限制评优", "--ends", "2027-06-30")
SEND = ("--basis", "法", "--reason", "属其职责", "--answer-by", "2027-01-31")


def of(visit: Visit) -> tuple[str, ...]:
    return (CAMPAIGN, "--enterprise", visit.enterprise)


def correction(desk: Desk) -> tuple[str, ...]:
    said = ("--visited", today(desk), "--result", "corrected", "--follow-up", "correction")
    return (*said, "--reason", "录入有误")


def do(desk: Desk, *command: str, actor: Actor = PLANNER) -> dict[str, Any]:
    found: dict[str, Any] = desk.console.done(*command, actor=actor)["proceeding"]
    return found


def begin(desk: Desk, *command: str, actor: Actor = PLANNER) -> str:
    return str(do(desk, *command, actor=actor)["id"])


def refused(desk: Desk, *command: str, actor: Actor = PLANNER) -> str:
    return str(desk.console.json(*command, actor=actor).error)


def tend(desk: Desk) -> dict[str, int]:
    done: dict[str, int] = desk.console.done("finding", "tend", actor=ADMINISTRATOR)
    return done


def test_f3_an_approved_finding_is_published_by_a_planner(desk: Desk) -> None:
    visit = desk.take_approved()
    command = ("finding", "publish", CAMPAIGN, "--enterprise", visit.enterprise)
    assert refused(desk, *command, actor=leader_of(visit)) == "role_not_allowed"
    assert refused(desk, *command, actor=ELSEWHERE) == "department_not_allowed"
    assert not desk.shows(visit)
    assert desk.console.done(*command, actor=PLANNER)["published"] == 1
    assert desk.shows(visit)
    assert refused(desk, *command) == "finding_stands"


def test_f6_a_correction_is_proposed_and_nothing_changes_in_public(desk: Desk) -> None:
    visit = desk.take()
    command = ("correction", "propose", *of(visit), *correction(desk))
    before = desk.house.ask(FINDINGS, code=visit.enterprise)
    assert refused(desk, *command, actor=AUDITOR) == "role_not_allowed"
    assert refused(desk, *command, actor=ELSEWHERE) == "department_not_allowed"
    unpublished = ("correction", "propose", *of(desk.approved[0]), *correction(desk))
    assert refused(desk, *unpublished) == "finding_stands"
    identifier = begin(desk, *command, actor=leader_of(visit))
    assert refused(desk, *command) == "proceeding_open"
    assert desk.house.ask(FINDINGS, code=visit.enterprise) == before
    listed = desk.console.done("proceeding", "list", "--kind", "correction", actor=PLANNER)["proceedings"]
    (found,) = [each for each in listed if each["id"] == identifier]
    assert (found["state"], found["content"]["results"]) == ("open", ["corrected"])
    assert "更正" in desk.console.run("proceeding", "list", actor=PLANNER, QIAN_LANGUAGE="zh").stdout


def test_f7_a_second_person_corrects_and_the_newest_version_is_shown(desk: Desk) -> None:
    visit = desk.take()
    identifier = begin(desk, "correction", "propose", *of(visit), *correction(desk))
    command = ("correction", "decide", identifier, "--approve")
    assert refused(desk, *command) == "proceeding_by_same_person"
    assert refused(desk, *command, actor=ELSEWHERE) == "department_not_allowed"
    assert do(desk, *command, actor=SECOND)["state"] == "approved"
    assert refused(desk, *command, actor=SECOND) == "proceeding_state"
    (shown,) = desk.house.ask(FINDINGS, code=visit.enterprise)["of"]["nodes"]
    assert (shown["version"], shown["results"]) == (2, [{"code": "CORRECTED"}])


def test_f8_a_correction_is_refused_with_a_note(desk: Desk) -> None:
    visit = desk.take()
    identifier = begin(desk, "correction", "propose", *of(visit), *correction(desk))
    command = ("correction", "decide", identifier, "--refuse")
    assert refused(desk, *command, actor=SECOND) == "proceeding_text_missing"
    done = do(desk, *command, "--note", "与笔录一致", actor=SECOND)
    assert (done["state"], done["steps"][0]["note"]) == ("refused", "与笔录一致")
    (shown,) = desk.house.ask(FINDINGS, code=visit.enterprise)["of"]["nodes"]
    assert shown["version"] == 1


def test_f10_a_repair_is_proposed_and_the_finding_is_still_shown(desk: Desk) -> None:
    visit = desk.take("none")
    command = ("repair", "propose", *of(visit), *REPAIR)
    assert refused(desk, *command, actor=leader_of(visit)) == "role_not_allowed"
    assert refused(desk, *command, actor=ELSEWHERE) == "department_not_allowed"
    begin(desk, *command)
    assert refused(desk, *command) == "proceeding_open"
    assert desk.shows(visit)


def test_f11_after_a_repair_no_public_door_knows_the_name(desk: Desk) -> None:
    visit = desk.take("stopped")
    identifier = begin(desk, "repair", "propose", *of(visit), *REPAIR)
    command = ("repair", "decide", identifier, "--approve")
    last = desk.console.done("finding", "ended")["last"]
    assert refused(desk, *command) == "proceeding_by_same_person"
    assert refused(desk, *command, actor=RECEIVER) == "proceeding_missing"
    do(desk, *command, actor=SECOND)
    assert refused(desk, *command, actor=SECOND) == "proceeding_state"
    assert not desk.shows(visit)
    assert len(desk.console.done("finding", "ended", "--after", str(last))["ended"]) == 1
    told = desk.console.run("finding", "list", CAMPAIGN, actor=PLANNER).stdout
    assert "shown no more" in told
    assert desk.console.done("audit", actor=AUDITOR)["sound"]
    assert desk.console.done("log", "fsck", f"{desk.house.url}/log")["sound"]
    exported = desk.console.folder / "exported-log"
    desk.console.done("log", "export", exported)
    files = [file.read_bytes() for file in exported.rglob("*") if file.is_file()]
    assert files
    assert not any(word.encode() in content for word in (visit.enterprise, visit.name) for content in files)


def test_f12_a_repair_is_refused_with_a_note(desk: Desk) -> None:
    visit = desk.take("none")
    command = ("repair", "decide", begin(desk, "repair", "propose", *of(visit), *REPAIR), "--refuse")
    assert refused(desk, *command, actor=SECOND) == "proceeding_text_missing"
    assert do(desk, *command, "--note", "未满最短公示期", actor=SECOND)["state"] == "refused"
    assert desk.shows(visit)


def test_f13_a_re_check_is_recorded_by_the_visits_team(desk: Desk) -> None:
    visit, sound = desk.take(), desk.take("none")

    def command(of_: Visit, corrected: str, day: str = today(desk)) -> tuple[str, ...]:
        return ("recheck", *of(of_), "--checked", day, f"--{corrected}", "--facts", "现场复查")

    assert refused(desk, *command(visit, "corrected")) == "role_not_allowed"
    assert refused(desk, *command(sound, "corrected"), actor=leader_of(sound)) == "recheck_not_ordered"
    assert refused(desk, *command(visit, "corrected", "2030-01-01"), actor=leader_of(visit)) == "visit_in_future"
    assert do(desk, *command(visit, "not-corrected"), actor=leader_of(visit))["state"] == "not_corrected"
    assert do(desk, *command(visit, "corrected"), actor=leader_of(visit))["state"] == "corrected"
    assert refused(desk, *command(visit, "corrected"), actor=leader_of(visit)) == "recheck_done"


def test_f14_an_approved_finding_is_transferred(desk: Desk) -> None:
    visit = desk.approved[0]

    def command(to: str = "YJ") -> tuple[str, ...]:
        return ("transfer", "send", *of(visit), "--to", to, *SEND)

    assert refused(desk, *command(), actor=leader_of(visit)) == "role_not_allowed"
    assert refused(desk, *command("ZJ")) == "receiver_is_sender"
    assert refused(desk, *command("XX")) == "receiver_unknown"
    begin(desk, *command())
    assert refused(desk, *command()) == "proceeding_open"
    assert not desk.shows(visit)


def test_f15_the_receiving_department_takes_ends_and_returns(desk: Desk) -> None:
    send = ("transfer", "send", *of(desk.take("none")), "--to", "YJ", *SEND)

    def answer(identifier: str, said: str, *note: str) -> tuple[str, ...]:
        return ("transfer", "answer", identifier, said, *note)

    first = begin(desk, *send)
    assert refused(desk, *answer(first, "taken")) == "department_not_allowed"
    assert refused(desk, *answer(first, "ended", "--note", "办结"), actor=RECEIVER) == "proceeding_state"
    assert do(desk, *answer(first, "taken"), actor=RECEIVER)["state"] == "taken"
    assert refused(desk, *answer(first, "ended"), actor=RECEIVER) == "proceeding_text_missing"
    assert do(desk, *answer(first, "ended", "--note", "已立案"), actor=RECEIVER)["state"] == "ended"
    second = begin(desk, *send)
    assert do(desk, *answer(second, "returned", "--note", "非我局职责"), actor=RECEIVER)["state"] == "returned"
    assert refused(desk, *answer(second, "taken"), actor=RECEIVER) == "proceeding_state"


def test_f16_joint_punishment_is_proposed_for_a_published_problem(desk: Desk) -> None:
    visit, sound = desk.take(), desk.take("none")
    command = ("punishment", "propose", *of(visit), "--to", "YJ", *PUNISH)
    assert refused(desk, *command, actor=leader_of(visit)) == "role_not_allowed"
    assert refused(desk, "punishment", "propose", *of(sound), "--to", "YJ", *PUNISH) == "punishment_without_problem"
    assert refused(desk, "punishment", "propose", *of(desk.approved[0]), "--to", "YJ", *PUNISH) == "finding_stands"
    begin(desk, *command)
    assert refused(desk, *command) == "proceeding_open"


def in_force(desk: Desk, visit: Visit) -> str:
    identifier = begin(desk, "punishment", "propose", *of(visit), "--to", "YJ", *PUNISH)
    do(desk, "punishment", "decide", identifier, "--approve", actor=SECOND)
    return identifier


def test_f17_a_second_person_puts_a_punishment_in_force_or_refuses_it(desk: Desk) -> None:
    identifier = begin(desk, "punishment", "propose", *of(desk.take("stopped")), "--to", "YJ", *PUNISH)
    command = ("punishment", "decide", identifier)
    assert refused(desk, *command, "--approve") == "proceeding_by_same_person"
    assert refused(desk, *command, "--approve", actor=RECEIVER) == "department_not_allowed"
    assert refused(desk, *command, "--refuse", actor=SECOND) == "proceeding_text_missing"
    assert do(desk, *command, "--approve", actor=SECOND)["state"] == "confirmed"
    assert refused(desk, *command, "--approve", actor=SECOND) == "proceeding_state"


def test_f18_the_receiving_body_feeds_back(desk: Desk) -> None:
    visit = desk.take("stopped")
    command = ("punishment", "answer", in_force(desk, visit), "--note", "已执行")
    assert refused(desk, *command) == "department_not_allowed"
    assert do(desk, *command, actor=RECEIVER)["state"] == "answered"
    waiting = begin(desk, "punishment", "propose", *of(visit), "--to", "SC", *PUNISH)
    assert refused(desk, "punishment", "answer", waiting, "--note", "已执行", actor=ELSEWHERE) == "proceeding_state"


def test_f19_a_punishment_is_ended(desk: Desk) -> None:
    command = ("punishment", "end", in_force(desk, desk.take("stopped")), "--note", "期满")
    assert refused(desk, *command, actor=RECEIVER) == "department_not_allowed"
    assert do(desk, *command)["state"] == "ended"
    assert refused(desk, *command) == "proceeding_state"


def test_a_year_of_the_calendar_is_a_file_that_an_administrator_enters(desk: Desk, tmp_path: Path) -> None:
    file, bad = tmp_path / "2028.toml", tmp_path / "bad.toml"
    file.write_text('year = 2028\nsource = "国办"\nholidays = [2028-01-03]\nworkdays = [2028-01-08]\n', "utf-8")
    bad.write_text('year = 2028\nsource = "国办"\nholidays = ["2028-01-03"]\nworkdays = []\n', "utf-8")
    assert refused(desk, "calendar", "add", str(file)) == "role_not_allowed"
    assert refused(desk, "calendar", "add", str(bad), actor=ADMINISTRATOR) == "calendar_file_unusable"
    added = desk.console.done("calendar", "add", str(file), actor=ADMINISTRATOR)["year"]
    assert (added["version"], added["workdays"]) == (1, ["2028-01-08"])
    assert refused(desk, "calendar", "add", str(file), actor=ADMINISTRATOR) == "calendar_year_unchanged"
    listed = desk.console.done("calendar", "list", actor=PLANNER)["years"]
    assert {each["year"]: each["told_by"] for each in listed} == {2026: "library", 2027: "nobody", 2028: "bureau"}
    assert "provisionally" in desk.console.run("calendar", "list", actor=PLANNER).stdout


# From here on time passes


def test_f4_planners_are_warned_of_what_is_due_soon(desk: Desk) -> None:
    assert refused(desk, "finding", "tend") == "role_not_allowed"
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    desk.move_on(datetime(2026, 12, 16, 1, 0, tzinfo=UTC))
    awaited = desk.console.done("finding", "deadlines", CAMPAIGN, actor=PLANNER)["deadlines"]
    told = {"due": "2026-12-23", "provisional": False, "urgency": "warned", "working_days_left": 5}
    assert all(told.items() <= each.items() for each in awaited)
    assert tend(desk) == {"warned": len(awaited), "escalated": 0, "ended": 0}
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    assert desk.messages(PLANNER).count("publication_due") == len(awaited) > 0
    assert "due soon" in desk.console.run("finding", "deadlines", CAMPAIGN, actor=PLANNER).stdout
    assert refused(desk, "finding", "deadlines", CAMPAIGN, actor=RECEIVER) == "campaign_missing"


def test_f5_administrators_are_told_of_what_is_overdue(desk: Desk) -> None:
    desk.move_on(datetime(2026, 12, 24, 1, 0, tzinfo=UTC))
    awaited = desk.console.done("finding", "deadlines", CAMPAIGN, actor=AUDITOR)["deadlines"]
    assert {each["urgency"] for each in awaited} == {"overdue"}
    assert tend(desk)["escalated"] == len(awaited)
    assert tend(desk) == {"warned": 0, "escalated": 0, "ended": 0}
    assert desk.messages(ADMINISTRATOR).count("publication_overdue") == len(awaited)


def test_f9_the_display_ends_with_its_retention(desk: Desk) -> None:
    visit = desk.published["none"][0]
    assert desk.shows(visit)
    desk.move_on(datetime(2032, 1, 10, 1, 0, tzinfo=UTC))
    assert tend(desk)["ended"] > 0
    assert not desk.shows(visit)
    assert desk.house.http.get("/feed.json").json()["items"] == []
    assert refused(desk, "correction", "propose", *of(visit), *correction(desk)) == "finding_stands"
    assert refused(desk, "repair", "propose", *of(visit), *REPAIR) == "finding_stands"
    assert desk.console.done("audit", actor=AUDITOR)["sound"]
