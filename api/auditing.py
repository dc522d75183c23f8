"""The audit of the whole bureau: the ledger's own, over the rows that every package binds."""

from collections.abc import Callable
from typing import Final

from api.bureau import Bureau
from ledger import audit, cosignatures, expiry, hold, log
from ledger.actors import Actor, Role
from ledger.audit import Check, Fault
from ledger.entries import EXPIRED
from ledger.timestamps import timestamp_check
from sampling import attesting, campaigns
from sampling.exchange import receipts
from sampling.publication import finding_texts, publications
from sampling.tables import BINDINGS as SAMPLING_BINDINGS
from sampling.users import auditing as users
from scoring import enterprise_texts, former_codes, projections, readings, shared_parties
from scoring.tables import BINDINGS as SCORING_BINDINGS
from scoring.warnings import sealing

BINDINGS: Final = (*SCORING_BINDINGS, *SAMPLING_BINDINGS)
CHECKS: Final = (
    projections.audit_enterprises,
    projections.audit_former_names,
    former_codes.audit_former_codes,
    shared_parties.audit_ties,
    enterprise_texts.audit_texts,
    readings.audit_readings,
    sealing.audit_steps,
    receipts.audit_receipts,
    campaigns.audit_states,
    attesting.audit_attestations,
    publications.audit_publications,
    finding_texts.audit_finding_texts,
    users.audit_credentials,
    cosignatures.audit_cosignatures,
    expiry.audit_expiries,
    hold.audit_holds,
)


def audit_bureau(
    bureau: Bureau, actor: Actor, report: Callable[[int, int], None] = lambda done, total: None
) -> list[Fault]:
    """Compare the whole database with the log, in one snapshot; no faults is sound. `report` is told how far it is."""
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    with bureau.read() as tx:
        return audit.audit(tx, bureau.signed_by(tx), BINDINGS, (*CHECKS, *_timestamp_checks(bureau)), report)


def count_expired(bureau: Bureau) -> int:
    """Return how many documents are gone because they have expired, and not lost; public."""
    with bureau.read() as tx:
        return len(log.of_kind(tx, EXPIRED))


def _timestamp_checks(bureau: Bureau) -> list[Check]:
    """Time-stamps prove something only under pinned certificates."""
    return [timestamp_check(bureau.timestamp_certificates)] if bureau.timestamp_certificates else []
