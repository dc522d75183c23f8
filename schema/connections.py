"""Lists in pages (Relay's connections), by keyset: a page begins after a row's key, and rows that come or go move none.

A cursor is the list's name and a row's key, written so that nobody is tempted to build one.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import orjson
import strawberry
from sqlalchemy import Connection as Transaction

from ledger.canonical import LARGEST_INTEGER
from ledger.errors import Invalid
from schema.context import read
from schema.decorators import field

MOST = 100
LONGEST_TEXT = 200

R = TypeVar("R")
T = TypeVar("T")
Key: TypeAlias = tuple[Any, ...]

First = Annotated[int, strawberry.argument(description=f"How many to return, 1 to {MOST} (每页数量).")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on after; none: the start (游标).")]


@strawberry.type(description="Where a page stands in its list (分页信息).")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether the page was asked for after a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last: give it as `after`.")


@strawberry.type(description="One place in a list (列表项).")
class Edge(Generic[T]):
    """Relay's Edge."""

    cursor: str = strawberry.field(description="The cursor of this place.")
    node: T = strawberry.field(description="What stands here.")


@strawberry.type(description="A page of a list (分页列表).")
class Connection(Generic[T]):
    """Relay's Connection."""

    edges: list[Edge[T]] = strawberry.field(description="The page's places, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in its list.")

    @field("What stands at the page's places.")
    def nodes(self) -> list[T]:
        """Return the nodes without their cursors."""
        return [edge.node for edge in self.edges]


@dataclass(frozen=True)
class Keyset(Generic[R]):
    """The order of a list: its name, each row's key, and the types of the key's parts, texts or integers."""

    name: str
    types: tuple[type[str] | type[int], ...]
    key: Callable[[R], Key]

    def cursor(self, row: R) -> str:
        """Return the cursor of a row."""
        return base64.urlsafe_b64encode(orjson.dumps([self.name, *self.key(row)])).decode().rstrip("=")

    def parse(self, cursor: str) -> Key:
        """Return the key in a cursor of this list; raises Invalid("cursor_malformed")."""
        try:
            value = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        except ValueError:
            value = None
        if not isinstance(value, list) or len(value) != 1 + len(self.types) or value[0] != self.name:
            raise Invalid("cursor_malformed", field="after")
        if not all(_usable(part, kind) for part, kind in zip(value[1:], self.types, strict=True)):
            raise Invalid("cursor_malformed", field="after")
        return tuple(value[1:])


async def page(
    keyset: Keyset[R],
    first: int,
    after: str | None,
    rows: Callable[[Transaction, Any, int], Sequence[R]],
    node: Callable[[R], T],
) -> Connection[T]:
    """Return the page of `first` rows after a cursor.

    `rows` is given the transaction, the key to go on after (None: from the start; a key of one part as that part), and
    how many rows to return at most. Raises Invalid("page_size") or Invalid("cursor_malformed").
    """
    start = _start(keyset, first, after)
    found = await read(lambda tx: rows(tx, start, first + 1))
    return connection(keyset, found[:first], node, more=len(found) > first, began=after is not None)


def page_of(
    keyset: Keyset[R], first: int, after: str | None, rows: Iterable[R], node: Callable[[R], T], *, descending: bool
) -> Connection[T]:
    """Return the page of a list that was read already as a whole; raises what `page` raises."""
    start = _start(keyset, first, after)
    found = following(rows, keyset, start, first + 1, descending=descending)
    return connection(keyset, found[:first], node, more=len(found) > first, began=after is not None)


def connection(
    keyset: Keyset[R], rows: Sequence[R], node: Callable[[R], T], *, more: bool, began: bool
) -> Connection[T]:
    """Return rows that were read already as a page."""
    edges = [Edge(cursor=keyset.cursor(row), node=node(row)) for row in rows]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=began,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def following(rows: Iterable[R], keyset: Keyset[R], start: Any, limit: int, *, descending: bool = False) -> list[R]:
    """Return up to `limit` rows of a list held in memory, which is in the order of its keys, after the key `start`."""
    if start is None:
        left = list(rows)
    else:
        key = start if isinstance(start, tuple) else (start,)
        left = [row for row in rows if (keyset.key(row) < key if descending else keyset.key(row) > key)]
    return left[:limit]


def _start(keyset: Keyset[R], first: int, after: str | None) -> Any:
    """Return the key to go on after: None from the start, a key of one part as that part."""
    if not 1 <= first <= MOST:
        raise Invalid("page_size", field="first", least=1, greatest=MOST)
    key = None if after is None else keyset.parse(after)
    return key[0] if key is not None and len(key) == 1 else key


def _usable(part: object, kind: type) -> bool:
    if type(part) is not kind:
        return False
    return len(part) <= LONGEST_TEXT if isinstance(part, str) else 0 <= part <= LARGEST_INTEGER  # type: ignore[operator]
