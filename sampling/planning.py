"""Planning: a campaign is planned, and planned anew until it is frozen."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Invalid
from ledger.versions import require_version
from sampling import campaigns, registers
from sampling.annual_planning import check_line
from sampling.campaigns import Campaign
from sampling.departments import require_in_use
from sampling.deviations import is_flat
from sampling.items import check_planned
from sampling.plans import Plan
from sampling.tables import campaign


def plan_campaign(tx: Connection, actor: Actor, now: datetime, plan: Plan) -> Campaign:
    """Plan a campaign of the actor's department and return it with its id, such as "2026-0001".

    Raises Missing, Invalid or Conflict: flat_rate_without_reason, grade_name_unusable, choice_unknown, and what
    `require_in_use`, `Listing.check` and `check_items` raise.
    """
    check_plan(tx, actor, plan)
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
            version=1,
        )
    )
    return Campaign(identifier, plan, "planned", actor.subject, now)


def change_plan(tx: Connection, actor: Actor, identifier: str, plan: Plan, if_version: int | None = None) -> Campaign:
    """Replace the plan of a campaign that is not frozen yet; only a planner of no department gives it another lead.

    Raises Conflict("version_stale") unless the version that was read holds, where one is named.
    """
    found = campaigns.for_planner(tx, actor, identifier, "planned")
    require_version(found.version, if_version)
    check_plan(tx, actor, plan, found.plan.departments)
    actor.require_department(found.plan.lead)
    values = {"plan": plan.to_json(), "department": plan.lead, "version": found.version + 1}
    tx.execute(campaign.update().where(campaign.c.id == identifier).values(values))
    return Campaign(identifier, plan, "planned", found.planned_by, found.planned_at, found.version + 1)


def check_plan(tx: Connection, actor: Actor, plan: Plan, planned: Collection[str] = ()) -> None:
    """See that the actor may plan this; `planned` are departments that it has already, closed or not.

    Raises what `plan_campaign` raises.
    """
    actor.require(Role.PLANNER)
    actor.require_department(plan.lead)
    require_in_use(tx, [code for code in plan.departments if code not in planned], "departments")
    check_line(tx, plan)
    plan.matching.check_specialties()
    plan.design.check_grades()
    if plan.listing is not None:
        plan.listing.check()
    elif is_flat(plan.design) and not plan.flat_reason.strip():
        raise Invalid("flat_rate_without_reason", field="flat_reason")
    check_planned(plan, registers.items(tx))
