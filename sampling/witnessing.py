"""Waiting for the witnesses of a freeze, and voiding by rule what they saw too late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from ledger import cosignatures, log, note, signed
from ledger.calendar import instant_text
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from sampling import calling, campaigns
from sampling.entry_kinds import VOIDED
from sampling.tables import campaign as campaign_table
from sampling.witnessed import Witnessed, WitnessRule, witness_rule

ON_THE_WAY = timedelta(seconds=30)
"""So long a cosignature that is dated in time may take to arrive."""

FIXED = ("frozen", "listed")
"""The states in which a late quorum voids a campaign."""

LATE = "witness_quorum_late"


@dataclass(frozen=True)
class WitnessWait:
    """Whether a quorum has cosigned a freeze in time; if not, by name, who could still make it one until `latest`."""

    rule: WitnessRule
    met: bool
    awaited: tuple[str, ...]


def witness_wait(tx: Connection, frozen: Entry) -> WitnessWait | None:
    """Return how a freeze stands with its witnesses, None where it needs none; public."""
    rule = witness_rule(frozen)
    if rule is None:
        return None
    if _timely(tx, frozen, rule) is not None:
        return WitnessWait(rule, True, ())
    return WitnessWait(rule, False, tuple(_awaited(tx, frozen, rule)))


def witnessed(tx: Connection, now: datetime, frozen: Entry) -> Witnessed | None:
    """Return the evidence that a quorum saw the freeze in time, None where no witness is needed.

    Raises Conflict: witnesses_awaited (names them), witness_quorum_late.
    """
    rule = witness_rule(frozen)
    if rule is None:
        return None
    checkpoint = _timely(tx, frozen, rule)
    if checkpoint is None:
        campaign, latest = frozen.subject, instant_text(rule.latest)
        if now > rule.latest:
            raise Conflict("witness_quorum_late", campaign=campaign, latest=latest)
        awaited = list(_awaited(tx, frozen, rule))
        raise Conflict("witnesses_awaited", campaign=campaign, latest=latest, witnesses=awaited)
    size = note.parse_checkpoint(checkpoint.partition("\n\n")[0] + "\n").size
    return Witnessed(checkpoint, signed.inclusion(tx, frozen.seq, size).hashes)


def late_campaigns(tx: Connection, now: datetime) -> list[str]:
    """Return the frozen campaigns whose quorum did not come in time."""
    table = campaign_table
    frozen = tx.execute(select(table.c.id).where(table.c.state.in_(FIXED)).order_by(table.c.id)).scalars().all()
    return [identifier for identifier in frozen if _is_late(tx, now, campaigns.fixing_entry(tx, identifier))]


def void_late(tx: Connection, now: datetime, identifier: str) -> Entry | None:
    """Void a frozen campaign whose quorum did not come in time, by rule and publicly; None where it stands otherwise.

    It needs no actor: nobody decides it.
    """
    if campaigns.locked(tx, identifier).state not in FIXED:
        return None
    now = log.moment(tx, now)
    if not _is_late(tx, now, campaigns.fixing_entry(tx, identifier)):
        return None
    calling.call_off(tx, identifier)
    campaigns.set_state(tx, identifier, "voided")
    (entry,) = log.append(tx, now, [NewEntry(VOIDED, identifier, body={"reason": LATE})])
    return entry


def _is_late(tx: Connection, now: datetime, frozen: Entry) -> bool:
    rule = witness_rule(frozen)
    return rule is not None and now > rule.latest + ON_THE_WAY and _timely(tx, frozen, rule) is None


def _timely(tx: Connection, frozen: Entry, rule: WitnessRule) -> str | None:
    return cosignatures.timely_checkpoint(tx, rule.policy, frozen.seq, rule.latest_unix)


def _awaited(tx: Connection, frozen: Entry, rule: WitnessRule) -> list[str]:
    """Return who is missing from the newest checkpoint, which the witnesses are asked for."""
    size = log.size(tx)
    cosigned = cosignatures.of_size(tx, size, rule.policy) if size > frozen.seq else []
    return rule.policy.awaited(rule.policy.cosigners(cosigned, rule.latest_unix))
