"""Buckets: what each caller may still spend. A bucket fills at a steady rate, up to what it holds.

They are this process's own, so that spending needs no database: of several processes, each grants its callers as much.
Instants are seconds of a clock that never goes back.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final, NamedTuple

CALLERS: Final = 10_000
"""The most callers that are remembered; the one that was heard of longest ago is forgotten first."""

NETWORK_BITS: Final = 64
"""An IPv6 network of this length belongs to one caller, who may use each of its addresses."""


@dataclass(frozen=True)
class Allowance:
    """How much a caller may spend: at once, and again each second."""

    most: int
    per_second: int


class Left(NamedTuple):
    """What a caller may spend now, and in how many whole seconds as much as was asked for, and all."""

    granted: bool
    available: int
    wait: int
    full_in: int


class Buckets:
    """The buckets of one process's callers."""

    def __init__(self, allowance: Allowance, callers: int = CALLERS) -> None:
        self.allowance = allowance
        self._callers = callers
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._buckets)

    def spend(self, caller: str, cost: int, now: float) -> Left:
        """Take a cost from a caller's bucket where it holds as much, and nothing where it does not."""
        available = self._available(caller, now)
        granted = cost <= available
        if granted:
            available -= cost
            self._buckets[caller] = (available, now)
            self._buckets.move_to_end(caller)
            if len(self._buckets) > self._callers:
                self._buckets.popitem(last=False)
        return self._left(available, 0 if granted else cost)

    def look(self, caller: str, cost: int, now: float) -> Left:
        """Return what a caller may spend, and take nothing."""
        available = self._available(caller, now)
        return self._left(available, cost)

    def charge(self, caller: str, cost: int, now: float) -> None:
        """Take a cost from a caller's bucket, at most all that it holds."""
        self.spend(caller, min(cost, int(self._available(caller, now))), now)

    def _available(self, caller: str, now: float) -> float:
        known = self._buckets.get(caller)
        if known is None:
            return float(self.allowance.most)
        held, since = known
        if now > since:
            held += (now - since) * self.allowance.per_second
        return min(held, float(self.allowance.most))

    def _left(self, available: float, cost: int) -> Left:
        rate = self.allowance.per_second
        wait = ceil((cost - available) / rate) if cost > available else 0
        return Left(wait == 0, int(available), wait, ceil((self.allowance.most - available) / rate))


@lru_cache(maxsize=CALLERS)
def caller_of(subject: str | None, address: str | None) -> str:
    """Return whose bucket it is: the subject's who signed in, or else the address's, of IPv6 the network's."""
    if subject is not None:
        return f"subject {subject}"
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "address unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return f"network {ipaddress.ip_network((found, NETWORK_BITS), strict=False)}"
        found = found.ipv4_mapped
    return f"address {found}"
