"""A register of a few enterprises, for the tests of what is done with one."""

from datetime import UTC, date, datetime

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.keys import Secret
from sampling import registers
from scoring import grading, model_steps, models
from scoring.files import FileRead, ImportReport
from scoring.grades import GradeRun
from tests import bureau_files as files
from tests.bureau_files import file_of

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 22)
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
ANALYST = Actor("analyst", Role.ANALYST)
AUDITOR = Actor("auditor", Role.AUDITOR)
PLANNER = Actor("planner", Role.PLANNER, "ZJ")
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")
KEY = Secret(bytes(range(32)))
REGISTERED = range(1, 6)


def take_in(
    database: Database, file: FileRead, strict: bool = False, actor: Actor = ADMINISTRATOR, key: Secret = KEY
) -> ImportReport:
    with database.write() as tx:
        return registers.take_in(tx, actor, NOW, file, strict, key)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    """Rows read, new, same, superseding, refused."""
    return report.read, report.new, report.same, report.superseding, len(report.refused)


def registrations(*numbers: int) -> FileRead:
    return file_of("registration", [files.registration(number) for number in numbers])


def adopt(database: Database) -> None:
    """Put the example model in force."""
    with database.write() as tx:
        model_steps.adopt_first(tx, ADMINISTRATOR, NOW, models.default_text())


def grade(database: Database) -> GradeRun:
    with database.write() as tx:
        return grading.grade_enterprises(tx, ANALYST, NOW, AS_OF)
