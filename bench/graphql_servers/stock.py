"""Strawberry as it comes."""

import strawberry
from strawberry.asgi import GraphQL

from graphql_servers.types import StockQuery, loader


class App(GraphQL):  # type: ignore[type-arg]
    """Strawberry's application, with the loader of a request."""

    async def get_context(self, request: object, response: object) -> dict[str, object]:  # type: ignore[override]
        """Return the context."""
        return {"parts": loader()}


app = App(strawberry.Schema(StockQuery))
