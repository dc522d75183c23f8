"""What a cell may say: each parser takes trimmed, non-empty text and gives an exact value, or raises Invalid."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from operator import eq

from stdnum.cn import ric

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.codes import all_usccs, check_former_code, check_uscc
from scoring.date_formats import date_parts
from scoring.results import FollowUp, Result, Worded, check_results
from scoring.rows import shortened

Parser = Callable[[str], JSON]

FIRST_YEAR, LAST_YEAR = 1949, 2199
OPEN_END = "2099-12-31"
"""The day that the national 双公示 data standard writes for a term without an end."""

UNITS = {"万元": 6, "元": 2, "分": 0}
"""Units of money that files are written in, each with the decimal places that a fen has in it."""

YUAN_10000 = "万元"
WHOLE_DIGITS = 15
"""An amount has fewer digits than this in fen."""

DATE_FORMATS = ("YYYY-M-D", "YYYY/M/D", "YYYY年M月D日", "YYYYMMDD")
"""How dates may be written where a source says nothing else (`scoring.date_formats`)."""

NOTHING = frozenset(("无", "暂无", "空", "/", "\\", "-", "--", "－", "—", "——", "N/A", "n/a", "NA", "NULL", "null"))
"""What people write into a cell that has nothing to say."""

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_DEPARTMENT = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_DIVISION = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3})?")
_SEPARATORS = re.compile(r"[、;；]")
_YEAR = re.compile(r"[(\[{（［｛〔【〖]([0-9]{4})[)\]}）］｝〕】〗]")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff（）])\s+(?=[\u3400-\u9fff（）])")
_FULL_WIDTH_BRACKETS = str.maketrans("()", "（）")
_OTHER_SPELLING = re.compile(r"[ (\[{（［｛【〖０-９]")
_HALF_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_MIDNIGHT = re.compile(r" 0?0:00(?::00)?$")
_REFUSED_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")


class Uscc:
    """A unified social credit code."""

    def __call__(self, text: str) -> str:
        """Return it; raises Invalid as `check_uscc`."""
        return check_uscc(text)

    def all_plain(self, texts: Sequence[str]) -> bool:
        """Tell at once whether all of several texts are codes as they must be."""
        return all_usccs(texts)


uscc = Uscc()


def former_code(text: str) -> str:
    """Return a code that an enterprise had, or its old registration number; raises Invalid as `check_former_code`."""
    return check_former_code(text)


def party_code(text: str) -> str:
    """Return the code of a related party, in whatever scheme, but never a person's number of identity.

    Raises Invalid `identity_number`, which does not repeat it, and as `text_up_to`.
    """
    if ric.is_valid(text):
        raise Invalid("identity_number")
    return str(text_up_to(100)(text))


@dataclass(frozen=True)
class OneLine:
    """One line of at most `limit` characters, kept as it is given."""

    limit: int

    def __call__(self, text: str) -> str:
        """Parse a text; see `text_up_to`."""
        limit = self.limit
        if len(text) > limit:
            raise Invalid("text_too_long", value=shortened(text), length=len(text), limit=limit)
        if text.isprintable():  # so it has none of them
            return text
        for position, character in enumerate(text, start=1):
            if unicodedata.category(character) in _REFUSED_CATEGORIES:
                name = f"U+{ord(character):04X}"
                raise Invalid("text_control_character", value=shortened(text), position=position, character=name)
        return text

    def all_plain(self, texts: Sequence[str]) -> bool:
        """Tell at once whether all of several texts are trimmed, not empty, and as they must be."""
        return (
            all(texts)
            and all(map(str.isprintable, texts))
            and max(map(len, texts)) <= self.limit
            and all(map(eq, texts, map(str.strip, texts)))
        )


def text_up_to(limit: int) -> OneLine:
    """Parse one line of at most `limit` characters, kept as it is given.

    Raises Invalid `text_too_long` or `text_control_character` (also for marks of direction and invisible characters).
    """
    return OneLine(limit)


class Telling(OneLine):
    """One line that tells one thing from another, so that what stands for nothing is refused."""

    def __call__(self, text: str) -> str:
        """Parse a text; raises Invalid `value_says_nothing`, else as `text_up_to`."""
        if text in NOTHING:
            raise Invalid("value_says_nothing", value=text)
        return super().__call__(text)

    def all_plain(self, texts: Sequence[str]) -> bool:
        """Tell at once whether all of several texts are as they must be."""
        return NOTHING.isdisjoint(texts) and super().all_plain(texts)


class DocumentNumber(Telling):
    """A document's number, whose year is in 〔〕 however a source writes it, without spaces, its digits half-width.

    So that the same decision is known by it from every source.
    """

    def __call__(self, text: str) -> str:
        """Parse a text; raises as `Telling`."""
        return _YEAR.sub(r"〔\1〕", "".join(super().__call__(text).translate(_HALF_WIDTH).split()))

    def all_plain(self, texts: Sequence[str]) -> bool:
        """Tell at once whether all of several texts are as they are kept."""
        return _OTHER_SPELLING.search("\n".join(texts)) is None and super().all_plain(texts)


class BodyName(OneLine):
    """The name of a body (机关), its brackets full-width, other signs half-width, without spaces between characters.

    So that it is the same body from every source.
    """

    def __call__(self, text: str) -> str:
        """Parse a text; raises as `OneLine`."""
        return super().__call__(_plain_name(text))

    def all_plain(self, texts: Sequence[str]) -> bool:
        """Tell at once whether all of several texts are as they are kept."""
        different = set(texts)
        return all(map(eq, different, map(_plain_name, different))) and super().all_plain(texts)


def _plain_name(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_FULL_WIDTH_BRACKETS)
    return _BETWEEN_CHINESE.sub("", plain)


def lines_up_to(limit: int) -> Parser:
    """Parse a text of several lines, whose ends become line feeds; raises Invalid as `text_up_to`."""
    one_line = text_up_to(limit)

    def parse(text: str) -> str:
        joined = text.replace("\r\n", "\n")
        one_line(joined.replace("\n", " "))
        return joined

    return parse


def dates_in(forms: tuple[str, ...]) -> Parser:
    """Parse dates of these forms to YYYY-MM-DD; raises Invalid `date_form`, `date_impossible` or `date_year`.

    One may end with midnight, as spreadsheets save what was a date.
    """

    def parse(text: str) -> str:
        parts = date_parts(text, forms) or date_parts(_MIDNIGHT.sub("", text), forms)
        if parts is None:
            raise Invalid("date_form", value=shortened(text), forms=list(forms))
        if not FIRST_YEAR <= parts[0] <= LAST_YEAR:
            raise Invalid("date_year", value=text, first=FIRST_YEAR, last=LAST_YEAR)
        try:
            return date(*parts).isoformat()
        except ValueError as error:
            raise Invalid("date_impossible", value=text) from error

    return parse


def ends_in(forms: tuple[str, ...]) -> Parser:
    """Parse ends of terms to YYYY-MM-DD; 长期 (without end) is 2099-12-31. Raises Invalid as `dates_in`."""
    one_day = dates_in(forms)
    return lambda text: OPEN_END if text in ("长期", "长期有效") else one_day(text)


def amounts_in(unit: str) -> Parser:
    """Parse amounts given in one of the UNITS to whole fen.

    Raises Invalid `amount_separator` (with the text to write instead), `amount_negative`, `amount_form`,
    `amount_too_fine` (finer than a fen) or `amount_too_large` (ten digits of 万元).
    """
    places = UNITS[unit]
    digits = WHOLE_DIGITS - places

    def parse(text: str) -> int:
        plain = re.sub("[,，]", "", text)
        if plain != text and _AMOUNT.fullmatch(plain):
            raise Invalid("amount_separator", value=shortened(text), suggestion=shortened(plain))
        if text[0] in "-−－":
            raise Invalid("amount_negative", value=shortened(text))
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise Invalid("amount_form", value=shortened(text), unit=unit)
        whole, fraction = match[1].lstrip("0"), (match[2] or "").rstrip("0")
        if len(fraction) > places:
            raise Invalid("amount_too_fine", value=shortened(text), places=places, unit=unit)
        if len(whole) > digits:
            raise Invalid("amount_too_large", value=shortened(text), digits=digits, unit=unit)
        return int(whole + fraction.ljust(places, "0") or "0")

    return parse


civil_date: Parser = dates_in(DATE_FORMATS)
"""A date, in any of the usual forms."""

end_date: Parser = ends_in(DATE_FORMATS)
"""The end of a term, in any of the usual forms."""

amount_in_fen: Parser = amounts_in(YUAN_10000)
"""An amount in ten thousand yuan (万元)."""


def department_code(text: str) -> str:
    """Return a department's code: two to ten capital letters and digits. Raises Invalid `department_code_form`."""
    if not _DEPARTMENT.fullmatch(text):
        raise Invalid("department_code_form", value=shortened(text))
    return text


def is_division_code(text: str) -> bool:
    """Tell whether a text has the form of an administrative division's code, as texts of regions may have."""
    return _DIVISION.fullmatch(text) is not None


def division_code(text: str) -> str:
    """Return an administrative division's code: six digits, or a town's nine. Raises Invalid `division_code_form`."""
    if not is_division_code(text):
        raise Invalid("division_code_form", value=shortened(text))
    return text


def choice(options: Iterable[str]) -> Parser:
    """Parse one of some texts, kept as it is; raises Invalid `choice_unknown`."""
    allowed = tuple(str(option) for option in options)

    def parse(text: str) -> str:
        if text not in allowed:
            raise Invalid("choice_unknown", value=shortened(text), known=list(allowed))
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
