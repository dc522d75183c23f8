"""Voiding a campaign by two persons, with a reason that is public for ever.

A frozen campaign whose quorum was in time is always drawn: it may be voided only before its beacon can be known, or
after its draw is in the log. In between a void would choose among outcomes. Where the freeze named witnesses, it may be
voided until the latest instant at which their cosignatures count, since they must see the void before the beacon too.
A proposal of before the draw is none after it. What was drawn stays sealed and kept, for auditors. Once a visit was
recorded there is no void any more: the campaign ends by its closing, which tells what is overdue.

A list that is no draw may be voided until a visit was recorded, whatever is known of its beacon: that chooses nobody
whom to visit, and a list whose inspectors cannot be matched ends in no other way.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden
from ledger.log import NewEntry
from ledger.versions import require_version
from sampling import calling, campaigns
from sampling.announcing import person
from sampling.beacon_entries import KINDS as ANNOUNCED
from sampling.campaigns import Campaign
from sampling.entry_kinds import DRAWN, FROZEN, VOID_CONFIRMED, VOID_PROPOSED
from sampling.listings import FIXING
from sampling.public_texts import public_text
from sampling.tables import finding
from sampling.tries import known_from
from sampling.witnessed import witness_rule

VOIDABLE = ("frozen", "listed", "drawn", "matched")
LONGEST_REASON = 1000


def propose_void(tx: Connection, actor: Actor, now: datetime, identifier: str, reason: str) -> Entry:
    """Propose, publicly and with a reason, that a campaign be void; nothing changes until another person confirms it.

    Raises Conflict: campaign_state, void_after_beacon, void_after_visits; Invalid: what `public_text` raises.
    """
    found = campaigns.for_planner(tx, actor, identifier, *VOIDABLE)
    text = public_text(tx, reason, "reason", LONGEST_REASON)
    now = log.moment(tx, now)
    _require_voidable(tx, now, found)
    body: dict[str, JSON] = {"reason": text}
    return log.append(tx, now, [NewEntry(VOID_PROPOSED, identifier, person(tx, actor, identifier), body)])[0]


def confirm_void(tx: Connection, actor: Actor, now: datetime, identifier: str, proposal: int | None = None) -> Entry:
    """Make a campaign void by a second person, for the reason of the newest proposal; it is never undone.

    With the entry of a proposal, only as that says. Raises Conflict: campaign_state, void_after_beacon,
    void_after_visits, void_not_proposed, version_stale;
    Forbidden("void_by_same_person").
    """
    found = campaigns.for_planner(tx, actor, identifier, *VOIDABLE)
    now = log.moment(tx, now)
    _require_voidable(tx, now, found)
    proposed = standing_proposal(tx, identifier)
    if proposed is None:
        raise Conflict("void_not_proposed", campaign=identifier)
    require_version(proposed.seq, proposal, "proposal")
    if documents.opened(tx, proposed.documents["by"]).value["content"]["by"] == actor.subject:
        raise Forbidden("void_by_same_person", campaign=identifier)
    calling.call_off(tx, identifier)
    campaigns.set_state(tx, identifier, "voided")
    body: dict[str, JSON] = {"proposed": proposed.seq, "reason": proposed.body["reason"]}
    return log.append(tx, now, [NewEntry(VOID_CONFIRMED, identifier, person(tx, actor, identifier), body)])[0]


def standing_proposal(tx: Connection, identifier: str) -> Entry | None:
    """Return the newest proposal that a second person may confirm; one of before the draw lapses with it."""
    about = log.about(tx, identifier)
    since = max(entry.seq for entry in about if entry.kind in (*FIXING, DRAWN))
    return next((entry for entry in reversed(about) if entry.kind == VOID_PROPOSED and entry.seq > since), None)


def _require_voidable(tx: Connection, now: datetime, found: Campaign) -> None:
    if found.state == "frozen":
        frozen = campaigns.entry_of(tx, found.id, FROZEN)
        rule = witness_rule(frozen)
        until = known_from(frozen) if rule is None else rule.latest
        if now >= until or any(entry.kind in ANNOUNCED for entry in log.about(tx, found.id)):
            raise Conflict("void_after_beacon", campaign=found.id, until=instant_text(until))
    elif tx.execute(select(finding.c.position).where(finding.c.campaign == found.id).limit(1)).first() is not None:
        raise Conflict("void_after_visits", campaign=found.id)
