"""Choices that are the same on every machine: each is decided by SHA-256 of the sample's seed and its labels."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import TypeVar

SEED = "qian/sample-bureau/v1"
TODAY = date(2026, 11, 1)
"""The day on which the sample's bureau writes its files; nothing in them happened later."""
FIRST_DAY = date(2018, 1, 1)

Option = TypeVar("Option")


def below(limit: int, *labels: str | int) -> int:
    """Return an integer of 0 … limit − 1 that only these labels decide."""
    data = "\x1f".join((SEED, *map(str, labels))).encode()
    return int.from_bytes(sha256(data).digest()[:8]) % limit


def happens(per_mille: int, *labels: str | int) -> bool:
    return below(1000, *labels) < per_mille


def one_of(options: Sequence[Option], *labels: str | int) -> Option:
    return options[below(len(options), *labels)]


def weighted(options: Sequence[tuple[Option, int]], *labels: str | int) -> Option:
    """Return one of (option, weight), as often as its weight says."""
    ticket = below(sum(weight for _, weight in options), *labels)
    for option, weight in options:
        if ticket < weight:
            return option
        ticket -= weight
    raise AssertionError("weights are positive")


def day_between(first: date, last: date, *labels: str | int) -> date:
    """Return a day of first … last, both included."""
    return first + timedelta(days=below((last - first).days + 1, *labels))


def workday_between(first: date, last: date, *labels: str | int) -> date:
    """Return a day of first … last, moved back from a weekend to its Friday unless that leaves the span."""
    day = day_between(first, last, *labels)
    return max(first, day - timedelta(days=max(0, day.weekday() - 4)))
