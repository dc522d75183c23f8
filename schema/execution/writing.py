"""The functions that read plain objects: Python written for one selection of one type, and compiled.

Nothing that a caller wrote is in the code but GraphQL names, which are checked again here; everything else is reached
by numbered names. A function takes a source, or a list of them, returns what graphql-core would have, and raises
where it cannot: it has changed nothing by then.
"""

import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    default_field_resolver,
    is_leaf_type,
    is_object_type,
    specified_scalar_types,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.type import GraphQLLeafType, TypeNameMetaFieldDef

from schema.execution.plain import (
    PRESENT,
    Attribute,
    Doubt,
    Facts,
    Member,
    Reading,
    checker,
    completer,
    member_names,
    settler,
)

MOST_FIELDS: Final = 1000
"""More are not written into one function: fragments that spread fragments may stand for any number."""

Subfields = Callable[[GraphQLObjectType, FieldDetailsList], GroupedFieldSet]

HEAD: Final = "def read(source, type=type, str=str, int=int, float=float, settled=settled):"
"""What is asked of each value is at hand, which takes less than looking for it in the function's globals."""

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

# What a value of a specified scalar may be to stand for itself; everything else goes through the scalar's own function.
# Integers of 30 bits, not 32, since Python compares them at once: they are of one digit.
_OTHER: Final[Mapping[str, str]] = {
    "String": "type({0}) is not str",
    "ID": "type({0}) is not str",
    "Boolean": "{0} is not True and {0} is not False",
    "Int": "type({0}) is not int or {0} > 1073741823 or {0} < -1073741823",
    "Float": "type({0}) is not float or {0} - {0} != 0.0",
}


class NotPlain(Exception):
    """A selection that has to be executed by graphql-core."""


class Writer:
    """Writes the functions of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        facts: Facts,
        field_resolver: Callable[..., Any],
        is_awaitable: Callable[[Any], bool],
        subfields: Subfields,
    ) -> None:
        self._schema = schema
        self._facts = facts
        self._by_default = field_resolver is default_field_resolver
        self._is_awaitable = is_awaitable
        self._subfields = subfields
        self.settle = settler(is_awaitable)

    def is_plain(self, parent: GraphQLObjectType, details: FieldDetailsList) -> bool:
        """Tell whether a field, and all below it, is only read."""
        try:
            _Function(self).field(parent, details, "source")
        except NotPlain:
            return False
        return True

    def object_reader(
        self, type_: GraphQLObjectType, fields: Sequence[tuple[str, FieldDetailsList]]
    ) -> Callable[[Any], dict[str, Any]]:
        """Return what reads these fields of an object; raises NotPlain."""
        function = _Function(self)
        return function.compiled(function.fields(type_, dict(fields), "source"))

    def value_reader(self, type_: Any, details: FieldDetailsList) -> Callable[[Any], Any]:
        """Return what completes a value that a resolver returned, neither None nor awaitable; raises NotPlain."""
        function = _Function(self)
        return function.compiled(function.value(GraphQLNonNull(type_), details, "source"))

    def definition(self, parent: GraphQLObjectType, details: FieldDetailsList) -> GraphQLField:
        """Return the field that is asked for; raises NotPlain."""
        node = details[0].node
        found = self._schema.get_field(parent, node.name.value)
        if found is None or found.args or node.arguments:
            raise NotPlain
        return found

    def reading(self, field: GraphQLField) -> Reading | None:
        """Return how a field is read, or None where a resolver must be called."""
        if field.resolve is None:
            return Member("") if self._by_default else None
        return self._facts.reading(field)

    def subfields(self, type_: GraphQLObjectType, details: FieldDetailsList) -> GroupedFieldSet:
        """Return what is asked of an object."""
        return self._subfields(type_, details)

    def leaf(self, type_: GraphQLLeafType, check: Callable[[Any], None]) -> Callable[[Any], Any]:
        """Return what completes a leaf."""
        return completer(type_, self.settle, check)

    def check(self, settled: set[type]) -> Callable[[Any], None]:
        """Return what looks at a value of a type that was not met before."""
        return checker(self._is_awaitable, settled)

    @property
    def facts(self) -> Facts:
        """What is known of the schema's resolvers."""
        return self._facts


class _Function:
    """One function while it is written."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lines: list[str] = []
        self._depth = 1
        self._names = 0
        self._count = 0
        self._settled: set[type] = set()
        self._check = writer.check(self._settled)
        self._globals: dict[str, Any] = {
            "Doubt": Doubt,
            "settled": self._settled,
            "check": self._check,
            "present": PRESENT,
            "settle": writer.settle,
        }
        self._kept: dict[Any, str] = {}

    def compiled(self, result: str) -> Callable[[Any], Any]:
        """Return the function that was written; raises NotPlain where Python has no room for it."""
        source = "\n".join([HEAD, *self._lines, f"    return {result}"])
        try:
            code = compile(source, "<compiled selection>", "exec")
        except (SyntaxError, RecursionError, MemoryError):  # such as more than 20 loops in one another
            raise NotPlain from None
        exec(code, self._globals)  # noqa: S102 - written by this module, of checked names
        read: Callable[[Any], Any] = self._globals["read"]
        return read

    def fields(self, type_: GraphQLObjectType, grouped: GroupedFieldSet, source: str) -> str:
        """Write the reading of an object's fields; return the expression of its answer."""
        answers = [(_checked(name), self.field(type_, details, source)) for name, details in grouped.items()]
        return "{" + ", ".join(f"{name!r}: {answer}" for name, answer in answers) + "}"

    def field(self, parent: GraphQLObjectType, details: FieldDetailsList, source: str) -> str:
        """Write the reading of a field; return the name of its answer."""
        self._count += 1
        if self._count > MOST_FIELDS:
            raise NotPlain
        field = self._writer.definition(parent, details)
        if field is TypeNameMetaFieldDef:
            return repr(_checked(parent.name))
        reading = self._writer.reading(field)
        if reading is None:
            raise NotPlain
        value = self._name()
        if isinstance(reading, Attribute):
            self._line(f"{value} = {source}.{_attribute(reading.name)}")
        else:
            name = _checked(details[0].node.name.value)
            self._line(f"if type({source}) is dict:")
            self._line(f"    {value} = {source}.get({name!r})")
            self._line(f"elif isinstance({source}, {self._global(Mapping)}):")
            self._line("    raise Doubt")
            self._line("else:")
            self._line(f"    {value} = getattr({source}, {name!r}, None)")
        return self.value(field.type, details, value)

    def value(self, type_: GraphQLOutputType, details: FieldDetailsList, value: str) -> str:
        """Write the completion of a value; return the name of its answer."""
        inner: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        nullable = inner is type_
        if is_leaf_type(inner):
            self._leaf(inner, nullable, value)
            return value
        answer = self._name()
        if nullable:
            self._line(f"if {value} is None:")
            self._line(f"    {answer} = None")
            self._line("else:")
            self._depth += 1
        if isinstance(inner, GraphQLList):
            self._list(inner, details, value, answer)
        elif is_object_type(inner):
            self._object(inner, details, value, answer, nullable)
        else:
            raise NotPlain
        if nullable:
            self._depth -= 1
        return answer

    def _leaf(self, type_: GraphQLLeafType, nullable: bool, value: str) -> None:
        unless_none = f"{value} is not None and " if nullable else ""
        complete = self._global(type_, lambda: self._writer.leaf(type_, self._check))
        if not nullable:
            complete = self._global((complete,), lambda: _never_none(self._globals[complete]))
        enum = self._writer.facts.members(type_)
        if specified_scalar_types.get(type_.name) is type_:
            other = _OTHER[type_.name].format(value)
            self._line(f"if {unless_none}({other}):")
            self._line(f"    {value} = {complete}({value})")
            return
        if enum is not None:
            names = self._global((type_, enum), lambda: member_names(type_, enum))
            self._line(f"if type({value}) is {self._global(enum)}:")
            self._line(f"    {value} = {names}[{value}._name_]")
        else:
            coerce = self._global((type_, "coerce"), lambda: type_.coerce_output_value)
            self._line(f"if type({value}) in present:")
            self._line(f"    {value} = {coerce}({value})")
            self._line(f"    if type({value}) is not str:")
            self._line(f"        {value} = settle({value})")
        self._line(f"elif {value} is not None:" if nullable else "else:")
        self._line(f"    {value} = {complete}({value})")

    def _list(self, type_: GraphQLList[Any], details: FieldDetailsList, value: str, answer: str) -> None:
        item = self._name()
        self._line(f"if type({value}) is not list and type({value}) is not tuple:")
        self._line("    raise Doubt")
        self._line(f"{answer} = []")
        self._line(f"for {item} in {value}:")
        self._depth += 1
        self._line(f"{answer}.append({self.value(type_.of_type, details, item)})")
        self._depth -= 1

    def _object(
        self, type_: GraphQLObjectType, details: FieldDetailsList, value: str, answer: str, nullable: bool
    ) -> None:
        last = self._name()
        self._lines.insert(0, f"    {last} = None")
        self._line(f"if type({value}) is not {last}:")  # most objects of a list are of one type
        self._line(f"    if type({value}) in settled:")
        self._line(f"        {last} = type({value})")
        if not nullable:
            self._line(f"    elif {value} is None:")
            self._line("        raise Doubt")
        self._line("    else:")
        self._line(f"        check({value})")
        if type_.is_type_of is not None:
            is_one = self._writer.facts.type_check(type_)
            if is_one is None:
                raise NotPlain
            self._line(f"if not {self._global(type_, lambda: is_one)}({value}):")
            self._line("    raise Doubt")
        self._line(f"{answer} = {self.fields(type_, self._writer.subfields(type_, details), value)}")

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def _line(self, text: str) -> None:
        self._lines.append("    " * self._depth + text)

    def _global(self, key: Any, make: Callable[[], Any] | None = None) -> str:
        """Return the name under which the function reaches a thing, the same for the same key."""
        if key not in self._kept:
            name = f"g{len(self._kept)}"
            self._kept[key] = name
            self._globals[name] = key if make is None else make()
        return self._kept[key]


def _never_none(complete: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def complete_non_null(value: Any) -> Any:
        if value is None:
            raise Doubt
        return complete(value)

    return complete_non_null


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise NotPlain
    return name


def _attribute(name: str) -> str:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name) or name.startswith("__"):
        raise NotPlain
    return name
