"""What a plan would give if it were frozen now, for its planner before anything is fixed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict, Invalid, Missing, Refusal
from sampling import campaigns, registers
from sampling.design_plans import BASIS_POINTS
from sampling.foreseeing import foreseen
from sampling.frames import Frame, asks_tags, build_frame, exposure_of, possible_targets, targets_of
from sampling.frequency import Horizon, visits_within
from sampling.inference import Exposure, Posterior, posteriors
from sampling.listing import listed_members
from sampling.listings import LISTED
from sampling.loads import RoleLoad, role_loads
from sampling.matching_inputs import Target
from sampling.past_campaigns import read_draws, read_last
from sampling.past_findings import Experience, PastCampaign
from sampling.planning import check_plan
from sampling.plans import Plan
from sampling.pooling import read_pool
from sampling.strata import Design, Limits, Stratum
from scoring import grades, models

MONTHS = (12, 24, 36)
"""The spans for which a preview tells how often enterprises were visited."""


@dataclass(frozen=True)
class Coverage:
    """Of a grade's enterprises in the frame: how many are excluded, and how many are drawn on average."""

    grade: str
    size: int
    excluded: int
    visits: Fraction

    @property
    def basis_points(self) -> int:
        """The share that is drawn in whole basis points, rounded down; 0 of nobody."""
        return int(self.visits * BASIS_POINTS / self.size) if self.size else 0


@dataclass(frozen=True)
class Preview:
    """What a plan would give: all of it as secret as its design.

    `coverage` is by grade, beside the legal floor `coverage_floor` in basis points. `exposure` is the worst that
    published visits would tell; if it is above `bound`, in basis points, the plan cannot be frozen. `obstacle` is why
    the inspectors would not do, in which case it cannot be frozen either. `expected_findings` rests on what the design
    expects or, where it expects nothing, on `last`, what the last campaigns of the same items gave; None without
    either. `visited` tells for each span of months how many enterprises of the frame were drawn how often.
    """

    campaign: str
    design: Design
    excluded: Mapping[str, int]
    coverage: tuple[Coverage, ...]
    coverage_floor: int
    posteriors: tuple[Posterior, ...]
    exposure: Exposure
    bound: int
    expected_findings: Fraction | None
    loads: tuple[RoleLoad, ...]
    obstacle: Refusal | None
    visited: Mapping[int, Mapping[int, int]]
    last: tuple[PastCampaign, ...]

    @property
    def worst_case(self) -> int:
        """The worst case in basis points, rounded up."""
        worst = self.exposure.posterior
        return -(-worst.numerator * BASIS_POINTS // worst.denominator)


def grade_scale(tx: Connection, actor: Actor) -> tuple[str, ...]:
    """Return the grades that a planner names rates by, low risk first; none before anything is graded."""
    actor.require(Role.PLANNER)
    try:
        run = grades.latest_run(tx)
    except Missing:
        return ()
    return models.scale_of(tx, run.model)


def preview(tx: Connection, actor: Actor, now: datetime, identifier: str, limits: Limits, bound: int) -> Preview:
    """Return what a planned campaign would give as the register and the grades are now."""
    found = campaigns.for_planner(tx, actor, identifier, "planned")
    return _preview(tx, actor, now, found.plan, limits, bound, identifier)


def preview_plan(tx: Connection, actor: Actor, now: datetime, plan: Plan, limits: Limits, bound: int) -> Preview:
    """Return what a plan would give before a campaign has it.

    Raises what `planning.plan_campaign` raises, and Conflict("preview_of_others_tags"): what others who take part have
    tagged is counted for a planner only once they see that he plans with them.
    """
    check_plan(tx, actor, plan)
    others = [each for each in plan.departments if actor.department not in (None, each)]
    if others and asks_tags(plan, _rows_of(tx, plan)):
        raise Conflict("preview_of_others_tags", field="departments", departments=list(others))
    return _preview(tx, actor, now, plan, limits, bound, "")


def _preview(
    tx: Connection, actor: Actor, now: datetime, plan: Plan, limits: Limits, bound: int, identifier: str
) -> Preview:
    if plan.listing is not None:
        return _list_preview(tx, plan, limits, bound, identifier)
    purpose = f"campaign {identifier}: preview" if identifier else "plan: preview"
    frame = build_frame(tx, actor, now, plan, limits, purpose)
    last = read_last(tx, frame.history, plan.items)
    loads, obstacle = _matching(tx, plan, possible_targets(frame), frame.design.visits)
    return Preview(
        identifier,
        frame.design,
        dict(sorted(Counter(each.reason for each in frame.excluded).items())),
        _coverage(frame),
        limits.coverage_floor,
        posteriors(frame.design),
        exposure_of(tx, frame, identifier, limits),
        bound,
        _expected_findings(frame, last),
        loads,
        obstacle,
        _visited(tx, frame, civil_date(now)),
        last,
    )


def _rows_of(tx: Connection, plan: Plan) -> list[Mapping[str, Any]]:
    listed = registers.items(tx)
    return [listed[code] for code in plan.items]


def _list_preview(tx: Connection, plan: Plan, limits: Limits, bound: int, identifier: str) -> Preview:
    """Return what a campaign that is no draw would give: one stratum, all of which is visited, and no grade."""
    members = listed_members(tx, plan)
    everybody = Stratum(LISTED, (), len(members), BASIS_POINTS, len(members), 0)
    loads, obstacle = _matching(tx, plan, targets_of(members), len(members))
    return Preview(
        identifier,
        Design((), (), (everybody,)),
        {},
        (),
        limits.coverage_floor,
        (),
        Exposure(Fraction(0), Fraction(0), 0, ()),
        bound,
        None,
        loads,
        obstacle,
        {},
        (),
    )


def _coverage(frame: Frame) -> tuple[Coverage, ...]:
    sizes = Counter(frame.letters[member.code] for member in frame.members)
    excluded = Counter(frame.letters[each.enterprise] for each in frame.excluded)
    strata = frame.design.by_cell()
    drawn = dict.fromkeys(frame.scale, Fraction(0))
    for part in frame.design.parts:
        if part.size:
            drawn[part.cell.grade] += part.size * strata[part.cell.label].probability
    return tuple(Coverage(grade, sizes[grade], excluded[grade], drawn[grade]) for grade in frame.scale)


def _expected_findings(frame: Frame, last: tuple[PastCampaign, ...]) -> Fraction | None:
    strata = frame.design.by_cell()
    if frame.design_plan.kind.expects:
        rates = {part.cell.label: part.value for part in frame.design.parts}
    else:
        try:
            by_grade = Experience.of(last, frame.scale).expected_rates(frame.design_plan.shrinkage)
        except Invalid:
            return None
        rates = {part.cell.label: by_grade[part.cell.grade] for part in frame.design.parts}
    found = (
        part.size * strata[part.cell.label].probability * rates[part.cell.label]
        for part in frame.design.parts
        if part.size
    )
    return sum(found, Fraction(0)) / BASIS_POINTS


def _matching(
    tx: Connection, plan: Plan, possible: Sequence[Target], visits: int
) -> tuple[tuple[RoleLoad, ...], Refusal | None]:
    try:
        pool = read_pool(tx, plan)
    except Refusal as refusal:
        return (), refusal
    return role_loads(pool, possible, visits), foreseen(pool, possible, visits)


def _visited(tx: Connection, frame: Frame, today: date) -> dict[int, dict[int, int]]:
    draws = read_draws(tx, frame.history, Horizon(today, False, max(MONTHS)))
    codes = [member.code for member in frame.members]
    told = {}
    for months in MONTHS:
        visits = visits_within(draws, today, months)
        told[months] = dict(sorted(Counter(visits[code] for code in codes).items()))
    return told
