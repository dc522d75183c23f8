"""What the first visits find, in the order of score."""

import pytest

from scoring.evaluation.capture import capture
from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored

VISITS = [Scored(9, True), Scored(8, True), Scored(5, False), Scored(5, True), Scored(1, False)]


def test_the_curve_and_its_readings() -> None:
    told = capture(VISITS)
    assert [(point.score, point.visits, point.findings) for point in told.points] == [
        (9, 0.2, pytest.approx(1 / 3)),
        (8, 0.4, pytest.approx(2 / 3)),
        (5, 0.8, 1),
        (1, 1, 1),
    ]
    assert told.at(0) == 0
    assert told.at(0.4) == pytest.approx(2 / 3)
    assert told.lift(0.4) == pytest.approx(5 / 3)
    assert told.precision(0.4) == pytest.approx(1)


def test_equal_scores_find_evenly() -> None:
    assert capture(VISITS).at(0.6) == pytest.approx(5 / 6)
    assert capture([Scored(3, True), Scored(3, False)]).at(0.5) == 0.5


def test_weights_stretch_the_axes() -> None:
    told = capture([Scored(2, True, 1), Scored(1, False, 3)])
    assert (told.points[0].visits, told.rate) == (0.25, 0.25)


def test_without_findings_there_is_no_curve() -> None:
    told = capture([Scored(2, False)])
    assert (told.points, told.notes, told.at(0.5), told.lift(0.5), told.precision(0.5)) == (
        (), (Note.NO_FINDINGS,), None, None, None,
    )  # fmt: skip
    assert capture([]).notes == (Note.NO_VISITS,)
    assert capture(VISITS).lift(0) is None
