"""Scopes: for which enterprises, and for whom, a model holds; and which of several holds.

A model whose scope names no departments gives the general grade. One that names departments gives these departments a
grade of their own beside it. For each of them, of the models whose scope an enterprise meets, the most specific holds:
the one with more of stages, sectors and regions restricted; then the one that restricts stages, then sectors, then
regions; then the one that names fewer stages, sectors, regions, departments. Models that are equal in all of this and
could meet in an enterprise are never in force together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from ledger.canonical import JSON

GENERAL = ""
"""In place of a department's code: the grade that holds for all of them."""

Specificity: TypeAlias = tuple[int, ...]
Held = TypeVar("Held")


@dataclass(frozen=True)
class Scope:
    """What a model is for; an empty tuple restricts nothing, but of departments it means the general grade."""

    sectors: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    @property
    def specificity(self) -> Specificity:
        """What decides between two scopes that an enterprise meets: the greater one holds."""
        parts = (self.stages, self.sectors, self.regions)
        restricted = [int(bool(part)) for part in parts]
        return (sum(restricted), *restricted, *(-len(part) for part in (*parts, self.departments)))

    def meets(self, sector: str, region: str, stage: str) -> bool:
        """Tell whether an enterprise is within the scope."""
        return (
            (not self.sectors or sector in self.sectors)
            and (not self.regions or region in self.regions)
            and (not self.stages or stage in self.stages)
        )

    def for_whom(self) -> tuple[str, ...]:
        """Return the departments that get a grade of their own, or GENERAL alone."""
        return self.departments or (GENERAL,)

    def ties(self, other: "Scope") -> bool:
        """Tell whether some enterprise could meet both for the same department, with nothing to decide between them."""
        return (
            self.specificity == other.specificity
            and not set(self.for_whom()).isdisjoint(other.for_whom())
            and _overlap(self.sectors, other.sectors)
            and _overlap(self.regions, other.regions)
            and _overlap(self.stages, other.stages)
        )

    def shares_readers(self, other: "Scope") -> bool:
        """Tell whether a department could be given grades of both: its own, or the general one where it has none."""
        return _overlap(self.departments, other.departments)

    def document(self) -> JSON:
        return {name: list(values) for name, values in vars(self).items()}


def holding(candidates: Iterable[tuple[Scope, Held]], sector: str, region: str, stage: str) -> dict[str, Held]:
    """Return what holds for an enterprise, by department's code and GENERAL; nobody's where no scope is met."""
    found: dict[str, tuple[Specificity, Held]] = {}
    for scope, held in candidates:
        if scope.meets(sector, region, stage):
            for whom in scope.for_whom():
                if whom not in found or scope.specificity > found[whom][0]:
                    found[whom] = (scope.specificity, held)
    return {whom: found[whom][1] for whom in sorted(found)}


def _overlap(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or not second or not set(first).isdisjoint(second)
