"""A witness for other bureaus' logs: its folder with key and memory, and what it does with a request.

The folder holds `witness.key`, the cosigning key, and `witness.sqlite`, what was cosigned. A witness that lost or
restored its memory could be made to cosign a fork: it is retired, and a new one is made with a new name.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from ledger import keys, witness_store
from ledger.database import Database
from ledger.errors import Conflict, Invalid, Missing
from ledger.keys import Passphrase
from ledger.note import COSIGNATURE, NoteError, Verifier
from ledger.witness import Cosigner, Refused, SignedHead, check_consistency, check_signature, parse_submission

KEY_FILE: Final = "witness.key"
MEMORY_FILE: Final = "witness.sqlite"


class Witness:
    """A witness, opened."""

    def __init__(self, folder: Path, passphrase: Passphrase | None = None) -> None:
        """Open a witness's folder; raises Missing where there is none, Conflict where key and memory do not fit."""
        private_key = keys.load_private_key(folder / KEY_FILE, passphrase)
        if not (folder / MEMORY_FILE).exists():  # SQLite would make a new one, which remembers nothing
            raise Missing("witness_memory_missing", path=folder / MEMORY_FILE)
        self._database = _memory(folder)
        with self._database.read() as tx:
            pinned = Verifier.from_vkey(witness_store.vkey(tx))
        public_key = private_key.public_key().public_bytes_raw()
        self._cosigner = Cosigner(pinned.name, public_key, private_key.sign)
        if self._cosigner.verifier != pinned:
            raise Conflict("witness_key_of_another", path=folder / KEY_FILE)

    @property
    def verifier(self) -> Verifier:
        """The key that verifies its cosignatures."""
        return self._cosigner.verifier

    def add_checkpoint(self, body: bytes, now: int) -> str:
        """Return the cosignature of a checkpoint, which is stored by then; `now` in Unix seconds. Raises Refused."""
        submission = parse_submission(body)
        with self._database.read() as tx:
            trusted = witness_store.trusted(tx, submission.origin)
        signed = check_signature(submission, trusted)
        with self._database.write() as tx:
            latest = witness_store.latest(tx, signed.origin)
            try:
                check_consistency(submission, signed.head, latest.head)
            except Refused as refused:
                _tell(signed, refused, witness_store.cosigned_note(tx, signed.origin))
                raise
            time = max(now, latest.time)  # a clock that was set back must not date a larger tree before a smaller one
            line = self._cosigner.cosign(signed.text, time)
            witness_store.remember(tx, signed, time, line)
        return line

    def checkpoint(self, origin_hash: str) -> str | None:
        """Return the latest cosigned checkpoint of the log whose origin has this SHA-256, in hex."""
        with self._database.read() as tx:
            return witness_store.cosigned_note(tx, origin_hash)

    def add_log(self, vkey: str) -> Verifier:
        """Cosign for the log of a verifier key from now on; raises Invalid or Conflict."""
        try:
            verifier = Verifier.from_vkey(vkey)
        except NoteError as error:
            raise Invalid("vkey_malformed", reason=str(error)) from None
        with self._database.write() as tx:
            witness_store.add_log(tx, verifier)
        return verifier

    def logs(self) -> Sequence[tuple[str, int | None]]:
        """Return the known logs' verifier keys, each with the size cosigned latest of its log."""
        with self._database.read() as tx:
            return witness_store.logs(tx)

    def close(self) -> None:
        """Close the memory."""
        self._database.close()


def create_witness(folder: Path, name: str, passphrase: Passphrase | None = None) -> None:
    """Make a witness of this name, such as "witness.example.gov.cn/w1", in a new or empty folder.

    Raises Conflict("witness_exists") or Invalid("witness_name_unusable").
    """
    try:
        Verifier(name, COSIGNATURE, bytes(32))
    except NoteError:
        raise Invalid("witness_name_unusable", name=name) from None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise Conflict("witness_exists", folder=folder)
    try:
        private_key = keys.create_private_key(folder / KEY_FILE, passphrase)
        verifier = Verifier(name, COSIGNATURE, private_key.public_key().public_bytes_raw())
        (folder / MEMORY_FILE).touch(mode=0o600)
        database = _memory(folder)
        with database.write() as tx:
            witness_store.create(tx, verifier.vkey)
        database.close()
    except BaseException:
        for file in folder.iterdir():
            file.unlink()
        raise


@contextmanager
def opened_witness(folder: Path, passphrase: Passphrase | None = None) -> Iterator[Witness]:
    """Open a witness while the block runs."""
    witness = Witness(folder, passphrase)
    try:
        yield witness
    finally:
        witness.close()


def _memory(folder: Path) -> Database:
    return Database(f"sqlite+pysqlite:///{folder / MEMORY_FILE}")


def _tell(signed: SignedHead, refused: Refused, before: str | None) -> None:
    """Log what a log signed that does not follow from what was cosigned: two notes may prove a fork."""
    if refused.status == 422:
        structlog.get_logger("qian.witness").warning(
            "inconsistent", origin=signed.origin, reason=refused.body.strip(), signed=signed.note, cosigned=before
        )
