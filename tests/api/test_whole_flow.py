"""One whole campaign by GraphQL over HTTP, and what each side sees of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from ledger import merkle
from ledger.entries import parse_entry
from ledger.note import Verifier, open_note, parse_checkpoint
from sampling.slots import Opening, PublicOpening, check_public_opening
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import ANALYST, AUDITOR, PLANNER, House, served_on
from tests.api.public_side import answers, log_entries
from tests.api.small_bureau import COUNT, SCORES, SIZES, tree_of
from tests.engines import ENGINES

CONFIDENTIAL = re.compile(
    r"(?i)\b(grades?|scores?|strat(?:um|a)|rates?|weights?|reserves?|inspectors?|quotas?)\b|等级|分值|抽样层|比例"
)
CODES = {files.code(number): number for number in range(1, COUNT + 1)}


@dataclass
class Flow:
    """A bureau after its campaign, and what the public side had given by then, at each state."""

    house: House
    campaign: str = ""
    seen: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module", params=ENGINES)
def flow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    folder = tmp_path_factory.mktemp("flow")
    with served_on(request.param, folder) as house:
        flow = Flow(house)

        def look(state: str) -> None:
            flow.seen[state] = b"\n".join(answers(house, "2026-0001")) + house.logged.getvalue().encode()

        flow.campaign = small_bureau.run_campaign(house, look)
        yield flow


def published(house: House) -> list[dict[str, Any]]:
    """Return all findings of the public feed."""
    items: list[dict[str, Any]] = house.http.get("/feed.json").json()["items"]
    return [item["_qian"] for item in items]


def test_the_campaign_is_public_from_its_freeze_to_its_end(flow: Flow) -> None:
    query = """query ($code: String!) { campaign(code: $code) {
      title state frameSize toDraw drawnPositions publishedCount overduePositions
      departments { code name } items { code name }
      beacon { kind output parties { name value } }
      toBeTrusted { code } } }"""
    found = flow.house.ask(query, code=flow.campaign)["campaign"]
    positions = found.pop("drawnPositions")
    assert positions == sorted(positions)
    assert len(positions) == found["toDraw"] == found["publishedCount"]
    assert re.fullmatch("[0-9a-f]{64}", found["beacon"]["output"])
    assert {party["name"]: party["value"] for party in found["beacon"]["parties"]} == {
        name: value.hex() for name, (_, value) in small_bureau.PARTIES.items()
    }
    assert (found["title"], found["state"], found["frameSize"]) == ("示例抽查", "CLOSED", COUNT)
    assert found["overduePositions"] == []
    assert found["departments"] == [{"code": "ZJ", "name": "样例住建局"}]
    assert [item["code"] for item in found["items"]] == ["ZJ-01", "ZJ-02"]
    assert [each["code"] for each in found["toBeTrusted"]] == ["no_witnesses", "beacon_ceremony", "not_attested"]


def test_one_enterprise_walks_from_its_row_to_the_feed(flow: Flow) -> None:
    """And whoever has the feed and the ledger sees that it was fixed before the draw."""
    finding = published(flow.house)[0]
    number = CODES[finding["enterprise"]]
    assert finding["name"] == files.name(number)
    assert [result["text"] for result in finding["results"]] == ["违反其他管理规定", "发现问题经责令已改正"]
    entries = [parse_entry(data) for data in log_entries(flow.house)]
    frozen = next(entry for entry in entries if entry.kind == "campaign.frozen")
    opening = finding["opening"]
    assert opening["root"] == frozen.body["slots"]["root"]
    check_public_opening(
        finding["enterprise"],
        PublicOpening(
            Opening(bytes.fromhex(opening["salt"]), finding["enterprise"].encode()),
            *(bytes.fromhex(each) for each in opening["sealed"]),
        ),
        opening["position"],
        opening["size"],
        [bytes.fromhex(each) for each in opening["proof"]],
        bytes.fromhex(frozen.body["slots"]["root"]),
    )
    drawn = next(entry for entry in entries if entry.kind == "campaign.drawn")
    assert opening["position"] in flow.house.http.get(f"/log/data/{drawn.body['drawn']['file']}").json()
    assert frozen.seq < drawn.seq


def test_nothing_public_says_a_grade_a_score_or_a_stratum(flow: Flow) -> None:
    """Not one answer, page, feed, log line, error or entry, at any time of the campaign."""
    for state, seen in flow.seen.items():
        for secret in (*SIZES, *map(str, SCORES.values())):
            assert secret.lower().encode() not in seen.lower(), (state, secret)


def test_staff_do_see_what_the_public_does_not(flow: Flow) -> None:
    """So the search above would find it."""
    code = published(flow.house)[0]["enterprise"]
    query = 'query ($code: FormerCode!) { grade(enterprise: $code, purpose: "核对") { grade score notice } }'
    found = flow.house.ask(query, ANALYST, code=code)["grade"]
    assert found["grade"] == tree_of(CODES[code])
    assert found["score"] == str(SCORES[found["grade"]])
    assert "no evaluation of credit" in found["notice"]


def test_no_name_is_public_before_its_finding_is(flow: Flow) -> None:
    for state in ("imported", "graded", "planned", "frozen", "drawn", "matched", "recorded", "confirmed", "approved"):
        for code, number in CODES.items():
            assert code.encode() not in flow.seen[state], state
            assert files.name(number).encode() not in flow.seen[state], state


def test_afterwards_the_visited_are_public_and_nobody_else(flow: Flow) -> None:
    visited = {finding["enterprise"] for finding in published(flow.house)}
    told = {code for code in CODES if code.encode() in flow.seen["closed"]}
    assert told == visited
    campaign = flow.house.ask("query ($code: String!) { campaign(code: $code) { toDraw } }", code=flow.campaign)
    assert len(visited) == campaign["campaign"]["toDraw"]


def test_no_plan_is_public_before_the_freeze(flow: Flow) -> None:
    assert "示例抽查".encode() not in flow.seen["planned"]
    assert "示例抽查".encode() in flow.seen["frozen"]


def test_the_public_schema_has_no_word_for_what_is_confidential(flow: Flow) -> None:
    told = flow.house.http.get("/schema.graphql").text
    assert "type Query" in told
    assert CONFIDENTIAL.findall(told) == []


def test_the_public_reads_the_ledger_like_any_log(flow: Flow) -> None:
    house = flow.house
    entries = log_entries(house)
    verifier = Verifier.from_vkey(house.http.get("/log/vkey").text.strip())
    opened = open_note(house.http.get("/log/checkpoint").text, [verifier])
    checkpoint = parse_checkpoint(opened.text)
    assert opened.verified
    assert checkpoint.size == len(entries)
    assert merkle.root_of([merkle.leaf_hash(entry) for entry in entries]) == checkpoint.root
    query = """query ($after: String, $seq: BigInt!) { ledger {
      size entries(first: 5, after: $after) { nodes { seq text leafHash } pageInfo { endCursor hasNextPage } }
      inclusionProof(seq: $seq) { size root hashes leafHash }
      consistencyProof(oldSize: "3") { newSize oldRoot newRoot hashes } } }"""
    told: list[dict[str, Any]] = []
    after = None
    while True:
        ledger = house.ask(query, after=after, seq=str(len(told)))["ledger"]
        proof = ledger["inclusionProof"]
        merkle.verify_inclusion(
            bytes.fromhex(proof["leafHash"]),
            len(told),
            int(proof["size"]),
            [bytes.fromhex(each) for each in proof["hashes"]],
            checkpoint.root,
        )
        told += ledger["entries"]["nodes"]
        after = ledger["entries"]["pageInfo"]["endCursor"]
        if not ledger["entries"]["pageInfo"]["hasNextPage"]:
            break
    assert [each["text"].encode() for each in told] == entries
    grown = ledger["consistencyProof"]
    merkle.verify_consistency(
        3,
        int(grown["newSize"]),
        bytes.fromhex(grown["oldRoot"]),
        bytes.fromhex(grown["newRoot"]),
        [bytes.fromhex(each) for each in grown["hashes"]],
    )
    assert bytes.fromhex(grown["newRoot"]) == checkpoint.root


def test_the_feeds_agree(flow: Flow) -> None:
    house = flow.house
    feed = house.http.get("/feed.json")
    assert feed.headers["content-type"] == "application/feed+json"
    items = feed.json()["items"]
    assert [item["_qian"]["number"] for item in items] == list(range(len(items), 0, -1))
    atom = ElementTree.fromstring(house.http.get("/feed.atom").content)
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert [each.text for each in atom.findall("a:entry/a:id", space)] == [item["id"] for item in items]
    assert [each.text for each in atom.findall("a:entry/a:content", space)] == [item["content_text"] for item in items]
    graphql = house.ask("{ findings(first: 100) { nodes { number enterpriseCode } } }")["findings"]["nodes"]
    assert [each["enterpriseCode"] for each in graphql] == [item["_qian"]["enterprise"] for item in items]


def test_a_feed_comes_in_pages(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [item["id"] for item in flow.house.http.get("/feed.json").json()["items"]]
    monkeypatch.setattr("api.syndication.PAGE", 5)
    url, told = "/feed.json", []
    while url:
        page = flow.house.http.get(url).json()
        told += [item["id"] for item in page["items"]]
        assert len(page["items"]) <= 5
        url = page.get("next_url")
    assert told == whole
    atom = ElementTree.fromstring(flow.house.http.get("/feed.atom").content)
    links = {each.attrib["rel"]: each.attrib["href"] for each in atom.iter("{http://www.w3.org/2005/Atom}link")}
    assert flow.house.http.get(links["next"]).status_code == 200


@pytest.mark.parametrize("path", ["/feed.json", "/feed.atom"])
def test_a_feed_that_is_known_is_not_sent_again(flow: Flow, path: str) -> None:
    first = flow.house.http.get(path)
    known = {"If-None-Match": f'"other", W/{first.headers["etag"]}'}
    assert flow.house.http.get(path, headers=known).status_code == 304
    assert flow.house.http.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert flow.house.http.get(path, headers=since).status_code == 304
    assert flow.house.http.get(path, headers={"If-Modified-Since": "Sat, 01 Jan 2022 00:00:00 GMT"}).status_code == 200


def test_published_findings_have_become_records(flow: Flow) -> None:
    code = published(flow.house)[0]["enterprise"]
    query = """query ($code: FormerCode!) { enterprise(code: $code) { name
      records(first: 10, filter: { kind: INSPECTION }) { nodes { body content sources { source campaignCode } } } } }"""
    (record,) = flow.house.ask(query, PLANNER, code=code)["enterprise"]["records"]["nodes"]
    assert record["content"]["results"] == ["other_violation", "corrected"]
    assert record["sources"] == [{"source": f"campaign {flow.campaign}", "campaignCode": flow.campaign}]


def test_an_auditor_gets_a_bundle_and_it_verifies(flow: Flow) -> None:
    house = flow.house
    mutation = "mutation ($c: String!) { exportBundle(campaign: $c) { job { id } refusal { code } } }"
    job = house.work(mutation, AUDITOR, c=flow.campaign)
    (file,) = job["files"]
    answer = house.fetch(file["path"], AUDITOR)
    assert answer.status_code == 200
    assert len(answer.content) == int(file["size"])
    assert answer.headers["cache-control"] == "no-store"
    assert house.fetch(file["path"], PLANNER).status_code == 404
    assert house.http.get(file["path"]).status_code == 401

    def verified(bundle: bytes) -> list[dict[str, Any]]:
        verify = "mutation ($file: Upload!) { verifyBundle(file: $file) { job { id } refusal { code } } }"
        job = house.upload(verify, AUDITOR, ("bundle", bundle))["verifyBundle"]["job"]["id"]
        checks = "state result { ... on VerificationResult { passed pinned checks { name fault } } } refusal { code }"
        return house.followed(job, AUDITOR, checks)

    whole = verified(answer.content)[-1]
    assert whole["state"] == "DONE", whole
    assert [check for check in whole["result"]["checks"] if check["fault"]] == []
    assert (whole["result"]["passed"], whole["result"]["pinned"]) == (True, False)
    short = verified(answer.content[:-100])[-1]
    assert short["state"] == "FAILED" or not short["result"]["passed"]


def test_the_audit_finds_the_database_sound(flow: Flow) -> None:
    mutation = "mutation { auditDatabase { job { id } refusal { code } } }"
    job = flow.house.do(mutation, AUDITOR)["job"]["id"]
    told = flow.house.followed(job, AUDITOR, "state result { ... on AuditResult { sound faults { table row code } } }")
    assert told[-1] == {"state": "DONE", "result": {"sound": True, "faults": []}}


def test_a_reading_of_a_grade_is_recorded(flow: Flow) -> None:
    code = files.code(7)
    query = 'query ($code: FormerCode!) { grade(enterprise: $code, purpose: "复核样本") { grade } }'
    flow.house.ask(query, ANALYST, code=code)
    readings = "{ gradeReadings(first: 1) { nodes { subject role enterpriseCode purpose } } }"
    assert flow.house.ask(readings, AUDITOR)["gradeReadings"]["nodes"] == [
        {"subject": "analyst", "role": "ANALYST", "enterpriseCode": code, "purpose": "复核样本"}
    ]


def test_the_distribution_counts_every_enterprise_once(flow: Flow) -> None:
    query = '{ gradeDistribution(purpose: "核对") { counts { grade count } notice } }'
    counts = flow.house.ask(query, ANALYST)["gradeDistribution"]["counts"]
    assert {tree: sum(each["count"] for each in counts if each["grade"] == tree) for tree in SIZES} == SIZES


def test_a_job_is_followed_over_a_web_socket(flow: Flow) -> None:
    house = flow.house
    grading = house.do("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)["job"]["id"]
    url = house.url.replace("http", "ws") + "/staff/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        token = {"Authorization": f"Bearer {house.token(ANALYST)}"}
        socket.send(json.dumps({"type": "connection_init", "payload": token}))
        assert json.loads(socket.recv())["type"] == "connection_ack"
        query = "subscription ($id: ID!) { job(id: $id) { state } }"
        payload = {"query": query, "variables": {"id": grading}}
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        told = [json.loads(socket.recv())]
        while told[-1]["type"] == "next":
            told.append(json.loads(socket.recv()))
    assert told[-1] == {"id": "1", "type": "complete"}
    assert told[-2]["payload"]["data"] == {"job": {"state": "DONE"}}


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer x"}, {"Authorization": 7}])
def test_a_web_socket_without_a_token_is_closed(flow: Flow, payload: dict[str, Any]) -> None:
    url = flow.house.url.replace("http", "ws") + "/staff/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        with pytest.raises(Exception, match="Forbidden"):
            socket.recv()


def test_a_job_of_somebody_else_is_not_followed(flow: Flow) -> None:
    grading = flow.house.do("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)["job"]["id"]
    query = "subscription ($id: ID!) { job(id: $id) { state } }"
    headers = {**flow.house.headers(PLANNER, "en"), "Accept": "text/event-stream"}
    body = {"query": query, "variables": {"id": grading}}
    told = flow.house.http.post("/staff/graphql", json=body, headers=headers).text
    assert '"code":"job_missing"' in told
