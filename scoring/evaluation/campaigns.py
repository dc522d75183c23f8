"""Designs of campaigns as evaluation reads them, and what became of the campaigns, as the log tells."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, type_coerce
from sqlalchemy.types import Text

from ledger import columnar, documents, log
from ledger.calendar import civil_date, parse_instant
from ledger.canonical import parse_canonical
from ledger.entries import Entry
from ledger.errors import Conflict, Missing
from ledger.tables import log_entry
from scoring.designs import DesignStratum
from scoring.entry_kinds import CLOSED, DRAWN, LISTED, VOID_CONFIRMED, VOIDED
from scoring.evaluation.visits import SampledStratum, StratumKey
from scoring.grade_runs import GradeRun, all_runs, held_rows
from scoring.scopes import GENERAL
from scoring.tables import design_member, design_stratum, grade


@dataclass(frozen=True)
class Fates:
    """What became of campaigns by a day: void, lists instead of draws, and the closing entries."""

    void: frozenset[str]
    listed: frozenset[str]
    closed: Mapping[str, Entry]


@dataclass(frozen=True)
class Design:
    """The design of a campaign's draw, with those of its members that were drawn or took a place, by position.

    `run` is the grade run by which it was drawn, None where nothing of it is left. `replaced` and `substitutes` are the
    positions of members whose places reserves took, and of these reserves: known once the campaign is closed.
    """

    campaign: str
    drawn_on: date
    run: GradeRun | None
    strata: tuple[DesignStratum, ...]
    chosen: tuple[tuple[str, str, int, int, int], ...] = field(repr=False)
    replaced: frozenset[int] = frozenset()
    substitutes: frozenset[int] = frozenset()

    @cached_property
    def sampled_members(self) -> dict[str, tuple[str, bool]]:
        """Stratum, and whether in the uniform slice, of each member that was drawn or took a place, by code."""
        return {
            code: (stratum, bool(uniform))
            for code, stratum, line, drawn, uniform in self.chosen
            if drawn or line in self.substitutes
        }

    @cached_property
    def replaced_members(self) -> dict[str, str]:
        """The stratum of each member whose place a reserve took, by code."""
        return {code: stratum for code, stratum, line, *_ in self.chosen if line in self.replaced}

    @property
    def sampled_strata(self) -> dict[StratumKey, SampledStratum]:
        """The strata, each with how many of its order were sampled."""
        reserves = Counter(stratum for _, stratum, line, *_ in self.chosen if line in self.substitutes)
        return {
            (self.campaign, each.stratum): SampledStratum(each.size, each.quota + reserves[each.stratum], each.uniform)
            for each in self.strata
        }


def fates(tx: Connection, before: datetime | None = None) -> Fates:
    """Return what became of campaigns, by entries before an instant."""

    def told(*kinds: str) -> list[Entry]:
        entries = (entry for kind in kinds for entry in log.of_kind(tx, kind))
        return [entry for entry in entries if before is None or parse_instant(entry.time) < before]

    return Fates(
        frozenset(entry.subject for entry in told(VOIDED, VOID_CONFIRMED)),
        frozenset(entry.subject for entry in told(LISTED)),
        {entry.subject: entry for entry in told(CLOSED)},
    )


def drawn_campaigns(tx: Connection) -> dict[str, date]:
    """Return the campaigns whose design is held, with the civil day of the draw, in their order."""
    query = (
        select(design_stratum.c.campaign, log_entry.c.time)
        .join(log_entry, log_entry.c.subject == design_stratum.c.campaign)
        .where(log_entry.c.kind == DRAWN)
        .distinct()
        .order_by(design_stratum.c.campaign)
    )
    return {campaign: civil_date(time) for campaign, time in tx.execute(query)}


def read_design(tx: Connection, campaign: str, known: Fates) -> Design:
    """Return the design of a campaign.

    Raises Conflict: evaluation_void, evaluation_listed; Missing("design_missing"): it was not drawn, or its design has
    expired.
    """
    if campaign in known.void:
        raise Conflict("evaluation_void", campaign=campaign)
    if campaign in known.listed:
        raise Conflict("evaluation_listed", campaign=campaign)
    rows = tx.execute(
        select(design_stratum).where(design_stratum.c.campaign == campaign).order_by(design_stratum.c.line)
    ).all()
    drawn_on = drawn_campaigns(tx).get(campaign)
    if not rows or drawn_on is None:
        raise Missing("design_missing", campaign=campaign)
    strata = tuple(DesignStratum(row.stratum, row.size, row.quota, row.uniform) for row in rows)
    closed = known.closed.get(campaign)
    replaced, substitutes = _positions(tx, closed, "replaced"), _positions(tx, closed, "substitutes")
    design = Design(campaign, drawn_on, _run(tx, rows[0].document, campaign), strata, (), replaced, substitutes)
    columns = [design_member.c[name] for name in ("enterprise", "stratum", "line", "drawn", "uniform")]
    found = tx.execute(_chosen(design, *columns).order_by(design_member.c.line))
    return replace(design, chosen=tuple(tuple(row) for row in found))


def _chosen(design: Design, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Select the members that were drawn, took a place or lost it."""
    lines = design_member.c.line.in_(sorted(design.replaced | design.substitutes))
    return select(*columns).where(design_member.c.campaign == design.campaign, (design_member.c.drawn == 1) | lines)


def grades_of(tx: Connection, design: Design, *, chosen: bool = False) -> dict[str, tuple[str, int]]:
    """Return general grade and score by enterprise in a design's run, of all or of the chosen members of its frame.

    Nothing without a run, or where something that it stands on has expired.
    """
    if design.run is None:
        return {}
    conditions = [grade.c.department == GENERAL]
    if chosen:
        conditions.append(grade.c.enterprise.in_(_chosen(design, design_member.c.enterprise)))
    try:
        held = held_rows(tx, design.run, *conditions).subquery("told")
    except Missing:
        return {}
    columns = [type_coerce(held.c[name], Text).label(name) for name in ("enterprise", "grade")]
    found = columnar.table(tx, select(*columns, held.c.score))
    codes, letters, points = (column.to_pylist() for column in found.columns)
    return dict(zip(codes, zip(letters, points, strict=True), strict=True))


def _run(tx: Connection, document: str, campaign: str) -> GradeRun | None:
    """Return the run that a design names; designs of earlier versions name none: then the newest before the draw."""
    named = documents.read(tx, document).value["content"].get("grade_run")
    runs = reversed(all_runs(tx))
    if named is not None:
        return next((run for run in runs if run.seq == named), None)
    [drawn] = log.about(tx, campaign, DRAWN)
    return next((run for run in runs if run.seq < drawn.seq), None)


def _positions(tx: Connection, closed: Entry | None, name: str) -> frozenset[int]:
    """Return positions that a closing entry tells, itself or in a public file."""
    told: Any = () if closed is None else closed.body.get(name, ())
    if isinstance(told, dict):
        told = parse_canonical(documents.public_file(tx, told["file"]))
    return frozenset(told)
