"""Counters and histograms that one thread adds to, the event loop's: so they need no lock for each request."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector


class Tally(Collector):
    """Counts by labels."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        self._told = name, documentation, labels
        self._counts: dict[tuple[str, ...], int] = {}

    def add(self, *labels: str) -> None:
        """Count one."""
        self._counts[labels] = self._counts.get(labels, 0) + 1

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Give what was counted."""
        name, documentation, labels = self._told
        family = CounterMetricFamily(name, documentation, labels=labels)
        for of, count in self._counts.items():
            family.add_metric(of, count)
        yield family


class Distribution(Collector):
    """How many values by labels are at most so large."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._told = name, documentation, labels
        self._bounds = bounds
        self._of: dict[tuple[str, ...], tuple[list[int], list[float]]] = {}

    def add(self, value: float, *labels: str) -> None:
        """Count a value."""
        known = self._of.get(labels)
        if known is None:
            known = self._of[labels] = [0] * (len(self._bounds) + 1), [0.0]
        counts, total = known
        counts[bisect_left(self._bounds, value)] += 1
        total[0] += value

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Give what was counted, each bucket with all below it."""
        name, documentation, labels = self._told
        family = HistogramMetricFamily(name, documentation, labels=labels)
        bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        for of, (counts, total) in self._of.items():
            family.add_metric(of, list(zip(bounds, accumulate(counts), strict=True)), total[0])
        yield family
