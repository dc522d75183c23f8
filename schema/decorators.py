"""Strawberry's decorators of resolvers, with types that a checker sees through."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def field(description: str, deprecated: str | None = None) -> Callable[[F], F]:
    """Make a method the resolver of a field; `deprecated` says since when it is not to be used, and what is instead."""
    decorate: Callable[[F], F] = strawberry.field(description=description, deprecation_reason=deprecated)
    return decorate


def mutation(description: str) -> Callable[[F], F]:
    """Make a method the resolver of a mutation."""
    decorate: Callable[[F], F] = strawberry.mutation(description=description)
    return decorate


def subscription(description: str) -> Callable[[F], F]:
    """Make a method the source of a subscription."""
    decorate: Callable[[F], F] = strawberry.subscription(description=description)
    return decorate
