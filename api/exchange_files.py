"""The files of deliveries: CSV, and workbooks of texts in which nothing is a formula or a link."""

from collections.abc import Sequence
from typing import Final

from api.printing.xlsx import Sheet, workbook_of
from sampling.exchange.exporting import CSV, Writers


def write_workbook(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return an XLSX file of one sheet; the same contents, the same bytes."""
    return workbook_of(Sheet("报送", headers, rows))


WRITERS: Final[Writers] = {**CSV, "xlsx": write_workbook}
