"""Key files: created once, closed to others, encrypted by choice, and never shown."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from ledger.errors import Conflict, Invalid, Missing
from ledger.keys import (
    Ed25519Signer,
    Passphrase,
    create_private_key,
    create_secret,
    is_encrypted,
    load_passphrase,
    load_private_key,
    load_secret,
)
from ledger.note import Verifier, open_note, sign_note

PASSPHRASE = Passphrase("正确的 horse battery".encode())

both_creators = pytest.mark.parametrize("create", [create_private_key, create_secret])
both_loaders = pytest.mark.parametrize("load", [load_private_key, load_secret])
Creator = Callable[[Path], object]


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


@both_creators
def test_a_key_file_is_closed_to_others_whatever_the_umask(create: Creator, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create(tmp_path / "key")
    finally:
        os.umask(before)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


@both_creators
def test_an_existing_file_or_link_is_never_overwritten(create: Creator, tmp_path: Path) -> None:
    write(tmp_path / "key", b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("key", "link"):
        with pytest.raises(Conflict, match="key_file_exists"):
            create(tmp_path / name)
    assert (tmp_path / "key").read_bytes() == b"precious"
    assert not (tmp_path / "elsewhere").exists()


@both_creators
def test_a_file_that_could_not_be_written_is_not_left_behind(
    create: Creator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        create(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


@both_creators
def test_a_directory_that_does_not_exist_is_not_created(create: Creator, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="key_directory_missing"):
        create(tmp_path / "nowhere" / "key")


def test_a_private_key_is_loaded_as_it_was_created(tmp_path: Path) -> None:
    created = create_private_key(tmp_path / "key")
    assert load_private_key(tmp_path / "key").private_bytes_raw() == created.private_bytes_raw()
    assert (tmp_path / "key").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")


def test_a_secret_has_32_bytes_and_is_loaded_as_it_was_created(tmp_path: Path) -> None:
    created = create_secret(tmp_path / "secret")
    assert len(created.value) == 32
    assert load_secret(tmp_path / "secret").value == created.value
    assert create_secret(tmp_path / "another").value != created.value


@both_loaders
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666])
def test_a_file_that_is_open_to_group_or_others_is_refused(load: Creator, mode: int, tmp_path: Path) -> None:
    path = tmp_path / "key"
    (create_private_key if load is load_private_key else create_secret)(path)
    path.chmod(mode)
    with pytest.raises(Invalid) as refused:
        load(path)
    assert refused.value.code == "key_file_readable_by_others"
    assert refused.value.parameters == {"path": str(path)}


@both_loaders
def test_a_missing_file_is_said_to_be_missing(load: Creator, tmp_path: Path) -> None:
    with pytest.raises(Missing, match="key_file_missing"):
        load(tmp_path / "key")


@both_loaders
@pytest.mark.parametrize("content", [b"", b"garbage", bytes(31), bytes(33), bytes(10_000)])
def test_a_file_that_holds_no_key_is_refused(load: Creator, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="key_file_malformed"):
        load(write(tmp_path / "key", content))


def test_a_private_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Invalid, match="key_file_malformed"):
        load_private_key(write(tmp_path / "key", other))
    with pytest.raises(Invalid, match="key_file_malformed"):
        load_private_key(write(tmp_path / "key", b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"))


def test_an_encrypted_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    created = create_private_key(path, PASSPHRASE)
    assert load_private_key(path, PASSPHRASE).private_bytes_raw() == created.private_bytes_raw()
    with pytest.raises(Invalid, match="passphrase_missing"):
        load_private_key(path)
    with pytest.raises(Invalid) as refused:
        load_private_key(path, Passphrase(b"another"))
    assert (refused.value.code, refused.value.parameters) == ("passphrase_wrong", {"path": str(path)})


def test_a_damaged_encrypted_key_is_refused(tmp_path: Path) -> None:
    create_private_key(tmp_path / "key", PASSPHRASE)
    content = (tmp_path / "key").read_bytes()
    with pytest.raises(Invalid, match="passphrase_wrong"):
        load_private_key(write(tmp_path / "damaged", content[:150]), PASSPHRASE)


def test_a_passphrase_does_not_stand_in_the_way_of_a_plain_key(tmp_path: Path) -> None:
    created = create_private_key(tmp_path / "key")
    assert load_private_key(tmp_path / "key", PASSPHRASE).private_bytes_raw() == created.private_bytes_raw()


def test_a_file_tells_whether_its_key_is_encrypted(tmp_path: Path) -> None:
    create_private_key(tmp_path / "plain")
    create_private_key(tmp_path / "encrypted", PASSPHRASE)
    assert not is_encrypted(tmp_path / "plain")
    assert is_encrypted(tmp_path / "encrypted")


def test_a_key_that_another_program_encrypted_is_loaded_too(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.value))
    loaded = load_private_key(write(tmp_path / "key", content), PASSPHRASE)
    assert loaded.private_bytes_raw() == key.private_bytes_raw()


def test_two_files_of_one_passphrase_share_neither_salt_nor_vector(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    for path in files:
        create_private_key(path, PASSPHRASE)
    salts, vectors = zip(*(parameters_told_by_openssl(path) for path in files), strict=True)
    assert len(set(salts)) == len(set(vectors)) == 2


def openssl(*arguments: str | Path) -> str:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, text=True).stdout


def parameters_told_by_openssl(path: Path) -> tuple[str, str]:
    told = openssl("asn1parse", "-in", path)
    assert ":PBES2" in told
    assert ":scrypt" in told
    assert ":aes-256-cbc" in told
    salt, vector, _ = [line.rpartition(":")[2] for line in told.splitlines() if "OCTET STRING" in line]
    return salt, vector


def test_openssl_opens_what_we_encrypt_and_we_open_what_openssl_encrypts(tmp_path: Path) -> None:
    created = create_private_key(tmp_path / "key", PASSPHRASE)
    passphrase = write(tmp_path / "passphrase", PASSPHRASE.value)
    told = openssl("pkey", "-in", tmp_path / "key", "-passin", f"file:{passphrase}", "-text", "-noout")
    assert created.private_bytes_raw().hex(":", 1)[:44] in told
    assert created.public_key().public_bytes_raw().hex(":", 1)[:44] in told

    plain = write(tmp_path / "plain", created.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    theirs = tmp_path / "theirs"
    openssl("pkcs8", "-topk8", "-scrypt", "-in", plain, "-out", theirs, "-passout", f"file:{passphrase}")
    theirs.chmod(0o600)
    assert load_private_key(theirs, PASSPHRASE).private_bytes_raw() == created.private_bytes_raw()


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_a_passphrase_is_the_line_of_its_file(ending: bytes, tmp_path: Path) -> None:
    assert load_passphrase(write(tmp_path / "passphrase", b" with spaces " + ending)).value == b" with spaces "


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n"])
def test_an_empty_passphrase_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="passphrase_empty"):
        load_passphrase(write(tmp_path / "passphrase", content))


def test_a_passphrase_file_is_as_closed_to_others_as_a_key(tmp_path: Path) -> None:
    path = write(tmp_path / "passphrase", b"words\n")
    path.chmod(0o644)
    with pytest.raises(Invalid, match="key_file_readable_by_others"):
        load_passphrase(path)
    with pytest.raises(Missing, match="key_file_missing"):
        load_passphrase(tmp_path / "nowhere")


def test_a_passphrase_that_would_be_cut_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="key_file_malformed"):
        load_passphrase(write(tmp_path / "passphrase", b"a" * 4097))


@both_loaders
def test_a_pipe_or_directory_in_the_place_of_a_file_is_refused(load: Creator, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "directory").mkdir(0o700)
    for name in ("pipe", "directory"):
        with pytest.raises(Invalid, match="key_file_malformed"):
            load(tmp_path / name)


def test_a_signer_signs_what_its_verifier_key_verifies(tmp_path: Path) -> None:
    signer = Ed25519Signer("qian.example/bureau", create_private_key(tmp_path / "key"))
    opened = open_note(sign_note("text\n", [signer]), [Verifier.from_vkey(signer.verifier_key)])
    assert opened.verified == {"qian.example/bureau"}


def test_neither_a_signer_nor_a_secret_nor_a_passphrase_shows_its_key(tmp_path: Path) -> None:
    key = create_private_key(tmp_path / "key")
    secret = create_secret(tmp_path / "secret")
    signer = Ed25519Signer("qian.example/bureau", key)
    assert repr(signer) == f"Ed25519Signer({signer.verifier_key})"
    for hidden, shown in (
        (key.private_bytes_raw(), f"{signer!r}{signer}"),
        (secret.value, f"{secret!r}{secret}"),
        (PASSPHRASE.value, f"{PASSPHRASE!r}{PASSPHRASE}"),
    ):
        assert hidden.hex() not in shown
        assert repr(hidden) not in shown
