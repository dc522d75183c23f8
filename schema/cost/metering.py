"""Spending: whether a caller may have an operation executed, and what an answer says of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger.calendar import instant_text
from ledger.errors import Conflict, Invalid
from schema.cost.buckets import Allowance, Buckets, caller_of

if TYPE_CHECKING:
    from schema.cost.pricing import Cost  # it knows connections, whose context knows the meter

FAULT: Final = 100
"""What a document costs that is refused, since it was read and validated all the same."""


@dataclass(frozen=True)
class CostLimits:
    """The most of one operation, its cost and the objects of its answer; and what a caller may spend."""

    cost: int = 50_000
    nodes: int = 50_000
    allowance: Allowance = field(default_factory=lambda: Allowance(100_000, 5_000))


class Spent(Conflict):
    """The caller has spent its allowance."""

    @property
    def wait(self) -> int:
        """In how many seconds there is enough again."""
        seconds: Any = self.parameters["seconds"]
        return int(seconds)


class Meter:
    """Who has spent how much in this process."""

    def __init__(self, limits: CostLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or CostLimits()
        self._buckets = Buckets(self.limits.allowance)
        self._clock = clock

    def admit(self, subject: str | None, address: str | None) -> None:
        """Raise Spent where a caller has nothing left, so that nothing is read of what it sends."""
        held = self._buckets.held(caller_of(subject, address), self._clock())
        if held < 1:
            raise Spent("too_many_requests", seconds=self._buckets.wait(held, 1))

    def spend(self, subject: str | None, address: str | None, cost: "Cost") -> None:
        """Take an operation's cost; raises Invalid where it is too large for anybody, and Spent."""
        if cost.cost > self.limits.cost:
            raise Invalid("operation_too_costly", asked=cost.cost, most=self.limits.cost)
        if cost.nodes > self.limits.nodes:
            raise Invalid("answer_too_large", asked=cost.nodes, most=self.limits.nodes)
        self.take(subject, address, cost.cost)

    def take(self, subject: str | None, address: str | None, cost: int) -> None:
        """Take a cost, at most what a caller may spend at once; raises Spent."""
        most = min(cost, self.limits.allowance.most)
        caller, now = caller_of(subject, address), self._clock()
        if not self._buckets.spend(caller, most, now):
            raise Spent("too_many_requests", seconds=self._buckets.wait(self._buckets.held(caller, now), most))

    async def take_in_time(self, subject: str | None, address: str | None, cost: int) -> None:
        """Take a cost once the caller has as much."""
        while True:
            try:
                self.take(subject, address, cost)
            except Spent as spent:
                await asyncio.sleep(spent.wait)
            else:
                return

    def fault(self, subject: str | None, address: str | None) -> None:
        """Take what a refused document costs."""
        self._buckets.charge(caller_of(subject, address), FAULT, self._clock())

    def told(self, subject: str | None, address: str | None, cost: "Cost | None", now: datetime) -> dict[str, Any]:
        """Return what an answer's extension `cost` says, by Shopify's names."""
        held = self._buckets.held(caller_of(subject, address), self._clock())
        full_in = timedelta(seconds=self._buckets.wait(held, self.limits.allowance.most))
        return {
            "requestedQueryCost": None if cost is None else cost.cost,
            "requestedNodes": None if cost is None else cost.nodes,
            "throttleStatus": {
                "maximumAvailable": self.limits.allowance.most,
                "currentlyAvailable": int(held),
                "restoreRate": self.limits.allowance.per_second,
                "resetAt": instant_text(now + full_in),
            },
        }
