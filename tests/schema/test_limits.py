"""Static limits of an operation."""

import pytest
from graphql import build_schema, parse, validate

from schema.limits import ALIASES, DEPTH, DIRECTIVES, RULES

TREE = build_schema("type Query { a: Query b: Int }")


def faults(query: str) -> list[str]:
    return [error.message for error in validate(TREE, parse(query), RULES)]


def nested(depth: int) -> str:
    return "{ " + "a { " * (depth - 1) + "b" + " }" * depth


def test_the_deepest_and_one_deeper() -> None:
    assert faults(nested(DEPTH)) == []
    assert faults(nested(DEPTH + 1)) == [f"The operation has more than {DEPTH} levels."]


def test_depth_counts_through_fragments() -> None:
    half = "a { " * (DEPTH // 2)
    end = "}" * (DEPTH // 2)
    query = f"{{ {half} ...F {end} }} fragment F on Query {{ {half} b {end} }}"
    assert faults(query) == [f"The operation has more than {DEPTH} levels."]


def test_the_most_aliases_and_one_more() -> None:
    assert faults("{" + " ".join(f"x{number}: b" for number in range(ALIASES)) + "}") == []
    assert faults("{" + " ".join(f"x{number}: b" for number in range(ALIASES + 1)) + "}") == [
        f"The operation has more than {ALIASES} aliases."
    ]


def test_aliases_count_each_time_a_fragment_is_spread() -> None:
    spread = " ".join(["...F"] * ALIASES)
    assert faults(f"{{ {spread} }} fragment F on Query {{ x: b y: b }}") == [
        f"The operation has more than {ALIASES} aliases."
    ]


def test_the_most_directives_and_one_more() -> None:
    skip = "@skip(if: false) "
    assert faults(f"{{ b {skip * DIRECTIVES} }}") == []
    assert faults(f"{{ b {skip * (DIRECTIVES + 1)} }}") == [f"The operation has more than {DIRECTIVES} directives."]


def test_fragments_that_double_at_every_step_are_counted_at_once() -> None:
    """2^100 fields, written in 100 lines."""
    steps = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(100))
    assert faults(f"{{ ...F0 }} {steps} fragment F100 on Query {{ x: b }}") == [
        f"The operation has more than {ALIASES} aliases."
    ]


@pytest.mark.parametrize("query", ["{ ...Nowhere }", "{ ...F } fragment F on Query { a { ...F } }"])
def test_fragments_that_lead_nowhere_or_in_circles_are_left_to_the_standard_rules(query: str) -> None:
    assert faults(query) == []
    assert validate(TREE, parse(query)) != []
