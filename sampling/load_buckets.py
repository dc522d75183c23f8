"""Inspectors by load, so that one of the least loaded is chosen without looking at all."""

from bisect import bisect_left, insort
from collections.abc import Set as AbstractSet


class LoadBuckets:
    """Some inspectors, numbered by their rank, in one ascending list for each load. Nobody at the cap is in it."""

    def __init__(self, ranks: list[int], loads: list[int], caps: list[int]) -> None:
        """Take ascending ranks; `loads` and `caps` are by rank."""
        self._loads = loads
        self._caps = caps
        self._members = frozenset(ranks)
        self._buckets: dict[int, list[int]] = {}
        for rank in ranks:
            if loads[rank] < caps[rank]:
                self._buckets.setdefault(loads[rank], []).append(rank)

    def move(self, rank: int, old: int, new: int) -> None:
        """Note that an inspector's load has changed."""
        if old < self._caps[rank]:
            bucket = self._buckets[old]
            del bucket[bisect_left(bucket, rank)]
            if not bucket:
                del self._buckets[old]
        if new < self._caps[rank]:
            insort(self._buckets.setdefault(new, []), rank)

    def choose(self, forbidden: AbstractSet[int], number: int) -> int | None:
        """Return the (number mod m)-th of the m least loaded that are not forbidden, by rank; None if all are."""
        among = [rank for rank in forbidden & self._members if self._loads[rank] < self._caps[rank]]
        for load in sorted(self._buckets):
            bucket = self._buckets[load]
            passed = sorted(bisect_left(bucket, rank) for rank in among if self._loads[rank] == load)
            left = len(bucket) - len(passed)
            if left:
                chosen = number % left
                for index in passed:
                    chosen += index <= chosen
                return bucket[chosen]
        return None
