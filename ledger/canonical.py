"""Canonical JSON (RFC 8785), restricted to what every machine writes alike: no floats, integers below 2^53."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, TypeAlias

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


def is_key(text: str) -> bool:
    """Tell whether a text may be a key of canonical JSON: one of the basic plane."""
    return text.isascii() or max(text) <= "\uffff"


def parse_canonical(data: bytes) -> JSON:
    """Return the value of canonical bytes; raises ValueError for any other bytes, duplicate keys included."""
    value: JSON = orjson.loads(data)
    if canonical(value) != data:
        raise ValueError("not canonical JSON")
    return value


def parse_canonical_texts(texts: Sequence[bytes], at: int | None = None) -> list[Any]:
    """Return the values of several canonical texts, sooner than one by one; raises ValueError for any other bytes.

    They are objects, or arrays of which each holds an object at a place. Of objects whose values are texts and
    integers, or arrays of these, the names are looked at together.
    """
    values: list[Any] = list(map(orjson.loads, texts))
    objects = values if at is None else [value[at] for value in values]
    if not set(map(type, objects)) <= {dict}:
        raise ValueError("no object where one must be")
    try:
        written = orjson.dumps(values, option=_OPTIONS)
    except TypeError as error:  # an integer beyond 2^53 - 1
        raise ValueError(f"not canonical JSON: {error}") from error
    if written != b"[" + b",".join(texts) + b"]":  # where an object or array ends, its bytes say; so each is the same
        raise ValueError("not canonical JSON")
    heads = [] if at is None else [value[:at] for value in values]
    alike = heads.count(heads[0]) == len(heads) if heads else True
    alike = alike and (at is None or set(map(len, values)) <= {at + 1})
    if alike and _are_plain(objects):
        _check([*heads[:1], dict.fromkeys(set(chain.from_iterable(objects)))], DEEPEST_NESTING)
    else:
        for value in values:
            _check(value, DEEPEST_NESTING)
    return values


def canonical_rows(columns: Mapping[str, Sequence[Any]], before: bytes = b"", after: bytes = b"") -> Iterable[bytes]:
    """Give the canonical bytes of objects that have the same names, sooner than one by one, between others.

    Each name comes with the objects' values, at least one. The caller answers for these: texts without lone surrogates,
    integers below 2^53, None; and for the names.
    """
    pieces: list[Iterable[bytes]] = []
    same = before + b"{"
    for name, values in sorted(columns.items()):
        same += orjson.dumps(name) + b":"
        if len(set(values)) == 1:
            same += orjson.dumps(values[0]) + b","
            continue
        quote = b'"' if set(map(type, values)) == {str} else b""
        pieces += [repeat(same + quote), _written(values, quote)]
        same = quote + b","
    count = len(next(iter(columns.values())))
    return map(b"".join, zip(*pieces, repeat(same[:-1] + b"}" + after, count), strict=False))


def _written(values: Sequence[Any], quote: bytes) -> Sequence[bytes]:
    """Return what stands between quotes of several texts, or of other values as they are written."""
    if quote:
        texts = orjson.dumps(list(values))[2:-2]
        # A quote within a text follows a backslash; so what is sought here is the only other end that one might seem.
        return texts.split(b'","') if b'\\","' not in texts else [orjson.dumps(text)[1:-1] for text in values]
    if set(map(type, values)) <= {int, type(None)}:
        return orjson.dumps(list(values))[1:-1].split(b",")
    return list(map(orjson.dumps, values))


_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_PLAIN = {str, int, type(None)}


def _are_plain(objects: Sequence[dict[str, Any]]) -> bool:
    """Tell whether there are only texts, integers and nothing in objects and the arrays in them."""
    inner = chain.from_iterable(map(dict.values, objects))
    kinds = set(map(type, inner))
    if kinds <= _PLAIN:
        return True
    if not kinds <= {*_PLAIN, list}:
        return False
    arrays = (each for value in objects for each in value.values() if type(each) is list)
    return set(map(type, chain.from_iterable(arrays))) <= _PLAIN


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
        try:
            keys = "".join(value)  # type: ignore[arg-type]
        except TypeError:
            raise ValueError("key is no string of the basic plane") from None
        if not is_key(keys):
            raise ValueError("key is no string of the basic plane")
        for item in value.values():  # type: ignore[attr-defined]
            item_kind = type(item)
            # What needs no call of its own is most of what there is.
            if item_kind is not str and not (item_kind is int and -LARGEST_INTEGER <= item <= LARGEST_INTEGER):
                _check(item, depth - 1)
    elif isinstance(value, list | tuple | Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        for item in value:
            item_kind = type(item)
            if item_kind is not str and not (item_kind is int and -LARGEST_INTEGER <= item <= LARGEST_INTEGER):
                _check(item, depth - 1)
    else:
        raise ValueError(f"{kind.__name__} has no canonical JSON")


def _plain(value: Mapping[str, object] | Sequence[object]) -> object:
    """Return the dict or list of a mapping or sequence that orjson does not write by itself."""
    return dict(value) if isinstance(value, Mapping) else list(value)
