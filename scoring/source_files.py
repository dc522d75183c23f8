"""The part `[file]` of a source's document: how its files are written.

encoding    utf-8, gb18030, or auto: as the header is (CSV; JSON Lines and workbooks say it themselves)
delimiter   between the cells of a CSV file: "," (default), ";", "|" or a tab
sheet       the sheet of a workbook that has several
form        csv, xlsx or jsonl: what a file is whose name does not end so
dates       the forms of its dates beside YYYY-MM-DD (`scoring.date_formats`); none: the usual ones
ignored     columns that are not taken
"""

from ledger.errors import Invalid
from scoring.columns import Format
from scoring.date_formats import date_pattern
from scoring.fields import DATE_FORMATS
from scoring.rows import AUTO, ENCODINGS, GB18030, UTF8, Layout
from scoring.tabular import READERS
from scoring.toml_tables import Table

DELIMITERS = (",", ";", "|", "\t")
ISO_DATE = "YYYY-MM-DD"


def read_layout(table: Table) -> tuple[Layout, tuple[str, ...], tuple[str, ...]]:
    """Return how files are written, the forms of their dates, and the columns that are ignored.

    Raises Invalid `source_choice_unknown`, `source_date_format` and as the reader.
    """
    dates = table.ordered_texts("dates") if table.has("dates") else None
    for form in dates or ():
        try:
            date_pattern(form)
        except ValueError:
            raise Invalid("source_date_format", place=f"{table.place}.dates", value=form) from None
    endings = tuple(ending.removeprefix(".") for ending in READERS)
    layout = Layout(
        encoding=_one_of(table, "encoding", ENCODINGS) if table.has("encoding") else AUTO,
        delimiter=_one_of(table, "delimiter", DELIMITERS) if table.has("delimiter") else ",",
        sheet=table.text("sheet") if table.has("sheet") else None,
        form="." + _one_of(table, "form", endings) if table.has("form") else None,
    )
    ignored = table.ordered_texts("ignored") if table.has("ignored") else ()
    table.finish()
    return layout, DATE_FORMATS if dates is None else (ISO_DATE, *dates), ignored


def check_encoding(form: Format) -> None:
    """Raise Invalid("source_encoding_unclear") where `auto` could take a file in GB18030 for one in UTF-8."""
    if form.layout.encoding != AUTO:
        return
    required = [
        (column.header, *column.others) for column in form.columns if column.required and column.template is None
    ]
    if not any(all(_is_unlike_utf8(header) for header in headers) for headers in required):
        raise Invalid("source_encoding_unclear", place="file", known=f"{UTF8}、{GB18030}")


def _is_unlike_utf8(header: str) -> bool:
    try:
        header.encode(GB18030).decode(UTF8)
    except UnicodeDecodeError:
        return True
    return False


def _one_of(table: Table, key: str, known: tuple[str, ...]) -> str:
    value = table.plain(key)
    if value not in known:
        raise Invalid("source_choice_unknown", place=f"{table.place}.{key}", value=value, known=list(map(repr, known)))
    return value
