"""OpenTelemetry: one span for each operation, sent where the standard OTEL_ variables say, and nowhere without them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import context as telemetry_context
from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Tracer

from ledger.errors import Missing

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVICE: Final = "qian"
TRACE_HEADERS: Final = (b"traceparent", b"tracestate")


def is_wanted() -> bool:
    """Tell whether the environment names somewhere to send spans to."""
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not disabled and any(os.environ.get(name) for name in ENDPOINTS)


def tracer() -> Tracer | None:
    """Return what makes spans, None where the environment sends them nowhere."""
    return trace.get_tracer(SERVICE) if is_wanted() else None


@contextmanager
def sending() -> Iterator[None]:
    """Send spans while the block runs, where the environment wants it.

    Raises Missing("telemetry_library_missing") where it does and the extra `telemetry` is not installed.
    """
    if not is_wanted():
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise Missing("telemetry_library_missing") from None
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: SERVICE}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


@contextmanager
def traced(headers: list[tuple[bytes, bytes]]) -> Iterator[None]:
    """Let what the block does belong to the trace that a request's headers name (W3C Trace Context)."""
    given: dict[str, Any] = {name.decode(): value.decode("latin-1") for name, value in headers if name in TRACE_HEADERS}
    if not given:
        yield
        return
    token = telemetry_context.attach(extract(given))
    try:
        yield
    finally:
        telemetry_context.detach(token)
