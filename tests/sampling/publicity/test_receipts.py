"""Receipt numbers: unguessable, readable aloud, and no mistyped one is another's."""

import secrets
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.publicity.receipts import ALPHABET, parse_receipt, receipt_hash, receipt_number

SECRETS = st.binary(min_size=16, max_size=16)


@given(SECRETS)
def test_a_number_leads_back_to_its_bits(secret: bytes) -> None:
    assert parse_receipt(receipt_number(secret)) == secret


def test_it_is_seven_groups_of_four_without_letters_that_are_taken_for_others() -> None:
    number = receipt_number(secrets.token_bytes(16))
    assert [len(group) for group in number.split("-")] == [4] * 7
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "written", [str.lower, lambda text: text.replace("-", " "), lambda text: text.replace("0", "o")]
)
def test_it_is_read_however_it_is_written(written: Callable[[str], str]) -> None:
    secret = bytes(range(16))
    assert parse_receipt(written(receipt_number(secret))) == secret
    full_width = "".join(chr(ord(each) + 0xFEE0) if each != "-" else each for each in receipt_number(secret))
    assert parse_receipt(full_width) == secret


@given(SECRETS, st.integers(0, 27), st.integers(1, 31))
def test_one_wrong_digit_is_found(secret: bytes, place: int, shift: int) -> None:
    digits = list(receipt_number(secret).replace("-", ""))
    digits[place] = ALPHABET[(ALPHABET.index(digits[place]) + shift) % 32]
    with pytest.raises(Invalid, match="receipt_malformed"):
        parse_receipt("".join(digits))


@given(SECRETS, st.integers(0, 27), st.integers(0, 27))
def test_two_exchanged_digits_are_found(secret: bytes, one: int, other: int) -> None:
    digits = list(receipt_number(secret).replace("-", ""))
    if digits[one] != digits[other]:
        digits[one], digits[other] = digits[other], digits[one]
        with pytest.raises(Invalid, match="receipt_malformed"):
            parse_receipt("".join(digits))


@given(st.text(max_size=200))
def test_no_other_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(Invalid, match="receipt_malformed"):
        parse_receipt(text)


def test_what_is_kept_is_no_number() -> None:
    secret = bytes(16)
    assert receipt_hash(secret) != secret.hex()
    assert len(receipt_hash(secret)) == 64
