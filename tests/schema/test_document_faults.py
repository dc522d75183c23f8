"""Faults of documents: each has a code, the rule that it breaks, and words in both languages."""

import re

import pytest
from graphql import GraphQLError, parse

from ledger.errors import Refusal
from schema.checking import RULES, checked
from schema.document_faults import DocumentFault, refusal_of, rule_name, rules_in_chinese
from schema.introspection import CLOSED
from schema.public import schema
from schema.words import say

ABORTED = "aborted"

BROKEN = {
    "{ surely }": "FieldsOnCorrectType",
    "{ bureau { name(x: 1) } }": "KnownArgumentNames",
    "{ campaigns { nodes } }": "ScalarLeafs",
    "{ campaign { title } }": "ProvidedRequiredArguments",
    '{ campaigns(first: "x") { totalCount } }': "ValuesOfCorrectType",
    "query ($a: Int) { bureau { name } }": "NoUnusedVariables",
    "query ($a: Int) { campaign(code: $a) { title } }": "VariablesInAllowedPosition",
    "{ ...F }": "KnownFragmentNames",
    "{ ...F } fragment F on Campaign { code }": "PossibleFragmentSpreads",
    "{ a: bureau { name } a: ledger { size } }": "OverlappingFieldsCanBeMerged",
    "{ bureau { name @x } }": "KnownDirectives",
    "{ __schema { description } }": "NoSchemaIntrospectionCustom",
    "subscription { __typename }": "SingleFieldSubscriptions",
}


def faults(text: str) -> list[Refusal | None]:
    found = checked(schema._schema, CLOSED, text).faults
    return [refusal_of(error, suggestions=False) for error in found]


@pytest.mark.parametrize("text", BROKEN)
def test_a_fault_tells_the_rule_that_is_broken(text: str) -> None:
    (fault,) = faults(text)
    assert isinstance(fault, DocumentFault)
    assert (fault.code, fault.rule) == ("GRAPHQL_VALIDATION_FAILED", BROKEN[text])
    english = say(fault, "en")
    chinese = say(fault, "zh")
    assert chinese.message == f"{rules_in_chinese()[fault.rule]}：{english.message}"
    assert english.remedy
    assert re.search("[一-鿿]", chinese.remedy)


def test_every_rule_has_its_chinese_and_no_chinese_is_idle() -> None:
    rules = {rule_name(rule) for rule in (*CLOSED, *RULES)}
    assert set(rules_in_chinese()) == rules | {ABORTED}
    assert all(re.search("[一-鿿]", text) for text in rules_in_chinese().values())


def test_syntax_has_a_code_of_its_own() -> None:
    with pytest.raises(GraphQLError) as raised:
        parse("{ bureau { name }")
    fault = refusal_of(raised.value, suggestions=False)
    assert fault is not None
    assert fault.code == "GRAPHQL_PARSE_FAILED"
    assert say(fault, "zh").message.startswith("查询文档有语法错误：Syntax Error")


def test_so_many_faults_end_the_validation() -> None:
    last = faults("{ bureau { " + " ".join(f"x{number}" for number in range(101)) + " } }")[-1]
    assert last is not None
    assert last.code == "GRAPHQL_VALIDATION_FAILED"
    assert say(last, "zh").message.startswith(rules_in_chinese()[ABORTED])


def test_suggestions_are_told_where_they_may_be() -> None:
    (error,) = checked(schema._schema, CLOSED, "{ campaignz(first: 1) { totalCount } }").faults
    told = {each: refusal_of(error, suggestions=each) for each in (True, False)}
    words = {each: "" if fault is None else say(fault, "zh").message for each, fault in told.items()}
    assert "Did you mean 'campaign" in words[True]
    assert words[False] == words[True].split(" Did you mean")[0]


def test_what_a_resolver_should_not_have_given_is_no_fault_of_the_caller() -> None:
    assert refusal_of(GraphQLError("Expected Iterable", path=["bureau"]), suggestions=True) is None
    of_argument = GraphQLError("Argument 'first' has invalid value: x", path=["campaigns"])
    fault = refusal_of(of_argument, suggestions=True)
    assert fault is not None
    assert fault.code == "BAD_USER_INPUT"
