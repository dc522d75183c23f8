"""Use case: data upward, for the province to build its model on. It is as secret as a grade, and its reading recorded.

The log commits to the SHA-256 of every file, so that nobody can deny what was handed over, nor pass off another file.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from ledger import documents, jobs, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Forbidden, Invalid
from ledger.jobs import Job
from ledger.keys import Secret
from ledger.log import NewEntry
from scoring import models
from scoring.entry_kinds import DATA_EXPORTED
from scoring.grades import checked_purpose, record_reading
from scoring.provincial.packing import ExportedFile, packed
from scoring.provincial.pseudonyms import Pseudonyms
from scoring.provincial.reading import read_contents
from scoring.tables import EXPORTED_FILE

EXPORT_TRAINING_DATA = "export_training_data"


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: visits from `since` to `until`, with the indicators of a held model."""

    model: str
    version: str
    since: date
    until: date
    with_enterprises: bool = False

    def document(self) -> dict[str, JSON]:
        """Return it as a job's parameters have it."""
        return {**vars(self), "since": self.since.isoformat(), "until": self.until.isoformat()}


@dataclass(frozen=True)
class Export:
    """An export: its document's id, its files, and how many visits they tell of."""

    id: str
    visits: int
    files: tuple[ExportedFile, ...]


@dataclass(frozen=True)
class Withheld:
    """Files that are made and not yet handed over."""

    _wanted: Wanted
    _visits: int
    _files: tuple[ExportedFile, ...] = field(repr=False)
    _actor: Actor
    _purpose: str

    def hand_over(self, tx: Connection, now: datetime) -> Export:
        """Seal what they are, record the reading, and return them."""
        content: dict[str, JSON] = {
            "by": self._actor.subject,
            "model": [self._wanted.model, self._wanted.version],
            "since": self._wanted.since.isoformat(),
            "until": self._wanted.until.isoformat(),
        }
        rows = [{"name": each.name, "sha256": each.sha256, "rows": each.rows} for each in self._files]
        sealed = documents.seal(tx, "export", content, [(EXPORTED_FILE, rows)])
        record_reading(tx, self._actor, now, sealed.id, None, self._purpose)
        log.append(tx, now, [NewEntry(DATA_EXPORTED, sealed.id, {"export": sealed})])
        return Export(sealed.id, self._visits, self._files)


def prepare_export(
    tx: Connection, actor: Actor, now: datetime, wanted: Wanted, purpose: str, pseudonym_key: Secret
) -> Withheld:
    """Make the files of an export; raises what `check_wanted` raises, and Conflict("provincial_no_visits")."""
    purpose = check_wanted(tx, actor, now, wanted, purpose)
    model = models.read(tx, actor, wanted.model, wanted.version).model
    contents = read_contents(tx, model, wanted.since, wanted.until, civil_date(now), wanted.with_enterprises)
    if not contents.sample.visits:
        left_out = sum(contents.sample.left_out.values())
        raise Conflict("provincial_no_visits", since=wanted.since, until=wanted.until, left_out=left_out)
    files = tuple(packed(contents, Pseudonyms(pseudonym_key)))
    return Withheld(wanted, len(contents.sample.visits), files, actor, purpose)


def request_export(tx: Connection, actor: Actor, now: datetime, wanted: Wanted, purpose: str) -> Job:
    """Ask for an export, whose files the job leaves; raises what `check_wanted` raises."""
    purpose = check_wanted(tx, actor, now, wanted, purpose)
    parameters: dict[str, JSON] = {**wanted.document(), "purpose": purpose}
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, EXPORT_TRAINING_DATA, parameters))


def check_wanted(tx: Connection, actor: Actor, now: datetime, wanted: Wanted, purpose: str) -> str:
    """Return the purpose as it is recorded.

    Raises Forbidden: role_not_allowed, export_of_department; Invalid: purpose_missing, provincial_span;
    Missing("model_version_missing").
    """
    actor.require(Role.ANALYST)
    if actor.department is not None:
        raise Forbidden("export_of_department", department=actor.department)
    purpose = checked_purpose(purpose)
    models.read(tx, actor, wanted.model, wanted.version)
    if wanted.until < wanted.since or wanted.since > civil_date(now):
        raise Invalid("provincial_span", field="until", since=wanted.since, until=wanted.until)
    return purpose
