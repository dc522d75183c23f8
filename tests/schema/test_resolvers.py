"""Resolvers that are called directly give what they give by Strawberry's way to them."""

import asyncio
from enum import Enum
from typing import Any

import pytest
import strawberry
from strawberry.extensions import FieldExtension

from schema.resolvers import call_resolvers_directly

BY_STRAWBERRY = "GraphQLCoreConverter.from_resolver"


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.input
class Wish:
    most: int = 3
    colours: list[Colour] = strawberry.field(default_factory=list)


class Louder(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **given: Any) -> Any:
        return next_(source, info, **given).upper()


@strawberry.type
class Thing:
    name: str

    @strawberry.field
    def greeting(self, source: str, info: strawberry.Info) -> str:
        return f"{self.name} {source} {info.field_name}"

    @strawberry.field
    async def chosen(self, wish: Wish, info_text: str | None = None) -> str:
        return f"{wish.most} {wish.colours} {info_text}"

    @strawberry.field
    async def fails(self) -> str:
        raise ValueError("No.")

    @strawberry.field(extensions=[Louder()])  # type: ignore[untyped-decorator]
    def loud(self) -> str:
        return self.name

    @strawberry.field
    def parent(parent: strawberry.Parent["Thing"]) -> str:  # noqa: N805
        return parent.name


@strawberry.type
class Query:
    @strawberry.field
    async def thing(self, info: strawberry.Info) -> Thing:
        return Thing(name=str(info.context))

    @strawberry.field
    async def hello(self) -> str:
        return "world"


def asked(schema: strawberry.Schema, query: str) -> tuple[Any, list[str]]:
    result: Any = asyncio.run(schema.execute(query, context_value="甲"))
    return result.data, [error.message for error in result.errors or ()]


@pytest.mark.parametrize(
    "query",
    [
        "{ hello thing { name } }",
        '{ thing { greeting(source: "a") again: greeting(source: "b") } }',
        '{ thing { chosen(wish: {most: 1, colours: [RED]}) none: chosen(wish: {}, infoText: "x") } }',
        "{ thing { loud parent } }",
        "{ thing { fails } }",
        "{ thing { chosen } }",
    ],
)
def test_the_same_is_answered(query: str) -> None:
    directly = strawberry.Schema(Query)
    call_resolvers_directly(directly)
    assert asked(directly, query) == asked(strawberry.Schema(Query), query)


def test_what_strawberry_does_more_for_is_left_to_it() -> None:
    schema = strawberry.Schema(Query)
    call_resolvers_directly(schema)
    fields: Any = schema._schema.type_map["Thing"]
    left = {name for name, field in fields.fields.items() if field.resolve.__qualname__.startswith(BY_STRAWBERRY)}
    assert left == {"name", "loud", "parent"}
