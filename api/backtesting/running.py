"""A backtest from a file to its results, in a bureau of its own."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from api.backtesting.bureau import adopt_model, opened, take_in
from api.backtesting.inspection_rows import InspectionFile, read_inspections
from api.backtesting.mapping import TARGET, bureau_files
from api.backtesting.rolling import Backtest, backtest
from api.settings import Settings
from ledger.errors import Invalid
from scoring.evaluation.histories import history
from scoring.evaluation.reading import read_period
from scoring.files import ImportReport
from scoring.learning.gathering import examples_of

Report = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Ran:
    """What came in, which columns of the file were not read, and how the model did."""

    reports: tuple[ImportReport, ...]
    unread: tuple[str, ...]
    enterprises: int
    result: Backtest


def run_backtest(settings: Settings, path: Path, most: int | None, told: Report = lambda done, total: None) -> Ran:
    """Take a file's inspections in and test the model on the file's own days, on the last `most` periods or on all.

    The same file again changes nothing in the bureau. Raises what the modules of this package raise.
    """
    file = inspections_of(path)
    first, last = file.rows[0].day, file.rows[-1].day
    with opened(settings) as bureau:
        reports = tuple(take_in(bureau, each) for each in bureau_files(file.rows))
        model = adopt_model(bureau)
        with bureau.read() as tx:
            sample = read_period(tx, first, last)
            known = history(tx, model, sample.visits)
    examples = examples_of(model, sample, known.values, known.in_scope, TARGET)
    result = backtest(model, examples, most, told)
    return Ran(reports, file.unread, len({row.licence for row in file.rows}), result)


def inspections_of(path: Path) -> InspectionFile:
    """Read a file of CSV, plain or by gzip; raises what `read_inspections` raises, and Invalid("backtest_no_text")."""
    try:
        with _lines(path) as lines:
            return read_inspections(lines)
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError):
        raise Invalid("backtest_no_text", file=path.name) from None


@contextmanager
def _lines(path: Path) -> Iterator[TextIOWrapper]:
    if path.name.endswith(".gz"):
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
            yield stream
    else:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
