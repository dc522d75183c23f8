"""Tables that arrive as files: one way to read CSV, XLSX and JSON Lines."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.delimited import read_csv
from scoring.json_lines import read_json_lines
from scoring.rows import PLAIN, Columns, Layout, SourceRow
from scoring.spreadsheets import read_xlsx

READERS = {".csv": read_csv, ".xlsx": read_xlsx, ".jsonl": read_json_lines}


def read_rows(name: str, stream: BinaryIO, columns: Columns, layout: Layout = PLAIN) -> Iterator[SourceRow]:
    """Give the rows of a file whose name's ending (.csv, .xlsx, .jsonl), or else its layout, tells its form.

    Faults of the whole file are raised as Invalid when the rows are asked for, at any row: `file_type_unknown` and
    what the readers raise.
    """
    reader = READERS.get(PurePath(name).suffix.lower()) or READERS.get(layout.form or "")
    if reader is None:
        raise Invalid("file_type_unknown", file=name, known=list(READERS))
    return reader(name, stream, columns, layout)
