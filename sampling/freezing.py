"""Freezing: from here on nothing can change the outcome, and nobody can know it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from ledger.policy import Policy
from ledger.tables import log_entry
from sampling import announcing, calling, campaigns, listing
from sampling.beacons import Beacon
from sampling.campaigns import Campaign
from sampling.draw import ALGORITHM
from sampling.entry_kinds import FROZEN
from sampling.foreseeing import foreseen
from sampling.frames import Frame, build_frame, exposure_of, possible_targets
from sampling.inference import check_bound
from sampling.plans import Plan
from sampling.pooling import read_pool
from sampling.replacing import replaced_campaigns
from sampling.sealing import bind_slots, register_entries, seal_matching, sealed_slots
from sampling.slots import slots_root
from sampling.strata import Limits
from sampling.tables import campaign
from sampling.witnessed import stated_margin
from scoring import grades
from scoring.entry_kinds import ADOPTED, DRAFTED

UNFINISHED = ("frozen", "drawn", "matched")


def freeze(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    beacon: Beacon,
    limits: Limits,
    inference_bound: int,
    witnesses: Policy | None = None,
    margin: timedelta = timedelta(0),
    replaces: Sequence[str] = (),
) -> Entry:
    """Freeze a planned campaign: every enterprise of its frame gets one sealed slot, and the log binds all of it.

    A campaign that is no draw has its list fixed instead (`sampling.listing`).

    Under a policy that needs witnesses, a quorum must cosign the freeze by `margin` before the beacon
    (`sampling.witnessed`). `replaces` names the voided campaigns whose matters are tried again (`sampling.tries`).
    Raises Conflict or Invalid: campaign_state, inspectors_missing, campaigns_overlap, inference_bound_exceeded,
    beacon_in_the_past, beacon_too_near, what `foreseen` tells of the matching, and what `replaced_campaigns`,
    `announcing.require_fresh` and `build_frame` raise.
    """
    found = campaigns.for_planner(tx, actor, identifier, "planned")
    plan = found.plan
    now = log.moment(tx, now)
    if plan.listing is not None:
        return listing.fix_list(tx, actor, now, found, beacon, witnesses, margin)
    _refuse_overlap(tx, found)
    announcing.require_fresh(tx, now, beacon)
    replaced = replaced_campaigns(tx, plan, replaces)
    frame = build_frame(tx, actor, now, plan, limits, f"campaign {identifier}: freeze")
    check_bound(exposure_of(tx, frame, identifier, limits), inference_bound)
    pool = read_pool(tx, plan)
    refusal = foreseen(pool, possible_targets(frame), frame.design.visits)
    if refusal is not None:
        raise refusal
    sealed_frame = sealed_slots(frame.members, frame.strata)
    sealing = documents.Sealing(tx, "plan")
    bind_slots(sealing, identifier, sealed_frame, frame.members)
    sealed_plan = sealing.seal(
        {
            "by": actor.subject,
            "campaign": identifier,
            "planned": {"by": found.planned_by, "at": instant_text(found.planned_at)},
            "plan": plan.to_json(),
            "limits": {
                "stratum_size": limits.stratum_size,
                "frame_size": limits.frame_size,
                "uniform_share": limits.uniform_share,
                "inference_bound": inference_bound,
                "inference_campaigns": limits.inference_campaigns,
            },
            "scale": list(frame.scale),
            "strata": [stratum.to_json() for stratum in frame.design.strata],
            "excluded": [_excluded_json(each.enterprise, each.reason, each.campaign) for each in frame.excluded],
            **register_entries(tx, plan),
            **_grade_entries(tx, frame),
            "experience": None if frame.experience is None else frame.experience.to_json(),
        }
    )
    sealed_matching = seal_matching(tx, identifier, pool, frame.members, sealed_frame.secrets.codes)
    campaigns.set_state(tx, identifier, "frozen")
    body: dict[str, JSON] = {
        "algorithm": ALGORITHM,
        "title": plan.title,
        "departments": list(plan.departments),
        "items": list(plan.items),
        "starts": plan.starts.isoformat(),
        "ends": plan.ends.isoformat(),
        "conditions": plan.conditions.to_json(),
        "replaces": replaced,
        **plan.named_line(),
        "beacon": beacon.to_json(),
        "margin": stated_margin(beacon, now, witnesses, margin),
        "slots": {"count": len(sealed_frame.slots), "root": slots_root(sealed_frame.slots).hex()},
        "to_draw": frame.design.visits,
        "witnesses": "" if witnesses is None else witnesses.text,
    }
    sealed = {"plan": sealed_plan, "matching": sealed_matching}
    calling.call_named(tx, now, identifier, plan, beacon)
    return log.append(tx, now, [NewEntry(FROZEN, identifier, sealed, body)])[0]


def _excluded_json(enterprise: str, reason: str, drawn_in: str | None) -> dict[str, JSON]:
    return {"enterprise": enterprise, "reason": reason, "campaign": drawn_in}


def _refuse_overlap(tx: Connection, found: Campaign) -> None:
    """Refuse a second draw of the same matters and enterprises while the first one is not ended; the log is locked.

    Else a draw that somebody dislikes could be left lying and repeated.
    """
    others = tx.execute(
        select(campaign.c.id, campaign.c.plan).where(campaign.c.state.in_(UNFINISHED), campaign.c.id != found.id)
    )
    for identifier, value in others:
        other = Plan.from_json(value)
        if other.listing is not None:
            continue
        if set(other.items) & set(found.plan.items) and other.conditions.overlaps(found.plan.conditions):
            raise Conflict("campaigns_overlap", campaign=identifier)


def _grade_entries(tx: Connection, frame: Frame) -> dict[str, JSON]:
    """Return the entries of the run that graded the frame, of the runs that it stands on, and of all their models."""
    run, *bases = grades.chain(tx, frame.run)
    documents_of_models = {document for each in (run, *bases) for document in each.models}
    query = select(log_entry.c.seq).where(
        log_entry.c.kind.in_((ADOPTED, DRAFTED)), log_entry.c.subject.in_(documents_of_models)
    )
    models: list[JSON] = list(tx.execute(query.order_by(log_entry.c.seq)).scalars())
    return {"grade_run": run.seq, "grade_bases": [each.seq for each in reversed(bases)], "models": models}
