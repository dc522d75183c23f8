"""Where recorded changes of code lead: from each former code to the one that its enterprise has now. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Change(NamedTuple):
    """That a code became another one; of two records of it the earlier is told."""

    since: str
    reason: str
    successor: str


class Former(NamedTuple):
    """Where a code leads: the present code, the next one, since when and why."""

    enterprise: str
    successor: str
    since: str
    reason: str


def changes_of(records: Iterable[tuple[str, str, Mapping[str, Any]]]) -> dict[str, Change]:
    """Return by former code the earliest of the changes; given are date, enterprise and content of those that hold."""
    changes: dict[str, Change] = {}
    for day, enterprise, content in records:
        if "former_code" in content:
            change = Change(day, content["type"], enterprise)
            changes[content["former_code"]] = min(changes.get(content["former_code"], change), change)
    return changes


def resolved(changes: Mapping[str, Change]) -> dict[str, Former]:
    """Return by each former code where its chain of changes ends."""
    ends: dict[str, Former] = {}
    for code, change in changes.items():
        end, passed = change.successor, {code}
        while end in changes and end not in passed:  # a circle is refused, but may be made by hand
            passed.add(end)
            end = changes[end].successor
        ends[code] = Former(end, change.successor, change.since, change.reason)
    return ends
