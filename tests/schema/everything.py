"""Queries that ask for everything a schema has."""

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)


def everything(schema: GraphQLSchema, arguments: Mapping[str, str]) -> Iterator[str]:
    """Give a query for each field of Query, with all fields of all types that it leads to.

    `arguments` are literals by "Type.field.argument" or by "argument"; a field is left out whose required argument has
    none, and one that leads back to a type on its own way.
    """
    assert schema.query_type is not None
    for field in _fields(schema, schema.query_type, arguments, ()):
        yield f"query Everything {{ {field} }}"


def _fields(
    schema: GraphQLSchema, owner: GraphQLObjectType, arguments: Mapping[str, str], way: Sequence[str]
) -> Iterator[str]:
    for name, field in owner.fields.items():
        given = _given(owner.name, name, field, arguments)
        if given is None:
            continue
        told = f"({', '.join(given)})" if given else ""
        objects = _objects(schema, field)
        if not objects:
            yield name + told
        elif not any(each.name in way for each in objects):
            parts = (
                f"... on {each.name} {{ {' '.join(_fields(schema, each, arguments, (*way, owner.name, each.name)))} }}"
                for each in objects
            )
            yield f"{name}{told} {{ __typename {' '.join(parts)} }}"


def _given(owner: str, name: str, field: GraphQLField, arguments: Mapping[str, str]) -> list[str] | None:
    """Return the arguments of a field as they are written; None where a required one has no literal."""
    given = []
    for argument, definition in field.args.items():
        literal = arguments.get(f"{owner}.{name}.{argument}", arguments.get(argument))
        if literal is not None:
            given.append(f"{argument}: {literal}")
        elif is_required_argument(definition):
            return None
    return given


def _objects(schema: GraphQLSchema, field: GraphQLField) -> list[GraphQLObjectType]:
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        return list(schema.get_possible_types(named))
    return [named] if isinstance(named, GraphQLObjectType) else []
