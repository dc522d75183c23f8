"""Media types of requests and answers (RFC 9110, 8.3 and 12.5.1; GraphQL over HTTP)."""

from functools import lru_cache
from typing import Final

from python_multipart.multipart import parse_options_header

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
STREAMS: Final = frozenset({"text/event-stream", "multipart/mixed"})


@lru_cache(maxsize=256)
def content_type(header: str) -> tuple[str, str]:
    """Return a content type without its parameters, and its charset, both in lower case; what is not said is ""."""
    name, parameters = parse_options_header(header)
    charset = next((value for key, value in parameters.items() if key.lower() == b"charset"), b"")
    return name.decode("latin-1").strip(), charset.decode("latin-1").strip().lower()


@lru_cache(maxsize=256)
def answer_type(accept: str | None) -> str | None:
    """Return the media type that a caller likes best of the two that a GraphQL answer can have; None where neither.

    Who has no preference gets application/json, as ever; who asks for a stream alone gets its errors so, too.
    """
    if accept is None or not accept.strip():
        return JSON
    best: tuple[float, str | None] = (0.0, None)
    for part in accept.split(","):
        name, *parameters = (each.strip().lower() for each in part.split(";"))
        answer = _offered(name)
        weight = _weight(parameters)
        if answer is not None and weight > best[0]:
            best = (weight, answer)
    return best[1]


def _offered(name: str) -> str | None:
    if name == GRAPHQL:
        return GRAPHQL
    return JSON if name in (JSON, "application/*", "*/*") or name in STREAMS else None


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
