"""Canonical JSON (RFC 8785), restricted to what every machine writes alike: no floats, integers below 2^53."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import orjson

JSON: TypeAlias = "bool | int | str | Sequence[JSON] | Mapping[str, JSON] | None"

LARGEST_INTEGER = 2**53 - 1
DEEPEST_NESTING = 100


def canonical(value: JSON, nesting: int = DEEPEST_NESTING) -> bytes:
    """Return the RFC 8785 bytes of a value that is nested at most so deep.

    orjson writes the same bytes for what `_check` lets through: it sorts keys by code point, which equals the
    standard's UTF-16 order for all keys inside the basic plane.
    Raises ValueError for floats, integers beyond ±(2^53 − 1), other types, lone surrogates, keys beyond the basic
    plane, and a deeper nesting.
    """
    _check(value, nesting)
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # a lone surrogate
        raise ValueError(f"no canonical JSON: {error}") from error


def parse_canonical(data: bytes) -> JSON:
    """Return the value of canonical bytes; raises ValueError for any other bytes, duplicate keys included."""
    value: JSON = orjson.loads(data)
    if canonical(value) != data:
        raise ValueError("not canonical JSON")
    return value


def _check(value: object, depth: int) -> None:
    kind = type(value)
    if kind is str or kind is bool or value is None or isinstance(value, str):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError("integer beyond 2^53 - 1")
        return
    if depth == 0:
        raise ValueError("nested too deep")
    if kind is dict or isinstance(value, Mapping):
        for key, item in value.items():  # type: ignore[attr-defined]
            if type(key) is not str or (not key.isascii() and max(key) > "\uffff"):
                raise ValueError("key is no string of the basic plane")
            item_kind = type(item)
            # What needs no call of its own is most of what there is.
            if item_kind is not str and not (item_kind is int and -LARGEST_INTEGER <= item <= LARGEST_INTEGER):
                _check(item, depth - 1)
    elif isinstance(value, list | tuple | Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        for item in value:
            if type(item) is not str:
                _check(item, depth - 1)
    else:
        raise ValueError(f"{kind.__name__} has no canonical JSON")


def _plain(value: Mapping[str, object] | Sequence[object]) -> object:
    """Return the dict or list of a mapping or sequence that orjson does not write by itself."""
    return dict(value) if isinstance(value, Mapping) else list(value)
