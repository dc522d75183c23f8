"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and the organisation codes in them (GB 11714-1997)."""

import re

from stdnum.cn import uscc

from ledger.errors import Invalid

LENGTH = 18
REGISTERING_DEPARTMENTS = "123456789ANY"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = "0123456789"

_BODY = re.compile(r"[0-9A-Z]{8}")
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_uscc(text: str) -> str:
    """Return the code trimmed and in capitals.

    The check of the organisation code inside is not asked for: the standard's own check character already finds every
    single wrong character, and codes from before it may carry any organisation code.
    Raises Invalid `uscc_length`, `uscc_character` (with the 1-based position and what may stand there) or
    `uscc_check_character` (with the right one).
    """
    code = text.strip().upper()
    if len(code) != LENGTH:
        raise Invalid("uscc_length", value=code[:40], length=len(code))
    for position, character in enumerate(code, start=1):
        allowed = _allowed(position)
        if character not in allowed:
            raise Invalid("uscc_character", value=code, position=position, character=character, allowed=allowed)
    expected = uscc.calc_check_digit(code[:-1])
    if code[-1] != expected:
        raise Invalid("uscc_check_character", value=code, character=code[-1], expected=expected)
    return code


def is_uscc(value: object) -> bool:
    """Tell whether a value is a text that `check_uscc` takes."""
    try:
        return isinstance(value, str) and bool(check_uscc(value))
    except Invalid:
        return False


def make_uscc(region: str, body: str, prefix: str = "91") -> str:
    """Return the code of an entity: its region (six digits, GB/T 2260), the eight characters of its organisation code.

    `prefix` is the registering department and the class of entity: 91 is an enterprise. Bodies PDY00001 to PDY99999 are
    the private zone of GB 11714, which no real entity has.
    """
    without_check = prefix + region + body + organisation_check_character(body)
    return check_uscc(without_check + uscc.calc_check_digit(without_check))


def organisation_check_character(body: str) -> str:
    """Return the check character of an organisation code's eight characters (GB 11714-1997).

    Raises ValueError for anything but eight digits and capital letters.
    """
    if not _BODY.fullmatch(body):
        raise ValueError("an organisation code's body has eight digits or capital letters")
    total = sum(int(character, 36) * weight for character, weight in zip(body, _BODY_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def _allowed(position: int) -> str:
    if position == 1:
        return REGISTERING_DEPARTMENTS
    return DIGITS if 3 <= position <= 8 else ALPHABET
