"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and the organisation codes in them (GB 11714-1997).

Before them there were registration numbers (工商注册号, GS 15-2006).
"""

import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from operator import mod, mul

from stdnum.iso7064 import mod_11_10

from ledger.errors import Invalid

LENGTH = 18
REGISTRATION_NUMBER_LENGTH = 15
REGISTERING_DEPARTMENTS = "123456789ANY"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = "0123456789"

_VALUES = bytes(max(ALPHABET.find(chr(byte)), 0) for byte in range(256))
_WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_WEIGHTED = tuple(bytes(value * weight % 31 for value in _VALUES) for weight in (*_WEIGHTS, 1))
_WRITTEN = re.compile(f"[{REGISTERING_DEPARTMENTS}][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
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
    if not _WRITTEN.fullmatch(code):
        position = next(place for place, character in enumerate(code, start=1) if character not in _allowed(place))
        character = code[position - 1]
        raise Invalid("uscc_character", value=code, position=position, character=character, allowed=_allowed(position))
    expected = check_character(code[:-1])
    if code[-1] != expected:
        raise Invalid("uscc_check_character", value=code, character=code[-1], expected=expected)
    return code


def all_usccs(texts: Sequence[str]) -> bool:
    """Tell at once whether all of several texts, not none, are codes as `check_uscc` returns them."""
    joined = "".join(texts)
    if not (joined.isascii() and all(map(_WRITTEN.fullmatch, texts))):
        return False
    characters = joined.encode()
    weighted = [characters[place::LENGTH].translate(table) for place, table in enumerate(_WEIGHTED)]
    return not any(map(mod, map(sum, zip(*weighted, strict=True)), repeat(31)))


def is_uscc(value: object) -> bool:
    """Tell whether a value is a text that `check_uscc` takes."""
    try:
        return isinstance(value, str) and bool(check_uscc(value))
    except Invalid:
        return False


def check_former_code(text: str) -> str:
    """Return a code that an enterprise had: a USCC, or a registration number of 15 digits (check: ISO 7064 MOD 11,10).

    Raises Invalid `registration_number_check_digit` (with the right one), else as `check_uscc`.
    """
    number = text.strip()
    if len(number) != REGISTRATION_NUMBER_LENGTH or not (number.isascii() and number.isdigit()):
        return check_uscc(text)
    expected = mod_11_10.calc_check_digit(number[:-1])
    if number[-1] != expected:
        raise Invalid("registration_number_check_digit", value=number, character=number[-1], expected=expected)
    return number


def region_text(region: str, names: Mapping[str, str]) -> str:
    """Return a region as people read it: the code of an administrative division with its name, where one is held."""
    return f"{region} {names[region]}" if region in names else region


def make_uscc(region: str, body: str, prefix: str = "91") -> str:
    """Return the code of an entity: its region (six digits, GB/T 2260), the eight characters of its organisation code.

    `prefix` is the registering department and the class of entity: 91 is an enterprise. Bodies PDY00001 to PDY99999 are
    the private zone of GB 11714, which no real entity has.
    """
    without_check = prefix + region + body + organisation_check_character(body)
    return check_uscc(without_check + check_character(without_check))


def check_character(without_check: str) -> str:
    """Return the last character of the code that begins with these seventeen (GB 32100, 5.2).

    A file has a code on every row, so this is no call of `stdnum.cn.uscc`, which takes ten times as long.
    """
    return ALPHABET[-sum(map(mul, without_check.encode("ascii").translate(_VALUES), _WEIGHTS)) % 31]


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
