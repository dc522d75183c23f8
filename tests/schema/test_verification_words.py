"""Everything that a verification finds wrong has words in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import sampling
from ledger.errors import Conflict
from schema.verification_words import all_faults, all_names, fault_code, say_fault

PACKAGE = Path(str(sampling.__file__)).parent
CHECKS = [*sorted(PACKAGE.glob("*.py")), PACKAGE.parent / "ledger/note.py", PACKAGE.parent / "ledger/rotation.py"]
ERRORS = ("Mismatch", "NoteError", "SignatureError", "RotationError", "VerdictError")
CHINESE = re.compile("[\u4e00-\u9fff]")


def faults() -> Iterator[str]:
    """Give the English of each fault that a check can tell, with 7 for what it is about."""
    for file in CHECKS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                yield from told(node.args[0])


def told(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    if isinstance(node, ast.JoinedStr):
        texts = [""]
        for part in node.values:
            texts = [before + after for before in texts for after in worded(part)]
        yield from texts


def worded(part: ast.expr) -> list[str]:
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    assert isinstance(part, ast.FormattedValue)
    choice = part.value
    return list(told(choice.body)) + list(told(choice.orelse)) if isinstance(choice, ast.IfExp) else ["7"]


FAULTS = sorted({*faults(), "the values were entered before they could be published"} - {"7: 7"})


def test_the_checks_tell_many_faults() -> None:
    assert len(FAULTS) > 140


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_a_code_and_chinese_words(fault: str) -> None:
    code = fault_code(fault)
    assert code is not None
    assert re.sub(r"\{\w+\}", "7", all_faults()[code]["en"]) == fault
    assert CHINESE.search(say_fault(fault, "zh"))
    assert say_fault(fault, "en") == fault


@pytest.mark.parametrize("code", all_faults())
def test_both_languages_tell_of_the_same(code: str) -> None:
    texts = all_faults()[code]
    parts = {language: sorted(re.findall(r"\{(\w+)\}", texts[language])) for language in ("en", "zh")}
    assert set(parts["zh"]) <= set(parts["en"])
    assert set(parts["en"]) - set(parts["zh"]) <= {"error"}


def test_the_browser_calls_things_alike() -> None:
    faults = (PACKAGE.parent / "api/web/verify/faults.ts").read_text("utf-8")
    names = faults.partition("export const NAMES")[2]
    assert dict(re.findall(r'^  (\w+): "(.+)",$', names, re.MULTILINE)) == all_names()


@pytest.mark.parametrize(
    ("fault", "chinese"),
    [
        ("the plan of campaign 2026-0001 is missing", "缺少任务 2026-0001 的计划"),
        (
            "the registrations of entry 7: a row of table record in document 12 was altered, lost or added",
            "第 7 条记录的登记数据：文件 12 的表 记录（record） 有一行被改动、遗漏或增加",
        ),
        ("unreadable: ValueError the log has 0 entries campaign.frozen of campaign 2026-0002", "（日志中任务"),
        ("unreadable: ValueError month must be in 1..12", "无法读取：内容不合规定（month must be in 1..12）"),
        ("unreadable: KeyError 'salt'", "无法读取：缺少 'salt'"),
        (
            "unreadable: TypeError 'int' is not iterable",
            "无法读取：内容的类型不符（'int' is not iterable）",
        ),
        ("entry 7: unreadable: IndexError list index out of range", "第 7 条记录：无法读取：内容不足"),
        ("stratum of the design 3 is not what the draw gives", "抽样设计的层：第 3 行与抽取得出的不符"),
        ("round_not_signed(round=1000, chain=52db)", "1000"),
        (
            str(Conflict("matching_infeasible", count=1, others=["ZJ002 (specialty)", "SC001 (department)"])),
            "ZJ002（专业不符）、SC001（不属该部门）",
        ),
        ("the frozen entry's departments is not the sealed plan's", "封存记录的 部门（departments） 与封存计划不符"),
        ("the frozen entry's other is not the sealed plan's", "封存记录的 other 与封存计划不符"),
        ("no words for this", "no words for this"),
    ],
)
def test_what_a_fault_is_about_is_said_too(fault: str, chinese: str) -> None:
    assert chinese in say_fault(fault, "zh")
