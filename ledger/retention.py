"""How long documents are kept: whole years by kind, from the civil date of the entry that binds them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from ledger.calendar import civil_date, parse_instant
from ledger.entries import Entry
from ledger.errors import Invalid

MOST_YEARS = 200


@dataclass(frozen=True)
class Bound:
    """A document that the log binds: its id, its kind, its commitment in hex, and the entry that holds it."""

    id: str
    kind: str
    commitment: str
    entry: Entry


Check = Callable[[Connection, Bound], None]
"""Raises Conflict where a document is still needed."""

Forget = Callable[[Connection, Bound], None]
"""Removes what a package keeps of a document's content elsewhere, in the transaction in which it expires."""


@dataclass(frozen=True)
class Retention:
    """The rules of the packages above: a kind that is not in `years` never expires."""

    years: Mapping[str, int]
    checks: Sequence[Check] = ()
    forgets: Sequence[Forget] = ()

    def lengthened(self, years: Mapping[str, int]) -> "Retention":
        """Return the rules with longer times for some kinds; raises Invalid: retention_kind_unknown, retention_years.

        Nobody shortens them.
        """
        for kind, wanted in years.items():
            if kind not in self.years:
                raise Invalid("retention_kind_unknown", kind=kind, known=sorted(self.years))
            if not self.years[kind] <= wanted <= MOST_YEARS:
                raise Invalid("retention_years", kind=kind, least=self.years[kind], greatest=MOST_YEARS)
        return replace(self, years={**self.years, **years})

    def due_on(self, bound: Bound) -> date | None:
        """Return the first day on which a document may expire, None where it never does."""
        years = self.years.get(bound.kind)
        return None if years is None else years_after(civil_date(parse_instant(bound.entry.time)), years)


def years_after(day: date, years: int) -> date:
    """Return the same day of a later year; that of 29 February is 1 March where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
