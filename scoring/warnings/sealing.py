"""Steps of warnings, sealed run by run: one entry for each run tells neither when anything was done nor whether.

An entry for each step would tell that there are warnings, and beside that of a special check from which it came.
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, select

from ledger import documents, log
from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.canonical import canonical
from ledger.documents import Sealed
from ledger.errors import Conflict
from ledger.retention import Bound
from scoring.warnings.kinds import OPEN
from scoring.warnings.states import state_column, with_states
from scoring.warnings.tables import WARNING_STEP_SEAL, warning, warning_step, warning_step_seal

STEP_TAG: Final = b"qian/warning/step/v1"


def seal_steps(tx: Connection) -> Sealed:
    """Seal the steps that no run has sealed yet; the caller holds the log's lock and appends the entry."""
    seals = ({"step": row["id"], "sha256": _sha256(row)} for row in _rows(tx, warning_step.c.id > _last_sealed(tx)))
    return documents.seal(tx, "warning_steps", {}, [(WARNING_STEP_SEAL, seals)])


def audit_steps(tx: Connection) -> Iterator[Fault]:
    """Check that the steps up to the last sealed one are those that were sealed (a check for `ledger.audit`)."""
    last = _last_sealed(tx)
    sealed: dict[int, str] = dict(tx.execute(select(warning_step_seal.c.step, warning_step_seal.c.sha256)).all())
    for row in _rows(tx):
        key = f"id={row['id']}"
        expected = sealed.pop(row["id"], None)
        if expected is None:
            if row["id"] <= last:
                yield Fault(warning_step.name, key, "row_added")
        elif expected != _sha256(row):
            yield Fault(warning_step.name, key, "row_changed")
    for step in sealed:
        yield Fault(warning_step.name, f"id={step}", "row_lost")


def refuse_needed(tx: Connection, bound: Bound) -> None:
    """Refuse warnings that are open, and steps of warnings that are kept: without them these would be new again.

    Raises Conflict: expiry_of_open_warnings, expiry_of_warning_steps.
    """
    if bound.kind == "warnings":
        query = with_states(select(warning.c.reference)).where(warning.c.document == bound.id)
        if tx.execute(query.where(state_column().in_(OPEN)).limit(1)).first() is not None:
            raise Conflict("expiry_of_open_warnings", document=bound.id)
    elif bound.kind == "warning_steps":
        same = warning.c.reference == warning_step.c.warning
        query = select(warning.c.reference).join(warning_step, same)
        query = query.where(warning_step.c.id.in_(_sealed_by(bound)))
        if tx.execute(query.limit(1)).first() is not None:
            raise Conflict("expiry_of_warning_steps", document=bound.id)


def forget_steps(tx: Connection, bound: Bound) -> None:
    """Remove the steps that an expired document has sealed."""
    if bound.kind == "warning_steps":
        tx.execute(warning_step.delete().where(warning_step.c.id.in_(_sealed_by(bound))))


def _sealed_by(bound: Bound) -> Any:
    return select(warning_step_seal.c.step).where(warning_step_seal.c.document == bound.id)


def _last_sealed(tx: Connection) -> int:
    return int(tx.execute(select(func.coalesce(func.max(warning_step_seal.c.step), 0))).scalar_one())


def _rows(tx: Connection, *conditions: Any) -> Iterator[RowMapping]:
    query = select(*raw_columns(warning_step.columns)).where(*conditions).order_by(warning_step.c.id)
    yield from tx.execute(query.execution_options(yield_per=log.ROWS_AT_ONCE)).mappings()


def _sha256(row: RowMapping) -> str:
    return hashlib.sha256(STEP_TAG + canonical({str(name): row[name] for name in row})).hexdigest()
