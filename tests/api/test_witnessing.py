"""Asking witnesses, in memory: those that cosign, refuse, lie, are away, have seen more, or never end their answer."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Event

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.bounded_http import LARGEST_ANSWER
from api.witness import Witness, create_witness
from api.witness_client import NotCosigned, WitnessAhead, ask
from api.witnessing import Witnessing
from ledger import cosignatures, log, merkle, note, tree
from ledger.database import Database
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Checkpoint
from ledger.policy import Policy, parse_policy
from ledger.witness import Refused, Submission

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TIME = 1_800_000_000


class Net:
    """Witnesses by the host of their address; `answers` stand in for some of them, and all requests are kept."""

    def __init__(self, folder: Path) -> None:
        self.witnesses: dict[str, Witness] = {}
        self.answers: dict[str, Callable[[Submission], httpx2.Response]] = {}
        self.asked: list[tuple[str, int]] = []
        for name in ("w1", "w2", "w3"):
            create_witness(folder / name, f"{name}.example")
            self.witnesses[name] = Witness(folder / name)
            self.witnesses[name].add_log(SIGNER.verifier_key)
        self.client = httpx2.Client(transport=httpx2.MockTransport(self.handle))

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        assert (request.method, request.url.path) == ("POST", "/add-checkpoint")
        name = request.url.host.partition(".")[0]
        body = request.read()
        header, _, signed = body.decode().partition("\n\n")
        old, *hashes = header.split("\n")
        submission = Submission(int(old[4:]), tuple(map(note.decode_base64, hashes)), signed)
        self.asked.append((name, submission.old_size))
        if name in self.answers:
            return self.answers[name](submission)
        try:
            return httpx2.Response(200, text=self.witnesses[name].add_checkpoint(body, TIME))
        except Refused as refused:
            return httpx2.Response(refused.status, text=refused.body)

    def policy(self, quorum: str = "group g 2 w1 w2 w3\nquorum g\n") -> Policy:
        lines = [
            f"witness {name} {each.verifier.vkey} https://{name}.example/\n" for name, each in self.witnesses.items()
        ]
        return parse_policy("".join([*lines, quorum]).encode())

    def asked_since(self) -> list[tuple[str, int]]:
        """Who was asked from which old size since the last call, by name."""
        asked, self.asked = sorted(self.asked), []
        return asked


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    made = Net(tmp_path)
    yield made
    made.client.close()
    for each in made.witnesses.values():
        each.close()


def sign(database: Database, entries: int = 1) -> int:
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * entries)
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
        return log.size(tx)


def cosigners(database: Database, size: int, policy: Policy) -> list[str]:
    with database.read() as tx:
        return [each.verifier.name[:2] for each in cosignatures.of_size(tx, size, policy)]


class TestAsking:
    def test_a_new_witness_is_asked_from_nothing_and_then_from_what_it_acknowledged(
        self, database: Database, net: Net
    ) -> None:
        w1 = net.policy().witnesses[0]
        for size in (sign(database), sign(database, 4), sign(database, 300)):
            assert ask(database, net.client, w1, size).time == TIME
            assert cosigners(database, size, net.policy()) == ["w1"]
        assert net.asked == [("w1", 0), ("w1", 1), ("w1", 5)]

    def test_where_the_witness_names_another_size_it_is_asked_from_that(self, database: Database, net: Net) -> None:
        size = sign(database, 9)
        with database.read() as tx:
            early = note.sign_note(Checkpoint(SIGNER.name, 4, tree.root(tx, 4)).body(), [SIGNER])
        net.witnesses["w1"].add_checkpoint(Submission(0, (), early).to_bytes(), TIME)
        ask(database, net.client, net.policy().witnesses[0], size)
        assert net.asked == [("w1", 0), ("w1", 4)]

    def test_a_witness_that_has_seen_more_of_the_log_is_told_of(self, database: Database, net: Net) -> None:
        size = sign(database, 2)
        longer = merkle.root_of([bytes(32)] * 8)
        beyond = note.sign_note(Checkpoint(SIGNER.name, 8, longer).body(), [SIGNER])
        net.witnesses["w1"].add_checkpoint(Submission(0, (), beyond).to_bytes(), TIME)
        with pytest.raises(WitnessAhead) as caught:
            ask(database, net.client, net.policy().witnesses[0], size)
        assert caught.value.size == 8

    def test_a_log_that_forked_is_cosigned_no_more(self, database: Database, net: Net) -> None:
        size = sign(database, 6)
        forked = note.sign_note(Checkpoint(SIGNER.name, 5, merkle.root_of([bytes(32)] * 5)).body(), [SIGNER])
        net.witnesses["w1"].add_checkpoint(Submission(0, (), forked).to_bytes(), TIME)
        with pytest.raises(NotCosigned, match="422"):
            ask(database, net.client, net.policy().witnesses[0], size)
        assert cosigners(database, size, net.policy()) == []

    def test_a_size_that_changes_with_every_answer_is_not_followed_for_ever(self, database: Database, net: Net) -> None:
        size = sign(database, 50)
        net.answers["w1"] = lambda asked: httpx2.Response(409, text=f"{asked.old_size + 1}\n")
        with pytest.raises(NotCosigned, match="changes"):
            ask(database, net.client, net.policy().witnesses[0], size)
        assert net.asked == [("w1", 0), ("w1", 1), ("w1", 2)]

    @pytest.mark.parametrize(
        ("status", "text"),
        [
            (409, "0\n"),
            (409, "many\n"),
            (409, "-1\n"),
            (409, "99999999999999999999\n"),
            (404, "unknown log\n"),
            (403, "no trusted signature\n"),
            (500, ""),
            (503, ""),
            (302, ""),
            (200, ""),
            (200, "<html>"),
            (204, ""),
            (200, "— w1.example AAAAAAAAAAAAAAAAAAAAAAA=\n"),
            (200, "x" * (LARGEST_ANSWER + 1)),
        ],
    )
    def test_what_is_no_cosignature_is_not_stored(self, database: Database, net: Net, status: int, text: str) -> None:
        size = sign(database)
        net.answers["w1"] = lambda _: httpx2.Response(status, text=text, headers={"Location": "https://w2.example/"})
        with pytest.raises(NotCosigned):
            ask(database, net.client, net.policy().witnesses[0], size)
        assert net.asked == [("w1", 0)]
        assert cosigners(database, size, net.policy()) == []

    def test_another_witness_s_cosignature_or_one_of_another_size_is_not_stored(
        self, database: Database, net: Net
    ) -> None:
        size = sign(database)
        later = sign(database)
        w1, w2 = net.policy().witnesses[:2]
        others = ask(database, net.client, w2, later).line
        earlier = ask(database, net.client, w1, size).line
        net.answers["w1"] = lambda _: httpx2.Response(200, text=f"{others}\n{earlier}\n")
        with pytest.raises(NotCosigned, match="valid cosignature"):
            ask(database, net.client, w1, later)
        assert cosigners(database, later, net.policy()) == ["w2"]

    def test_a_witness_that_is_away_gives_its_reason(self, database: Database, net: Net) -> None:
        def away(_: Submission) -> httpx2.Response:
            raise httpx2.ConnectError("connection refused")

        size = sign(database)
        net.answers["w1"] = away
        with pytest.raises(NotCosigned, match="ConnectError connection refused"):
            ask(database, net.client, net.policy().witnesses[0], size)

    def test_an_answer_without_an_end_is_given_up(
        self, database: Database, net: Net, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("api.bounded_http.SECONDS", 0.0)
        size = sign(database)
        net.answers["w1"] = lambda _: httpx2.Response(200, content=(b"\n" for _ in range(1_000_000)))
        with pytest.raises(NotCosigned, match="no end"):
            ask(database, net.client, net.policy().witnesses[0], size)


class TestBackground:
    @pytest.fixture
    def clock(self) -> list[float]:
        return [1000.0]

    def step(self, witnessing: Witnessing) -> None:
        for thread in witnessing.step():
            thread.join()

    def make(self, database: Database, net: Net, clock: list[float], policy: Policy | None = None) -> Witnessing:
        return Witnessing(database, policy or net.policy(), net.client, lambda: clock[0])

    def test_nobody_is_asked_before_there_is_a_checkpoint_or_once_it_has_its_quorum(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        witnessing = self.make(database, net, clock)
        self.step(witnessing)
        assert net.asked_since() == []
        size = sign(database)
        self.step(witnessing)
        assert net.asked_since() == [("w1", 0), ("w2", 0), ("w3", 0)]
        assert cosigners(database, size, net.policy()) == ["w1", "w2", "w3"]
        clock[0] += 3600
        self.step(witnessing)
        assert net.asked_since() == []

    def test_a_new_checkpoint_is_asked_for_five_seconds_later_at_the_earliest(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        witnessing = self.make(database, net, clock)
        sign(database)
        self.step(witnessing)
        size = sign(database)
        clock[0] += 4.9
        self.step(witnessing)
        assert cosigners(database, size, net.policy()) == []
        clock[0] += 0.2
        self.step(witnessing)
        assert cosigners(database, size, net.policy()) == ["w1", "w2", "w3"]

    def test_one_that_fails_is_left_alone_twice_as_long_each_time_up_to_five_minutes(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        net.answers["w2"] = net.answers["w3"] = lambda _: httpx2.Response(503)
        witnessing = self.make(database, net, clock)
        sign(database)
        begun, asked_at = clock[0], []
        while clock[0] < begun + 1400:
            self.step(witnessing)
            if ("w2", 0) in net.asked_since():
                asked_at.append(clock[0] - begun)
            clock[0] += 5
        pauses = [later - earlier for earlier, later in pairwise(asked_at)]
        assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]

    def test_one_that_comes_back_completes_the_quorum_of_the_newest_checkpoint(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        net.answers["w2"] = net.answers["w3"] = lambda _: httpx2.Response(503)
        witnessing = self.make(database, net, clock)
        first = sign(database)
        self.step(witnessing)
        newest = sign(database)
        del net.answers["w3"]
        clock[0] += 5
        self.step(witnessing)
        assert cosigners(database, first, net.policy()) == ["w1"]
        assert cosigners(database, newest, net.policy()) == ["w1", "w3"]

    def test_those_who_cosigned_the_checkpoint_are_not_asked_again_for_it(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        net.answers["w2"] = net.answers["w3"] = lambda _: httpx2.Response(503)
        witnessing = self.make(database, net, clock)
        sign(database)
        self.step(witnessing)
        net.asked_since()
        clock[0] += 5
        self.step(witnessing)
        assert net.asked_since() == [("w2", 0), ("w3", 0)]

    def test_one_that_never_ends_its_answer_holds_up_nobody_else(
        self, database: Database, net: Net, clock: list[float]
    ) -> None:
        end = Event()

        def hang(_: Submission) -> httpx2.Response:
            end.wait(60)
            return httpx2.Response(503)

        net.answers["w1"] = hang
        witnessing = self.make(database, net, clock)
        for _ in range(3):
            size = sign(database)
            asking = {thread.name: thread for thread in witnessing.step()}
            for name in ("asking w2", "asking w3"):
                asking.pop(name).join()
            assert cosigners(database, size, net.policy()) == ["w2", "w3"]
            clock[0] += 5
        assert asking == {}
        end.set()

    def test_one_without_an_address_is_never_asked(self, database: Database, net: Net, clock: list[float]) -> None:
        text = net.policy().text.replace(" https://w1.example/", "")
        witnessing = self.make(database, net, clock, parse_policy(text.encode()))
        sign(database)
        self.step(witnessing)
        assert net.asked_since() == [("w2", 0), ("w3", 0)]
