"""What could tell whom a pseudonym stands for: coarser values where too few share them, and how few are left.

Rows that agree in region, period and sector are a class. Where a class has fewer than K different enterprises, its rows
say less: no region, then of the month only the year as well, then no sector either, each step over classes as the steps
before left them, until it changes nothing. What is said of an enterprise rather than of a visit is left out of all its
rows, since they share a pseudonym. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ledger.canonical import JSON

K: Final = 5
PERIOD: Final = "period"
QUASI_IDENTIFIERS: Final = ("region", PERIOD, "sector")
"""In the order in which rows say less."""

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Anonymity:
    """The classes that are left: how many, the enterprises of the smallest, and the rows in those of fewer than K.

    `coarser` counts by quasi-identifier the rows that say less in it.
    """

    classes: int
    smallest: int
    rows_below: int
    coarser: Mapping[str, int]

    def document(self) -> dict[str, JSON]:
        """Return it as the data dictionary tells it."""
        return {
            "k": K,
            "quasi_identifiers": list(QUASI_IDENTIFIERS),
            "classes": self.classes,
            "smallest": self.smallest,
            "rows_below": self.rows_below,
            "coarser": dict(self.coarser),
        }


def coarsened(rows: Sequence[Row]) -> Anonymity:
    """Make rows of visits say less in place, and tell what is left to tell them apart."""
    of_enterprise: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_enterprise[row["enterprise"]].append(row)
    coarser = dict.fromkeys(QUASI_IDENTIFIERS, 0)
    for depth in range(1, len(QUASI_IDENTIFIERS) + 1):
        while changed := _coarsen(rows, of_enterprise, QUASI_IDENTIFIERS[:depth]):
            for name in changed:
                coarser[name] += 1
    sizes = [_size(members) for members in _classes(rows)]
    return Anonymity(len(sizes), min(sizes, default=0), len(_of_small_classes(rows)), coarser)


def _coarsen(rows: Sequence[Row], of_enterprise: Mapping[str, Sequence[Row]], names: Sequence[str]) -> list[str]:
    """Let the rows of small classes say less in all of these, and return in what, once for each row."""
    small = _of_small_classes(rows)
    shared = [row for code in {row["enterprise"] for row in small} for row in of_enterprise[code]]
    changed = []
    for name in names:
        for row in small if name == PERIOD else shared:
            if row[name] != (less := _less(name, row[name])):
                row[name] = less
                changed.append(name)
    return changed


def _less(name: str, value: str | None) -> str | None:
    return value[:4] if name == PERIOD and value is not None else None


def _of_small_classes(rows: Sequence[Row]) -> list[Row]:
    return [row for members in _classes(rows) if _size(members) < K for row in members]


def _classes(rows: Iterable[Row]) -> Iterable[list[Row]]:
    classes: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        classes[tuple(row[name] for name in QUASI_IDENTIFIERS)].append(row)
    return classes.values()


def _size(members: Iterable[Row]) -> int:
    return len({row["enterprise"] for row in members})
