"""How a source writes its dates: `YYYY-MM-DD`, `YYYY年M月D日`, `DD.MM.YYYY`, `YYYYMMDDhhmmss`.

YYYY is the year, MM and DD two digits, M and D one or two; hh, mm and ss a time of the day, which is not kept. Any
other character but a letter of ASCII stands for itself, and so does T.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_PARTS = {
    "YYYY": ("year", "[0-9]{4}"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "DD": ("day", "[0-9]{2}"),
    "D": ("day", "[0-9]{1,2}"),
    "hh": ("hour", "(?:[01][0-9]|2[0-3])"),
    "mm": ("minute", "[0-5][0-9]"),
    "ss": ("second", "[0-5][0-9]"),
}
_TOKEN = re.compile("YYYY|MM|M|DD|D|hh|mm|ss|.", re.DOTALL)
_LETTER = re.compile("[A-SU-Za-z]")


@lru_cache(maxsize=256)
def date_pattern(form: str) -> re.Pattern[str]:
    """Return what finds year, month and day in a text of this form; raises ValueError.

    Each stands once, the year not between the others and never before the day alone, so that no date can be read in
    two ways; M and D have something other than a digit after them.
    """
    tokens = _TOKEN.findall(form)
    names = [_PARTS[token][0] for token in tokens if token in _PARTS]
    order = [name for name in names if name in ("year", "month", "day")]
    followers = [*tokens, ""][1:]
    unclear = any(
        token in ("M", "D") and (follower in _PARTS or follower.isdigit())
        for token, follower in zip(tokens, followers, strict=True)
    )
    repeated = len(set(names)) < len(names)
    letters = any(_LETTER.fullmatch(token) for token in tokens if token not in _PARTS)
    ordered = order in (["year", "month", "day"], ["day", "month", "year"], ["month", "day", "year"])
    if unclear or repeated or letters or not ordered:
        raise ValueError(f"{form} is no form of a date")
    return re.compile("".join(f"(?P<{_PARTS[t][0]}>{_PARTS[t][1]})" if t in _PARTS else re.escape(t) for t in tokens))


def date_parts(text: str, forms: Iterable[str]) -> tuple[int, int, int] | None:
    """Return year, month and day of a text by the first form that it has, None if it has none of them."""
    for form in forms:
        match = date_pattern(form).fullmatch(text)
        if match is not None:
            return int(match["year"]), int(match["month"]), int(match["day"])
    return None
