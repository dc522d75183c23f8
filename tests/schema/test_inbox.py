"""Messages of the inbox: each that the code tells has its words in both languages."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

from sampling.inbox import Message
from schema.inbox import all_messages, say_message

ROOT = Path(__file__).parents[2]


def told() -> set[str]:
    """Return the codes of all messages: each stands as a text in the call that tells it."""
    found = set()
    for path in [*(ROOT / "sampling").rglob("*.py"), *(ROOT / "api").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="inbox"), attr="tell"), args=args):
                    found |= {str(each.value) for each in args if isinstance(each, ast.Constant)}
    return found


def test_every_message_has_words_and_no_words_are_idle() -> None:
    assert told() == set(all_messages())


@pytest.mark.parametrize("code", sorted(all_messages()))
def test_both_languages_say_a_message_with_the_same_parameters(code: str) -> None:
    texts = all_messages()[code]
    assert set(texts) == {"en", "zh"}
    used = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts.values()]
    assert used[0] == used[1]


def test_a_message_is_said_with_what_it_is_about_and_by_when() -> None:
    at, due = datetime(2026, 11, 23, tzinfo=UTC), date(2026, 12, 31)
    message = Message(1, "0" * 32, at, "visits_due", {"count": 3}, "2026-0001", due, None)
    assert say_message(message, "zh") == "2026-0001：您还有 3 家检查对象未录入结果，任务于 2026-12-31 截止。"
