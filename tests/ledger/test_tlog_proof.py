"""Proofs in files after c2sp.org/tlog-proof@v1."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.keys import Ed25519Signer
from ledger.merkle import ProofError
from ledger.note import COSIGNATURE, Checkpoint, NoteError, Verifier, sign_note
from ledger.tlog_proof import TlogProof, parse_proof, verify_proof
from tests.ledger.static_log import ORIGIN, SIGNER, VERIFIER

ENTRIES = [b"entry %d" % seq for seq in range(7)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
CHECKPOINT = Checkpoint(ORIGIN, len(ENTRIES), merkle.root_of(LEAVES))
NOTE = sign_note(CHECKPOINT.body(), [SIGNER])


def proof_of(index: int, extra: bytes | None = None) -> TlogProof:
    hashes = merkle.inclusion_proof(index, len(LEAVES), merkle.nodes_over(LEAVES))
    return TlogProof(index, tuple(hashes), NOTE, extra)


TEXT = proof_of(4, b"entry 4").text()


def test_a_proof_is_written_line_by_line_as_specified() -> None:
    sibling, left, right = (base64.b64encode(each).decode() for each in proof_of(4).hashes)
    expected = (
        f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(b'entry 4').decode()}\n"
        f"index 4\n{sibling}\n{left}\n{right}\n\n{NOTE}"
    )
    assert expected == TEXT


def test_a_proof_without_extra_data_has_no_such_line_and_one_of_a_single_entry_no_hashes() -> None:
    leaf = merkle.leaf_hash(b"only")
    note = sign_note(Checkpoint(ORIGIN, 1, leaf).body(), [SIGNER])
    text = TlogProof(0, (), note).text()
    assert text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
    assert verify_proof(parse_proof(text), b"only", [VERIFIER]).checkpoint.root == leaf


@given(
    st.integers(0, 10**18),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(min_size=1, max_size=300),
)
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    proof = TlogProof(index, tuple(hashes), NOTE, extra)
    assert parse_proof(proof.text()) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("c2sp", "C2SP"),
        TEXT.replace("\n", "\r\n"),
        " " + TEXT,
        "\n" + TEXT,
        TEXT.replace("extra ", "Extra "),
        TEXT.replace("extra ZW50cnkgNA==", "extra "),
        TEXT.replace("extra ZW50cnkgNA==", "extra"),
        TEXT.replace("extra ZW50cnkgNA==", "extra ZW50cnkgNA"),
        TEXT.replace("extra ZW50cnkgNA==", "extra ZW50cnkgNB=="),
        TEXT.replace("extra ZW50cnkgNA==", "extra ZW50cnkgNA==\nextra ZW50cnkgNA=="),
        TEXT.replace("index 4", "index 04"),
        TEXT.replace("index 4", "index +4"),
        TEXT.replace("index 4", "index -4"),
        TEXT.replace("index 4", "index ٤"),
        TEXT.replace("index 4", "index  4"),
        TEXT.replace("index 4\n", ""),
        TEXT.replace("index 4", "index 4 "),
        TEXT.replace("index 4\n", "index 4\nother 1\n"),
        TEXT.replace("index 4\n", "index 4\nAAAA\n"),
        TEXT.replace("index 4\n", f"index 4\n{'A' * 42}B=\n"),
        TEXT.replace("\n\n" + NOTE, "\n" + NOTE),
        TEXT[: TEXT.index(NOTE)],
        proof_of(4).text().replace("index 4\n", "index 4\n" + ("A" * 43 + "=\n") * 64),
    ],
)
def test_what_is_not_exactly_a_proof_is_refused(text: str) -> None:
    assert text != TEXT
    with pytest.raises(ValueError, match=r"tlog-proof|base64"):
        parse_proof(text)


@pytest.mark.parametrize("index", range(len(ENTRIES)))
def test_a_proof_holds_with_the_entry_and_the_pinned_key_alone(index: int) -> None:
    proof = parse_proof(proof_of(index, ENTRIES[index]).text())
    assert proof.extra is not None
    assert verify_proof(proof, proof.extra, [VERIFIER]).checkpoint == CHECKPOINT


@pytest.mark.parametrize("index", range(len(ENTRIES)))
def test_it_holds_for_no_other_entry_and_no_other_place(index: int) -> None:
    proof = proof_of(index)
    with pytest.raises(ProofError):
        verify_proof(proof, b"another", [VERIFIER])
    for other in {*range(9)} - {index}:
        with pytest.raises(ProofError):
            verify_proof(TlogProof(other, proof.hashes, NOTE), ENTRIES[index], [VERIFIER])


def test_a_checkpoint_that_no_pinned_key_signed_is_refused() -> None:
    stranger = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"stranger").digest()))
    proof = TlogProof(4, proof_of(4).hashes, sign_note(CHECKPOINT.body(), [stranger]))
    with pytest.raises(NoteError):
        verify_proof(proof, ENTRIES[4], [VERIFIER])


def test_a_checkpoint_that_only_another_name_signed_is_refused() -> None:
    """Each pinned key speaks for its own log: a witness, or another log, cannot sign in this one's name."""
    other = Ed25519Signer("other.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    proof = TlogProof(4, proof_of(4).hashes, sign_note(CHECKPOINT.body(), [other]))
    with pytest.raises(NoteError, match="the log itself"):
        verify_proof(proof, ENTRIES[4], [VERIFIER, Verifier.from_vkey(other.verifier_key)])


def test_a_cosignature_is_not_the_logs_own_signature() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    cosigner = Verifier(ORIGIN, COSIGNATURE, key.public_key().public_bytes_raw())
    body = CHECKPOINT.body()
    time = (1_790_000_000).to_bytes(8, "big")
    signature = key.sign(b"cosignature/v1\ntime 1790000000\n" + body.encode())
    line = base64.b64encode(cosigner.key_id + time + signature).decode()
    with pytest.raises(NoteError, match="the log itself"):
        verify_proof(TlogProof(4, proof_of(4).hashes, f"{body}\n— {ORIGIN} {line}\n"), ENTRIES[4], [VERIFIER, cosigner])
    both = TlogProof(4, proof_of(4).hashes, f"{NOTE}— {ORIGIN} {line}\n")
    opened = verify_proof(both, ENTRIES[4], [VERIFIER, cosigner])
    assert [signature.time for signature in opened.signatures] == [None, 1_790_000_000]
