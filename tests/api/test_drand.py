"""Rounds of drand over the network: nodes that give them, refuse, lie, are late, redirect, or end no answer."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from api.bounded_http import LARGEST_ANSWER, new_client
from api.bureau import Bureau, create
from api.drand_client import fetch_round
from api.drand_fetching import LONGEST_PAUSE, Fetching
from api.drand_settings import drand_chains, drand_urls
from api.settings import Settings
from ledger.errors import Conflict, Invalid
from sampling import announcing
from sampling.beacons import Drand
from sampling.drand import DEFAULT, KNOWN, QUICKNET, Chain, Round
from tests.drand_network import PUBLISHED, Answer, Network, answer, node_of, served

ROUND = PUBLISHED[QUICKNET][0][0]
BEACON = Drand(QUICKNET, ROUND.number)
PUBLISHED_ROUNDS = [(chain, signed) for chain, rounds in PUBLISHED.items() for signed, _ in rounds]


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with new_client() as made:
        yield made


@pytest.fixture(scope="module")
def good() -> Iterator[str]:
    """The address of a node that has all published rounds."""
    with served(node_of(*PUBLISHED_ROUNDS)) as url:
        yield url


def saying(status: int, body: bytes, **headers: str) -> Answer:
    return lambda _: (status, headers, body)


def telling(signed: Round, **changed: object) -> bytes:
    return json.dumps({**answer(signed), **changed}).encode()


@pytest.mark.parametrize(("chain", "signed"), PUBLISHED_ROUNDS)
def test_a_node_of_drand_gives_published_rounds_of_both_chains(
    client: httpx2.Client, good: str, chain: Chain, signed: Round
) -> None:
    assert fetch_round(client, [good], Drand(chain, signed.number)) == signed


USELESS = {
    "not published yet": (saying(404, b""), "HTTP 404"),
    "too early": (saying(425, b""), "HTTP 425"),
    "broken": (saying(500, b"oops"), "HTTP 500"),
    "redirect": (saying(302, b"", Location="https://example.invalid/"), "HTTP 302"),
    "no json": (saying(200, b"<html>"), "no JSON"),
    "no object": (saying(200, b"[]"), "no object"),
    "empty": (saying(200, b"{}"), "json_wrong_shape"),
    "huge": (saying(200, b" " * (LARGEST_ANSWER + 1)), "takes no end"),
    "another round": (saying(200, telling(PUBLISHED[QUICKNET][1][0])), "round_of_another_number"),
    "another's signature": (saying(200, telling(PUBLISHED[QUICKNET][1][0], round=1000)), "round_not_signed"),
    "another network": (saying(200, telling(Network().round(1000))), "round_not_signed"),
    "a chained answer": (saying(200, telling(ROUND, previous_signature="ab" * 96)), "round_not_signed"),
    "a signature of the wrong length": (saying(200, telling(ROUND, signature="ab")), "json_wrong_shape"),
    "numbers as text": (saying(200, telling(ROUND, round="1000")), "json_wrong_shape"),
}


@pytest.mark.parametrize("name", USELESS)
def test_a_node_that_is_of_no_use_is_passed_by_and_named_if_all_are(
    client: httpx2.Client, good: str, name: str
) -> None:
    node, reason = USELESS[name]
    with served(node) as bad:
        assert fetch_round(client, [bad, good], BEACON) == ROUND
        with pytest.raises(Conflict, match=r"^round_not_obtained") as refusal:
            fetch_round(client, [bad, bad], BEACON)
    assert str(refusal.value.parameters["tried"]).count(reason) == 2


def test_the_published_randomness_is_not_what_counts(client: httpx2.Client) -> None:
    with served(saying(200, telling(ROUND, randomness="00" * 32))) as lying:
        assert fetch_round(client, [lying], BEACON).randomness.hex() == PUBLISHED[QUICKNET][0][1]


def test_nobody_at_an_address_is_passed_by(client: httpx2.Client, good: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    gone = [f"http://127.0.0.1:{port}", "no address", "ftp://127.0.0.1"]
    assert fetch_round(client, [*gone, good], BEACON) == ROUND
    with pytest.raises(Conflict, match=r"^round_not_obtained"):
        fetch_round(client, gone, BEACON)
    with pytest.raises(Conflict, match="QIAN_DRAND_URLS"):
        fetch_round(client, [], BEACON)


def test_an_answer_that_never_ends_is_left(good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(path: str) -> tuple[int, dict[str, str], bytes]:
        time.sleep(2)
        return 200, {}, telling(ROUND)

    with served(slow) as late, httpx2.Client(timeout=1) as impatient:
        assert fetch_round(impatient, [late, good], BEACON) == ROUND
    monkeypatch.setattr("api.bounded_http.SECONDS", -1.0)
    with httpx2.Client(timeout=5) as client, pytest.raises(Conflict, match="takes no end"):
        fetch_round(client, [good], BEACON)


class TestSettings:
    """The operator's chains and nodes."""

    def test_the_known_chains_and_public_relays_are_the_default(self) -> None:
        settings = Settings()
        assert drand_chains(settings) == KNOWN
        assert all(url.startswith("https://") for url in drand_urls(settings))
        assert len(drand_urls(settings)) == 4

    def test_addresses_are_parted_by_spaces_or_commas(self) -> None:
        assert drand_urls(Settings(drand_urls="http://a/ , http://b\nhttp://c")) == ["http://a", "http://b", "http://c"]
        assert drand_urls(Settings(drand_urls=" ")) == []

    def test_a_file_adds_chains_and_never_replaces_a_known_one(self, tmp_path: Path) -> None:
        own = Network().chain
        file = tmp_path / "chains.toml"
        file.write_text(chains_text(province=own, quicknet=own))
        assert drand_chains(Settings(drand_chains=file)) == {"province": own, "quicknet": QUICKNET, "default": DEFAULT}

    @pytest.mark.parametrize("text", ["drand = 1", "[drand.x]\nhash = 1", "][", None])
    def test_a_file_that_cannot_be_used_stops_the_bureau_from_opening(self, tmp_path: Path, text: str | None) -> None:
        file = tmp_path / "chains.toml"
        if text is not None:
            file.write_text(text)
        with pytest.raises(Invalid, match=r"^drand_chains_unusable"):
            drand_chains(Settings(drand_chains=file))


def chains_text(**chains: Chain) -> str:
    """Return a file of chains."""
    lines = []
    for name, chain in chains.items():
        lines.append(f"[drand.{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in chain.to_json().items()]
    return "\n".join(lines)


class TestFetching:
    """In the background, what campaigns wait for."""

    @pytest.fixture
    def bureau(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
        made = create(Settings(home=tmp_path / "home", drand_urls="http://node"), "log.test/qian", "测试单位")
        awaited = {"2026-0001": BEACON}
        self.recorded: list[Round] = []
        self.clock = 0.0
        self.asked: list[str] = []

        def record(tx: object, now: datetime, campaign: str, signed: Round) -> None:
            if campaign not in awaited:
                raise Conflict("round_stands", campaign=campaign)
            self.recorded.append(signed)
            del awaited[campaign]

        monkeypatch.setattr("api.drand_fetching.awaited_rounds", lambda tx, now: dict(awaited))
        monkeypatch.setattr("api.drand_fetching.record_round", record)
        self.awaited = awaited
        yield made
        made.close()

    def fetching(self, bureau: Bureau, status: int = 200) -> Fetching:
        def handle(request: httpx2.Request) -> httpx2.Response:
            self.asked.append(request.url.path)
            return httpx2.Response(status, content=telling(ROUND))

        client = httpx2.Client(transport=httpx2.MockTransport(handle))
        return Fetching(bureau, client, lambda: self.clock)

    def test_a_round_is_recorded_once_it_is_there(self, bureau: Bureau) -> None:
        fetching = self.fetching(bureau)
        fetching.step()
        fetching.step()
        assert self.recorded == [ROUND]
        assert self.asked == [f"/{QUICKNET.hash.hex()}/public/1000"]

    def test_nobody_is_asked_where_no_campaign_waits(self, bureau: Bureau) -> None:
        self.awaited.clear()
        self.fetching(bureau).step()
        assert self.asked == []

    def test_after_failures_it_waits_longer_each_time_up_to_five_minutes(self, bureau: Bureau) -> None:
        fetching, pauses = self.fetching(bureau, 404), []
        for _ in range(12):
            fetching.step()
            count, began = len(self.asked), self.clock
            while len(self.asked) == count:
                self.clock += 1.0
                fetching.step()
            pauses.append(self.clock - began)
        assert pauses[:4] == [2.0, 4.0, 8.0, 16.0]
        assert max(pauses) == LONGEST_PAUSE
        assert self.recorded == []

    def test_what_another_process_recorded_meanwhile_is_no_fault(self, bureau: Bureau) -> None:
        fetching = self.fetching(bureau)
        self.awaited["2026-0002"] = BEACON
        others = dict(self.awaited)
        self.awaited.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("api.drand_fetching.awaited_rounds", lambda tx, now: others)
            fetching.step()
        assert (len(self.asked), self.recorded) == (2, [])


def test_the_worker_asks_nobody_of_a_bureau_without_campaigns(tmp_path: Path) -> None:
    made = create(Settings(home=tmp_path / "home"), "log.test/qian", "测试单位")
    with made.read() as tx:
        assert announcing.awaited_rounds(tx, datetime.now(UTC) + timedelta(days=9999)) == {}
    made.close()
