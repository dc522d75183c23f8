"""Commitments: bound to their domain, salt and content."""

import pytest

from ledger.commitments import commit, new_salt

SALT = bytes(range(32))


def test_a_commitment_is_the_hash_of_tag_salt_and_content() -> None:
    # printf 'qian/id/v1' | cat - salt content | sha256sum, with the content 91130304PDY0000001
    assert (
        commit("qian/id/v1", SALT, b"91130304PDY0000001").hex()
        == "555c58ac542ed4a9d1f33962ae658696ac26ede17a557154c8322b3f3b9b8fc3"
    )


def test_another_tag_salt_or_content_gives_another_commitment() -> None:
    made = {
        commit("qian/id/v1", SALT, b"a"),
        commit("qian/key/v1", SALT, b"a"),
        commit("qian/id/v1", SALT[::-1], b"a"),
        commit("qian/id/v1", SALT, b"b"),
        commit("qian/id/v1", SALT, b""),
    }
    assert len(made) == 5


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_salt_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commit("qian/id/v1", bytes(length), b"a")


def test_a_tag_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(ValueError, match="ascii"):
        commit("签/v1", SALT, b"a")


def test_salts_have_32_bytes_and_do_not_repeat() -> None:
    salts = {new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}
