"""Numbers that somebody reads out, in the canonical form of RFC 3797, section 4. Pure.

Each source's numbers end with a point each and the source with a stroke: 12, 5 and 8 of which the order says nothing
are `5.8.12./`. A number with a fraction has its own point: `3265.4/`. Sources follow each other without a space. Where
a drawing has several bowls, each bowl is a source of its own; digits that are drawn in an order keep it.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import Invalid

LONGEST_TEXT: Final = 2000
_SEPARATORS: Final = re.compile(r"[\s,，、;；./+|]+")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Numbers:
    """`count` whole numbers from `lowest` to `highest`: `distinct`, and in an order that matters only if `ordered`."""

    count: int
    lowest: int
    highest: int
    distinct: bool
    ordered: bool

    @property
    def outcomes(self) -> int:
        """How many there are, each as likely as the others."""
        size = self.highest - self.lowest + 1
        if not self.distinct:
            return int(size**self.count)  # in the order in which they came
        return math.perm(size, self.count) if self.ordered else math.comb(size, self.count)

    def canonical(self, given: Sequence[int]) -> str:
        """Return the canonical form of as many numbers; raises ValueError where they cannot be."""
        if len(given) != self.count or not all(self.lowest <= number <= self.highest for number in given):
            raise ValueError(f"{self.count} numbers from {self.lowest} to {self.highest}")
        if self.distinct and len(set(given)) < len(given):
            raise ValueError("a number stands twice")
        return key_of(given if self.ordered else sorted(given))


@dataclass(frozen=True)
class Fraction:
    """One number with `places` decimal places, such as an index."""

    places: int

    def canonical(self, text: str) -> str:
        """Return the canonical form of such a number; raises ValueError for any other text."""
        found = re.fullmatch(rf"([1-9][0-9]{{0,8}})(?:\.([0-9]{{0,{self.places}}}))?/?", text.strip().replace(",", ""))
        if found is None:
            raise ValueError(f"a number with {self.places} decimal places")
        return f"{found[1]}.{(found[2] or '').rstrip('0')}/"


def key_of(numbers: Sequence[int]) -> str:
    """Return the canonical form of a source's numbers as they stand."""
    return "".join(f"{number}." for number in numbers) + "/"


def canonical_numbers(bowls: Sequence[Numbers], text: str) -> str:
    """Return the canonical form of a text of numbers, one bowl after the other; they may be parted as one likes.

    Raises ValueError where the text is none of these.
    """
    words = [word for word in _SEPARATORS.split(text) if word]
    if len(text) > LONGEST_TEXT or not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError("whole numbers")
    if len(words) != sum(bowl.count for bowl in bowls):
        raise ValueError(f"{sum(bowl.count for bowl in bowls)} numbers")
    numbers = iter(map(int, words))
    return "".join(bowl.canonical([next(numbers) for _ in range(bowl.count)]) for bowl in bowls)


def canonical_or_refused(bowls: Sequence[Numbers] | Fraction, text: str, what: str) -> str:
    """Return the canonical form of what was published; raises Invalid("published_values_unusable")."""
    try:
        return bowls.canonical(text) if isinstance(bowls, Fraction) else canonical_numbers(bowls, text)
    except ValueError as error:
        raise Invalid("published_values_unusable", field="values", what=what, form=str(error)) from None
