"""Tables as Parquet and as CSV, which say the same: the same bytes for the same rows. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pyarrow

from scoring.formula_cells import neutral
from scoring.provincial.dictionary import INTEGER, Column

Cell: TypeAlias = int | str | None
_TYPES = {True: pyarrow.int64(), False: pyarrow.string()}


@dataclass(frozen=True)
class Table:
    """A table of what its columns say; a row has a cell for each, None where there is nothing, never ''."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def ordered(name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]) -> Table:
    """Return rows as a table in the order of their cells, so that their places tell nothing of where they come from."""
    cells = [tuple(row[column.name] for column in columns) for row in rows]
    return Table(name, tuple(columns), tuple(sorted(cells, key=_order)))


def parquet(table: Table) -> bytes:
    """Return it as Parquet; each column's field has its title and meaning as metadata."""
    from pyarrow.parquet import write_table  # takes a while to load, which what exports nothing does without

    fields = [
        pyarrow.field(
            each.name,
            _TYPES[each.type == INTEGER],
            nullable=each.optional,
            metadata={
                "title": each.title,
                "title_en": each.title_en,
                "meaning": each.meaning,
                "meaning_en": each.meaning_en,
            },
        )
        for each in table.columns
    ]
    held = [pyarrow.array([row[place] for row in table.rows], field.type) for place, field in enumerate(fields)]
    sink = pyarrow.BufferOutputStream()
    write_table(pyarrow.Table.from_arrays(held, schema=pyarrow.schema(fields)), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def delimited(table: Table) -> bytes:
    """Return it as CSV in UTF-8 with a byte order mark, where nothing is an empty cell.

    A text that a spreadsheet would take for a formula gets an apostrophe.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([neutral(each.name) for each in table.columns])
    writer.writerows([neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows)
    return buffer.getvalue().encode("utf-8-sig")


def _order(row: tuple[Cell, ...]) -> tuple[tuple[bool, int, str], ...]:
    return tuple((cell is not None, cell if isinstance(cell, int) else 0, str(cell)) for cell in row)
