"""From an operation's text to its execution: parsed, within limits, valid, priced and paid for.

What is found of a text is kept, so that a text that comes again costs a look-up. The rules are the same objects for all
requests, since a rule made for each of them would be a new one to every cache.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from ledger.errors import Invalid, Refusal
from schema.context import Context
from schema.cost.metering import Spent
from schema.cost.prices import READ, SUBSCRIPTION
from schema.cost.pricing import Cost, Sum, sum_of
from schema.document_faults import reporting
from schema.limits import TOKENS, VALUES, faults_of, values_within
from schema.observing import told
from schema.recent import Recent

KEPT: Final = 500_000
"""Of how many characters of documents is remembered what was found; some hundred megabytes at the very most."""

RULES: Final = (MaxIntrospectionDepthRule, MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass
class Checked:
    """What is known of a document: its faults, or else the price of each operation that was asked for."""

    schema: GraphQLSchema
    document: DocumentNode
    faults: Sequence[GraphQLError]
    _names: dict[str | None, str | None] = field(default_factory=dict)
    _sums: dict[str | None, Sum] = field(default_factory=dict)

    def query(self, asked: str | None) -> tuple[bool, str | None]:
        """Tell whether a query is asked under this name, and its own name; None asks the only operation."""
        if asked not in self._names:
            node = get_operation_ast(self.document, asked)
            if node is None or node.operation is not OperationType.QUERY:
                return False, None
            self._names[asked] = None if node.name is None else node.name.value
        return True, self._names[asked]

    def cost(self, operation: str | None, variables: dict[str, Any] | None) -> Cost:
        """Return the cost of an operation with its variables."""
        found = self._sums.get(operation)
        if found is None:
            node = get_operation_ast(self.document, operation)
            assert isinstance(node, OperationDefinitionNode)  # noqa: S101  - its type was looked up before
            found = self._sums[operation] = sum_of(self.schema, self.document, node)
        return found.of(variables or {})


PARSED: Final[Recent[DocumentNode]] = Recent(KEPT)
CHECKED: Final[Recent[Checked]] = Recent(KEPT)


def parsed(text: str) -> DocumentNode:
    """Parse a text; raises GraphQLError."""
    return PARSED.get(text, (), lambda: parse(text, max_tokens=TOKENS))


def checked(schema: GraphQLSchema, rules: tuple[type[Any], ...], text: str) -> Checked:
    """Return what is known of a text; the standard rules see it only where it is within the limits."""

    def check() -> Checked:
        document = parsed(text)
        faults = faults_of(document) or validate(schema, document, [reporting(each) for each in (*rules, *RULES)])
        return Checked(schema, document, faults)

    return CHECKED.get(text, (schema, rules), check)


def known(schema: GraphQLSchema, rules: tuple[type[Any], ...], text: str) -> Checked | None:
    """Return what `checked` found of a text before."""
    return CHECKED.find(text, (schema, rules))


class Checking(SchemaExtension):
    """Checks each operation before it is executed, and tells its cost with the answer."""

    def __init__(self) -> None:
        self.cost: Cost | None = None
        self._is_told = False

    def on_parse(self) -> Iterator[None]:
        """Parse, unless the text was parsed before."""
        execution = self.execution_context
        if execution.query:
            try:
                execution.graphql_document = parsed(execution.query)
            except GraphQLError:
                self._fault()
                raise
        yield

    def on_validate(self) -> Iterator[None]:
        """Find the faults of the document, or take what it costs."""
        execution = self.execution_context
        found = checked(execution.schema._schema, execution.validation_rules, execution.query or "")
        if found.faults:
            self._fault()
            execution.pre_execution_errors = list(found.faults)
        else:
            paid = pay(found, execution.operation_name, execution.variables, self._context)
            self.cost, execution.pre_execution_errors = paid
        yield

    async def on_stream_result(self, result: Any) -> AsyncIterator[None]:
        """Tell an event of a subscription that is not its first once the caller has as much as it costs."""
        if self._is_told and self.cost is not None:
            context, cost = self._context, READ + self.cost.cost - SUBSCRIPTION
            await context.serving.meter.take_in_time(context.subject, context.address, cost)
        self._is_told = True
        yield

    def get_results(self) -> dict[str, Any]:
        """Return what the answer says of its cost."""
        return cost_told(self.cost, self._context)

    def _fault(self) -> None:
        context = self._context
        context.serving.meter.fault(context.subject, context.address)

    @property
    def _context(self) -> Context:
        context: Context = self.execution_context.context
        return context


def pay(
    found: Checked, operation: str | None, variables: dict[str, Any] | None, context: Context
) -> tuple[Cost | None, list[GraphQLError]]:
    """Have the caller pay for an operation without faults; return its cost, and why it is not to be executed."""
    meter = context.serving.meter
    if variables and not values_within(variables):
        meter.fault(context.subject, context.address)
        return None, [_refused(Invalid("too_many_values", most=VALUES))]
    cost = found.cost(operation, variables)
    told.get().cost = cost.cost
    try:
        meter.spend(context.subject, context.address, cost)
    except Refusal as refusal:
        if isinstance(refusal, Spent):
            context.answer_status, context.answer_headers["Retry-After"] = 429, str(refusal.wait)
        return cost, [_refused(refusal)]
    return cost, []


def cost_told(cost: Cost | None, context: Context) -> dict[str, Any]:
    """Return what an answer says of its cost."""
    return {"cost": context.serving.meter.told(context.subject, context.address, cost, context.bureau.now)}


def _refused(refusal: Refusal) -> GraphQLError:
    return GraphQLError(refusal.code, original_error=refusal)
