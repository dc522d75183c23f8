"""Charts by hand, and that a series in which nothing changes signals no more often than stated."""

import math
from datetime import date

import numpy as np
import pytest
from scipy.stats import t as student

from scoring.warnings.charts import (
    C3_LIMIT,
    CUSUM_FALSE_ALARMS,
    CUSUM_LIMIT,
    EARS_BASELINE,
    EARS_FALSE_ALARMS,
    EARS_LIMIT,
    EWMA_FALSE_ALARMS,
    REFERENCE,
    SHARE,
    WIDTH,
    ears,
    ewma,
    two_sided_cusum,
    upper_cusum,
    upper_ewma,
)
from scoring.warnings.normal_scores import LEAST_BASELINE, count_scores, share_scores, tail
from scoring.warnings.run_lengths import cusum_run_length, ewma_run_length, per_million
from scoring.warnings.surges import WEEK, CellKey, Series, monday, surges

TODAY = date(2026, 11, 25)


def test_a_cusum_by_hand() -> None:
    upper, lower = two_sided_cusum([1.0, -1.0, 2.0, 3.0])
    assert upper == (0.5, 0.0, 1.5, 4.0)
    assert lower == (0.0, 0.5, 0.0, 0.0)


def test_an_ewma_by_hand() -> None:
    assert ewma([1.0, 1.0, -1.0], 0.5) == (0.5, 0.75, -0.125)


def test_an_excursion_begins_where_the_chart_left_zero() -> None:
    charted = upper_cusum([0.0, 2.5, 0.0, -3.0, 3.0, 3.0, 3.0])
    assert (charted.value, charted.signals, charted.since) == (7.5, True, 4)
    assert upper_ewma([-1.0, -1.0, 3.0, 3.0, 3.0]).since == 3  # 0.31, then 0.85 beyond half of 0.99


def test_ears_by_hand() -> None:
    """Seven weeks of 2, 4, 2, 4, 2, 4, 3: mean 3, standard deviation 1; then 3, 3 and 9."""
    charts = ears([3, 3, 2, 4, 2, 4, 2, 4, 3, 3, 3, 9])
    assert charts["c2"].value == pytest.approx(6.0)
    assert charts["c1"].value == pytest.approx((9 - 3) / math.sqrt(4 / 6))
    assert charts["c3"].value == pytest.approx(5.0)
    assert charts["c3"].limit == C3_LIMIT


def test_the_stated_rates() -> None:
    """One in 930.9 weeks, one in 999.5 at the least, and a Student law of six degrees beyond 3/√(8/7)."""
    assert (CUSUM_FALSE_ALARMS, EWMA_FALSE_ALARMS, EARS_FALSE_ALARMS) == (1074, 1001, 15454)
    assert per_million(cusum_run_length(REFERENCE, CUSUM_LIMIT)) == CUSUM_FALSE_ALARMS
    assert per_million(2 * ewma_run_length(SHARE, WIDTH)) == EWMA_FALSE_ALARMS
    beyond = student.sf(EARS_LIMIT / math.sqrt(1 + 1 / EARS_BASELINE), EARS_BASELINE - 1)
    assert round(1_000_000 * beyond) == EARS_FALSE_ALARMS


def test_a_score_knows_how_short_its_baseline_is() -> None:
    """Of counts that are all 0, a 0 is as good as expected, and a first 3 is rare."""
    quiet = count_scores([0] * LEAST_BASELINE + [0])
    loud = count_scores([0] * LEAST_BASELINE + [3])
    assert -0.1 < quiet[0] < 0.1
    assert loud[0] > 2.5
    assert share_scores([0] * LEAST_BASELINE + [0], [5] * LEAST_BASELINE + [0]) == (0.0,)
    assert tail(0, [1, 2, 3]) == 1.0


def test_scores_of_a_share_are_the_counts_where_the_share_is_small() -> None:
    """So many of very many: the beta-binomial is nearly the negative binomial."""
    found = [2, 1, 3, 2] * 10
    by_share, by_count = share_scores(found, [100_000] * 40), count_scores(found)
    assert by_share == pytest.approx(by_count, abs=0.01)


@pytest.mark.parametrize("mean", [0.5, 4.0, 30.0])
def test_counts_that_do_not_change_signal_as_rarely_as_stated(mean: float) -> None:
    """60 series of 430 weeks: the alarms are within what a Poisson law of the stated rate gives in 99.9 % of cases."""
    rng = np.random.default_rng(20261123)
    alarms = weeks = 0
    for _ in range(60):
        scores = count_scores(rng.poisson(mean, 430).tolist())
        weeks += len(scores)
        level = 0.0
        for score in scores:
            level = max(0.0, level + score - 0.5)
            if level > 5:
                alarms, level = alarms + 1, 0.0
    expected = weeks * CUSUM_FALSE_ALARMS / 1_000_000
    assert alarms <= expected + 3.3 * math.sqrt(expected)


def weekly(counts: list[int], visits: list[int] | None = None) -> Series:
    last = monday(TODAY) - WEEK
    weeks = [last - (len(counts) - 1 - place) * WEEK for place in range(len(counts))]
    seen = None if visits is None else dict(zip(weeks, visits, strict=True))
    return Series(dict(zip(weeks, counts, strict=True)), seen)


def test_a_surge_is_told_from_where_it_began() -> None:
    cells = {
        CellKey("complaint", "sector", "供热"): weekly([2] * 60 + [6, 7, 6]),
        CellKey("complaint", "sector", "供水"): weekly([2] * 63),
    }
    (surge,) = surges(cells, TODAY)
    assert surge.key.value == "供热"
    assert surge.since == monday(TODAY) - 3 * WEEK
    assert surge.evidence["series_watched"] == 2
    assert surge.evidence["charts"]["cusum"]["signals"] == 1  # type: ignore[index, call-overload]


def test_more_visits_with_more_problems_are_no_surge() -> None:
    """Three times the visits find three times the problems: the share is the same."""
    steady = weekly([3] * 60 + [9, 9, 9], [10] * 60 + [30, 30, 30])
    worse = weekly([3] * 60 + [9, 9, 9], [10] * 63)
    assert surges({CellKey("problem", "region", "甲"): steady}, TODAY) == []
    assert len(surges({CellKey("problem", "region", "甲"): worse}, TODAY)) == 1


def test_a_young_series_is_charted_by_ears() -> None:
    key = CellKey("penalty", "body", "样例局")
    (surge,) = surges({key: weekly([3, 2, 4, 3, 2, 4, 3, 2, 4, 3, 2, 15])}, TODAY)
    assert set(surge.evidence["charts"]) == {"c1", "c2", "c3"}  # type: ignore[arg-type]
    assert surges({key: weekly([3, 2, 4, 3, 2, 4, 3, 2, 15])}, TODAY) == []  # too young for any


def test_a_young_series_of_small_counts_keeps_the_stated_rate() -> None:
    rng, key = np.random.default_rng(5), CellKey("penalty", "body", "样例局")
    alarms = sum(bool(surges({key: weekly([1, *rng.poisson(2.0, 12).tolist()])}, TODAY)) for _ in range(1500))
    assert alarms <= 1500 * EARS_FALSE_ALARMS / 1_000_000


def test_a_handful_is_no_surge() -> None:
    assert surges({CellKey("complaint", "sector", "供热"): weekly([1] + [0] * 80 + [1, 1])}, TODAY) == []


def test_nothing_counted_is_no_surge() -> None:
    assert surges({}, TODAY) == []
