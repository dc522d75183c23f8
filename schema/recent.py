"""What was made of a text lately, so that it is not made again, bounded by the length of all texts.

What is made of a text takes some hundred times its length, so that a bound of their number would be none of memory.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps what was made of the texts that came last. `hits` and `misses` count, for whoever watches."""

    def __init__(self, most: int) -> None:
        """Keep up to so many characters of texts."""
        self._most = most
        self._kept: OrderedDict[tuple[Hashable, ...], tuple[int, T]] = OrderedDict()
        self._length = 0
        self.hits = self.misses = 0

    def __len__(self) -> int:
        """Return how much is kept."""
        return len(self._kept)

    def find(self, text: str, others: tuple[Hashable, ...]) -> T | None:
        """Return what was made of a text together with other things, where it is kept."""
        key = (text, *others)
        found = self._kept.get(key)
        if found is None:
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found[1]

    def get(self, text: str, others: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """Return what was made of a text together with other things, or make it; what `make` raises is not kept."""
        found = self.find(text, others)
        if found is not None:
            return found
        self.misses += 1
        made = make()
        key = (text, *others)
        self._kept[key] = (len(text), made)
        self._length += len(text)
        while self._length > self._most and self._kept:
            _, (length, _) = self._kept.popitem(last=False)
            self._length -= length
        return made

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._length = self.hits = self.misses = 0
