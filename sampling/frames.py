"""Frames: which enterprises of the register meet a plan's conditions, who of them is excluded, and the design."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.entries import Entry
from ledger.errors import Conflict, Invalid
from sampling import inference, registers
from sampling.design_plans import EXCLUDED, Cells, DesignPlan
from sampling.frequency import excluded_by, visited_within
from sampling.inference import Campaign, Exposure, kinds, riskier_half, worst_case
from sampling.items import check_objects, check_planned
from sampling.matching_inputs import Target
from sampling.past_campaigns import history, read_draws, read_last, read_pasts
from sampling.past_findings import Experience
from sampling.plans import Plan
from sampling.population import Registered, given_tags, registered
from sampling.strata import Design, Limits, design_strata
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
    """An enterprise that has a slot and no chance: the reason given, or the rule and the campaign that drew it."""

    enterprise: str
    reason: str
    campaign: str | None = None


@dataclass(frozen=True)
class Frame:
    """A plan's frame: members by code, the excluded, grades and strata by code, the run that graded, the design.

    `history` are the entries of earlier campaigns; `settled_by` those whose draws excluded or parted enterprises;
    `experience` what the design's expected rates come from, None where they are stated.
    """

    members: tuple[Member, ...]
    excluded: tuple[Excluded, ...]
    letters: Mapping[str, str]
    strata: Mapping[str, str]
    run: GradeRun
    scale: tuple[str, ...]
    design_plan: DesignPlan
    design: Design
    history: Sequence[Entry]
    settled_by: frozenset[str]
    experience: Experience | None

    @property
    def drawable(self) -> Iterator[Member]:
        """Those who may be drawn."""
        return (member for member in self.members if self.strata[member.code] != EXCLUDED)


def build_frame(tx: Connection, actor: Actor, now: datetime, plan: Plan, limits: Limits, purpose: str) -> Frame:
    """Build a plan's frame from the register as it is; the reading of the grades is recorded with its purpose.

    Raises Conflict: enterprises_ungraded; Invalid: frame_empty, members_not_objects, item_without_objects,
    exclusion_outside_frame, findings_missing, and what `check_planned` and `design_strata` raise.
    """
    members = _members(tx, plan)
    if not members:
        raise Invalid("frame_empty", field="conditions")
    run = grades.latest_run(tx)
    scale = models.scale_of(tx, run.model)
    entries, today = history(tx), civil_date(now)
    design_plan, experience = _expecting(tx, entries, plan, scale)
    cells = Cells(design_plan.values(scale))
    if plan.grading is None:
        letters = grades.read_run(tx, actor, now, run, purpose)
    else:
        letters = grades.read_joint(tx, actor, now, run, purpose, plan.grading)
    ungraded = [member.code for member in members if member.code not in letters]
    if ungraded:
        raise Conflict("enterprises_ungraded", count=len(ungraded), first=ungraded[0])
    draws = read_draws(tx, entries, plan.horizon(today))
    too_often = excluded_by(draws, today, plan.once_a_year, plan.frequency)
    excluded = _excluded(plan, members, too_often)
    left_out = {each.enterprise for each in excluded}
    visited = visited_within(draws, today, design_plan.months)
    labels = {
        member.code: cells.of(letters[member.code], member.code in visited, member.sector, member.region)
        for member in members
        if member.code not in left_out
    }
    design = design_strata(design_plan, scale, Counter(labels.values()), len(left_out), limits)
    by_cell = design.by_cell()
    held_by = {cell: by_cell[cell.label].label for cell in set(labels.values())}
    strata = {member.code: held_by[labels[member.code]] if member.code in labels else EXCLUDED for member in members}
    return Frame(
        members,
        excluded,
        letters,
        strata,
        run,
        scale,
        design_plan,
        design,
        entries,
        frozenset(draw.campaign for draw in draws),
        experience,
    )


def exposure_of(tx: Connection, frame: Frame, campaign: str, limits: Limits) -> Exposure:
    """Return the worst that outsiders could infer once a frame is drawn, over all campaigns that count."""
    pasts = read_pasts(tx, frame.history, limits.inference_campaigns)
    place = frame.design_plan.place
    members = (
        inference.Member(each.code, frame.letters[each.code], *place(each.sector, each.region), frame.strata[each.code])
        for each in frame.drawable
    )
    counted = kinds(members, frame.design.strata, pasts)
    campaigns = [*pasts, Campaign(campaign, frame.settled_by)]
    return worst_case(campaigns, counted, riskier_half(frame.scale), limits.frame_size)


def targets_of(members: Iterable[Member]) -> list[Target]:
    """Return members as targets, numbered in their order."""
    return [Target(number, each.code, each.sector, each.region) for number, each in enumerate(members)]


def member_of(found: Registered) -> Member:
    """Return a registered enterprise as a member of a frame."""
    return Member(found.code, found.name, found.attributes.sector, found.attributes.region)


def possible_targets(frame: Frame) -> list[Target]:
    """Return the members of a frame that may be drawn as targets, numbered by code."""
    return targets_of(frame.drawable)


def _members(tx: Connection, plan: Plan) -> tuple[Member, ...]:
    listed = registers.items(tx)
    check_planned(plan, listed)
    items = {code: listed[code] for code in plan.items}
    tags = given_tags(tx, plan.departments) if asks_tags(plan, items.values()) else {}
    members = [
        each
        for each in registered(tx, sizes=bool(plan.conditions.sizes), tags=tags)
        if plan.conditions.meets(each.attributes)
    ]
    if members:
        check_objects(items, [(each.code, each.attributes.sector, each.attributes.tags) for each in members])
    return tuple(sorted(map(member_of, members), key=lambda member: member.code))


def asks_tags(plan: Plan, items: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether a plan's conditions, or the rows of its items, ask for tags of enterprises."""
    return bool(plan.conditions.tags) or any("tags" in item for item in items)


def _expecting(
    tx: Connection, entries: Sequence[Entry], plan: Plan, scale: Sequence[str]
) -> tuple[DesignPlan, Experience | None]:
    if not plan.design.past:
        return plan.design, None
    plan.design.values(scale)
    experience = Experience.of(read_last(tx, entries, plan.items), scale)
    return plan.design.expecting(experience.expected_rates(plan.design.shrinkage)), experience


def _excluded(
    plan: Plan, members: tuple[Member, ...], too_often: Mapping[str, tuple[str, str]]
) -> tuple[Excluded, ...]:
    codes = {member.code for member in members}
    excluded = {each.enterprise: Excluded(each.enterprise, each.reason) for each in plan.exclusions}
    for code in excluded:
        if code not in codes:
            raise Invalid("exclusion_outside_frame", field="exclusions", enterprise=code)
    for code, (reason, campaign) in too_often.items():
        if code in codes and code not in excluded:
            excluded[code] = Excluded(code, reason, campaign)
    return tuple(excluded[code] for code in sorted(excluded))
