"""Static limits of documents and variables."""

from typing import Any

import pytest
from graphql import parse

from schema.limits import (
    ALIASES,
    DEPTH,
    DIRECTIVES,
    FIELDS,
    FRAGMENTS,
    OPERATIONS,
    REPEATS,
    ROOTS,
    SPREADS,
    VALUES,
    faults_of,
    values_within,
)


def faults(document: str) -> list[str]:
    return [error.message for error in faults_of(parse(document))]


def nested(depth: int) -> str:
    return "{ " + "a { " * (depth - 1) + "b" + " }" * depth


def aliased(count: int) -> str:
    return "{ a {" + " ".join(f"x{number}: b" for number in range(count)) + "} }"


def directed(count: int) -> str:
    return "{ b " + "@skip(if: false) " * count + "}"


def rooted(count: int) -> str:
    return "{" + " ".join(f"f{number}" for number in range(count)) + "}"


def repeated(count: int) -> str:
    """Fields that are there again, half of them by a fragment."""
    half = count // 2
    return "{ a { b " + "b " * half + "...F } } fragment F on A { " + "b " * (count - half) + "}"


def with_spreads(count: int) -> str:
    return "{ a {" + "...F " * count + "} } fragment F on A { ... on A { __typename } }"


def with_fragments(count: int) -> str:
    return "{ b }" + " ".join(f"fragment F{number} on A {{ b }}" for number in range(count))


def with_operations(count: int) -> str:
    return " ".join(f"query Q{number} {{ b }}" for number in range(count))


@pytest.mark.parametrize(
    ("code", "written", "most"),
    [
        ("too_deep", nested, DEPTH),
        ("too_many_aliases", aliased, ALIASES),
        ("too_many_directives", directed, DIRECTIVES),
        ("too_many_root_fields", rooted, ROOTS),
        ("too_many_repeated_fields", repeated, REPEATS),
        ("too_many_fragments", with_fragments, FRAGMENTS),
        ("too_many_operations", with_operations, OPERATIONS),
    ],
)
def test_the_most_and_one_more(code: str, written: Any, most: int) -> None:
    assert faults(written(most)) == []
    assert faults(written(most + 1)) == [code]


def test_fields_are_counted_with_their_fragments_spread_out() -> None:
    inside = " ".join(f"g{number}" for number in range(99))

    def written(spreads: int) -> str:
        return "{ " + " ".join(f"r{n} {{ ...F }}" for n in range(spreads)) + f" }} fragment F on A {{ {inside} }}"

    assert faults(written(FIELDS // 100)) == []
    assert faults(written(FIELDS // 100 + 1)) == ["too_many_fields"]


def test_spreads_are_counted_wherever_they_stand() -> None:
    assert "too_many_spreads" not in faults(with_spreads(SPREADS))
    assert "too_many_spreads" in faults(with_spreads(SPREADS + 1))


def test_depth_counts_through_fragments() -> None:
    half = "a { " * (DEPTH // 2)
    end = "}" * (DEPTH // 2)
    assert faults(f"{{ {half} ...F {end} }} fragment F on Query {{ {half} b {end} }}") == ["too_deep"]


def test_aliases_count_each_time_a_fragment_is_spread() -> None:
    spread = " ".join(f"a{number} {{ ...F }}" for number in range(ALIASES))
    assert faults(f"{{ {spread} }} fragment F on Query {{ x: b y: b }}") == ["too_many_aliases"]


def test_fragments_that_double_at_every_step_are_counted_at_once() -> None:
    """2^60 fields, written in 60 lines."""
    steps = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    found = faults(f"{{ ...F0 }} {steps} fragment F60 on Query {{ x: b }}")
    assert {"too_many_aliases", "too_many_fields", "too_many_repeated_fields", "too_many_root_fields"} <= set(found)


@pytest.mark.parametrize("document", ["{ ...Nowhere }", "{ ...F } fragment F on Query { a { ...F } }"])
def test_fragments_that_lead_nowhere_or_in_circles_are_left_to_the_standard_rules(document: str) -> None:
    assert faults(document) == []


def test_a_field_with_the_same_name_elsewhere_is_no_repetition() -> None:
    assert faults("{" + " ".join(f"f{number} {{ id }}" for number in range(ROOTS)) + "}") == []


@pytest.mark.parametrize("wrapped", [lambda values: {"list": values}, lambda values: {"a": {"b": [values]}}])
def test_the_values_of_all_variables_are_counted(wrapped: Any) -> None:
    assert values_within(wrapped([1] * (VALUES - 3)))
    assert not values_within(wrapped([1] * (VALUES + 1)))


def test_values_are_counted_however_deep_they_stand() -> None:
    value: Any = 1
    for _ in range(VALUES + 1):
        value = [value]
    assert not values_within({"deep": value})
    assert values_within(None)
    assert values_within({})
