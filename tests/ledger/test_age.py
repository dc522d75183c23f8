"""Encrypted files are those of age, as another implementation reads them, and nothing altered is given out."""

import io
from itertools import pairwise

import pyrage.passphrase
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.age import AgeError, Decryptor, Encryptor, PassphraseError
from ledger.keys import Passphrase
from tests.memory import peak_of

PASSPHRASE = Passphrase(b"correct horse")
QUICK = 4
CHUNK = 64 * 1024
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 5)


def content_of(size: int) -> bytes:
    return bytes(number * 7 % 251 for number in range(size))


def encrypted(content: bytes, *cuts: int) -> bytes:
    target = io.BytesIO()
    encryptor = Encryptor(target, PASSPHRASE, QUICK)
    places = [0, *sorted(cuts), len(content)]
    for start, end in pairwise(places):
        encryptor.write(content[start:end])
    encryptor.finish()
    return target.getvalue()


def decrypted(data: bytes, passphrase: Passphrase = PASSPHRASE) -> bytes:
    return Decryptor(io.BytesIO(data), passphrase).read()


@pytest.mark.parametrize("size", SIZES)
def test_another_implementation_reads_what_is_written(size: int) -> None:
    content = content_of(size)
    assert pyrage.passphrase.decrypt(encrypted(content), PASSPHRASE.value.decode()) == content


@given(st.sampled_from(SIZES), st.lists(st.integers(0, 3 * CHUNK), max_size=4), st.integers(1, 2 * CHUNK))
def test_it_comes_back_however_it_is_written_and_read(size: int, cuts: list[int], step: int) -> None:
    content = content_of(size)
    source = Decryptor(io.BytesIO(encrypted(content, *(min(cut, size) for cut in cuts))), PASSPHRASE)
    parts = []
    while part := source.read(step):
        assert len(part) == step or not source.read(1)
        parts.append(part)
    assert b"".join(parts) == content


def test_two_files_of_one_content_have_nothing_in_common() -> None:
    one, other = encrypted(content_of(100)), encrypted(content_of(100))
    assert one[-132:] != other[-132:]


def test_another_passphrase_does_not_open_it() -> None:
    with pytest.raises(PassphraseError):
        decrypted(encrypted(b"secret"), Passphrase(b"correct hors"))


@pytest.mark.parametrize("size", [0, 10, CHUNK, CHUNK + 1])
def test_every_truncation_is_found(size: int) -> None:
    data = encrypted(content_of(size))
    for end in {*range(min(len(data), 300)), *range(len(data) - 40, len(data)), len(data) // 2}:
        with pytest.raises(AgeError):
            decrypted(data[:end])


def test_every_flipped_byte_is_found() -> None:
    data = encrypted(content_of(50))
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1
        with pytest.raises(AgeError):
            decrypted(bytes(flipped))


def test_what_follows_the_end_is_found() -> None:
    for size in (10, CHUNK):
        with pytest.raises(AgeError):
            decrypted(encrypted(content_of(size)) + b"\0")


def test_chunks_that_are_moved_left_out_or_repeated_are_found() -> None:
    data = encrypted(content_of(3 * CHUNK + 5))
    start = len(data) - 3 * (CHUNK + 16) - 21
    head, one, two, three, last = (
        data[:start],
        *(data[start + place * (CHUNK + 16) : start + (place + 1) * (CHUNK + 16)] for place in range(4)),
    )
    assert decrypted(head + one + two + three + last) == content_of(3 * CHUNK + 5)
    for chunks in ((two, one, three, last), (one, two, last), (one, one, two, three, last), (one, two, three)):
        with pytest.raises(AgeError):
            decrypted(head + b"".join(chunks))


def test_a_file_that_was_not_finished_is_none() -> None:
    target = io.BytesIO()
    Encryptor(target, PASSPHRASE, QUICK).write(content_of(3 * CHUNK))
    with pytest.raises(AgeError):
        decrypted(target.getvalue())


@pytest.mark.parametrize("work_factor", [b"21", b"63", b"04", b"-1", b""])
def test_a_header_that_asks_for_too_much_work_is_refused(work_factor: bytes) -> None:
    with pytest.raises(AgeError, match="does not begin"):
        decrypted(encrypted(b"").replace(b" 4\n", b" " + work_factor + b"\n", 1))


def test_memory_does_not_grow_with_the_file() -> None:
    class Nowhere:
        def write(self, data: bytes) -> None: ...

    def encrypt() -> None:
        encryptor = Encryptor(Nowhere(), PASSPHRASE, QUICK)
        for _ in range(400):
            encryptor.write(bytes(50_000))
        encryptor.finish()

    assert peak_of(encrypt) < 1_000_000
