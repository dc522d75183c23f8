"""All that the public side gives: every door's answers, its errors, and the log lines behind them."""

from collections.abc import Iterator
from typing import Any

import orjson

from ledger.tiles import TILE_WIDTH, decode_bundle, entries_path
from schema.public import schema
from tests.api.house import House
from tests.schema.everything import everything

CHOOSING_QUERIES = (
    '{ campaigns(first: 9, filter: { text: "2026", departmentCode: "ZJ", since: "2020-01-01" }) { totalCount } }',
    '{ findings(first: 9, filter: { text: "公司" }) { totalCount nodes { number } } }',
    '{ findings(first: 9, filter: { visitedSince: "2020-01-01", results: [NO_PROBLEM] }) { totalCount } }',
    '{ findings(first: 9, order: { field: VISITED }, filter: { departmentCode: "ZJ" }) { nodes { number } } }',
    '{ items(first: 9, filter: { text: "检查", departmentCode: "ZJ" }) { totalCount } }',
    '{ notices(first: 9, filter: { kind: NOTICE, departmentCode: "ZJ" }) { totalCount } }',
    '{ ledger { entries(first: 9, filter: { kind: "campaign.frozen" }) { totalCount } } }',
)
BAD_QUERIES = (
    "{ campaigns(first: 0) { nodes { code } } }",
    '{ campaign(code: "2026-0099") { code } }',
    '{ finding(campaign: "2026-0001", position: 99999) { number } }',
    '{ findings(first: 1, filter: { enterpriseCode: "123" }) { nodes { number } } }',
    '{ findings(first: 1, after: "x") { nodes { number } } }',
    '{ ledger { entry(seq: "99999") { seq } inclusionProof(seq: "-1") { root } } }',
    '{ enterprise(code: "91130304PDY00001XL") { grade } }',
    "{ grade }",
    "query ($e: USCC!) { findings(first: 1, filter: { enterpriseCode: $e }) { nodes { number } } }",
    "{",
    "mutation { drawCampaign }",
)


def answers(house: House, campaign: str) -> Iterator[bytes]:
    """Give what each public door answers."""
    literals = {
        "first": "100",
        "Query.campaign.code": f'"{campaign}"',
        "Query.finding.campaign": f'"{campaign}"',
        "Query.finding.position": str(_published(house)),
        "Query.item.code": '"ZJ-01"',
        "seq": '"0"',
        "oldSize": '"1"',
    }
    for language in ("en", "zh-CN"):
        for query in everything(schema._schema, literals):
            answer = house.post(query, language=language)
            assert "data" in answer.json(), (query, answer.json()["errors"])
            yield answer.content
        for query in CHOOSING_QUERIES:
            answer = house.post(query, language=language)
            assert "errors" not in answer.json(), (query, answer.json()["errors"])
            yield answer.content
        for query in BAD_QUERIES:
            yield house.post(query, language=language).content
    for path in (
        "/",
        "/schema.graphql",
        "/feed.json",
        "/feed.atom",
        "/feed.json?before=5",
        "/notices.json",
        "/notices.atom",
        "/log/vkey",
        "/log/proof/0",
        "/healthz",
        "/readyz",
    ):
        answer = house.http.get(path)
        yield answer.content + str(answer.headers).encode()
    for path in ("/staff/graphql", "/staff/files/x/y", "/log/tile/0/999", "/nothing", "/feed.json?before=x"):
        yield house.http.get(path).content
    yield house.http.post("/staff/graphql", json={"query": "{ me { subject } }"}).content
    yield house.http.get("/graphql", headers={"Accept": "text/html"}).content
    yield from log_files(house)


def _published(house: House) -> int:
    """Return the position of the newest published finding, 0 where there is none."""
    found = house.ask("{ findings(first: 1) { nodes { position } } }")["findings"]["nodes"]
    return next((int(each["position"]) for each in found), 0)


def log_files(house: House) -> Iterator[bytes]:
    """Give the checkpoint, all entries and all public files."""
    yield house.http.get("/log/checkpoint").content
    for entry in log_entries(house):
        yield entry
        for name in _files(orjson.loads(entry)):
            answer = house.http.get(f"/log/data/{name}")
            assert answer.status_code == 200
            yield answer.content


def log_entries(house: House) -> list[bytes]:
    """Return the log's entries, read from its bundles as any client would."""
    size = int(house.http.get("/log/checkpoint").text.split("\n")[1])
    entries: list[bytes] = []
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        answer = house.http.get("/log/" + entries_path(index, width))
        assert answer.status_code == 200
        entries += decode_bundle(answer.content)
    return entries


def _files(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("file"), str) and len(value["file"]) == 64:
            yield value["file"]
        for each in value.values():
            yield from _files(each)
