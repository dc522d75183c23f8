"""Canonical JSON (RFC 8785), restricted to what every machine writes alike: no floats, integers below 2^53."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

LARGEST_INTEGER = 2**53 - 1


def canonical(value: JSON) -> bytes:
    """Return the RFC 8785 bytes of a value.

    orjson writes the same bytes for what `_check` lets through: it sorts keys by code point, which equals the
    standard's UTF-16 order for all keys inside the basic plane.
    Raises ValueError for floats, integers beyond ±(2^53 − 1), other types, and keys beyond the basic plane.
    """
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # a lone surrogate, or a nesting deeper than orjson writes
        raise ValueError(f"no canonical JSON: {error}") from error


def parse_canonical(data: bytes) -> JSON:
    """Return the value of canonical bytes; raises ValueError for any other bytes, duplicate keys included."""
    value: JSON = orjson.loads(data)
    if canonical(value) != data:
        raise ValueError("not canonical JSON")
    return value


def _check(value: object) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError("integer beyond 2^53 - 1")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or (not key.isascii() and max(key) > "\uffff"):
                raise ValueError("key is no string of the basic plane")
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    else:
        raise ValueError(f"{type(value).__name__} has no canonical JSON")
