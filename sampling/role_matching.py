"""One role's part of the matching: steps 2 to 5 of `sampling.matching`, for inspectors numbered by rank (b-order)."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush

from sampling.load_buckets import LoadBuckets


class RoleMatching:
    """Who holds which target in one role; targets are numbers, too.

    `candidates` gives for each group of targets the eligible ranks, ascending; `group_of` a target's group;
    `forbidden` the ranks that a target excludes (recused, on its team, of a unit on its team). `loads` is shared by
    all roles and changed here.
    """

    def __init__(
        self,
        candidates: dict[str, list[int]],
        group_of: Callable[[int], str],
        forbidden: Callable[[int], AbstractSet[int]],
        loads: list[int],
        caps: list[int],
    ) -> None:
        """Start with no target held."""
        self.holders: dict[int, int] = {}
        self._candidates = candidates
        self._group_of = group_of
        self._forbidden = forbidden
        self._loads = loads
        self._caps = caps
        self._buckets = {group: LoadBuckets(ranks, loads, caps) for group, ranks in candidates.items()}
        self._buckets_of: dict[int, list[LoadBuckets]] = {}
        for group, ranks in candidates.items():
            for rank in ranks:
                self._buckets_of.setdefault(rank, []).append(self._buckets[group])
        self._held: dict[int, dict[int, None]] = {rank: {} for rank in self._buckets_of}  # in order of insertion

    def assign(self, target: int, number: int) -> set[int] | None:
        """Give a target to one of the least loaded, the number choosing, or along an augmenting path (steps 2 to 4).

        Returns None, or where there is no path all ranks that the search has visited, each of them at the cap.
        """
        chosen = self._buckets[self._group_of(target)].choose(self._forbidden(target), number)
        if chosen is not None:
            self._give(target, chosen)
            self._change_load(chosen, 1)
            return None
        found, reached = self._search([target], None, None, frozenset())
        if found is None:
            return set(reached)
        self._shift(found, None, reached)
        return None

    def repair(self) -> None:
        """Shift targets along cost-reducing paths until there is none (step 5)."""
        closed: set[int] = set()
        open_by_load = [(-self._loads[rank], rank) for rank in self._held]
        heapify(open_by_load)
        while open_by_load:
            load, start = heappop(open_by_load)
            load = -load
            if start in closed or load != self._loads[start]:
                continue  # an entry from before a shift
            found, reached = self._search(self._held[start], start, load - 2, closed)
            if found is None:
                closed.update((start, *reached))
            else:
                self._shift(found, start, reached)
                heappush(open_by_load, (-self._loads[start], start))
                heappush(open_by_load, (-self._loads[found], found))

    def _search(
        self,
        targets: Iterable[int],
        start: int | None,
        limit: int | None,
        closed: AbstractSet[int],
    ) -> tuple[int | None, dict[int, int]]:
        """Search breadth first from targets that `start` holds for the first rank under its cap with a load ≤ limit.

        Return it, or None, and by which target each visited rank was reached.
        Each group keeps the list of its ranks that were not visited, so every rank is looked at once for its group and
        once for each target that excludes it.
        """
        reached: dict[int, int] = {}
        unvisited: dict[str, list[int]] = {}

        def visit(target: int) -> Iterator[int]:
            group = self._group_of(target)
            if group not in unvisited:
                unvisited[group] = [rank for rank in self._candidates[group] if rank not in closed and rank != start]
            if not unvisited[group]:
                return
            forbidden = self._forbidden(target)
            excluded = []
            for rank in unvisited[group]:
                if rank in reached:
                    continue
                if rank in forbidden:
                    excluded.append(rank)
                else:
                    yield rank
            unvisited[group] = excluded

        queue = deque(targets)
        while queue:
            target = queue.popleft()
            for rank in visit(target):
                reached[rank] = target
                if self._loads[rank] < self._caps[rank] and (limit is None or self._loads[rank] <= limit):
                    return rank, reached
                queue.extend(self._held[rank])
        return None, reached

    def _shift(self, end: int, start: int | None, reached: dict[int, int]) -> None:
        """Move each target of the path to the rank that it led to, the last one first."""
        rank: int | None = end
        while rank is not None and rank != start:
            target = reached[rank]
            previous = self.holders.get(target)
            self._give(target, rank)
            rank = previous
        self._change_load(end, 1)
        if start is not None:
            self._change_load(start, -1)

    def _give(self, target: int, rank: int) -> None:
        previous = self.holders.get(target)
        if previous is not None:
            del self._held[previous][target]
        self._held[rank][target] = None
        self.holders[target] = rank

    def _change_load(self, rank: int, change: int) -> None:
        old = self._loads[rank]
        self._loads[rank] = old + change
        for buckets in self._buckets_of[rank]:
            buckets.move(rank, old, old + change)
