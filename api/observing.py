"""Where metrics, spans and the access log are told of operations and requests: the one place, so that they agree."""

from contextvars import ContextVar
from typing import Any, Final

import structlog
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from starlette.types import Scope

from api import logs
from api.answers import NO_USER_CODES, SIGN_IN_CODES
from api.metrics import Metrics
from schema.observing import Told

ACCESS: Final = "qian.access"
QUIET_PATHS: Final = ("/healthz", "/readyz", "/metrics")

REFUSAL: Final = "refusal"
"""Under this name a request's state has the code that it was refused with outside of an operation."""

UNEXPECTED: Final = "unexpected"

_security = structlog.get_logger("qian.security")

line: ContextVar[dict[str, Any] | None] = ContextVar("line", default=None)
"""What the log line of a request will have of its operation; None where operations have lines of their own."""


class Observations:
    """The observer of an application."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None) -> None:
        self.metrics = metrics
        self._tracer = tracer

    def operation(self) -> "_Operation":
        """Surround one operation: it has one span, is counted, and told in its request's line or in one of its own."""
        tracer = self._tracer
        span = None if tracer is None else tracer.start_span("operation", kind=SpanKind.SERVER)
        return _Operation(self.metrics, span)

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request over HTTP, and what it was refused with where no operation told it; status 0: no answer."""
        self.metrics.request(scope["path"], status, seconds)
        code = scope["state"].get(REFUSAL)
        if code is None:
            return
        self.metrics.refusal(code)
        if code in (*SIGN_IN_CODES, *NO_USER_CODES):
            client = scope.get("client")
            self.sign_in_failed(code, None if client is None else client[0])

    def access(
        self, scope: Scope, request_id: str, operation: dict[str, Any] | None, status: int | None, seconds: float
    ) -> None:
        """Log a request, with the operation that it asked."""
        fields = {
            "request_id": request_id,
            "method": scope.get("method", "WEBSOCKET"),
            "path": scope["path"],
            "status": status,
            "milliseconds": round(seconds * 1000),
        }
        if operation is not None:
            fields.update(operation)
            operation["is_told"] = True
        logs.tell(ACCESS, "request", fields, quietly=scope["path"] in QUIET_PATHS)

    def sign_in_failed(self, code: str, address: str | None) -> None:
        """Count and log a sign-in that failed; of what was shown nothing is kept."""
        self.metrics.sign_in_failed(code)
        _security.warning("sign_in_failed", code=code, address=address)


class _Operation:
    """One operation, from its beginning to its end."""

    __slots__ = ("_metrics", "_span", "_told")

    def __init__(self, metrics: Metrics, span: Span | None) -> None:
        self._metrics = metrics
        self._span = span
        self._told = Told()

    def __enter__(self) -> Told:
        return self._told

    def __exit__(self, *_: object) -> None:
        told = self._told
        codes = sorted(told.codes)
        if self._span is not None:
            self._describe(self._span, told, codes)
            self._span.end()
        self._metrics.operation(told)
        fields = {"kind": told.kind, "name": told.name, "caller": told.caller, "cost": told.cost, "codes": codes}
        of_request = line.get()
        if of_request is None or of_request:  # a socket's, or one that ends after its request
            logs.bound(ACCESS).info("operation", **fields, milliseconds=round(told.seconds * 1000))
        else:
            of_request.update(fields)

    @staticmethod
    def _describe(span: Span, told: Told, codes: list[str]) -> None:
        span.update_name(told.kind)
        span.set_attribute("graphql.operation.type", told.kind)
        span.set_attribute("qian.caller", told.caller)
        span.set_attribute("qian.codes", codes)
        if told.name is not None:
            span.set_attribute("graphql.operation.name", told.name)
        if told.cost is not None:
            span.set_attribute("qian.cost", told.cost)
        if UNEXPECTED in told.codes:
            span.set_status(Status(StatusCode.ERROR))
