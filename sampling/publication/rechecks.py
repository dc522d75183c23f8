"""Re-checks (整改复查): whether what was ordered to be corrected was corrected, until it was."""

from datetime import date, datetime

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from sampling.entry_kinds import RECHECKED
from sampling.publication import parties, proceedings
from sampling.publication.proceedings import Kind, Proceeding
from scoring.results import FollowUp


def record(
    tx: Connection,
    actor: Actor,
    now: datetime,
    campaign: str,
    code: str,
    checked_on: date,
    corrected: bool,
    facts: str,
) -> Proceeding:
    """Record what an inspector of the visit's team found when he came again.

    Raises Forbidden as `finding_for`; Conflict: finding_stands, recheck_not_ordered where no correction was ordered,
    recheck_done where an earlier re-check found it corrected; Invalid: visit_in_future, recheck_before_visit,
    proceeding_text_missing.
    """
    actor.require(Role.INSPECTOR)
    _, finding = parties.finding_for(tx, actor, campaign, code, *parties.APPROVED)
    newest = parties.as_it_says_now(tx, finding)
    if newest.follow_up != FollowUp.CORRECTION:
        raise Conflict("recheck_not_ordered", enterprise=code, follow_up=FollowUp(newest.follow_up).text)
    earlier = proceedings.of_position(tx, campaign, finding.position, Kind.RECHECK)
    if any(each.content["corrected"] for each in earlier):
        raise Conflict("recheck_done", enterprise=code)
    if checked_on > civil_date(now):
        raise Invalid("visit_in_future", field="checked_on", visited=checked_on)
    if checked_on < newest.visited:
        raise Invalid("recheck_before_visit", field="checked_on", checked=checked_on, visited=newest.visited)
    content: dict[str, JSON] = {
        "checked_on": checked_on.isoformat(),
        "corrected": int(corrected),
        "facts": proceedings.text(facts, "facts"),
    }
    now = log.moment(tx, now)
    sealed = proceedings.open_(tx, actor, now, Kind.RECHECK, campaign, finding.position, content)
    log.append(tx, now, [NewEntry(RECHECKED, sealed.id, {"recheck": sealed})])
    return proceedings.read(tx, sealed.id)
