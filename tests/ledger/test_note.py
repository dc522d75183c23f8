"""Signed notes, verifier keys and checkpoints after the C2SP specifications, with their published examples."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.keys import Ed25519Signer
from ledger.note import Checkpoint, NoteError, Verifier, open_note, parse_checkpoint, sign_note

# The example of golang.org/x/mod/sumdb/note (package documentation and tests), with its published signing key.
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
PETER_NOTE = f"{PETER_TEXT}\n{PETER_LINE}"
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)

# The example of c2sp.org/signed-note.
FOO_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

# sum.golang.org/latest of 23 September 2024, and the key that the go command pins (cmd/go/internal/modfetch/key.go).
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_NOTE = (
    "go.sum database tree\n"
    "30055305\n"
    "mXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n"
    "\n"
    "— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=\n"
)

# A checkpoint of the CT log arche2025h1.staging.ct.transparency.dev with cosignatures of public witnesses, and the keys
# that the log and the witness remora.n621.de publish. Its first signature is of type 05.
ARCHE_KEY = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
REMORA_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
ARCHE_NOTE = (
    "arche2025h1.staging.ct.transparency.dev\n"
    "1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
    "\n"
    "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIg"
    "IpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei5"
    "9RA23oHP7Ry1k3ZFWwQ=\n"
    "— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmN"
    "WVuE0tgh0XwzdZsDsUAQ==\n"
    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0D"
    "rAWfBw==\n"
)
ARCHE_TIME = 0x6A122120

TEXT = "an example\n"
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SIGNER = Ed25519Signer("qian.example/bureau", PRIVATE_KEY)
OTHER = Ed25519Signer("qian.example/other", OTHER_KEY)
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)
WITNESS = Verifier("witness.example/w1", note.COSIGNATURE, OTHER_KEY.public_key().public_bytes_raw())
NOTE = sign_note(TEXT, [SIGNER])
LINE = NOTE.removeprefix(TEXT + "\n")


class Cosigner:
    """A witness with a set clock."""

    name = WITNESS.name
    verifier_key = WITNESS.vkey

    def __init__(self, time: int) -> None:
        self.time = time

    def sign(self, message: bytes) -> bytes:
        return self.time.to_bytes(8, "big") + OTHER_KEY.sign(note.cosigned_message(self.time, message))


@pytest.mark.parametrize(
    ("signed", "vkey", "name"),
    [
        (PETER_NOTE, PETER_KEY, "PeterNeumann"),
        (PETER_NOTE + ENOCH_LINE, ENOCH_KEY, "EnochRoot"),
        (FOO_NOTE, FOO_KEY, "example.com/foo"),
        (SUMDB_NOTE, SUMDB_KEY, "sum.golang.org"),
        (ARCHE_NOTE, ARCHE_KEY, "arche2025h1.staging.ct.transparency.dev"),
    ],
)
def test_the_published_notes_open_under_their_published_keys(signed: str, vkey: str, name: str) -> None:
    opened = open_note(signed, [Verifier.from_vkey(vkey)])
    assert opened.text == signed[: signed.index("\n\n") + 1]
    assert opened.verified == {name}


def test_signing_the_published_text_with_the_published_key_gives_the_published_note() -> None:
    peter = Ed25519Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETER_SEED))
    assert peter.verifier_key == PETER_KEY
    assert sign_note(PETER_TEXT, [peter]) == PETER_NOTE


def test_a_cosignature_of_a_public_witness_yields_its_time_beside_the_log_and_unknown_signatures() -> None:
    log, witness = Verifier.from_vkey(ARCHE_KEY), Verifier.from_vkey(REMORA_KEY)
    opened = open_note(ARCHE_NOTE, [log, witness])
    assert opened.signatures == (note.Signature(log, None), note.Signature(witness, ARCHE_TIME))


def test_a_note_without_its_unknown_signatures_opens_to_the_same() -> None:
    keys = [Verifier.from_vkey(ARCHE_KEY), Verifier.from_vkey(REMORA_KEY)]
    opened = open_note(ARCHE_NOTE, keys)
    assert [signature.line + "\n" for signature in opened.signatures] == [
        line for line in ARCHE_NOTE.splitlines(keepends=True) if "ui8GwCF1" in line or "— remora" in line
    ]
    assert open_note(opened.verified_note, keys) == opened
    assert opened.verified_note.count("— ") == 2


@pytest.mark.parametrize("vkey", [PETER_KEY, ENOCH_KEY, FOO_KEY, SUMDB_KEY, ARCHE_KEY, REMORA_KEY])
def test_a_vkey_is_written_as_it_was_read(vkey: str) -> None:
    assert Verifier.from_vkey(vkey).vkey == vkey


def test_every_part_of_a_vkey_and_every_other_character_in_it_is_refused() -> None:
    parts = [PETER_KEY[i:j] for i in range(len(PETER_KEY)) for j in range(i, len(PETER_KEY) + 1)]
    changed = [PETER_KEY[:i] + chr(ord(c) + 1) + PETER_KEY[i + 1 :] for i, c in enumerate(PETER_KEY)]
    for bad in [*parts, *changed, PETER_KEY + "\n", " " + PETER_KEY, PETER_KEY.replace("c74f", "C74F")]:
        if bad != PETER_KEY:
            with pytest.raises(NoteError):
                Verifier.from_vkey(bad)


def test_a_vkey_of_another_type_or_length_is_refused_even_if_its_id_fits() -> None:
    # Both of the tests of golang.org/x/mod/sumdb/note, with the id adjusted.
    with pytest.raises(NoteError, match=r"base64|bytes"):
        Verifier.from_vkey("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")
    with pytest.raises(NoteError, match="type 65"):
        Verifier.from_vkey("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u3000b", "a\u00a0"])
def test_a_key_name_is_not_empty_and_has_no_space_or_plus(name: str) -> None:
    with pytest.raises(NoteError, match="name"):
        Ed25519Signer(name, PRIVATE_KEY)


def test_a_cosignature_key_has_another_id_than_the_ed25519_key_of_the_same_bytes() -> None:
    same = Verifier(WITNESS.name, note.ED25519, WITNESS.public_key)
    assert same.key_id != WITNESS.key_id
    assert Verifier.from_vkey(WITNESS.vkey) == WITNESS


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]))), st.booleans())
def test_a_note_opens_to_the_text_that_was_signed(lines: list[str], both: bool) -> None:
    text = "\n".join(lines) + "\n"
    opened = open_note(sign_note(text, [SIGNER, OTHER] if both else [SIGNER]), [VERIFIER])
    assert opened.text == text
    assert opened.verified == {SIGNER.name}


@given(st.integers(0, len(NOTE) - 1), st.characters(exclude_categories=["Cs"]))
def test_a_note_in_which_any_character_is_another_is_refused(place: int, character: str) -> None:
    if NOTE[place] == character:
        return
    with pytest.raises(NoteError):
        open_note(NOTE[:place] + character + NOTE[place + 1 :], [VERIFIER])


@given(st.integers(0, len(NOTE) - 1))
def test_a_note_that_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(NoteError):
        open_note(NOTE[:length], [VERIFIER])


@pytest.mark.parametrize(
    "hostile",
    [
        TEXT,
        "",
        "\n\n",
        TEXT + "\n",
        "\n" + LINE,
        TEXT + LINE,
        NOTE[:-1],
        NOTE + "\n",
        NOTE + "\n" + LINE,
        "\n" + NOTE,
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        NOTE.replace("— ", "—"),
        NOTE.replace("— ", "—\u00a0"),
        NOTE[:-1] + " \n",
        NOTE[:-1] + "A\n",
        NOTE + "— other\n",
        NOTE + "— other \n",
        NOTE + "— other AAAAAA==\n",
        NOTE + "— other AAAAAAB=\n",
        NOTE + "— other AAAAAAA\n",
        NOTE + "— other AAAA-AA=\n",
        NOTE + "— o+ther AAAAAAA=\n",
        NOTE + "— o\u2003ther AAAAAAA=\n",
        NOTE + "— other AAAAAAA= more\n",
        NOTE + "—  AAAAAAA=\n",
        NOTE + "comment\n",
        NOTE.replace("example\n", "exam\tple\n"),
        NOTE.replace("example\n", "exam\x00ple\n"),
        NOTE + "— \ud800 AAAAAAA=\n",
    ],
)
def test_a_hostile_note_is_refused(hostile: str) -> None:
    with pytest.raises(NoteError):
        open_note(hostile, [VERIFIER])


def test_signatures_by_unknown_keys_are_ignored_even_if_they_share_a_name_or_an_id() -> None:
    blob = bytes(64)
    same_name = f"— {SIGNER.name} {base64.b64encode(b'abcd' + blob).decode()}\n"
    same_id = f"— elsewhere.example {base64.b64encode(VERIFIER.key_id + blob).decode()}\n"
    assert open_note(NOTE + same_name + same_id, [VERIFIER]).verified == {SIGNER.name}


def test_a_bad_signature_by_a_known_key_refuses_the_note_even_beside_a_good_one() -> None:
    bad = f"— {SIGNER.name} {base64.b64encode(VERIFIER.key_id + bytes(64)).decode()}\n"
    for signed in (NOTE + bad, NOTE.replace(LINE, bad + LINE), sign_note(TEXT, [OTHER]) + bad):
        with pytest.raises(NoteError, match="bad"):
            open_note(signed, [VERIFIER, Verifier.from_vkey(OTHER.verifier_key)])


def test_a_signature_of_another_length_by_a_known_key_is_bad() -> None:
    for length in (1, 63, 65, 72):
        bad = f"— {SIGNER.name} {base64.b64encode(VERIFIER.key_id + bytes(length)).decode()}\n"
        with pytest.raises(NoteError, match="bad"):
            open_note(NOTE + bad, [VERIFIER])


def test_a_note_that_no_pinned_key_signed_is_refused() -> None:
    for pinned in ([], [Verifier.from_vkey(OTHER.verifier_key)]):
        with pytest.raises(NoteError, match="no pinned key"):
            open_note(NOTE, pinned)


def test_two_different_pinned_keys_with_one_name_and_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = Verifier(VERIFIER.name, note.ED25519, bytes(32))
    open_note(NOTE, [VERIFIER, VERIFIER])
    shared = VERIFIER.key_id
    monkeypatch.setattr(Verifier, "key_id", property(lambda self: shared))
    with pytest.raises(NoteError, match="share"):
        open_note(NOTE, [VERIFIER, twin])


def test_the_number_of_signatures_is_limited_to_a_hundred() -> None:
    unknown = "— other AAAAAAA=\n"
    assert open_note(NOTE + unknown * 99, [VERIFIER]).verified == {SIGNER.name}
    with pytest.raises(NoteError, match="100 signatures"):
        open_note(NOTE + unknown * 100, [VERIFIER])


def test_the_size_of_a_note_is_limited() -> None:
    text = "a" * 999_000 + "\n"
    assert open_note(sign_note(text, [SIGNER]), [VERIFIER]).text == text
    with pytest.raises(NoteError, match="bytes"):
        open_note("é" * 500_000 + NOTE, [VERIFIER])


@pytest.mark.parametrize("text", ["", "no newline", "a\rb\n", "a\tb\n", "\x1b[31m\n", "\ud800\n"])
def test_what_is_no_text_of_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, [SIGNER])


def test_a_note_without_a_signer_is_not_written() -> None:
    with pytest.raises(NoteError, match="signatures"):
        sign_note(TEXT, [])


def test_a_signer_whose_public_key_is_not_that_of_its_private_key_signs_nothing() -> None:
    mistaken = Ed25519Signer(SIGNER.name, OTHER_KEY)
    mistaken.verifier_key = SIGNER.verifier_key
    with pytest.raises(NoteError, match="bad"):
        sign_note(TEXT, [mistaken])


CHECKPOINT = Checkpoint(SIGNER.name, 3, bytes(range(32)))


def test_a_cosigned_checkpoint_opens_with_the_witness_s_time() -> None:
    signed = sign_note(CHECKPOINT.body(), [SIGNER, Cosigner(1_800_000_000)])
    opened = open_note(signed, [VERIFIER, WITNESS])
    assert opened.signatures == (note.Signature(VERIFIER, None), note.Signature(WITNESS, 1_800_000_000))
    assert parse_checkpoint(opened.text) == CHECKPOINT


def test_a_cosignature_s_time_is_at_most_that_of_the_specification() -> None:
    opened = open_note(sign_note(CHECKPOINT.body(), [Cosigner(2**63 - 1)]), [WITNESS])
    assert opened.signatures == (note.Signature(WITNESS, 2**63 - 1),)
    with pytest.raises(NoteError, match="beyond all times"):
        sign_note(CHECKPOINT.body(), [Cosigner(2**63)])


def test_a_cosignature_with_another_time_is_bad() -> None:
    signed = sign_note(CHECKPOINT.body(), [Cosigner(1_800_000_000)])
    prefix, blob = signed[:-1].rsplit(" ", 1)
    data = base64.b64decode(blob)
    earlier = data[:4] + (1_700_000_000).to_bytes(8, "big") + data[12:]
    with pytest.raises(NoteError, match="bad"):
        open_note(f"{prefix} {base64.b64encode(earlier).decode()}\n", [WITNESS])


def test_a_plain_signature_by_a_witness_s_key_is_no_cosignature() -> None:
    plain = f"— {WITNESS.name} {base64.b64encode(WITNESS.key_id + OTHER_KEY.sign(TEXT.encode())).decode()}\n"
    with pytest.raises(NoteError, match="bad"):
        open_note(f"{TEXT}\n{plain}", [WITNESS])


def test_the_published_checkpoint_bodies_are_read() -> None:
    text = open_note(SUMDB_NOTE, [Verifier.from_vkey(SUMDB_KEY)]).text
    checkpoint = parse_checkpoint(text)
    assert (checkpoint.origin, checkpoint.size) == ("go.sum database tree", 30_055_305)
    assert checkpoint.root.hex().startswith("9977e045c2746c6d")
    assert checkpoint.body() == text


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_a_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(checkpoint.body()) == checkpoint


BODY = CHECKPOINT.body()


@pytest.mark.parametrize(
    "body",
    [
        "",
        BODY[:-1],
        BODY + "\n",
        BODY + "extension\n",
        "\n" + BODY,
        BODY.replace("\n3\n", "\n03\n"),
        BODY.replace("\n3\n", "\n+3\n"),
        BODY.replace("\n3\n", "\n-3\n"),
        BODY.replace("\n3\n", "\n\n"),
        BODY.replace("\n3\n", "\n3 \n"),
        BODY.replace("\n3\n", "\n٣\n"),
        BODY.replace("\n3\n", "\n9223372036854775808\n"),
        BODY.replace("\n3\n", "\r\n3\r\n"),
        BODY.replace("8=\n", "9=\n"),
        BODY.replace("8=\n", "8\n"),
        BODY.replace("8=\n", "8==\n"),
        BODY.replace("\nAAEC", "\n-AEC"),
        BODY.replace("\nAAEC", "\n"),
        BODY.replace("qian", "\x00ian"),
    ],
)
def test_a_checkpoint_body_that_is_not_exactly_one_is_refused(body: str) -> None:
    assert body != BODY
    with pytest.raises(NoteError):
        parse_checkpoint(body)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, bytes(32)), ("a\nb", 1, bytes(32)), ("a", -1, bytes(32)), ("a", 2**63, bytes(32)), ("a", 1, bytes(31))],
)
def test_a_checkpoint_that_cannot_be_written_is_refused(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(NoteError):
        Checkpoint(origin, size, root)
