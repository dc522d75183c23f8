"""The words of refusals, in both languages, from `schema/messages/*.toml`."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from ledger.errors import Refusal

Language = Literal["zh", "en"]

ROLES: Final = {
    "planner": "抽查管理员",
    "inspector": "执法检查人员",
    "analyst": "分析员",
    "auditor": "审计员",
    "administrator": "系统管理员",
    "peer": "对接部门",
}
STATES_OF: Final = {
    "campaign_state": "states",
    "expiry_of_open_campaign": "states",
    "expiry_of_open_proceeding": "proceeding_states",
    "finding_stands": "states",
    "job_has_ended": "job_states",
    "judgement_state": "judgement_states",
    "model_state": "model_states",
    "notice_stands": "notice_states",
    "proceeding_open": "proceeding_states",
    "proceeding_state": "proceeding_states",
    "submission_stands": "submission_states",
    "warning_state": "warning_states",
}
"""Which table of `state_words` tells the states that a refusal names."""

OF_FILE: Final = {"zh": "：", "en": ": "}
AND: Final = {"zh": "、", "en": ", "}
UNFIT: Final = re.compile(r" \((\w+)\)$")
IN_BRACKETS: Final = {"zh": "（{}）", "en": " ({})"}
TEXTS: Final = ("en", "en_remedy", "zh", "zh_remedy")


@dataclass(frozen=True)
class Words:
    """What went wrong, and what to do about it."""

    message: str
    remedy: str


class _Given(dict[str, object]):
    """Parameters by name; "?" for one that was not given, since telling of a failure must not fail."""

    def __missing__(self, name: str) -> str:
        return "?"


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Each code's texts, by code: `en`, `en_remedy`, `zh`, `zh_remedy`."""
    found: dict[str, Mapping[str, str]] = {}
    folder = files("schema") / "messages"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def say(refusal: Refusal, language: Language) -> Words:
    """Put a refusal into words."""
    return say_code(refusal.code, refusal.parameters, language)


def say_of_many(code: str, language: Language) -> str:
    """Put what a code says of many things into words, with … for what differs between them."""
    return all_words().get(code, {}).get(language, code).format_map(defaultdict(lambda: "…"))


def _called(names: object, called: Callable[[str], str]) -> list[str]:
    """Call each of several, or the one, as people do; several stand in a text where a verification tells of them."""
    return [called(each) for each in (names if isinstance(names, list | tuple) else str(names).split(", "))]


def _with_roles(parameters: Mapping[str, object]) -> Mapping[str, object]:
    return {name: _called(told, lambda role: ROLES.get(role, role)) for name, told in parameters.items()}


@cache
def state_words() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """What states of each kind are called: `zh`, `en`."""
    return tomllib.loads((files("schema") / "state_words.toml").read_text(encoding="utf-8"))


def _with_states(code: str, parameters: Mapping[str, object], language: Language) -> Mapping[str, object]:
    if code not in STATES_OF:
        return parameters
    called = state_words()[STATES_OF[code]]

    def told(state: str) -> str:
        return called.get(state, {}).get(language, state)

    named = {name: _called(parameters[name], told) for name in ("state", "needed") if name in parameters}
    return {**parameters, **named}


def _with_unfit(parameters: Mapping[str, object], language: Language) -> Mapping[str, object]:
    """Say why each of the other inspectors cannot be taken, whose names stand before it."""
    called = state_words()["unfit"]

    def why(found: re.Match[str]) -> str:
        return IN_BRACKETS[language].format(called.get(found[1], {}).get(language, found[1]))

    def told(person: str) -> str:
        return UNFIT.sub(why, person)

    return {**parameters, "others": _called(parameters.get("others", ()), told)}


@cache
def _reasons() -> Sequence[tuple[re.Pattern[str], str]]:
    told = tomllib.loads((files("schema") / "reasons_zh.toml").read_text(encoding="utf-8"))
    return [(re.compile(pattern), chinese) for pattern, chinese in told.items()]


def _with_reason(parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Say why in Chinese, where it is known what a system or a parser says in English; its own words stand behind."""
    reason = str(parameters.get("reason", ""))
    for pattern, chinese in _reasons():
        if found := pattern.search(reason):
            return {**parameters, "reason": f"{found.expand(chinese)}（{reason}）"}
    return parameters


def listed(parameters: Mapping[str, object], language: Language) -> dict[str, object]:
    """Write out lists among parameters as the language does; one of nothing is a dash."""
    return {
        name: AND[language].join(map(str, value)) or "—" if isinstance(value, list | tuple) else value
        for name, value in parameters.items()
    }


def say_code(code: str, parameters: Mapping[str, object], language: Language) -> Words:
    """Put a code and its parameters into words; a code without words is said as it is.

    What is said of a file that the code's words do not name begins with its name.
    """
    texts = all_words().get(code, {})
    parameters = _with_states(code, parameters, language)
    if code == "matching_infeasible":
        parameters = _with_unfit(parameters, language)
    if language == "zh":
        parameters = _with_roles(parameters) if code == "role_not_allowed" else _with_reason(parameters)
    given = _Given(listed(parameters, language))
    message, remedy = texts.get(language, code), texts.get(f"{language}_remedy", "")
    if "file" in parameters and "{file}" not in message:
        message = f"{{file}}{OF_FILE[language]}{message}"
    return Words(message.format_map(given), remedy.format_map(given))
