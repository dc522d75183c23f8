"""Refusals tell where in the caller's input the fault is."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_object_type, parse, validate

from schema.building import Schema
from schema.paths import path_in, path_of, path_of_literal, path_of_variable
from schema.public import schema as public
from schema.staff import schema as staff

ARGUMENTS: Any = staff._schema.mutation_type and staff._schema.mutation_type.fields["changePlan"].args


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("campaign", ["campaign"]),
        ("rates", ["plan", "rates"]),
        ("rates[2]", ["plan", "rates", "2"]),
        ("plan.rates[2].per_mille", ["plan", "rates", "2", "perMille"]),
        ("regions", ["plan", "conditions", "regions"]),
        ("ends", ["plan", "endsOn"]),
        ("nowhere", ["nowhere"]),
    ],
)
def test_a_field_is_found_where_the_mutation_takes_it(field: str, path: list[str]) -> None:
    assert path_in(field, ARGUMENTS) == path


def test_names_are_the_schema_s() -> None:
    assert path_of("correct_by") == ["correctBy"]
    assert path_of("beacon.sources[0].not_before") == ["beacon", "sources", "0", "notBefore"]


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("Variable '$plan' has invalid value at .items[0].code: Expected", ["plan", "items", "0", "code"]),
        ("Variable '$on' has invalid value: This is no Date.", ["on"]),
        ("Variable '$on' has invalid default value: x", None),
        ("Expected value of type 'Date': Variable '$on' has invalid value: x", None),
    ],
)
def test_a_variable_s_fault_is_found_in_what_the_library_says(message: str, path: list[str] | None) -> None:
    assert path_of_variable(message) == path


@pytest.mark.parametrize("schema", [public, staff])
def test_every_mutation_can_be_refused(schema: Schema) -> None:
    mutation = schema._schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        payload = get_named_type(field.type)
        assert is_object_type(payload), name
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["refusal"].type) == "Refusal", name
        others = [str(each.type) for other, each in payload.fields.items() if other != "refusal"]
        assert others, name
        assert not [each for each in others if each.endswith("!") and each != "Boolean!"], name


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ('{ findings(first: 1, filter: { enterpriseCode: "x" }) { totalCount } }', ["filter", "enterpriseCode"]),
        ("{ findings(first: 1, filter: { results: [NO_PROBLEM, 7] }) { totalCount } }", ["filter", "results", "1"]),
        ('{ ledger { inclusionProof(seq: "x") { seq } } }', ["seq"]),
        ("{ a: findings(first: 1) { nodes { number @include(if: 3) } } }", ["if"]),
        ("{ nothing }", None),
    ],
)
def test_a_value_in_a_document_is_told_by_where_it_stands(document: str, path: list[str] | None) -> None:
    parsed = parse(document)
    (error,) = validate(public._schema, parsed)
    assert path_of_literal(error, parsed) == path
