"""Compiled execution by examples: when it reads, when it leaves a value to graphql-core, and what it keeps."""

import asyncio
import gc
import weakref
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from inspect import isawaitable
from types import GeneratorType
from typing import Any, cast

import pytest
import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    execute,
    execute_sync,
    parse,
)
from graphql.execution.incremental import IncrementalExecutor
from strawberry.schema.config import StrawberryConfig

from schema.execution import Compiled, CompiledStrawberry
from schema.execution.operations import Operations
from schema.execution.plain import is_settled

executed: Counter[str] = Counter()


class Counting(Compiled, IncrementalExecutor):
    """Counts the fields that graphql-core executes itself."""

    operations = Operations(most=3)

    def execute_field(self, parent_type: Any, source: Any, details: Any, path: Any, context: Any) -> Any:
        """Count."""
        executed[details[0].node.name.value] += 1
        return super().execute_field(parent_type, source, details, path, context)


SCHEMA = build_schema("""
    interface Animal { name: String }
    type Dog implements Animal { name: String, weight: Float, age: Int!, friends: [Dog!], size: Size }
    enum Size { SMALL LARGE }
    type Query { dog: Dog, dogs: [Dog!]!, animal: Animal, matrix: [[Int!]], slow: Int, maybe(a: Int!): Int }
    type Mutation { first: Int, second: Int }
""")
REX = {"name": "Rex", "age": 3, "friends": [{"name": "Ada", "age": 1}], "size": "SMALL"}


def both(text: str, root: Any, variables: Any = None, times: int = 3) -> ExecutionResult:
    """Execute by graphql-core and several times by ours; return what all of them answered."""
    document = parse(text)
    expected = execute(SCHEMA, document, root, variable_values=variables)
    for _ in range(times):
        executed.clear()
        found = execute(SCHEMA, document, root, variable_values=variables, executor_class=Counting)
        assert isinstance(found, ExecutionResult)
        assert isinstance(expected, ExecutionResult)
        assert found.formatted == expected.formatted
        assert str(found.data) == str(expected.data)
    assert isinstance(expected, ExecutionResult)
    return expected


def test_an_operation_is_compiled_when_it_is_asked_the_second_time() -> None:
    both("{ dog { name age } }", {"dog": REX}, times=1)
    assert executed == {"dog": 1, "name": 1, "age": 1}
    both("{ dog { name age } }", {"dog": REX}, times=2)
    assert not executed


def test_objects_and_lists_are_read_down_to_the_last_leaf() -> None:
    found = both("{ dog { kind: __typename friends { name age } size } matrix }", {"dog": REX, "matrix": [[1], None]})
    assert found.data == {
        "dog": {"kind": "Dog", "friends": [{"name": "Ada", "age": 1}], "size": "SMALL"},
        "matrix": [[1], None],
    }
    assert not executed


def test_a_field_asked_twice_is_answered_once_and_with_all_that_is_asked_of_it() -> None:
    text = "{ dog { name } ...More dog { name other: name } } fragment More on Query { dog { age name } }"
    assert both(text, {"dog": REX}).data == {"dog": {"name": "Rex", "age": 3, "other": "Rex"}}
    assert not executed


@pytest.mark.parametrize(
    "dog",
    [
        {"name": "Rex", "age": None},
        {"name": "Rex", "age": "three"},
        {"name": "Rex", "age": 2**31},
        {"name": "Rex", "age": -(2**31) - 1},
        {"name": "Rex", "age": 3, "weight": float("nan")},
        {"name": "Rex", "age": 3, "weight": float("inf")},
        {"name": "Rex", "age": ValueError("no age")},
        {"name": {"first": "Rex"}, "age": 3},
        {"name": "Rex", "age": 3, "friends": [None]},
        {"name": "Rex", "age": 3, "friends": 7},
        {"name": "Rex", "age": 3, "friends": [{"age": None}, {"age": "x"}]},
        {"name": "Rex", "age": 3, "size": "HUGE"},
        ValueError("no dog"),
    ],
    ids=str,
)
def test_what_is_not_as_the_schema_says_is_told_by_graphql_core(dog: Any) -> None:
    text = "{ dogs { ...D } dog { ...D } } fragment D on Dog { name age weight friends { age name } size }"
    assert both(text, {"dog": dog, "dogs": [REX, dog, REX]}).errors


def test_what_has_arguments_or_an_abstract_type_is_executed_and_what_lies_below_is_read() -> None:
    root = {"animal": {"__typename": "Dog", **REX}, "maybe": 5}
    both("{ animal { name ... on Dog { age friends { name } } } maybe(a: 1) }", root)
    assert executed == {"animal": 1, "maybe": 1}


def test_conditions_are_decided_by_each_request_anew() -> None:
    text = "query ($yes: Boolean!) { dog { name @include(if: $yes) age @skip(if: $yes) } }"
    assert both(text, {"dog": REX}, {"yes": True}).data == {"dog": {"name": "Rex"}}
    assert both(text, {"dog": REX}, {"yes": False}).data == {"dog": {"age": 3}}
    document = parse(text)
    for yes in (True, False, True, False, True):
        found = execute(SCHEMA, document, {"dog": REX}, variable_values={"yes": yes}, executor_class=Counting)
        assert found.data == {"dog": {"name": "Rex"} if yes else {"age": 3}}  # type: ignore[union-attr]


def test_the_same_operation_of_another_document_is_another_one() -> None:
    one, two = (parse(f"query Q {{ dog {{ ...F }} }} fragment F on Dog {{ {name} }}") for name in ("name", "age"))
    two = DocumentNode(definitions=(one.definitions[0], two.definitions[1]))  # with the first one's operation node
    for document, expected in ((one, {"name": "Rex"}), (two, {"age": 3})) * 3:
        found = execute(SCHEMA, document, {"dog": REX}, executor_class=Counting)
        assert found.data == {"dog": expected}  # type: ignore[union-attr]


def test_a_generator_is_left_to_graphql_core_since_it_can_be_read_once() -> None:
    document = parse("{ dogs { name } }")
    for _ in range(3):
        found = execute(SCHEMA, document, {"dogs": (dog for dog in [REX])}, executor_class=Counting)
        assert found.data == {"dogs": [{"name": "Rex"}]}  # type: ignore[union-attr]


def test_an_iterator_that_a_scalar_reads_is_read_once() -> None:
    every = GraphQLScalarType("Every", serialize=list)
    dog = GraphQLObjectType("Dog", {"scents": GraphQLField(every), "age": GraphQLField(GraphQLInt)})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"dogs": GraphQLField(GraphQLList(dog))}))
    document = parse("{ dogs { scents age } }")
    for _ in range(3):
        dogs = [{"scents": iter(("hare", "fox")), "age": "three"}]
        found = cast("ExecutionResult", execute(schema, document, {"dogs": dogs}, executor_class=Counting))
        assert found.data == {"dogs": [{"scents": ["hare", "fox"], "age": None}]}


def test_a_document_that_others_read_otherwise_is_read_as_each_asks() -> None:
    document = parse("{ dog { name } }")

    def upper(source: Any, info: Any, **arguments: Any) -> Any:
        value = source[info.field_name]
        return value.upper() if isinstance(value, str) else value

    for by, name in ((None, "Rex"), (None, "Rex"), (None, "Rex"), (upper, "REX"), (upper, "REX"), (None, "Rex")):
        found = execute(SCHEMA, document, {"dog": REX}, field_resolver=by, executor_class=Counting)
        assert cast("ExecutionResult", found).data == {"dog": {"name": name}}


def test_what_was_compiled_where_nothing_is_awaited_is_not_read_by_where_something_is() -> None:
    kind = GraphQLScalarType("Kind", serialize=lambda value: type(value).__name__)
    dog = GraphQLObjectType("Dog", {"of": GraphQLField(kind)})
    schema = GraphQLSchema(GraphQLObjectType("Query", {"dogs": GraphQLField(GraphQLList(dog))}))
    document = parse("{ dogs { of } }")
    for _ in range(3):
        execute_sync(schema, document, {"dogs": [{"of": 1}]}, executor_class=Counting)

    async def three() -> int:
        return 3

    async def ask() -> ExecutionResult:
        found: Any = execute(schema, document, {"dogs": [{"of": three()}]}, executor_class=Counting)
        return cast("ExecutionResult", await found)

    assert asyncio.run(ask()).data == {"dogs": [{"of": "int"}]}


def test_a_mutations_fields_are_executed_one_after_the_other() -> None:
    order: list[str] = []

    def doing(name: str) -> Any:
        async def do(info: Any) -> int:
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")
            return 1

        return do

    async def ask() -> None:
        document = parse("mutation { first second }")
        for _ in range(3):
            order.clear()
            root = {"first": doing("first"), "second": doing("second")}
            await execute(SCHEMA, document, root, executor_class=Counting)  # type: ignore[misc]
            assert order == ["first begins", "first ends", "second begins", "second ends"]

    asyncio.run(ask())


def test_no_more_operations_are_kept_than_may_be() -> None:
    for number in range(10):
        both(f"{{ a{number}: dog {{ name }} }}", {"dog": REX})
    assert len(Counting.operations) == 3


def test_fragments_that_would_stand_for_too_many_fields_are_left_to_graphql_core() -> None:
    fragments = " ".join(
        f"fragment F{n} on Dog {{ a: friends {{ ...F{n + 1} }} b: friends {{ ...F{n + 1} }} }}" for n in range(12)
    )
    text = f"{{ dog {{ ...F0 }} }} {fragments} fragment F12 on Dog {{ name }}"
    both(text, {"dog": {"friends": []}})
    assert executed["dog"] == 1


@pytest.mark.parametrize("type_", [str, int, dict, Counter, Enum, REX.__class__])
def test_types_that_never_have_to_be_awaited(type_: type) -> None:
    assert is_settled(type_)


class Elusive:
    """Answers to every name."""

    def __getattr__(self, name: str) -> str:
        return name


@pytest.mark.parametrize("type_", [type(both), GeneratorType, ValueError, asyncio.Future, Elusive, type])
def test_types_whose_values_are_looked_at_one_by_one(type_: type) -> None:
    assert not is_settled(type_)


@strawberry.enum
class Size(Enum):
    SMALL = "s"
    LARGE = "l"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Toy(Named):
    size: Size | None
    parts: list["Toy"]
    is_: bool | None = strawberry.field(name="class", default=None)

    @strawberry.field
    def shout(self) -> str:
        return self.name.upper()

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return self.name


@dataclass
class Alike:
    """Has what a toy has, but is none."""

    name: str
    size: Any
    parts: list[Any]


BALL = Toy(name="ball", size=Size.SMALL, parts=[Toy(name="skin", size=None, parts=[])])


@strawberry.type
class Query:
    @strawberry.field
    async def toys(self, info: strawberry.Info) -> list[Toy]:
        return cast("list[Toy]", info.context)

    @strawberry.field
    def named(self, info: strawberry.Info) -> list[Named] | None:
        return cast("list[Named] | None", info.context)


TEXTS = (
    "{ toys { name size class parts { name size } } }",
    "{ toys { name shout size later parts { later name } } }",
    "{ named { __typename name ... on Toy { size parts { name shout } } } }",
    "{ toys { name } __schema { types { name } } }",
)


@pytest.mark.filterwarnings("ignore:.*was never awaited:RuntimeWarning")  # by graphql-core, beside an error
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(
    "toys",
    [
        [BALL, BALL],
        [BALL, Alike("x", Size.LARGE, [])],
        [strawberry.cast(Toy, Alike("x", Size.LARGE, [BALL]))],
        [Toy(name="x", size="unknown", parts=[BALL])],  # type: ignore[arg-type]
        [Toy(name=None, size=Size.LARGE, parts=[BALL, None])],  # type: ignore[arg-type, list-item]
        None,
    ],
    ids=["good", "another class", "cast", "no member", "nothing", "no list"],
)
def test_strawberrys_types_are_answered_as_strawberry_answers_them(text: str, toys: Any) -> None:
    stock = strawberry.Schema(Query, types=[Toy])
    ours = strawberry.Schema(Query, types=[Toy], execution_context_class=CompiledStrawberry)

    async def ask() -> None:
        expected = await stock.execute(text, context_value=toys)
        told = [error.formatted for error in expected.errors or ()]
        for _ in range(3):
            found = await ours.execute(text, context_value=toys)
            assert str(found.data) == str(expected.data)
            assert [error.formatted for error in found.errors or ()] == told

    asyncio.run(ask())


def test_a_schema_that_reads_attributes_in_its_own_way_is_asked_in_that_way() -> None:
    config = StrawberryConfig(default_resolver=lambda source, name: f"{name} of {source}")

    @strawberry.type
    class Leaf:
        name: str

    @strawberry.type
    class Root:
        @strawberry.field
        def leaf(self) -> Leaf:
            return "tree"  # type: ignore[return-value]

    schema = strawberry.Schema(Root, config=config, execution_context_class=CompiledStrawberry)
    document = "{ leaf { name } }"
    for _ in range(3):
        assert schema.execute_sync(document).data == {"leaf": {"name": "name of tree"}}


told: list[Any] = []


async def later(source: Any, info: Any, **arguments: Any) -> Any:
    """Return what the source has, or raise it; note what is told."""
    told.append((info.field_name, info.path, info.variable_values, info.context, arguments, info.operation.name.value))
    if "helped" in source:
        info.async_helpers.track([asyncio.sleep(0)])
        await info.async_helpers.gather([asyncio.sleep(0)])
    if isinstance(source[info.field_name], Exception):
        raise source[info.field_name]
    return source[info.field_name]


SOLE = build_schema("type Dog { name: String!, age: Int } type Query { dogs(most: Int = 2): [Dog!], dog: Dog! }")
for _field in cast("GraphQLObjectType", SOLE.query_type).fields.values():
    _field.resolve = later


class Made(Compiled, IncrementalExecutor):
    """Counts the executors."""

    operations = Operations()
    count = 0

    def __init__(self, *given: Any, **named: Any) -> None:
        """Count."""
        super().__init__(*given, **named)
        Made.count += 1


@pytest.mark.parametrize(
    ("text", "root", "executors"),
    [
        ("query Q { dogs { name } }", {"dogs": [REX, REX]}, 0),
        ("query Q { dog { __typename age } }", {"dog": REX}, 0),
        ("query Q { dogs(most: 1) { name } }", {"dogs": []}, 0),
        ("query Q($most: Int) { dogs(most: $most) { name } }", {"dogs": [REX]}, 0),
        ("query Q { dogs { name } }", {"dogs": [REX], "helped": True}, 1),
        ("query Q { dogs { name } }", {"dogs": None}, 1),
        ("query Q { dog { age } }", {"dog": None}, 1),
        ("query Q { dogs { name } }", {"dogs": [REX, {"name": None}]}, 1),
        ("query Q { dogs { name } }", {"dogs": "no list"}, 1),
        ("query Q { dogs { name } }", {"dogs": ValueError("fails")}, 1),
        ("query Q { dog { age } }", {"dog": ValueError("fails")}, 1),
        ('query Q { dogs(most: "x") { name } }', {"dogs": [REX]}, 1),
        ("query Q { dog { age } dogs { name } }", {"dog": REX, "dogs": [REX]}, 1),
    ],
)
def test_one_field_is_asked_as_an_executor_asks_it_and_without_one(text: str, root: Any, executors: int) -> None:
    """The resolver is told the same, and the answer is graphql-core's; the second time it is known what is asked."""
    document = parse(text)

    async def answer(executor: Any) -> tuple[Any, Any]:
        told.clear()
        found: Any = execute(SOLE, document, root, "context", variable_values={"most": 3}, executor_class=executor)
        return (await found if isawaitable(found) else found).formatted, list(told)

    async def compare() -> None:
        expected = await answer(None)
        for _ in range(3):
            Made.count = 0
            assert await answer(Made) == expected

    asyncio.run(compare())
    assert Made.count == executors


@pytest.mark.parametrize("text", ["query Q { dogs { name } }", "query Q { dog { age } dogs { name } }"])
def test_nothing_that_a_request_took_waits_for_a_garbage_collection(text: str) -> None:
    document = parse(text)
    root = {"dog": REX, "dogs": [REX]}
    contexts: list[weakref.ref[Any]] = []

    async def ask() -> None:
        context = Alike("x", None, [])
        contexts.append(weakref.ref(context))
        await cast("Any", execute(SOLE, document, root, context, executor_class=Made))

    gc.disable()
    try:
        for _ in range(4):
            asyncio.run(ask())
            told.clear()
    finally:
        gc.enable()
    assert [context() is None for context in contexts[2:]] == [True, True]  # before, it was executed and compiled
