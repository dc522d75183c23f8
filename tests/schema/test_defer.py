"""Why @defer is off: what the library defers runs once an operation has ended, and past what words its errors."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from graphql import parse, validate
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from schema.building import Schema
from schema.public import schema as public
from schema.staff import schema as staff

ORDER: list[str] = []


class Surrounding(SchemaExtension):
    """Where an operation would open its snapshot and close it, and word its errors."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Surround an operation."""
        ORDER.append("opened")
        yield
        ORDER.append("closed")


@strawberry.type
class Query:
    """One field that fails."""

    @strawberry.field
    async def broken(self) -> int | None:
        """Fail."""
        ORDER.append("read")
        raise ValueError("what nobody may read")

    @strawberry.field
    def name(self) -> str:
        """Tell something."""
        return "x"


def test_what_is_deferred_is_read_after_the_operation_was_closed_and_its_error_is_told_as_it_is() -> None:
    """Should this fail with a newer library, look again whether @defer can be switched on (ARCHITECTURE.md)."""
    config = StrawberryConfig(enable_experimental_incremental_execution=True)
    library = strawberry.Schema(Query, config=config, extensions=[Surrounding])
    ORDER.clear()

    async def run() -> list[Any]:
        result: Any = await library.execute("{ name ... @defer { broken } }")
        return [frame.formatted async for frame in result.subsequent_results]

    (frame,) = asyncio.run(run())
    assert ORDER == ["opened", "closed", "read"]
    assert frame["incremental"][0]["errors"][0]["message"] == "what nobody may read"


@pytest.mark.parametrize("schema", [public, staff])
def test_neither_schema_knows_it(schema: Schema) -> None:
    errors = validate(schema._schema, parse("{ ... @defer { __typename } }"))
    assert [error.message.split(".")[0] for error in errors] == ["Unknown directive '@defer'"]
