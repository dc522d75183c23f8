"""Visits counted by how far they have come."""

import pytest

from sampling.reports.counting import Counts, Found, Share, count, is_settled
from scoring.results import FollowUp, Result


def test_a_visit_counts_in_all_that_it_has_passed() -> None:
    found = {
        1: Found("returned", False),
        2: Found("recorded", False),
        3: Found("approved", True),
        4: Found("published", False),
        5: Found("published", True),
        9: Found("published", True),
    }
    assert count({1, 2, 3, 4, 5, 6}, found, {4, 6, 9}) == Counts(6, 5, 4, 3, 2, 1, 2)


def test_rates_are_exact_and_rounded_down_to_thousandths() -> None:
    counts = Counts(due=3, published=2, settled=1)
    assert (counts.completion, counts.conclusion) == (Share(2, 3), Share(1, 2))
    assert (counts.completion.permille, counts.conclusion.permille) == (666, 500)
    assert Share(2999, 3000).permille == 999
    assert Share(0, 0).permille is None


@pytest.mark.parametrize(
    ("results", "follow_up", "settled"),
    [
        ([Result.NO_PROBLEM], FollowUp.NONE, True),
        ([Result.CLOSED], FollowUp.STOPPED, True),
        ([Result.OTHER_VIOLATION], FollowUp.CORRECTION, False),
        ([Result.OTHER_VIOLATION, Result.CORRECTED], FollowUp.CORRECTION, True),
        ([Result.OTHER_VIOLATION, Result.CORRECTED, Result.PENDING], FollowUp.CORRECTION, False),
        ([Result.OTHER_VIOLATION], FollowUp.CASE, False),
        ([Result.PENDING], FollowUp.NONE, False),
    ],
)
def test_a_finding_is_settled_where_nothing_is_left_to_do(
    results: list[Result], follow_up: FollowUp, settled: bool
) -> None:
    assert is_settled(results, follow_up) is settled
