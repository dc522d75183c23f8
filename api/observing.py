"""Where metrics, spans and the access log are told of operations and requests: the one place, so that they agree."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import structlog
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.answers import NO_USER_CODES, SIGN_IN_CODES
from api.metrics import Metrics
from api.telemetry import traced
from schema.observing import Told

REFUSAL: Final = "refusal"
"""Under this name a request's state has the code that it was refused with outside of an operation."""

UNEXPECTED: Final = "unexpected"

_security = structlog.get_logger("qian.security")


class Observations:
    """The observer of an application."""

    def __init__(self, metrics: Metrics, tracer: Tracer) -> None:
        self.metrics = metrics
        self._tracer = tracer

    @contextmanager
    def operation(self) -> Iterator[Told]:
        """Surround one operation: it has one span, one log line, and is counted."""
        told = Told()
        span = self._tracer.start_span("operation", kind=SpanKind.SERVER)
        try:
            yield told
        finally:
            codes = sorted(told.codes)
            if span.is_recording():  # no exporter, no attributes
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
            span.end()
            self.metrics.operation(told)
            logs.bound("qian.access").info(
                "operation",
                kind=told.kind,
                name=told.name,
                caller=told.caller,
                cost=told.cost,
                milliseconds=round(told.seconds * 1000),
                codes=codes,
            )

    def sign_in_failed(self, code: str, address: str | None) -> None:
        """Count and log a sign-in that failed; of what was shown nothing is kept."""
        self.metrics.sign_in_failed(code)
        _security.warning("sign_in_failed", code=code, address=address)


class Counted:
    """Counts each request, and what it was refused with where no operation told it."""

    def __init__(self, app: ASGIApp, observations: Observations) -> None:
        self.app = app
        self.observations = observations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on; only staff say which trace it belongs to."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, answered = time.perf_counter(), 0
        seconds: float | None = None

        async def tell(message: Message) -> None:
            nonlocal answered, seconds
            if message["type"] == "http.response.start":
                answered, seconds = message["status"], time.perf_counter() - began
            await send(message)

        try:
            with traced(scope["headers"]) if scope["path"].startswith("/staff/") else nullcontext():
                await self.app(scope, receive, tell)
        finally:
            taken = time.perf_counter() - began if seconds is None else seconds
            self.observations.metrics.request(scope["path"], answered, taken)
            code = scope.get("state", {}).get(REFUSAL)
            if code is not None:
                self._refused(scope, code)

    def _refused(self, scope: Scope, code: str) -> None:
        self.observations.metrics.refusal(code)
        if code in (*SIGN_IN_CODES, *NO_USER_CODES):
            client = scope.get("client")
            self.observations.sign_in_failed(code, None if client is None else client[0])
