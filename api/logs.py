"""Log lines, on a console for people or as JSON for machines, of libraries as of our own, without secrets."""

import json
import logging
import re
import secrets
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Final, Literal, TextIO

import orjson
import structlog
from structlog.stdlib import ProcessorFormatter

DROPPED: Final = "[dropped]"

# A field is dropped where a word of its name is one of these: keys, credentials, and what would tell a grade.
SECRET_WORDS: Final = frozenset(
    (
        *("authorization", "cookie", "credential", "credentials", "key", "keys", "password", "salt", "salts", "secret"),
        *("secrets", "token", "tokens"),
        *("grade", "grades", "reasons", "score", "scores", "rate", "rates", "stratum", "strata", "weight", "weights"),
    )
)
_HARMLESS: Final = frozenset((int, float, bool, type(None)))
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]*@")
_QUIET = ("alembic", "asyncio", "fontTools", "httpx", "httpx2", "python_multipart", "sqlalchemy")


request: ContextVar[str | None] = ContextVar("request", default=None)
"""The id of the request that is being answered, which all its lines have."""


def configure(form: Literal["console", "json"], level: str, stream: TextIO | None = None) -> None:
    """Send all log lines from `level` on to a stream, by default stderr.

    Libraries that tell of every step are heard from warnings on.
    """
    stream = sys.stderr if stream is None else stream
    named: list[structlog.typing.Processor] = [
        _add_request,
        structlog.stdlib.add_log_level,
    ]
    finished: list[structlog.typing.Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(_json)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )
    )
    structlog.configure(
        processors=[*named, _add_logger, *finished, renderer],
        logger_factory=lambda *names: _Lines(stream, *names),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    bound.cache_clear()
    global _json_lines
    _json_lines = _Lines(stream) if form == "json" and level.lower() in ("debug", "info") else None
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*named, structlog.stdlib.add_logger_name, *finished],
            processors=[ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


_AS_STANDARD: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_OF_A_REQUEST: Final = orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATACLASS
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=str)


class _Lines(structlog.WriteLogger):
    """Writes our own lines, without the detour through the logging of the standard library, which costs more."""

    def __init__(self, stream: TextIO, name: str | None = None) -> None:
        super().__init__(stream)
        self.name = name

    def msg(self, message: str) -> None:
        """Write a line; where nobody takes it any more, as of a stream that was closed, the work goes on without it."""
        try:
            super().msg(message)
        except (OSError, ValueError):
            return

    log = debug = info = warn = warning = error = critical = exception = msg


def _add_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    identifier = request.get()
    if identifier is not None:
        event.setdefault("request_id", identifier)
    return event


def _add_logger(logger: _Lines, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if logger.name is not None:
        event["logger"] = logger.name
    return event


def _json(event: Mapping[str, Any], option: int = _AS_STANDARD, **_: object) -> str:
    try:
        return orjson.dumps(event, str, option).decode()
    except TypeError:  # such as an integer of more than 64 bits
        return _ENCODER.encode(event)


@lru_cache(maxsize=64)
def bound(name: str) -> Any:
    """Return the logger of a name as it is configured now, for whoever writes a line each request: ask it each time."""
    return structlog.get_logger(name).bind()


_json_lines: _Lines | None = None


def tell(name: str, event: str, fields: MutableMapping[str, Any], quietly: bool = False) -> None:
    """Write a line of level info, or quietly debug: as the logger of this name would, for one that each request has.

    A logger goes through seven steps for a line; of these the fields of such a line, texts, numbers and lists of them,
    need three. They are written first, and looked through one by one only where the line shows a reason to.
    """
    if quietly or _json_lines is None:
        (bound(name).debug if quietly else bound(name).info)(event, **fields)
        return
    fields["event"], fields["level"], fields["logger"], fields["timestamp"] = event, "info", name, datetime.now(UTC)
    told = _json(fields, option=_OF_A_REQUEST)
    if "eyJ" in told or "://" in told or _has_secret(tuple(fields)):
        told = _json(without_secrets(None, "", fields), option=_OF_A_REQUEST)
    _json_lines.msg(told)


def without_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop the values of fields that are named after a secret, and tokens and passwords inside other texts."""
    for name, value in event.items():
        kind = type(value)
        is_harmless = kind in _HARMLESS or (kind is str and "eyJ" not in value and "://" not in value)
        if not is_harmless or _is_secret(name):
            event[name] = _cleaned(name, value)
    return event


def unexpected(error: BaseException, with_trace: bool) -> str:
    """Log a failure that nobody foresaw and return the id by which it is found; what it said is not repeated.

    Where the trace is left out, the line names the place.
    """
    identifier = secrets.token_hex(4)
    structlog.get_logger("qian").error(
        "unexpected",
        id=identifier,
        error=type(error).__name__,
        place=_place(error.__traceback__),
        exc_info=error if with_trace else None,
    )
    return identifier


def _cleaned(name: object, value: Any) -> Any:
    if isinstance(name, str) and _is_secret(name):
        return DROPPED
    if isinstance(value, str):
        value = _JWT.sub(DROPPED, value) if "eyJ" in value else value
        return _PASSWORD_IN_URL.sub(rf"\1:{DROPPED}@", value) if "://" in value else value
    if isinstance(value, Mapping):
        return {key: _cleaned(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(None, each) for each in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return bool(SECRET_WORDS.intersection(re.split(r"[^a-z]+", name.lower())))


@lru_cache(maxsize=64)
def _has_secret(names: tuple[str, ...]) -> bool:
    return any(_is_secret(name) for name in names)


def _place(trace: TracebackType | None) -> str:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
