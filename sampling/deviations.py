"""What of a plan departs from the rule that enterprises are drawn at rates that differ by grade. Pure."""

from collections import defaultdict
from enum import StrEnum
from typing import NamedTuple

from sampling.design_plans import DesignPlan, Kind
from sampling.listings import CampaignType
from sampling.plans import Plan


class Departure(StrEnum):
    """The kinds of deviations."""

    FLAT_RATE = "flat_rate"
    SPECIAL = "special"
    SUPERIOR = "superior"


class Deviation(NamedTuple):
    """A deviation, and why the planner asked for it, or where a superior's list comes from."""

    departure: Departure
    reason: str


def is_flat(design: DesignPlan) -> bool:
    """Tell whether a design draws all grades at the same rates."""
    if design.kind is Kind.PROPORTIONAL:
        return True
    grades = {rule.cell.grade for rule in design.rules}
    by_place = defaultdict(set)
    for rule in design.rules:
        by_place[rule.cell._replace(grade="")].add(rule.value)
    return design.kind is Kind.RATES and len(grades) > 1 and all(len(values) == 1 for values in by_place.values())


def deviations_of(plan: Plan) -> list[Deviation]:
    """Return the deviations of a plan."""
    if plan.listing is not None:
        origin = plan.listing.origin
        if origin is None:
            return [Deviation(Departure(CampaignType.SPECIAL), plan.listing.reason)]
        return [Deviation(Departure(CampaignType.SUPERIOR), f"{origin.body} {origin.number}")]
    return [Deviation(Departure.FLAT_RATE, plan.flat_reason)] if is_flat(plan.design) else []
