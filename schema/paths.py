"""Where in its input a refusal lies: a path of names and places (字段路径), as the caller wrote them."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from graphql import (
    BREAK,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLSchema,
    Node,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    Visitor,
    VisitorAction,
    get_named_type,
    visit,
)

_PLACE = re.compile(r"[^.\[\]]+")
# What use cases, and the files of a plan, call otherwise than the schema, which says On where a civil date is meant.
_IN_SCHEMA: Final = {
    "day": "plannedOn",
    "ends": "endsOn",
    "starts": "startsOn",
    "to": "department",
    "vkey": "verifierKey",
}
_OF_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?:")


def path_of(field: str) -> list[str]:
    """Return a refusal's field, such as `beacon.sources[0]`, as a path in the schema's names."""
    return [camel(name) for name in _PLACE.findall(field)]


def arguments_at(error: GraphQLError, schema: GraphQLSchema, document: DocumentNode) -> Mapping[str, GraphQLArgument]:
    """Return the arguments of the field of a document that an error is of; none where it is of no field."""
    fields = [node for node in error.nodes or () if isinstance(node, FieldNode)]
    if not fields:
        return {}
    types = TypeInfo(schema)
    finding = _Finding(types, fields[0])
    visit(document, TypeInfoVisitor(types, finding))
    return finding.arguments


class _Finding(Visitor):
    """Looks for a field in a document."""

    def __init__(self, types: TypeInfo, wanted: FieldNode) -> None:
        super().__init__()
        self.arguments: Mapping[str, GraphQLArgument] = {}
        self._types = types
        self._wanted = wanted

    def enter_field(self, node: FieldNode, *_: Any) -> VisitorAction:
        """Stop at the field."""
        if node is not self._wanted:
            return None
        definition = self._types.get_field_def()
        self.arguments = {} if definition is None else definition.args
        return BREAK


def path_in(field: str, arguments: Mapping[str, GraphQLArgument]) -> list[str]:
    """Return the path from the arguments of a field of the schema down to a refusal's field.

    A use case names what is at fault, and does not know in which input object a door takes it.
    """
    path = path_of(field)
    return _placed(path, arguments) or _placed([_IN_SCHEMA.get(path[0], path[0]), *path[1:]], arguments) or path


def _placed(path: list[str], arguments: Mapping[str, GraphQLArgument]) -> list[str] | None:
    waiting: deque[tuple[list[str], dict[str, Any]]] = deque([([], dict(arguments))])
    met: set[str] = set()
    while waiting:
        above, fields = waiting.popleft()
        if path[0] in fields:
            return above + path
        for name, value in fields.items():
            inner = _fields(value)
            if inner is not None and inner.name not in met:
                met.add(inner.name)
                waiting.append(([*above, name], dict(inner.fields)))
    return None


def path_of_variable(message: str) -> Sequence[str] | None:
    """Return where a variable's value is at fault, by what graphql-core says of it; none: it is of something else."""
    match = _OF_VARIABLE.match(message)
    return None if match is None else [match[1], *_PLACE.findall(match[2] or "")]


def path_of_literal(error: GraphQLError, document: DocumentNode) -> Sequence[str] | None:
    """Return where a value that stands in a document is at fault, below its field; none: it is of something else."""
    values = [node for node in error.nodes or () if isinstance(node, ValueNode)]
    if not values:
        return None
    finding = _FindingValue(values[0])
    visit(document, finding)
    above: Any = document
    told = []
    for before, key in pairwise(["", *finding.keys]):
        above = above[key] if isinstance(key, int) else getattr(above, key)
        if isinstance(above, ArgumentNode | ObjectFieldNode):
            told.append(above.name.value)
        elif before == "values":
            told.append(str(key))
    return told or None


class _FindingValue(Visitor):
    """Looks for a value in a document."""

    def __init__(self, wanted: ValueNode) -> None:
        super().__init__()
        self.keys: list[str | int] = []
        self._wanted = wanted

    def enter(self, node: Node, _key: Any, _parent: Any, path: list[str | int], *_: Any) -> VisitorAction:
        """Stop at the value."""
        if node is not self._wanted:
            return None
        self.keys = list(path)
        return BREAK


def camel(name: str) -> str:
    """Return a name as the schema writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _fields(value: GraphQLArgument | GraphQLInputField) -> GraphQLInputObjectType | None:
    named = get_named_type(value.type)
    return named if isinstance(named, GraphQLInputObjectType) else None
