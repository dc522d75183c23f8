"""The part `[fields]` of a source's document: how its columns give the fields of its kind.

A field is a table `[fields.name]` with one of

    columns     the headers that its column may have: a file has one of them
    value       a text that is the same in all files, such as the name of the body (机关)
    template    a text with headers in braces, `{年份}年第{序号}号`

and, where it is needed,

    unit        of an amount that files give: 万元, 元 or 分
    words       a table of the texts that files write for those that the field knows, { "在业" = "存续" }

Beside it, `[bodies]` is a table of the names that files give bodies (机关) for the ones that they are known by.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.columns import Column, Format
from scoring.fields import UNITS, Parser, amount_in_fen, amounts_in, civil_date, dates_in, end_date, ends_in
from scoring.rows import spelling
from scoring.templates import Template
from scoring.toml_tables import Table

WAYS = ("columns", "value", "template")
BODIES = ("body", "revoked_body")
"""The fields that name a body."""

_COMPLAINED_OF = re.compile("被(投诉|举报|投诉举报|申诉|反映)人")


def read_fields(
    table: Table, form: Format, dates: tuple[str, ...], bodies: Mapping[str, str] = {}
) -> tuple[Column, ...]:
    """Return the columns of a source's files in the order of its kind's fields.

    `dates` are the forms of its dates, `bodies` the names that bodies are known by, by those that files give them.

    Raises Invalid `source_field_unknown`, `source_field_missing`, `source_field_ways`, `source_unit_missing`,
    `source_unit_needless`, `source_unit_unknown`, `source_unit_contradicts`, `source_header_twice`,
    `source_template_unreadable`, `source_names_complainant`, what a field's parser refuses in `value`,
    `words` and `bodies`, and as the reader.
    """
    known = [column.field for column in form.columns]
    for name in table.names():
        if name not in known:
            raise Invalid("source_field_unknown", place=table.place, field_name=name, known=list(known))
    if not table.names():
        columns = [replace(column, parse=_parser(column, dates, None)) for column in form.columns]
    else:
        columns = [_column(table, column, dates) for column in form.columns]
    table.finish()
    _refuse_shared_headers(columns, form.ignored)
    _refuse_complainants(columns, form.forbidden)
    if bodies and not any(column.field in BODIES for column in columns):
        raise Invalid("source_field_unknown", place="bodies", field_name=BODIES[0], known=list(known))
    return tuple(
        _of_known_bodies(column, bodies) if bodies and column.field in BODIES else column for column in columns
    )


def _of_known_bodies(column: Column, bodies: Mapping[str, str]) -> Column:
    """Return the column with each body under the name that it is known by, however the one it goes by is spelled."""
    known = {
        _parsed(column.parse, name, "bodies"): _parsed(column.parse, body, "bodies") for name, body in bodies.items()
    }

    def parse(text: str) -> JSON:
        name = column.parse(text)
        return known.get(name, name)

    return replace(column, parse=parse)


def _column(table: Table, known: Column, dates: tuple[str, ...]) -> Column:
    if not table.has(known.field):
        if known.required:
            raise Invalid("source_field_missing", place=table.place, field_name=known.field, title=known.header)
        return replace(known, header="")
    entry = table.table(known.field)
    column = _placed(entry, known)
    parse = _parser(known, dates, _unit(entry, column))
    words = {text.strip(): word for text, word in entry.words("words").items()}
    for word in words.values():
        _parsed(parse, word, f"{entry.place}.words")
    if column.template is not None and not column.template.headers:
        _parsed(parse, column.template.fill({}), f"{entry.place}.value")
    entry.finish()
    return replace(column, parse=(lambda text: parse(words.get(text, text))) if words else parse)


def _placed(entry: Table, known: Column) -> Column:
    """Return the column with what its text is made of."""
    ways = [way for way in WAYS if entry.has(way)]
    if len(ways) != 1:
        raise Invalid("source_field_ways", place=entry.place, count=len(ways), known=list(WAYS))
    if ways == ["columns"]:
        header, *others = entry.ordered_texts("columns")
        return replace(known, header=header, others=tuple(others))
    if ways == ["value"]:
        return replace(known, header="", template=Template.fixed(entry.text("value")))
    text = entry.text("template")
    try:
        template = Template.parse(text)
    except ValueError:
        raise Invalid("source_template_unreadable", place=entry.place, value=text) from None
    if not template.headers:
        raise Invalid("source_template_unreadable", place=entry.place, value=text)
    return replace(known, header=template.headers[0], template=template)


def _unit(entry: Table, column: Column) -> str | None:
    """Return the unit of an amount: it must be said, and must not contradict a header that says it too."""
    if column.parse is not amount_in_fen:
        if entry.has("unit"):
            raise Invalid("source_unit_needless", place=entry.place, field_name=column.field)
        return None
    if not entry.has("unit"):
        raise Invalid("source_unit_missing", place=entry.place, known=list(UNITS))
    unit = entry.text("unit")
    if unit not in UNITS:
        raise Invalid("source_unit_unknown", place=entry.place, unit=unit, known=list(UNITS))
    for header in (*column.headers, *column.others):
        if any(spelling(header).endswith(f"({other})") for other in UNITS if other != unit):
            raise Invalid("source_unit_contradicts", place=entry.place, unit=unit, header=header)
    return unit


def _parser(column: Column, dates: tuple[str, ...], unit: str | None) -> Parser:
    if column.parse is civil_date:
        return dates_in(dates)
    if column.parse is end_date:
        return ends_in(dates)
    return column.parse if unit is None else amounts_in(unit)


def _parsed(parse: Parser, text: str, place: str) -> JSON:
    """Return what a parser gives of a text in the document; its refusal names the place as the field at fault."""
    try:
        return parse(text.strip())
    except Invalid as error:
        raise Invalid(error.code, field=place, **error.parameters) from None


def _refuse_complainants(columns: Sequence[Column], forbidden: Sequence[str]) -> None:
    """No field is made of what would name who complained; of whom, it may."""
    for header in (header for column in columns for header in (*column.headers, *column.others)):
        if any(word in _COMPLAINED_OF.sub("", header) for word in forbidden):
            raise Invalid("source_names_complainant", place="fields", header=header)


def _refuse_shared_headers(columns: Sequence[Column], ignored: Sequence[str]) -> None:
    """A column gives one field, unless templates take it too under the same spelling; what gives one is not ignored."""
    own = [header for column in columns if column.template is None for header in (*column.headers, *column.others)]
    in_templates = {header for column in columns if column.template is not None for header in column.headers}
    spelled: dict[str, str] = {}
    for header in chain(own, ignored, in_templates - set(own)):
        if spelling(header) in spelled:
            raise Invalid("source_header_twice", place="fields", header=header)
        spelled[spelling(header)] = header
