"""Finding rates by bands of score."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.calibration import calibration
from scoring.evaluation.observed import Scored


def test_bands_of_equal_weight_from_the_lowest_score() -> None:
    visits = [Scored(score, score >= 6) for score in range(10)]
    told = calibration(visits, 5)
    assert [(band.lowest, band.highest, band.found) for band in told] == [
        (0, 1, 0), (2, 3, 0), (4, 5, 0), (6, 7, 2), (8, 9, 2),
    ]  # fmt: skip
    assert (told[3].mean_score, told[3].rate.value) == (6.5, 1)
    assert told[3].rate.interval is not None


def test_a_crowded_score_takes_several_bands() -> None:
    visits = [*[Scored(0, False)] * 6, Scored(1, False), Scored(2, True), Scored(3, True), Scored(4, True)]
    assert [(band.lowest, band.highest) for band in calibration(visits, 5)] == [(0, 0), (1, 2), (3, 4)]


def test_no_visits_no_bands() -> None:
    assert calibration([]) == []


@given(
    st.lists(st.builds(Scored, st.integers(0, 20), st.booleans(), st.floats(0.5, 50)), max_size=60),
    st.integers(1, 12),
)
def test_every_visit_is_in_one_band(visits: list[Scored], bands: int) -> None:
    told = calibration(visits, bands)
    assert len(told) <= bands
    assert sum(band.visits for band in told) == len(visits)
    assert all(one.highest < next_.lowest for one, next_ in pairwise(told))
