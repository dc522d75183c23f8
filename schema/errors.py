"""What a caller is told when something fails: refusals in words, and of what was not expected only a number.

The log has the number, where it happened and the error's type, but not its text, which may hold what was read.
"""

import traceback
from collections.abc import AsyncIterator, Iterator
from typing import Any

import strawberry
import structlog
from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from ledger.errors import Refusal
from schema.context import Context, Info
from schema.decorators import field as resolved
from schema.paths import path_in, path_of, path_of_variable
from schema.sealing import sealing, sealing_of
from schema.transactions import Operation, current
from schema.words import Language, say

log = structlog.get_logger()

SUBSCRIPTION = OperationType.SUBSCRIPTION


class Unexpected(Refusal):
    """A fault of this program; the correlation number leads to its line in the log."""


@strawberry.type(name="Refusal", description="Why something was not done: an expected failure (拒绝).")
class RefusalAnswer:
    """A refusal in the caller's language."""

    code: str = strawberry.field(description="What it is, for programs: snake_case, the same in every language (代码).")
    message: str = strawberry.field(description="What is wrong, in the caller's language (原因).")
    remedy: str = strawberry.field(description="What to do about it, in the caller's language (处理办法).")
    path: list[str] | None = strawberry.field(
        description="Where in the input the fault is, from the argument down: names, and places in lists from 0, "
        "such as plan, items, 0 (字段路径)."
    )

    @classmethod
    def of(cls, refusal: Refusal, language: Language, info: Info | None = None) -> "RefusalAnswer":
        """Put a refusal into words; `info` is that of the field whose arguments are at fault."""
        words = say(refusal, language)
        path = None if refusal.field is None else path_of(refusal.field)
        if info is not None and refusal.field is not None:
            raw = info._raw_info
            path = path_in(refusal.field, raw.parent_type.fields[raw.field_name].args)
        return cls(code=refusal.code, message=words.message, remedy=words.remedy, path=path)

    @resolved(
        "The input field at fault, where it is one (字段).",
        deprecated="2026-11-27: `path` also tells where in the input the field is.",
    )
    def field(self) -> str | None:
        """Return the path's end."""
        return None if self.path is None else next((name for name in reversed(self.path) if not name.isdigit()), None)


class Answering(SchemaExtension):
    """Gives each operation its transactions, ends them, and words its errors."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Surround one operation."""
        context: Context = self.execution_context.context
        schema: Any = self.execution_context.schema
        operation = begun(context, schema.audience)
        try:
            yield
        finally:
            await operation.close()
        result = self.execution_context.result
        if operation.timed_out is not None and self._reads and isinstance(result, GraphQLExecutionResult):
            stopped(result, operation.timed_out)
        self._word(result)

    def on_execute(self) -> Iterator[None]:
        """Surround the execution, of a subscription its beginning."""
        current.get().lasts = self.execution_context.operation_type is OperationType.SUBSCRIPTION
        yield

    @property
    def _reads(self) -> bool:
        return self.execution_context.operation_type is OperationType.QUERY

    async def on_stream_result(self, result: Any) -> AsyncIterator[None]:
        """Surround one result of a stream; the next of a subscription is read from a snapshot of its own."""
        self._word(result)
        if self.execution_context.graphql_document and self.execution_context.operation_type is SUBSCRIPTION:
            await current.get().close()
        yield

    def _word(self, result: Any) -> None:
        if isinstance(result, ExecutionResult | GraphQLExecutionResult):
            word(result, self.execution_context.context, self.execution_context.operation_name)


def begun(context: Context, audience: str) -> Operation:
    """Begin an operation of an audience: return its transactions, which must be closed."""
    operation = context.serving.transactions.operation()
    current.set(operation)
    sealing.set(sealing_of(context.bureau.pseudonym_key, audience))
    return operation


def stopped(result: GraphQLExecutionResult, refusal: Refusal) -> None:
    """Give one error for all fields that were stopped; what other fields told is of little use without them."""
    if result.errors:
        first = result.errors[0]
        error = GraphQLError(first.message, first.nodes, path=first.path, original_error=refusal)
        result.data, result.errors = None, [error]


def word(result: ExecutionResult | GraphQLExecutionResult, context: Context, operation: str | None) -> None:
    """Put a result's errors as the caller is to see them."""
    if result.errors:
        result.errors = [worded(error, context, operation) for error in result.errors]


def worded(error: GraphQLError, context: Context, operation: str | None) -> GraphQLError:
    """Return an error as the caller is to see it."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:  # a fault of the document or its variables, or an error that was worded already
        message = error.message if context.suggestions else error.message.split(" Did you mean ")[0]
        place = path_of_variable(error.message)
        return _with_message(error, message, error.extensions or (None if place is None else {"path": place}))
    if not isinstance(cause, Refusal):
        _log(cause, error, context.request_id, operation)
        cause = Unexpected("unexpected", correlation=context.request_id)
    answer = RefusalAnswer.of(cause, context.language)
    told = {"code": answer.code, "remedy": answer.remedy, "path": answer.path or path_of_variable(error.message)}
    return _with_message(error, answer.message, told)


def _with_message(error: GraphQLError, message: str, extensions: Any) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)


def _log(cause: BaseException, error: GraphQLError, correlation: str, operation: str | None) -> None:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(cause.__traceback__)]
    path = ".".join(str(part) for part in error.path or ())
    log.error(
        "unexpected",
        correlation=correlation,
        operation=operation,
        path=path,
        error=type(cause).__name__,
        frames=frames[-8:],
    )
