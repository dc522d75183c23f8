"""Planning: a campaign is planned, shown with the coverage it would give, and planned anew until it is frozen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Invalid, Missing, Refusal
from sampling import campaigns, registers
from sampling.annual_planning import check_line
from sampling.campaigns import Campaign
from sampling.deviations import is_flat
from sampling.foreseeing import foreseen
from sampling.frames import build_frame, possible_targets, targets_of
from sampling.inference import Posterior, posteriors, riskier_half, worst_case
from sampling.items import check_items
from sampling.listing import listed_members
from sampling.listings import LISTED
from sampling.matching_inputs import Target
from sampling.plans import Plan
from sampling.pooling import read_pool
from sampling.strata import BASIS_POINTS, Design, Limits, Stratum
from sampling.tables import campaign


@dataclass(frozen=True)
class Preview:
    """What a plan would give, for its planner only: the design, the excluded by reason, what outsiders could infer.

    `worst_case` is the largest probability of a higher-risk grade that a public visit would show, in basis points
    rounded up; above `bound` the plan cannot be frozen. `obstacle` is why the inspectors would not do, in which case it
    cannot be frozen either.
    """

    campaign: str
    design: Design
    excluded: dict[str, int]
    posteriors: tuple[Posterior, ...]
    worst_case: int
    bound: int
    obstacle: Refusal | None


def plan_campaign(tx: Connection, actor: Actor, now: datetime, plan: Plan) -> Campaign:
    """Plan a campaign of the actor's department and return it with its id, such as "2026-0001".

    Raises Missing, Invalid or Conflict: department_missing, flat_rate_without_reason, what `Listing.check` and
    `check_items` raise.
    """
    _check(tx, actor, plan)
    log.lock(tx)  # ids count up within the year
    year = civil_date(now).year
    count = tx.execute(select(func.count()).where(campaign.c.id.like(f"{year}-%"))).scalar_one()
    identifier = f"{year}-{count + 1:04d}"
    tx.execute(
        campaign.insert().values(
            id=identifier,
            department=plan.lead,
            plan=plan.to_json(),
            state="planned",
            planned_by=actor.subject,
            planned_at=now,
        )
    )
    return Campaign(identifier, plan, "planned", actor.subject, now)


def change_plan(tx: Connection, actor: Actor, identifier: str, plan: Plan) -> Campaign:
    """Replace the plan of a campaign that is not frozen yet; only a planner of no department gives it another lead."""
    found = campaigns.for_planner(tx, actor, identifier, "planned")
    _check(tx, actor, plan)
    actor.require_department(found.plan.lead)
    values = {"plan": plan.to_json(), "department": plan.lead}
    tx.execute(campaign.update().where(campaign.c.id == identifier).values(values))
    return Campaign(identifier, plan, "planned", found.planned_by, found.planned_at)


def preview(tx: Connection, actor: Actor, now: datetime, identifier: str, limits: Limits, bound: int) -> Preview:
    """Return what a planned campaign would give as the register and the grades are now."""
    found = campaigns.for_planner(tx, actor, identifier, "planned")
    if found.plan.listing is not None:
        return _list_preview(tx, found, bound)
    frame = build_frame(tx, actor, now, found.plan, limits, f"campaign {identifier}: preview")
    worst = worst_case(frame.design, riskier_half(frame.scale))
    return Preview(
        identifier,
        frame.design,
        dict(sorted(Counter(each.reason for each in frame.excluded).items())),
        posteriors(frame.design),
        -(-worst.numerator * BASIS_POINTS // worst.denominator),
        bound,
        _obstacle(tx, found.plan, possible_targets(frame), frame.design.visits),
    )


def _list_preview(tx: Connection, found: Campaign, bound: int) -> Preview:
    """Return what a campaign that is no draw would give: one stratum, all of which is visited, and no grade."""
    members = listed_members(tx, found.plan)
    everybody = Stratum(LISTED, (), len(members), BASIS_POINTS, len(members), 0)
    obstacle = _obstacle(tx, found.plan, targets_of(members), len(members))
    return Preview(found.id, Design((), (everybody,)), {}, (), 0, bound, obstacle)


def _obstacle(tx: Connection, plan: Plan, possible: Sequence[Target], visits: int) -> Refusal | None:
    try:
        pool = read_pool(tx, plan)
    except Refusal as refusal:
        return refusal
    return foreseen(pool, possible, visits)


def _check(tx: Connection, actor: Actor, plan: Plan) -> None:
    actor.require(Role.PLANNER)
    actor.require_department(plan.lead)
    known = registers.departments(tx)
    for code in plan.departments:
        if code not in known:
            raise Missing("department_missing", field="departments", department=code)
    check_line(tx, plan)
    if plan.listing is not None:
        plan.listing.check()
    elif is_flat(plan.design) and not plan.flat_reason.strip():
        raise Invalid("flat_rate_without_reason", field="flat_reason")
    items = registers.items(tx)
    check_items(plan.items, items, plan.departments)
    for each in plan.participants:
        check_items(each.items, items, [each.department])
