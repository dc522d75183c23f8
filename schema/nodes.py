"""Whatever has an identity: global ids (Relay's `Node`), and how objects are found again by them.

An id is the type's name and the object's key, sealed: the same whenever the object is asked for, and telling nothing.
The two schemas seal by different keys. Nodes are loaded through the use cases of the lists that they stand in, all of
one type at once: whoever may not see an object there gets nothing here.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from ledger.errors import Forbidden, Invalid, Missing
from ledger.windows import Key, Window
from schema.connections import MOST, Keyset, parsed, written
from schema.context import Info, act, read, read_as_staff
from schema.peers import together
from schema.sealing import sealing

R = TypeVar("R")
C = TypeVar("C")

NodeId = Annotated[strawberry.ID, strawberry.argument(description="The id that an object told of itself (全局标识).")]
ReadFor = Annotated[
    str | None,
    strawberry.argument(
        name="purpose",
        description="Why you read it, for what is read with a purpose: judgements and warnings (查阅事由).",
    ),
]
NodeIds = Annotated[
    list[strawberry.ID], strawberry.argument(description=f"Ids, up to {MOST}, of any types (全局标识).")
]


# A property and no resolver, so that compiled execution reads a list of nodes at once; nobody gives it to a node.
_ID = strawberry.field(description="Its id in this schema: opaque, and the same whenever it is asked for (全局标识).")
_ID.init = _ID.repr = _ID.compare = False


@strawberry.interface(description="Whatever has an identity: `node` finds it again by its id (可按标识查找的对象).")
class Node:
    """Relay's Node."""

    key: strawberry.Private[Key]
    id: strawberry.ID = _ID


def _id_of(node: Node) -> strawberry.ID:
    return sealed_id(_name_of(type(node)), node.key)


Node.id = property(_id_of)  # type: ignore[assignment]


@dataclass(frozen=True)
class Finder:
    """How nodes of a type are found: the types of a key's parts, and what loads those of keys that the caller may see.

    `load` makes as many statements for one key as for many, and raises Forbidden or Missing to whoever may see none. It
    is given the purpose of the reading, for what is read with one; it raises Invalid("purpose_missing") where none is.
    """

    types: tuple[type[Any], ...]
    load: Callable[[Info, Sequence[Key], str], Awaitable[Iterable[Node]]]


Finders: TypeAlias = Mapping[type[Node], Finder]


def sealed_id(name: str, key: Key) -> strawberry.ID:
    """Return the id of the object of a type with a key."""
    return strawberry.ID(sealing.get().seal("id", [name, *map(written, key)]))


def own_key(name: str, identifier: str) -> str:
    """Return the key of a type's object by its id, the last part of several; any other text stands for itself.

    So what the command line tells, or a link holds, names an object too.
    """
    content = sealing.get().open("id", identifier)
    return str(content[-1]) if content is not None and content[0] == name else identifier


async def find_one(info: Info, finders: Finders, identifier: str, purpose: str = "") -> Node | None:
    """Return the object of an id, nothing where the caller may not see it; raises what `find` raises."""
    (found,) = await _find(info, finders, {"id": identifier}, purpose)
    return found


async def find(info: Info, finders: Finders, ids: Sequence[str], purpose: str = "") -> list[Node | None]:
    """Return the objects of ids in their order, nothing for each that the caller may not see.

    Raises Invalid: too_many_ids, id_unknown; purpose_missing where a reading is recorded and has none.
    """
    if len(ids) > MOST:
        raise Invalid("too_many_ids", field="ids", most=MOST)
    return await _find(info, finders, {f"ids[{place}]": each for place, each in enumerate(ids)}, purpose)


async def _find(info: Info, finders: Finders, ids: Mapping[str, str], purpose: str) -> list[Node | None]:
    """Return the objects of ids, each told under its place in the input."""
    by_name = {_name_of(kind): (kind, finder) for kind, finder in finders.items()}
    wanted = [_opened(by_name, identifier, place) for place, identifier in ids.items()]
    found: dict[tuple[str, Key], Node] = {}
    for name in dict.fromkeys(name for name, _ in wanted):
        keys = list(dict.fromkeys(key for other, key in wanted if other == name))
        try:
            nodes = together(list(await by_name[name][1].load(info, keys, purpose)))
        except (Forbidden, Missing):
            continue
        found |= {(name, node.key): node for node in nodes}
    return [found.get(each) for each in wanted]


def of_list(
    keyset: Keyset[R], rows: Callable[[Transaction, Window], Sequence[R]], node: Callable[[Info, R], Node]
) -> Finder:
    """Return the finder of the public's list whose rows are read through windows."""

    async def load(info: Info, keys: Sequence[Key], _purpose: str) -> list[Node]:
        return [node(info, row) for row in await read(lambda tx: rows(tx, Window(keys=frozenset(keys))))]

    return Finder(keyset.types, load)


def of_staff_list(
    keyset: Keyset[R],
    rows: Callable[[Transaction, Actor, Window], Sequence[R]],
    node: Callable[[Info, R], Node],
) -> Finder:
    """Return the finder of a list of staff whose rows are read through windows."""

    async def load(info: Info, keys: Sequence[Key], _purpose: str) -> list[Node]:
        window = Window(keys=frozenset(keys))
        return [node(info, row) for row in await read_as_staff(info, lambda tx, actor: rows(tx, actor, window))]

    return Finder(keyset.types, load)


def of_recorded_list(
    keyset: Keyset[R],
    rows: Callable[[Transaction, Actor, datetime, str, Window], Sequence[R]],
    node: Callable[[Info, R], Node],
) -> Finder:
    """Return the finder of a list of staff whose readings are recorded, each with its purpose."""

    async def load(info: Info, keys: Sequence[Key], purpose: str) -> list[Node]:
        window = Window(keys=frozenset(keys))
        return [
            node(info, row) for row in await act(info, lambda tx, actor, now: rows(tx, actor, now, purpose, window))
        ]

    return Finder(keyset.types, load)


def of_whole(types: tuple[type[Any], ...], nodes: Callable[[Info], Awaitable[Iterable[Node]]]) -> Finder:
    """Return the finder of a list that is read as a whole."""

    async def load(info: Info, keys: Sequence[Key], _purpose: str) -> list[Node]:
        wanted = set(keys)
        return [each for each in await nodes(info) if each.key in wanted]

    return Finder(types, load)


def _opened(by_name: Mapping[str, tuple[type[Node], Finder]], identifier: str, place: str) -> tuple[str, Key]:
    content = sealing.get().open("id", identifier)
    if content is None or content[0] not in by_name or len(content) - 1 != len(by_name[content[0]][1].types):
        raise Invalid("id_unknown", field=place)
    types = by_name[content[0]][1].types
    return content[0], tuple(parsed(part, kind) for part, kind in zip(content[1:], types, strict=True))


def _name_of(kind: Any) -> str:
    return str(kind.__strawberry_definition__.name)
