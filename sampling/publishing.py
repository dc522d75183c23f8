"""Publishing findings (公示): each opens its enterprise's slot, and goes back to scoring as a record.

Anybody sees that the enterprise was fixed before the seed and is among the drawn, and nothing of its stratum.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from sampling import campaigns, registers
from sampling.campaigns import Campaign
from sampling.drawing import frame_slots
from sampling.entry_kinds import PUBLISHED
from sampling.exchange import queueing
from sampling.findings import Finding, findings_of, of_enterprises
from sampling.listings import CampaignType
from sampling.publication import finding_texts, publications
from sampling.slots import SealedFrame, slot_nodes, slot_proof, slots_root
from sampling.standing import standing
from sampling.tables import DISCLOSURE, assignment, finding, finding_detail, recognition
from sampling.targets import replacements_of
from sampling.visits.accounts import Reply
from scoring import intake, projections
from scoring.results import found_problem
from scoring.tables import enterprise

CHECK_TYPES = {
    CampaignType.UNTARGETED: "双随机抽查",
    CampaignType.TARGETED: "双随机抽查",
    CampaignType.SPECIAL: "专项检查",
    CampaignType.SUPERIOR: "上级抽取检查",
}
_CHANNEL = re.compile(r"campaign ([0-9]{4}-[0-9]{4,})")


def channel(identifier: str) -> str:
    """Return the channel by which a campaign's published findings come to the records."""
    return f"campaign {identifier}"


def campaign_of(source: str) -> str | None:
    """Return the campaign whose findings come by a channel; None where it is another source."""
    found = _CHANNEL.fullmatch(source)
    return found and found[1]


def publish_findings(
    tx: Connection, actor: Actor, now: datetime, identifier: str, codes: Sequence[str] | None = None
) -> list[Entry]:
    """Publish approved findings, all of a campaign's or those of some enterprises, and take them in as records.

    Those at reserves wait for the close (`sampling.closing`): until then nobody is told which positions these are.
    Raises Conflict("finding_stands") where a named one is not approved; Conflict("finding_of_reserve");
    Conflict("nothing_to_publish"), also for an empty list of enterprises.
    """
    found = campaigns.for_planner(tx, actor, identifier, "matched")
    if codes is None:
        chosen = findings_of(tx, identifier)
    else:
        chosen = of_enterprises(tx, identifier, list(dict.fromkeys(codes)))
    for each in chosen:
        if codes is not None and each.state != "approved":
            raise Conflict("finding_stands", enterprise=each.enterprise, state=each.state)
    reserves = {each.reserve for each in replacements_of(tx, identifier)}
    for each in chosen:
        if codes is not None and each.position in reserves:
            raise Conflict("finding_of_reserve", enterprise=each.enterprise)
    approved = [each for each in chosen if each.state == "approved" and each.position not in reserves]
    if not approved:
        raise Conflict("nothing_to_publish", campaign=identifier)
    return publish(tx, actor, now, found, approved)


def approved_at_reserves(tx: Connection, identifier: str) -> list[Finding]:
    """Return the approved findings of a campaign at reserves, which wait for its close."""
    reserves = {each.reserve for each in replacements_of(tx, identifier)}
    return [each for each in findings_of(tx, identifier) if each.state == "approved" and each.position in reserves]


def publish(tx: Connection, actor: Actor, now: datetime, found: Campaign, approved: Sequence[Finding]) -> list[Entry]:
    """Publish approved findings of a campaign, take them in as records, and queue these for the platforms."""
    identifier = found.id
    now = log.moment(tx, now)  # disclosures are numbered in the order of the feed, and tell the entry's own time
    rows = _disclosures(tx, found, sorted(approved, key=lambda each: each.position), now)
    sealed = documents.seal(tx, "disclosure", {"by": actor.subject, "campaign": identifier}, [(DISCLOSURE, rows)])
    publications.add(tx, now, identifier, sealed.id, [(row["number"], row["position"]) for row in rows])
    finding_texts.add(tx, [(row["number"], row["visited"], row["name"]) for row in rows])
    records = as_records(tx, actor, found, rows)
    published = NewEntry(PUBLISHED, identifier, {"disclosure": sealed}, {"count": len(rows)})
    entries = log.append(tx, now, [published, *records])
    queueing.queue(tx, now, [each.subject for each in records])
    return entries


def as_records(tx: Connection, actor: Actor, found: Campaign, rows: Sequence[Mapping[str, Any]]) -> list[NewEntry]:
    """Take published findings in as records, each in the place of what an earlier version of it said.

    Those that repeat an earlier inspection make none: no second one took place. The records tell who stands in the
    team, and by their names the items that were inspected and those in which a problem was found, as far as the team's
    answers to check points tell.
    """
    recognised = _recognised(tx, found.id)
    own = [row for row in rows if row["position"] not in recognised]
    positions = [row["position"] for row in own]
    teams, failed = _teams(tx, found.id, positions), _failed_items(tx, found.id, positions)
    register = registers.items(tx) if own else {}
    names = {code: register[code]["name"] for code in found.plan.items if code in register}
    inspections = []
    for row in own:
        violated = failed.get(row["position"], ()) if found_problem(row["results"]) else ()
        content = {
            "type": CHECK_TYPES[found.plan.type],
            "results": row["results"],
            "follow_up": row["follow_up"],
            "inspectors": teams.get(row["position"], []),
            "matters": _different(names[code] for code in found.plan.items if code in names),
            "violated": _different(name for code, name in names.items() if code in violated),
        }
        inspections.append(
            {
                "enterprise": row["enterprise"],
                "date": row["visited"],
                "body": row["department"],
                "number": f"{found.id}-{row['position']}",
                "content": {name: value for name, value in content.items() if value != []},
            }
        )
    return [intake.take_in_inspections(tx, actor, channel(found.id), inspections)] if inspections else []


def _recognised(tx: Connection, identifier: str) -> set[int]:
    """Return the positions whose newest finding repeats an earlier inspection: no second one took place."""
    newest = select(func.max(finding.c.version))
    newest = newest.where(finding.c.campaign == recognition.c.campaign, finding.c.position == recognition.c.position)
    query = select(recognition.c.position).where(recognition.c.campaign == identifier)
    return set(tx.execute(query.where(recognition.c.version == newest.scalar_subquery())).scalars())


def _teams(tx: Connection, identifier: str, positions: Sequence[int]) -> dict[int, list[str]]:
    """Return who stands in the teams of positions, by position and in the order of their codes."""
    query = select(assignment.c.position, assignment.c.inspector).distinct()
    query = query.where(assignment.c.campaign == identifier, standing())
    found = defaultdict[int, list[str]](list)
    for some in projections.chunks(positions):
        for position, inspector in sorted(
            tuple(row) for row in tx.execute(query.where(assignment.c.position.in_(some)))
        ):
            found[position].append(inspector)
    return found


def _failed_items(tx: Connection, identifier: str, positions: Sequence[int]) -> dict[int, set[str]]:
    """Return by position the items of which the newest finding says no to a check point."""
    later = finding_detail.alias()
    newest = ~exists().where(
        later.c.campaign == finding_detail.c.campaign,
        later.c.position == finding_detail.c.position,
        later.c.version > finding_detail.c.version,
    )
    query = select(finding_detail.c.position, finding_detail.c.answers)
    query = query.where(finding_detail.c.campaign == identifier, newest)
    return {
        position: {each["item"] for each in answers if each["reply"] == Reply.NO}
        for some in projections.chunks(positions)
        for position, answers in tx.execute(query.where(finding_detail.c.position.in_(some)))
    }


def _different(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _disclosures(tx: Connection, found: Campaign, approved: Sequence[Finding], now: datetime) -> list[dict[str, Any]]:
    frame = frame_slots(tx, found.id)
    openings = _openings(frame, [each.position for each in approved])
    names = _names(tx, [each.enterprise for each in approved])
    department = registers.departments(tx)[found.plan.lead]["name"]
    register = registers.items(tx)
    items = [register[code]["name"] for code in found.plan.items]
    first = publications.next_number(tx)
    return [
        {
            "number": first + count,
            "campaign": found.id,
            "position": each.position,
            "enterprise": each.enterprise,
            "name": names[each.enterprise],
            "department": department,
            "items": items,
            "visited": each.visited,
            "results": list(each.results),
            "follow_up": each.follow_up,
            "published_at": now,
            "opening": openings[each.position],
        }
        for count, each in enumerate(approved)
    ]


def _openings(frame: SealedFrame, positions: Sequence[int]) -> Mapping[int, JSON]:
    """Return for each position what proves that its code was fixed in the frozen frame, and nothing more."""
    nodes, root = slot_nodes(frame.slots), slots_root(frame.slots).hex()
    openings: dict[int, JSON] = {}
    for position in positions:
        public = frame.secrets.public_opening(position)
        openings[position] = {
            "position": position,
            "slots": len(frame.slots),
            "root": root,
            "slot": frame.slots[position].hex(),
            "identity_salt": public.identity.salt.hex(),
            "stratum_commitment": public.stratum_commitment.hex(),
            "key_commitment": public.key_commitment.hex(),
            "proof": [step.hex() for step in slot_proof(position, len(frame.slots), nodes)],
        }
    return openings


def _names(tx: Connection, codes: Sequence[str]) -> dict[str, str]:
    columns, found = select(enterprise.c.code, enterprise.c.name), dict[str, str]()
    for some in projections.chunks(codes):
        found.update(tx.execute(columns.where(enterprise.c.code.in_(some))).all())
    return found
