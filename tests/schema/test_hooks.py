"""The hooks of extensions: in Strawberry's order, whatever happens, and none twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import strawberry
from strawberry.extensions import SchemaExtension

from schema.hooks import Runner

told: list[str] = []


class Outer(SchemaExtension):
    """Tells of each step."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Surround."""
        told.append("outer begins")
        try:
            yield
        except ValueError:
            told.append("outer sees the error")
            raise
        finally:
            told.append("outer ends")

    def get_results(self) -> dict[str, int]:
        """Tell something."""
        return {"outer": 1}


class Inner(SchemaExtension):
    """Tells of each step, and fails where it is told to."""

    fails_before = fails_after = False

    def on_operation(self) -> Iterator[None]:
        """Surround."""
        told.append("inner begins")
        if self.fails_before:
            raise ValueError("before")
        yield
        told.append("inner ends")
        if self.fails_after:
            raise ValueError("after")

    def on_parse(self) -> Iterator[None]:
        """Surround."""
        told.append("parsing")
        yield
        told.append("parsed")

    async def on_execute(self) -> AsyncIterator[None]:
        """Surround."""
        told.append("executing")
        yield
        told.append("executed")


class FailingBefore(Inner):
    """Fails at once."""

    fails_before = True


class FailingAfter(Inner):
    """Fails at the end."""

    fails_after = True


@strawberry.type
class Query:
    """Answers."""

    @strawberry.field
    def word(self) -> str:
        """Answer."""
        told.append("answered")
        return "word"


class Ours(strawberry.Schema):
    """With our runner."""

    def create_extensions_runner(self, execution_context: object, extensions: list[SchemaExtension]) -> Runner:
        """Return the runner."""
        return Runner(execution_context, extensions)  # type: ignore[arg-type]


@pytest.mark.parametrize("inner", [Inner, FailingBefore, FailingAfter])
@pytest.mark.parametrize("text", ["{ word }", "{ nothing }", "{"])
def test_hooks_run_as_strawberry_runs_them(inner: type[Inner], text: str) -> None:
    def asked(kind: type[strawberry.Schema]) -> tuple[object, ...]:
        told.clear()
        schema = kind(Query, extensions=[Outer, inner])
        result = asyncio.run(schema.execute(text))
        return result.data, str(result.errors), result.extensions, list(told)

    assert asked(Ours) == asked(strawberry.Schema)


def test_a_step_that_fails_is_told_to_the_hooks_around_it() -> None:
    async def fail() -> None:
        async with Runner(None, [Outer(), Inner()]).operation():  # type: ignore[arg-type]
            raise ValueError("inside")

    told.clear()
    with pytest.raises(ValueError, match="inside"):
        asyncio.run(fail())
    assert told == ["outer begins", "inner begins", "outer sees the error", "outer ends"]
