"""A whole database as lines of JSON, the same from both engines, so that each restores what the other backed up. Pure.

    {"format": "qian/backup/v1", "version": …, "origin": …, "size": …, "made_at": …}
    {"file": <name>, "content": <base64>}                           for each key file that goes with it
    {"table": <name>, "columns": [[<name>, "text" | "integer" | "bytes"], …]}
    [<value>, …]                                                    for each row, by primary key; bytes in base64
    {"rows": {<table>: <number of rows>, …}}                        the end

`version` is that of the tables, `size` the number of the log's entries. The contents of documents stand in their rows,
wherever they were stored; null where the storage had lost one.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

import orjson

from ledger.calendar import instant_text, parse_instant

FORMAT: Final = "qian/backup/v1"

Columns: TypeAlias = Sequence[tuple[str, str]]
"""The columns of a table in order: name, and "text", "integer" or "bytes"."""


class BackupError(ValueError):
    """What was read is no backup of this format."""


@dataclass(frozen=True)
class Header:
    """Of what a backup is: the tables' version, the log's origin and number of entries, when it was made."""

    version: str
    origin: str
    size: int
    made_at: datetime

    def to_json(self) -> dict[str, object]:
        """Return the first line."""
        told = {"version": self.version, "origin": self.origin, "size": self.size}
        return {"format": FORMAT, **told, "made_at": instant_text(self.made_at)}


def encoded_line(value: object) -> bytes:
    """Return a line."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def parse_line(line: bytes) -> Any:
    """Return what a line holds; raises BackupError."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise BackupError("a line is no JSON") from None


def parse_header(line: Any) -> Header:
    """Read the first line; raises BackupError."""
    if not isinstance(line, dict) or line.get("format") != FORMAT:
        raise BackupError("it does not begin as a backup of this format")
    try:
        made_at = parse_instant(typed(line, "made_at", str))
    except ValueError:
        raise BackupError("made_at is no instant") from None
    return Header(typed(line, "version", str), typed(line, "origin", str), typed(line, "size", int), made_at)


def parse_columns(line: Mapping[str, Any]) -> Columns:
    """Read the columns of a table's line; raises BackupError."""
    try:
        columns = [(str(name), str(kind)) for name, kind in line["columns"]]
    except (KeyError, TypeError, ValueError):
        raise BackupError("a table has no columns") from None
    if not {kind for _, kind in columns} <= DECODERS.keys():
        raise BackupError("a column is of no known type")
    return columns


def typed(line: Mapping[str, Any], name: str, type_: type) -> Any:
    """Return a member of a line that must be of a type; raises BackupError."""
    value = line.get(name)
    if type(value) is not type_:
        raise BackupError(f"{name} is missing")
    return value


def encode_bytes(value: object) -> str | None:
    """Return bytes as they stand in a line; raises TypeError for anything else but None."""
    if value is not None and not isinstance(value, bytes):
        raise TypeError("no bytes")
    return None if value is None else base64.b64encode(value).decode()


def decode_bytes(value: object) -> bytes | None:
    """Return what `encode_bytes` wrote; raises TypeError."""
    if value is None:
        return None
    try:
        return base64.b64decode(value, validate=True)  # type: ignore[arg-type]
    except ValueError as error:
        raise TypeError("no base64") from error


def _only(type_: type) -> Callable[[object], Any]:
    def only(value: object) -> object:
        if value is not None and type(value) is not type_:
            raise TypeError(f"no {type_.__name__}")
        return value

    return only


# From a stored value to that in a line, and back; each raises TypeError for a value that its column does not hold.
ENCODERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "text": _only(str),
    "integer": _only(int),
    "bytes": encode_bytes,
}
DECODERS: Final[Mapping[str, Callable[[object], Any]]] = {**ENCODERS, "bytes": decode_bytes}
