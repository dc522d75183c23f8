"""Queries made to hurt: what each is answered, and the most processor time that it may take of this process.

What is answered to several such queries at once, and to whoever goes on, is in tests/api/test_limits.py.
"""

import gc
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from api.settings import Settings
from ledger.actors import Actor
from tests.api.house import ANALYST, House, served

SECONDS: Final = 2.0
"""Enough for each on a slow machine; unbounded, they take from seconds to years."""

SYNTAX: Final = "GRAPHQL_PARSE_FAILED"
RULES: Final = "GRAPHQL_VALIDATION_FAILED"
VALUES: Final = "BAD_USER_INPUT"

ANSWERED: Final = ""


@dataclass(frozen=True)
class Hostile:
    """A hostile query, the codes of its errors, the status of the answer, and its seconds at most."""

    query: Any
    codes: frozenset[str]
    variables: Any = None
    actor: Actor | None = None
    status: int = 400
    seconds: float = SECONDS
    more: dict[str, Any] = field(default_factory=dict)


def refused(query: Any, *codes: str, **others: Any) -> Hostile:
    return Hostile(query, frozenset(codes), **others)


def many(count: int, part: str) -> str:
    return " ".join(part.replace("#", str(number)) for number in range(count))


def doubling(fields: int) -> str:
    """A selection of two equal selections of two equal selections, and so on: 4^n pairs of fields to compare."""
    return "__typename" if fields == 0 else f"c {{ {doubling(fields - 1)} }} c {{ {doubling(fields - 1)} }}"


def spreading(count: int, inside: str) -> str:
    steps = many(count, "fragment F# on Query { ...G# ...G# }")
    for number in range(count):
        steps = steps.replace(f"...G{number} ...G{number} ", f"...F{number + 1} ...F{number + 1} ")
    return f"{{ ...F0 }} {steps} fragment F{count} on Query {{ {inside} }}"


PAGES = "campaigns(first: 100) { nodes { findings(first: 100) { nodes { results { code } } } } }"
TYPES = "types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } }"

TABLE: Final[dict[str, Hostile]] = {
    # Names and repetitions
    "aliases": refused(f"{{ {many(400, 'a#: __typename')} }}", "too_many_aliases", "too_many_root_fields"),
    "aliases of one page": refused(
        f"{{ {many(30, 'a#: campaigns(first: 100) { nodes { proof { entries { hashes } } } }')} }}",
        "operation_too_costly",
    ),
    "aliases through fragments": refused(
        "{" + many(90, "r#: bureau { ...F }") + "} fragment F on Bureau { " + many(9, "x#: name") + " }",
        "too_many_aliases",
    ),
    "a field 10,000 times": refused("{ " + "__typename " * 10_000 + "}", SYNTAX),
    "a field 1,500 times": refused(
        "{ " + "__typename " * 1500 + "}", "too_many_root_fields", "too_many_repeated_fields"
    ),
    "2,000 conflicting fields": refused(
        f"{{ bureau {{ {many(2000, 'x: f#')} }} }}",
        SYNTAX,
    ),
    "conflicting fields within the tokens": refused(
        f"{{ bureau {{ {many(480, 'x: f#')} }} }}", "too_many_aliases", "too_many_repeated_fields"
    ),
    "conflicting arguments": refused("{" + many(99, 'campaign(code: "#") { code }') + "}", RULES),
    "overlapping fields": refused(f"{{ {doubling(8)} }}", "too_many_repeated_fields"),
    "overlapping fields within the limits": refused(f"{{ {doubling(5)} }}", RULES),
    # Directives
    "5,000 directives on a field": refused("{ __typename " + "@a " * 5000 + "}", SYNTAX),
    "900 directives on a field": refused("{ __typename " + "@a " * 900 + "}", "too_many_directives"),
    "directives on an operation": refused("query " + "@a " * 900 + "{ __typename }", "too_many_directives"),
    "defer everywhere": refused("{" + many(60, '... @defer(label: "#") { __typename }') + "}", "too_many_directives"),
    "stream": refused("{ campaigns(first: 100) { nodes @stream(initialCount: 0) { code } } }", RULES),
    # Depth
    "deep fields": refused("{" + "a {" * 198 + "b" + "}" * 199, "too_deep"),
    "fields deeper than a parser goes": refused("{" + "a {" * 900 + "b" + "}" * 901, SYNTAX),
    "inline fragments deeper than a parser goes": refused("{" + "... {" * 480 + "__typename" + "}" * 481, SYNTAX),
    "lists deeper than a parser goes": refused("{ campaign(code: " + "[" * 900 + "]" * 900 + ") { code } }", SYNTAX),
    "objects as a default": refused("query ($a: Int = " + "{a: " * 300 + "1" + "}" * 300 + ") { __typename }", SYNTAX),
    "deep variables": refused(
        "query ($a: Int) { campaigns(first: $a) { nodes { code } } }",
        "values_too_deep",
        variables={"a": json.loads("[" * 500 + "]" * 500)},
    ),
    # Fragments
    "a circle of fragments": refused(
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }", RULES
    ),
    "a fragment of itself": refused("{ bureau { ...A } } fragment A on Bureau { name ...A }", RULES),
    "fragments that double 60 times": refused(
        spreading(60, "x: __typename"),
        *("too_many_aliases", "too_many_fields", "too_many_root_fields", "too_many_repeated_fields"),
    ),
    "fragments that double without a field": refused(spreading(90, "...F90"), RULES),
    "200 fragments": refused("{ __typename }" + many(200, "fragment F# on Query { a }"), "too_many_fragments"),
    "spreads": refused(
        "{" + "...A " * 600 + "} fragment A on Query { a }",
        *("too_many_spreads", "too_many_root_fields", "too_many_repeated_fields"),
    ),
    # Size
    "200,000 tokens": refused("{" + " a" * 200_000 + "}", SYNTAX),
    "a million brackets": refused("{" * 900_000, SYNTAX),
    "a long comment": refused("#" + "x" * 900_000 + "\n{ __typename }", ANSWERED, status=200),
    "commas and marks": refused("\ufeff" + "," * 900_000 + "{ __typename }", ANSWERED, status=200),
    "operations": refused(many(300, "query Q# { __typename }"), "too_many_operations", more={"operationName": "Q1"}),
    "variables without use": refused("query (" + many(390, "$v#: Int") + ") { __typename }", RULES),
    "a long list of variables": refused(
        "query ($codes: [ID!]!) { nodes(ids: $codes) { id } }", "too_many_values", variables={"codes": ["x"] * 150_000}
    ),
    "variables that no operation has": refused(
        "{ __typename }", "too_many_values", variables={f"v{number}": number for number in range(30_000)}
    ),
    "a body of lists": refused([{"query": "{ __typename }"}] * 5000, "batch_refused"),
    "too many ids": refused(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "too_many_ids", variables={"ids": ["x"] * 5000}, status=200
    ),
    "too many ids to be priced": refused(
        "query ($ids: [ID!]!) { " + many(10, "a#: nodes(ids: $ids) { id }") + " }",
        "operation_too_costly",
        variables={"ids": ["x"] * 6000},
    ),
    # Numbers and texts
    "a number of 100,000 digits": refused(
        "{ campaigns(first: " + "9" * 100_000 + ") { nodes { code } } }", "number_too_long"
    ),
    "a large number as a variable": refused(
        "query ($a: Int) { campaigns(first: $a) { nodes { code } } }", VALUES, variables={"a": 2**63}
    ),
    "a negative page": refused("{ campaigns(first: -2147483648) { nodes { code } } }", "page_size", status=200),
    "digits for a sequence": refused('{ ledger { entry(seq: "' + "9" * 100_000 + '") { seq } } }', "number_too_long"),
    "combining characters": refused(
        '{ campaign(code: "' + "e\u0301\u0323" * 100_000 + '") { code } }', "campaign_missing", status=200
    ),
    "turned writing": refused('{ campaign(code: "\u202e\u2066\u200f") { code } }', "campaign_missing", status=200),
    "half of a pair": refused('{ campaign(code: "\\uD800") { code } }', SYNTAX),
    "names that look alike": refused("{ \u0430 \u0435 }", SYNTAX),
    "a text in 60,000 lines": refused(
        '{ campaign(code: """' + "\n   x" * 60_000 + '""") { code } }', "campaign_missing", status=200
    ),
    # Pages and introspection
    "pages of 100 within pages of 100": refused(f"{{ {PAGES} }}", "operation_too_costly"),
    "pages by variables": refused(
        "query ($a: Int) { campaigns(last: $a) { nodes { findings(first: $a) { nodes { results { code } } } } } }",
        *("operation_too_costly", "answer_too_large"),
        variables={"a": 10**9},
    ),
    "introspection in depth": refused(f"{{ __schema {{ {TYPES} }} }}", RULES, actor=ANALYST),
    "introspection in circles": refused(
        "{ __schema { " + "types { fields { type { " * 9 + "name" + " } } }" * 9 + " } }", "too_deep", actor=ANALYST
    ),
    "introspection many times": refused(
        "{ " + many(29, "a#: __schema { types { name description } }") + " }", "operation_too_costly", actor=ANALYST
    ),
    "evaluations many times": refused(
        "{ " + many(20, 'a#: campaignEvaluation(campaign: "2026-0001", purpose: "x") { visits }') + " }",
        *("operation_too_costly", RULES),
        actor=ANALYST,
    ),
    # Writing
    "many mutations": refused(
        "mutation { " + many(25, "a#: gradeEnterprises { job { id } }") + " }",
        ANSWERED,
        actor=ANALYST,
        status=200,
        seconds=5 * SECONDS,
    ),
    "more mutations": refused(
        "mutation { " + many(101, "gradeEnterprises { job { id } }") + " }",
        *("too_many_root_fields",),
        actor=ANALYST,
    ),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau that gives its callers more to spend than the table costs."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with served(Settings(home=folder / "home", caller_cost=10_000_000), worker=False) as house:
        assert house.ask("{ bureau { name } }")  # whatever is made once is made now
        assert house.ask("{ me { role } }", ANALYST)
        gc.collect()
        gc.freeze()  # what other tests left in this process is not looked through meanwhile
        yield house
        gc.unfreeze()


def send(house: House, hostile: Hostile) -> httpx2.Response:
    body = hostile.query
    if isinstance(body, str):
        body = {"query": body, "variables": hostile.variables, **hostile.more}
    headers = {**house.headers(hostile.actor, "en"), "Accept": "application/graphql-response+json"}
    path = "/graphql" if hostile.actor is None else "/staff/graphql"
    content = json.dumps(body, ensure_ascii=False).encode()
    return house.http.post(path, content=content, headers={**headers, "Content-Type": "application/json"})


def codes(response: httpx2.Response) -> set[str]:
    return {error["extensions"]["code"] for error in response.json().get("errors", [])} or {ANSWERED}


@pytest.mark.parametrize("name", TABLE)
def test_it_is_answered_in_time(house: House, name: str) -> None:
    hostile = TABLE[name]
    gc.collect()
    began = time.process_time()
    response = send(house, hostile)
    taken = time.process_time() - began
    told = codes(response)
    assert told <= hostile.codes, response.text[:500]
    assert told, response.text[:500]
    assert response.status_code == hostile.status
    assert "unexpected" not in told
    assert taken < hostile.seconds
    assert house.ask("{ bureau { name } }")  # and the next one is answered


def test_a_web_socket_is_answered_only_so_many_operations_at_once(house: House) -> None:
    """30 subscriptions to jobs that wait: 20 go on, 10 are refused, and the socket stays open."""
    job = house.do("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)["job"]["id"]
    url = house.url.replace("http", "ws") + "/staff/graphql"
    payload = {"query": "subscription ($id: ID!) { job(id: $id) { state } }", "variables": {"id": job}}
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        socket.send(
            json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {house.token(ANALYST)}"}})
        )
        assert json.loads(socket.recv())["type"] == "connection_ack"
        for number in range(30):
            socket.send(json.dumps({"id": f"{number}", "type": "subscribe", "payload": payload}))
        told = [json.loads(socket.recv(timeout=20)) for _ in range(30)]
        assert [each["type"] for each in told].count("error") == 10
        assert {each["id"] for each in told if each["type"] == "next"} == {f"{number}" for number in range(20)}
        socket.send(json.dumps({"type": "ping"}))
        assert json.loads(socket.recv(timeout=20))["type"] == "pong"


@pytest.mark.parametrize("name", ["deep fields", "fields deeper than a parser goes", "a million brackets"])
def test_a_stream_is_told_as_well(house: House, name: str) -> None:
    headers = {**house.headers(ANALYST, "en"), "Accept": "text/event-stream"}
    told = house.http.post("/staff/graphql", json={"query": TABLE[name].query}, headers=headers)
    (line,) = [line for line in told.text.splitlines() if line.startswith("data: {")]
    (error,) = json.loads(line.removeprefix("data: "))["errors"]
    assert error["extensions"]["code"] in TABLE[name].codes
