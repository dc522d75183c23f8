"""What Prometheus reads at /metrics, of this process alone.

Each label has few values, all of them words of this program: no text of a caller, no subject, no enterprise, and
nothing that is secret. Each application has a registry of its own.
"""

from collections.abc import Mapping
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy import QueuePool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.networks import is_in, networks_of
from api.tallies import Distribution, Tally
from ledger.database import Database
from ledger.operating import Standing, standing
from schema.context import Serving
from schema.observing import Told
from schema.words import all_words

PATH: Final = "/metrics"
OTHER: Final = "other"
NONE_SENT: Final = "none"
DOORS: Final[Mapping[str, str]] = {
    "/graphql": "graphql",
    "/staff/graphql": "staff_graphql",
    "/staff/": "staff_files",
    "/log/": "log",
    "/feed.": "feeds",
    "/notices.": "feeds",
    "/healthz": "health",
    "/readyz": "health",
    PATH: "metrics",
}
"""Doors by the beginning of their paths, the first that fits."""

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
COSTS: Final = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self._requests = Tally("qian_http_requests", "Requests by door and class of status.", ("door", "status"))
        self._request_seconds = Distribution("qian_http_request_seconds", "Until an answer began.", ("door",), SECONDS)
        self._operations = Tally("qian_operations", "GraphQL operations by caller and kind.", ("caller", "kind"))
        self._operation_seconds = Distribution(
            "qian_operation_seconds", "Until a query or mutation was answered.", ("caller", "kind"), SECONDS
        )
        self._operation_cost = Distribution(
            "qian_operation_cost", "What operations cost, before execution.", ("caller",), COSTS
        )
        for each in (
            *(self._requests, self._request_seconds),
            *(self._operations, self._operation_seconds, self._operation_cost),
        ):
            registry.register(each)
        self._refusals = Counter(
            "qian_refusals", "Operations and requests that were refused, by code.", ("code",), registry=registry
        )
        self._failed_sign_ins = Counter(
            "qian_failed_sign_ins", "Sign-ins that failed, by code.", ("code",), registry=registry
        )
        self._jobs = Gauge("qian_jobs", "Jobs by kind and state.", ("kind", "state"), registry=registry)
        self._waiting = Gauge(
            "qian_jobs_waiting_seconds", "For how long the oldest waiting job has waited.", registry=registry
        )
        self._entries = Gauge("qian_log_entries", "Entries of the log.", registry=registry)
        self._unsigned = Gauge("qian_log_unsigned_entries", "Entries that no checkpoint signs yet.", registry=registry)
        self._connections = Gauge(
            "qian_database_connections", "Connections of the pool by state.", ("state",), registry=registry
        )

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count an answer; status 0: none was sent."""
        door = DOORS.get(path) or next((name for start, name in DOORS.items() if path.startswith(start)), OTHER)
        self._requests.add(door, f"{status // 100}xx" if status else NONE_SENT)
        self._request_seconds.add(seconds, door)

    def operation(self, told: Told) -> None:
        """Count an operation."""
        self._operations.add(told.caller, told.kind)
        if told.kind != "subscription":  # which lasts as long as somebody listens
            self._operation_seconds.add(told.seconds, told.caller, told.kind)
        if told.cost is not None:
            self._operation_cost.add(told.cost, told.caller)
        for code in told.codes:
            self.refusal(code)

    def refusal(self, code: str) -> None:
        """Count a refusal."""
        self._refusals.labels(_known(code)).inc()

    def sign_in_failed(self, code: str) -> None:
        """Count a sign-in that failed."""
        self._failed_sign_ins.labels(_known(code)).inc()

    def text(self, stands: Standing, waiting_seconds: float, database: Database) -> bytes:
        """Return all metrics in Prometheus' text format."""
        self._jobs.clear()
        for (kind, state), count in stands.jobs.items():
            self._jobs.labels(kind, state).set(count)
        self._waiting.set(waiting_seconds)
        self._entries.set(stands.entries)
        self._unsigned.set(stands.unsigned)
        pool = database.engine.pool
        if isinstance(pool, QueuePool):
            self._connections.labels("in_use").set(pool.checkedout())
            self._connections.labels("idle").set(pool.checkedin())
        return generate_latest(self.registry)


def routes(metrics: Metrics, serving: Serving, database: Database, readers: str) -> list[Route]:
    """Return the path of the metrics, for readers at some addresses; none where there are no such."""
    networks = networks_of(readers)

    async def read(request: Request) -> Response:
        if request.client is None or not is_in(request.client.host, networks):
            return PlainTextResponse("Not Found", 404)
        stands = await serving.transactions.read(standing)
        since = stands.waiting_since
        waiting = 0.0 if since is None else max(0.0, (serving.bureau.now - since).total_seconds())
        return Response(metrics.text(stands, waiting, database), media_type=CONTENT_TYPE_LATEST)

    return [Route(PATH, read)] if networks else []


def _known(code: str) -> str:
    """Return a code that has words, or "other", so that nothing else becomes a label."""
    return code if code in all_words() else OTHER
