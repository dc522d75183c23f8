"""Texts of persons that stand in the log for ever: whatever names an enterprise is refused.

What is looked for are the codes of enterprises, however they are spaced, and the registered names. A seam is left:
nicknames, shortened names and descriptions that only insiders understand are not found, so two persons read the text.
"""

import re
import unicodedata

from sqlalchemy import Connection, func, literal, select

from ledger.errors import Invalid
from sampling.slots import CODE_LENGTH
from scoring.codes import is_uscc
from scoring.fields import lines_up_to
from scoring.tables import enterprise

LEAST_NAME = 2
_RUNS = re.compile("[0-9A-Z]+")
_BETWEEN_SIGNS = re.compile(r"[\s\-_.·,;:/]+")


def public_text(tx: Connection, text: str, field: str, longest: int) -> str:
    """Return a text, trimmed, that may stand in the log.

    Raises Invalid: public_text_missing, public_text_names_enterprise, and what is wrong with its characters or length.
    """
    if not text.strip():
        raise Invalid("public_text_missing", field=field)
    checked = str(lines_up_to(longest)(text.strip()))
    if names_enterprise(tx, checked):
        raise Invalid("public_text_names_enterprise", field=field)
    return checked


def names_enterprise(tx: Connection, text: str) -> bool:
    """Tell whether a text holds an enterprise's code or registered name, as far as that is looked for."""
    plain = _BETWEEN_SIGNS.sub("", unicodedata.normalize("NFKC", text)).upper()
    return any(_has_code(run) for run in _RUNS.findall(plain)) or _has_name(tx, text) or _has_name(tx, plain)


def _has_code(run: str) -> bool:
    return any(is_uscc(run[start : start + CODE_LENGTH]) for start in range(len(run) - CODE_LENGTH + 1))


def _has_name(tx: Connection, text: str) -> bool:
    place = func.instr if tx.dialect.name == "sqlite" else func.strpos
    named = select(enterprise.c.code).where(func.length(enterprise.c.name) >= LEAST_NAME)
    return tx.execute(named.where(place(literal(text), enterprise.c.name) > 0).limit(1)).first() is not None
