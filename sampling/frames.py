"""Frames: which enterprises of the register meet a plan's conditions, who of them is excluded, and the design."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import log
from ledger.actors import Actor
from ledger.calendar import civil_date, parse_instant
from ledger.errors import Conflict, Invalid
from sampling import registers
from sampling.entry_kinds import DRAWN
from sampling.items import check_objects
from sampling.matching_inputs import Target
from sampling.plans import DRAWN_THIS_YEAR, Plan
from sampling.population import Registered, registered
from sampling.strata import EXCLUDED, Design, GradePlan, Limits, design_strata
from sampling.tables import drawn, slot
from scoring import grades, models
from scoring.grades import GradeRun


@dataclass(frozen=True)
class Member:
    """An enterprise of a frame."""

    code: str
    name: str
    sector: str
    region: str


@dataclass(frozen=True)
class Excluded:
    """An enterprise that has a slot and no chance: the reason given, or the campaign of this year that drew it."""

    enterprise: str
    reason: str
    campaign: str | None = None


@dataclass(frozen=True)
class Frame:
    """A plan's frame: members by code, the excluded, each one's stratum, the run that graded them, the design."""

    members: tuple[Member, ...]
    excluded: tuple[Excluded, ...]
    strata: Mapping[str, str]
    run: GradeRun
    scale: tuple[str, ...]
    design: Design


def build_frame(tx: Connection, actor: Actor, now: datetime, plan: Plan, limits: Limits, purpose: str) -> Frame:
    """Build a plan's frame from the register as it is; the reading of the grades is recorded with its purpose.

    Raises Conflict: enterprises_ungraded; Invalid: frame_empty, members_not_objects, item_without_objects,
    exclusion_outside_frame, rates_not_of_scale, and what `design_strata` raises.
    """
    members = _members(tx, plan)
    if not members:
        raise Invalid("frame_empty", field="conditions")
    run = grades.latest_run(tx)
    scale = models.scale_of(tx, run.model)
    rates = plan.design.rates or {}
    if set(rates) != set(scale):
        raise Invalid("rates_not_of_scale", field="rates", scale=", ".join(scale))
    if plan.grading is None:
        letters = grades.read_run(tx, actor, now, run, purpose)
    else:
        letters = grades.read_joint(tx, actor, now, run, purpose, plan.grading)
    ungraded = [member.code for member in members if member.code not in letters]
    if ungraded:
        raise Conflict("enterprises_ungraded", count=len(ungraded), first=ungraded[0])
    excluded = _excluded(tx, plan, members, civil_date(now).year)
    left_out = {each.enterprise for each in excluded}
    sizes = Counter(letters[member.code] for member in members if member.code not in left_out)
    planned = [GradePlan(grade, sizes[grade], rates[grade]) for grade in scale]
    design = design_strata(planned, len(left_out), limits)
    label = {grade: stratum.label for stratum in design.strata for grade in stratum.grades}
    strata = {member.code: EXCLUDED if member.code in left_out else label[letters[member.code]] for member in members}
    return Frame(members, excluded, strata, run, scale, design)


def possible_targets(frame: Frame) -> list[Target]:
    """Return the members of a frame that may be drawn as targets, numbered by code."""
    return targets_of([member for member in frame.members if frame.strata[member.code] != EXCLUDED])


def targets_of(members: Iterable[Member]) -> list[Target]:
    """Return members as targets, numbered in their order."""
    return [Target(number, each.code, each.sector, each.region) for number, each in enumerate(members)]


def member_of(found: Registered) -> Member:
    """Return a registered enterprise as a member of a frame."""
    return Member(found.code, found.name, found.attributes.sector, found.attributes.region)


def drawn_this_year(tx: Connection, year: int) -> dict[str, str]:
    """Return by code the campaign of the first draw in a civil year that drew the enterprise."""
    found: dict[str, str] = {}
    for entry in log.of_kind(tx, DRAWN):
        if civil_date(parse_instant(entry.time)).year == year:
            query = select(slot.c.enterprise).join(
                drawn, (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position)
            )
            for code in tx.execute(query.where(slot.c.campaign == entry.subject)).scalars():
                found.setdefault(code, entry.subject)
    return found


def _members(tx: Connection, plan: Plan) -> tuple[Member, ...]:
    listed = registers.items(tx)
    items = {code: listed[code] for code in plan.items}
    tags = bool(plan.conditions.tags) or any("tags" in item for item in items.values())
    members = [
        each
        for each in registered(tx, sizes=bool(plan.conditions.sizes), tags=tags)
        if plan.conditions.meets(each.attributes)
    ]
    if members:
        check_objects(items, [(each.code, each.attributes) for each in members])
    return tuple(sorted(map(member_of, members), key=lambda member: member.code))


def _excluded(tx: Connection, plan: Plan, members: tuple[Member, ...], year: int) -> tuple[Excluded, ...]:
    codes = {member.code for member in members}
    excluded = {each.enterprise: Excluded(each.enterprise, each.reason) for each in plan.exclusions}
    for code in excluded:
        if code not in codes:
            raise Invalid("exclusion_outside_frame", field="exclusions", enterprise=code)
    if plan.once_a_year:
        for code, campaign in drawn_this_year(tx, year).items():
            if code in codes and code not in excluded:
                excluded[code] = Excluded(code, DRAWN_THIS_YEAR, campaign)
    return tuple(excluded[code] for code in sorted(excluded))
