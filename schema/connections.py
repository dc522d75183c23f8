"""Lists in pages (Relay's connections), by keyset: a page begins at a row's key, and rows that come or go move none.

A resolver of a list takes `first`, `after`, `last` and `before` and gives its page:

    @field("The register of enterprises, by code (检查对象名录库).")
    async def enterprises(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None,
        where: WhichEnterprises = None, order: EnterprisesBy = None,
    ) -> Connection[Enterprise] | None:
        actor, wanted = info.context.signed_in, chosen(where, EVERY)
        return await page(
            ORDERS.keyset(order),                                           # the order's name and each row's key
            Paging(first, after, last, before),
            lambda tx, window: enterprises.page(tx, actor, window, wanted, ORDERS.field(order)),
            Enterprise.of,                                                  # a row's answer
            count=lambda tx: enterprises.count(tx, actor, wanted),          # asked only if totalCount is
            filters=wanted,                                                 # whatever chooses rows, for the cursors
        )

The use case gets a `ledger.windows.Window`, and gives its rows in the order of reading (`window.on` and `window.of`
do); it alone knows the columns of the order. Each order of a list has a keyset and a name of its own. A list whose
reading is recorded goes through `recorded_page`. A cursor holds a sealed key and a digest of the list's keyset and
filters: one of another list, order or filter is refused. Nothing secret is in a key.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

import orjson
import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from ledger.calendar import instant_text, parse_date, parse_instant
from ledger.errors import Invalid
from ledger.windows import Key, Window
from schema.context import Info, act, read
from schema.decorators import field
from schema.peers import Peer, together
from schema.sealing import sealing

MOST = 100
BINDING_HEX = 16

K = TypeVar("K")
R = TypeVar("R")
T = TypeVar("T")
P = TypeVar("P", bound=Peer)

First = Annotated[
    int | None, strawberry.argument(description=f"How many from the start, 1 to {MOST}; give this or `last` (前几条).")
]
After = Annotated[
    str | None, strawberry.argument(description="Only those behind this cursor; none: from the start (起始游标).")
]
Last = Annotated[
    int | None, strawberry.argument(description=f"How many from the end, 1 to {MOST}; give this or `first` (后几条).")
]
Before = Annotated[
    str | None, strawberry.argument(description="Only those ahead of this cursor; none: up to the end (截止游标).")
]


@dataclass(frozen=True)
class Paging:
    """The arguments of a list."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def size(self) -> int:
        """How many places the page has at most; raises Invalid("page_direction") or Invalid("page_size")."""
        if (self.first is None) is (self.last is None):
            raise Invalid("page_direction", field="first", greatest=MOST)
        size, name = (self.first, "first") if self.first is not None else (self.last, "last")
        if size is None or not 1 <= size <= MOST:
            raise Invalid("page_size", field=name, least=1, greatest=MOST)
        return size


@strawberry.type(description="Where a page stands in its list (分页信息).")
class PageInfo:
    """Relay's PageInfo."""

    start_cursor: str | None = strawberry.field(
        description="The cursor of the page's first: give it as `before` (首项游标)."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the page's last: give it as `after` (末项游标)."
    )
    ahead: strawberry.Private[Callable[[], Awaitable[bool]]]
    behind: strawberry.Private[Callable[[], Awaitable[bool]]]

    @field("Whether the list goes on behind the page (是否有下一页).")
    async def has_next_page(self) -> bool:
        """Tell whether more follow."""
        return await self.behind()

    @field("Whether the list has anything ahead of the page (是否有上一页).")
    async def has_previous_page(self) -> bool:
        """Tell whether any stand before."""
        return await self.ahead()


@strawberry.type(description="One place in a list (列表项).")
class Edge(Generic[T]):
    """Relay's Edge."""

    cursor: str = strawberry.field(description="The cursor of this place: opaque, and good for this list alone (游标).")
    node: T = strawberry.field(description="What stands here (内容).")


@strawberry.type(description="A page of a list (分页列表).")
class Connection(Generic[T]):
    """Relay's Connection."""

    nodes: list[T] = strawberry.field(description="What stands at the page's places (本页内容).")
    page_info: PageInfo = strawberry.field(description="Where the page stands in its list (分页位置).")
    cursors: strawberry.Private[Callable[[], list[str]]]
    total: strawberry.Private[Callable[[], Awaitable[int]]]

    @field("The page's places, each with its cursor (本页各项).")
    def edges(self) -> list[Edge[T]]:
        """Return the places."""
        return [Edge(cursor=cursor, node=node) for cursor, node in zip(self.cursors(), self.nodes, strict=True)]

    @field("How many the whole list has, whatever the page (总数); counted only where this is asked for.")
    async def total_count(self) -> int:
        """Count the list."""
        return await self.total()


@dataclass(frozen=True)
class Keyset(Generic[R]):
    """An order of a list: its name, the types of a key's parts, and each row's key, which no two rows share.

    `descending` is which way the use case reads it, by the first part of the key; `turned`, that the list goes the
    other way than it reads.
    """

    name: str
    types: tuple[type[str] | type[int] | type[date] | type[datetime], ...]
    key: Callable[[R], Key]
    descending: bool = False
    turned: bool = False

    def going(self, *, down: bool) -> "Keyset[R]":
        """Return the order that descends or ascends."""
        return replace(self, turned=down is not self.descending)

    def read_as(self, window: Window) -> Window:
        """Return the window as the use case reads the list."""
        return window.turned if self.turned else window

    def cursor(self, row: R, filters: object = None) -> str:
        """Return the cursor of a row in the list of what filters let through."""
        return self.cursors([row], filters)[0]

    def cursors(self, rows: Sequence[R], filters: object = None) -> list[str]:
        """Return the cursors of rows."""
        seal, binding = sealing.get().seal, self._binding(filters)
        return [seal("cursor", [binding, *map(written, self.key(row))]) for row in rows]

    def parse(self, cursor: str, field: str = "after", filters: object = None) -> Key:
        """Return the key in a cursor of this list; raises Invalid("cursor_malformed") or Invalid("cursor_foreign")."""
        content = sealing.get().open("cursor", cursor)
        if content is None:
            raise Invalid("cursor_malformed", field=field)
        binding, *parts = content
        if binding != self._binding(filters):
            raise Invalid("cursor_foreign", field=field)
        return tuple(parsed(part, kind) for part, kind in zip(parts, self.types, strict=True))

    def window(self, paging: Paging, filters: object = None) -> Window:
        """Return the stretch that a page needs, and one more; raises Invalid for arguments that name no page."""
        return Window(
            paging.size + 1,
            None if paging.after is None else self.parse(paging.after, "after", filters),
            None if paging.before is None else self.parse(paging.before, "before", filters),
            backward=paging.last is not None,
        )

    def _binding(self, filters: object) -> str:
        return hashlib.sha256(orjson.dumps([self.name, self.turned, filters])).hexdigest()[:BINDING_HEX]


async def page(
    keyset: Keyset[R],
    paging: Paging,
    rows: Callable[[Transaction, Window], Sequence[R]],
    node: Callable[[R], T],
    *,
    count: Callable[[Transaction], int],
    filters: object = None,
) -> Connection[T]:
    """Return a page of a list.

    `rows` gives the rows of a window in the order of reading, `count` how many the whole list has. `filters`, a JSON
    value or a dataclass of such, is whatever chooses the list's rows. Raises Invalid("page_direction"), ("page_size"),
    ("cursor_malformed") or ("cursor_foreign").
    """
    return await page_of(
        keyset,
        paging,
        lambda window: read(lambda tx: rows(tx, window)),
        node,
        count=lambda: read(count),
        filters=filters,
    )


async def page_of(
    keyset: Keyset[R],
    paging: Paging,
    rows: Callable[[Window], Awaitable[Sequence[R]]],
    node: Callable[[R], T],
    *,
    count: Callable[[], Awaitable[int]],
    filters: object = None,
) -> Connection[T]:
    """Return a page of a list, wherever its rows come from; see `page`."""
    window = keyset.window(paging, filters)
    found = await rows(keyset.read_as(window))

    async def any_in(further: Window) -> bool:
        return bool(await rows(keyset.read_as(further)))

    return _connection(keyset, window, found, node, any_in, count, filters)


async def recorded_page(
    info: Info,
    keyset: Keyset[R],
    paging: Paging,
    begin: Callable[[Transaction, Actor, datetime], K],
    rows: Callable[[Transaction, K, Window], Sequence[R]],
    node: Callable[[R], T],
    *,
    count: Callable[[Transaction, K], int],
    filters: object = None,
) -> Connection[T]:
    """Return a page of a list whose reading is recorded: once, and before anything of it is read; see `page`."""
    keyset.window(paging, filters)  # what names no page is no reading
    reading = await act(info, begin)
    return await page(
        keyset,
        paging,
        lambda tx, window: rows(tx, reading, window),
        node,
        count=lambda tx: count(tx, reading),
        filters=filters,
    )


async def page_of_each(
    peer: P,
    what: str,
    keyset: Keyset[R],
    paging: Paging,
    rows: Callable[[Transaction, Window, list[P]], Mapping[str, Sequence[R]]],
    node: Callable[[R], T],
    *,
    own: str,
    counts: Callable[[Transaction, list[P]], Mapping[str, int]],
    filters: object = None,
) -> Connection[T]:
    """Return a page of a list that hangs on a node; the first pages of all nodes of the node's page are read at once.

    `rows` and `counts` are given nodes and answer by what tells them apart, which of this node is `own`; `what` names
    the list and what chooses its rows, whichever the node. Raises what `page` raises.
    """
    window = keyset.window(paging, filters)
    found: Sequence[R]
    if window.after is None and window.before is None:
        told = f"{what}, {keyset.name}, {keyset.turned}, {window.limit}, {window.backward}"
        found = (await peer.together(told, lambda tx, peers: rows(tx, keyset.read_as(window), peers)))[own]
    else:
        found = (await read(lambda tx: rows(tx, keyset.read_as(window), [peer])))[own]

    async def any_in(further: Window) -> bool:
        return bool((await read(lambda tx: rows(tx, keyset.read_as(further), [peer])))[own])

    async def total() -> int:
        return (await peer.together(f"count of {what}", counts))[own]

    return _connection(keyset, window, found, node, any_in, total, filters)


def _connection(
    keyset: Keyset[R],
    window: Window,
    found: Sequence[R],
    node: Callable[[R], T],
    any_in: Callable[[Window], Awaitable[bool]],
    total: Callable[[], Awaitable[int]],
    filters: object,
) -> Connection[T]:
    """Return the page of what was found in a window that is longer by one than the page."""
    size = (window.limit or 0) - 1
    shown, more = list(found[:size]), len(found) > size
    if window.backward:
        shown.reverse()
    first, last = (keyset.key(shown[0]), keyset.key(shown[-1])) if shown else (window.before, window.after)
    cut_ahead, cut_behind = more and window.backward, more and not window.backward

    async def ahead() -> bool:
        return cut_ahead or (window.after is not None and await any_in(Window(1, before=first, backward=True)))

    async def behind() -> bool:
        return cut_behind or (window.before is not None and await any_in(Window(1, after=last)))

    start, end = keyset.cursors([shown[0], shown[-1]], filters) if shown else (None, None)
    return Connection(
        nodes=together([node(row) for row in shown]),
        page_info=PageInfo(start_cursor=start, end_cursor=end, ahead=ahead, behind=behind),
        cursors=lambda: keyset.cursors(shown, filters),
        total=total,
    )


def written(part: Any) -> str | int:
    """Return a part of a key as JSON."""
    if isinstance(part, datetime):
        return instant_text(part)
    written: str | int = part.isoformat() if isinstance(part, date) else part
    return written


def parsed(part: Any, kind: type) -> Any:
    """Return a part of a key that `written` wrote."""
    if kind is datetime:
        return parse_instant(part)
    return parse_date(part) if kind is date else part
