"""The straight way of a query whose text was checked before: what the extensions do, by the same functions, in a row.

Only queries go it: a mutation may have an idempotency key, and a subscription lasts. What comes for the first time, or
has a fault, goes by Strawberry's extensions.
"""

import time
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import GraphQLError, GraphQLSchema
from strawberry.execution import optimized_is_awaitable
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from schema.checking import Checked, cost_told, pay
from schema.context import Context
from schema.errors import Origin, begun, stopped, word
from schema.execution import CompiledStrawberry
from schema.hooks import NO_MIDDLEWARE
from schema.observing import tell, told, told_name


@dataclass(slots=True)
class Asked:
    """A query of a checked document, by its own name."""

    schema: GraphQLSchema
    audience: str
    found: Checked
    name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


async def answered(asked: Asked, context: Context) -> ExecutionResult:
    """Return the answer of a query without faults, paid for, observed, within its time, and worded."""
    began = time.perf_counter()
    result: ExecutionResult | GraphQLExecutionResult | None = None
    with context.serving.observer.operation() as operation:
        told.set(operation)
        operation.kind, operation.name = OperationType.QUERY.value, told_name(asked.name)
        transactions = begun(context, asked.audience)
        try:
            try:
                cost, refusals = pay(asked.found, asked.name, asked.variables, context)
                result = PreExecutionError(None, refusals) if refusals else await _executed(asked, context)
            finally:
                await transactions.close()
            if transactions.timed_out is not None and isinstance(result, GraphQLExecutionResult):
                stopped(result, transactions.timed_out)
            if result.errors:
                word(result, context, Origin(asked.schema, asked.found.document, asked.name))
        finally:
            tell(operation, context, result, began)
    if isinstance(result, GraphQLExecutionResult):
        result = ExecutionResult(result.data, result.errors)
    result.extensions = cost_told(cost, context)
    return result


async def _executed(asked: Asked, context: Context) -> ExecutionResult | GraphQLExecutionResult:
    try:
        executor = CompiledStrawberry.build(  # as graphql's `execute` does, where nothing is answered in parts
            asked.schema,
            asked.found.document,
            context_value=context,
            raw_variable_values=asked.variables,
            operation_name=asked.name,
            middleware=NO_MIDDLEWARE,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=asked.extensions,
        )
        if isinstance(executor, list):
            return GraphQLExecutionResult(None, executor)
        result: Any = executor.execute_operation()
        executed: GraphQLExecutionResult = await result if optimized_is_awaitable(result) else result
    except Exception as error:
        return failed(error)
    return executed


def failed(error: Exception) -> GraphQLExecutionResult:
    """Return the result of an operation whose execution failed as a whole."""
    return GraphQLExecutionResult(None, [GraphQLError("unexpected", original_error=error)])
