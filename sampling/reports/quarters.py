"""Quarters of a year, written 2026Q3. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.errors import Invalid
from sampling.annual_plans import FIRST_YEAR, LAST_YEAR

_WRITTEN = re.compile(r"([0-9]{4})Q([1-4])")


@dataclass(frozen=True)
class Quarter:
    """A quarter of a civil year, 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read a quarter; raises Invalid("quarter_unusable")."""
        written = _WRITTEN.fullmatch(text)
        if written is None or not FIRST_YEAR <= int(written[1]) <= LAST_YEAR:
            raise Invalid("quarter_unusable", field="quarter", value=text[:40])
        return cls(int(written[1]), int(written[2]))

    @property
    def name(self) -> str:
        """As it is written."""
        return f"{self.year}Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        following = Quarter(self.year + self.number // 4, self.number % 4 + 1)
        return following.first - timedelta(days=1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)
