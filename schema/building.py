"""How both schemas are made."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, MiddlewareManager, get_operation_ast
from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.base import StrawberryObjectDefinition, StrawberryType
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.types.scalar import ScalarDefinition

from schema.checking import Checking, known
from schema.errors import Answering
from schema.execution import CompiledStrawberry
from schema.hooks import Runner, middleware_of
from schema.idempotency import Idempotent
from schema.introspection import Introspecting, rules_of
from schema.observing import Observing
from schema.resolvers import call_resolvers_directly
from schema.scalars import SCALARS
from schema.straight import Asked, answered, failed


class Execution(ExecutionContext):
    """What is known of an operation while it is answered; its kind is looked up once, though many ask for it."""

    _typed: tuple[DocumentNode | None, OperationType] | None = None

    @property
    def operation_type(self) -> OperationType:
        """Whether it is a query, a mutation or a subscription.

        Raises RuntimeError where there is none of the name that was asked for, and where there are several and no name
        was: the library would take the first one.
        """
        document = self.graphql_document
        if self._typed is None or self._typed[0] is not document:
            node = None if document is None else get_operation_ast(document, self._provided_operation_name)
            if node is None:
                raise RuntimeError("no operation is meant")
            self._typed = document, OperationType(node.operation.value)
        return self._typed[1]


class Schema(strawberry.Schema):
    """An audience's schema, which leaves the logging of errors to `schema.errors`: that keeps their texts out of it."""

    audience: str

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing."""

    def _create_execution_context(self, *args: Any, **known: Any) -> Execution:
        made = super()._create_execution_context(*args, **known)
        made.__class__ = Execution  # which has the same fields
        assert isinstance(made, Execution)  # noqa: S101
        return made

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute an operation: a query that was checked before the straight way, all others by the extensions."""
        if query and (allowed_operation_types is None or OperationType.QUERY in allowed_operation_types):
            found = known(self._schema, rules_of(context_value), query)
            if found is not None and not found.faults:
                is_query, name = found.query(operation_name)
                if is_query:
                    asked = Asked(self._schema, self.audience, found, name, variable_values, operation_extensions)
                    return await answered(asked, context_value)
        return await super().execute(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            allowed_operation_types,
            operation_extensions,
        )

    def create_extensions_runner(
        self, execution_context: ExecutionContext, extensions: list[SchemaExtension]
    ) -> SchemaExtensionsRunner:
        """Return what runs the extensions' hooks."""
        return Runner(execution_context, extensions)

    def _get_middleware_manager(self, extensions: list[SchemaExtension]) -> MiddlewareManager:
        return middleware_of(extensions)

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Parse and validate; an error of an extension, too, is the operation's, so that a stream tells it as well."""
        try:
            return await super()._prepare_operation_async(context, extensions_runner)
        except GraphQLError as error:
            context.pre_execution_errors = [error]
            return PreExecutionError(data=None, errors=[error])

    async def _execute_operation(self, execution_context: ExecutionContext, *given: Any) -> Any:
        """Execute; a fault of the executor itself is the operation's error, which is worded as all others are."""
        try:
            return await super()._execute_operation(execution_context, *given)
        except GraphQLError:
            raise
        except Exception as error:
            execution_context.result = fault = failed(error)
            return fault


class Names(NameConverter):
    """The names of types."""

    def from_generic(self, object_type: StrawberryObjectDefinition, types: list[StrawberryType | type]) -> str:
        """Return the name of a generic type: an order's is that of its field without the word."""
        return super().from_generic(object_type, types).removesuffix("FieldOrder")


def make_schema(
    audience: str,
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    scalars: Mapping[object, ScalarDefinition] = MappingProxyType({}),
) -> Schema:
    """Return an audience's schema of these roots, with the limits, words and scalars that both schemas share."""
    config = StrawberryConfig(name_converter=Names(), scalar_map={**SCALARS, **scalars})
    schema = Schema(
        query,
        mutation,
        subscription,
        extensions=[Observing, Answering, Introspecting, Idempotent, Checking],
        execution_context_class=CompiledStrawberry,
        config=config,
    )
    schema.audience = audience
    call_resolvers_directly(schema)
    return schema
