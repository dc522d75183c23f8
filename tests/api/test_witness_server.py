"""A witness's HTTP interface after c2sp.org/tlog-witness."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.witness import Witness, create_witness, opened_witness
from api.witness_server import build_witness_app
from ledger import note
from ledger.note import Verifier
from ledger.witness import LARGEST_SUBMISSION
from tests.api.test_witness import FORKED, LOG, NAME, NOW, ORIGIN, body

ORIGIN_HASH = hashlib.sha256(ORIGIN.encode()).hexdigest()


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    create_witness(tmp_path / "witness", NAME)
    with opened_witness(tmp_path / "witness") as opened:
        opened.add_log(LOG.verifier_key)
        yield opened


@pytest.fixture
def client(witness: Witness) -> Iterator[TestClient]:
    with TestClient(build_witness_app(witness, lambda: NOW), raise_server_exceptions=False) as made:
        yield made


def test_a_cosignature_is_answered_as_signature_lines(client: TestClient, witness: Witness) -> None:
    answer = client.post("/add-checkpoint", content=body(0, 3))
    assert answer.status_code == 200
    assert answer.text.startswith(f"— {NAME} ")
    assert answer.text.endswith("\n")
    signed = body(0, 3).decode().partition("\n\n")[2]
    assert note.open_note(signed + answer.text, [witness.verifier]).signatures[0].time == NOW


def test_a_conflict_tells_the_latest_size_under_its_own_media_type(client: TestClient) -> None:
    client.post("/add-checkpoint", content=body(0, 3))
    answer = client.post("/add-checkpoint", content=body(2, 5))
    assert (answer.status_code, answer.text) == (409, "3\n")
    assert answer.headers["Content-Type"] == "text/x.tlog.size"


def test_what_is_refused_is_answered_by_its_status(client: TestClient) -> None:
    client.post("/add-checkpoint", content=body(0, 7))
    unknown = body(0, 7).replace(ORIGIN.encode(), b"log.example/unknown")
    unsigned = body(7, 8).rpartition(b"\n\n")[0] + b"\n\n\xe2\x80\x94 a AAAAAAA=\n"
    for asked, status in (
        (b"", 400),
        (b"old 7\n", 400),
        (unknown, 404),
        (unsigned, 403),
        (body(7, 8, FORKED), 422),
        (body(7, 8), 200),
    ):
        assert client.post("/add-checkpoint", content=asked).status_code == status


def test_a_body_beyond_the_limit_is_answered_413(client: TestClient) -> None:
    for size, status in ((LARGEST_SUBMISSION, 400), (LARGEST_SUBMISSION + 1, 413)):
        assert client.post("/add-checkpoint", content=bytes(size)).status_code == status


def test_only_post_adds_a_checkpoint(client: TestClient) -> None:
    assert client.get("/add-checkpoint").status_code == 405
    assert client.post(f"/{ORIGIN_HASH}/checkpoint", content=b"").status_code == 405


def test_the_latest_checkpoint_is_found_under_the_hash_of_its_origin(client: TestClient, witness: Witness) -> None:
    assert client.get(f"/{ORIGIN_HASH}/checkpoint").status_code == 404
    client.post("/add-checkpoint", content=body(0, 3))
    client.post("/add-checkpoint", content=body(3, 6))
    answer = client.get(f"/{ORIGIN_HASH}/checkpoint")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    opened = note.open_note(answer.text, [Verifier.from_vkey(LOG.verifier_key), witness.verifier])
    assert (len(opened.signatures), note.parse_checkpoint(opened.text).size) == (2, 6)
    assert client.get(f"/{ORIGIN_HASH.upper()}/checkpoint").status_code == 404


def test_a_failure_cosigns_nothing_and_tells_nothing(
    client: TestClient, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.witness_store.remember", lambda *_: 1 / 0)
    answer = client.post("/add-checkpoint", content=body(0, 3))
    assert answer.status_code == 500
    assert "—" not in answer.text
    assert "division" not in answer.text
    monkeypatch.undo()
    assert client.post("/add-checkpoint", content=body(0, 2)).status_code == 200
