"""Objections, questions and notices by the command line: a test for each row of docs/states.md, refusals included."""

import json
import os
import subprocess
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger import log
from ledger.actors import Actor, Role
from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from sampling.publicity.tables import submission_count
from tests.api.console import AUDITOR, PLANNER, REVIEWER, SCRIPT, SOUND, Console
from tests.api.house import House

SAID = "门头牌匾与登记名称一致，检查时已当场说明，编号"
REASON = "经复核现场照片，情况属实。"
REPLY = "自公示之日起展示，期满后不再展示。"
STRANGER = Actor("planner-sc", Role.PLANNER, "SC")

_numbers = count(1)


@pytest.fixture
def console(closed_house: House, tmp_path: Path) -> Console:
    return Console(closed_house.bureau.settings, tmp_path)


@pytest.fixture
def finding(closed_house: House) -> Disclosure:
    """The published finding with the number 1."""
    with closed_house.bureau.read() as tx:
        return disclosures.findings(tx, Window(1, after=(2,)))[0]


def new_text() -> str:
    return f"{SAID}{next(_numbers)}。"


def refused(closed_house: House, console: Console, *arguments: str, actor: Actor | None = PLANNER) -> str:
    """Return the code with which a command is refused, and see that nothing was left."""

    def size() -> int:
        with closed_house.bureau.read() as tx:
            return log.size(tx)

    before = size()
    code = str(console.json(*arguments, actor=actor).error)
    assert size() == before
    return code


def told(console: Console, receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = console.done("question", "receipt", receipt)["submission"]
    return found


def listed(console: Console, group: str, text: str) -> dict[str, Any]:
    """Return the question or objection with a text, among those that wait."""
    rows = console.done(group, "list", "--open", actor=PLANNER)[f"{group}s"]
    found: dict[str, Any] = next(each for each in rows if each["text"] == text)
    return found


def objection(console: Console) -> tuple[str, str]:
    text = new_text()
    given = ("--claim", "wrong_result", "--number", "1", "--text", text)
    receipt = console.done("objection", "receive", *given, actor=PLANNER)["receipt"]
    return receipt, listed(console, "objection", text)["id"]


def question(console: Console, *options: str) -> tuple[str, str]:
    text = new_text()
    receipt = console.done("question", "ask", "--text", text, *options, actor=PLANNER)["receipt"]
    return receipt, listed(console, "question", text)["id"]


def test_o1_an_objection_is_taken_in_at_the_counter(console: Console, finding: Disclosure) -> None:
    text = new_text()
    at = ("--campaign", finding.campaign, "--position", str(finding.position))
    given = ("--claim", "wrong_fact", *at, "--text", text, "--contact", "公司办公室")
    receipt = console.done("objection", "receive", *given, actor=PLANNER)["receipt"]
    assert (told(console, receipt)["state"], told(console, receipt)["position"]) == ("received", finding.position)
    found = listed(console, "objection", text)
    assert (found["claim"], found["channel"], found["enterprise"]) == ("wrong_fact", "counter", finding.enterprise)
    shown = console.done("objection", "show", found["id"], actor=AUDITOR)["submission"]
    assert (shown["contact"], shown["finding"]) == ("公司办公室", finding.number)
    people = console.run("objection", "show", found["id"], actor=PLANNER, QIAN_LANGUAGE="zh")
    assert "事实有误" in people.stdout


def test_o1_what_is_no_objection_is_refused(closed_house: House, console: Console, tmp_path: Path) -> None:
    def code(*given: str) -> str:
        return refused(closed_house, console, "objection", "receive", "--claim", "wrong_fact", *given)

    at, text = ("--number", "1"), new_text()
    console.done("objection", "receive", "--claim", "wrong_fact", *at, "--text", text, actor=PLANNER)
    assert code(*at, "--text", f"{text}！") == "objection_known"
    assert code(*at, "--text", "不服") == "objection_without_substance"
    assert code(*at, "--text", "误" * 2001) == "text_too_long"
    assert code(*at, "--text", "<b>结果有误</b>，请更正") == "text_markup"
    assert code("--text", new_text()) == "objection_without_target"
    assert code("--number", "99999", "--text", new_text()) == "disclosure_missing"
    assert code("--campaign", "2026-9999", "--position", "1", "--text", new_text()) == "finding_not_published"
    (tmp_path / "text").write_bytes("结果\0有误".encode())
    assert code(*at, "--file", str(tmp_path / "text")) == "text_control_character"
    (tmp_path / "text").write_bytes(b"\xff\xfe")
    assert code(*at, "--file", str(tmp_path / "text")) == "usage"
    assert code(*at) == "usage"
    assert console.json("question", "receipt", "ABCD").error == "receipt_malformed"
    assert console.json("objection", "receipt", "0000-" * 6 + "0000").error == "receipt_unknown"


def test_o2_an_objection_is_set_aside(closed_house: House, console: Console) -> None:
    receipt, found = objection(console)
    aside = ("objection", "set-aside", found, "--reason")
    assert refused(closed_house, console, *aside, " ") == "submission_text_missing"
    assert refused(closed_house, console, *aside, REASON, actor=STRANGER) == "submission_missing"
    assert console.done(*aside, "与本次检查无关。", actor=PLANNER)["submission"]["state"] == "set_aside"
    assert told(console, receipt)["answer"] == "与本次检查无关。"
    assert refused(closed_house, console, *aside, REASON) == "submission_stands"


def test_o3_a_decision_is_proposed(closed_house: House, console: Console) -> None:
    receipt, found = objection(console)
    propose = ("objection", "propose", found, "--uphold", "--reason", REASON)
    assert refused(closed_house, console, *propose, actor=AUDITOR) == "role_not_allowed"
    today = closed_house.bureau.today.isoformat()
    assert refused(closed_house, console, *propose, "--result", "no_problem") == "usage"
    late = ("--result", "no_problem", "--visited", "2199-01-01")
    assert refused(closed_house, console, *propose, *late) == "visit_in_future"
    done = console.done(*propose, "--result", "no_problem", "--visited", today, actor=PLANNER)["submission"]
    assert done["steps"][0]["correction"]["results"] == ["no_problem"]
    assert (done["state"], done["steps"][0]["outcome"]) == ("proposed", "upheld")
    assert (told(console, receipt)["state"], told(console, receipt)["answer"]) == ("received", None)
    assert refused(closed_house, console, "objection", "set-aside", found, "--reason", "无关") == "submission_stands"


@pytest.mark.parametrize(("option", "state"), [("--uphold", "upheld"), ("--reject", "rejected")])
def test_o4_a_second_person_decides(closed_house: House, console: Console, option: str, state: str) -> None:
    receipt, found = objection(console)
    decide = ("objection", "decide", found, "--proposal")
    assert refused(closed_house, console, *decide, "1", actor=REVIEWER) == "submission_stands"
    for _ in range(2):
        console.done("objection", "propose", found, option, "--reason", REASON, actor=PLANNER)
    assert refused(closed_house, console, *decide, "1", actor=REVIEWER) == "proposal_outdated"
    assert refused(closed_house, console, *decide, "2") == "confirmation_of_own_proposal"
    assert console.done(*decide, "2", actor=REVIEWER)["submission"]["state"] == state
    assert (told(console, receipt)["state"], told(console, receipt)["answer"]) == (state, REASON)
    assert refused(closed_house, console, *decide, "2", actor=REVIEWER) == "submission_stands"


def test_q1_a_question_is_taken_in_at_the_counter(closed_house: House, console: Console, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("来信：抽查计划何时公布？\n另问：结果展示多久？", "utf-8")
    given = ("question", "ask", "--file", str(tmp_path / "letter.txt"), "--consent", "--contact", "信封地址")
    receipt = console.done(*given, actor=PLANNER)["receipt"]
    assert told(console, receipt)["kind"] == "question"
    found = listed(console, "question", "来信：抽查计划何时公布？\n另问：结果展示多久？")
    assert (found["channel"], found["consent"], found["overdue"]) == ("counter", True, False)
    assert console.done("question", "show", found["id"], actor=PLANNER)["submission"]["contact"] == "信封地址"
    ask = ("question", "ask", "--text")
    assert refused(closed_house, console, *ask, "？？？？？") == "question_without_substance"
    assert refused(closed_house, console, *ask, new_text(), "--campaign", "2026-9999") == "campaign_missing"
    assert refused(closed_house, console, *ask, new_text(), actor=None) == "command_without_token"
    assert refused(closed_house, console, "question", "list", actor=Actor("i", Role.INSPECTOR)) == "role_not_allowed"


def test_q1_limits_hold_for_several_processes(closed_house: House, console: Console, finding: Disclosure) -> None:
    scope = submission_count.c.scope == f"question/target/{finding.campaign}"
    with closed_house.bureau.read() as tx:
        before = tx.execute(select(submission_count.c.count).where(scope)).scalar() or 0
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("QIAN_")},
        "QIAN_HOME": str(console.settings.home),
        "QIAN_TOKEN": console.token(PLANNER),
        "QIAN_INTAKE_PER_TARGET": str(before + 1),
    }
    ask = [str(SCRIPT), "question", "ask", "--campaign", finding.campaign, "--text", new_text(), "--json"]
    several = [subprocess.Popen(ask, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    told = [json.loads(each.communicate(timeout=300)[0]) for each in several]
    assert sum("receipt" in each for each in told) == 1
    assert [each["error"]["code"] for each in told if "error" in each] == ["intake_full_of_target"]


def test_q2_an_answer_is_proposed(closed_house: House, console: Console, finding: Disclosure) -> None:
    receipt, found = question(console)
    propose = ("question", "propose", found, "--text")
    assert refused(closed_house, console, *propose, f"{finding.name}未被抽中。") == "text_names_enterprise"
    assert refused(closed_house, console, *propose, REPLY, actor=AUDITOR) == "role_not_allowed"
    assert console.done(*propose, REPLY, actor=PLANNER)["submission"]["state"] == "proposed"
    assert told(console, receipt)["answer"] is None


def test_q3_a_second_person_answers(closed_house: House, console: Console) -> None:
    receipt, found = question(console, "--consent")
    answer = ("question", "answer", found, "--proposal", "1")
    assert refused(closed_house, console, *answer, actor=REVIEWER) == "submission_stands"
    console.done("question", "propose", found, "--text", REPLY, actor=PLANNER)
    assert refused(closed_house, console, *answer) == "confirmation_of_own_proposal"
    number = console.done(*answer, "--publish", actor=REVIEWER)["submission"]["published"]
    assert told(console, receipt)["answer"] == REPLY
    assert console.done("question", "published")["answers"][0]["number"] == number
    assert refused(closed_house, console, *answer, actor=REVIEWER) == "submission_stands"
    _, quiet = question(console)
    console.done("question", "propose", quiet, "--text", REPLY, actor=PLANNER)
    again = ("question", "answer", quiet, "--proposal", "1")
    assert refused(closed_house, console, *again, "--publish", actor=REVIEWER) == "question_without_consent"
    assert console.done(*again, actor=REVIEWER)["submission"]["published"] is None


def test_q4_a_question_is_set_aside(closed_house: House, console: Console) -> None:
    receipt, found = question(console)
    aside = ("question", "set-aside", found, "--reason")
    assert refused(closed_house, console, *aside, "") == "submission_text_missing"
    console.done(*aside, "不属于本单位职责。", actor=PLANNER)
    assert told(console, receipt)["state"] == "set_aside"
    assert refused(closed_house, console, *aside, REASON) == "submission_stands"


def test_q5_a_published_answer_is_withdrawn(closed_house: House, console: Console) -> None:
    receipt, found = question(console, "--consent")
    withdraw = ("question", "withdraw", found, "--note", "内容有误")
    assert refused(closed_house, console, *withdraw) == "answer_not_published"
    console.done("question", "propose", found, "--text", REPLY, actor=PLANNER)
    answer = ("question", "answer", found, "--proposal", "1", "--publish")
    number = console.done(*answer, actor=REVIEWER)["submission"]["published"]
    console.done(*withdraw, actor=PLANNER)
    assert number not in [each["number"] for each in console.done("question", "published")["answers"]]
    assert told(console, receipt)["answer"] == REPLY


def drafted(console: Console) -> str:
    given = ("--title", "公示说明", "--text", new_text())
    return str(console.done("notice", "draft", *given, actor=PLANNER)["notice"]["id"])


def test_n1_a_notice_is_drafted(closed_house: House, console: Console, finding: Disclosure, tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text("第一行\r\n第二行\n", "utf-8")
    draft = ("notice", "draft", "--title", "公示说明")
    kind = ("--kind", "explanation", "--file", str(tmp_path / "notice.txt"))
    found = console.done(*draft, *kind, actor=PLANNER)["notice"]
    assert (found["state"], found["kind"], found["text"]) == ("drafted", "explanation", "第一行\n第二行")
    assert console.done("notice", "show", found["id"], actor=AUDITOR)["notice"] == found
    assert found in console.done("notice", "list", actor=PLANNER)["notices"]
    assert refused(closed_house, console, *draft, "--text", f"已检查{finding.name}") == "text_names_enterprise"
    assert refused(closed_house, console, *draft, "--text", "<p>正文</p>") == "text_markup"
    assert refused(closed_house, console, *draft, "--text", "正文", actor=AUDITOR) == "role_not_allowed"


def test_n2_a_second_person_publishes_it(closed_house: House, console: Console) -> None:
    found = drafted(console)
    assert refused(closed_house, console, "notice", "publish", found) == "publication_of_own_notice"
    number = console.done("notice", "publish", found, actor=REVIEWER)["notice"]["number"]
    assert console.done("notice", "published")["notices"][0]["number"] == number
    assert refused(closed_house, console, "notice", "publish", found, actor=REVIEWER) == "notice_stands"
    assert refused(closed_house, console, "notice", "publish", "x", actor=REVIEWER) == "notice_missing"


def test_n3_it_is_withdrawn(closed_house: House, console: Console) -> None:
    found = drafted(console)
    number = console.done("notice", "publish", found, actor=REVIEWER)["notice"]["number"]
    withdraw = ("notice", "withdraw", found, "--note", "内容有误")
    assert refused(closed_house, console, *withdraw, actor=STRANGER) == "notice_missing"
    assert console.done(*withdraw, actor=PLANNER)["notice"]["state"] == "withdrawn"
    assert number not in [each["number"] for each in console.done("notice", "published")["notices"]]
    assert refused(closed_house, console, *withdraw) == "notice_stands"


def test_the_audit_passes_after_all_of_it(console: Console) -> None:
    assert console.done("audit", actor=AUDITOR) == SOUND
