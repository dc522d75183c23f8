"""The operations that were asked of late, and what was compiled for each: bounded, and found only where it is meant."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLSkipDirective,
    Node,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet
from graphql.execution.executor import Executor

from schema.execution.asking import Sole
from schema.execution.writing import NotPlain, Writer

MOST_OPERATIONS: Final = 256
MOST_VARIANTS: Final = 16
CONDITIONS: Final = frozenset({GraphQLSkipDirective.name, GraphQLIncludeDirective.name})

Read = Callable[[Any], Any]
Step = tuple[Read | None, tuple[tuple[str, FieldDetailsList], ...]]
"""Fields in their order: what reads them all at once, or None, and each with its response name."""


class Variant:
    """One operation under one outcome of its @skip and @include: which fields are asked, and how they are read.

    The lists of field details are kept here and given to every execution, so that their identities are keys.
    """

    def __init__(self) -> None:
        self.root: tuple[GraphQLObjectType, GroupedFieldSet] | None = None
        self.sole: Sole | None = None
        self.subfields: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self._steps: dict[int, tuple[GroupedFieldSet, list[Step] | None]] = {}
        self._readers: dict[tuple[GraphQLOutputType, int], tuple[FieldDetailsList, Read | None]] = {}

    def steps(
        self, parent: GraphQLObjectType, grouped: GroupedFieldSet, writer: Callable[[], Writer]
    ) -> list[Step] | None:
        """Return how an object's fields are executed, or None where nothing about them is plain."""
        known = self._steps.get(id(grouped))
        if known is None:
            known = self._steps[id(grouped)] = (grouped, _steps(writer(), parent, grouped))
        return known[1]

    def reader(self, type_: GraphQLOutputType, details: FieldDetailsList, writer: Callable[[], Writer]) -> Read | None:
        """Return what completes a resolver's value, or None where that is graphql-core."""
        known = self._readers.get((type_, id(details)))
        if known is None:
            try:
                read = writer().value_reader(type_, details)
            except NotPlain:
                read = None
            known = self._readers[type_, id(details)] = (details, read)
        return known[1]


class Operation:
    """An operation of a document: what an executor was built of the first time."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, executor: Executor[Any]) -> None:
        self.schema = schema
        self.document = document
        self.node = executor.operation
        self.fragment_definitions = executor.fragment_definitions
        self.fragments = executor.fragments
        self._conditions = _conditions([self.node, *self.fragment_definitions.values()])
        self._variants: dict[tuple[Any, ...], Variant] = {}

    def variant(self, variables: Mapping[str, Any], read_by: tuple[Any, ...]) -> Variant | None:
        """Return what to execute by under these variables, and what reads values; None where only graphql-core can."""
        if self._conditions is None:
            return None
        outcome: tuple[Any, ...] = ()
        if self._conditions:
            outcome = tuple(variables.get(name) for name in self._conditions)
            if not all(type(value) is bool for value in outcome):
                return None
        key = read_by, outcome
        found = self._variants.get(key)
        if found is None:
            if len(self._variants) >= MOST_VARIANTS:
                self._variants.clear()
            found = self._variants[key] = Variant()
        return found


class Operations:
    """The operations that were asked last, by the very document and schema: documents cannot be changed."""

    def __init__(self, most: int = MOST_OPERATIONS) -> None:
        self._most = most
        self._known: OrderedDict[tuple[int, int, str | None], Operation] = OrderedDict()
        self._lock = Lock()

    def get(self, schema: GraphQLSchema, document: DocumentNode, name: str | None) -> Operation | None:
        """Return an operation that was asked before."""
        key = id(schema), id(document), name
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        return known

    def add(self, schema: GraphQLSchema, document: DocumentNode, name: str | None, executor: Executor[Any]) -> None:
        """Remember an operation; it holds what it is known by, so that nothing else comes to be known by the same."""
        with self._lock:
            self._known[id(schema), id(document), name] = Operation(schema, document, executor)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._known)


def _steps(writer: Writer, parent: GraphQLObjectType, grouped: GroupedFieldSet) -> list[Step] | None:
    runs: list[tuple[bool, list[tuple[str, FieldDetailsList]]]] = []
    for name, details in grouped.items():
        plain = writer.is_plain(parent, details)
        if not runs or runs[-1][0] != plain:
            runs.append((plain, []))
        runs[-1][1].append((name, details))
    if not any(plain for plain, _ in runs):
        return None
    steps: list[Step] = []
    for plain, fields in runs:
        read = None
        if plain:
            try:
                read = writer.object_reader(parent, fields)
            except NotPlain:  # each is, but not all of them together: too many
                read = None
        steps.append((read, tuple(fields)))
    return steps


def _conditions(nodes: list[Node]) -> tuple[str, ...] | None:
    """Return the variables that decide which fields are asked; None where a directive does more than that."""
    finder = _Finder()
    for node in nodes:
        visit(node, finder)
        if isinstance(node, FragmentDefinitionNode) and node.variable_definitions:
            return None
    return None if finder.others else tuple(sorted(finder.names))


class _Finder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.others = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in CONDITIONS:
            self.others = True
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)
