"""Intake (归集): records of enterprises go in once, whatever the number of files and sources that tell of them.

A file goes in as a whole, in one batch and one entry of the log, or not at all; what it says of enterprises that are
not in the register is kept apart, and goes in with the file that registers them. So a file that was cut off leaves
nothing, and one that is handed in again says nothing new.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON, canonical
from ledger.errors import Forbidden, Invalid
from ledger.keys import Secret
from ledger.log import NewEntry
from ledger.long_work import ahead
from scoring import former_codes, kept_apart, projections
from scoring.chunks import Chunk
from scoring.columns import Format
from scoring.drafts import CHANGE, OBSERVATIONAL, REGISTRATION, Draft, Drafts, drafts_of, identity_of
from scoring.entry_kinds import IMPORTED
from scoring.files import FileRead, ImportRefused, ImportReport
from scoring.held import known_codes
from scoring.refusals import Refusals
from scoring.registers import batch_row
from scoring.tables import BATCH
from scoring.taking import Taking

IMPORTERS = (Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR)


def take_in(
    tx: Connection, actor: Actor, now: datetime, file: FileRead, strict: bool, pseudonym_key: Secret
) -> ImportReport:
    """Take a file of records in, in one batch and one entry of the log, which count its rows even where none is new.

    What is held already changes nothing. A row that contradicts another row of its file is refused, and so is a
    revocation of what is not held, and a change of code that leads back to itself or elsewhere than an earlier one.
    Raises ImportRefused where `strict` and a row is bad, or its enterprise unknown; the caller's transaction ends with
    it, so that nothing goes in.
    """
    require_importer(actor, file.format)
    log.moment(tx, now)  # two imports at once would both find the same record missing
    if strict and file.refused:
        raise ImportRefused(file.name, file.refused)
    going = _Import(tx, actor, file, strict)
    kind = file.format.kind
    for chunk, drafts in ahead((each, drafts_of(kind, each, pseudonym_key)) for each in file.parsed.chunks()):
        going.take(chunk, drafts)
    report = going.report()
    if strict and report.refused:
        raise ImportRefused(file.name, report.refused)
    entry = going.seal(report)
    released = [] if not going.registers else kept_apart.release(tx, actor)
    log.append(tx, now, [entry, *released])
    return replace(going.report(entry.subject), released=tuple(each.subject for each in released))


def take_in_inspections(
    tx: Connection, actor: Actor, source: str, inspections: Sequence[Mapping[str, Any]]
) -> NewEntry:
    """Take published findings in as records of kind "inspection"; the caller appends the entry with its own.

    Each has enterprise, date, body, number and content, as imported inspections have. They are told by the identities
    that their own codes give, for that is what a finding's deliveries refer to.
    """
    sealing = documents.Sealing(tx, "batch")
    drafts = [
        Draft(
            identity_of("inspection", each["enterprise"], each["body"], each["number"]),
            each["enterprise"],
            "inspection",
            each["date"].isoformat(),
            each["body"],
            each["number"],
            canonical(each["content"]).decode(),
            0,
            each["body"],
        )
        for each in inspections
    ]
    taking = Taking(tx, sealing, source, "inspection", _never, under_other_codes=False)
    taking.take(Drafts.of(drafts))
    count = len(drafts)
    counts: dict[str, JSON] = {
        "kind": "inspection",
        "source": source,
        "file": "",
        "sha256": "",
        "rows_read": count,
        "rows_new": taking.new,
        "rows_same": taking.same,
        "rows_superseding": taking.superseding,
        "rows_refused": 0,
    }
    sealing.rows(BATCH).add([counts])
    sealed = sealing.seal({"by": actor.subject, "source": None})
    return NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": "inspection"})


def require_importer(actor: Actor, form: Format) -> None:
    """Raise Forbidden unless the actor may take in records of a source's format: a peer those of its department.

    Raises role_not_allowed, or source_of_others to a peer.
    """
    if actor.role is not Role.PEER or not form.department:
        actor.require(*IMPORTERS)
    elif form.department != actor.department:
        raise Forbidden("source_of_others", department=actor.department)


class _Import:
    """One file on its way in."""

    def __init__(self, tx: Connection, actor: Actor, file: FileRead, strict: bool) -> None:
        self.registers = file.format.kind in (REGISTRATION, CHANGE)
        self._tx = tx
        self._actor = actor
        self._file = file
        self._strict = strict
        self._refusals = Refusals(file)
        self._sealing = documents.Sealing(tx, "batch")
        self._taking = Taking(tx, self._sealing, file.source, file.format.kind, self._refuse)
        self._keeping = kept_apart.Keeping(tx, self._sealing, file.source, self._refuse)

    def take(self, chunk: Chunk, drafts: Drafts) -> None:
        """Take some rows in, or keep them apart."""
        self._refusals.begin(chunk)
        if self._file.format.kind != REGISTRATION:
            codes = set(drafts.enterprises)
            known = known_codes(self._tx, codes)
            if len(known) < len(codes):
                self._keep([each for each in drafts if each.enterprise not in known])
                drafts = Drafts.of([each for each in drafts if each.enterprise in known])
        if self._file.format.kind == CHANGE:
            drafts = former_codes.admit(self._tx, drafts, self._refuse)
        projections.project(self._tx, self._taking.take(drafts), self._sealing.id)

    def report(self, batch: str | None = None) -> ImportReport:
        """Return what the import did so far, and the document that binds it."""
        read = len(self._file.parsed) + len(self._file.refused)
        return ImportReport(
            self._file.format.kind,
            self._file.name,
            batch,
            read,
            self._taking.new,
            self._taking.same + self._keeping.same,
            self._taking.superseding,
            self._refusals.rows(),
            self._taking.revoking,
            self._keeping.kept,
        )

    def seal(self, report: ImportReport) -> NewEntry:
        """Seal the batch and return its entry."""
        self._sealing.rows(BATCH).add([batch_row(self._file, report)])
        told: dict[str, JSON] = {"by": self._actor.subject, "source": self._file.format.source_digest}
        if self._file.format.observational:
            told[OBSERVATIONAL] = True
        sealed = self._sealing.seal(told)
        return NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": self._file.format.kind})

    def _keep(self, drafts: Sequence[Draft]) -> None:
        if not self._strict:
            self._keeping.keep(drafts)
            return
        for each in drafts:
            self._refuse(each, Invalid("enterprise_unknown", field="enterprise", enterprise=each.enterprise))

    def _refuse(self, draft: Draft, error: Invalid) -> None:
        self._refusals.add(draft.line, error, draft.enterprise)


def _never(draft: Draft, error: Invalid) -> None:
    raise error
