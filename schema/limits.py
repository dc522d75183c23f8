"""Static limits of documents and variables, checked before anything looks at the document twice.

The standard rules compare fields with each other, which a hostile document makes long work; so what is too large is
refused before they see it. Each fragment is measured once, whatever spreads it, so measuring takes linear time.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

from ledger.errors import Invalid

TOKENS: Final = 2000
DEPTH: Final = 16
"""Levels of fields; the introspection query of the usual tools has 15."""
ALIASES: Final = 30
DIRECTIVES: Final = 50
FIELDS: Final = 2000
"""Fields of an operation once its fragments are spread out."""
ROOTS: Final = 100
REPEATS: Final = 100
"""Fields that a selection has already under the same name, in all of an operation."""
SPREADS: Final = 200
FRAGMENTS: Final = 100
OPERATIONS: Final = 20
VALUES: Final = 20_000
"""Values in all variables together, each entry of a list and each field of an object counted."""


@dataclass
class Measured:
    """What a selection has, its fragments spread out."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    repeats: int = 0
    names: Counter[str] = field(default_factory=Counter)  # of its own fields, by the name in the answer

    def add(self, other: "Measured", levels: int = 0) -> None:
        """Count what stands in a part of it."""
        self.depth = max(self.depth, other.depth + levels)
        self.aliases += other.aliases
        self.directives += other.directives
        self.fields += other.fields
        self.repeats += other.repeats


def faults_of(document: DocumentNode) -> list[GraphQLError]:
    """Return what of a document is over a limit: at most one error for each operation and limit."""
    fragments: dict[str, FragmentDefinitionNode] = {}
    operations: list[OperationDefinitionNode] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
        elif isinstance(definition, OperationDefinitionNode):
            operations.append(definition)
    first = document.definitions[0]
    faults = [
        *_over("too_many_operations", len(operations), OPERATIONS, first),
        *_over("too_many_fragments", len(document.definitions) - len(operations), FRAGMENTS, first),
    ]
    if faults:
        return faults
    measuring = _Measuring(fragments)
    for operation in operations:
        faults += measuring.faults_of(operation)
    return faults


class _Measuring:
    """The measures of one document's fragments, each found once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._measured: dict[str, Measured] = {}
        self._spreads = 0

    def faults_of(self, operation: OperationDefinitionNode) -> list[GraphQLError]:
        measured = self.measure(operation.selection_set)
        directives = measured.directives + _directives(operation)
        return [
            *_over("too_deep", measured.depth, DEPTH, operation),
            *_over("too_many_aliases", measured.aliases, ALIASES, operation),
            *_over("too_many_directives", directives, DIRECTIVES, operation),
            *_over("too_many_root_fields", measured.names.total(), ROOTS, operation),
            *_over("too_many_fields", measured.fields, FIELDS, operation),
            *_over("too_many_repeated_fields", measured.repeats, REPEATS, operation),
            *_over("too_many_spreads", self._spreads, SPREADS, operation),
        ]

    def measure(self, selections: SelectionSetNode | None) -> Measured:
        """Return what stands in a selection; how deep it goes is bounded by the tokens of a document."""
        measured = Measured()
        if selections is not None:
            self._collect(selections, measured)
            measured.repeats += measured.names.total() - len(measured.names)
        return measured

    def _collect(self, selections: SelectionSetNode, into: Measured) -> None:
        for selection in selections.selections:
            into.directives += _directives(selection)
            if isinstance(selection, FieldNode):
                into.aliases += selection.alias is not None
                into.fields += 1
                into.names[(selection.alias or selection.name).value] += 1
                into.add(self.measure(selection.selection_set), levels=1)
            elif isinstance(selection, FragmentSpreadNode):
                self._spreads += 1
                if self._spreads > SPREADS:
                    return  # refused whatever it spreads: adding up the names of many fragments takes time
                spread = self._fragment(selection.name.value)
                into.add(spread)
                into.names.update(spread.names)
            else:
                self._collect(selection.selection_set, into)  # type: ignore[attr-defined]

    def _fragment(self, name: str) -> Measured:
        """Return what a fragment has; its own repeats are counted where it is spread, with the names around it."""
        if name not in self._measured:
            self._measured[name] = Measured()  # where fragments spread each other in circles, which is refused later
            if name in self._fragments:
                measured = Measured()
                self._collect(self._fragments[name].selection_set, measured)
                self._measured[name] = measured
        return self._measured[name]


def values_within(variables: object) -> bool:
    """Tell whether variables have no more than the most values."""
    waiting: list[Iterator[Any]] = [iter([variables])]
    found = 0
    while waiting:
        for value in waiting.pop():
            if isinstance(value, Mapping | list):
                found += len(value)
                if found > VALUES:
                    return False
                waiting.append(iter(value.values() if isinstance(value, Mapping) else value))
    return True


def _directives(node: Node) -> int:
    return len(getattr(node, "directives", None) or ())


def _over(code: str, found: int, most: int, node: Node) -> list[GraphQLError]:
    return [GraphQLError(code, node, original_error=Invalid(code, most=most))] if found > most else []
