"""The log's files over HTTP: how long they are kept, how they are compressed, and proofs of single entries."""

import gzip
from collections.abc import Iterator

import pytest

from ledger import log
from ledger.log import NewEntry
from ledger.note import Verifier
from ledger.tlog_proof import parse_proof, verify_proof
from tests.api.house import House, served_on
from tests.api.public_side import log_entries

NEVER_AGAIN = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose log has more entries than a full tile."""
    with served_on("sqlite", tmp_path_factory.mktemp("files"), worker=False) as house:
        with house.bureau.write() as tx:
            log.append(tx, house.bureau.now, [NewEntry("test.entry", f"s{n}") for n in range(260)])
        yield house


@pytest.fixture(scope="module")
def size(house: House) -> int:
    return house.size()


def paths(size: int) -> dict[str, str]:
    """Each file's path, and how long it may be kept."""
    return {
        "checkpoint": "no-cache",
        "vkey": "no-cache",
        "proof/0": "no-cache",
        "tile/0/000": NEVER_AGAIN,
        "tile/entries/000": NEVER_AGAIN,
        f"tile/entries/001.p/{size - 256}": NEVER_AGAIN,
    }


def test_tiles_are_kept_for_ever_and_all_else_is_asked_for_again(house: House, size: int) -> None:
    told = {path: house.http.get(f"/log/{path}").headers["cache-control"] for path in paths(size)}
    assert told == paths(size)


def test_what_is_known_is_not_sent_again(house: House, size: int) -> None:
    for path in paths(size):
        first = house.http.get(f"/log/{path}")
        again = house.http.get(f"/log/{path}", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
        other = house.http.get(f"/log/{path}", headers={"If-None-Match": '"other"'})
        assert (other.status_code, other.content) == (200, first.content)


def test_entries_come_compressed_to_those_who_take_it_and_hashes_never(house: House) -> None:
    path = "/log/tile/entries/000"
    plain = house.http.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with house.http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert answer.headers["etag"] == plain.headers["etag"]
    assert gzip.decompress(packed) == plain.content
    hashes = house.http.get("/log/tile/0/000", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in hashes.headers


def test_every_entry_has_its_proof_which_holds_it(house: House, size: int) -> None:
    pinned = [Verifier.from_vkey(house.http.get("/log/vkey").text.splitlines()[0])]
    for index, entry in enumerate(log_entries(house)):
        answer = house.http.get(f"/log/proof/{index}")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        proof = parse_proof(answer.text)
        assert (proof.index, proof.extra) == (index, entry)
        assert verify_proof(proof, entry, pinned).checkpoint.size == size


@pytest.mark.parametrize("index", ["99999", "-1", "00", "x", "9" * 5000, "1/2"])
def test_an_entry_that_is_not_signed_has_no_proof(house: House, index: str) -> None:
    assert house.http.get(f"/log/proof/{index}").status_code == 404
