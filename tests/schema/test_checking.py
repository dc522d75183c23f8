"""From an operation's text to its execution: what was found of a text is found again."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import specified_rules

from schema import checking
from schema.checking import CHECKED, PARSED, checked
from schema.public import schema


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    PARSED.clear()
    CHECKED.clear()
    yield
    PARSED.clear()
    CHECKED.clear()


def find(text: str) -> Any:
    return checked(schema._schema, tuple(specified_rules), text)


def test_a_text_is_parsed_and_validated_once() -> None:
    """Also where its rules come as a new tuple, as they do for each request, and the text as a new object."""
    text = "{ bureau { name } }"
    first = find(text)
    assert find(text.encode().decode()) is first
    assert (PARSED.misses, CHECKED.misses, CHECKED.hits) == (1, 1, 1)


def test_other_rules_are_other_findings() -> None:
    text = "{ bureau { name } }"
    assert checked(schema._schema, (), text) is not find(text)


def test_the_standard_rules_do_not_see_what_is_over_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def validate(*given: object) -> list[object]:
        seen.append(given)
        return []

    monkeypatch.setattr(checking, "validate", validate)
    assert [error.message for error in find("{" + "b " * 200 + "}").faults] == [
        "too_many_root_fields",
        "too_many_repeated_fields",
    ]
    assert seen == []
    assert find("{ bureau { name } }").faults == []
    assert len(seen) == 1


def test_a_cost_is_worked_out_for_each_request_of_one_text() -> None:
    found = find("query ($n: Int!) { campaigns(first: $n) { nodes { code } } }")
    assert found.cost(None, {"n": 50}).cost - found.cost(None, {"n": 20}).cost == 30
