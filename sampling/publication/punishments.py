"""Joint punishment (联合惩戒): trigger, basis, measure, receiving body; confirmed by two, fed back, and ended."""

from datetime import date, datetime

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from sampling import inbox
from sampling.entry_kinds import (
    PUNISHMENT_ANSWERED,
    PUNISHMENT_CONFIRMED,
    PUNISHMENT_ENDED,
    PUNISHMENT_PROPOSED,
    PUNISHMENT_REFUSED,
)
from sampling.inbox import Recipient
from sampling.publication import parties, proceedings
from sampling.publication.proceedings import OPEN, Kind, Proceeding
from scoring.results import found_problem

IN_FORCE = ("confirmed", "answered")


def propose(
    tx: Connection,
    actor: Actor,
    now: datetime,
    campaign: str,
    code: str,
    trigger: str,
    basis: str,
    measure: str,
    to: str,
    ends: date,
) -> Proceeding:
    """Propose a measure against an enterprise whose published finding is its trigger; `to` is who is to carry it out.

    Raises what `finding_for` raises; Conflict: finding_stands, punishment_without_problem, proceeding_open where the
    same body has the same measure already; Invalid: receiver_unknown, receiver_is_sender, day_has_passed,
    proceeding_text_missing.
    """
    actor.require(Role.PLANNER)
    found, finding = parties.finding_for(tx, actor, campaign, code, "published")
    if not found_problem(parties.as_it_says_now(tx, finding).results):
        raise Conflict("punishment_without_problem", enterprise=code)
    to = parties.other_department(tx, found, to)
    if ends <= civil_date(now):
        raise Invalid("day_has_passed", field="ends", day=ends)
    content: dict[str, JSON] = {
        "trigger": proceedings.text(trigger, "trigger"),
        "basis": proceedings.text(basis, "basis"),
        "measure": proceedings.text(measure, "measure"),
        "to": to,
        "ends": ends.isoformat(),
    }
    for each in proceedings.of_position(tx, campaign, finding.position, Kind.PUNISHMENT):
        if not each.is_over and (each.content["to"], each.content["measure"]) == (to, content["measure"]):
            raise Conflict("proceeding_open", proceeding=each.id, state=each.state)
    now = log.moment(tx, now)
    sealed = proceedings.open_(tx, actor, now, Kind.PUNISHMENT, campaign, finding.position, content)
    log.append(tx, now, [NewEntry(PUNISHMENT_PROPOSED, sealed.id, {"punishment": sealed})])
    return proceedings.read(tx, sealed.id)


def decide(tx: Connection, actor: Actor, now: datetime, identifier: str, approve: bool, note: str = "") -> Proceeding:
    """Put a punishment in force, or refuse it with a note; by another planner than who proposed it.

    Raises Missing("proceeding_missing"), Forbidden("proceeding_by_same_person"), Conflict: proceeding_state,
    finding_stands where its finding is shown no more; Invalid: day_has_passed, proceeding_text_missing.
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.PUNISHMENT)
    parties.require_planner_of(actor, campaign)
    proceedings.require_state(found, OPEN)
    proceedings.require_other_person(actor, found)
    note = proceedings.text(note, "note", needed=not approve)
    ends = parse_date(found.content["ends"])
    if approve:
        parties.finding_for(tx, actor, found.campaign, found.enterprise, "published")
        if ends <= civil_date(now):
            raise Invalid("day_has_passed", field="ends", day=ends)
    now = log.moment(tx, now)
    if not approve:
        step = proceedings.take_step(tx, actor, now, found, "refused", {"note": note})
        log.append(tx, now, [NewEntry(PUNISHMENT_REFUSED, identifier, {"step": step})])
        return proceedings.read(tx, identifier)
    step = proceedings.take_step(tx, actor, now, found, "confirmed", {"note": note})
    log.append(tx, now, [NewEntry(PUNISHMENT_CONFIRMED, identifier, {"step": step})])
    to = Recipient.all_of(Role.PLANNER, str(found.content["to"]))
    given: dict[str, JSON] = {"enterprise": found.enterprise, "by": campaign.plan.lead}
    inbox.tell(tx, now, to, "punishment_waits", given, found.campaign, ends)
    return proceedings.read(tx, identifier)


def answer(tx: Connection, actor: Actor, now: datetime, identifier: str, note: str) -> Proceeding:
    """Feed back what the receiving body did; again, as often as there is something to say.

    Raises Missing("proceeding_missing"), Forbidden, Conflict("proceeding_state"), Invalid("proceeding_text_missing").
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.PUNISHMENT)
    parties.require_receiver(actor, found)
    proceedings.require_state(found, *IN_FORCE)
    note = proceedings.text(note, "note")
    now = log.moment(tx, now)
    step = proceedings.take_step(tx, actor, now, found, "answered", {"note": note})
    log.append(tx, now, [NewEntry(PUNISHMENT_ANSWERED, identifier, {"step": step})])
    given: dict[str, JSON] = {"enterprise": found.enterprise, "to": found.content["to"]}
    to = Recipient.all_of(Role.PLANNER, campaign.plan.lead)
    inbox.tell(tx, now, to, "punishment_answered", given, found.campaign)
    return proceedings.read(tx, identifier)


def end(tx: Connection, actor: Actor, now: datetime, identifier: str, note: str) -> Proceeding:
    """End a punishment that is in force: its term is over, or what it was for was made good.

    Raises Missing("proceeding_missing"), Forbidden, Conflict("proceeding_state"), Invalid("proceeding_text_missing").
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.PUNISHMENT)
    parties.require_planner_of(actor, campaign)
    proceedings.require_state(found, *IN_FORCE)
    note = proceedings.text(note, "note")
    now = log.moment(tx, now)
    step = proceedings.take_step(tx, actor, now, found, "ended", {"note": note})
    log.append(tx, now, [NewEntry(PUNISHMENT_ENDED, identifier, {"step": step})])
    to = Recipient.all_of(Role.PLANNER, str(found.content["to"]))
    inbox.tell(tx, now, to, "punishment_over", {"enterprise": found.enterprise}, found.campaign)
    return proceedings.read(tx, identifier)
