"""docs/limits.md says what the code does."""

import re

import pytest
from graphql import get_operation_ast, parse

from schema import limits
from schema.connections import MOST
from schema.cost import prices
from schema.cost.buckets import CALLERS
from schema.cost.metering import FAULT
from schema.cost.pricing import sum_of
from schema.public import schema
from tests.documents import ROOT

TEXT = (ROOT / "docs/limits.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("tokens of a document", limits.TOKENS),
        ("levels of fields", limits.DEPTH),
        ("aliases", limits.ALIASES),
        ("directives", limits.DIRECTIVES),
        ("fields of the root", limits.ROOTS),
        ("fields", limits.FIELDS),
        ("fields that their selection has already", limits.REPEATS),
        ("fragments", limits.FRAGMENTS),
        ("places where fragments are spread", limits.SPREADS),
        ("operations of a document", limits.OPERATIONS),
        ("values in all variables together", limits.VALUES),
        ("places of a page, ids of `nodes`", MOST),
    ],
)
def test_sizes_are_documented(what: str, most: int) -> None:
    assert f"| {what} | {most} |" in TEXT


def test_prices_are_documented() -> None:
    assert f"| an object | {prices.OBJECT} |" in TEXT
    assert f"read by themselves | {prices.READ} |" in TEXT
    assert f"one that asks for a job | {prices.WRITE}, {prices.JOB} |" in TEXT
    assert f"a subscription, with its first event | {prices.SUBSCRIPTION} |" in TEXT
    assert f"such as a plan's preview | {prices.FIELDS['StaffCampaign.preview'].cost} |" in TEXT
    assert f"introspection of the schema | {prices.FIELDS['Query.__schema'].cost} |" in TEXT
    assert f"a document at fault takes {FAULT}." in TEXT
    assert f"at most {CALLERS:,} callers" in TEXT


def test_the_example_costs_what_it_says() -> None:
    document = parse("{ campaigns(first: 10) { nodes { findings(first: 50) { nodes { number } } } } }")
    operation = get_operation_ast(document)
    assert operation is not None
    cost = sum_of(schema._schema, document, operation).of({})
    found = re.search(r"= (\d+)\. Without", TEXT)
    assert found is not None
    assert cost.cost == int(found[1])
    assert f'"requestedQueryCost": {cost.cost}, "requestedNodes": {cost.nodes}' in TEXT
