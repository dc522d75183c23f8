"""Where a log's private keys are: each is found by its verifier, in files or in whatever else holds keys."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import Conflict, Missing
from ledger.keys import Ed25519Signer, Passphrase, load_private_key, save_private_key
from ledger.note import Signer, Verifier

_PROBE = b"qian/probe/v1\n"


class KeyStore(Protocol):
    """A place that makes Ed25519 keys, keeps them and signs with them."""

    def create(self, name: str) -> Signer:
        """Make a key under a log's name; it is kept durably before this returns."""

    def find(self, verifier: Verifier) -> Signer | None:
        """Return the signer whose signatures a verifier verifies, None where its key is not kept here."""


class KeyFiles:
    """Keys as files of a folder, each named log-<key id>.key; new ones are encrypted if there is a passphrase."""

    def __init__(self, folder: Path, passphrase: Passphrase | None) -> None:
        """Keep the files in an existing folder."""
        self._folder = folder
        self._passphrase = passphrase

    def create(self, name: str) -> Ed25519Signer:
        """Make a key and its file; raises NoteError where `name` cannot be a key's name."""
        key = Ed25519PrivateKey.generate()
        signer = Ed25519Signer(name, key)
        save_private_key(self.path(Verifier.from_vkey(signer.verifier_key)), key, self._passphrase)
        return signer

    def find(self, verifier: Verifier) -> Ed25519Signer | None:
        """Return the signer of a file; raises what `load_private_key` raises, or Conflict if it holds another key."""
        path = self.path(verifier)
        if not path.exists():
            return None
        signer = Ed25519Signer(verifier.name, load_private_key(path, self._passphrase))
        if signer.verifier_key != verifier.vkey:
            raise Conflict("key_file_of_another_key", path=str(path), key=verifier.vkey)
        return signer

    def path(self, verifier: Verifier) -> Path:
        """Return where the file of a key is, or would be."""
        return self._folder / f"log-{verifier.key_id.hex()}.key"


class Keyring:
    """A log's keys over one or several stores."""

    def __init__(self, stores: Sequence[KeyStore], maker: KeyStore) -> None:
        """Look for keys in the stores, in order, and make new ones in `maker`, one of them."""
        self._stores = stores
        self._maker = maker
        self._found: dict[Verifier, Signer] = {}

    def create(self, name: str) -> Signer:
        """Make a key under a log's name; raises NoteError where what it signs does not verify."""
        signer = self._maker.create(name)
        verifier = Verifier.from_vkey(signer.verifier_key)
        verifier.verify(_PROBE, signer.sign(_PROBE))
        self._found[verifier] = signer
        return signer

    def find(self, verifier: Verifier) -> Signer | None:
        """Return the signer of a verifier, None where its key is in no store."""
        if verifier not in self._found:
            signer = next((found for store in self._stores if (found := store.find(verifier))), None)
            if signer is None:
                return None
            self._found[verifier] = signer
        return self._found[verifier]

    def signer(self, verifier: Verifier) -> Signer:
        """Return the signer of a verifier; raises Missing where its key is in no store."""
        signer = self.find(verifier)
        if signer is None:
            raise Missing("log_key_missing", key=verifier.vkey)
        return signer
