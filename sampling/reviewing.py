"""Reviewing (审核): a person who is not of the team approves a finding, or returns it."""

from datetime import datetime

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Conflict, Forbidden, Invalid
from ledger.log import NewEntry
from sampling import campaigns, inbox
from sampling.entry_kinds import REVIEWED
from sampling.findings import Finding, newest_at, of_enterprise, require_read
from sampling.inbox import Recipient
from sampling.tables import FINDING_REVIEW
from sampling.visits.accounts import LONGEST_FACTS
from sampling.visits.positions import hold_position, review_key, team_of
from scoring.fields import lines_up_to


def review_finding(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    code: str,
    approve: bool,
    note: str,
    version: int | None = None,
) -> Finding:
    """Approve a confirmed finding, or return it with a note to be recorded anew; never by anybody of its team.

    With a version, only that one. Raises Forbidden("review_of_own_finding"), Missing("finding_missing"), Conflict:
    finding_stands, finding_changed, finding_unconfirmed, conflict_open; Invalid("return_without_note"), and what is
    wrong with the note's text.
    """
    actor.require(Role.PLANNER)
    campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    found = of_enterprise(tx, identifier, code)
    if found.state not in ("recorded", "confirmed"):
        raise Conflict("finding_stands", enterprise=code, state=found.state)
    require_read(found, version)
    if actor.subject == found.recorded_by or actor.subject in team_of(tx, identifier, found.position):
        raise Forbidden("review_of_own_finding", enterprise=code)
    if found.state == "recorded" and found.detail is not None:
        raise Conflict("finding_unconfirmed", enterprise=code)
    if found.conflicts:
        raise Conflict("conflict_open", enterprise=code, count=found.conflicts)
    if not approve and not note.strip():
        raise Invalid("return_without_note", field="note")
    note = str(lines_up_to(LONGEST_FACTS)(note))
    row = {
        "campaign": identifier,
        "position": found.position,
        "version": found.version,
        "approved": int(approve),
        "note": note,
        "reviewed_by": actor.subject,
    }
    inbox.settle(tx, [review_key(identifier, found.position, found.version)])
    sealed = documents.seal(tx, "review", {"campaign": identifier}, [(FINDING_REVIEW, [row])])
    if not approve:
        told: dict[str, JSON] = {"enterprise": code, "note": note}
        inbox.tell(tx, now, Recipient.person(found.recorded_by), "finding_returned", told, identifier)
    log.append(tx, now, [NewEntry(REVIEWED, identifier, {"review": sealed})])
    return newest_at(tx, identifier, found.position)
