"""Mutations under an idempotency key: asked twice, they are done once, and both times answered alike.

The key comes in the HTTP header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), or in the request's
`extensions.idempotencyKey`, which a web socket has too. What the caller must repeat with it is the operation: document,
name and variables, files by their content. The operation's first write takes the key in its own transaction.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
import structlog
from anyio.to_thread import run_sync
from graphql import ExecutionResult as GraphQLExecutionResult
from graphql import GraphQLError, Source, print_ast
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from ledger import idempotency
from ledger.actors import Actor
from ledger.errors import Invalid, Refusal
from ledger.idempotency import Request
from schema.context import Context
from schema.errors import Origin, worded
from schema.transactions import Once, current

EXTENSION: Final = "idempotencyKey"
_CHUNK = 1 << 20

log = structlog.get_logger()


class Idempotent(SchemaExtension):
    """Does a mutation that has a key once."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Surround the execution of one operation."""
        execution = self.execution_context
        context: Context = execution.context
        once: Once | None = None
        try:
            if execution.operation_type is OperationType.MUTATION:
                once = await self._asked_once(context)
        except Refusal as refusal:
            error = GraphQLError(refusal.code, original_error=refusal)
            execution.result = GraphQLExecutionResult(data=None, errors=[error])
        current.get().once = once
        yield
        result = execution.result
        if once is None or not isinstance(result, GraphQLExecutionResult):
            return
        if once.answer is not None:
            result.data, result.errors = _read(once.answer, execution.query)
        elif once.is_held:
            errors = [worded(error, context, Origin.of(execution)) for error in result.errors or ()]
            result.errors = errors or None
            await _keep(once.request, _written(result.data, errors))

    async def _asked_once(self, context: Context) -> Once | None:
        key = _key(context.idempotency_key, (self.execution_context.operation_extensions or {}).get(EXTENSION))
        if key is None:
            return None
        content = await run_sync(self._content)
        request: Request = idempotency.request_under(key, _caller(context.actor), content)
        return Once(request, context.bureau.now)

    def _content(self) -> bytes:
        """Return what the caller asks, in one way of writing it."""
        execution = self.execution_context
        document = execution.graphql_document
        text = execution.query or ("" if document is None else print_ast(document))
        asked = [text, execution.operation_name, execution.variables or {}]
        return json.dumps(asked, sort_keys=True, separators=(",", ":"), default=_file).encode()


async def _keep(request: Request, answer: bytes) -> None:
    def keep(tx: Connection) -> None:
        idempotency.keep(tx, request, answer)

    try:
        await current.get().note(keep)
    except Exception as error:  # the work stands, so its answer is told; who asks again learns that it was done
        log.error("answer_not_kept", error=type(error).__name__)


def _caller(actor: Actor | None) -> str | None:
    """Name who asks, with what they may do: an answer is for nobody who may do less."""
    return None if actor is None else json.dumps([actor.subject, actor.role.value, actor.department])


def _key(header: str | None, extension: object) -> str | None:
    """Return the key that a request gives; raises Invalid where it gives two, or something that is none."""
    if extension is not None and not isinstance(extension, str):
        raise Invalid("idempotency_key_malformed", shortest=idempotency.SHORTEST, longest=idempotency.LONGEST)
    given = header
    if given is not None and len(given) > 1 and given.startswith('"') and given.endswith('"'):
        given = given[1:-1]  # a string as RFC 9651 writes it
    if given is not None and extension is not None and given != extension:
        raise Invalid("idempotency_keys_differ")
    return extension if given is None else given


def _file(value: object) -> Any:
    if not isinstance(value, UploadFile):
        raise TypeError(type(value).__name__)
    digest, file = hashlib.sha256(), value.file
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return {"name": value.filename, "sha256": digest.hexdigest()}


def _written(data: object, errors: list[GraphQLError]) -> bytes:
    told = [[error.message, error.path, error.positions, error.extensions] for error in errors]
    return orjson.dumps([data, told])


def _read(answer: bytes, query: str | None) -> tuple[dict[str, Any] | None, list[GraphQLError] | None]:
    data, told = orjson.loads(answer)
    source = None if query is None else Source(query)
    errors = [
        GraphQLError(message, source=source, positions=positions, path=path, extensions=extensions)
        for message, path, positions, extensions in told
    ]
    return data, errors or None
