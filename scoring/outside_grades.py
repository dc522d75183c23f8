"""Grades of other systems, such as the provincial one: as secret as our own, and only read here.

They are kept apart from the records, so that nothing that reads records can tell one. Every reading leaves its record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import TypeAlias

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Invalid
from ledger.log import NewEntry
from scoring import held
from scoring.chunks import Chunk
from scoring.enterprises import codes_of
from scoring.entry_kinds import IMPORTED
from scoring.files import FileRead, ImportRefused, ImportReport
from scoring.grades import NOTICE, record_reading
from scoring.refusals import Refusals
from scoring.registers import batch_row
from scoring.seen import Said
from scoring.tables import BATCH, OUTSIDE_GRADE

Key: TypeAlias = tuple[str, str, str]
"""Enterprise, system and day."""

IMPORTERS = (Role.ANALYST, Role.ADMINISTRATOR)
OUTSIDE = "outside"
"""What stands for the run in the record of a reading."""


@dataclass(frozen=True)
class OutsideGrade:
    """What another system said of an enterprise, and when; `notice` goes wherever the grade is shown."""

    enterprise: str
    system: str
    grade: str
    date: date
    notice: str = NOTICE


def take_in(tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool) -> ImportReport:
    """Take a file of another system's grades in, in one batch and one entry, even where none of its rows is new.

    What a later file says of an enterprise and a day supersedes what was said before. Enterprises need not be
    registered. Raises ImportRefused where `strict` and a row is bad; the caller's transaction ends with it.
    """
    actor.require(*IMPORTERS)
    log.moment(tx, now)  # two imports at once would both find the same grade missing
    going = _Import(tx, file)
    for chunk in file.parsed.chunks():
        going.take(chunk)
    report = going.report()
    if strict and report.refused:
        raise ImportRefused(file.name, report.refused)
    going.sealing.rows(BATCH).add([batch_row(file, report)])
    sealed = going.sealing.seal({"by": actor.subject, "source": file.format.source_digest})
    log.append(tx, now, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": file.format.kind})])
    return replace(report, batch=sealed.id)


def read(tx: Connection, actor: Actor, now: datetime, code: str, purpose: str) -> list[OutsideGrade]:
    """Return what each system said of an enterprise last, and record that the actor read it, why and when.

    What was said of it under a code that it had before counts as well.
    """
    actor.require(Role.ANALYST, Role.AUDITOR)
    codes = codes_of(tx, code)
    record_reading(tx, actor, now, OUTSIDE, codes[0], purpose)
    newest = {system: (day, said) for _, system, day, said in sorted(_said_of(tx, codes), key=itemgetter(2))}
    return [
        OutsideGrade(codes[0], system, said, date.fromisoformat(day)) for system, (day, said) in sorted(newest.items())
    ]


class _Import:
    """One file on its way in."""

    def __init__(self, tx: Connection, file: FileRead) -> None:
        self.sealing = documents.Sealing(tx, "batch")
        self._new = self._same = self._superseding = 0
        self._tx = tx
        self._file = file
        self._refusals = Refusals(file)
        self._said: Said[str] = Said()

    def take(self, chunk: Chunk) -> None:
        """Take some rows in."""
        self._refusals.begin(chunk)
        enterprises, systems, dates, grades = (
            list(map(str, chunk.fields[field])) for field in ("enterprise", "system", "date", "grade")
        )
        keys = list(zip(enterprises, systems, dates, strict=True))
        held_grades = _held(self._tx, sorted({code for code, _, _ in keys}))
        said = self._said.find("\x1f".join(key) for key in keys)
        first, new = [], []
        for line, key, grade in zip(chunk.lines, keys, grades, strict=True):
            name = "\x1f".join(key)
            if (earlier := said.get(name)) is not None and earlier[0] != grade:
                self._refusals.add(line, Invalid("row_contradicts", first=earlier[1]), key[0])
                continue
            if earlier is not None or held_grades.get(key) == grade:
                self._same += 1
            else:
                self._superseding += key in held_grades
                self._new += key not in held_grades
                new.append((key[0], key[1], grade, key[2]))
            if earlier is None:
                said[name] = (grade, line)
                first.append((name, grade, line))
        self._said.add(first)
        self.sealing.rows(OUTSIDE_GRADE).add_stored(new)

    def report(self) -> ImportReport:
        """Return what the import did."""
        read = len(self._file.parsed) + len(self._file.refused)
        kind, name = self._file.format.kind, self._file.name
        counts = (read, self._new, self._same, self._superseding)
        return ImportReport(kind, name, None, *counts, self._refusals.rows())


def _held(tx: Connection, codes: Sequence[str]) -> dict[Key, str]:
    """Return what is held of some enterprises; of one day's, what was said last."""
    return {(code, system, day): said for code, system, day, said in _said_of(tx, codes)}


def _said_of(tx: Connection, codes: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Return all that was said of some enterprises: enterprise, system, day, grade, in the order of the log."""
    columns = "document, line, enterprise, system, date, grade"
    rows = [tuple(row) for row in held.ask(tx, columns, "outside_grade WHERE enterprise", codes)]
    places = held.places(tx, {row[0] for row in rows})
    rows.sort(key=lambda row: (places.get(row[0], -1), row[1]))
    return [row[2:] for row in rows]
