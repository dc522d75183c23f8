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

from ledger.errors import Refusal
from schema.context import Context
from schema.transactions import current
from schema.words import Language, say

log = structlog.get_logger()


class Unexpected(Refusal):
    """A fault of this program; the correlation number leads to its line in the log."""


@strawberry.type(name="Refusal", description="Why something was not done: an expected failure (拒绝).")
class RefusalAnswer:
    """A refusal in the caller's language."""

    code: str = strawberry.field(description="What it is, for programs: snake_case, the same in every language (代码).")
    message: str = strawberry.field(description="What is wrong, in the caller's language (原因).")
    remedy: str = strawberry.field(description="What to do about it, in the caller's language (处理办法).")
    field: str | None = strawberry.field(description="The input field at fault, where it is one (字段).")

    @classmethod
    def of(cls, refusal: Refusal, language: Language) -> "RefusalAnswer":
        """Put a refusal into words."""
        words = say(refusal, language)
        return cls(code=refusal.code, message=words.message, remedy=words.remedy, field=_camel(refusal.field))


class Answering(SchemaExtension):
    """Gives each operation its transactions, ends them, and words its errors."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Surround one operation."""
        context: Context = self.execution_context.context
        operation = context.serving.transactions.operation()
        current.set(operation)
        try:
            yield
        finally:
            await operation.close()
        self._word(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Surround one result of a subscription."""
        self._word(result)
        yield

    def _word(self, result: Any) -> None:
        if isinstance(result, ExecutionResult | GraphQLExecutionResult) and result.errors:
            context: Context = self.execution_context.context
            result.errors = [worded(error, context, self.execution_context.operation_name) for error in result.errors]


def worded(error: GraphQLError, context: Context, operation: str | None) -> GraphQLError:
    """Return an error as the caller is to see it."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None:  # a fault of the document or its variables, or an error that was worded already
        return _with_message(error, error.message.split(" Did you mean ")[0], error.extensions)
    if not isinstance(cause, Refusal):
        _log(cause, error, context.request_id, operation)
        cause = Unexpected("unexpected", correlation=context.request_id)
    answer = RefusalAnswer.of(cause, context.language)
    told = {"code": answer.code, "remedy": answer.remedy, "field": answer.field}
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


def _camel(field: str | None) -> str | None:
    if field is None:
        return None
    first, *rest = field.split("_")
    return first + "".join(part.capitalize() for part in rest)
