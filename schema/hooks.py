"""The hooks of Strawberry's extensions, looked up once for each class instead of once for each request.

What they do, and when, is Strawberry's; a step that no extension has a hook for costs nothing.
"""

import inspect
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache
from types import TracebackType
from typing import Any, Final

from graphql import MiddlewareManager
from strawberry.extensions import SchemaExtension
from strawberry.extensions.context import (
    ExecutingContextManager,
    ExtensionContextManagerBase,
    OperationContextManager,
    ParsingContextManager,
    ValidationContextManager,
)
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.types import ExecutionContext

NO_MIDDLEWARE: Final = MiddlewareManager()
ENDED: Final = object()


class _Known(ExtensionContextManagerBase):
    """One step of an operation, with the hooks that the extensions have for it.

    Hooks are generators: they are run to their `yield` before the step, and to their end after it, the last one first.
    Only a step that fails takes the way of `contextlib`, which throws what happened into them.
    """

    __slots__ = ("_begun", "_extensions")

    def __init__(self, extensions: list[SchemaExtension]) -> None:
        self._extensions = extensions
        self._begun: list[tuple[Any, bool]] = []

    async def __aenter__(self) -> None:
        for extension in self._extensions:
            kind: Any = type(extension)
            hook, is_async = _hook(kind, self.HOOK_NAME)
            if hook is not None:
                generator = hook(extension)
                if is_async:
                    await anext(generator)
                else:
                    next(generator)
                self._begun.append((generator, is_async))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            await self._failing().__aexit__(kind, error, trace)
            return
        try:
            while self._begun:
                generator, is_async = self._begun.pop()
                if (await anext(generator, ENDED) if is_async else next(generator, ENDED)) is not ENDED:
                    raise RuntimeError("A hook yields twice.")
        except BaseException:
            async with self._failing():
                raise

    def __enter__(self) -> None:
        super().__init__(self._extensions)
        super().__enter__()

    def _failing(self) -> AsyncExitStack:
        stack = AsyncExitStack()
        for generator, is_async in self._begun:
            if is_async:
                stack.push_async_exit(asynccontextmanager(_given)(generator))
            else:
                stack.push(contextmanager(_given)(generator))
        return stack


def _given(generator: Any) -> Any:
    return generator


class _Operation(_Known, OperationContextManager):
    """The operation as a whole."""


class _Parsing(_Known, ParsingContextManager):
    """Its parsing."""


class _Validation(_Known, ValidationContextManager):
    """Its validation."""


class _Executing(_Known, ExecutingContextManager):
    """Its execution."""


class Runner(SchemaExtensionsRunner):
    """Runs the extensions' hooks."""

    def operation(self) -> OperationContextManager:
        """Surround an operation."""
        return _Operation(self.extensions)

    def parsing(self) -> ParsingContextManager:
        """Surround its parsing."""
        return _Parsing(self.extensions)

    def validation(self) -> ValidationContextManager:
        """Surround its validation."""
        return _Validation(self.extensions)

    def executing(self) -> ExecutingContextManager:
        """Surround its execution."""
        return _Executing(self.extensions)

    async def get_extensions_results(self, ctx: ExecutionContext) -> dict[str, Any]:
        """Return what the extensions tell beside the data."""
        told: dict[str, Any] = {}
        for extension in self.extensions:
            if type(extension).get_results is not SchemaExtension.get_results:
                results = extension.get_results()
                told.update(await results if inspect.isawaitable(results) else results)
        told.update(ctx.extensions_results)
        return told


def middleware_of(extensions: Iterable[SchemaExtension]) -> MiddlewareManager:
    """Return the extensions that stand before every resolver."""
    standing = [extension for extension in extensions if extension._implements_resolve()]
    return MiddlewareManager(*standing) if standing else NO_MIDDLEWARE


@lru_cache
def _hook(kind: Any, name: str) -> tuple[Callable[[Any], Any] | None, bool]:
    """Return a class's hook, or None, and whether it is asynchronous; raises TypeError where it is no generator."""
    hook = getattr(kind, name)
    if hook is getattr(SchemaExtension, name):
        return None, False
    if not inspect.isgeneratorfunction(hook) and not inspect.isasyncgenfunction(hook):
        raise TypeError(f"{kind.__name__}.{name} is no generator.")
    return hook, inspect.isasyncgenfunction(hook)
