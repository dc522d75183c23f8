"""Documents that are asked by their ids: trusted ones, registered by the operator, and those that clients register.

Ids are those of the draft on persisted documents of GraphQL over HTTP (`documentId`, `sha256:` and a digest in hex, or
a name of the front-end's own), and of Apollo's automatic persisted queries (`extensions.persistedQuery`).
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from graphql import GraphQLSyntaxError, parse, validate

from api.graphql_requests import Asked, read_json
from api.sides import Side
from ledger.errors import Invalid, Missing
from schema.building import Schema

DIGEST: Final = "sha256:"
MOST_BYTES: Final = 8 << 20
"""Of all documents together that clients may have a door remember."""
MANIFEST: Final = "apollo-persisted-query-manifest"


class Documents:
    """The documents of one door. What clients register is bounded: the one that was asked longest ago is forgotten."""

    def __init__(self, trusted: Mapping[str, str], trusted_only: bool, most_remembered: int) -> None:
        self._trusted = trusted
        self._trusted_only = trusted_only
        self._most = most_remembered
        self._remembered: OrderedDict[str, str] = OrderedDict()
        self._bytes = 0

    def text(self, asked: Asked) -> str:
        """Return the document that is asked; raises Invalid or Missing where none may be."""
        if asked.extensions is not None and "persistedQuery" in asked.extensions:
            return self._persisted(asked, asked.extensions["persistedQuery"])
        if asked.document_id is not None:
            if asked.query is not None:
                raise Invalid("document_and_id")
            return self._known(asked.document_id)
        if self._trusted_only and (not asked.query or digest_id(asked.query) not in self._trusted):
            raise Invalid("document_not_trusted")
        if not asked.query:
            raise Invalid("request_without_document")
        return asked.query

    def _known(self, identifier: str) -> str:
        text = self._trusted.get(identifier)
        if text is None:
            raise Missing("document_unknown")
        return text

    def _persisted(self, asked: Asked, told: object) -> str:
        digest = told.get("sha256Hash") if isinstance(told, dict) and told.get("version") == 1 else None
        if not isinstance(digest, str) or re.fullmatch("[0-9a-fA-F]{64}", digest) is None:
            raise Invalid("request_malformed", part="extensions.persistedQuery")
        identifier = DIGEST + digest.lower()
        if asked.query and digest_id(asked.query) != identifier:
            raise Invalid("document_of_other_digest")
        text = self._trusted.get(identifier) or self._recalled(identifier)
        if text is not None:
            return text
        if self._trusted_only or self._most == 0:
            raise Missing("PERSISTED_QUERY_NOT_SUPPORTED")
        if not asked.query:
            raise Missing("PERSISTED_QUERY_NOT_FOUND")
        self._remember(identifier, asked.query)
        return asked.query

    def _recalled(self, identifier: str) -> str | None:
        text = self._remembered.get(identifier)
        if text is not None:
            self._remembered.move_to_end(identifier)
        return text

    def _remember(self, identifier: str, text: str) -> None:
        self._remembered[identifier] = text
        self._bytes += len(text.encode())
        while len(self._remembered) > self._most or self._bytes > MOST_BYTES:
            _, forgotten = self._remembered.popitem(last=False)
            self._bytes -= len(forgotten.encode())


def digest_id(text: str) -> str:
    """Return the id of a document by its content."""
    return DIGEST + hashlib.sha256(text.encode()).hexdigest()


def load(path: Path) -> dict[str, str]:
    """Read documents by their ids from a manifest, a document, or a folder of both; each has its digest's id as well.

    A manifest is JSON: an object of ids and documents, as graphql-codegen and Relay write it, or Apollo's manifest.

    Raises Invalid("documents_unreadable", "documents_malformed" or "document_of_other_digest").
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    found: dict[str, str] = {}
    for file in files:
        if file == path or file.suffix in (".json", ".graphql"):
            for identifier, text in _read(file):
                if identifier.startswith(DIGEST) and identifier != digest_id(text):
                    raise Invalid("document_of_other_digest")
                if found.setdefault(identifier, text) != text:
                    raise Invalid("documents_malformed", file=file)
                found[digest_id(text)] = text
    return found


def fitting(documents: Mapping[str, str], schemas: Mapping[Side, Schema]) -> dict[Side, dict[str, str]]:
    """Return the documents that each schema can answer; raises Invalid("document_fits_nowhere")."""
    found: dict[Side, dict[str, str]] = {side: {} for side in schemas}
    for identifier, text in documents.items():
        sides = [side for side, schema in schemas.items() if _is_valid(schema, text)]
        if not sides:
            raise Invalid("document_fits_nowhere", id=identifier)
        for side in sides:
            found[side][identifier] = text
    return found


def _is_valid(schema: Schema, text: str) -> bool:
    try:
        return not validate(schema._schema, parse(text))
    except GraphQLSyntaxError:
        return False


def _read(file: Path) -> Iterator[tuple[str, str]]:
    try:
        content = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "UTF-8"
        raise Invalid("documents_unreadable", file=file, reason=reason) from None
    if file.suffix == ".graphql":
        yield digest_id(content), content
        return
    told = read_json(content)
    if isinstance(told, dict) and told.get("format") == MANIFEST:
        operations = told.get("operations")
        if not isinstance(operations, list) or not all(isinstance(each, dict) for each in operations):
            raise Invalid("documents_malformed", file=file)
        pairs = [(each.get("id"), each.get("body")) for each in operations]
    elif isinstance(told, dict):
        pairs = list(told.items())
    else:
        raise Invalid("documents_malformed", file=file)
    for identifier, text in pairs:
        if not isinstance(identifier, str) or not isinstance(text, str) or not identifier or not text.strip():
            raise Invalid("documents_malformed", file=file)
        yield identifier, text
