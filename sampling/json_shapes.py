"""Reads of JSON documents of our own formats: each function returns one typed value or refuses with its path.

All raise Invalid("json_wrong_shape"), which tells the path and the shape that was asked for, never the value.
"""

from collections.abc import Iterable
from datetime import date, datetime

from ledger.calendar import instant_text, parse_instant
from ledger.canonical import JSON
from ledger.errors import Invalid

HASH_BYTES = 32


def wrong_shape(path: str, shape: str) -> Invalid:
    """Return the refusal of the value at `path`, which should have been `shape`."""
    return Invalid("json_wrong_shape", field=path, path=path, shape=shape)


def members(value: JSON, path: str, *names: str) -> dict[str, JSON]:
    """Return an object that has exactly these members."""
    if not isinstance(value, dict) or set(value) != set(names):
        raise wrong_shape(path, "{" + ", ".join(names) + "}")
    return value


def members_or(value: JSON, path: str, names: Iterable[str], may_stand: Iterable[str]) -> dict[str, JSON]:
    """Return an object that has exactly these members, and of those that may be left out any."""
    more = [name for name in may_stand if isinstance(value, dict) and name in value]
    return members(value, path, *names, *more)


def mapping(value: JSON, path: str) -> dict[str, JSON]:
    """Return an object, whatever its members."""
    if not isinstance(value, dict):
        raise wrong_shape(path, "{…}")
    return value


def member(value: JSON, path: str, name: str) -> JSON:
    """Return a member that an object must have, whatever else it has."""
    found = mapping(value, path)
    if name not in found:
        raise wrong_shape(path, "{" + name + ", …}")
    return found[name]


def items(value: JSON, path: str) -> list[JSON]:
    """Return an array."""
    if not isinstance(value, list):
        raise wrong_shape(path, "[…]")
    return value


def text(value: JSON, path: str) -> str:
    """Return a text that is not empty and has no control characters (below U+0020, and U+007F)."""
    if not isinstance(value, str) or not is_plain(value):
        raise wrong_shape(path, "text")
    return value


def any_text(value: JSON, path: str) -> str:
    """Return a text, whatever it says."""
    if not isinstance(value, str):
        raise wrong_shape(path, "text")
    return value


def any_texts(value: JSON, path: str) -> tuple[str, ...]:
    """Return an array of texts, whatever they say."""
    return tuple(any_text(each, f"{path}[{index}]") for index, each in enumerate(items(value, path)))


def is_plain(value: str) -> bool:
    """Tell whether a text is not empty and has no control characters, so that none of them can part fields."""
    return value != "" and all(character >= " " and character != "\x7f" for character in value)


def texts(value: JSON, path: str) -> tuple[str, ...]:
    """Return an array of texts."""
    return tuple(text(each, f"{path}[{index}]") for index, each in enumerate(items(value, path)))


def integer(value: JSON, path: str) -> int:
    """Return an integer from 0."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise wrong_shape(path, "0, 1, 2, …")
    return value


def signed(value: JSON, path: str) -> int:
    """Return an integer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise wrong_shape(path, "…, -1, 0, 1, …")
    return value


def truth(value: JSON, path: str) -> bool:
    """Return a truth value."""
    if not isinstance(value, bool):
        raise wrong_shape(path, "true | false")
    return value


def hash_bytes(value: JSON, path: str) -> bytes:
    """Return 32 bytes written as 64 lower-case hexadecimal digits."""
    return hex_bytes(value, path, HASH_BYTES)


def hex_bytes(value: JSON, path: str, size: int) -> bytes:
    """Return `size` bytes written as lower-case hexadecimal digits."""
    digits = value if isinstance(value, str) else ""
    if len(digits) != 2 * size or not set(digits) <= set("0123456789abcdef"):
        raise wrong_shape(path, f"{2 * size} × 0-9a-f")
    return bytes.fromhex(digits)


def instant(value: JSON, path: str) -> datetime:
    """Return an instant written as in "2026-11-23T02:16:04Z"."""
    try:
        moment = parse_instant(value if isinstance(value, str) else "")
    except ValueError:
        raise wrong_shape(path, "YYYY-MM-DDThh:mm:ssZ") from None
    if instant_text(moment) != value:  # parsing lets a missing leading zero through
        raise wrong_shape(path, "YYYY-MM-DDThh:mm:ssZ")
    return moment


def civil_date(value: JSON, path: str) -> date:
    """Return a civil date written as in "2026-11-23"."""
    try:
        day = date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise wrong_shape(path, "YYYY-MM-DD") from None
    if day.isoformat() != value:
        raise wrong_shape(path, "YYYY-MM-DD")
    return day
