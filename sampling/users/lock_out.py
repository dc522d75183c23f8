"""How long nobody is let in after failures in a row: longer with each one. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class LockOut:
    """So many failures are free; one more locks for `first`, each further one for twice as long, up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta

    def after(self, failures: int) -> timedelta:
        """Return for how long so many failures in a row lock."""
        if failures < self.free:
            return timedelta(0)
        doubled = min(failures - self.free, 30)  # a power that fits into a timedelta
        lock: timedelta = self.first * 2**doubled
        return min(lock, self.longest)


OF_USER: Final = LockOut(5, timedelta(seconds=30), timedelta(hours=1))
"""Of one name at one address."""
OF_NAME: Final = LockOut(50, timedelta(seconds=30), timedelta(hours=1))
"""Of one name, wherever it is tried from."""
OF_ADDRESS: Final = LockOut(30, timedelta(seconds=30), timedelta(hours=1))
"""A bureau may sit behind one address, so that more are free."""
FORGOTTEN: Final = timedelta(hours=24)
"""Failures count no more so long after the last one."""
KNOWN_FOR: Final = timedelta(days=90)
"""A user's own address stays so for so long after he last signed in there."""
