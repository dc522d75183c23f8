"""The kinds of public numbers that a campaign may name as its beacon, from `source_kinds.toml`. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ledger.errors import Invalid
from sampling.canonical_numbers import Fraction, Numbers


@dataclass(frozen=True)
class SourceKind:
    """A kind: its code, names, what of it is published and when, and how many equally likely outcomes it has.

    `form` is how its numbers are read: one bowl after the other, or one number with a fraction.
    """

    code: str
    names: Mapping[str, str]
    published: Mapping[str, str]
    at: str
    outcomes: int
    form: Sequence[Numbers] | Fraction


@cache
def source_kinds() -> Mapping[str, SourceKind]:
    """All kinds by their codes."""
    table = tomllib.loads(files("sampling").joinpath("source_kinds.toml").read_text(encoding="utf-8"))
    return {code: _kind(code, value) for code, value in table.items()}


def source_kind(code: str) -> SourceKind:
    """Return a kind; raises Invalid("source_kind_unknown")."""
    found = source_kinds().get(code)
    if found is None:
        raise Invalid("source_kind_unknown", field="beacon.sources", kind=code, kinds=list(source_kinds()))
    return found


def _kind(code: str, value: dict[str, Any]) -> SourceKind:
    form = Fraction(value["places"]) if "places" in value else tuple(_bowl(**bowl) for bowl in value["bowls"])
    names = {language: value[language] for language in ("zh", "en")}
    return SourceKind(code, names, value["published"], value["at"], value["outcomes"], form)


def _bowl(count: int, lowest: int, highest: int, digits: bool = False) -> Numbers:
    """Return a bowl of balls that are not put back, or of digits of which each is drawn by itself."""
    return Numbers(count, lowest, highest, distinct=not digits, ordered=digits)
