"""Queries that ask for everything a schema has."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
)


def everything(schema: GraphQLSchema, arguments: Mapping[str, str]) -> str:
    """Return a query of all fields of all types that lead on from Query, each type in a fragment of its own.

    `arguments` are literals by "Type.field.argument" or by "argument"; a field whose argument has none is left out.
    """
    assert schema.query_type is not None
    fragments = {}
    waiting = [schema.query_type]
    while waiting:
        current = waiting.pop()
        if current.name not in fragments:
            fragments[current.name] = " ".join(_fields(current, arguments))
            for field in current.fields.values():
                waiting += _objects(field)
    written = (f"fragment F{name} on {name} {{ {fields} }}" for name, fields in fragments.items())
    return "query Everything { ...FQuery }\n" + "\n".join(written)


def _fields(owner: GraphQLObjectType, arguments: Mapping[str, str]) -> Iterator[str]:
    for name, field in owner.fields.items():
        given = {}
        for argument, definition in field.args.items():
            literal = arguments.get(f"{owner.name}.{name}.{argument}", arguments.get(argument))
            if literal is not None:
                given[argument] = literal
            elif is_required_argument(definition):
                break
        else:
            told = ", ".join(f"{argument}: {literal}" for argument, literal in given.items())
            selected = " ".join(f"...F{each.name}" for each in _objects(field))
            yield name + (f"({told})" if told else "") + (f" {{ {selected} }}" if selected else "")


def _objects(field: GraphQLField) -> list[GraphQLObjectType]:
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType):
        return list(named.types)
    return [named] if isinstance(named, GraphQLObjectType) else []
