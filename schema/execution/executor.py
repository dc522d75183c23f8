"""The executor: graphql-core's, with the plain parts of an operation read by compiled functions."""

from collections.abc import Sequence
from typing import Any, ClassVar

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    Undefined,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import DeferUsage, FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import ExecutionHooks, Executor
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import AbortSignal, Path, gather_with_cancel
from graphql.pyutils import is_awaitable as default_is_awaitable

from schema.execution.asking import Asking, Sole, sole_of
from schema.execution.operations import Operations, Variant
from schema.execution.plain import Facts
from schema.execution.writing import Writer


class Compiled(Executor[Any]):
    """Mix this in before an executor of graphql-core, and its answers come sooner; nothing else of them changes."""

    facts: ClassVar[Facts] = Facts()
    operations: ClassVar[Operations] = Operations()

    _variant: Variant | None = None

    @classmethod
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        field_resolver: Any = None,
        type_resolver: Any = None,
        subscribe_field_resolver: Any = None,
        max_coercion_errors: int = 50,
        enable_early_execution: bool = False,
        middleware: Any = None,
        is_awaitable: Any = None,
        is_async_iterable: Any = None,
        hide_suggestions: bool = False,
        abort_signal: AbortSignal | None = None,
        hooks: ExecutionHooks | None = None,
        **custom_args: Any,
    ) -> Any:
        """Build an executor, the second time with the compiled parts of the operation."""
        operation = cls.operations.get(schema, document, operation_name)
        if operation is None or isinstance(middleware, list | tuple):
            built = super().build(
                schema,
                document,
                root_value,
                context_value,
                raw_variable_values,
                operation_name,
                field_resolver,
                type_resolver,
                subscribe_field_resolver,
                max_coercion_errors,
                enable_early_execution,
                middleware,
                is_awaitable,
                is_async_iterable,
                hide_suggestions=hide_suggestions,
                abort_signal=abort_signal,
                hooks=hooks,
                **custom_args,
            )
            if operation is None and isinstance(built, Executor):
                cls.operations.add(schema, document, operation_name, built)
            return built
        variables: list[GraphQLError] | VariableValues = VariableValues({}, {})
        if operation.node.variable_definitions:
            variables = get_variable_values(
                schema,
                operation.node.variable_definitions,
                raw_variable_values or {},
                max_errors=max_coercion_errors,
                hide_suggestions=hide_suggestions,
            )
        if isinstance(variables, list):
            return variables
        check = is_awaitable or default_is_awaitable
        is_plain = abort_signal is None and (middleware is None or not middleware.middlewares)
        is_plain = is_plain and check in cls.facts.awaitable_checks
        read_by = field_resolver is None or field_resolver is default_field_resolver, check
        variant = operation.variant(variables.coerced, read_by) if is_plain else None
        given = (
            schema,
            operation.fragment_definitions,
            operation.fragments,
            root_value,
            context_value,
            operation.node,
            variables,
            field_resolver or default_field_resolver,
            type_resolver or default_type_resolver,
            subscribe_field_resolver or default_field_resolver,
            enable_early_execution,
            middleware,
            check,
            is_async_iterable,
        )
        named = {"hide_suggestions": hide_suggestions, "abort_signal": abort_signal, "hooks": hooks, **custom_args}
        if variant is not None and variant.sole is not None and hooks is None:
            return Asking(cls, variant, variant.sole, given, named)
        return cls.begun(variant, given, named)

    @classmethod
    def begun(cls, variant: Variant | None, given: tuple[Any, ...], named: dict[str, Any]) -> "Compiled":
        """Make an executor of what its class takes, with what is compiled of the operation."""
        executor = cls(*given, **named)
        if variant is not None:
            executor._variant = variant
            executor._relevant_sub_fields = variant.subfields
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute the operation, whose root's fields are known from the time before."""
        variant = self._variant
        if variant is None or variant.root is None:
            return super().execute_operation(serially)
        root_type, grouped = variant.root
        if serially is None:
            serially = self.operation.operation is OperationType.MUTATION
        try:
            result: Any = self.execute_root_grouped_field_set(root_type, self.root_value, grouped, serially, None)
            if self.is_awaitable(result):
                return self._awaited(result)
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            result = None
        return self._ended(result)

    async def _awaited(self, result: Any) -> Any:
        try:
            data = await result
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            data = None
        except Exception:
            await self.cancel_incremental_work()
            self.run_async_work_finished_hook()
            raise
        return self._ended(data)

    async def completed(self, sole: Sole, info: GraphQLResolveInfo[Any], path: Path, found: Any) -> Any:
        """Complete what the resolver of the one field returned, or raised, where it is not plain."""

        async def at_hand() -> Any:
            return found

        async def data() -> dict[str, Any]:
            kind, details = sole.definition.type, sole.details
            return {sole.name: await self.complete_awaitable_value(kind, details, info, path, at_hand(), None)}

        return await self._awaited(data())

    def _ended(self, data: Any) -> Any:
        """Build the response of an operation that nothing follows, and let go of all that it took.

        The helpers know the executor, and it knows them: whatever a request has read would wait for a collection.
        """
        response = self.build_response(data)
        del self.async_helpers
        return response

    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> Any:
        """Execute the root's fields, and keep the lists that everything compiled is known by."""
        if self._variant is not None and self._variant.root is None:
            self._variant.root = root_type, grouped_field_set
            if self.operation.operation is OperationType.QUERY:
                self._variant.sole = sole_of(self._writer(), root_type, grouped_field_set)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        """Execute an object's fields in their order, as the executor does, the plain ones by reading them."""
        variant = self._variant
        steps = None if variant is None else variant.steps(parent_type, grouped_field_set, self._writer)
        if steps is None:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        results: dict[str, Any] = {}
        awaited: list[str] = []
        is_awaitable = self.is_awaitable
        try:
            for read, fields in steps:
                if read is not None:
                    try:
                        results.update(read(source_value))
                    except Exception:  # noqa: S110 - the executor meets it again, and tells it
                        pass
                    else:
                        continue
                for name, details in fields:
                    field_path = Path(path, name, parent_type.name)
                    result = self.execute_field(parent_type, source_value, details, field_path, position_context)
                    if result is not Undefined:
                        results[name] = result
                        if is_awaitable(result):
                            awaited.append(name)
        except Exception:
            if awaited:
                self.settle_in_background([results[name] for name in awaited])
            raise
        return self._gathered(results, awaited) if awaited else results

    @staticmethod
    async def _gathered(results: dict[str, Any], awaited: list[str]) -> dict[str, Any]:
        if len(awaited) == 1:
            results[awaited[0]] = await results[awaited[0]]
        else:
            found = await gather_with_cancel(*(results[name] for name in awaited))
            results.update(zip(awaited, found, strict=True))
        return results

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete a list, at once where it is plain to its leaves."""
        if self._variant is not None:
            read = self._variant.reader(return_type, field_details_list, self._writer)
            if read is not None:
                try:
                    return read(result)
                except Exception:  # noqa: S110 - as above
                    pass
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete an object, at once where it is plain to its leaves."""
        if self._variant is not None:
            read = self._variant.reader(return_type, field_details_list, self._writer)
            if read is not None:
                try:
                    return read(result)
                except Exception:  # noqa: S110 - as above
                    pass
        return super().complete_object_value(return_type, field_details_list, info, path, result, position_context)

    def _writer(self) -> Writer:
        return Writer(
            self.schema,
            self.facts,
            self.field_resolver,
            self.is_awaitable,
            lambda type_, details: self.collect_subfields(type_, details).grouped_field_set,
        )
