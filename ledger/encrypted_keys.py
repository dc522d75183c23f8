"""Encrypted private keys: PKCS #8 in PEM under PBES2 with scrypt (RFC 8018, A.4; RFC 7914, 7). Pure.

OpenSSL and `cryptography` read this form. What `cryptography` writes itself has 2,048 rounds of PBKDF2 in the place of
scrypt, and a thief of the file would try out passphrases hundreds of times as fast.
"""

import base64
import textwrap
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

SALT_BYTES: Final = 16
IV_BYTES: Final = 16
FIRST_LINE: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
_LAST_LINE: Final = b"-----END ENCRYPTED PRIVATE KEY-----\n"

# Five times 16 MiB: OpenSSL refuses a step of more than 32 MiB.
_COST, _BLOCK_SIZE, _PARALLELISM = 1 << 14, 8, 5
_KEY_BYTES = 32

_SEQUENCE, _INTEGER, _OCTET_STRING, _OBJECT_IDENTIFIER = 0x30, 0x02, 0x04, 0x06
_PBES2 = bytes.fromhex("2a864886f70d01050d")  # 1.2.840.113549.1.5.13
_SCRYPT = bytes.fromhex("2b06010401da47040b")  # 1.3.6.1.4.1.11591.4.11
_AES_256_CBC = bytes.fromhex("60864801650304012a")  # 2.16.840.1.101.3.4.1.42


def encrypt_private_key(private_key: bytes, passphrase: bytes, salt: bytes, initial_vector: bytes) -> bytes:
    """Return the PEM of a private key that is given in PKCS #8, DER; salt and vector are random bytes, 16 each."""
    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=_BLOCK_SIZE, p=_PARALLELISM)
    padder = PKCS7(AES256.block_size).padder()
    encryptor = Cipher(AES256(kdf.derive(passphrase)), CBC(initial_vector)).encryptor()
    encrypted = encryptor.update(padder.update(private_key) + padder.finalize()) + encryptor.finalize()
    scrypt = _algorithm(
        _SCRYPT,
        _der(_SEQUENCE, _der(_OCTET_STRING, salt), *map(_integer, (_COST, _BLOCK_SIZE, _PARALLELISM))),
    )
    scheme = _der(_SEQUENCE, scrypt, _algorithm(_AES_256_CBC, _der(_OCTET_STRING, initial_vector)))
    der = _der(_SEQUENCE, _algorithm(_PBES2, scheme), _der(_OCTET_STRING, encrypted))
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return FIRST_LINE + "".join(f"{line}\n" for line in lines).encode() + _LAST_LINE


def _algorithm(identifier: bytes, parameters: bytes) -> bytes:
    return _der(_SEQUENCE, _der(_OBJECT_IDENTIFIER, identifier), parameters)


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
