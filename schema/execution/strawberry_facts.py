"""What Strawberry's resolvers do: the one place that knows them.

A field without a resolver, extension or permission is an attribute of its object, read by `getattr`; a type with
interfaces asks of a value only what class it is.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any

from graphql import GraphQLField, GraphQLObjectType
from graphql.type import GraphQLLeafType
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from schema.execution.executor import Compiled
from schema.execution.plain import Attribute, Facts, Reading

_BASIC = "GraphQLCoreConverter.from_resolver.<locals>._get_basic_result"
_OWN_CHECK = "GraphQLCoreConverter.from_object.<locals>._get_is_type_of.<locals>.is_type_of"


class StrawberryFacts(Facts):
    """What is known of resolvers that Strawberry makes."""

    awaitable_checks = Facts.awaitable_checks | {optimized_is_awaitable}

    def reading(self, field: GraphQLField) -> Reading | None:
        """Return how a field without a resolver is read."""
        made_of = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if not isinstance(made_of, StrawberryField) or getattr(field.resolve, "__qualname__", None) != _BASIC:
            return None
        if made_of.default_resolver is not getattr or type(made_of).get_result is not StrawberryField.get_result:
            return None
        return Attribute(made_of.python_name)

    def type_check(self, type_: GraphQLObjectType) -> Callable[[Any], bool] | None:
        """Return the check of a type with interfaces."""
        check = type_.is_type_of
        if check is None or getattr(check, "__qualname__", None) != _OWN_CHECK:
            return None
        return lambda value: bool(check(value, None))  # type: ignore[arg-type]

    def members(self, type_: GraphQLLeafType) -> type[Enum] | None:
        """Return the enum that an enum type was made of."""
        return type_.wrapped_cls if isinstance(type_, CustomGraphQLEnumType) else None  # type: ignore[return-value]


class CompiledStrawberry(Compiled, StrawberryGraphQLCoreExecutionContext):
    """Compiled execution for `strawberry.Schema(execution_context_class=…)`."""

    facts = StrawberryFacts()
