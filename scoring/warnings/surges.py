"""Surges: series of weekly counts by trade, region, matter or body that rise beyond what chance gives. Pure.

A series with half a year before it is charted by CUSUM and EWMA of its normal scores; a younger one by EARS, whose
signal counts only where the count would be as rare under its predictive law. Each stated rate is of one series in which
nothing changes; so many series are watched that the evidence says how many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ledger.canonical import JSON
from scoring.warnings.charts import (
    CUSUM_FALSE_ALARMS,
    EARS_BASELINE,
    EARS_FALSE_ALARMS,
    EARS_LAG,
    EARS_LEAST,
    EWMA_FALSE_ALARMS,
    Charted,
    ears,
    upper_cusum,
    upper_ewma,
)
from scoring.warnings.normal_scores import LEAST_BASELINE, count_scores, share_scores, tail

WEEK = timedelta(days=7)
WEEKS = 104
"""So many whole weeks are looked at."""

SHOWN = 60
"""So many of them are told in the evidence."""

LEAST_COUNT = 3
"""A surge has so many in its excursion at the least."""


@dataclass(frozen=True)
class CellKey:
    """What is counted (`problem`, `complaint`, `penalty`), along which dimension, and where."""

    measure: str
    dimension: str
    value: str


@dataclass
class Series:
    """Counts by the Monday of each week, and for `problem` how many visits there were."""

    counts: dict[date, int] = field(default_factory=dict)
    visits: dict[date, int] | None = None

    def add(self, day: date, count: int, visits: int = 0) -> None:
        """Count what happened on a day."""
        week = monday(day)
        self.counts[week] = self.counts.get(week, 0) + count
        if self.visits is not None:
            self.visits[week] = self.visits.get(week, 0) + visits


@dataclass(frozen=True)
class Surge:
    """A cell that surges, from the Monday on which its excursion began, with its evidence."""

    key: CellKey
    since: date
    evidence: Mapping[str, JSON]


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def surges(series: Mapping[CellKey, Series], today: date) -> list[Surge]:
    """Return the cells that surge at the end of the last whole week before a day.

    All series of a measure begin with the first week in which any of them counted something.
    """
    last = monday(today) - WEEK
    firsts: dict[str, date] = {}
    for key, each in series.items():
        for week in each.counts:
            firsts[key.measure] = min(firsts.get(key.measure, week), week)
    found = []
    for key, each in sorted(series.items(), key=lambda item: (item[0].measure, item[0].dimension, item[0].value)):
        start = max(firsts.get(key.measure, last), last - (WEEKS - 1) * WEEK)
        weeks = [start + place * WEEK for place in range((last - start).days // 7 + 1)]
        surge = _surge(key, each, weeks, len(series))
        if surge is not None:
            found.append(surge)
    return found


def _surge(key: CellKey, series: Series, weeks: Sequence[date], watched: int) -> Surge | None:
    counts = [series.counts.get(week, 0) for week in weeks]
    visits = None if series.visits is None else [series.visits.get(week, 0) for week in weeks]
    charts, rates = _charts(counts, visits)
    signalling = {name: chart for name, chart in charts.items() if chart.signals}
    if not signalling:
        return None
    first = min(chart.since for chart in signalling.values())
    if sum(counts[first:]) < LEAST_COUNT:
        return None
    told: dict[str, JSON] = {
        name: {
            "value_per_thousand": round(chart.value * 1000),
            "limit_per_thousand": round(chart.limit * 1000),
            "since": weeks[chart.since].isoformat(),
            "signals": int(chart.signals),
            "false_alarms_per_million_weeks": rates[name],
        }
        for name, chart in charts.items()
    }
    shown: list[JSON] = []
    for place in range(max(0, len(weeks) - SHOWN), len(weeks)):
        week: dict[str, JSON] = {"week": weeks[place].isoformat(), "count": counts[place]}
        shown.append(week if visits is None else {**week, "visits": visits[place]})
    return Surge(key, weeks[first], {"charts": told, "series": shown, "series_watched": watched})


def _charts(counts: Sequence[int], visits: Sequence[int] | None) -> tuple[dict[str, Charted], dict[str, int]]:
    """Return the charts with places in the whole series, and their false alarms in a million weeks."""
    if len(counts) > LEAST_BASELINE:
        scores = count_scores(counts) if visits is None else share_scores(counts, visits)
        charts = {"cusum": upper_cusum(scores), "ewma": upper_ewma(scores)}
        moved = {name: Charted(each.value, each.limit, each.since + LEAST_BASELINE) for name, each in charts.items()}
        return moved, {"cusum": CUSUM_FALSE_ALARMS, "ewma": EWMA_FALSE_ALARMS}
    if len(counts) < EARS_LEAST:
        return {}, {}
    baseline = counts[-1 - EARS_LAG - EARS_BASELINE : -1 - EARS_LAG]
    if tail(counts[-1], baseline) * 1_000_000 > EARS_FALSE_ALARMS:
        return {}, {}
    return ears(counts), dict.fromkeys(("c1", "c2", "c3"), EARS_FALSE_ALARMS)
