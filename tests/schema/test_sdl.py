"""The schemas as they are written down."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    parse,
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
STARTING_TEXTS = Path(__file__).parents[2] / "api/web/graphiql/starting_texts.ts"

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
        if isinstance(found, GraphQLObjectType):
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


def test_what_is_confidential_has_no_name_in_the_public_schema() -> None:
    names = [part for place, _ in elements(public._schema) for part in place.split(".")]
    words = {word.lower() for name in names for word in re.findall("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
    assert words & CONFIDENTIAL == set()


def test_the_public_schema_changes_nothing() -> None:
    assert public._schema.mutation_type is None
    assert public._schema.subscription_type is None


@pytest.mark.parametrize("audience", SCHEMAS)
def test_the_usual_tools_may_ask_for_the_schema(audience: str) -> None:
    assert validate(SCHEMAS[audience], parse(get_introspection_query(input_value_deprecation=True))) == []


@pytest.mark.parametrize("audience", SCHEMAS)
def test_graphiql_begins_with_queries_that_hold(audience: str) -> None:
    text = re.search(rf"{audience}Query = `(.*?)`", STARTING_TEXTS.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    document = parse(text[1])
    assert len(document.definitions) >= 3
    assert validate(SCHEMAS[audience], document) == []


def test_every_kind_of_file_can_be_uploaded() -> None:
    assert {str(kind.value) for kind in FileKind} == set(FORMATS)


def test_every_kind_of_job_can_be_told() -> None:
    assert {str(kind.value) for kind in JobKind} == set(HANDLERS)
