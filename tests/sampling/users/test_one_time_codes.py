"""One-time codes: the vectors of RFC 6238, and which codes count."""

from datetime import UTC, datetime, timedelta

import pytest

from sampling.users import own
from sampling.users.one_time_codes import code_at, step_of, step_of_code

SECRET = b"12345678901234567890"
NOW = datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_standard_hold(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, of which six digits are the last six of its eight."""
    assert code_at(SECRET, seconds // 30) == code[-6:]


@pytest.mark.parametrize(("off", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_a_step_off(off: int, counts: bool) -> None:
    shown = code_at(SECRET, step_of(NOW) + off)
    assert (step_of_code(SECRET, shown, NOW, 0) is not None) is counts


def test_a_code_counts_once_and_no_earlier_one_after_it() -> None:
    step = step_of(NOW)
    assert step_of_code(SECRET, code_at(SECRET, step), NOW, step) is None
    assert step_of_code(SECRET, code_at(SECRET, step - 1), NOW, step) is None
    later = NOW + timedelta(seconds=30)
    assert step_of_code(SECRET, code_at(SECRET, step + 1), later, step) == step + 1


@pytest.mark.parametrize("text", ["", "1", "１２３４５６", "000000 ", "x" * 10_000])
def test_what_is_no_code_does_not_count(text: str) -> None:
    assert step_of_code(SECRET, text, NOW, 0) is None


def test_a_code_may_be_typed_in_two_halves() -> None:
    shown = code_at(SECRET, step_of(NOW))
    assert step_of_code(SECRET, f"{shown[:3]} {shown[3:]}", NOW, 0) == step_of(NOW)


def test_an_authenticator_is_told_by_an_address() -> None:
    address = own.address_of(SECRET, "样例局", "计划员 1")
    assert address.startswith("otpauth://totp/%E6%A0%B7%E4%BE%8B%E5%B1%80:%E8%AE%A1%E5%88%92%E5%91%98%201?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&" in address
