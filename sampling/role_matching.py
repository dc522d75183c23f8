"""One role's part of the matching: steps 2 to 5 of `sampling.matching`, for inspectors numbered by rank (b-order).

All places of a role are matched together: a target is held by as many ranks as have a place there. Where units must
differ, a unit's place at a target is one node of the flow, so that a rank may hand its place to one of the same unit.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush

from sampling.load_buckets import LoadBuckets

Group = tuple[str, str]
Place = tuple[int, int | None]
"""A target, and the rank that holds the place there; None for a place that nobody holds yet."""


class RoleMatching:
    """Who holds which target in one role; targets are numbers, too.

    `candidates` gives for each group of targets the eligible ranks, ascending; `group_of` a target's group;
    `forbidden` the ranks that a target excludes (recused, on its team, of a unit on its team); `beside` those that
    cannot be on a team with a rank: itself, or all of its unit. `loads` is shared by all roles and changed here.
    """

    def __init__(
        self,
        candidates: dict[Group, list[int]],
        group_of: Callable[[int], Group],
        forbidden: Callable[[int], AbstractSet[int]],
        beside: Callable[[int], AbstractSet[int]],
        loads: list[int],
        caps: list[int],
    ) -> None:
        """Start with no target held."""
        self.holders: dict[int, dict[int, None]] = {}
        self._candidates = candidates
        self._group_of = group_of
        self._forbidden = forbidden
        self._beside = beside
        self._loads = loads
        self._caps = caps
        self._buckets = {group: LoadBuckets(ranks, loads, caps) for group, ranks in candidates.items()}
        self._buckets_of: dict[int, list[LoadBuckets]] = {}
        for group, ranks in candidates.items():
            for rank in ranks:
                self._buckets_of.setdefault(rank, []).append(self._buckets[group])
        self._held: dict[int, dict[int, None]] = {rank: {} for rank in self._buckets_of}  # in order of insertion

    def assign(self, target: int, number: int) -> set[int] | None:
        """Give one place at a target to one of the least loaded, the number choosing, or along an augmenting path.

        Returns None, or where there is no path all ranks that the search has visited, each of them at the cap.
        """
        chosen = self._buckets[self._group_of(target)].choose(self._excluded(target, None), number)
        if chosen is not None:
            self._give(target, None, chosen)
            self._change_load(chosen, 1)
            return None
        found, reached = self._search([(target, None)], None, None, frozenset())
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
            places = [(target, start) for target in self._held[start]]
            found, reached = self._search(places, start, load - 2, closed)
            if found is None:
                closed.update((start, *reached))
            else:
                self._shift(found, start, reached)
                heappush(open_by_load, (-self._loads[start], start))
                heappush(open_by_load, (-self._loads[found], found))

    def _search(
        self,
        places: Iterable[Place],
        start: int | None,
        limit: int | None,
        closed: AbstractSet[int],
    ) -> tuple[int | None, dict[int, Place]]:
        """Search breadth first from places that `start` holds for the first rank under its cap with a load ≤ limit.

        Return it, or None, and by which place each visited rank was reached.
        Each group keeps the list of its ranks that were not visited, so every rank is looked at once for its group and
        once for each place that excludes it.
        """
        reached: dict[int, Place] = {}
        unvisited: dict[Group, list[int]] = {}

        def visit(place: Place) -> Iterator[int]:
            group = self._group_of(place[0])
            if group not in unvisited:
                unvisited[group] = [rank for rank in self._candidates[group] if rank not in closed and rank != start]
            if not unvisited[group]:
                return
            forbidden = self._excluded(*place)
            excluded = []
            for rank in unvisited[group]:
                if rank in reached:
                    continue
                if rank in forbidden:
                    excluded.append(rank)
                else:
                    yield rank
            unvisited[group] = excluded

        queue = deque(places)
        while queue:
            place = queue.popleft()
            for rank in visit(place):
                reached[rank] = place
                if self._loads[rank] < self._caps[rank] and (limit is None or self._loads[rank] <= limit):
                    return rank, reached
                queue.extend((target, rank) for target in self._held[rank])
        return None, reached

    def _excluded(self, target: int, leaving: int | None) -> AbstractSet[int]:
        """Return the ranks that cannot take the place at a target that `leaving` holds, or that nobody does."""
        excluded = self._forbidden(target)
        for holder in self.holders.get(target, ()):
            if holder != leaving:
                excluded = excluded | self._beside(holder)
        return excluded

    def _shift(self, end: int, start: int | None, reached: dict[int, Place]) -> None:
        """Hand on each place of the path to the rank that it led to, the last one first."""
        rank: int | None = end
        while rank is not None and rank != start:
            target, previous = reached[rank]
            self._give(target, previous, rank)
            rank = previous
        self._change_load(end, 1)
        if start is not None:
            self._change_load(start, -1)

    def _give(self, target: int, previous: int | None, rank: int) -> None:
        holders = self.holders.setdefault(target, {})
        if previous is not None:
            del holders[previous]
            del self._held[previous][target]
        holders[rank] = None
        self._held[rank][target] = None

    def _change_load(self, rank: int, change: int) -> None:
        old = self._loads[rank]
        self._loads[rank] = old + change
        for buckets in self._buckets_of[rank]:
            buckets.move(rank, old, old + change)
