"""Files encrypted by a passphrase, in the format age (age-encryption.org/v1), streamed in constant memory.

`age --decrypt FILE` and every other implementation of the format reads what is written here. A file key wrapped under
scrypt opens the header; the content follows in chunks of 64 KiB, each under ChaCha20-Poly1305 with its place and
whether it is the last in the nonce (STREAM). So no byte is given out that was altered, moved or cut off before, and
the end is only told where it was written.
"""

import re
import secrets
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.keys import Passphrase
from ledger.note import decode_base64, encode_base64

WORK_FACTOR: Final = 18
"""log₂ of scrypt's N that age itself takes: a second and 256 MiB for each passphrase that is tried."""
_GREATEST_WORK_FACTOR: Final = 20
_CHUNK: Final = 64 * 1024
_TAG: Final = 16
_VERSION: Final = b"age-encryption.org/v1"
_HEADER: Final = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---"
)
_LONGEST_HEADER_LINE: Final = 128


class Source(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes, none at the end."""

    def readline(self, size: int, /) -> bytes:
        """Return up to so many bytes, to the end of the line at most."""


class Target(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of it."""


class AgeError(ValueError):
    """The file is not what was written: altered, cut short, or no such file at all."""


class PassphraseError(AgeError):
    """The passphrase does not open the file, or the beginning of the file was altered, which cannot be told apart."""


class Encryptor:
    """Writes an encrypted file; without `finish` it is one that was cut off, which no reader takes for whole."""

    def __init__(self, target: Target, passphrase: Passphrase, work_factor: int = WORK_FACTOR) -> None:
        """Write the header."""
        self._target = target
        file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
        wrapped = _wrapping(passphrase, salt, work_factor).encrypt(bytes(12), file_key, None)
        stanza = b"-> scrypt %s %d\n%s" % (_encode(salt), work_factor, _encode(wrapped))
        header = b"%s\n%s\n---" % (_VERSION, stanza)
        target.write(b"%s %s\n%s" % (header, _encode(_mac(file_key, header).finalize()), nonce))
        self._chunks = _Chunks(file_key, nonce)
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Encrypt further content."""
        self._waiting += data
        while len(self._waiting) > _CHUNK:  # the last chunk is marked, so one is kept until it is known to be none
            self._target.write(self._chunks.encrypt(bytes(self._waiting[:_CHUNK]), last=False))
            del self._waiting[:_CHUNK]
        return len(data)

    def finish(self) -> None:
        """Write the end; nothing may be written afterwards."""
        self._target.write(self._chunks.encrypt(bytes(self._waiting), last=True))


class Decryptor:
    """Reads an encrypted file; what it gives out is authentic, and `read` gives nothing only at the written end."""

    def __init__(self, source: Source, passphrase: Passphrase) -> None:
        """Read the header; raises PassphraseError, AgeError."""
        self._source = source
        file_key = _file_key(source, passphrase)
        self._chunks = _Chunks(file_key, source.read(16))
        self._next = source.read(_CHUNK + _TAG)
        self._plain = memoryview(b"")
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Return up to so many bytes of content, all that is left for −1; raises AgeError."""
        found = bytearray()
        while size < 0 or len(found) < size:
            if not self._plain and not self._advance():
                break
            part = self._plain if size < 0 else self._plain[: size - len(found)]
            found += part
            self._plain = self._plain[len(part) :]
        return bytes(found)

    def _advance(self) -> bool:
        """Decrypt the next chunk; tell whether there was one with content."""
        if self._ended:
            return False
        chunk, self._next = self._next, b""
        if len(chunk) == _CHUNK + _TAG:
            self._next = self._source.read(_CHUNK + _TAG)
        self._ended = not self._next
        self._plain = memoryview(self._chunks.decrypt(chunk, last=self._ended))
        if not self._plain and self._chunks.count > 1:
            raise AgeError("the last chunk is empty")
        return bool(self._plain)


class _Chunks:
    """The cipher of a content's chunks, one after the other."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        key = HKDF(SHA256(), length=32, salt=nonce, info=b"payload").derive(file_key)
        self._cipher = ChaCha20Poly1305(key)
        self.count = 0

    def encrypt(self, chunk: bytes, last: bool) -> bytes:
        return self._cipher.encrypt(self._next_nonce(last), chunk, None)

    def decrypt(self, chunk: bytes, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(self._next_nonce(last), chunk, None)
        except InvalidTag:
            raise AgeError(f"chunk {self.count - 1} was altered, or the file was cut short") from None

    def _next_nonce(self, last: bool) -> bytes:
        nonce = self.count.to_bytes(11, "big") + bytes([last])
        self.count += 1
        return nonce


def _file_key(source: Source, passphrase: Passphrase) -> bytes:
    lines = [source.readline(_LONGEST_HEADER_LINE) for _ in range(4)]
    content, _, mac = b"".join(lines).rpartition(b" ")
    header = _HEADER.fullmatch(content)
    if header is None or int(header[2]) > _GREATEST_WORK_FACTOR:
        raise AgeError("the file does not begin as one that a passphrase encrypted")
    try:
        salt, wrapped, expected = _decode(header[1]), _decode(header[3]), _decode(mac.removesuffix(b"\n"))
    except ValueError:
        raise AgeError("the header was altered") from None
    try:
        file_key = _wrapping(passphrase, salt, int(header[2])).decrypt(bytes(12), wrapped, None)
        _mac(file_key, content).verify(expected)
    except InvalidTag:
        raise PassphraseError("the passphrase does not open the file") from None
    except InvalidSignature:
        raise AgeError("the header was altered") from None
    return file_key


def _wrapping(passphrase: Passphrase, salt: bytes, work_factor: int) -> ChaCha20Poly1305:
    kdf = Scrypt(salt=_VERSION + b"/scrypt" + salt, length=32, n=1 << work_factor, r=8, p=1)
    return ChaCha20Poly1305(kdf.derive(passphrase.value))


def _mac(file_key: bytes, header: bytes) -> HMAC:
    mac = HMAC(HKDF(SHA256(), length=32, salt=None, info=b"header").derive(file_key), SHA256())
    mac.update(header)
    return mac


def _encode(data: bytes) -> bytes:
    return encode_base64(data).rstrip("=").encode()


def _decode(text: bytes) -> bytes:
    return decode_base64(text.decode() + "=" * (-len(text) % 4))
