"""How many findings are published, by month, place, matter and result: counted from what is shown alone. Pure.

A place is the administrative division (GB/T 2260) whose body registered the enterprise: digits 3 to 8 of its code.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scoring.results import found_problem


@dataclass(frozen=True)
class Shown:
    """What is counted of a finding that is shown."""

    enterprise: str
    items: tuple[str, ...]
    visited: date
    results: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """How many findings are of one month, place, matter or result, and in how many of them a problem was found."""

    name: str
    findings: int
    problems: int


@dataclass(frozen=True)
class Figures:
    """The figures of findings: months ascending, all else the most frequent first.

    A finding of several matters or results counts for each of them, so that these add up to more than `findings`.
    """

    findings: int
    problems: int
    months: Sequence[Figure]
    places: Sequence[Figure]
    matters: Sequence[Figure]
    results: Sequence[Figure]


def count(shown: Iterable[Shown]) -> Figures:
    """Count findings."""
    every = list(shown)
    return Figures(
        len(every),
        sum(found_problem(each.results) for each in every),
        sorted(_by(every, lambda each: (each.visited.isoformat()[:7],)), key=lambda figure: figure.name),
        _by(every, lambda each: (each.enterprise[2:8],)),
        _by(every, lambda each: each.items),
        _by(every, lambda each: each.results),
    )


def _by(shown: Iterable[Shown], names: Callable[[Shown], Iterable[str]]) -> list[Figure]:
    findings, problems = Counter[str](), Counter[str]()
    for each in shown:
        own = set(names(each))
        findings.update(own)
        if found_problem(each.results):
            problems.update(own)
    ordered = sorted(findings.items(), key=lambda counted: (-counted[1], counted[0]))
    return [Figure(name, number, problems[name]) for name, number in ordered]
