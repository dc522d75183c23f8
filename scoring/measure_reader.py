"""Read a measure from a table of a model document: which aggregates, kinds, fields and texts go together."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import chain
from typing import TypeAlias

from ledger.canonical import canonical
from ledger.errors import Invalid
from scoring.columns import Column
from scoring.decay import LONGEST_HALF_LIFE
from scoring.fields import amount_in_fen, civil_date, end_date
from scoring.formats import FORMATS, INSPECTORS, RELATION_KINDS
from scoring.measures import Aggregate, Condition, Measure, Operator, Source
from scoring.toml_tables import Table

Fields: TypeAlias = Mapping[str, Sequence[Column]]
"""Columns by the field that they fill, one for each kind of record."""


class FieldType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"


RECORD_KINDS = (
    "registration",
    "licence",
    "confirmation",
    "inspection",
    "penalty",
    "coercion",
    "breach",
    "complaint",
)
_UNMEASURED = ("enterprise", "name", "date", "source", INSPECTORS)

_AGGREGATES = {
    Source.RECORDS: (
        Aggregate.COUNT,
        Aggregate.EXISTS,
        Aggregate.DISTINCT,
        Aggregate.SUM,
        Aggregate.DAYS_SINCE,
        Aggregate.PER_MILLE,
    ),
    Source.RELATIONS: (Aggregate.COUNT, Aggregate.EXISTS),
    Source.REGISTRATION: (Aggregate.EXISTS, Aggregate.VALUE, Aggregate.YEARS_SINCE),
    Source.RELATED: (Aggregate.ENTERPRISES,),
    Source.OUTSIDE: (Aggregate.VALUE,),
}
_DECAYING = (Aggregate.COUNT, Aggregate.SUM)
_REFERENCES = ("indicator", "indicators", "rule", "rules", "score", "grade", "model")
_FIELD_OF = {
    Aggregate.DISTINCT: FieldType.TEXT,
    Aggregate.SUM: FieldType.INTEGER,
    Aggregate.VALUE: FieldType.INTEGER,
    Aggregate.YEARS_SINCE: FieldType.DATE,
}
_OPERATOR_TYPES = {
    Operator.IS: FieldType.TEXT,
    Operator.IS_NOT: FieldType.TEXT,
    Operator.AT_LEAST: FieldType.INTEGER,
    Operator.BELOW: FieldType.INTEGER,
    Operator.IN_FORCE: FieldType.DATE,
}


def read_measure(table: Table) -> Measure:
    """Read a measure's keys from a table that may hold more.

    Raises Invalid `model_source_unknown`, `model_aggregate_unknown`, `model_aggregate_unfit`, `model_kind_unknown`,
    `model_field_unknown`, `model_field_unfit`, `model_operator_count`, `model_condition_value`,
    `model_window_empty`, `model_half_life_range`, `model_half_life_unfit`, `model_levels_few`, `model_reference` and as
    the reader.
    """
    _refuse_references(table)
    source = table.choice("source", Source, "model_source_unknown")
    aggregate = table.choice("aggregate", Aggregate, "model_aggregate_unknown")
    if aggregate not in _AGGREGATES[source]:
        known = list(_AGGREGATES[source])
        raise Invalid(
            "model_aggregate_unfit", place=table.place, aggregate=aggregate.value, source=source.value, known=known
        )
    if source is Source.OUTSIDE:
        return Measure(source, aggregate, system=table.text("system"), levels=_levels(table))
    via = _kinds(table, "via", RELATION_KINDS) if source is Source.RELATED else ()
    kinds: tuple[str, ...] = ()
    if source is Source.RELATIONS:
        kinds = _kinds(table, "kinds", RELATION_KINDS)
    elif source is Source.RECORDS or (source is Source.RELATED and table.has("kinds")):
        kinds = _kinds(table, "kinds", RECORD_KINDS)
    fields: Fields = {}
    if source is not Source.RELATIONS:
        fields = shared_fields(("registration",) if source is Source.REGISTRATION else kinds)
    return Measure(
        source=source,
        aggregate=aggregate,
        kinds=kinds,
        via=via,
        where=_conditions(table, fields) if fields else (),
        field=_typed_field(table, fields, _FIELD_OF[aggregate]) if aggregate in _FIELD_OF else None,
        window_days=_window(table) if kinds and source is not Source.RELATIONS and table.has("window_days") else None,
        half_life_days=_half_life(table, source, aggregate) if table.has("half_life_days") else None,
    )


def _refuse_references(table: Table) -> None:
    """Refuse a measure of another part of the model: measures look at facts alone, so that no cycle can be written."""
    table.refuse(_REFERENCES, "model_reference")
    if table.has("source") and table.peek("source") in _REFERENCES:
        raise Invalid("model_reference", place=table.place, key="source")


def _levels(table: Table) -> tuple[str, ...]:
    """Read the grades of another system, whose order is that of rising risk."""
    levels = table.ordered_texts("levels")
    if len(levels) < 2:
        raise Invalid("model_levels_few", place=table.place, count=len(levels))
    return levels


def _half_life(table: Table, source: Source, aggregate: Aggregate) -> int:
    days = table.integer("half_life_days")
    if source is not Source.RECORDS or aggregate not in _DECAYING:
        raise Invalid("model_half_life_unfit", place=table.place, known=list(_DECAYING))
    if not 1 <= days <= LONGEST_HALF_LIFE:
        raise Invalid("model_half_life_range", place=table.place, days=days, longest=LONGEST_HALF_LIFE)
    return days


def _kinds(table: Table, key: str, known: Sequence[str]) -> tuple[str, ...]:
    kinds = table.texts(key)
    for kind in kinds:
        if kind not in known:
            raise Invalid("model_kind_unknown", place=table.place, kind=kind, known=list(known))
    return kinds


def shared_fields(kinds: Sequence[str]) -> Fields:
    """Return the columns, by field, that all of these kinds of records have, with one type."""
    shared: dict[str, list[Column]] = {}
    for column in chain.from_iterable(FORMATS[kind].columns for kind in kinds):
        if column.field not in _UNMEASURED:
            shared.setdefault(column.field, []).append(column)
    return {
        field: columns
        for field, columns in shared.items()
        if len(columns) == len(kinds) and len(set(map(type_of, columns))) == 1
    }


def type_of(column: Column) -> FieldType:
    """Return what a measure takes a column's values for."""
    if column.parse is amount_in_fen:
        return FieldType.INTEGER
    return FieldType.DATE if column.parse in (civil_date, end_date) else FieldType.TEXT


def _typed_field(table: Table, fields: Fields, expected: FieldType) -> str:
    field = table.text("field")
    if field not in fields:
        raise Invalid("model_field_unknown", place=table.place, field_name=field, known=sorted(fields))
    if type_of(fields[field][0]) is not expected:
        raise Invalid("model_field_unfit", place=table.place, field_name=field, expected=expected.value)
    return field


def _conditions(table: Table, fields: Fields) -> tuple[Condition, ...]:
    """Read `where`; the conditions' order means nothing, so they are kept sorted."""
    conditions = []
    for entry in table.tables("where"):
        operators = [operator for operator in Operator if entry.has(operator)]
        if len(operators) != 1:
            raise Invalid("model_operator_count", place=entry.place, count=len(operators), known=list(Operator))
        operator = operators[0]
        field = _typed_field(entry, fields, _OPERATOR_TYPES[operator])
        value: tuple[str, ...] | int
        if _OPERATOR_TYPES[operator] is FieldType.TEXT:
            read = (_as_in_records(entry, fields[field], text) for text in entry.texts(operator))
            value = tuple(sorted(set(chain.from_iterable(read))))
        else:
            value = entry.truth(operator) if operator is Operator.IN_FORCE else entry.integer(operator)
        conditions.append(Condition(field, operator, value))
        entry.finish()
    return tuple(sorted(conditions, key=lambda each: (each.field, each.operator, canonical(each.value))))


def _as_in_records(entry: Table, columns: Sequence[Column], text: str) -> list[str]:
    """Return what records hold where a file says this text; raises Invalid where no file can say it."""
    for column in columns:
        try:
            value = column.parse(text)
        except Invalid:
            continue
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]
    raise Invalid("model_condition_value", place=entry.place, field_name=columns[0].field, value=text)


def _window(table: Table) -> int:
    days = table.integer("window_days")
    if days < 1:
        raise Invalid("model_window_empty", place=table.place, days=days)
    return days
