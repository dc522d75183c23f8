"""The end of what is published: by its retention (公示期满), or by credit repair (信用修复), which two persons decide.

After it no door shows name, result or opening. What is left to the public is the log, and a list of numbers by which
mirrors drop it. The rows stay until their document expires (docs/documents.md).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.log import NewEntry
from ledger.retention import years_after
from sampling import inbox
from sampling.entry_kinds import DISPLAY_ENDED, REPAIR_CONFIRMED, REPAIR_PROPOSED, REPAIR_REFUSED
from sampling.exchange import queueing
from sampling.inbox import Recipient
from sampling.publication import parties, proceedings, publications
from sampling.publication.proceedings import OPEN, Kind, Proceeding
from sampling.publication.tables import DISPLAY_END
from sampling.tables import disclosure

RETENTION, REPAIR = "retention", "repair"
AT_ONCE = 10_000
SOME = 1000


def end_due(tx: Connection, now: datetime, years: int) -> int:
    """End what was published so many whole years ago or more, at most ten thousand findings, and return how many.

    A rule's act, and nobody's: the worker only carries it out.
    """
    now = log.moment(tx, now)
    due = [
        each.number
        for each in publications.oldest(tx, AT_ONCE)
        if years_after(civil_date(each.published_at), years) <= civil_date(now)
    ]
    if due:
        log.append(tx, now, [_ended(tx, now, due, RETENTION)])
        _withdraw(tx, now, due)
    return len(due)


def propose_repair(
    tx: Connection, actor: Actor, now: datetime, campaign: str, code: str, basis: str, reason: str
) -> Proceeding:
    """Propose that a published finding be shown no more: the legal basis, and what the enterprise made good.

    Raises what `finding_for` raises, for others than planners too; Conflict("proceeding_open"),
    Invalid("proceeding_text_missing").
    """
    actor.require(Role.PLANNER)
    _, finding = parties.finding_for(tx, actor, campaign, code, "published")
    now = log.moment(tx, now)
    proceedings.require_none_open(tx, Kind.REPAIR, campaign, finding.position)
    content: dict[str, JSON] = {
        "basis": proceedings.text(basis, "basis"),
        "reason": proceedings.text(reason, "reason"),
    }
    sealed = proceedings.open_(tx, actor, now, Kind.REPAIR, campaign, finding.position, content)
    log.append(tx, now, [NewEntry(REPAIR_PROPOSED, sealed.id, {"repair": sealed})])
    return proceedings.read(tx, sealed.id)


def decide_repair(
    tx: Connection, actor: Actor, now: datetime, identifier: str, approve: bool, note: str = ""
) -> Proceeding:
    """End the display as it was proposed, or refuse it with a note; by another planner than who proposed.

    Raises what `corrections.decide` raises. Punishments that are in force are not ended by it: their planners are told.
    """
    actor.require(Role.PLANNER)
    found, campaign = proceedings.begun(tx, actor, identifier, Kind.REPAIR)
    parties.require_planner_of(actor, campaign)
    proceedings.require_state(found, OPEN)
    proceedings.require_other_person(actor, found)
    note = proceedings.text(note, "note", needed=not approve)
    now = log.moment(tx, now)
    if not approve:
        step = proceedings.take_step(tx, actor, now, found, "refused", {"note": note})
        log.append(tx, now, [NewEntry(REPAIR_REFUSED, identifier, {"step": step})])
        return proceedings.read(tx, identifier)
    shown = publications.shown(tx, found.campaign, found.position)
    step = proceedings.take_step(tx, actor, now, found, "approved", {"note": note})
    confirmed = NewEntry(REPAIR_CONFIRMED, identifier, {"step": step})
    log.append(tx, now, [confirmed, _ended(tx, now, [shown.number], REPAIR)])
    _withdraw(tx, now, [shown.number])
    for each in proceedings.of_position(tx, found.campaign, found.position, Kind.PUNISHMENT):
        if each.state in ("confirmed", "answered"):
            to = Recipient.all_of(Role.PLANNER, campaign.plan.lead)
            given: dict[str, JSON] = {"enterprise": each.enterprise}
            inbox.tell(tx, now, to, "punishment_of_repaired", given, found.campaign, once=f"repaired {each.id}")
    return proceedings.read(tx, identifier)


def _ended(tx: Connection, now: datetime, numbers: Sequence[int], cause: str) -> NewEntry:
    rows = [{"number": number, "cause": cause} for number in sorted(numbers)]
    sealed = documents.seal(tx, "ending", {}, [(DISPLAY_END, rows)])
    publications.end(tx, now, numbers)
    return NewEntry(DISPLAY_ENDED, sealed.id, {"ending": sealed})


def _withdraw(tx: Connection, now: datetime, numbers: Sequence[int]) -> None:
    """Queue for the platforms that they, too, show these findings no more."""
    columns = (disclosure.c.enterprise, disclosure.c.department, disclosure.c.campaign, disclosure.c.position)
    for start in range(0, len(numbers), SOME):
        some = select(*columns).where(disclosure.c.number.in_(numbers[start : start + SOME]))
        queueing.withdraw(tx, now, [queueing.finding_reference(*row) for row in tx.execute(some)])
