"""Read tables of a TOML document strictly: each wrong, missing or unknown key is refused with its place.

A place is a path in the document as its author would write it: `indicators[3].bins[0]`.
"""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ledger.errors import Invalid

LARGEST_INTEGER = 10**12
"""Bound of every integer, so that no score of thousands of indicators leaves canonical JSON's range."""

Choice = TypeVar("Choice", bound=StrEnum)


class Table:
    """One table of the document; reading a key takes it out, and `finish` refuses what nobody read."""

    def __init__(self, values: Mapping[str, object], place: str, is_root: bool = False) -> None:
        self.place = place
        self._prefix = "" if is_root else f"{place}."
        self._left = dict(values)
        self._known: list[str] = []

    def has(self, key: str) -> bool:
        self._know(key)
        return key in self._left

    def names(self) -> list[str]:
        """Return the keys that nobody has read."""
        return list(self._left)

    def text(self, key: str, longest: int = 4000) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not _is_visible(value) or not _is_printable(value) or len(value) > longest:
            raise self._wrong(key, f'"…" (1–{longest})')
        return value

    def plain(self, key: str) -> str:
        """Return a text that may be empty or blank."""
        value = self._take(key)
        if not isinstance(value, str):
            raise self._wrong(key, '"…"')
        return value

    def integer(self, key: str) -> int:
        value = self._take(key)
        if type(value) is not int:
            raise self._wrong(key, "123")
        return self._bound(key, value)

    def integers(self, key: str) -> tuple[int, ...]:
        """Return a non-empty list of integers in its order."""
        values = self._take(key)
        if not isinstance(values, list) or not values or not all(type(value) is int for value in values):
            raise self._wrong(key, "[123, …]")
        for value in values:
            self._bound(key, value)
        return tuple(values)

    def truth(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true|false")
        return value

    def date(self, key: str) -> date:
        value = self._take(key)
        if type(value) is not date:  # a datetime is a date too
            raise self._wrong(key, "YYYY-MM-DD")
        return value

    def choice(self, key: str, choices: type[Choice], code: str) -> Choice:
        """Return the member of that value; raises Invalid(code) for an unknown one."""
        value = self.text(key)
        try:
            return choices(value)
        except ValueError:
            raise Invalid(code, place=self.place, value=value, known=list(choices)) from None

    def peek(self, key: str) -> object:
        """Return what stands under a key that is there, without taking it out."""
        return self._left[key]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a non-empty list of distinct texts, sorted: their order in the document means nothing."""
        return tuple(sorted(self.ordered_texts(key)))

    def ordered_texts(self, key: str) -> tuple[str, ...]:
        """Return a non-empty list of distinct texts in its order."""
        values = self._take(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
            raise self._wrong(key, '["…", …]')
        refuse_duplicates(values, f"{self._prefix}{key}")
        return tuple(values)

    def words(self, key: str) -> dict[str, str]:
        """Return a table of texts by text, empty if the key is absent."""
        values = self._take(key) if self.has(key) else {}
        if not isinstance(values, dict) or not all(isinstance(value, str) and value for value in values.values()):
            raise self._wrong(key, '{ "…" = "…", … }')
        return values

    def table(self, key: str) -> "Table":
        """Return the table of a key, an empty one if the key is absent."""
        values = self._take(key) if self.has(key) else {}
        if not isinstance(values, dict):
            raise self._wrong(key, f"[{self._prefix}{key}]")
        return Table(values, f"{self._prefix}{key}")

    def refuse(self, keys: Sequence[str], code: str) -> None:
        """Raise Invalid(code) if one of the keys stands here."""
        for key in keys:
            if key in self._left:
                raise Invalid(code, place=self.place, key=key)

    def tables(self, key: str) -> "list[Table]":
        """Return a list of tables, empty if the key is absent."""
        values = self._take(key) if self.has(key) else []
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self._wrong(key, f"[[{key}]]")
        return [Table(value, f"{self._prefix}{key}[{index}]") for index, value in enumerate(values)]

    def finish(self) -> None:
        """Refuse the first key that nobody read."""
        for key in self._left:
            raise Invalid("toml_key_unknown", place=self.place, key=key, known=list(self._known))

    def _take(self, key: str) -> object:
        self._know(key)
        if key not in self._left:
            raise Invalid("toml_key_missing", place=self.place, key=key)
        return self._left.pop(key)

    def _bound(self, key: str, value: int) -> int:
        if abs(value) > LARGEST_INTEGER:
            raise Invalid("toml_integer_too_large", place=self.place, key=key, largest=LARGEST_INTEGER)
        return value

    def _know(self, key: str) -> None:
        if key not in self._known:
            self._known.append(key)

    def _wrong(self, key: str, expected: str) -> Invalid:
        """Return the refusal of a value; `expected` is as a document writes it, alike in every language."""
        return Invalid("toml_value_wrong", place=self.place, key=key, expected=expected)


def read_document(text: str, root: str) -> Table:
    """Return the root table of a TOML text, whose place is called `root`.

    Raises Invalid for a text that is no TOML, or that holds a float.
    """
    try:
        values = tomllib.loads(text)
        _refuse_floats(values, "")
    except (ValueError, RecursionError) as error:
        raise Invalid("toml_malformed", problem=str(error)) from None
    return Table(values, root, is_root=True)


def refuse_duplicates(values: Sequence[str], place: str) -> None:
    """Raise Invalid for the first value that stands twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise Invalid("toml_duplicate", place=place, value=value)
        seen.add(value)


def _is_visible(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text)


def _refuse_floats(value: object, place: str) -> None:
    if isinstance(value, float):
        raise Invalid("toml_float", place=place, value=str(value))
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_floats(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_floats(item, f"{place}[{index}]")
