"""Recording what a visit found (录入检查结果), at once or handed in later by a client that was offline.

What is handed in later never overwrites what was recorded meanwhile: it is kept as a conflict, which is settled before
the finding is approved (`sampling.visits.settling`). The same hand-in twice is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_instant
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from sampling import campaigns, findings, inbox
from sampling.campaigns import Campaign
from sampling.entry_kinds import CONFLICTED, DRAWN, LISTED, RECORDED
from sampling.findings import Finding
from sampling.inbox import Recipient
from sampling.tables import (
    FINDING,
    FINDING_CONFLICT,
    FINDING_DETAIL,
    VISIT_FORM,
    finding,
    finding_conflict,
    finding_detail,
)
from sampling.visits.accounts import Account, HandIn, Signature, entered_on
from sampling.visits.checklists import points_of
from sampling.visits.numbering import FormKind, form_of, new_row
from sampling.visits.positions import assigned_position, confirmation_keys, hold_position, team_of


@dataclass(frozen=True)
class Recorded:
    """The finding as it stands, and the number of the conflict as which a hand-in was kept, None where it stands."""

    finding: Finding
    conflict: int | None = None


def record_finding(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    code: str,
    account: Account,
    hand_in: HandIn | None = None,
) -> Recorded:
    """Record what an inspector of the enterprise's team tells of the visit, and number its on-site record.

    Raises Forbidden("finding_not_assigned") for all others, whether the enterprise was drawn or not; Conflict:
    finding_stands where the finding waits, was approved or published, rematch_awaited where the team lacks somebody,
    hand_in_reused where a hand-in of the same id told otherwise; Invalid: hand_in_version, and what `Account.checked`
    and `HandIn.check` raise.
    """
    found, position = place_of(tx, actor, identifier, code)
    if hand_in:
        hand_in.check(now)
    fixed = campaigns.fixing_entry(tx, identifier)
    chosen = fixed if fixed.kind == LISTED else campaigns.entry_of(tx, identifier, DRAWN)
    since, points = civil_date(parse_instant(chosen.time)), points_of(tx, fixed, found.plan.items)
    account = account.checked(since, entered_on(now, hand_in), points)
    earlier = findings.newest(tx, identifier, position)
    if hand_in:
        if (known := _known(tx, actor, identifier, position, account, hand_in)) is not None:
            return known
        stood = 0 if earlier is None else earlier.version
        if hand_in.based_on > stood:
            raise Invalid("hand_in_version", field="based_on", based_on=hand_in.based_on)
        if earlier is not None and (earlier.state != "returned" or stood != hand_in.based_on):
            return _keep_apart(tx, actor, now, found, earlier, account, hand_in)
    require_none_stands(earlier)
    return Recorded(enter(tx, now, found, position, code, account, actor.subject, hand_in))


def place_of(tx: Connection, actor: Actor, identifier: str, code: str) -> tuple[Campaign, int]:
    """Return the campaign and the position of an enterprise that the actor's team is to visit, held for him alone.

    Raises Forbidden("finding_not_assigned"), Conflict("rematch_awaited"), and what `campaigns.for_participant` raises.
    """
    actor.require(Role.INSPECTOR)
    found = campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    position = assigned_position(tx, actor, identifier, code)
    if len(team_of(tx, identifier, position)) < sum(role.count for role in found.plan.team_roles):
        raise Conflict("rematch_awaited", campaign=identifier, enterprise=code)
    return found, position


def require_none_stands(earlier: Finding | None) -> None:
    """Raise Conflict("finding_stands") where a finding may not be recorded anew."""
    if earlier is not None and earlier.state != "returned":
        raise Conflict("finding_stands", enterprise=earlier.enterprise, state=earlier.state)


def enter(
    tx: Connection,
    now: datetime,
    found: Campaign,
    position: int,
    code: str,
    account: Account,
    by: str,
    hand_in: HandIn | None,
    on_site: bool = True,
) -> Finding:
    """Record a checked account as the next version of a finding, and tell the others of the team.

    One that nobody went there for has no on-site record to number.
    """
    version = tx.execute(
        select(func.coalesce(func.max(finding.c.version), 0) + 1).where(
            finding.c.campaign == found.id, finding.c.position == position
        )
    ).scalar_one()
    at = {"campaign": found.id, "position": position, "version": version}
    row = {
        **at,
        "visited": account.visited,
        "results": list(account.results),
        "follow_up": account.follow_up,
        "facts": account.facts,
        "recorded_by": by,
    }
    detail = {
        **at,
        "measures": account.measures,
        "correct_by": account.correct_by,
        "signature": _signature(account).to_json(),
        "answers": [each.to_json() for each in account.answers],
        "hand_in": hand_in.id if hand_in else None,
        "entered_at": hand_in.at if hand_in else None,
        "based_on": hand_in.based_on if hand_in else None,
    }
    others = sorted(team_of(tx, found.id, position) - {by})
    for other, once in zip(others, confirmation_keys(found.id, position, version, len(others)), strict=True):
        told: dict[str, JSON] = {"enterprise": code}
        inbox.tell(tx, now, Recipient.person(other), "finding_to_confirm", told, found.id, once=once)
    forms = []
    if on_site and form_of(tx, found.id, position, FormKind.RECORD) is None:
        forms.append(new_row(tx, now, FormKind.RECORD, found.plan.lead, found.id, position, by))
    bound = [(FINDING, [row]), (FINDING_DETAIL, [detail]), (VISIT_FORM, forms)]
    sealed = documents.seal(tx, "finding", {"campaign": found.id}, bound)
    log.append(tx, now, [NewEntry(RECORDED, found.id, {"finding": sealed})])
    return findings.newest_at(tx, found.id, position)


def _signature(account: Account) -> Signature:
    assert account.signature is not None  # noqa: S101  - checked() refuses none
    return account.signature


def _known(
    tx: Connection, actor: Actor, identifier: str, position: int, account: Account, hand_in: HandIn
) -> Recorded | None:
    """Return what came of a hand-in of the same id before, None where there was none; raises Conflict if it differs."""
    here = (finding_detail.c.campaign == finding.c.campaign) & (finding_detail.c.position == finding.c.position)
    query = select(finding, *(finding_detail.c[name] for name in ("measures", "correct_by", "signature", "answers")))
    query = query.join(finding_detail, here & (finding_detail.c.version == finding.c.version))
    query = query.where(finding.c.campaign == identifier, finding.c.position == position)
    told: Mapping[str, Any]
    if (row := tx.execute(query.where(finding_detail.c.hand_in == hand_in.id)).one_or_none()) is not None:
        correct_by = None if row.correct_by is None else row.correct_by.isoformat()
        told = {**row._mapping, "visited": row.visited.isoformat(), "correct_by": correct_by}
        _require_same(actor, row.recorded_by, account, told, hand_in)
        return Recorded(findings.newest_at(tx, identifier, position))
    apart = select(finding_conflict).where(
        finding_conflict.c.campaign == identifier,
        finding_conflict.c.position == position,
        finding_conflict.c.hand_in == hand_in.id,
    )
    if (row := tx.execute(apart).one_or_none()) is not None:
        _require_same(actor, row.handed_in_by, account, row.account, hand_in)
        return Recorded(findings.newest_at(tx, identifier, position), row.number)
    return None


def _require_same(actor: Actor, by: str, account: Account, told: Mapping[str, Any], hand_in: HandIn) -> None:
    if by != actor.subject or Account.from_json(told) != account:
        raise Conflict("hand_in_reused", field="id", id=hand_in.id)


def _keep_apart(
    tx: Connection, actor: Actor, now: datetime, found: Campaign, earlier: Finding, account: Account, hand_in: HandIn
) -> Recorded:
    here = (finding_conflict.c.campaign == found.id) & (finding_conflict.c.position == earlier.position)
    number = 1 + tx.execute(select(func.coalesce(func.max(finding_conflict.c.number), 0)).where(here)).scalar_one()
    row = {
        "campaign": found.id,
        "position": earlier.position,
        "number": number,
        "stood": earlier.version,
        "account": account.to_json(),
        "handed_in_by": actor.subject,
        "hand_in": hand_in.id,
        "entered_at": hand_in.at,
        "based_on": hand_in.based_on,
    }
    told: dict[str, JSON] = {"enterprise": earlier.enterprise}
    persons = [Recipient.person(each) for each in sorted(team_of(tx, found.id, earlier.position))]
    for recipient in (*persons, Recipient.all_of(Role.PLANNER, found.plan.lead)):
        inbox.tell(tx, now, recipient, "finding_conflict", told, found.id)
    sealed = documents.seal(tx, "conflict", {"campaign": found.id}, [(FINDING_CONFLICT, [row])])
    log.append(tx, now, [NewEntry(CONFLICTED, found.id, {"conflict": sealed})])
    return Recorded(findings.newest_at(tx, found.id, earlier.position), number)
