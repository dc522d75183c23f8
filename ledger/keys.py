"""Files of private keys and secrets: created once with mode 0600, never overwritten, never shown.

A private key's file is PKCS #8 in PEM, plain or encrypted by a passphrase.
"""

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger import encrypted_keys
from ledger.errors import Conflict, Invalid, Missing
from ledger.note import ED25519, Verifier

SECRET_BYTES = 32
_LARGEST_FILE = 4096


@dataclass(frozen=True, eq=False)
class Secret:
    """32 random bytes, the key of a MAC; only `value` shows them."""

    value: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class Passphrase:
    """What opens encrypted key files, or an HSM's PIN; only `value` shows it. Raises Invalid where it is empty."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not self.value:
            raise Invalid("passphrase_empty")


class Ed25519Signer:
    """Signs notes with an Ed25519 private key; a `ledger.note.Signer`."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        """Raise NoteError where `name` cannot be a key's name."""
        self.name = name
        self.verifier_key = Verifier(name, ED25519, private_key.public_key().public_bytes_raw()).vkey
        self._private_key = private_key

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.verifier_key})"

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature (RFC 8032)."""
        return self._private_key.sign(message)


def create_private_key(path: Path, passphrase: Passphrase | None = None) -> Ed25519PrivateKey:
    """Create a key and its file, encrypted if a passphrase is given; raises Conflict if anything is there already."""
    key = Ed25519PrivateKey.generate()
    save_private_key(path, key, passphrase)
    return key


def save_private_key(path: Path, key: Ed25519PrivateKey, passphrase: Passphrase | None = None) -> None:
    """Create the file of a key, as `create_private_key` does."""
    if passphrase is None:
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    else:
        salt = secrets.token_bytes(encrypted_keys.SALT_BYTES)
        initial_vector = secrets.token_bytes(encrypted_keys.IV_BYTES)
        plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        content = encrypted_keys.encrypt_private_key(plain, passphrase.value, salt, initial_vector)
    create_private_file(path, content)


def load_private_key(path: Path, passphrase: Passphrase | None = None) -> Ed25519PrivateKey:
    """Return the key of a file; a plain one needs no passphrase and ignores it.

    Raises Missing, or Invalid if others can read the file, the passphrase is not the file's, or it holds no such key.
    """
    content = read_private_file(path)
    encrypted = content.startswith(encrypted_keys.FIRST_LINE)
    if encrypted and passphrase is None:
        raise Invalid("passphrase_missing", path=str(path))
    try:
        key = load_pem_private_key(content, passphrase.value if encrypted and passphrase else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: encrypted in another form than ours
        if encrypted:
            raise Invalid("passphrase_wrong", path=str(path)) from None
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid("key_file_malformed", path=str(path))
    return key


def is_encrypted(path: Path) -> bool:
    """Tell whether a private key's file is encrypted; raises as `load_private_key` does."""
    return read_private_file(path).startswith(encrypted_keys.FIRST_LINE)


def load_passphrase(path: Path) -> Passphrase:
    """Return the one line of a passphrase's file; raises Missing, or Invalid if others can read it or it is empty."""
    return Passphrase(read_private_file(path).removesuffix(b"\n").removesuffix(b"\r"))


def create_secret(path: Path) -> Secret:
    """Create a secret and its file of 32 bytes; raises Conflict if anything is there already."""
    secret = Secret(secrets.token_bytes(SECRET_BYTES))
    create_private_file(path, secret.value)
    return secret


def load_secret(path: Path) -> Secret:
    """Return the secret of a file; raises Missing, or Invalid if others can read it or it has not 32 bytes."""
    value = read_private_file(path)
    if len(value) != SECRET_BYTES:
        raise Invalid("key_file_malformed", path=str(path))
    return Secret(value)


def create_private_file(path: Path, content: bytes) -> None:
    """Create a file of mode 0600, durably; raises Conflict if anything is there already, Missing without its folder."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("key_file_exists", path=str(path)) from None
    except FileNotFoundError:
        raise Missing("key_directory_missing", path=str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink()
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)  # else the name of a key that has signed already may be lost with the power
    finally:
        os.close(directory)


def read_private_file(path: Path) -> bytes:
    """Return what a key's file holds; raises Missing, or Invalid if others can read it or it is too large for one."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe in the file's place does not hang the reader
    except FileNotFoundError:
        raise Missing("key_file_missing", path=str(path)) from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise Invalid("key_file_malformed", path=str(path))
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Invalid("key_file_readable_by_others", path=str(path))
        content = os.read(descriptor, _LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise Invalid("key_file_malformed", path=str(path))
        return content
    finally:
        os.close(descriptor)
