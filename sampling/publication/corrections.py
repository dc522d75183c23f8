"""Correcting a published finding (更正): proposed with a reason, decided by a second person, shown as a new version.

What is shown is the newest version, and that there was another. The record that scoring had of the finding is
superseded by a new one. The log and what was bound before stay.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from sampling import disclosures, publishing
from sampling.disclosures import Disclosure
from sampling.entry_kinds import CORRECTED, CORRECTION_PROPOSED, CORRECTION_REFUSED
from sampling.exchange import queueing
from sampling.publication import finding_texts, parties, proceedings, publications
from sampling.publication.proceedings import OPEN, Kind, Proceeding
from sampling.publication.tables import DISCLOSURE_VERSION
from scoring.results import FollowUp, check_outcome, check_results


def propose(
    tx: Connection,
    actor: Actor,
    now: datetime,
    campaign: str,
    code: str,
    visited: date,
    results: Sequence[str],
    follow_up: str,
    reason: str,
) -> Proceeding:
    """Propose that a published finding say something else, complete in itself; nothing changes until it is decided.

    By a planner of the lead department or an inspector of the visit's team. Raises Forbidden as `finding_for`;
    Conflict: finding_stands, proceeding_open, correction_idle; Invalid: visit_in_future, follow_up_unknown,
    proceeding_text_missing, and what `check_results` and `check_outcome` raise.
    """
    actor.require(Role.PLANNER, Role.INSPECTOR)
    _, finding = parties.finding_for(tx, actor, campaign, code, "published")
    now = log.moment(tx, now)
    proceedings.require_none_open(tx, Kind.CORRECTION, campaign, finding.position)
    if visited > civil_date(now):
        raise Invalid("visit_in_future", field="visited", visited=visited)
    if follow_up not in list(FollowUp):
        raise Invalid("follow_up_unknown", field="follow_up", value=follow_up, known=list(FollowUp))
    checked = tuple(result.value for result in check_results(results))
    check_outcome(checked, follow_up)
    shown = disclosures.finding(tx, campaign, finding.position)
    if (visited, checked, follow_up) == (shown.visited, shown.results, shown.follow_up):
        raise Conflict("correction_idle", number=shown.number)
    content: dict[str, JSON] = {
        "version": shown.version + 1,
        "visited": visited.isoformat(),
        "results": list(checked),
        "follow_up": follow_up,
        "reason": proceedings.text(reason, "reason"),
    }
    sealed = proceedings.open_(tx, actor, now, Kind.CORRECTION, campaign, finding.position, content)
    log.append(tx, now, [NewEntry(CORRECTION_PROPOSED, sealed.id, {"correction": sealed})])
    return proceedings.read(tx, sealed.id)


def decide(tx: Connection, actor: Actor, now: datetime, identifier: str, approve: bool, note: str = "") -> Proceeding:
    """Correct the finding as it was proposed, or refuse it with a note; by another planner than who proposed.

    Raises Missing("proceeding_missing"), Forbidden("proceeding_by_same_person"), Conflict: proceeding_state,
    publication_ended; Invalid("proceeding_text_missing") for a refusal without a note.
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.CORRECTION)
    parties.require_planner_of(actor, campaign)
    proceedings.require_state(found, OPEN)
    proceedings.require_other_person(actor, found)
    note = proceedings.text(note, "note", needed=not approve)
    now = log.moment(tx, now)
    if not approve:
        step = proceedings.take_step(tx, actor, now, found, "refused", {"note": note})
        log.append(tx, now, [NewEntry(CORRECTION_REFUSED, identifier, {"step": step})])
        return proceedings.read(tx, identifier)
    publications.shown(tx, found.campaign, found.position)
    shown = disclosures.finding(tx, found.campaign, found.position)
    row = _version(shown, found, now)
    step = proceedings.take_step(tx, actor, now, found, "approved", {"note": note})
    sealed = documents.seal(tx, "corrected_disclosure", {}, [(DISCLOSURE_VERSION, [row])])
    publications.corrected(tx, now, shown.number, row["version"])
    finding_texts.corrected(tx, shown.number, row["visited"])
    told = {**row, "position": found.position, "department": shown.department}
    records = publishing.as_records(tx, actor, campaign, [told])
    log.append(tx, now, [NewEntry(CORRECTED, identifier, {"step": step, "disclosure": sealed}), *records])
    queueing.queue(tx, now, [each.subject for each in records])
    return proceedings.read(tx, identifier)


def _version(shown: Disclosure, found: Proceeding, now: datetime) -> dict[str, Any]:
    content = found.content
    return {
        "number": shown.number,
        "version": shown.version + 1,
        "enterprise": shown.enterprise,
        "visited": parse_date(content["visited"]),
        "results": content["results"],
        "follow_up": content["follow_up"],
        "corrected_at": now,
    }
