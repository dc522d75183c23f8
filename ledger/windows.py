"""A page's stretch of a list, by keys: what a use case that lists something is asked for, on either engine.

A list has one order, by columns that no two rows share all of and of which none is null, each ascending or descending.
A key is a row's values of these columns. Rows that come or go move no key, so pages stay where they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, func, literal, or_, select, true, tuple_
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import desc_op

from ledger.calendar import civil_end, civil_midnight

R = TypeVar("R")
Key: TypeAlias = tuple[Any, ...]

_AT_ONCE = 500


@dataclass(frozen=True)
class Window:
    """Up to `limit` rows, or all, behind the key `after` and ahead of the key `before`; or just those with some `keys`.

    They are read from the window's start, or, `backward`, from its end: so the last rows of a list come first.
    """

    limit: int | None = None
    after: Key | None = None
    before: Key | None = None
    backward: bool = False
    keys: frozenset[Key] | None = None

    @property
    def turned(self) -> "Window":
        """The same stretch of the list read the other way round: what was behind a key is ahead of it."""
        return replace(self, after=self.before, before=self.after, backward=not self.backward)

    def on(self, query: Select[Any], *order: ColumnElement[Any]) -> Select[Any]:
        """Return the query of the window's rows, in the order of reading.

        `order` is the list's: columns, or `column.desc()`, alike in number and kind with the parts of a key.
        """
        places = [_place(each) for each in order]
        if self.keys is not None:
            query = query.where(_among([column for column, _ in places], self.keys))
        if self.after is not None:
            query = query.where(_beyond(places, self.after, ahead=False))
        if self.before is not None:
            query = query.where(_beyond(places, self.before, ahead=True))
        directed = [column.desc() if down is not self.backward else column.asc() for column, down in places]
        return query.order_by(None).order_by(*directed).limit(self.limit)

    def on_each(self, query: Select[Any], parent: ColumnElement[Any], *order: ColumnElement[Any]) -> Select[Any]:
        """Return the query of the window's rows of each parent by itself, in the order of reading of each."""
        limit, ordered = self.limit, replace(self, limit=None).on(query, *order)
        directed = ordered._order_by_clauses
        placed = ordered.add_columns(func.row_number().over(partition_by=parent, order_by=directed).label("place"))
        rows = placed.order_by(None).subquery()
        return select(rows).where(rows.c.place <= limit if limit is not None else true()).order_by(rows.c.place)

    def kept(
        self, tx: Connection, query: Select[Any], keep: Callable[[Any], bool], *order: ColumnElement[Any]
    ) -> list[Any]:
        """Return those of the window's rows that are kept, in the order of reading; reading ends when there are enough.

        For what no query can tell of a row alike on both engines, such as words of a folded text.
        """
        rows = tx.execute(replace(self, limit=None).on(query, *order), execution_options={"yield_per": _AT_ONCE})
        with rows:
            return list(islice(filter(keep, rows), self.limit))

    def gathered(
        self,
        tx: Connection,
        query: Select[Any],
        place: ColumnElement[int],
        made: Callable[[Sequence[Row[Any]]], Iterable[R]],
        key: Callable[[R], Key],
    ) -> list[R]:
        """Return the window's rows of a list that is made of a query's rows, of each several or none, in its order.

        `place` numbers the query's rows, and a key begins with the number of the row of which its own was made.
        `made` is given some hundred of them at a time, until there is enough.
        """
        if self.keys is not None:
            query = query.where(place.in_({first for first, *_ in self.keys}))
        if self.after is not None:
            query = query.where(place >= self.after[0])
        if self.before is not None:
            query = query.where(place <= self.before[0])
        query = query.order_by(None).order_by(place.desc() if self.backward else place)
        found: list[R] = []
        with tx.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
            for some in rows.partitions():
                found += self.of(made(some), key)
                if self.limit is not None and len(found) >= self.limit:
                    break
        return found[: self.limit]

    def of(self, rows: Iterable[R], key: Callable[[R], Key], *, descending: bool = False) -> list[R]:
        """Return the window's rows of a list held in memory, in the order of reading; the list need not be sorted."""
        if self.keys is not None:
            rows = [row for row in rows if key(row) in self.keys]
        chosen = [row for row in rows if self._holds(key(row), descending)]
        return list(islice(sorted(chosen, key=key, reverse=descending is not self.backward), self.limit))

    def _holds(self, place: Key, descending: bool) -> bool:
        first, last = (self.before, self.after) if descending else (self.after, self.before)
        return (first is None or place > first) and (last is None or place < last)


ALL = Window()
"""The whole list."""


def counted(tx: Connection, query: Select[Any]) -> int:
    """Return how many rows a query has."""
    return int(tx.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one())


def kept_count(tx: Connection, query: Select[Any], keep: Callable[[Any], bool]) -> int:
    """Return how many rows of a query are kept."""
    with tx.execute(query.order_by(None), execution_options={"yield_per": _AT_ONCE}) as rows:
        return sum(map(keep, rows))


def gathered_count(tx: Connection, query: Select[Any], made: Callable[[Sequence[Row[Any]]], Iterable[object]]) -> int:
    """Return how many a list has that is made of a query's rows, some hundred of them at a time, as in `gathered`."""
    with tx.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        return sum(1 for some in rows.partitions() for _ in made(some))


def within(instant: ColumnElement[Any], since: date | None, until: date | None) -> ColumnElement[bool]:
    """Return the condition that an instant lies within civil days, both included; the calendar's ends bound nothing."""
    bounds = []
    if since is not None and since > date.min:
        bounds.append(instant >= civil_midnight(since))
    if until is not None:
        bounds.append(instant < civil_end(until))
    return and_(true(), *bounds)


def _place(each: ColumnElement[Any]) -> tuple[ColumnElement[Any], bool]:
    """Return a column of an order and whether it descends."""
    if isinstance(each, UnaryExpression) and each.modifier is desc_op:
        return each.element, True
    return each, False


def _among(columns: list[ColumnElement[Any]], keys: frozenset[Key]) -> ColumnElement[bool]:
    """Return the condition that a row has one of the keys."""
    values = [[literal(value, column.type) for column, value in zip(columns, key, strict=True)] for key in keys]
    if len(columns) == 1:
        return columns[0].in_([value for (value,) in values])
    return or_(
        false(), *(and_(*(column == value for column, value in zip(columns, each, strict=True))) for each in values)
    )


def _beyond(places: list[tuple[ColumnElement[Any], bool]], key: Key, *, ahead: bool) -> ColumnElement[bool]:
    """Return the condition that a row stands behind a key in the list's order, or `ahead` of it."""
    columns = [column for column, _ in places]
    values: list[ColumnElement[Any]] = [literal(value, column.type) for column, value in zip(columns, key, strict=True)]
    lower = [down is not ahead for _, down in places]
    if len(set(lower)) == 1 and len(columns) > 1:  # one comparison of rows, which both engines answer from an index
        row, given = tuple_(*columns), tuple_(*values)
        return row < given if lower[0] else row > given
    steps = []
    for index, (column, value) in enumerate(zip(columns, values, strict=True)):
        same = [columns[earlier] == values[earlier] for earlier in range(index)]
        steps.append(and_(*same, column < value if lower[index] else column > value))
    return or_(*steps)
