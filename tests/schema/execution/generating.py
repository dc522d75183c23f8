"""Schemas, data and documents of any shape, for comparing two executors.

Types refer to each other, resolvers fail, values are not what the schema says, fragments spread fragments.
Data is drawn as a description, and made anew for each execution, since a coroutine can be awaited once.
"""

import asyncio
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
)
from hypothesis import strategies as st

ATTRIBUTE = "attribute"


class Colour(Enum):
    """A Python enum whose members are values."""

    RED = 1
    GREEN = 2


def _picky(value: Any) -> Any:
    if value == "bad":
        raise ValueError("This scalar refuses it.")
    if value == "none":
        return None
    if value == "undefined":
        return Undefined
    return {"picky": value} if value == "object" else value


PICKY = GraphQLScalarType("Picky", serialize=_picky)
DAY = GraphQLScalarType("Day", serialize=date.isoformat)
COLOUR = GraphQLEnumType("Colour", Colour)
SIZE = GraphQLEnumType("Size", {"SMALL": 1, "LARGE": "large"})
LEAVES = (GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID, PICKY, DAY, COLOUR, SIZE)
NAMES = ("One", "Two", "Three")
FIELDS = ("alpha", "beta", "gamma", "delta", "epsilon")


@dataclass
class Raising:
    """A value whose reading or resolving fails."""

    error: type[Exception]


@dataclass
class Awaited:
    """A value that has to be awaited."""

    inner: Any
    turns: int


@dataclass
class Made:
    """An object: of which type, as what, and what it has."""

    type_name: str
    as_dict: bool
    members: dict[str, Any]
    resolved: dict[str, Any] = field(default_factory=dict)


@dataclass
class Several:
    """A list, or what stands for one."""

    kind: str
    items: list[Any]


class Row:
    """An object with attributes, some of which fail."""

    def __init__(self, type_name: str, members: Mapping[str, Any]) -> None:
        self.type_name = type_name
        self.failing = {name: value for name, value in members.items() if isinstance(value, Raising)}
        for name, value in members.items():
            if not isinstance(value, Raising):
                setattr(self, name, value)

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


def _failing(name: str) -> property:
    def read(row: Row) -> Any:
        try:
            return row.__dict__[name]
        except KeyError:
            pass
        if name in row.failing:
            raise row.failing[name].error(f"{name} fails")
        raise AttributeError(name)

    def write(row: Row, value: Any) -> None:
        row.__dict__[name] = value

    return property(read, write)


for _name in FIELDS:
    setattr(Row, _name, _failing(_name))


def make(spec: Any) -> Any:
    """Make the value that a description describes."""
    if isinstance(spec, Awaited):
        return Later(spec)
    if isinstance(spec, Several):
        items = [make(item) for item in spec.items]
        if spec.kind == "tuple":
            return tuple(items)
        if spec.kind == "generator":
            return (item for item in items)
        if spec.kind == "async":
            return _later(items)
        return items
    if isinstance(spec, Made):
        members = {name: value if isinstance(value, Raising) else make(value) for name, value in spec.members.items()}
        if spec.as_dict:
            told = {name: value for name, value in members.items() if not isinstance(value, Raising)}
            return {"type_name": spec.type_name, **told}
        return Row(spec.type_name, members)
    return spec


async def _later(items: list[Any]) -> Any:
    for item in items:
        yield item


class Later:
    """An awaitable, which nobody minds if it is not awaited."""

    def __init__(self, spec: Awaited) -> None:
        self.spec = spec

    def __await__(self) -> Generator[Any, None, Any]:
        return _awaited(self.spec).__await__()


async def _awaited(spec: Awaited) -> Any:
    for _ in range(spec.turns):
        await asyncio.sleep(0)
    if isinstance(spec.inner, Raising):
        raise spec.inner.error("an awaitable fails")
    return make(spec.inner)


def resolve_type(value: Any, info: Any, type_: Any) -> Any:
    """Tell the type of an object, where it says one."""
    return value.get("type_name") if isinstance(value, dict) else getattr(value, "type_name", None)


def _read(source: Any, name: str) -> Any:
    return source.get(name) if isinstance(source, dict) else getattr(source, name)


def _sync(name: str) -> Callable[..., Any]:
    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        value = _read(source, name)
        return arguments["plus"] + value if "plus" in arguments and isinstance(value, str) else value

    return resolve


def by_coroutine(name: str) -> Callable[..., Any]:
    """Return a resolver that is a coroutine function."""

    async def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        value = _read(source, name)
        value = await value if hasattr(value, "__await__") else value
        return arguments["plus"] + value if "plus" in arguments and isinstance(value, str) else value

    return resolve


def _attribute(name: str) -> Callable[..., Any]:
    def resolve(source: Any, info: Any) -> Any:
        return getattr(source, name)

    return resolve


@st.composite
def schemas(draw: st.DrawFn) -> GraphQLSchema:
    """Draw a schema: three object types, some with an interface, a union of two, and the roots."""
    objects: dict[str, GraphQLObjectType] = {}
    abstract: dict[str, Any] = {}
    plain = ("default", ATTRIBUTE)
    ways = draw(st.sampled_from((("default",), (ATTRIBUTE,), plain, plain, (*plain * 4, "sync", "async", "arg"))))

    def output(leaf: bool) -> Any:
        return draw(st.sampled_from(LEAVES if leaf else (*NAMES * 4, "Named", "Either")))

    def made_fields(leaves: int) -> dict[str, tuple[Any, str, str]]:
        told = {}
        for number, name in enumerate(FIELDS):
            inner = output(number < leaves)
            shape = draw(st.sampled_from(("", "!", "[]", "[!]", "[]!", "[!]!", "[[]]", "[[!]!]!")))
            how = draw(st.sampled_from(ways))
            told[name] = (inner, shape, how)
        return told

    plans = {name: made_fields(draw(st.integers(2, 4))) for name in (*NAMES, "Query", "Mutation")}
    shared = draw(st.sampled_from(LEAVES[:6]))
    with_interface = draw(st.sets(st.sampled_from(NAMES), min_size=1))
    checks = draw(st.sets(st.sampled_from(NAMES)))

    def typed(inner: Any, shape: str) -> Any:
        inner = {**objects, **abstract}[inner] if isinstance(inner, str) else inner
        for sign in shape.replace("[", ""):
            inner = GraphQLNonNull(inner) if sign == "!" else GraphQLList(inner)
        return inner

    def graphql_field(name: str, inner: Any, shape: str, how: str) -> GraphQLField:
        type_ = typed(inner, shape)
        if how == "sync":
            return GraphQLField(type_, resolve=_sync(name))
        if how == "async":
            return GraphQLField(type_, resolve=by_coroutine(name))
        if how == "arg":
            return GraphQLField(type_, {"plus": GraphQLArgument(GraphQLString)}, resolve=_sync(name))
        if how == ATTRIBUTE:
            return GraphQLField(type_, resolve=_attribute(name), extensions={ATTRIBUTE: name})
        return GraphQLField(type_)

    def build(name: str) -> GraphQLObjectType:
        def fields() -> dict[str, GraphQLField]:
            own = {key: graphql_field(key, *told) for key, told in plans[name].items()}
            return {**own, "shared": GraphQLField(shared)}

        check = None
        if name in checks:
            check = lambda value, info: resolve_type(value, None, None) == name  # noqa: E731
        interfaces = [abstract["Named"]] if name in with_interface else []
        return GraphQLObjectType(name, fields, interfaces=interfaces, is_type_of=check)

    abstract["Named"] = GraphQLInterfaceType("Named", {"shared": GraphQLField(shared)}, resolve_type=resolve_type)
    for name in (*NAMES, "Query", "Mutation"):
        objects[name] = build(name)
    abstract["Either"] = GraphQLUnionType("Either", [objects["One"], objects["Two"]], resolve_type=resolve_type)
    return GraphQLSchema(objects["Query"], objects["Mutation"], types=[objects[name] for name in NAMES])


GOOD: dict[str, st.SearchStrategy[Any]] = {
    "String": st.sampled_from(("", "text", "文")),
    "Int": st.integers(-(2**31), 2**31 - 1),
    "Float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5),
    "Boolean": st.booleans(),
    "ID": st.sampled_from(("id", 7)),
    "Picky": st.sampled_from(("fine", 3, "object")),
    "Day": st.just(date(2026, 11, 23)),
    "Colour": st.sampled_from(Colour),
    "Size": st.sampled_from((1, "large")),
}
STRANGE = (
    None,
    Undefined,
    True,
    7,
    2**31,
    1.5,
    float("nan"),
    float("inf"),
    "text",
    "bad",
    "none",
    "undefined",
    b"bytes",
    (),
    {"a": 1},
    ValueError("an error as a value"),
    Colour.RED,
    Awaited("text", 1),
    Awaited(None, 0),
    Awaited(Raising(ValueError), 1),
    Several("generator", ["text"]),
    Several("async", ["text", None]),
    object,
)
NEAR: dict[str, tuple[Any, ...]] = {
    "String": (7, True, 1.5),
    "Int": (2**31, -(2**31) - 1, 2**63, True, 1.0, "7"),
    "Float": (float("nan"), float("inf"), True, "1.5"),
    "Boolean": (0, 2, 1.5),
    "ID": (True, 1.0),
    "Picky": ("bad", "none", "undefined"),
    "Day": (datetime(2026, 11, 23), "2026-11-23"),
    "Colour": ("RED", 1),
    "Size": ("SMALL", 2),
}
"""What is almost a value of a leaf type."""


@st.composite
def values(draw: st.DrawFn, type_: Any, depth: int, trouble: int) -> Any:
    """Draw the description of a value of a type: as it should be, but for one in `trouble`."""
    if trouble and draw(st.integers(1, trouble)) == 1:
        near = NEAR.get(getattr(type_, "name", ""), ())
        return draw(st.sampled_from((*near, *STRANGE)))
    if isinstance(type_, GraphQLNonNull):
        return draw(values(type_.of_type, depth, trouble))
    if depth <= 0 or draw(st.integers(1, 12)) == 1:
        return [] if isinstance(type_, GraphQLList) else None
    if isinstance(type_, GraphQLList):
        kind = draw(st.sampled_from(("list",) * 8 + ("tuple", "tuple", "generator", "async")))
        items = draw(st.lists(values(type_.of_type, depth, trouble), max_size=3))
        return Several(kind, items)
    value = draw(GOOD[type_.name] if type_.name in GOOD else made(type_, depth, trouble))
    if trouble and draw(st.integers(1, trouble)) == 1:
        return Awaited(value, draw(st.integers(0, 3)))
    return value


@st.composite
def made(draw: st.DrawFn, type_: Any, depth: int, trouble: int) -> Made:
    """Draw the description of an object."""
    if isinstance(type_, GraphQLUnionType):
        type_ = draw(st.sampled_from(type_.types))
    elif isinstance(type_, GraphQLInterfaceType):
        type_ = draw(st.sampled_from(draw(st.just(SCHEMA[0])).get_implementations(type_).objects))
    members: dict[str, Any] = {}
    for name, told in type_.fields.items():
        if trouble and draw(st.integers(1, 2 * trouble)) == 1:
            members[name] = Raising(draw(st.sampled_from((ValueError, AttributeError, KeyError))))
        else:
            members[name] = draw(values(told.type, depth - 1, trouble))
    type_name = type_.name
    if trouble and draw(st.integers(1, 2 * trouble)) == 1:
        type_name = draw(st.sampled_from((*NAMES, "Named", "Nothing")))
    return Made(type_name, draw(st.booleans()) and not _reads_attributes(type_), members)


SCHEMA: list[GraphQLSchema] = []  # the schema that data is drawn for: a strategy of a type has no way to its schema


def _reads_attributes(type_: GraphQLObjectType) -> bool:
    return any(ATTRIBUTE in told.extensions for told in type_.fields.values())


@dataclass
class Document:
    """A document and the values of its variables, of which several are tried."""

    text: str
    variables: list[dict[str, Any]]


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, sole: str | None = None) -> Document:
    """Draw a document with one operation, fragments that spread later ones, and conditions by variables.

    The operation asks several fields, or one of a query's.
    """
    fragments: list[tuple[str, str]] = []
    conditions = draw(st.lists(st.sampled_from(NAMES), max_size=3))

    def directives() -> str:
        if draw(st.integers(1, 6)) > 1:
            return ""
        told = []
        for name in draw(st.sampled_from((("skip",), ("include",), ("skip", "include")))):
            value = draw(st.sampled_from(("true", "false", "$yes", "$no", "$either", "$either")))
            told.append(f" @{name}(if: {value})")
        return "".join(told)

    def selection(type_: Any, depth: int, after: int) -> str:
        parts = []
        for _ in range(draw(st.integers(1, 5))):
            kind = draw(st.integers(1, 10))
            if kind == 1:
                parts.append("__typename" + directives())
            elif kind == 2 and depth > 0:
                condition = draw(st.sampled_from(_conditions_of(schema, type_)))
                inner = type_ if condition is None else schema.type_map[condition]
                head = "..." if condition is None else f"... on {condition}"
                parts.append(f"{head}{directives()} {{ {selection(inner, depth - 1, after)} }}")
            elif kind == 3 and any(number >= after for number in range(len(conditions))):
                number = draw(st.sampled_from([n for n in range(len(conditions)) if n >= after]))
                if conditions[number] in _conditions_of(schema, type_):
                    parts.append(f"...F{number}{directives()}")
            elif not isinstance(type_, GraphQLUnionType):
                told = draw(st.sampled_from(sorted(type_.fields)))
                parts.append(one_field(type_, told, depth, after))
        return " ".join(parts) or "__typename"

    def one_field(type_: Any, name: str, depth: int, after: int) -> str:
        told = type_.fields[name]
        alias = draw(st.sampled_from(("", "", "", f"other{name}: ", f"{type_.name}_{name}: ")))
        arguments = ""
        if told.args:
            alias = draw(st.sampled_from((f"with_{name}: ", "")))
            arguments = '(plus: "more")' if alias else ""
        inner: Any = told.type
        while isinstance(inner, GraphQLNonNull | GraphQLList):
            inner = inner.of_type
        below = ""
        if not isinstance(inner, GraphQLScalarType | GraphQLEnumType):
            below = f" {{ {selection(inner, depth - 1, after) if depth > 0 else '__typename'} }}"
        return f"{alias}{name}{arguments}{directives()}{below}"

    kind = draw(st.sampled_from(("query", "query", "mutation"))) if sole is None else "query"
    root = schema.type_map["Query" if kind == "query" else "Mutation"]
    body = selection(root, 3, 0) if sole is None else one_field(root, sole, 3, 0)
    if sole is None and kind == "query" and draw(st.integers(1, 10)) == 1:
        body += " __schema { queryType { name } types { name kind } }"
    for number, condition in enumerate(conditions):
        fragments.append((f"F{number}", f"on {condition} {{ {selection(schema.type_map[condition], 2, number + 1)} }}"))
    variables = "($yes: Boolean! = true, $no: Boolean = false, $either: Boolean!)"
    text = f"{kind} Q{variables} {{ {body} }} " + " ".join(f"fragment {name} {told}" for name, told in fragments)
    return Document(text, [{"either": True}, {"either": False, "yes": False}, {"either": True, "no": True}])


def _conditions_of(schema: GraphQLSchema, type_: Any) -> list[Any]:
    if isinstance(type_, GraphQLObjectType):
        named = [interface.name for interface in type_.interfaces]
        return [None, type_.name, *named]
    return [None, type_.name, *(possible.name for possible in schema.get_possible_types(type_))]
