"""The words of what a verification finds wrong, in both languages, from `schema/verification_faults.toml`.

A check tells its fault in English, or as a refusal with its parameters; by these words the code is found again that it
has, and it is said in the language of whoever reads it.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from schema.words import Language, all_words, say_code

_REFUSAL = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_PARAMETER = re.compile(r"(?:^|, )(\w+)=")
_PART = re.compile(r"\{(\w+)\}")
_NAMED = ("name", "table", "kind")
"""What of all that a fault tells are names which the log gives."""
_PHRASES = ("what", "reason", "awaited")
"""What may have spaces of all that a fault tells."""


@cache
def all_faults() -> Mapping[str, Mapping[str, str]]:
    """Each fault's texts, by code: `en` and `zh`."""
    return tomllib.loads((files("schema") / "verification_faults.toml").read_text(encoding="utf-8"))


def fault_code(fault: str) -> str | None:
    """Return the code of what a check found wrong; None where there are no words for it."""
    return found[0] if (found := _found(fault)) else None


def say_fault(fault: str, language: Language) -> str:
    """Put what a check found wrong into words; what there are no words for is said as it is."""
    refusal = _REFUSAL.fullmatch(fault)
    if refusal and refusal[1] in all_words():
        return say_code(refusal[1], _parameters(refusal[2]), language).message
    found = _found(fault)
    if found is None:
        return fault
    code, parts = found
    said = {name: _called(part) if name in _NAMED and language == "zh" else part for name, part in parts.items()}
    return all_faults()[code][language].format_map({name: say_fault(part, language) for name, part in said.items()})


@cache
def all_names() -> Mapping[str, str]:
    """What a sealed document, a table, a field or a kind is called in Chinese."""
    return tomllib.loads((files("schema") / "verification_names.toml").read_text(encoding="utf-8"))


def _called(name: str) -> str:
    """Say a name of the log's beside what it is called."""
    return f"{all_names()[name]}（{name}）" if name in all_names() else name


def _found(fault: str) -> tuple[str, dict[str, str]] | None:
    for pattern, code in _patterns():
        if found := pattern.fullmatch(fault):
            return code, found.groupdict()
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return what each fault is found by; that which leaves the least open stands before others."""
    texts = {code: texts["en"] for code, texts in all_faults().items()}
    ordered = sorted(texts, key=lambda code: len(_PART.sub("", texts[code])), reverse=True)
    return [(re.compile(_pattern(texts[code]), re.DOTALL), code) for code in ordered]


def _pattern(text: str) -> str:
    literal, *rest = _PART.split(text)
    parts = zip(rest[::2], rest[1::2], strict=True)
    return re.escape(literal) + "".join(_open(name) + re.escape(after) for name, after in parts)


def _open(name: str) -> str:
    return rf"(?P<{name}>{'.+?' if name in _PHRASES else '[^ ]+'})"


def _parameters(told: str) -> dict[str, str]:
    _, *rest = _PARAMETER.split(told)
    return dict(zip(rest[::2], rest[1::2], strict=True))
