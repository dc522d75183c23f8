"""What a client of the last release can rely on: `released/` holds both schemas as that release had them.

Additions are free. What goes, or means otherwise, has first been deprecated in a release, with the date and what to use
instead: then it is none of what is held here, and may go.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
)

T = TypeVar("T")

RELEASED = Path(__file__).parent / "released"
REMEDY = (
    "Keep it, and deprecate it with the date and what to use instead: `field(..., deprecated=...)`. What one release "
    "deprecated may go in the next. `python -m schema.sdl --release` writes the files anew when a release is made."
)


def broken(released: str, current: str) -> list[str]:
    """Return, a sentence each, what a client of the released schema (SDL) could no longer ask of the current one."""
    return [change.description for change in find_breaking_changes(promised(released), build_schema(current))]


def promised(released: str) -> GraphQLSchema:
    """Return a released schema without what it deprecated."""
    schema = build_schema(released)
    for found in schema.type_map.values():
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType):
            for field in found.fields.values():
                field.args = _kept(field.args)
            found.fields = _kept(found.fields)
        elif isinstance(found, GraphQLInputObjectType):
            found.fields = _kept(found.fields)
        elif isinstance(found, GraphQLEnumType):
            found.values = _kept(found.values)
    return schema


def _kept(members: Mapping[str, T]) -> dict[str, T]:
    """Return the members that are not deprecated."""
    return {name: member for name, member in members.items() if getattr(member, "deprecation_reason", None) is None}
