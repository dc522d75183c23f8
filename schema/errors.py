"""What a caller is told when something fails: refusals in words, and of what was not expected only a number.

The log has the number, where it happened and the error's type, but not its text, which may hold what was read.
"""

import traceback
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import strawberry
import structlog
from graphql import DocumentNode, GraphQLArgument, GraphQLError, GraphQLSchema
from graphql import ExecutionResult as GraphQLExecutionResult
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from ledger.database import refusal_of as refusal_of_database
from ledger.errors import Invalid, Refusal
from schema.context import Context, Info
from schema.decorators import field as resolved
from schema.document_faults import RULE, DocumentFault, refusal_of
from schema.paths import arguments_at, path_in, path_of_literal, path_of_variable
from schema.sealing import sealing, sealing_of
from schema.transactions import Operation, current
from schema.words import Language, say

log = structlog.get_logger()

_NONE: Final[Mapping[str, GraphQLArgument]] = MappingProxyType({})


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
    def of(
        cls, refusal: Refusal, language: Language, arguments: Mapping[str, GraphQLArgument] = _NONE
    ) -> "RefusalAnswer":
        """Put a refusal into words; `arguments` are those of the field that is refused."""
        words = say(refusal, language)
        path = None if refusal.field is None else path_in(refusal.field, arguments)
        return cls(code=refusal.code, message=words.message, remedy=words.remedy, path=path)

    @classmethod
    def to(cls, info: Info, refusal: Refusal) -> "RefusalAnswer":
        """Put a refusal of the field that is being resolved into words."""
        raw = info._raw_info
        return cls.of(refusal, info.context.language, raw.parent_type.fields[raw.field_name].args)

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
        if current.get().lasts:
            await current.get().close()
        yield

    def _word(self, result: Any) -> None:
        if isinstance(result, ExecutionResult | GraphQLExecutionResult):
            execution = self.execution_context
            word(result, execution.context, Origin.of(execution))


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


class Origin(NamedTuple):
    """What errors come from: an operation, by its name, of a document."""

    schema: GraphQLSchema
    document: DocumentNode | None
    operation: str | None

    @classmethod
    def of(cls, execution: ExecutionContext) -> "Origin":
        """Return what the errors of an execution come from."""
        return cls(execution.schema._schema, execution.graphql_document, execution.operation_name)

    def path(self, error: GraphQLError) -> Sequence[str] | None:
        """Return where a value that the caller wrote is at fault: a variable, or one in the document."""
        told = path_of_variable(error.message)
        return told if told is not None or self.document is None else path_of_literal(error, self.document)

    def arguments(self, error: GraphQLError) -> Mapping[str, GraphQLArgument]:
        """Return the arguments of the field that an error is of."""
        return _NONE if self.document is None else arguments_at(error, self.schema, self.document)


def word(result: ExecutionResult | GraphQLExecutionResult, context: Context, origin: Origin) -> None:
    """Put a result's errors as the caller is to see them."""
    if result.errors:
        result.errors = [worded(error, context, origin) for error in result.errors]


def worded(error: GraphQLError, context: Context, origin: Origin) -> GraphQLError:
    """Return an error as the caller is to see it."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None and "code" in (error.extensions or {}):
        return error  # it was worded already
    if cause is None:
        cause = refusal_of(error, suggestions=context.suggestions) or error
    if isinstance(cause, CannotGetOperationTypeError):
        cause = Invalid("operation_unknown")
    if not isinstance(cause, Refusal):
        _log(cause, error, context.request_id, origin.operation)
        cause = refusal_of_database(cause) or Unexpected("unexpected", correlation=context.request_id)
    arguments = _NONE if cause.field is None else origin.arguments(error)
    answer = RefusalAnswer.of(cause, context.language, arguments)
    told = {"code": answer.code, "remedy": answer.remedy, "path": answer.path or origin.path(error)}
    if isinstance(cause, DocumentFault):
        told[RULE] = cause.rule
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
