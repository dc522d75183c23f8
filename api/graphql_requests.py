"""What a GraphQL request says, once its bytes are read: every shape that is no request is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ledger.errors import Invalid

DOCUMENT: Final = "query"
LONGEST_NUMBER: Final = 1000
DEEPEST: Final = 100
"""Levels of lists and objects in variables: what reads them further goes down by a call of Python for each."""

ENDLESS_NUMBER: Final = re.compile(f"[0-9]{{{LONGEST_NUMBER + 1}}}")  # which graphql-core would make Python read
ESCAPED_NUL: Final = re.compile(r"\\u(0000|\{0+\})")


@dataclass(slots=True)
class Asked:
    """A request: a document, or the id of one, and what goes with it."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


def read_json(content: str | bytes) -> object:
    """Read JSON; raises Invalid("request_no_json")."""
    try:
        return orjson.loads(content)
    except ValueError:
        raise Invalid("request_no_json") from None


def read_request(given: object) -> Asked:
    """Read a request.

    Raises Invalid: batch_refused, request_malformed, number_too_long, and what `check_values` raises.
    """
    if isinstance(given, list):
        raise Invalid("batch_refused")
    if not isinstance(given, dict):
        raise Invalid("request_malformed", part="request")
    asked = Asked(
        _text(given, DOCUMENT),
        _text(given, "documentId"),
        _text(given, "operationName"),
        _map(given, "variables"),
        _map(given, "extensions"),
    )
    for text in (asked.query, asked.document_id, asked.operation_name):
        if text is not None and "\0" in text:
            raise Invalid("text_with_nul")
    if asked.query is not None:
        _check_document(asked.query)
    if asked.variables:
        check_values(asked.variables)
    return asked


def read_parameters(given: Mapping[str, str]) -> Asked:
    """Read a request from a query string, where two parts are JSON; raises what the others here raise."""
    told: dict[str, object] = {name: given[name] for name in (DOCUMENT, "documentId", "operationName") if name in given}
    for name in ("variables", "extensions"):
        if given.get(name):
            told[name] = read_json(given[name])
    return read_request(told)


def check_values(value: object) -> None:
    """Raise Invalid("text_with_nul") where a text within a value has NUL, which no database keeps.

    Raises Invalid("values_too_deep"), too.
    """
    level = [value]
    for _ in range(DEEPEST + 1):
        within: list[object] = []
        for each in level:
            match each:
                case str() as text:
                    if "\0" in text:
                        raise Invalid("text_with_nul")
                case dict() as fields:
                    within += fields.keys()
                    within += fields.values()
                case list() as items:
                    within += items
        if not within:
            return
        level = within
    raise Invalid("values_too_deep", most=DEEPEST)


def _check_document(text: str) -> None:
    if "\\u" in text and ESCAPED_NUL.search(text):
        raise Invalid("text_with_nul")
    if len(text) > LONGEST_NUMBER and ENDLESS_NUMBER.search(text):
        raise Invalid("number_too_long", most=LONGEST_NUMBER)


def _text(given: Mapping[str, object], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid("request_malformed", part=name)
    return value


def _map(given: Mapping[str, object], name: str) -> dict[str, Any] | None:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise Invalid("request_malformed", part=name)
    return value
