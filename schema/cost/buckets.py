"""Buckets: what each caller may still spend. A bucket fills at a steady rate, up to what it holds.

They are this process's own, so that spending needs no database: of several processes, each grants its callers as much.
Instants are seconds of a clock that never goes back.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

CALLERS: Final = 10_000
"""The most callers that are remembered; the one that was heard of longest ago is forgotten first."""

NETWORK_BITS: Final = 64
"""An IPv6 network of this length belongs to one caller, who may use each of its addresses."""


@dataclass(frozen=True)
class Allowance:
    """How much a caller may spend: at once, and again each second."""

    most: int
    per_second: int


class Buckets:
    """The buckets of one process's callers."""

    def __init__(self, allowance: Allowance, callers: int = CALLERS) -> None:
        self.allowance = allowance
        self._callers = callers
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._buckets)

    def spend(self, caller: str, cost: int, now: float) -> bool:
        """Take a cost from a caller's bucket and return True where it holds as much, and nothing where it does not."""
        held = self.held(caller, now)
        if cost > held:
            return False
        self._buckets[caller] = (held - cost, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > self._callers:
            self._buckets.popitem(last=False)
        return True

    def charge(self, caller: str, cost: int, now: float) -> None:
        """Take a cost from a caller's bucket, at most all that it holds."""
        self.spend(caller, min(cost, int(self.held(caller, now))), now)

    def held(self, caller: str, now: float) -> float:
        """Return what a caller's bucket holds."""
        known = self._buckets.get(caller)
        if known is None:
            return float(self.allowance.most)
        held, since = known
        if now > since:
            held += (now - since) * self.allowance.per_second
        return min(held, float(self.allowance.most))

    def wait(self, held: float, cost: int) -> int:
        """Return in how many whole seconds a bucket that holds so much holds a cost."""
        return ceil((cost - held) / self.allowance.per_second) if cost > held else 0


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
