"""Static limits of an operation. The rule is one class for all requests, so that what was validated once is known."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    MaxIntrospectionDepthRule,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    SchemaExtension,
    ValidationCache,
)

TOKENS = 2000
DEPTH = 16  # the introspection query of the usual tools has 15
ALIASES = 30
DIRECTIVES = 50


class WithinLimits(ValidationRule):
    """Refuse an operation that is too deep or has too many aliases or directives, its fragments spread out."""

    def __init__(self, context: ValidationContext) -> None:
        """Measure each operation of the document; each fragment is measured once, so this is linear."""
        super().__init__(context)
        fragments: dict[str, FragmentDefinitionNode] = {}
        operations: list[OperationDefinitionNode] = []
        for definition in context.document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = definition
            elif isinstance(definition, OperationDefinitionNode):
                operations.append(definition)
        measured: dict[str, tuple[int, int, int]] = {}
        for operation in operations:
            own = len(operation.directives or ())
            depth, aliases, directives = _measure(operation.selection_set, fragments, measured)
            for found, most, what in (
                (depth, DEPTH, "levels"),
                (aliases, ALIASES, "aliases"),
                (directives + own, DIRECTIVES, "directives"),
            ):
                if found > most:
                    context.report_error(GraphQLError(f"The operation has more than {most} {what}.", operation))


def _measure(
    selections: SelectionSetNode | None,
    fragments: dict[str, FragmentDefinitionNode],
    measured: dict[str, tuple[int, int, int]],
) -> tuple[int, int, int]:
    """Return the depth, the aliases and the directives below a node."""
    depth, aliases, directives = 0, 0, 0
    for selection in selections.selections if selections else ():
        directives += len(selection.directives or ())
        if isinstance(selection, FieldNode):
            below = _measure(selection.selection_set, fragments, measured)
            below = (below[0] + 1, below[1] + (selection.alias is not None), below[2])
        elif isinstance(selection, FragmentSpreadNode):
            below = _fragment(selection.name.value, fragments, measured)
        else:
            below = _measure(getattr(selection, "selection_set", None), fragments, measured)
        depth, aliases, directives = max(depth, below[0]), aliases + below[1], directives + below[2]
    return depth, aliases, directives


def _fragment(
    name: str, fragments: dict[str, FragmentDefinitionNode], measured: dict[str, tuple[int, int, int]]
) -> tuple[int, int, int]:
    if name not in measured:
        measured[name] = (0, 0, 0)  # where fragments spread each other in a circle, which another rule refuses
        if name in fragments:
            measured[name] = _measure(fragments[name].selection_set, fragments, measured)
    return measured[name]


RULES: Sequence[Any] = (WithinLimits, MaxIntrospectionDepthRule)

EXTENSIONS: Sequence[Callable[[], SchemaExtension]] = (
    lambda: MaxTokensLimiter(TOKENS),
    ParserCache,
    lambda: AddValidationRules(list(RULES)),
    ValidationCache,
)
