"""What is plain: how a field is read without calling a resolver, and which values nobody has to wait for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import GeneratorType
from typing import Any, Final
from uuid import UUID

from graphql import GraphQLField, GraphQLObjectType, Undefined
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import is_awaitable
from graphql.type import GraphQLLeafType

KNOWN: Final = frozenset(
    {str, int, float, bool, bytes, list, tuple, dict, date, datetime, time, timedelta, Decimal, UUID, type(None)}
)
"""Types whose values are never awaitable, callable or exceptions."""

PRESENT: Final = KNOWN - {type(None)}

_UNSETTLED: Final = ("__await__", "__call__", "__getattr__", "__getattribute__", "__class__")


class Doubt(Exception):
    """A value that graphql-core must complete itself."""


@dataclass(frozen=True)
class Attribute:
    """A field that is an attribute of the source."""

    name: str


@dataclass(frozen=True)
class Member:
    """A field that is an item of a mapping or an attribute of anything else, as graphql-core reads by default."""

    name: str


Reading = Attribute | Member


class Facts:
    """What is known of a schema's resolvers; a layer above graphql-core that makes some of its own knows more."""

    awaitable_checks: frozenset[Callable[[Any], bool]] = frozenset({is_awaitable, assume_not_awaitable})
    """The tests for awaitables that go by what `is_settled` knows."""

    def reading(self, field: GraphQLField) -> Reading | None:
        """Return how a field with a resolver of its own is read, where that resolver only reads."""
        return None

    def type_check(self, type_: GraphQLObjectType) -> Callable[[Any], bool] | None:
        """Return what `type_.is_type_of` says of a value, where that looks at nothing but the value."""
        return None

    def members(self, type_: GraphQLLeafType) -> type[Enum] | None:
        """Return the Python enum whose members an enum type takes as values, where there is one."""
        return None


def is_settled(type_: type) -> bool:
    """Tell whether a type alone says that its values are neither awaitable, callable nor exceptions."""
    if type_ in KNOWN:
        return True
    if issubclass(type_, Exception | GeneratorType) or type_ is type(Undefined):
        return False
    owners = (owner for owner in type_.__mro__ if owner is not object and owner not in KNOWN)
    return not any(name in owner.__dict__ for owner in owners for name in _UNSETTLED)


def checker(is_awaitable: Callable[[Any], bool], settled: set[type]) -> Callable[[Any], None]:
    """Return a function that raises Doubt at values that are not simply there, and notes the types that always are."""

    def check(value: Any) -> None:
        if isinstance(value, Iterator):  # what it has is gone once a scalar read it
            raise Doubt
        if is_settled(type(value)):
            settled.add(type(value))
        elif value is Undefined or isinstance(value, Exception) or callable(value) or is_awaitable(value):
            raise Doubt

    return check


def completer(
    type_: GraphQLLeafType, settle: Callable[[Any], Any], check: Callable[[Any], None]
) -> Callable[[Any], Any]:
    """Return a function that completes a leaf of any value but None as graphql-core does, or raises something."""

    def complete(value: Any) -> Any:
        if type(value) not in KNOWN:
            check(value)
        return settle(type_.coerce_output_value(value))

    return complete


def settler(is_awaitable: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Return a function that gives what a leaf's own function made, or raises Doubt where that is no leaf's answer."""

    def settle(completed: Any) -> Any:
        if completed is None or completed is Undefined:
            raise Doubt
        if type(completed) not in KNOWN and is_awaitable(completed):
            raise Doubt
        return completed

    return settle


def member_names(type_: GraphQLLeafType, enum: type[Enum]) -> Mapping[str, str]:
    """Return the GraphQL name of each member of an enum by its Python name; those that fail are left out."""
    names = {}
    for member in enum:
        try:
            names[member.name] = type_.coerce_output_value(member)
        except Exception:  # noqa: S112 - whatever a member raises, it will raise when it is asked for
            continue
    return names
