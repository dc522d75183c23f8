"""An operation of one field, whose resolver is asked and whose value is read, without an executor for it.

Setting an executor up, and going through it to the one field, takes longer than reading many a value.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, FieldNode, GraphQLField, GraphQLNonNull, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from graphql.type.definition import GraphQLResolveInfoHelpers

from schema.execution.writing import NotPlain, Writer

if TYPE_CHECKING:
    from schema.execution.executor import Compiled
    from schema.execution.operations import Variant


@dataclass(frozen=True, slots=True)
class Sole:
    """The one field of an operation: a coroutine function resolves it, and its value is plain to its leaves."""

    name: str
    parent: GraphQLObjectType
    definition: GraphQLField
    resolve: Callable[..., Any]
    details: FieldDetailsList
    nodes: list[FieldNode]
    read: Callable[[Any], Any]


def sole_of(writer: Writer, parent: GraphQLObjectType, grouped: GroupedFieldSet) -> Sole | None:
    """Return the one field that is asked of a root; None where there are several, or an executor is needed for it."""
    if len(grouped) != 1:
        return None
    ((name, details),) = grouped.items()
    definition = parent.fields.get(details[0].node.name.value)
    resolve = None if definition is None else definition.resolve
    if definition is None or resolve is None or not iscoroutinefunction(resolve):
        return None
    kind: Any = definition.type
    try:
        read = writer.value_reader(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, details)
    except NotPlain:
        return None
    return Sole(name, parent, definition, resolve, details, [each.node for each in details], read)


class Asking:
    """Executes an operation of one field in the stead of an executor, which is made where something is not plain.

    `given` and `named` are what executors of the class take; a resolver is told of the operation by the same names.
    """

    def __init__(
        self, kind: "type[Compiled]", variant: "Variant", sole: Sole, given: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        self.__dict__.update(named)
        self.schema, self.fragment_definitions, _, self.root_value, self.context_value = given[:5]
        self.operation, self.variable_values, self.is_awaitable = given[5], given[6], given[12]
        self._kind, self._variant, self._sole = kind, variant, sole
        self._given, self._named = given, named

    async def execute_operation(self) -> Any:
        """Execute the operation."""
        sole = self._sole
        definition, node, details = sole.definition, sole.nodes[0], sole.details[0]
        path = Path(None, sole.name, sole.parent.name)
        info = self._kind.build_resolve_info(self, definition, list(sole.nodes), sole.parent, path)  # type: ignore[arg-type]
        try:
            args = (
                get_argument_values(
                    definition,
                    node,
                    self.variable_values,
                    details.fragment_variable_values,
                    self._named["hide_suggestions"],
                )
                if definition.args or node.arguments
                else {}
            )
            found = await sole.resolve(self.root_value, info, **args)
        except Exception as error:
            found = error  # which graphql-core raises again where it completes it
        try:
            return ExecutionResult({sole.name: sole.read(found)}, None)
        except Exception:
            if found is not None and not isinstance(found, Exception):
                self._variant.sole = None  # its values are not plain after all: the executor tries to read them, too
            return await self._executor.completed(sole, info, path, found)

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """What resolvers do asynchronous work by that an executor looks after."""
        return GraphQLResolveInfoHelpers(self._gather, self._track)

    @cached_property
    def _executor(self) -> "Compiled":
        return self._kind.begun(self._variant, self._given, self._named)

    def _gather(self, values: Sequence[Awaitable[Any]]) -> Awaitable[list[Any]]:
        return self._executor.gather_async_work(values)

    def _track(self, values: Sequence[Any]) -> None:
        self._executor.track_async_work(values)
