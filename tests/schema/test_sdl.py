"""The schemas as they are written down."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    parse,
    specified_scalar_types,
    validate,
)

from api.job_handlers import HANDLERS
from sampling.registers import FORMATS
from schema import sdl
from schema.public import schema as public
from schema.staff import schema as staff
from schema.staff_types.files import FileKind
from schema.staff_types.jobs import JobKind

SCHEMAS = {"public": public._schema, "staff": staff._schema}

GRAPHQL_TYPES = set(specified_scalar_types)
DESCRIPTION = re.compile(r"(?=[\x21-\x7e]).*[A-Za-z].*[\u4e00-\u9fff].*\.", re.DOTALL)

CONFIDENTIAL = {
    *("grade", "grades", "grading", "score", "scores", "stratum", "strata", "rate", "rates", "weight", "weights"),
    *("reserve", "reserves", "plan", "plans", "planned", "inspector", "inspectors", "quota", "design", "ticket"),
}


def elements(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Give the place and the description of each type, field, argument and value of a schema."""
    for name, found in schema.type_map.items():
        if name.startswith("__"):
            continue
        yield name, found.description
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType):
            for field, definition in found.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, given in definition.args.items():
                    yield f"{name}.{field}.{argument}", given.description
        elif isinstance(found, GraphQLInputObjectType):
            for field, taken in found.fields.items():
                yield f"{name}.{field}", taken.description
        elif isinstance(found, GraphQLEnumType):
            for value, meant in found.values.items():
                yield f"{name}.{value}", meant.description


@pytest.mark.parametrize("path", sdl.files(), ids=lambda path: path.name)
def test_the_file_says_what_the_schema_is(path: Path) -> None:
    """`python -m schema.sdl` writes it anew."""
    assert path.read_text(encoding="utf-8") == sdl.files()[path]


@pytest.mark.parametrize("audience", SCHEMAS)
def test_everything_is_described(audience: str) -> None:
    assert [place for place, description in elements(SCHEMAS[audience]) if not description] == []


@pytest.mark.parametrize("audience", SCHEMAS)
def test_each_description_is_english_with_the_chinese_term_in_it(audience: str) -> None:
    schema = SCHEMAS[audience]
    told = {place: text or "" for place, text in elements(schema) if not is_standard(place)}
    assert {place: text for place, text in told.items() if not DESCRIPTION.fullmatch(text)} == {}


def is_standard(place: str) -> bool:
    """Whether a type is GraphQL's own."""
    return place in GRAPHQL_TYPES


def test_what_is_confidential_has_no_name_in_the_public_schema() -> None:
    names = [part for place, _ in elements(public._schema) for part in place.split(".")]
    words = {word.lower() for name in names for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
    assert words & CONFIDENTIAL == set()


def test_the_public_hands_in_questions_and_objections_and_changes_nothing_else() -> None:
    assert public._schema.mutation_type is not None
    assert set(public._schema.mutation_type.fields) == {"askQuestion", "objectToFinding"}
    assert public._schema.subscription_type is not None
    assert set(public._schema.subscription_type.fields) == {"ledgerEntries", "findings", "draw"}


@pytest.mark.parametrize("audience", SCHEMAS)
def test_the_usual_tools_may_ask_for_the_schema(audience: str) -> None:
    assert validate(SCHEMAS[audience], parse(get_introspection_query(input_value_deprecation=True))) == []


def test_every_kind_of_file_can_be_uploaded() -> None:
    assert {str(kind.value) for kind in FileKind} == set(FORMATS)


def test_every_kind_of_job_can_be_told() -> None:
    assert {str(kind.value) for kind in JobKind} == set(HANDLERS)
