"""The price of an operation, as a sum that is made once of its document and worked out for each request's variables.

A connection's selection has two parts: what is there once, and what each place of its page adds. So a fragment is
priced once, however many pages spread it, and the sum is no longer than the document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_wrapping_type,
    value_from_ast_untyped,
)

from schema.connections import MOST
from schema.cost.prices import OBJECT, PAGED, Price, connection_named, priced

UNKNOWN: Final = Price(0, MOST)
"""A list that the map does not know, which a test would find."""


class Cost(NamedTuple):
    """What an operation costs, and how many objects its answer may have."""

    cost: int
    nodes: int


@dataclass(frozen=True)
class Size:
    """How many times something is there: a number, or the greatest of variables' values and it."""

    least: int
    variables: tuple[tuple[str, Any], ...] = ()

    def of(self, variables: Mapping[str, Any]) -> int:
        """Return the number with a request's variables."""
        return max(self.least, *(_length(variables.get(name, default)) for name, default in self.variables))


@dataclass
class Sum:
    """A cost, with parts whose number depends on variables, or that have such parts themselves."""

    cost: int = 0
    nodes: int = 0
    parts: list[tuple[Size, "Sum"]] = field(default_factory=list)

    def add(self, size: Size, other: "Sum") -> None:
        """Add something that is there so many times; what needs no variable is worked out at once."""
        if other.parts or size.variables:
            if other.cost or other.nodes or other.parts:
                self.parts.append((size, other))
        else:
            self.cost += size.least * other.cost
            self.nodes += size.least * other.nodes

    def of(self, variables: Mapping[str, Any]) -> Cost:
        """Work the sum out."""
        return Cost(self.cost, self.nodes) if not self.parts else self._of(variables, {})

    def _of(self, variables: Mapping[str, Any], known: dict[int, Cost]) -> Cost:
        cost, nodes = self.cost, self.nodes
        for size, part in self.parts:
            if id(part) not in known:
                known[id(part)] = part._of(variables, known)
            times = size.of(variables) if size.variables else size.least
            cost += times * known[id(part)].cost
            nodes += times * known[id(part)].nodes
        return Cost(cost, nodes)


ONCE: Final = Size(1)


@dataclass
class _Selected:
    """What a selection costs once, and for each place of the page that it is of."""

    once: Sum = field(default_factory=Sum)
    each: Sum = field(default_factory=Sum)


def sum_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Sum:
    """Return the price of one operation of a valid document."""
    root = schema.get_root_type(operation.operation)
    assert root is not None  # noqa: S101  - the document is valid
    return _Pricing(schema, document, operation).selected(root, operation.selection_set).once


class _Pricing:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._priced: dict[str, _Selected] = {}
        self._defaults = {
            each.variable.name.value: None if each.default_value is None else value_from_ast_untyped(each.default_value)
            for each in operation.variable_definitions or ()
        }

    def selected(self, owner: Any, selections: SelectionSetNode | None) -> _Selected:
        """Return what a selection of a type costs."""
        found = _Selected()
        for selection in () if selections is None else selections.selections:
            if isinstance(selection, FieldNode):
                self._add(found, owner, selection)
                continue
            if isinstance(selection, FragmentSpreadNode):
                part = self._fragment(selection.name.value)
            else:
                condition = getattr(selection, "type_condition", None)
                narrowed = owner if condition is None else self._schema.type_map[condition.name.value]
                part = self.selected(narrowed, getattr(selection, "selection_set", None))
            found.once.add(ONCE, part.once)
            found.each.add(ONCE, part.each)
        return found

    def _fragment(self, name: str) -> _Selected:
        if name not in self._priced:
            fragment = self._fragments[name]
            owner = self._schema.type_map[fragment.type_condition.name.value]
            self._priced[name] = self.selected(owner, fragment.selection_set)
        return self._priced[name]

    def _add(self, found: _Selected, owner: Any, node: FieldNode) -> None:
        name = node.name.value
        definition: GraphQLField | None = getattr(owner, "fields", {}).get(name)
        if definition is None:  # __typename, __schema and __type
            found.once.cost += (priced(owner.name, name, "", is_list=False, is_leaf=True) or UNKNOWN).cost
            return
        price, named = price_of(owner, name, definition), get_named_type(definition.type)
        within = _Selected() if is_leaf_type(named) else self.selected(named, node.selection_set)
        if is_leaf_type(named):
            found.once.cost += price.cost
        elif connection_named(owner.name) and name in PAGED:
            found.each.nodes += 1
            found.each.cost += OBJECT
            found.each.add(ONCE, within.once)
        elif connection_named(named.name):
            found.once.nodes += 1
            found.once.cost += price.cost + OBJECT
            found.once.add(ONCE, within.once)
            found.once.add(self._size(price, definition, node, most=MOST), within.each)
        else:
            found.once.cost += price.cost
            within.once.cost += OBJECT
            within.once.nodes += 1
            found.once.add(self._size(price, definition, node), within.once)

    def _size(self, price: Price, definition: GraphQLField, node: FieldNode, most: int | None = None) -> Size:
        """Return how many objects a field has by its arguments, or else as many as are expected."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        values: list[ValueNode] = [
            given[name]
            for name in price.sized_by
            if name in definition.args and name in given and not isinstance(given[name], NullValueNode)
        ]
        if not values:
            return Size(price.length)
        least = max((_literal(value) for value in values if not isinstance(value, VariableNode)), default=0)
        names = [value.name.value for value in values if isinstance(value, VariableNode)]
        return Size(
            least if most is None else min(least, most), tuple((name, self._defaults.get(name)) for name in names)
        )


def price_of(owner: Any, name: str, definition: GraphQLField) -> Price:
    """Return the price of a field."""
    return known_price(owner.name, name, definition) or UNKNOWN


def known_price(owner: str, name: str, definition: GraphQLField) -> Price | None:
    """Return the price of a field; None: it is a list that the map does not know."""
    named, kind, is_list = get_named_type(definition.type), definition.type, False
    while is_wrapping_type(kind):
        is_list = is_list or is_list_type(kind)
        kind = kind.of_type
    return priced(owner, name, named.name, is_list=is_list, is_leaf=is_leaf_type(named))


def unpriced(schema: GraphQLSchema) -> list[str]:
    """Return the fields of a schema that have no price, as "Type.field"."""
    return [
        f"{owner.name}.{name}"
        for owner in _objects(schema.type_map.values())
        for name, definition in owner.fields.items()
        if known_price(owner.name, name, definition) is None
    ]


def _objects(types: Iterable[Any]) -> Sequence[GraphQLObjectType]:
    return [each for each in types if hasattr(each, "interfaces") and not each.name.startswith("__")]


def _literal(value: ValueNode) -> int:
    if isinstance(value, IntValueNode):
        return max(0, int(value.value)) if len(value.value) < 10 else MOST
    return len(value.values) if isinstance(value, ListValueNode) else 1


def _length(value: Any) -> int:
    """Return how many a variable's value asks for; what is no number or list is refused where it is read."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int):
        return min(max(0, value), MOST)
    return len(value) if isinstance(value, list) else 1
