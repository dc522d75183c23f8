"""The audit of the whole bureau: the ledger's own, over the rows that every package binds."""

from typing import Final

from api.bureau import Bureau
from ledger import audit, cosignatures, expiry, hold, log
from ledger.actors import Actor, Role
from ledger.audit import Check, Fault
from ledger.entries import EXPIRED
from ledger.timestamps import timestamp_check
from sampling import attesting, campaigns
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from scoring import former_codes, projections, readings
from scoring.tables import BINDINGS as SCORING_BINDINGS

BINDINGS: Final = (*SCORING_BINDINGS, *SAMPLING_BINDINGS)
CHECKS: Final = (
    projections.audit_enterprises,
    projections.audit_former_names,
    former_codes.audit_former_codes,
    readings.audit_readings,
    campaigns.audit_states,
    attesting.audit_attestations,
    cosignatures.audit_cosignatures,
    expiry.audit_expiries,
    hold.audit_holds,
)


def audit_bureau(bureau: Bureau, actor: Actor) -> list[Fault]:
    """Compare the whole database with the log, in one snapshot; no faults is sound."""
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    with bureau.read() as tx:
        return audit.audit(tx, bureau.signed_by(tx), BINDINGS, (*CHECKS, *_timestamp_checks(bureau)))


def count_expired(bureau: Bureau) -> int:
    """Return how many documents are gone because they have expired, and not lost; public."""
    with bureau.read() as tx:
        return len(log.of_kind(tx, EXPIRED))


def _timestamp_checks(bureau: Bureau) -> list[Check]:
    """Time-stamps prove something only under pinned certificates."""
    return [timestamp_check(bureau.timestamp_certificates)] if bureau.timestamp_certificates else []
