"""What compiled execution answers is what graphql-core answers: the same data and errors, in the same order."""

import asyncio
import json
import warnings
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLField,
    GraphQLSchema,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    execute,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import is_awaitable
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from schema.execution import Compiled
from schema.execution.operations import Operations
from schema.execution.plain import Attribute, Facts, Reading
from tests.schema.execution import generating

RULES = [rule for rule in specified_rules if rule not in (NoUnusedFragmentsRule, NoUnusedVariablesRule)]


class KnownAttributes(Facts):
    """Knows the resolvers that the generated schemas mark."""

    def reading(self, field: GraphQLField) -> Reading | None:
        name = field.extensions.get(generating.ATTRIBUTE)
        return None if name is None else Attribute(name)


class Ours(Compiled, IncrementalExecutor):
    """Compiled execution of schemas that are made by hand."""

    facts = KnownAttributes()
    operations = Operations()


def told(result: ExecutionResult) -> str:
    """Return all that a caller could see of a result, in its order."""
    errors = [
        {**error.formatted, "original": repr(error.original_error), "nodes": len(error.nodes or ())}
        for error in result.errors or ()
    ]
    return json.dumps({"data": result.data, "errors": errors}, default=repr)


async def answer(executor: type[Ours] | None, schema: GraphQLSchema, document: Any, data: Any, variables: Any) -> str:
    """Execute, and return what is told; an exception that execution lets through is told too."""
    try:
        result: Any = execute(
            schema, document, generating.make(data), variable_values=variables, executor_class=executor
        )
        if is_awaitable(result):
            result = await result
    except Exception as error:
        return f"raised {error!r}"
    return told(result)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_operation_on_any_schema_is_answered_as_graphql_core_answers_it(data: st.DataObject) -> None:
    schema = data.draw(generating.schemas())
    generating.SCHEMA[:] = [schema]
    document = data.draw(generating.documents(schema))
    parsed = parse(document.text)
    assume(not validate(schema, parsed, RULES))
    kind = "Mutation" if document.text.startswith("mutation") else "Query"
    trouble = data.draw(st.sampled_from((0, 6, 12, 40)))
    root = data.draw(generating.made(schema.type_map[kind], 4, trouble))
    event(f"trouble {trouble}")

    async def compare() -> None:
        for _ in range(2):
            for variables in document.variables:
                expected = await answer(None, schema, parsed, root, variables)
                assert await answer(Ours, schema, parsed, root, variables) == expected

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # awaitables that a null swallowed
        asyncio.run(compare())
