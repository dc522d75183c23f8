"""Transfers (移送): an approved finding goes to another department, which takes it, gives it back, or ends it."""

from datetime import date, datetime

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from sampling import inbox
from sampling.entry_kinds import TRANSFER_ANSWERED, TRANSFER_SENT
from sampling.inbox import Recipient
from sampling.publication import parties, proceedings
from sampling.publication.proceedings import OPEN, Kind, Proceeding

FOLLOWING = {"taken": (OPEN,), "returned": (OPEN, "taken"), "ended": ("taken",)}
"""Each answer, and the states in which it may be given."""


def send(
    tx: Connection,
    actor: Actor,
    now: datetime,
    campaign: str,
    code: str,
    to: str,
    basis: str,
    reason: str,
    answer_by: date,
) -> Proceeding:
    """Send an approved finding to another department, which is to answer by a day.

    Raises what `finding_for` raises; Conflict: finding_stands, proceeding_open where it lies there already; Invalid:
    receiver_unknown, receiver_is_sender, day_has_passed, proceeding_text_missing.
    """
    actor.require(Role.PLANNER)
    found, finding = parties.finding_for(tx, actor, campaign, code, *parties.APPROVED)
    to = parties.other_department(tx, found, to)
    if answer_by < civil_date(now):
        raise Invalid("day_has_passed", field="answer_by", day=answer_by)
    for each in proceedings.of_position(tx, campaign, finding.position, Kind.TRANSFER):
        if not each.is_over and each.content["to"] == to:
            raise Conflict("proceeding_open", proceeding=each.id, state=each.state)
    content: dict[str, JSON] = {
        "to": to,
        "basis": proceedings.text(basis, "basis"),
        "reason": proceedings.text(reason, "reason"),
        "answer_by": answer_by.isoformat(),
    }
    now = log.moment(tx, now)
    sealed = proceedings.open_(tx, actor, now, Kind.TRANSFER, campaign, finding.position, content)
    log.append(tx, now, [NewEntry(TRANSFER_SENT, sealed.id, {"transfer": sealed})])
    given: dict[str, JSON] = {"enterprise": finding.enterprise, "by": found.plan.lead}
    inbox.tell(tx, now, Recipient.all_of(Role.PLANNER, to), "transfer_waits", given, campaign, answer_by)
    return proceedings.read(tx, sealed.id)


def answer(tx: Connection, actor: Actor, now: datetime, identifier: str, step: str, note: str = "") -> Proceeding:
    """Take a transfer, return it, or end it, as a planner of the department that it was sent to.

    A return and an end say why. Raises Missing("proceeding_missing"), Forbidden, Conflict("proceeding_state"), Invalid:
    transfer_answer_unknown, proceeding_text_missing.
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.TRANSFER)
    parties.require_receiver(actor, found)
    if step not in FOLLOWING:
        raise Invalid("transfer_answer_unknown", field="answer", value=step, known=list(FOLLOWING))
    proceedings.require_state(found, *FOLLOWING[step])
    note = proceedings.text(note, "note", needed=step != "taken")
    now = log.moment(tx, now)
    sealed = proceedings.take_step(tx, actor, now, found, step, {"note": note})
    log.append(tx, now, [NewEntry(TRANSFER_ANSWERED, identifier, {"step": sealed})])
    given: dict[str, JSON] = {"enterprise": found.enterprise, "to": found.content["to"]}
    inbox.tell(tx, now, Recipient.all_of(Role.PLANNER, campaign.plan.lead), "transfer_answered", given, found.campaign)
    return proceedings.read(tx, identifier)
