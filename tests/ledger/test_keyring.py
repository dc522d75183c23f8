"""The keyring: a key is found by its verifier alone, wherever it is kept."""

from pathlib import Path

import pytest

from ledger.errors import Conflict, Invalid, Missing
from ledger.keyring import KeyFiles, Keyring
from ledger.keys import Ed25519Signer, Passphrase, is_encrypted
from ledger.note import NoteError, Signer, Verifier

ORIGIN = "log.example/qian"
PASSPHRASE = Passphrase(b"words")


def verifier_of(signer: Signer) -> Verifier:
    return Verifier.from_vkey(signer.verifier_key)


def signs(signer: Signer | None, verifier: Verifier) -> bool:
    assert signer is not None
    verifier.verify(b"text", signer.sign(b"text"))
    return (signer.name, signer.verifier_key) == (verifier.name, verifier.vkey)


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_a_key_has_a_file_of_its_id_that_only_its_owner_reads(tmp_path: Path) -> None:
    verifier = verifier_of(KeyFiles(tmp_path, None).create(ORIGIN))
    (file,) = tmp_path.iterdir()
    assert file.name == f"log-{verifier.key_id.hex()}.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert not is_encrypted(file)


def test_a_key_is_found_again_by_its_verifier(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path, None)
    verifiers = [verifier_of(files.create(ORIGIN)) for _ in range(2)]
    for verifier in verifiers:
        assert signs(KeyFiles(tmp_path, None).find(verifier), verifier)
    assert files.find(Verifier(ORIGIN, 1, bytes(32))) is None


def test_with_a_passphrase_new_keys_are_encrypted_and_plain_ones_are_still_found(tmp_path: Path) -> None:
    plain = verifier_of(KeyFiles(tmp_path, None).create(ORIGIN))
    files = KeyFiles(tmp_path, PASSPHRASE)
    encrypted = verifier_of(files.create(ORIGIN))
    assert [is_encrypted(files.path(verifier)) for verifier in (plain, encrypted)] == [False, True]
    assert signs(files.find(plain), plain)
    assert signs(files.find(encrypted), encrypted)
    with pytest.raises(Invalid, match="passphrase_missing"):
        KeyFiles(tmp_path, None).find(encrypted)


def test_a_file_in_another_one_s_place_is_refused(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path, None)
    one, other = (verifier_of(files.create(ORIGIN)) for _ in range(2))
    files.path(other).rename(files.path(one))
    with pytest.raises(Conflict) as refused:
        files.find(one)
    assert refused.value.code == "key_file_of_another_key"
    assert refused.value.parameters == {"path": str(files.path(one)), "key": one.vkey}


def test_keys_are_made_in_one_store_and_found_in_all(tmp_path: Path) -> None:
    first, second = (KeyFiles(folder(tmp_path, name), None) for name in ("first", "second"))
    kept = verifier_of(first.create(ORIGIN))
    keyring = Keyring([first, second], second)
    made = verifier_of(keyring.create(ORIGIN))
    assert second.path(made).exists()
    assert signs(keyring.signer(kept), kept)
    assert signs(Keyring([first, second], first).signer(made), made)


def test_a_key_that_does_not_sign_as_it_must_is_not_given_out(tmp_path: Path) -> None:
    class Broken(KeyFiles):
        def create(self, name: str) -> Ed25519Signer:
            signer = super().create(name)
            signer.verifier_key = super().create(name).verifier_key
            return signer

    with pytest.raises(NoteError):
        Keyring([], Broken(tmp_path, None)).create(ORIGIN)


def test_a_key_that_was_found_once_is_read_no_more(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path, None)
    keyring = Keyring([files], files)
    made = verifier_of(keyring.create(ORIGIN))
    found = verifier_of(files.create(ORIGIN))
    before = [keyring.signer(verifier) for verifier in (made, found)]
    for path in tmp_path.iterdir():
        path.unlink()
    assert [keyring.signer(verifier) for verifier in (made, found)] == before


def test_a_key_that_is_nowhere_is_said_to_be_missing(tmp_path: Path) -> None:
    nobody, files = Verifier(ORIGIN, 1, bytes(32)), KeyFiles(tmp_path, None)
    assert Keyring([files], files).find(nobody) is None
    with pytest.raises(Missing) as refused:
        Keyring([files], files).signer(nobody)
    assert (refused.value.code, refused.value.parameters) == ("log_key_missing", {"key": nobody.vkey})
