"""The rules of a witness after c2sp.org/tlog-witness, tried by a log that forks, rolls back and lies."""

import base64
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger import merkle, note
from ledger.keys import Ed25519Signer
from ledger.note import Checkpoint, Signature, Verifier
from ledger.witness import (
    LARGEST_SUBMISSION,
    NEVER_COSIGNED,
    SIZE_TYPE,
    Cosigner,
    Head,
    Refused,
    SignedHead,
    Submission,
    check_consistency,
    check_signature,
    cosignature_in,
    parse_submission,
)

ORIGIN = "log.example/behind-the-sofa"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = Ed25519Signer(ORIGIN, LOG_KEY)
TRUSTED = [Verifier.from_vkey(LOG.verifier_key)]
STRANGER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
COSIGNER = Cosigner("witness.example/w1", WITNESS_KEY.public_key().public_bytes_raw(), WITNESS_KEY.sign)
LEAVES = tuple(merkle.leaf_hash(b"%d" % number) for number in range(20))
FORKED = (*LEAVES[:9], *(merkle.leaf_hash(b"fork %d" % number) for number in range(11)))

# The example of the specification; its note is signed by keys that nobody has published.
EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
"""  # noqa: E501


def head(leaves: Sequence[bytes], size: int) -> Head:
    return Head(size, merkle.root_of(leaves[:size]))


def signed(at: Head, signer: note.Signer = LOG, origin: str = ORIGIN, extension: str = "") -> str:
    return note.sign_note(Checkpoint(origin, at.size, at.root).body() + extension, [signer])


def proof(leaves: Sequence[bytes], old: int, new: int) -> tuple[bytes, ...]:
    return tuple(merkle.consistency_proof(old, new, merkle.nodes_over(leaves))) if 0 < old <= new else ()


def submission(old: int, new: int, leaves: Sequence[bytes] = LEAVES) -> Submission:
    return Submission(old, proof(leaves, old, new), signed(head(leaves, new)))


def ask(body: bytes | Submission, latest: Head = NEVER_COSIGNED, trusted: Sequence[Verifier] = TRUSTED) -> SignedHead:
    """What a witness does for a request, but for remembering."""
    asked = parse_submission(body if isinstance(body, bytes) else body.to_bytes())
    found = check_signature(asked, trusted)
    check_consistency(asked, found.head, latest)
    return found


def refused(body: bytes | Submission, latest: Head = NEVER_COSIGNED, trusted: Sequence[Verifier] = TRUSTED) -> int:
    with pytest.raises(Refused) as caught:
        ask(body, latest, trusted)
    return caught.value.status


def test_the_example_of_the_specification_is_read_and_written_byte_for_byte() -> None:
    read = parse_submission(EXAMPLE.encode())
    assert (read.old_size, len(read.proof), read.origin) == (20852014, 4, "example.com/behind-the-sofa")
    assert read.proof[0].hex().startswith("3e544d0abc07a6a8")
    assert read.to_bytes() == EXAMPLE.encode()


def test_the_first_checkpoint_is_cosigned_without_a_proof() -> None:
    for size in (0, 1, 7):
        assert ask(submission(0, size)).head == head(LEAVES, size)


@given(st.integers(1, 20), st.integers(1, 20))
def test_a_checkpoint_that_begins_with_the_latest_head_is_cosigned(one: int, other: int) -> None:
    old, new = sorted([one, other])
    text = Checkpoint(ORIGIN, new, head(LEAVES, new).root).body()
    assert ask(submission(old, new), head(LEAVES, old)) == SignedHead(
        ORIGIN, head(LEAVES, new), text, note.sign_note(text, [LOG])
    )


def test_the_checkpoint_s_other_signatures_are_ignored() -> None:
    note_of_two = note.sign_note(Checkpoint(ORIGIN, 1, head(LEAVES, 1).root).body(), [STRANGER, LOG])
    assert ask(Submission(0, (), note_of_two)).note == signed(head(LEAVES, 1))


def test_lines_after_the_root_are_cosigned_as_well() -> None:
    found = ask(Submission(0, (), signed(head(LEAVES, 3), extension="more\nand more\n")))
    assert found.head == head(LEAVES, 3)
    assert found.text.endswith("=\nmore\nand more\n")


GOOD = submission(2, 5).to_bytes()
FIVE = signed(head(LEAVES, 5)).encode()
HASH = base64.b64encode(bytes(32)) + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 2",
        b"old 2\n\n",
        GOOD[:-1],
        GOOD[:40],
        b"\n" + GOOD,
        GOOD.replace(b"old 2", b"old 02"),
        GOOD.replace(b"old 2", b"old +2"),
        GOOD.replace(b"old 2", b"old  2"),
        GOOD.replace(b"old 2", b"old -2"),
        GOOD.replace(b"old 2", b"old"),
        GOOD.replace(b"old 2", b"Old 2"),
        GOOD.replace(b"old 2", b"old \xd9\xa2"),
        GOOD.replace(b"old 2", b"old 99999999999999999999"),
        GOOD.replace(b"\n", b"\r\n"),
        b"old 2\n" + HASH[1:] + b"\n" + FIVE,
        b"old 2\n" + HASH.replace(b"A=", b"B=") + b"\n" + FIVE,
        b"old 2\n " + HASH + b"\n" + FIVE,
        b"old 2\n" + HASH + FIVE,
        b"old 2\n" + HASH * 64 + b"\n" + FIVE,
        b"old 2\n\n\xff" + FIVE,
        b"old 2\n\n" + FIVE + b" ",
        b"old 2\n\n" + signed(head(LEAVES, 5), extension="\nempty before\n").encode(),
        b"old 2\n\n" + note.sign_note(f"{ORIGIN}\n5\n", [LOG]).encode(),
        b"old 2\n\n" + note.sign_note(f"{ORIGIN}\n05\n{HASH.decode()}", [LOG]).encode(),
        b"old 2\n\n" + FIVE + b" " * LARGEST_SUBMISSION,
    ],
)
def test_a_malformed_request_is_answered_400(body: bytes) -> None:
    assert body != GOOD
    assert refused(body, head(LEAVES, 2)) == 400


def test_sixty_three_hashes_are_read_and_sixty_four_are_not() -> None:
    assert len(parse_submission(b"old 2\n" + HASH * 63 + b"\n" + FIVE).proof) == 63
    with pytest.raises(Refused, match="63"):
        parse_submission(b"old 2\n" + HASH * 64 + b"\n" + FIVE)


@given(st.binary())
def test_no_body_breaks_the_witness(body: bytes) -> None:
    assert refused(body) == 400


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_request_in_which_any_byte_is_another_is_refused_and_never_for_the_server_s_fault(at: int, byte: int) -> None:
    if GOOD[at] != byte:
        changed = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
        assert refused(changed, head(LEAVES, 2)) in (400, 403, 404, 409, 422)


def test_an_unknown_log_is_answered_404() -> None:
    assert refused(submission(0, 5), trusted=[]) == 404


def test_a_checkpoint_without_a_trusted_signature_is_answered_403() -> None:
    assert refused(Submission(0, (), signed(head(LEAVES, 5), STRANGER))) == 403


def test_a_bad_signature_by_a_trusted_key_is_answered_403_even_beside_a_good_one() -> None:
    other = signed(head(LEAVES, 6)).rpartition("\n\n")[2]
    assert refused(Submission(0, (), signed(head(LEAVES, 5)) + other)) == 403


def test_a_signature_by_a_log_s_key_of_another_name_is_answered_403() -> None:
    named_otherwise = signed(head(LEAVES, 5), Ed25519Signer("log.example/other", LOG_KEY))
    assert refused(Submission(0, (), named_otherwise)) == 403


def test_an_old_size_beyond_the_checkpoint_s_is_answered_400_whatever_the_latest_is() -> None:
    for latest in (NEVER_COSIGNED, head(LEAVES, 5), head(LEAVES, 9)):
        assert refused(Submission(9, (), signed(head(LEAVES, 5))), latest) == 400


def test_another_old_size_than_the_latest_is_answered_409_with_the_latest() -> None:
    for old in (0, 4, 6, 8):
        with pytest.raises(Refused) as caught:
            ask(submission(old, 8), head(LEAVES, 5))
        assert (caught.value.status, caught.value.body, caught.value.content_type) == (409, "5\n", SIZE_TYPE)


def test_an_old_size_is_answered_409_where_nothing_was_cosigned() -> None:
    with pytest.raises(Refused) as caught:
        ask(submission(3, 5))
    assert (caught.value.status, caught.value.body) == (409, "0\n")


def test_a_rollback_is_refused_whatever_old_size_it_names() -> None:
    latest = head(LEAVES, 9)
    assert refused(submission(5, 5), latest) == 409
    assert refused(submission(0, 5), latest) == 409
    assert refused(Submission(9, proof(LEAVES, 5, 9), signed(head(LEAVES, 5))), latest) == 400


def test_a_fork_is_answered_422() -> None:
    assert refused(submission(12, 15, FORKED), head(LEAVES, 12)) == 422


def test_another_root_at_the_latest_size_is_answered_422() -> None:
    assert refused(submission(12, 12, FORKED), head(LEAVES, 12)) == 422


def test_a_proof_where_there_is_nothing_to_prove_is_answered_422() -> None:
    assert refused(Submission(0, (bytes(32),), signed(head(LEAVES, 5)))) == 422
    assert refused(Submission(5, (bytes(32),), signed(head(LEAVES, 5))), head(LEAVES, 5)) == 422
    assert refused(Submission(0, (bytes(32),), signed(head(LEAVES, 0)))) == 422


def test_a_missing_cut_or_false_proof_is_answered_422() -> None:
    whole = proof(LEAVES, 5, 9)
    for bad in ((), whole[:-1], (*whole, bytes(32)), whole[::-1], (bytes(32), *whole[1:])):
        assert refused(Submission(5, bad, signed(head(LEAVES, 9))), head(LEAVES, 5)) == 422


def test_an_empty_tree_with_another_root_is_answered_422() -> None:
    assert refused(Submission(0, (), signed(Head(0, bytes(32))))) == 422


def test_a_cosignature_opens_as_the_witness_s_at_its_time() -> None:
    text = Checkpoint(ORIGIN, 5, head(LEAVES, 5).root).body() + "extension\n"
    line = COSIGNER.cosign(text, 1_800_000_000)
    assert line.startswith("— witness.example/w1 ")
    assert line.count("\n") == 1
    opened = note.open_note(note.sign_note(text, [LOG]) + line, [COSIGNER.verifier])
    assert opened.signatures == (Signature(COSIGNER.verifier, 1_800_000_000),)


def test_a_cosignature_signs_what_the_specification_says() -> None:
    line = COSIGNER.cosign("log\n1\nroot\n", 1679315147)
    blob = base64.b64decode(line.split(" ")[2])
    assert blob[:12] == COSIGNER.verifier.key_id + (1679315147).to_bytes(8, "big")
    message = b"cosignature/v1\ntime 1679315147\nlog\n1\nroot\n"
    WITNESS_KEY.public_key().verify(blob[12:], message)


TEXT = Checkpoint(ORIGIN, 5, head(LEAVES, 5).root).body()
LINE = COSIGNER.cosign(TEXT, 1_800_000_000)
OTHER_COSIGNER = Cosigner("witness.example/w2", LOG_KEY.public_key().public_bytes_raw(), LOG_KEY.sign)


@pytest.mark.parametrize(
    "answer",
    [
        LINE,
        "\n" + LINE,
        OTHER_COSIGNER.cosign(TEXT, 1) + LINE,
        LINE.replace("w1 ", "w1 AAAA") + LINE,
        COSIGNER.cosign(TEXT.replace("5", "6"), 1) + LINE,
        COSIGNER.cosign(TEXT, 1_800_000_001) + LINE + COSIGNER.cosign(TEXT, 1_800_000_002),
        "no signature\n" + LINE,
        LINE.rstrip("\n"),
    ],
)
def test_a_witness_s_cosignature_is_found_among_whatever_it_answers(answer: str) -> None:
    found = cosignature_in(answer, TEXT, COSIGNER.verifier)
    assert found == Signature(COSIGNER.verifier, 1_800_000_000)
    assert found is not None
    assert found.line + "\n" == LINE


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\n",
        OTHER_COSIGNER.cosign(TEXT, 1),
        COSIGNER.cosign(TEXT.replace("5", "6"), 1),
        LINE.replace("w1", "w2"),
        LINE[:-6] + "AAAA=\n",
        LINE.replace("— ", "- "),
        LINE.replace(" ", "  "),
        signed(head(LEAVES, 5)),
        LINE[:-1] + "\u2028" + LINE,
    ],
)
def test_a_forged_cosignature_is_none(answer: str) -> None:
    assert cosignature_in(answer, TEXT, COSIGNER.verifier) is None


@given(st.integers(0, len(LINE) - 2), st.characters(exclude_categories=["Cs"]))
def test_a_cosignature_in_which_any_character_is_another_is_none(place: int, character: str) -> None:
    if LINE[place] != character:
        assert cosignature_in(LINE[:place] + character + LINE[place + 1 :], TEXT, COSIGNER.verifier) is None


class Adversary(RuleBasedStateMachine):
    """A log that signs heads of three histories and asks for cosignatures as it likes, with any proof it can make."""

    HISTORIES = (LEAVES, FORKED, (*LEAVES[:15], *FORKED[15:]))

    def __init__(self) -> None:
        super().__init__()
        self.latest = NEVER_COSIGNED
        self.cosigned: list[tuple[int, Sequence[bytes]]] = []

    @rule(
        history=st.sampled_from(HISTORIES),
        size=st.integers(0, 20),
        old=st.none() | st.integers(0, 20),
        proved_in=st.none() | st.sampled_from(HISTORIES),
        proved_from=st.none() | st.integers(0, 20),
        proved_to=st.none() | st.integers(0, 20),
    )
    def ask(
        self,
        history: Sequence[bytes],
        size: int,
        old: int | None,
        proved_in: Sequence[bytes] | None,
        proved_from: int | None,
        proved_to: int | None,
    ) -> None:
        old = self.latest.size if old is None else old
        hashes = proof(
            history if proved_in is None else proved_in,
            old if proved_from is None else proved_from,
            size if proved_to is None else proved_to,
        )
        try:
            found = ask(Submission(old, hashes, signed(head(history, size))), self.latest)
        except Refused:
            return
        self.latest = found.head
        self.cosigned.append((size, history))

    @invariant()
    def sizes_never_go_back(self) -> None:
        sizes = [size for size, _ in self.cosigned]
        assert sizes == sorted(sizes)

    @invariant()
    def each_head_is_the_beginning_of_the_next(self) -> None:
        for (size, history), (_, later) in zip(self.cosigned, self.cosigned[1:], strict=False):
            assert history[:size] == later[:size]


TestAdversary = Adversary.TestCase
