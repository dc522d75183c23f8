"""What compiled execution answers is what graphql-core answers: the same data and errors, in the same order."""

import asyncio
import json
import re
import warnings
from typing import Any

import pytest
from graphql import (
    ExecutionResult,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
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

ADDRESS = re.compile(" at 0x[0-9a-f]+")
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
    return ADDRESS.sub("", json.dumps({"data": result.data, "errors": errors}, default=repr))


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


@pytest.mark.parametrize("leaf", generating.LEAVES, ids=str)
def test_any_value_of_any_leaf_is_answered_as_graphql_core_answers_it(leaf: Any) -> None:
    """Each value that is almost one of the type, and each at its bounds, so that no luck is needed to meet it."""
    at_bounds = (2**31 - 1, -(2**31), 2**30, -(2**30), 2**53, 10**400, -0.0, 1e308, "", 0, 1, False)
    row = GraphQLObjectType("Row", {"maybe": GraphQLField(leaf), "sure": GraphQLField(GraphQLNonNull(leaf))})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"rows": GraphQLField(GraphQLList(row))}))
    documents = [parse(f"{{ rows {{ __typename {name} }} }}") for name in ("maybe", "sure")]

    async def compare() -> None:
        for document in documents:
            for value in (*at_bounds, *generating.STRANGE, *generating.NEAR[leaf.name]):
                members = {"maybe": value, "sure": value}
                rows = [generating.Made("Row", as_dict, members) for as_dict in (True, False)]
                root = generating.Made("Query", True, {"rows": generating.Several("list", rows)})
                expected = await answer(None, schema, document, root, None)
                assert await answer(Ours, schema, document, root, None) == expected
                assert await answer(Ours, schema, document, root, None) == expected

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        asyncio.run(compare())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))  # of five roots each
@given(st.data())
def test_one_field_that_a_coroutine_resolves_is_answered_as_graphql_core_answers_it(data: st.DataObject) -> None:
    """Whatever it returns or raises: most of what is asked needs no executor."""
    schema = data.draw(generating.schemas())
    generating.SCHEMA[:] = [schema]
    query: Any = schema.query_type
    name, field = data.draw(st.sampled_from(list(query.fields.items())))
    field.resolve, field.extensions = generating.by_coroutine(name), {}
    document = data.draw(generating.documents(schema, name))
    parsed = parse(document.text)
    assume(not validate(schema, parsed, RULES))
    made = [data.draw(generating.made(query, 4, trouble)) for trouble in (0, 0, 6, 12, 0)]

    async def compare() -> None:
        for root in made:
            for variables in document.variables:
                expected = await answer(None, schema, parsed, root, variables)
                assert await answer(Ours, schema, parsed, root, variables) == expected

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # awaitables that a null swallowed
        asyncio.run(compare())


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
