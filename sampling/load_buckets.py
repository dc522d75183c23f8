"""Inspectors by load, so that one of the least loaded is chosen without looking at all."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable


class LoadBuckets:
    """Some inspectors, numbered by their rank, in one ascending list for each load. Nobody at the cap is in it."""

    def __init__(self, ranks: Iterable[int], loads: list[int], caps: list[int]) -> None:
        """Take ascending ranks; `loads` and `caps` are by rank."""
        self._caps = caps
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

    def choose(self, forbidden: Collection[int], number: int) -> int | None:
        """Return the (number mod m)-th of the m least loaded that are not forbidden, by rank; None if all are."""
        for load in sorted(self._buckets):
            bucket = self._buckets[load]
            passed = sorted(index for rank in forbidden if (index := _index(bucket, rank)) is not None)
            left = len(bucket) - len(passed)
            if left:
                chosen = number % left
                for index in passed:
                    chosen += index <= chosen
                return bucket[chosen]
        return None


def _index(ranks: list[int], rank: int) -> int | None:
    index = bisect_left(ranks, rank)
    return index if index < len(ranks) and ranks[index] == rank else None
