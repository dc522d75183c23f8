"""What a caller at fault is told over HTTP: a code, words in his language, and where in his input the fault is."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.settings import Settings
from ledger.actors import Actor
from tests import bureau_files as files
from tests.api.house import ANALYST, AUDITOR, PLANNER, House, served


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served(Settings(home=tmp_path_factory.mktemp("told") / "home"), worker=False) as house:
        yield house


@pytest.mark.parametrize(
    ("query", "variables", "code", "chinese"),
    [
        ("{ bureau { name }", None, "GRAPHQL_PARSE_FAILED", "查询文档有语法错误："),
        ("{ surely }", None, "GRAPHQL_VALIDATION_FAILED", "该类型没有此字段："),
        (
            "query ($n: Int) { campaigns(first: $n) { totalCount } }",
            {"n": "many"},
            "BAD_USER_INPUT",
            "变量或参数的值有误：",
        ),
        ("query ($n: Int!) { campaigns(first: $n) { totalCount } }", {}, "BAD_USER_INPUT", "变量或参数的值有误："),
    ],
)
@pytest.mark.parametrize("actor", [None, ANALYST])
def test_a_fault_of_the_document_is_told_in_the_caller_s_language(
    house: House, actor: Actor | None, query: str, variables: Any, code: str, chinese: str
) -> None:
    told = {}
    for language in ("en", "zh-CN"):
        answer = house.post(query, variables, actor, language).json()
        assert "data" not in answer
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == code
        assert error["extensions"]["remedy"]
        told[language] = error["message"]
    assert told["zh-CN"] == chinese + told["en"]


def test_a_fault_of_a_rule_names_the_rule_and_one_of_a_variable_its_place(house: House) -> None:
    (error,) = house.errors("{ surely }")
    assert error["extensions"]["rule"] == "FieldsOnCorrectType"
    query = "query ($filter: CampaignFilter) { campaigns(first: 1, filter: $filter) { totalCount } }"
    (error,) = house.errors(query, filter={"states": 7})
    assert error["extensions"]["path"] == ["filter", "states"]
    assert "rule" not in error["extensions"]


CODE = files.code(1)
MANY = str([CODE] * 101).replace("'", '"')


@pytest.mark.parametrize(
    ("query", "path", "actor"),
    [
        ("{ campaigns(first: 0) { totalCount } }", ["first"], None),
        ("{ campaigns(last: 101) { totalCount } }", ["last"], None),
        ('{ campaigns(first: 1, after: "x") { totalCount } }', ["after"], None),
        ('{ campaigns(last: 1, before: "x") { totalCount } }', ["before"], None),
        (f'{{ findings(first: 1, filter: {{ text: "{"字 " * 200}" }}) {{ totalCount }} }}', ["filter", "text"], None),
        ('{ node(id: "x") { id } }', ["id"], None),
        ('{ nodes(ids: ["x"]) { id } }', ["ids", "0"], None),
        ('{ submission(receipt: "x") { state } }', ["receipt"], None),
        ('{ ledger { consistencyProof(oldSize: "99999") { oldSize } } }', ["oldSize"], None),
        ('{ ledger { inclusionProof(seq: "0", size: "99999") { seq } } }', ["size"], None),
        ('{ ledger { same: entries(first: 1, after: "x") { totalCount } } }', ["after"], None),
        ('query Q { ...F } fragment F on Query { x: node(id: "y") { id } }', ["id"], None),
        ('{ reconciliation(firstMonth: "x") { month } }', ["firstMonth"], ANALYST),
        ('{ reconciliation(lastMonth: "x") { month } }', ["lastMonth"], ANALYST),
        ("{ coverage(by: SECTOR, years: 0) { since } }", ["years"], ANALYST),
        ('{ judgements(purpose: "", first: 1) { totalCount } }', ["purpose"], ANALYST),
        ('{ judgements(purpose: "核对", first: 0) { totalCount } }', ["first"], ANALYST),
        ('{ resolvedPseudonyms(pseudonyms: ["x"], purpose: "核对") { pseudonym } }', ["pseudonyms"], ANALYST),
        ('{ exchangeCompleteness(platform: "x") { month } }', ["platform"], ANALYST),
        (
            '{ periodEvaluation(first: "2026-02-01", last: "2026-01-01", purpose: "评估") { visited } }',
            ["last"],
            ANALYST,
        ),
        (
            f"{{ recognisableFindings(first: 1, filter: {{ enterpriseCodes: {MANY} }}) {{ totalCount }} }}",
            ["filter", "enterpriseCodes"],
            AUDITOR,
        ),
        ('{ user(subject: "nobody") { role } }', ["subject"], AUDITOR),
        (
            '{ planPreview(plan: { title: "x", departments: ["ZJ"], items: [], startsOn: "2026-02-01", '
            'endsOn: "2026-01-01", conditions: {}, rates: [] }) { toDraw } }',
            ["plan", "design"],
            PLANNER,
        ),
    ],
)
def test_a_refusal_leads_to_the_argument_at_fault(
    house: House, query: str, path: list[str], actor: Actor | None
) -> None:
    (error,) = house.errors(query, actor)
    assert error["extensions"]["path"] == path


def test_a_refusal_by_way_of_the_straight_path_leads_there_as_well(house: House) -> None:
    query = 'query Again { again: campaigns(first: 1, after: "x") { totalCount } }'
    told = [house.errors(query) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0][0]["extensions"]["path"] == ["after"]
