"""Receipt numbers (回执编号): 128 random bits that alone show what became of a question or an objection. Pure.

They are written in 26 digits of Crockford's base 32, which has no I, L, O and U, and 2 check digits: the number modulo
the prime 1021. So any one wrong digit and any two that were exchanged are found.
"""

import hashlib
import unicodedata

from ledger.errors import Invalid

SECRET_BYTES = 16
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS, CHECK_DIGITS, GROUP = 26, 2, 4
MODULUS = 1021
RECEIPT_TAG = b"qian/receipt/v1"
_LONGEST = 100
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "—": None, "–": None})


def receipt_number(secret: bytes) -> str:
    """Write 16 random bytes as a receipt number, seven groups of four."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"a receipt has {SECRET_BYTES} bytes")
    value = int.from_bytes(secret, "big")
    digits = _digits(value, DIGITS) + _digits(value % MODULUS, CHECK_DIGITS)
    return "-".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))


def parse_receipt(text: str) -> bytes:
    """Read a receipt number, however it is spaced; O is read as 0, I and L as 1.

    Raises Invalid("receipt_malformed").
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).upper().translate(_READ_AS)
    digits = "".join(plain.split())
    if len(digits) == DIGITS + CHECK_DIGITS and set(digits) <= set(ALPHABET):
        value, check = _value(digits[:DIGITS]), _value(digits[DIGITS:])
        if value >> (8 * SECRET_BYTES) == 0 and check == value % MODULUS:
            return value.to_bytes(SECRET_BYTES, "big")
    raise Invalid("receipt_malformed", field="receipt")


def receipt_hash(secret: bytes) -> str:
    """Return what is kept of a receipt number, in hex: who reads the database cannot ask under it."""
    return hashlib.sha256(RECEIPT_TAG + secret).hexdigest()


def _digits(value: int, count: int) -> str:
    return "".join(ALPHABET[value >> (5 * place) & 31] for place in reversed(range(count)))


def _value(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * len(ALPHABET) + ALPHABET.index(digit)
    return value
