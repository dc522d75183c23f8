"""The second inspector of a team confirms what the first one recorded, or disputes it (两人确认)."""

from datetime import datetime

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Conflict, Forbidden, Invalid
from ledger.log import NewEntry
from sampling import campaigns, findings, inbox
from sampling.entry_kinds import TEAM_CONFIRMED
from sampling.findings import Finding
from sampling.inbox import Recipient
from sampling.tables import FINDING_CONFIRMATION
from sampling.visits.accounts import LONGEST_FACTS
from sampling.visits.positions import assigned_position, confirmation_keys, hold_position, review_key, team_of
from scoring.fields import lines_up_to


def confirm_finding(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    code: str,
    agree: bool,
    note: str = "",
    version: int | None = None,
) -> Finding:
    """Confirm a recorded finding as another inspector of its team, or dispute it: then it is recorded anew.

    With a version, only that one. Raises Forbidden: finding_not_assigned, confirmation_of_own_finding; Missing
    ("finding_missing"); Conflict: finding_stands, finding_changed; Invalid("dispute_without_note"), and what is wrong
    with the note's text.
    """
    actor.require(Role.INSPECTOR)
    found = campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    position = assigned_position(tx, actor, identifier, code)
    stands = findings.of_enterprise(tx, identifier, code)
    if stands.state != "recorded":
        raise Conflict("finding_stands", enterprise=code, state=stands.state)
    findings.require_read(stands, version)
    if actor.subject == stands.recorded_by:
        raise Forbidden("confirmation_of_own_finding", enterprise=code)
    if not agree and not note.strip():
        raise Invalid("dispute_without_note", field="note")
    note = str(lines_up_to(LONGEST_FACTS)(note))
    row = {
        "campaign": identifier,
        "position": position,
        "version": stands.version,
        "agreed": int(agree),
        "note": note,
        "confirmed_by": actor.subject,
    }
    told: dict[str, JSON] = {"enterprise": code}
    others = team_of(tx, identifier, position) - {stands.recorded_by}
    inbox.settle(tx, confirmation_keys(identifier, position, stands.version, len(others)))
    if agree:
        lead, once = Recipient.all_of(Role.PLANNER, found.plan.lead), review_key(identifier, position, stands.version)
        inbox.tell(tx, now, lead, "finding_to_review", told, identifier, once=once)
    else:
        told["note"] = note
        inbox.tell(tx, now, Recipient.person(stands.recorded_by), "finding_disputed", told, identifier)
    sealed = documents.seal(tx, "confirmation", {"campaign": identifier}, [(FINDING_CONFIRMATION, [row])])
    log.append(tx, now, [NewEntry(TEAM_CONFIRMED, identifier, {"confirmation": sealed})])
    return findings.newest_at(tx, identifier, position)
