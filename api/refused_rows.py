"""Refused rows of files with their words, to be shown or handed back."""

from collections.abc import Iterable, Iterator, Mapping

from ledger.canonical import JSON
from schema.words import Language, say_code
from scoring.columns import Format, RefusedRow
from scoring.refused import write_refused


def refused_file(form: Format, rows: Iterable[RefusedRow], language: Language) -> bytes:
    """Return the CSV file that hands refused rows back, each with what is wrong and what to do."""

    def words(code: str, parameters: Mapping[str, JSON]) -> tuple[str, str]:
        said = say_code(code, parameters, language)
        return said.message, said.remedy

    return b"".join(write_refused(form.headers.known, rows, words, form.layout.delimiter))


def faults_json(rows: Iterable[RefusedRow], language: Language) -> Iterator[dict[str, JSON]]:
    """Give each fault with its place: file, line, column (none for the whole row), value, code and words."""
    for row in rows:
        for fault in row.faults:
            words = say_code(fault.code, fault.parameters, language)
            yield {
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "value": fault.value,
                "code": fault.code,
                "message": words.message,
                "remedy": words.remedy,
            }
