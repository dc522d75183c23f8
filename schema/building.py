"""How both schemas are made."""

from collections.abc import Mapping
from types import MappingProxyType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.scalar import ScalarDefinition

from schema.errors import Answering
from schema.limits import EXTENSIONS
from schema.scalars import SCALARS


class Schema(strawberry.Schema):
    """A schema that leaves the logging of errors to `schema.errors`, which keeps their texts out of the log."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing."""


def make_schema(
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    scalars: Mapping[object, ScalarDefinition] = MappingProxyType({}),
) -> Schema:
    """Return the schema of these roots, with the limits, words and scalars that both schemas share."""
    config = StrawberryConfig(scalar_map={**SCALARS, **scalars})
    return Schema(query, mutation, subscription, extensions=[Answering, *EXTENSIONS], config=config)
