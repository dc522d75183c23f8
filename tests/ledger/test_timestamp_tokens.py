"""Time-stamp tokens: an authority's word on when a note existed, believed under pinned certificates alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc3161_client as rfc3161

from ledger.timestamp_tokens import LARGEST_TOKEN, TimestampError, read_certificates, timestamp_request, verify_token
from tests.tsa import Authority, authority

__all__ = ["authority"]

NOTE = "log.example/qian\n1\nAAAA\n\n— log.example/qian 签名\n"


@pytest.fixture(scope="module")
def token(authority: Authority) -> bytes:
    """A token over the note."""
    return authority.answer(timestamp_request(NOTE).as_bytes())


def test_a_token_tells_when_the_note_existed(authority: Authority) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    request = timestamp_request(NOTE)
    time = verify_token(authority.answer(request.as_bytes()), NOTE, authority.certificates, request.nonce)
    assert before <= time <= datetime.now(UTC)
    assert (time.tzinfo, time.microsecond) == (UTC, 0)


def test_a_request_asks_for_the_certificate_and_has_a_nonce_of_its_own() -> None:
    one, two = timestamp_request(NOTE), timestamp_request(NOTE)
    assert one.cert_req
    assert one.nonce != two.nonce
    assert len(one.message_imprint.message) == 64


def test_a_token_is_verified_long_after_without_its_nonce(authority: Authority, token: bytes) -> None:
    verify_token(token, NOTE, authority.certificates)


def test_openssl_believes_the_same_tokens(authority: Authority, token: bytes) -> None:
    assert authority.verifies(NOTE, token)
    assert not authority.verifies(NOTE + "\n", token)


def test_a_token_over_another_note_is_refused(authority: Authority, token: bytes) -> None:
    with pytest.raises(TimestampError, match="Mismatch"):
        verify_token(token, NOTE + "\n", authority.certificates)


def test_a_token_that_answers_another_request_is_refused(authority: Authority, token: bytes) -> None:
    with pytest.raises(TimestampError, match="Nonce"):
        verify_token(token, NOTE, authority.certificates, timestamp_request(NOTE).nonce)


def test_a_token_of_an_authority_that_is_not_pinned_is_refused(
    authority: Authority, token: bytes, tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other")
    with pytest.raises(TimestampError):
        verify_token(token, NOTE, other.certificates)
    assert verify_token(token, NOTE, [*other.certificates, *authority.certificates])
    with pytest.raises(TimestampError):
        verify_token(token, NOTE, [])


def test_no_altered_byte_changes_what_is_told(authority: Authority, token: bytes) -> None:
    """Bytes that nothing signs may differ, such as a version; the time and the note are as they were."""
    told = verify_token(token, NOTE, authority.certificates)
    for place in range(len(token)):
        altered = bytearray(token)
        altered[place] ^= 1
        try:
            assert verify_token(bytes(altered), NOTE, authority.certificates) == told
        except TimestampError:
            continue


@pytest.mark.parametrize("content", [b"", b"no token", b"\x30\x00", bytes(100)])
def test_what_is_no_token_is_refused(content: bytes, authority: Authority) -> None:
    with pytest.raises(TimestampError, match="unreadable"):
        verify_token(content, NOTE, authority.certificates)


def test_a_token_cut_short_or_with_more_behind_it_is_refused(authority: Authority, token: bytes) -> None:
    for content in (token[:-1], token + b"\0"):
        with pytest.raises(TimestampError, match="unreadable"):
            verify_token(content, NOTE, authority.certificates)
    with pytest.raises(TimestampError, match="at most"):
        verify_token(token + bytes(LARGEST_TOKEN), NOTE, authority.certificates)


def test_an_answer_that_refuses_is_told_with_its_status(authority: Authority) -> None:
    rejection = bytes.fromhex("30053003020102")
    assert rfc3161.decode_timestamp_response(rejection).status == 2
    with pytest.raises(TimestampError, match="not granted: status 2"):
        verify_token(rejection, NOTE, authority.certificates)


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_cannot_be_pinned(content: bytes) -> None:
    with pytest.raises(TimestampError):
        read_certificates(content)
