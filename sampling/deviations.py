"""What of a plan departs from the rule that enterprises are drawn at rates that differ by grade. Pure."""

from enum import StrEnum
from itertools import product
from typing import NamedTuple

from sampling.design_plans import Cell, Cells, DesignPlan, Kind
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
    """Tell whether a design draws all grades at the same rates, wherever they are and whether they were visited."""
    if design.kind is not Kind.RATES:
        return design.kind is Kind.PROPORTIONAL
    rates = {rule.cell: rule.value for rule in design.rules}
    grades = {cell.grade for cell in rates}
    if len(grades) < 2 or any(Cell(grade) not in rates for grade in grades):
        return False
    cells = Cells(rates)
    sectors, regions = ({"", *(getattr(cell, name) for cell in rates)} for name in ("sector", "region"))
    return all(
        len({rates[cells.of(grade, visited, sector, region)] for grade in grades}) == 1
        for visited, sector, region in product((False, True), sectors, regions)
    )


def deviations_of(plan: Plan) -> list[Deviation]:
    """Return the deviations of a plan."""
    if plan.listing is not None:
        origin = plan.listing.origin
        if origin is None:
            return [Deviation(Departure(CampaignType.SPECIAL), plan.listing.reason)]
        return [Deviation(Departure(CampaignType.SUPERIOR), f"{origin.body} {origin.number}")]
    return [Deviation(Departure.FLAT_RATE, plan.flat_reason)] if is_flat(plan.design) else []
