"""How long scoring's documents are kept, and what of them is still needed."""

from sqlalchemy import Connection, select

from ledger.bindings import BoundTable
from ledger.errors import Conflict
from ledger.retention import Bound
from scoring import grades
from scoring.kept_apart import named
from scoring.registers import latest_documents
from scoring.tables import DEPARTMENT, DIVISION, kept_apart, let_in, record, sighting
from scoring.warnings import sealing

YEARS = {"batch": 10, "grades": 5, "design": 10, "warnings": 5, "warning_steps": 5}
"""Whole years, by kind of document. Public; settings lengthen them. Models and judgements stay."""

STAYING = ("registration", "change")


def refuse_needed(tx: Connection, bound: Bound) -> None:
    """Refuse what the register and the grades in force rest on, and warnings that are open.

    Registrations and changes of codes stay: every later frame and pool is proved from all of them. What corrected or
    revoked a record stays as long as that: without it, the record would hold again. So does what let in records that
    were kept apart, which would come in again. Raises Conflict: expiry_of_registrations, expiry_of_register,
    expiry_of_correction, expiry_of_release, expiry_of_grades, and what `warnings.sealing` raises.
    """
    sealing.refuse_needed(tx, bound)
    if bound.kind == "batch":
        if bound.entry.body["kind"] in STAYING:
            raise Conflict("expiry_of_registrations", document=bound.id)
        for register in (DEPARTMENT, DIVISION):
            refuse_register(tx, bound, register)
        _refuse_correction(tx, bound)
        _refuse_release(tx, bound)
    elif bound.kind == "grades" and bound.id in {run.document for run in grades.chain(tx, grades.latest_run(tx))}:
        raise Conflict("expiry_of_grades", document=bound.id)


def refuse_register(tx: Connection, bound: Bound, register: BoundTable) -> None:
    """Raise Conflict("expiry_of_register") where a document holds what a register says now."""
    if bound.id in latest_documents(tx, register):
        raise Conflict("expiry_of_register", document=bound.id)


def _refuse_correction(tx: Connection, bound: Bound) -> None:
    earlier = record.alias("earlier")
    superseded = (earlier.c.identity == record.c.identity) & (earlier.c.version < record.c.version)
    query = select(earlier.c.document).join(record, superseded)
    query = query.where(record.c.document == bound.id, record.c.version > 1)
    found = tx.execute(query.limit(1)).scalar()
    if found is not None:
        raise Conflict("expiry_of_correction", document=bound.id, earlier=found)


def _refuse_release(tx: Connection, bound: Bound) -> None:
    by_name = (let_in.c.kept == kept_apart.c.document) & (let_in.c.place == kept_apart.c.line)
    of_source = (sighting.c.identity == kept_apart.c.identity) & (sighting.c.source == kept_apart.c.source)
    for table, lets_in in (
        (let_in, by_name),
        (sighting, of_source & ~named()),  # rows that no batch names, as earlier versions let them in
        (record, (record.c.identity == kept_apart.c.identity) & ~named()),
    ):
        query = select(kept_apart.c.document).select_from(kept_apart).join(table, lets_in)
        query = query.where(table.c.document == bound.id, kept_apart.c.document != bound.id)
        found = tx.execute(query.limit(1)).scalar()
        if found is not None:
            raise Conflict("expiry_of_release", document=bound.id, earlier=found)
