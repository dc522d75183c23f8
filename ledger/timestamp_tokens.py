"""Time-stamp tokens over signed notes (RFC 3161): what an authority is asked, and its answer under pinned certificates.

What is stamped is the note as the log signed it, its own signature line included and no cosignatures; so a token shows
that text and signature existed at its time, whoever may hold the log's key later. OpenSSL verifies it as well:

    openssl ts -verify -data note -in token -CAfile certificates
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import rfc3161_client as rfc3161
from cryptography import x509

GRANTED = 0
LARGEST_TOKEN = 64 * 1024


class TimestampError(ValueError):
    """A token, or certificates, that must not be believed."""


def read_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates that are pinned, an authority's root at the least; raises TimestampError for none."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise TimestampError(f"no certificates: {error}") from None


def timestamp_request(note: str) -> rfc3161.TimeStampRequest:
    """Return a request with a random nonce for a note's SHA-512, that asks for the authority's certificate too."""
    return rfc3161.TimestampRequestBuilder().data(note.encode()).hash_algorithm(rfc3161.HashAlgorithm.SHA512).build()


def verify_token(
    token: bytes, note: str, certificates: Sequence[x509.Certificate], nonce: int | None = None
) -> datetime:
    """Return the time at which an authority under the pinned certificates stamped a note, in whole seconds.

    `token` is its answer (TimeStampResp) in DER, at most 64 KiB. Raises TimestampError; the certificates must have
    been valid at the time that the token tells.
    """
    if len(token) > LARGEST_TOKEN:
        raise TimestampError(f"a token has at most {LARGEST_TOKEN} bytes")
    try:
        answer = rfc3161.decode_timestamp_response(token)
        if answer.status != GRANTED:
            raise TimestampError(f"not granted: status {answer.status} {' '.join(answer.status_string)}".rstrip())
        verifier = rfc3161.VerifierBuilder(roots=list(certificates), nonce=nonce).build()
        verifier.verify_message(answer, note.encode())
        return answer.tst_info.gen_time.astimezone(UTC).replace(microsecond=0)
    except rfc3161.VerificationError as error:
        raise TimestampError(str(error)) from None
    except TimestampError:
        raise
    except ValueError as error:
        raise TimestampError(f"unreadable: {error}") from None
