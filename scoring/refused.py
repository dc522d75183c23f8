"""The refused rows of a file, handed back as a CSV file to be corrected."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.canonical import JSON
from scoring.columns import RefusedRow
from scoring.formula_cells import neutral
from scoring.rows import ADDED_HEADERS, RowFault

Words = Callable[[str, Mapping[str, JSON]], tuple[str, str]]
"""Gives what is wrong and what to do, for a code and its parameters."""


def write_refused(
    headers: Iterable[str], rows: Iterable[RefusedRow], words: Words, delimiter: str = ","
) -> Iterator[bytes]:
    """Give the file piece by piece, in UTF-8 with a byte order mark, so that its source reads it again.

    Each refused row stands once: its cells under `headers`, its line, and its faults, one on each line of the last
    four cells. A cell that a spreadsheet would take for a formula gets an apostrophe before it, which is
    no part of it when the file is read again.
    """
    columns = tuple(headers)
    yield b"\xef\xbb\xbf" + _line((*columns, *ADDED_HEADERS), delimiter)
    for row in rows:
        source = row.source
        cells = [source.values.get(header, "") for header in columns]
        told = [_told(fault, words) for fault in row.faults]
        yield _line((*cells, str(source.line), *("\n".join(parts) for parts in zip(*told, strict=True))), delimiter)


def _told(fault: RowFault, words: Words) -> tuple[str, str, str, str]:
    reason, remedy = words(fault.code, fault.parameters)
    return fault.column or "", " ".join(fault.value.split()), reason, remedy


def _line(cells: Iterable[str], delimiter: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerow([neutral(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8")
