"""What clients of the last release rely on still holds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from schema import sdl
from schema.releases import RELEASED, REMEDY, broken

RELEASE = """
enum Colour { RED BLUE @deprecated(reason: "2026-11-27: RED is what is meant.") }
input Wish { colour: Colour more: Int @deprecated(reason: "2026-11-27: it has no effect.") }
type Query {
  kept(wish: Wish, first: Int = 10, old: Int @deprecated(reason: "2026-11-27: `first` is meant.")): Colour!
  going: Int @deprecated(reason: "2026-11-27: `kept` tells it.")
}
"""


def deprecations(schema: GraphQLSchema) -> Iterator[str]:
    """Give the reason of each thing of a schema that is deprecated."""
    members: list[Any] = []
    for found in schema.type_map.values():
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType):
            members += found.fields.values()
            members += (given for field in found.fields.values() for given in field.args.values())
        elif isinstance(found, GraphQLInputObjectType):
            members += found.fields.values()
        elif isinstance(found, GraphQLEnumType):
            members += found.values.values()
    return (member.deprecation_reason for member in members if member.deprecation_reason is not None)


@pytest.mark.parametrize("path", sdl.files(), ids=lambda path: path.name)
def test_nothing_breaks_a_client_of_the_last_release(path: Any) -> None:
    """`schema/released` has what it relies on."""
    faults = broken((RELEASED / path.name).read_text(encoding="utf-8"), sdl.files()[path])
    assert not faults, "\n".join([*faults, REMEDY])


@pytest.mark.parametrize("path", sdl.files(), ids=lambda path: path.name)
def test_a_deprecation_tells_since_when_and_what_to_use_instead(path: Any) -> None:
    reasons = list(deprecations(build_schema(sdl.files()[path])))
    assert reasons
    assert [reason for reason in reasons if not re.fullmatch(r"\d{4}-\d{2}-\d{2}: \S.{9,}\.", reason)] == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("type Query {", "type Query { more: Int", None),
        ('  going: Int @deprecated(reason: "2026-11-27: `kept` tells it.")\n', "", None),
        (', old: Int @deprecated(reason: "2026-11-27: `first` is meant.")', "", None),
        (' more: Int @deprecated(reason: "2026-11-27: it has no effect.")', "", None),
        (' BLUE @deprecated(reason: "2026-11-27: RED is what is meant.")', "", None),
        ("enum Colour { RED", "enum Colour { GREEN", "Enum value Colour.RED was removed."),
        ("input Wish { colour: Colour", "input Wish { shade: Colour", "Field Wish.colour was removed."),
        ("kept(", "held(", "Field Query.kept was removed."),
        ("first: Int", "first: Int!", "Argument Query.kept(first:) has changed type from Int to Int!."),
        ("Colour!", "Colour", "Field Query.kept changed type from Colour! to Colour."),
        ("= 10", "= 20", None),
    ],
)
def test_what_a_client_relies_on_is_what_was_not_deprecated(before: str, after: str, told: str | None) -> None:
    assert RELEASE.count(before) == 1
    assert broken(RELEASE, RELEASE.replace(before, after)) == ([] if told is None else [told])
