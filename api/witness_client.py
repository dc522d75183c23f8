"""Asking a witness to cosign the log's checkpoint (c2sp.org/tlog-witness)."""

import re
from typing import Final

import httpx2

from api.bounded_http import EndlessAnswer, read_bounded
from ledger import cosignatures, signed
from ledger.database import Database
from ledger.errors import Invalid
from ledger.note import Signature
from ledger.policy import PolicyWitness
from ledger.witness import Submission

MOST_TRIES: Final = 3
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")


class NotCosigned(Exception):
    """The witness gave no cosignature; `reason` says why, in English, for the operator's log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WitnessAhead(NotCosigned):
    """The witness has cosigned a larger tree of this log than the one that it was asked for."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it has cosigned {size} entries")
        self.size = size


class WitnessDisagrees(NotCosigned):
    """What the witness has cosigned is not the beginning of the log that it was shown."""


def ask(database: Database, client: httpx2.Client, witness: PolicyWitness, size: int) -> Signature:
    """Ask a witness of a policy to cosign the signed checkpoint of a size; what it cosigned is stored and returned.

    It begins at the size that the witness acknowledged last; where the witness names another one, at that. Raises
    NotCosigned.
    """
    with database.read() as tx:
        old = cosignatures.acknowledged(tx, witness.verifier)
        checkpoint = cosignatures.signed_note(tx, size)
    for _ in range(MOST_TRIES):  # another process may ask at the same time, so that the size named is past by then
        if old > size:
            raise WitnessAhead(old)
        with database.read() as tx:
            proof = signed.consistency(tx, old, size).hashes if old else ()
        status, answer = _post(client, witness, Submission(old, proof, checkpoint).to_bytes())
        if status == 200:
            return _stored(database, witness, size, answer)
        if status == 422:
            raise WitnessDisagrees(f"HTTP {status}")
        named = _SIZE.fullmatch(answer)
        if status != 409 or named is None or int(named[1]) == old:
            raise NotCosigned(f"HTTP {status}")
        old = int(named[1])
    raise NotCosigned("the size that it names changes with every answer")


def _post(client: httpx2.Client, witness: PolicyWitness, body: bytes) -> tuple[int, str]:
    if witness.url is None:
        raise NotCosigned("the policy names no address")
    try:
        with client.stream("POST", f"{witness.url.rstrip('/')}/add-checkpoint", content=body) as response:
            return response.status_code, read_bounded(response).decode("utf-8", "replace")
    except EndlessAnswer as error:
        raise NotCosigned(str(error)) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotCosigned(f"{type(error).__name__} {error}".strip()) from error


def _stored(database: Database, witness: PolicyWitness, size: int, answer: str) -> Signature:
    try:
        with database.write() as tx:
            return cosignatures.store(tx, size, witness.verifier, answer)
    except Invalid:
        raise NotCosigned("no line of the answer is its valid cosignature") from None
