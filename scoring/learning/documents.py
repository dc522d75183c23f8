"""A model's document as TOML text: the tables of a document in force, with what was learned put in place.

The tables are those of the text in force, so that texts stay as its author wrote them; only points, thresholds and the
head change.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import orjson

from scoring.scorecard import Model

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DELETE = "\x7f"
_UNUSABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no comment may hold."""


def with_learned(tables: Mapping[str, Any], learned: Model, head: Mapping[str, str]) -> dict[str, Any]:
    """Return a document's tables with a model's points and thresholds, and other texts in its head."""
    indicators = {indicator.id: indicator for indicator in learned.indicators}
    changed = []
    for table in tables["indicators"]:
        indicator = indicators[table["id"]]
        bins = [{**held, "points": each.points} for held, each in zip(table["bins"], indicator.bins, strict=True)]
        missing = {} if indicator.missing is None else {"missing": indicator.missing}
        changed.append({**table, **missing, "bins": bins})
    thresholds = zip(tables["grades"], learned.grades, strict=True)
    grades = [
        table if level.lowest_score is None else {**table, "from": level.lowest_score} for table, level in thresholds
    ]
    return {**tables, **head, "grades": grades, "indicators": changed}


def toml_text(tables: Mapping[str, Any], comments: Collection[str] = ()) -> str:
    """Return tables as TOML: comments, values, then tables and lists of tables; what is nested in these is inline."""
    lines = [_UNUSABLE.sub(" ", f"# {line}").rstrip() for line in comments]
    nested = {key: value for key, value in tables.items() if _is_nested(value)}
    lines += ["", *(_pair(key, value) for key, value in tables.items() if key not in nested)]
    for key, value in nested.items():
        for table in [value] if isinstance(value, dict) else value:
            heading = f"[{_key(key)}]" if isinstance(value, dict) else f"[[{_key(key)}]]"
            lines += ["", heading, *(_pair(name, each) for name, each in table.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_nested(value: object) -> bool:
    """Tell whether a value is a table or a list of tables."""
    tables = value if isinstance(value, list) else [value]
    return bool(tables) and all(isinstance(table, dict) for table in tables)


def _pair(key: str, value: object) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_pair(key, each) for key, each in value.items()) + " }"
    if isinstance(value, list):
        parts = [_value(each) for each in value]
        return "[\n" + "".join(f"  {part},\n" for part in parts) + "]" if _is_nested(value) else f"[{', '.join(parts)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    """Return a basic string; JSON's escapes are TOML's, but for U+007F, which JSON lets stand."""
    return orjson.dumps(value).decode().replace(_DELETE, "\\u007f")
