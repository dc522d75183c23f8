"""Files on their way in: read whole, good rows and bad ones, before anything is asked of the database."""

import hashlib
import io

import pytest

from ledger.errors import Refusal
from scoring.files import PROGRESS_ROWS, FileRead, read_file
from scoring.formats import FORMATS
from tests import bureau_files as files
from tests.bureau_files import TODAY, csv_bytes

ROWS = [files.penalty(1, "罚1", "2026-01-05"), files.penalty(2, "罚2", "2026-02-30")]


def read(data: bytes, source: str = "样例来源", name: str = "penalty.csv") -> FileRead:
    return read_file(FORMATS["penalty"], source, name, io.BytesIO(data), TODAY)


def test_a_file_is_its_good_rows_its_bad_rows_and_its_digest() -> None:
    data = csv_bytes(ROWS)
    found = read(data, source=" 样例来源 ", name="folder/penalty.csv")
    assert ([row.line for row in found.parsed], [row.source.line for row in found.refused]) == ([2], [3])
    assert (found.name, found.source) == ("penalty.csv", "样例来源")
    assert found.sha256 == hashlib.sha256(data).hexdigest()


def test_progress_is_told_row_by_thousand_and_at_the_end() -> None:
    rows = [files.penalty(1, f"罚{number}", "2026-01-05") for number in range(2 * PROGRESS_ROWS + 1)]
    told: list[int] = []
    read_file(FORMATS["penalty"], "样例来源", "a.csv", io.BytesIO(csv_bytes(rows)), TODAY, told.append)
    assert told == [PROGRESS_ROWS, 2 * PROGRESS_ROWS, 2 * PROGRESS_ROWS + 1]


@pytest.mark.parametrize(
    ("code", "source", "name"),
    [
        ("source_missing", "", "penalty.csv"),
        ("source_missing", " \t", "penalty.csv"),
        ("text_control_character", "样例\x00来源", "penalty.csv"),
        ("text_too_long", "长" * 201, "penalty.csv"),
        ("text_control_character", "样例来源", "penalty\ud800.csv"),
        ("text_too_long", "样例来源", "长" * 201 + ".csv"),
        ("file_type_unknown", "样例来源", "penalty.pdf"),
        ("file_type_unknown", "样例来源", "penalty"),
    ],
)
def test_a_file_whose_source_or_name_cannot_be_kept_is_refused(code: str, source: str, name: str) -> None:
    with pytest.raises(Refusal, match=f"^{code}"):
        read(csv_bytes(ROWS), source, name)
