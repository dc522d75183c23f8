"""Log lines, on a console for people or as JSON for machines, of libraries as of our own, without secrets."""

import logging
import re
import secrets
import sys
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final, Literal, TextIO

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
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]*@")
_QUIET = ("alembic", "asyncio", "httpx", "httpx2", "python_multipart", "sqlalchemy")


def configure(form: Literal["console", "json"], level: str, stream: TextIO | None = None) -> None:
    """Send all log lines from `level` on to a stream, by default stderr.

    Libraries that tell of every step are heard from warnings on.
    """
    stream = sys.stderr if stream is None else stream
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )
    )
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, renderer])
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def without_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop the values of fields that are named after a secret, and tokens and passwords inside other texts."""
    for name in event:
        event[name] = _cleaned(name, event[name])
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
    if isinstance(name, str) and SECRET_WORDS.intersection(re.split(r"[^a-z]+", name.lower())):
        return DROPPED
    if isinstance(value, str):
        return _PASSWORD_IN_URL.sub(rf"\1:{DROPPED}@", _JWT.sub(DROPPED, value))
    if isinstance(value, Mapping):
        return {key: _cleaned(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(None, each) for each in value]
    return value


def _place(trace: TracebackType | None) -> str:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
