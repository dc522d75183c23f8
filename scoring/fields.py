"""What a cell may say: each parser takes trimmed, non-empty text and gives an exact value, or raises Invalid."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date

from stdnum.cn import ric

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.codes import check_uscc
from scoring.results import FollowUp, Result, Worded, check_results
from scoring.rows import shortened

Parser = Callable[[str], JSON]

FIRST_YEAR, LAST_YEAR = 1949, 2199
OPEN_END = "2099-12-31"
"""The day that the national 双公示 data standard writes for a term without an end."""

FEN_DIGITS = 6
"""Decimal places of an amount in ten thousand yuan (万元) that a fen has."""

_DATES = tuple(
    re.compile(form)
    for form in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
    )
)
_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_DEPARTMENT = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_SEPARATORS = re.compile(r"[、;；]")
_REFUSED_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")


def uscc(text: str) -> str:
    """Return a unified social credit code; raises Invalid as `check_uscc`."""
    return check_uscc(text)


def party_code(text: str) -> str:
    """Return the code of a related party, in whatever scheme, but never a person's number of identity.

    Raises Invalid `identity_number`, which does not repeat it, and as `text_up_to`.
    """
    if ric.is_valid(text):
        raise Invalid("identity_number")
    return str(text_up_to(100)(text))


def text_up_to(limit: int) -> Parser:
    """Parse one line of at most `limit` characters, kept as it is given.

    Raises Invalid `text_too_long` or `text_control_character` (also for marks of direction and invisible characters).
    """

    def parse(text: str) -> str:
        if len(text) > limit:
            raise Invalid("text_too_long", value=shortened(text), length=len(text), limit=limit)
        for position, character in enumerate(text, start=1):
            if unicodedata.category(character) in _REFUSED_CATEGORIES:
                name = f"U+{ord(character):04X}"
                raise Invalid("text_control_character", value=shortened(text), position=position, character=name)
        return text

    return parse


def lines_up_to(limit: int) -> Parser:
    """Parse a text of several lines, whose ends become line feeds; raises Invalid as `text_up_to`."""
    one_line = text_up_to(limit)

    def parse(text: str) -> str:
        joined = text.replace("\r\n", "\n")
        one_line(joined.replace("\n", " "))
        return joined

    return parse


def civil_date(text: str) -> str:
    """Return a date as YYYY-MM-DD.

    Accepts 2026-11-23, 2026/11/23, 2026年11月23日 and 20261123.
    Raises Invalid `date_form`, `date_impossible` or `date_year`.
    """
    match = next((match for form in _DATES if (match := form.fullmatch(text))), None)
    if match is None:
        raise Invalid("date_form", value=shortened(text))
    year, month, day = (int(part) for part in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("date_year", value=text, first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise Invalid("date_impossible", value=text) from error


def end_date(text: str) -> str:
    """Return the end of a term as YYYY-MM-DD; 长期 (without end) is 2099-12-31. Raises Invalid as `civil_date`."""
    return OPEN_END if text in ("长期", "长期有效") else civil_date(text)


def amount_in_fen(text: str) -> int:
    """Return an amount given in ten thousand yuan (万元) as whole fen.

    Raises Invalid `amount_separator` (with the text to write instead), `amount_negative`, `amount_form`,
    `amount_too_fine` (more than six decimal places) or `amount_too_large` (ten digits of 万元).
    """
    if "," in text or "，" in text:
        suggestion = re.sub("[,，]", "", text)
        raise Invalid("amount_separator", value=shortened(text), suggestion=shortened(suggestion))
    if text[0] in "-−－":
        raise Invalid("amount_negative", value=shortened(text))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise Invalid("amount_form", value=shortened(text))
    whole, fraction = match[1].lstrip("0"), (match[2] or "").rstrip("0")
    if len(fraction) > FEN_DIGITS:
        raise Invalid("amount_too_fine", value=shortened(text), places=FEN_DIGITS)
    if len(whole) > 9:
        raise Invalid("amount_too_large", value=shortened(text))
    return int(whole + fraction.ljust(FEN_DIGITS, "0"))


def department_code(text: str) -> str:
    """Return a department's code: two to ten capital letters and digits. Raises Invalid `department_code_form`."""
    if not _DEPARTMENT.fullmatch(text):
        raise Invalid("department_code_form", value=shortened(text))
    return text


def choice(options: Iterable[str]) -> Parser:
    """Parse one of some texts, kept as it is; raises Invalid `choice_unknown`."""
    allowed = tuple(str(option) for option in options)

    def parse(text: str) -> str:
        if text not in allowed:
            raise Invalid("choice_unknown", value=shortened(text), known="、".join(allowed))
        return text

    return parse


def worded(options: type[Worded]) -> Parser:
    """Parse one of some official texts to its identifier; raises Invalid `choice_unknown`."""
    by_text = {option.text: option.value for option in options}
    known = choice(by_text)
    return lambda text: by_text[str(known(text))]


def list_of(parse: Parser) -> Parser:
    """Parse several values separated by 、 or ；, in their order.

    Raises Invalid `list_gap` (a separator with nothing beside it), `list_twice` and what `parse` raises.
    """

    def parse_all(text: str) -> list[JSON]:
        parts = [part.strip() for part in _SEPARATORS.split(text)]
        if "" in parts:
            raise Invalid("list_gap", value=shortened(text))
        values = [parse(part) for part in parts]
        for value in values:
            if values.count(value) > 1:
                raise Invalid("list_twice", value=value)
        return values

    return parse_all


def pair_of(first: Parser, second: Parser) -> Parser:
    """Parse two values with 至 (until) between them to "first/second"; raises Invalid `pair_form`, and as they do."""

    def parse(text: str) -> str:
        parts = [part.strip() for part in text.split("至")]
        if len(parts) != 2 or "" in parts:
            raise Invalid("pair_form", value=shortened(text))
        return f"{first(parts[0])}/{second(parts[1])}"

    return parse


def results(text: str) -> list[str]:
    """Parse official result texts (检查结果), separated by ；, to identifiers in the official order.

    Raises Invalid `choice_unknown`, `list_gap`, `result_twice` or `result_no_problem_with_others`.
    """
    by_text = {result.text: result.value for result in Result}
    known = choice(by_text)
    parts = [part.strip() for part in re.split("[;；]", text)]
    if "" in parts:
        raise Invalid("list_gap", value=shortened(text))
    identifiers = [by_text[str(known(part))] for part in parts]
    return [result.value for result in check_results(identifiers)]


follow_up: Parser = worded(FollowUp)
