"""Messages of the inbox in words, in both languages, from `schema/inbox.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sampling.inbox import Message
from schema.words import Language, listed


@cache
def all_messages() -> Mapping[str, Mapping[str, str]]:
    """Each message's texts, by code: `en` and `zh`."""
    return tomllib.loads((files("schema") / "inbox.toml").read_text(encoding="utf-8"))


def say_message(message: Message, language: Language) -> str:
    """Put a message into words; raises KeyError for one that has none."""
    due = "" if message.due is None else message.due.isoformat()
    given = listed({**message.parameters, "about": message.about, "due": due}, language)
    return all_messages()[message.code][language].format_map(given)
