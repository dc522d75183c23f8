"""Fixing a list of a campaign that is no draw: everybody on it is visited, and only the inspectors are left to chance.

The list is sealed slot by slot like a frame, so that nobody is warned and each published finding shows that its
enterprise was on it. The entry says what it is, names the beacon that decides the matching, and is never a freeze: such
a campaign counts in no draw, for no rate and for no rule of once a year.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Invalid
from ledger.log import NewEntry
from ledger.policy import Policy
from sampling import announcing, calling, campaigns, registers
from sampling.beacons import Beacon
from sampling.campaigns import Campaign
from sampling.draw import ALGORITHM
from sampling.entry_kinds import LISTED
from sampling.foreseeing import foreseen
from sampling.frames import Member, member_of, targets_of
from sampling.items import check_objects, check_planned
from sampling.listings import LISTED as LISTED_STRATUM
from sampling.listings import listed_row
from sampling.plans import Plan
from sampling.pooling import read_pool
from sampling.population import given_tags, registered
from sampling.sealing import bind_slots, register_entries, seal_matching, sealed_slots
from sampling.slots import slots_root
from sampling.tables import DRAWN
from sampling.witnessed import stated_margin


def fix_list(
    tx: Connection,
    actor: Actor,
    now: datetime,
    found: Campaign,
    beacon: Beacon,
    witnesses: Policy | None,
    margin: timedelta,
) -> Entry:
    """Fix the list of a planned campaign, of which the caller has checked state, actor and moment.

    Raises Conflict or Invalid: inspectors_missing, what `foreseen` tells of the matching, and what `listed_members` and
    `announcing.require_fresh` raise.
    """
    plan, identifier = found.plan, found.id
    announcing.require_fresh(tx, now, beacon)
    members = listed_members(tx, plan)
    pool = read_pool(tx, plan)
    refusal = foreseen(pool, targets_of(members), len(members))
    if refusal is not None:
        raise refusal
    frame = sealed_slots(members, dict.fromkeys((member.code for member in members), LISTED_STRATUM))
    sealing = documents.Sealing(tx, "plan")
    bind_slots(sealing, identifier, frame, members)
    sealing.rows(DRAWN).add(listed_row(identifier, position) for position in range(len(frame.slots)))
    sealed_plan = sealing.seal(
        {
            "by": actor.subject,
            "campaign": identifier,
            "planned": {"by": found.planned_by, "at": instant_text(found.planned_at)},
            "plan": plan.to_json(),
            **register_entries(tx, plan),
        }
    )
    sealed = {"plan": sealed_plan, "matching": seal_matching(tx, identifier, pool, members, frame.secrets.codes)}
    campaigns.set_state(tx, identifier, "listed")
    body: dict[str, JSON] = {
        "algorithm": ALGORITHM,
        **plan.listed(),
        "beacon": beacon.to_json(),
        "margin": stated_margin(beacon, now, witnesses, margin),
        "slots": {"count": len(frame.slots), "root": slots_root(frame.slots).hex()},
        "to_draw": 0,
        "witnesses": "" if witnesses is None else witnesses.text,
    }
    calling.call_named(tx, now, identifier, plan, beacon)
    return log.append(tx, now, [NewEntry(LISTED, identifier, sealed, body)])[0]


def listed_members(tx: Connection, plan: Plan) -> list[Member]:
    """Return whom a plan's listing names, or all who meet its conditions where it names nobody, by code.

    Raises Invalid: listed_not_registered, frame_empty, members_not_objects, item_without_objects, and what
    `check_planned` raises.
    """
    wanted = set() if plan.listing is None else set(plan.listing.enterprises)
    items = registers.items(tx)
    check_planned(plan, items)
    everybody = registered(tx, sizes=bool(plan.conditions.sizes), tags=given_tags(tx, plan.departments))
    chosen = [each for each in everybody if (each.code in wanted if wanted else plan.conditions.meets(each.attributes))]
    missing = sorted(wanted.difference(each.code for each in chosen))
    if missing:
        raise Invalid("listed_not_registered", field="listing", count=len(missing), first=missing[0])
    if not chosen:
        raise Invalid("frame_empty", field="conditions")
    members = [(each.code, each.attributes.sector, each.attributes.tags) for each in chosen]
    check_objects({code: items[code] for code in plan.items}, members)
    return sorted(map(member_of, chosen), key=lambda member: member.code)
