"""A query whose text was checked before is answered straight: as the first time, in all that is told of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.settings import Settings
from schema import building, straight
from schema.execution import Compiled
from tests.api.house import House, served

QUERIES = {
    "answer": ("query Names($n: Int!) { bureau { name } campaigns(first: $n) { totalCount } }", {"n": 10}),
    "refusal": ('query Refused { campaign(code: "2026-0009") { code } bureau { name } }', None),
    "unexpected": ("query Broken { bureau { name } items(first: 1) { nodes { code } } }", None),
    "variable at fault": ("query Wrong($n: Int!) { campaigns(first: $n) { totalCount } }", {"n": "many"}),
    "variable missing": ("query Less($n: Int!) { campaigns(first: $n) { totalCount } }", {}),
    "too many values": ("query Many($n: Int) { campaigns(first: $n) { totalCount } }", {"n": 1, "o": [0] * 20_000}),
    "too costly": ("query Dear($n: Int!) { campaigns(first: $n) { nodes { code } } }", {"n": 100}),
    "an argument at fault": ('query Cursor { campaigns(first: 1, after: "?") { totalCount } }', None),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau in which some queries cost too much."""
    with served(Settings(home=tmp_path_factory.mktemp("straight") / "home", operation_cost=100), worker=False) as house:
        yield house


@pytest.mark.parametrize("media_type", ["application/json", "application/graphql-response+json"])
@pytest.mark.parametrize("kind", QUERIES)
def test_the_second_answer_is_as_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: str, media_type: str
) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError("untold")

    went: list[bool] = []

    async def answered(*given: Any) -> Any:
        went.append(True)
        return await by_itself(*given)

    by_itself = straight.answered
    monkeypatch.setattr(building, "answered", answered)
    monkeypatch.setattr("schema.public_types.items.register_page", fail)
    text, variables = QUERIES[kind]
    text += f" # {media_type}"  # another text for each case
    first = observed(house, text, variables, media_type)
    assert not went
    assert observed(house, text, variables, media_type) == first
    assert went


@pytest.mark.parametrize("media_type", ["application/json", "application/graphql-response+json"])
def test_a_fault_of_the_executor_itself_is_told_as_ours_not_as_the_requests(
    house: House, monkeypatch: pytest.MonkeyPatch, media_type: str
) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError("untold")

    monkeypatch.setattr(Compiled, "execute_operation", fail)
    text = f"query Failing {{ bureau {{ name }} }} # {media_type}"
    for _ in range(2):  # by the extensions, then straight
        status, _headers, told, lines = observed(house, text, None, media_type)
        assert (status, told["data"]) == (200, None)
        assert told["errors"][0]["extensions"]["code"] == "unexpected"
        assert '"codes":["unexpected"]' in lines
        assert "untold" not in json.dumps(told) + lines


def observed(house: House, text: str, variables: Any, media_type: str) -> Any:
    """Return all that is seen of an answer but its time, its number, and what the caller has left."""
    before = len(house.logged.getvalue())
    asked = {"query": text, "variables": variables}
    answer = house.http.post("/graphql", json=asked, headers={"Accept": media_type, "Accept-Language": "en"})
    number = answer.headers["x-request-id"]
    told = json.loads(answer.text.replace(number, "number"))
    told["extensions"]["cost"].pop("throttleStatus")
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "content-length")}
    lines = house.logged.getvalue()[before:].replace(number, "number")
    lines = re.sub(r'"(timestamp|milliseconds|frames)": ?("[^"]*"|\[[^]]*\]|\d+)', "", lines)
    return answer.status_code, {**headers, "x-request-id": ""}, told, lines
