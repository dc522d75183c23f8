"""What is told of each operation to whoever operates the service: how it went, and nothing of what it was about.

A caller's own words get no further than its operation's name, which is a GraphQL name and short.
"""

import re
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from strawberry.extensions import SchemaExtension

from schema.transactions import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema.context import Context

PUBLIC: Final = "public"
NONE: Final = "none"
DOCUMENT_AT_FAULT: Final = "document_at_fault"
LONGEST_NAME: Final = 60
NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


@dataclass
class Told:
    """One operation.

    `caller` is the role that somebody signed in with, or "public"; `kind` query, mutation or subscription, or "none"
    where no document was understood; `codes` of its errors and refusals; `cost` before its execution.
    """

    caller: str = PUBLIC
    kind: str = NONE
    name: str | None = None
    cost: int | None = None
    codes: set[str] = field(default_factory=set)
    seconds: float = 0.0


class Observer(Protocol):
    """Whoever is told."""

    def operation(self) -> AbstractContextManager[Told]:
        """Surround one operation; what is known of it is filled in until the end."""

    def sign_in_failed(self, code: str, address: str | None) -> None:
        """Learn that somebody could not sign in."""


class Nobody:
    """An observer that forgets."""

    @contextmanager
    def operation(self) -> "Iterator[Told]":
        """Surround one operation."""
        yield Told()

    def sign_in_failed(self, code: str, address: str | None) -> None:
        """Do nothing."""


told: ContextVar[Told] = ContextVar("told")
"""What is told of the operation that is being answered."""


class Observing(SchemaExtension):
    """Tells the observer of each operation: the outermost extension, so that it sees what all others say."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Surround one operation."""
        context: Context = self.execution_context.context
        began = time.perf_counter()
        with context.serving.observer.operation() as operation:
            told.set(operation)
            try:
                yield
            finally:
                self._name(operation)
                tell(operation, context, self.execution_context.result, began)

    def _name(self, operation: Told) -> None:
        execution = self.execution_context
        if execution.graphql_document is None:
            return
        try:
            operation.kind = execution.operation_type.value
        except RuntimeError:  # the document has no operation of that name
            return
        operation.name = told_name(execution.operation_name)


def tell(operation: Told, context: "Context", result: Any, began: float) -> None:
    """Fill in how an operation went that began at this instant of `time.perf_counter`."""
    operation.seconds = time.perf_counter() - began
    operation.caller = PUBLIC if context.actor is None else context.actor.role.value
    operation.codes |= current.get().refusals
    for error in getattr(result, "errors", None) or ():
        operation.codes.add(str((error.extensions or {}).get("code", DOCUMENT_AT_FAULT)))


def told_name(name: str | None) -> str | None:
    """Return as much of an operation's name as is told."""
    return name[:LONGEST_NAME] if name is not None and NAME.fullmatch(name) else None
