"""Matching again: an inspector is replaced for a stated cause, by the same rule and a beacon that comes later.

The entry that records the cause names the beacon. Until it has decided, the enterprises concerned wait, nothing is
found there, and no other re-match of the campaign begins. An inspector who was replaced takes no place in the campaign
again, and a visit that was recorded is not matched again. Reserves that replace enterprises (`sampling.replacements`)
get their teams in the same way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from ledger.policy import Policy
from sampling import announcing, calling, campaigns
from sampling.assigning import assignment_rows
from sampling.beacons import Beacon
from sampling.deciding import decided
from sampling.entry_kinds import REMATCHED, REOPENED
from sampling.matching import Infeasible, match, match_seed
from sampling.matching_inputs import Assignment, MatchingInputs
from sampling.rematch_inputs import rematch_inputs
from sampling.reserves import Replacement
from sampling.standing import standing
from sampling.tables import ASSIGNMENT, REOPENING, assignment, finding, reopening, slot
from sampling.targets import read_targets, replacements_of, sealed_matching
from sampling.witnessed import stated_margin
from scoring.fields import lines_up_to

LONGEST_CAUSE = 1000


def reopen(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    inspector: str,
    enterprises: Sequence[str] | None,
    cause: str,
    beacon: Beacon,
    witnesses: Policy | None = None,
    margin: timedelta = timedelta(0),
) -> Entry:
    """Record why an inspector is replaced at the named enterprises, None for all that wait, and which beacon decides.

    Raises Conflict or Invalid: campaign_state, cause_missing, rematch_pending, assignment_missing (names the
    enterprise, if one was named), matching_infeasible, beacon_in_the_past, beacon_too_near, what
    `announcing.require_fresh` raises, and what is wrong with the cause's text.
    """
    found = campaigns.for_planner(tx, actor, identifier, "matched")
    if not cause.strip():
        raise Invalid("cause_missing", field="cause")
    cause = str(lines_up_to(LONGEST_CAUSE)(cause))
    now = log.moment(tx, now)
    announcing.require_fresh(tx, now, beacon)
    if announcing.pending_reopening(tx, identifier) is not None:
        raise Conflict("rematch_pending", campaign=identifier)
    replaced = _waiting(tx, identifier, inspector, enterprises)
    possible = match(inputs_of(tx, identifier, replaced), bytes(32))
    if isinstance(possible, Infeasible):
        raise possible.as_conflict()
    rows = [
        {
            "campaign": identifier,
            "position": each.position,
            "role": each.role,
            "inspector": each.inspector,
            "cause": cause,
        }
        for each in replaced
    ]
    content = {"by": actor.subject, "campaign": identifier}
    sealed = {"reopening": documents.seal(tx, "reopening", content, [(REOPENING, rows)])}
    body: dict[str, JSON] = {
        "beacon": beacon.to_json(),
        "margin": stated_margin(beacon, now, witnesses, margin),
        "witnesses": "" if witnesses is None else witnesses.text,
    }
    calling.call_named(tx, now, identifier, found.plan, beacon)
    return log.append(tx, now, [NewEntry(REOPENED, identifier, sealed, body)])[0]


def rematch(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Entry:
    """Match the reopened enterprises again, once the beacon of the reopening has come.

    Raises Conflict: campaign_state, nothing_reopened, matching_infeasible, and what the draw raises of its beacon.
    """
    campaigns.for_planner(tx, actor, identifier, "matched")
    now = log.moment(tx, now)
    reopened = announcing.pending_reopening(tx, identifier)
    if reopened is None:
        raise Conflict("nothing_reopened", campaign=identifier)
    by = decided(tx, now, reopened)
    key = sealed_matching(tx, identifier).match_key
    matching = match(inputs_of(tx, identifier), match_seed(by.seed, key))
    if isinstance(matching, Infeasible):
        raise matching.as_conflict()
    content = {"by": actor.subject, "campaign": identifier}
    sealed = documents.seal(tx, "assignments", content, [(ASSIGNMENT, assignment_rows(identifier, matching))])
    calling.call_off(tx, identifier)
    return log.append(tx, now, [NewEntry(REMATCHED, identifier, {"assignments": sealed}, by.body)])[0]


def inputs_of(
    tx: Connection, identifier: str, more: Sequence[Assignment] = (), swapped: Sequence[Replacement] = ()
) -> MatchingInputs:
    """Return a re-match's inputs, as if `more` assignments and `swapped` enterprises were replaced, too."""
    sealed = sealed_matching(tx, identifier)
    replacements = [*replacements_of(tx, identifier), *swapped]
    gone = {each.position for each in replacements}
    assigned = [each for each in _assignments(tx, assignment, identifier) if each.position not in gone]
    replaced = [*_assignments(tx, reopening, identifier), *more]
    targets = read_targets(tx, identifier, sealed, replacements)
    return rematch_inputs(sealed.pool, targets, assigned, replaced)


def _assignments(tx: Connection, table: Table, identifier: str) -> list[Assignment]:
    query = select(table.c.position, table.c.role, table.c.inspector).where(table.c.campaign == identifier)
    return [Assignment(*row) for row in tx.execute(query)]


def _waiting(tx: Connection, identifier: str, inspector: str, codes: Sequence[str] | None) -> list[Assignment]:
    """Return an inspector's assignments that stand and of which nothing was recorded, at some enterprises or all."""
    recorded = select(finding.c.position).where(
        finding.c.campaign == identifier, finding.c.position == assignment.c.position
    )
    query = (
        select(slot.c.enterprise, assignment.c.position, assignment.c.role, assignment.c.inspector)
        .join(slot, (slot.c.campaign == assignment.c.campaign) & (slot.c.position == assignment.c.position))
        .where(assignment.c.campaign == identifier, assignment.c.inspector == inspector, standing())
        .where(~recorded.exists())
        .order_by(assignment.c.position)
    )
    found = {row[0]: Assignment(row[1], row[2], row[3]) for row in tx.execute(query)}
    for code in found if codes is None else codes:
        if code not in found:
            raise Missing("assignment_missing", inspector=inspector, enterprise=code)
    if not found or codes == []:
        raise Missing("assignment_missing", inspector=inspector, enterprise="—")
    return [each for code, each in found.items() if codes is None or code in codes]
