"""Resolvers called as they are written, where Strawberry's way to them would do nothing else.

For each value Strawberry goes through a chain of field extensions, finds anew which parameters a resolver has and how
GraphQL calls each, and asks of what it gave whether it is awaitable. All that is found once for each field here.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from strawberry import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_argument
from strawberry.types.field import StrawberryField

_OF_RESOLVERS: Final = "GraphQLCoreConverter.from_resolver.<locals>."
_KNOWN: Final = (f"{_OF_RESOLVERS}_resolver", f"{_OF_RESOLVERS}_async_resolver")


def call_resolvers_directly(schema: Schema) -> None:
    """Have the fields of a schema call their resolvers, but for those where Strawberry does something of its own."""
    for type_ in schema._schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                made_of = _plain(field)
                if made_of is not None:
                    field.resolve = _resolver_of(made_of, schema)


def _plain(field: GraphQLField) -> StrawberryField | None:
    """Return what a field was made of, where nothing but its resolver decides what it has."""
    made_of = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(made_of, StrawberryField) or getattr(field.resolve, "__qualname__", None) not in _KNOWN:
        return None
    resolver = made_of.base_resolver
    if resolver is None or not isinstance(resolver.wrapped_func, FunctionType):
        return None
    if resolver.parent_parameter or resolver.root_parameter or made_of.extensions or made_of.is_subscription:
        return None
    return made_of if type(made_of).get_result is StrawberryField.get_result else None


def _resolver_of(field: StrawberryField, schema: Schema) -> Callable[..., Any]:
    """Return what calls a field's resolver as graphql-core calls resolvers."""
    resolver, config = field.base_resolver, schema.config
    assert resolver is not None  # noqa: S101
    function: Any = resolver.wrapped_func
    wants_self, wants_info = resolver.self_parameter, resolver.info_parameter
    arguments = {config.name_converter.from_argument(each): each for each in field.arguments}
    scalars = schema.schema_converter.scalar_registry

    def called(source: Any, info: GraphQLResolveInfo[Any], /, **given: Any) -> Any:
        named = {}
        if given or wants_info:
            told = config.info_class(_raw_info=info, _field=field)
            for name, value in given.items():
                argument = arguments[name]
                named[argument.python_name] = convert_argument(
                    value, argument.type, scalars, config, told, path=(name,)
                )
            if wants_info:
                named[wants_info.name] = told
        return function(source, **named) if wants_self else function(**named)

    async def awaited(source: Any, info: GraphQLResolveInfo[Any], /, **given: Any) -> Any:
        return await called(source, info, **given)

    return awaited if field.is_async else called
