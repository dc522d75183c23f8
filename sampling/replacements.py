"""Replacing drawn enterprises that should never have stood in the frame, by two persons and sealed.

One proposes it with a cause of the closed list, another confirms it and names the beacon that will decide who visits
the reserves (`sampling.rematching`). Outside it is seen that and when, neither whom nor by which: the positions of the
used reserves are told once, at the close.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, false, or_, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import parse_instant
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from ledger.policy import Policy
from ledger.versions import require_version
from sampling import announcing, calling, campaigns
from sampling.beacons import Beacon
from sampling.entry_kinds import DRAWN, REPLACED, REPLACEMENT_PROPOSED
from sampling.matching import Infeasible, match
from sampling.rematching import inputs_of
from sampling.reserves import Cause, take_reserves
from sampling.standing import to_visit
from sampling.tables import REPLACEMENT, finding, slot
from sampling.targets import replacements_of
from sampling.witnessed import stated_margin
from scoring.fields import lines_up_to

LONGEST_EXPLANATION = 1000


@dataclass(frozen=True)
class ReplacementProposal:
    """Which enterprises reserves are to replace, once a second person confirms it: confidential."""

    entry: int
    by: str
    at: datetime
    enterprises: tuple[str, ...]
    cause: Cause
    explanation: str


def propose_replacement(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    enterprises: Sequence[str],
    cause: str,
    explanation: str,
) -> Entry:
    """Propose that the next reserves replace enterprises; nothing changes until another person confirms it.

    Raises Conflict or Invalid: campaign_state, replacement_cause_unknown, cause_missing, replacement_of_undrawn,
    replacement_after_finding, and what is wrong with the explanation's text, which stays sealed.
    """
    campaigns.for_planner(tx, actor, identifier, "matched")
    if cause not in list(Cause):
        raise Invalid("replacement_cause_unknown", field="cause", cause=cause, known=list(Cause))
    if not explanation.strip():
        raise Invalid("cause_missing", field="explanation")
    explanation = str(lines_up_to(LONGEST_EXPLANATION)(explanation))
    log.lock(tx)
    positions: list[JSON] = list(_positions(tx, identifier, enterprises))
    content: dict[str, JSON] = {
        "by": actor.subject,
        "campaign": identifier,
        "positions": positions,
        "cause": cause,
        "explanation": explanation,
    }
    sealed = {"proposal": documents.seal(tx, "replacement_proposal", content)}
    return log.append(tx, now, [NewEntry(REPLACEMENT_PROPOSED, identifier, sealed)])[0]


def confirm_replacement(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    beacon: Beacon,
    witnesses: Policy | None = None,
    margin: timedelta = timedelta(0),
    proposal: int | None = None,
) -> Entry:
    """Replace the enterprises of the newest proposal, and name the beacon that decides who visits the reserves.

    With the entry of a proposal, only if that is the newest. Raises Conflict, Forbidden or Invalid: campaign_state,
    replacement_not_proposed, version_stale, replacement_by_same_person,
    rematch_pending, replacement_after_finding, reserves_exhausted, matching_infeasible, beacon_in_the_past,
    beacon_too_near, and what `announcing.require_fresh` raises.
    """
    found = campaigns.for_planner(tx, actor, identifier, "matched")
    now = log.moment(tx, now)
    announcing.require_fresh(tx, now, beacon)
    proposed = standing_proposal(tx, identifier)
    if proposed is None:
        raise Conflict("replacement_not_proposed", campaign=identifier)
    require_version(proposed.seq, proposal, "proposal")
    wanted = documents.opened(tx, proposed.documents["proposal"]).value["content"]
    if wanted["by"] == actor.subject:
        raise Forbidden("replacement_by_same_person", campaign=identifier)
    if announcing.pending_reopening(tx, identifier) is not None:
        raise Conflict("rematch_pending", campaign=identifier)
    query = select(slot.c.position, slot.c.enterprise, slot.c.stratum).where(slot.c.campaign == identifier)
    rows = tx.execute(query.where(slot.c.position.in_(wanted["positions"]))).all()
    _positions(tx, identifier, [row.enterprise for row in rows])
    draw = documents.opened(tx, campaigns.entry_of(tx, identifier, DRAWN).documents["draw"]).value["content"]
    used = [each.reserve for each in replacements_of(tx, identifier)]
    pairs = take_reserves(draw["reserves"], {row.position: row.stratum for row in rows}, used)
    possible = match(inputs_of(tx, identifier, swapped=pairs), bytes(32))
    if isinstance(possible, Infeasible):
        raise possible.as_conflict()
    told = {"campaign": identifier, "cause": wanted["cause"], "explanation": wanted["explanation"]}
    sealed_rows = [{**told, "position": each.position, "reserve": each.reserve} for each in pairs]
    content: dict[str, JSON] = {"by": actor.subject, "campaign": identifier}
    sealed = {"replacement": documents.seal(tx, "replacement", content, [(REPLACEMENT, sealed_rows)])}
    body: dict[str, JSON] = {
        "beacon": beacon.to_json(),
        "margin": stated_margin(beacon, now, witnesses, margin),
        "witnesses": "" if witnesses is None else witnesses.text,
    }
    calling.call_named(tx, now, identifier, found.plan, beacon)
    return log.append(tx, now, [NewEntry(REPLACED, identifier, sealed, body)])[0]


def standing_proposal(tx: Connection, identifier: str) -> Entry | None:
    """Return the newest proposal that a second person may confirm."""
    return _standing(log.about(tx, identifier))


def standing_proposals_of(tx: Connection, actor: Actor, identifiers: Collection[str]) -> dict[str, ReplacementProposal]:
    """Return what a second person may confirm, by campaign: to planners of its lead department and to auditors."""
    actor.require(Role.PLANNER, Role.AUDITOR)
    shown = [
        each.id
        for each in campaigns.visible(tx, actor)
        if each.id in identifiers
        and each.state == "matched"
        and (actor.role is Role.AUDITOR or actor.department is None or actor.department == each.plan.lead)
    ]
    entries = log.about_several(tx, shown)
    proposed = {each: entry for each in shown if (entry := _standing(entries[each])) is not None}
    opened = documents.opened_several(tx, [entry.documents["proposal"] for entry in proposed.values()])
    contents = {each: opened[entry.documents["proposal"]].value["content"] for each, entry in proposed.items()}
    held = [
        and_(slot.c.campaign == each, slot.c.position.in_(content["positions"])) for each, content in contents.items()
    ]
    query = select(slot.c.campaign, slot.c.enterprise).where(or_(false(), *held)).order_by(slot.c.position)
    codes: dict[str, list[str]] = {each: [] for each in proposed}
    for identifier, code in tx.execute(query):
        codes[identifier].append(code)
    return {
        each: ReplacementProposal(
            proposed[each].seq,
            content["by"],
            parse_instant(proposed[each].time),
            tuple(codes[each]),
            Cause(content["cause"]),
            content["explanation"],
        )
        for each, content in contents.items()
    }


def _standing(steps: Sequence[Entry]) -> Entry | None:
    steps = [entry for entry in steps if entry.kind in (REPLACEMENT_PROPOSED, REPLACED)]
    return steps[-1] if steps and steps[-1].kind == REPLACEMENT_PROPOSED else None


def _positions(tx: Connection, identifier: str, enterprises: Sequence[str]) -> list[int]:
    """Return the positions, ascending, of enterprises that are to be visited and where nothing was recorded yet."""
    query = select(slot.c.enterprise, slot.c.position).where(slot.c.campaign == identifier, to_visit())
    found: dict[str, int] = dict(tx.execute(query.where(slot.c.enterprise.in_(enterprises))).all())
    for code in enterprises or ("—",):
        if code not in found:
            raise Missing("replacement_of_undrawn", field="enterprises", enterprise=code, campaign=identifier)
    recorded = select(finding.c.position).where(finding.c.campaign == identifier)
    seen = set(tx.execute(recorded).scalars())
    for code, position in found.items():
        if position in seen:
            raise Conflict("replacement_after_finding", enterprise=code)
    return sorted(found.values())
