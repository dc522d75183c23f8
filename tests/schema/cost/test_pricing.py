"""What operations cost before they are executed."""

from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, get_operation_ast, parse

from schema.connections import MOST
from schema.cost.prices import FIELDS, JOB, LENGTHS, PAGED, READ, SUBSCRIPTION, WRITE
from schema.cost.pricing import Cost, sum_of, unpriced
from schema.public import schema as public
from schema.staff import schema as staff

SHAPE = build_schema("""
    type Query { things(first: Int, last: Int): ThingConnection thing: Thing name: String nodes(ids: [ID!]!): [Node]! }
    type Mutation { change: Thing ask: JobPayload }
    type Subscription { thing: Thing }
    type ThingConnection { edges: [ThingEdge!]! nodes: [Thing!]! pageInfo: PageInfo! totalCount: Int! }
    type ThingEdge { cursor: String! node: Thing! }
    type PageInfo { endCursor: String }
    interface Node { id: ID! }
    type Thing implements Node {
      id: ID! name: String! part: Thing notes: [Note!]! things(first: Int, last: Int): ThingConnection
    }
    type Note { text: String! }
    type JobPayload { job: Thing }
""")


def cost(query: str, schema: GraphQLSchema = SHAPE, operation: str | None = None, **variables: Any) -> Cost:
    document = parse(query)
    found = get_operation_ast(document, operation)
    assert found is not None
    return sum_of(schema, document, found).of(variables)


@pytest.mark.parametrize("schema", [public, staff], ids=["public", "staff"])
def test_every_list_has_a_price(schema: Any) -> None:
    assert unpriced(schema._schema) == []


def test_a_list_without_a_price_is_found() -> None:
    assert unpriced(build_schema("type Query { rocks: [Rock!]! } type Rock { name: String }")) == ["Query.rocks"]


def test_the_map_names_nothing_that_is_not_there() -> None:
    """But for relay's nodes and introspection, which a schema may have."""
    types = {**public._schema.type_map, **staff._schema.type_map}
    assert [name for name in LENGTHS if name not in types] == []
    for path in FIELDS:
        owner, _, field = path.partition(".")
        held = [schema._schema.type_map.get(owner) for schema in (public, staff)]
        if not field.startswith("__") and field not in ("node", "nodes"):
            assert any(field in each.fields for each in held if each is not None), path  # type: ignore[attr-defined]


def test_values_cost_nothing_beside_the_read() -> None:
    assert cost("{ name }") == (READ, 0)
    assert cost("{ thing { id name } }") == (READ + 1, 1)


@pytest.mark.parametrize("argument", ["first: 7", "last: 7"])
def test_a_page_costs_by_its_places(argument: str) -> None:
    asked = f"things({argument})"
    assert cost(f"{{ {asked} {{ nodes {{ name }} }} }}") == (READ + 1 + 7, 1 + 7)
    assert cost(f"{{ {asked} {{ edges {{ node {{ name }} }} pageInfo {{ endCursor }} }} }}") == (
        READ + 1 + 7 * 2 + 1,
        1 + 7 * 2 + 1,
    )


def test_pages_within_pages_multiply() -> None:
    asked = cost("{ things(first: 10) { nodes { things(first: 20) { nodes { notes { text } } } } } }")
    inner = READ + 1 + 20 * (1 + LENGTHS["Note"])
    assert asked.cost == READ + 1 + 10 * (1 + inner)
    assert asked.nodes == 1 + 10 * (1 + 1 + 20 * (1 + LENGTHS["Note"]))


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 5}, 5),
        ({"n": 0}, 0),
        ({"n": -5}, 0),
        ({"n": 10**12}, MOST),
        ({"n": "many"}, 1),
        ({"n": True}, 0),
        ({"n": None}, 0),
        ({}, 3),
    ],
)
def test_a_variable_says_how_many(variables: dict[str, Any], size: int) -> None:
    query = "query ($n: Int = 3) { things(first: $n) { nodes { name } } }"
    assert cost(query, **variables) == (READ + 1 + size, 1 + size)


def test_without_a_number_a_page_is_priced_as_the_largest() -> None:
    largest = cost(f"{{ things(first: {MOST}) {{ nodes {{ name }} }} }}")
    assert cost("{ things { nodes { name } } }") == largest
    assert cost("{ things(first: null) { nodes { name } } }") == largest
    assert cost("{ things(first: 99999999999999) { nodes { name } } }") == largest
    assert cost("{ things(first: 1, last: 1000) { nodes { name } } }") == largest


def test_nodes_cost_by_the_ids_that_are_given() -> None:
    literal = '{ nodes(ids: ["a", "b", "c"]) { id } }'
    assert cost(literal) == (READ + 3, 3)
    assert cost("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["a"] * 5000) == (READ + 5000, 5000)


def test_fragments_cost_what_they_spread() -> None:
    plain = cost("{ things(first: 9) { nodes { name part { name } } } }")
    spread = """{ things(first: 9) { ...Page } }
        fragment Page on ThingConnection { nodes { ... on Thing { name ...Part } } }
        fragment Part on Thing { part { name } }"""
    assert cost(spread) == plain


def test_one_fragment_serves_pages_of_any_size() -> None:
    query = """query ($n: Int) {
          a: things(first: 2) { ...Page } b: things(first: 3) { ...Page } c: things(first: $n) { ...Page }
        }
        fragment Page on ThingConnection { nodes { name } }"""
    assert cost(query, n=4) == (3 * (READ + 1) + 2 + 3 + 4, 3 + 2 + 3 + 4)


def test_what_doubles_at_every_step_is_priced_at_once() -> None:
    steps = " ".join(
        f"fragment F{n} on Thing {{ a: part {{ ...F{n + 1} }} b: part {{ ...F{n + 1} }} }}" for n in range(60)
    )
    end = "fragment F60 on Thing { things(first: $n) { nodes { name } } }"
    assert cost(f"query ($n: Int) {{ thing {{ ...F0 }} }} {steps} {end}", n=1).cost > 2**60


def test_writing_and_following_cost_more() -> None:
    assert cost("mutation { change { name } }").cost == WRITE + 1
    assert cost("mutation { ask { job { name } } }").cost == JOB + 2
    assert cost("subscription { thing { name } }").cost == SUBSCRIPTION + 1


def test_the_operation_that_is_named_is_priced() -> None:
    document = "query Small { name } query Large { things(first: 100) { nodes { name } } }"
    assert cost(document, operation="Small").cost < cost(document, operation="Large").cost


def test_introspection_has_a_price_and_type_names_none() -> None:
    assert cost("{ __schema { types { name } } }").cost == FIELDS["Query.__schema"].cost
    assert cost("{ __typename }").cost == READ


@pytest.mark.parametrize("schema", [public, staff], ids=["public", "staff"])
def test_pages_of_both_schemas_are_sized_by_their_arguments(schema: Any) -> None:
    """Each connection takes `first`, and has the fields that are as long as its page."""
    for owner in schema._schema.type_map.values():
        for name, field in getattr(owner, "fields", {}).items():
            named = str(getattr(field, "type", "")).rstrip("!")
            if named.endswith("Connection"):
                assert "first" in field.args, (owner.name, name)
                assert set(PAGED) <= set(schema._schema.type_map[named].fields)
