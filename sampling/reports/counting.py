"""How far visits have come, counted; rates are exact fractions. Pure.

完成率 is the published of the due, 完结率 the settled of the published.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scoring.results import FollowUp, Result


class Share(NamedTuple):
    """So many of so many."""

    part: int
    whole: int

    @property
    def permille(self) -> int | None:
        """Thousandths, rounded down, so that 1000 means all; None of nothing."""
        return self.part * 1000 // self.whole if self.whole else None


@dataclass(frozen=True)
class Found:
    """What is known of a visit that was made: the state of its newest finding, and whether nothing is left to do."""

    state: str
    settled: bool


@dataclass(frozen=True)
class Counts:
    """Visits by how far they have come; each counts in all that it has passed.

    `due` are to be made. `visited` have a finding, `recorded` one that was not returned, `approved` one that passed its
    review; `settled` are published, and nothing is left to do.
    """

    due: int = 0
    visited: int = 0
    recorded: int = 0
    approved: int = 0
    published: int = 0
    settled: int = 0
    overdue: int = 0

    @property
    def completion(self) -> Share:
        """完成率."""
        return Share(self.published, self.due)

    @property
    def conclusion(self) -> Share:
        """完结率."""
        return Share(self.settled, self.published)


RETURNED = "returned"
PUBLISHED = ("published", "ended")
APPROVED = ("approved", *PUBLISHED)


def count(due: Collection[int], found: Mapping[int, Found], overdue: Collection[int]) -> Counts:
    """Count the visits at the positions that are due, by what was found there."""
    made = [found[position] for position in due if position in found]
    published = [each for each in made if each.state in PUBLISHED]
    return Counts(
        due=len(due),
        visited=len(made),
        recorded=sum(each.state != RETURNED for each in made),
        approved=sum(each.state in APPROVED for each in made),
        published=len(published),
        settled=sum(each.settled for each in published),
        overdue=len(set(overdue).intersection(due)),
    )


def is_settled(results: Collection[str], follow_up: str) -> bool:
    """Tell whether a finding leaves nothing to do: nothing pending, and nothing follows, or it is corrected already."""
    if Result.PENDING in results:
        return False
    return follow_up in (FollowUp.NONE, FollowUp.STOPPED) or Result.CORRECTED in results
