"""Texts that anybody may hand in, and that persons will read: plain, of bounded length, and about something. Pure."""

import re
import unicodedata

from stdnum.cn import ric

from ledger.errors import Invalid
from scoring.fields import lines_up_to, text_up_to

LONGEST_CONTACT = 100
MOST_MARKS = 3
"""So many marks may stand on one character; more make a text unreadable, or run over its neighbours."""

_MARKUP = re.compile(r"<[A-Z/!?]|&(?:#[0-9X]|[A-Z]+;)|\]\s?\(|\[/?(?:url|img|b|i|u|code)\b", re.IGNORECASE)
_IDENTITY = re.compile(r"(?<![0-9A-Z])[0-9]{17}[0-9Xx](?![0-9A-Z])")


def plain_text(text: str, field: str, longest: int) -> str:
    """Return a text of several lines, trimmed and in Unicode's form NFC, which may be read as it stands.

    Raises Invalid: submission_text_missing, text_too_long, text_control_character (also for marks of direction and what
    is invisible), text_unreadable_character, text_markup, text_identity_number.
    """
    return _checked(str(lines_up_to(longest)(text.strip())), field)


def plain_line(text: str, field: str, longest: int) -> str:
    """Return a text of one line; raises what `plain_text` raises."""
    return _checked(str(text_up_to(longest)(text.strip())), field)


def contact_text(text: str | None) -> str:
    """Return how somebody may be reached, empty where nothing is said; raises what `plain_text` raises."""
    return plain_line(text, "contact", LONGEST_CONTACT) if text and text.strip() else ""


def has_substance(text: str, least: int) -> bool:
    """Tell whether a text has so many letters, digits or characters, half of them different."""
    found = [character for character in text.casefold() if character.isalnum()]
    return len(found) >= least and 2 * len(set(found)) >= least


def _checked(text: str, field: str) -> str:
    if not text:
        raise Invalid("submission_text_missing", field=field)
    found, marks = unicodedata.normalize("NFC", text), 0
    for position, character in enumerate(found, start=1):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MOST_MARKS or category in ("Cn", "Co"):
            name = f"U+{ord(character):04X}"
            raise Invalid("text_unreadable_character", field=field, position=position, character=name)
    if _MARKUP.search(found):
        raise Invalid("text_markup", field=field)
    if any(ric.is_valid(each) for each in _IDENTITY.findall(found)):
        raise Invalid("text_identity_number", field=field)
    return found
