"""Inspections as a sample: the visits of campaigns with their designs, and those of observational sources.

A visit is the newest version of a record of kind `inspection` that is not revoked. It is a campaign's if the campaign
told of it (a sighting by the source "campaign ID"), and observational if a source that declares itself so did. All
others have no design: they are counted in `left_out`, and so is what has one that is of no use:

    no_design           told by a source that is not observational
    listed, void        of a campaign that is a list, or void
    design_missing      of a campaign whose design has expired
    not_in_frame        its enterprise has no place in the campaign's frame
    others              of a campaign that was not asked for

Whoever a reserve replaced stays sampled, as not inspectable: a visit without results, on the day of the close, before
which nobody is told whom reserves replace.

*As known on a day* are the records that had come in, by the log, by the end of that day, each in the version that was
the newest by then, and campaigns by the entries of then. Codes, sector and region are those of today's register.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, literal, select, type_coerce
from sqlalchemy.types import Text

from ledger import columnar
from ledger.calendar import civil_date, civil_end, instant_text, parse_instant
from ledger.tables import log_entry
from scoring import fact_rows
from scoring.enterprises import under_all_codes
from scoring.entry_kinds import IMPORTED
from scoring.evaluation.campaigns import Design, Fates, drawn_campaigns, fates, grades_of, read_design
from scoring.evaluation.visits import Sample, SampledStratum, StratumKey, Visit
from scoring.held import ask
from scoring.kept_apart import is_observational
from scoring.other_codes import others_of
from scoring.tables import design_member, record, sighting

CAMPAIGN = "campaign "
"""Before a campaign's id: the source of its findings."""


@dataclass(frozen=True)
class _Inspection:
    """A record as it is held, under the code of then."""

    identity: str
    enterprise: str
    day: date
    body: str
    content: Mapping[str, Any]


def read_period(
    tx: Connection,
    first: date,
    last: date,
    campaigns: Collection[str] | None = None,
    known_on: date | None = None,
) -> Sample:
    """Return the visits from a day to another one, both included.

    The strata are those of the campaigns, of all or of some, that have a visit in the period or were drawn in it; who
    of a campaign was visited outside the period is as if not visited yet.
    """
    before = _before(known_on)
    known = fates(tx, before)
    day = type_coerce(record.c.date, Text)
    inside = (day >= first.isoformat(), day <= last.isoformat())
    inspections = list(_inspections(tx, before, *inside))
    told = _told_by(tx, before, *inside)
    allowed = {
        campaign: day
        for campaign, day in drawn_campaigns(tx).items()
        if (campaigns is None or campaign in campaigns) and (known_on is None or day <= known_on)
    }
    seen = {each for campaigns_of, _ in told.values() for each in campaigns_of}
    wanted = {campaign for campaign, day in allowed.items() if campaign in seen or first <= day <= last}
    designs = {each: read_design(tx, each, known) for each in sorted(wanted - known.void)}
    return _Reading(tx, known, designs, campaigns).sample(inspections, told, first, last)


def read_campaign(tx: Connection, campaign: str, known_on: date | None = None) -> Sample:
    """Return all visits of one campaign; raises what `read_design` raises."""
    before = _before(known_on)
    known = fates(tx, before)
    design = read_design(tx, campaign, known)
    drawn = (design_member.c.drawn == 1) | design_member.c.line.in_(sorted(design.substitutes))
    members = under_all_codes(select(design_member.c.enterprise).where(design_member.c.campaign == campaign, drawn))
    told_of = select(literal(1)).where(
        sighting.c.identity == record.c.identity, sighting.c.source == CAMPAIGN + campaign
    )
    inspections = list(_inspections(tx, before, record.c.enterprise.in_(select(members.c.held)), told_of.exists()))
    told = {each.identity: ([campaign], False) for each in inspections}
    return _Reading(tx, known, {campaign: design}, [campaign]).sample(inspections, told, date.min, date.max)


class _Reading:
    """Makes visits of inspections."""

    def __init__(
        self, tx: Connection, known: Fates, designs: Mapping[str, Design], campaigns: Collection[str] | None
    ) -> None:
        self._tx = tx
        self._known = known
        self._designs = designs
        self._campaigns = campaigns
        self._former = fact_rows.former_codes(tx)
        self._grades = {each.campaign: grades_of(tx, each, chosen=True) for each in designs.values()}

    def sample(
        self,
        inspections: Collection[_Inspection],
        told: Mapping[str, tuple[list[str], bool]],
        first: date,
        last: date,
    ) -> Sample:
        """Return the sample of some inspections, with who told of each: campaigns, or an observational source."""
        left_out: Counter[str] = Counter()
        placed = []
        others = others_of(
            self._tx, {each.enterprise for each in inspections if each.identity in told and told[each.identity][0]}
        )
        for each in inspections:
            campaigns, observational = told.get(each.identity, ([], False))
            codes = (each.enterprise, *others.get(each.enterprise, ()))
            why = self._place(each, campaigns, observational, codes)
            if isinstance(why, str):
                left_out[why] += 1
            else:
                placed.append(why)
        replaced = [
            (_Inspection("", code, day, "", {}), design.campaign, stratum, False)
            for design in self._designs.values()
            for code, stratum in design.replaced_members.items()
            if first <= (day := civil_date(parse_instant(self._known.closed[design.campaign].time))) <= last
        ]
        placed += replaced
        places = self._places({each.enterprise for each, *_ in placed})
        visits = [self._visit(*each, *places.get(self._present(each[0].enterprise), ("", ""))) for each in placed]
        strata: dict[StratumKey, SampledStratum] = {}
        for design in self._designs.values():
            strata |= design.sampled_strata
        return Sample(tuple(sorted(visits, key=lambda each: (each.day, each.enterprise))), strata, dict(left_out))

    def _place(
        self, inspection: _Inspection, campaigns: list[str], observational: bool, codes: Sequence[str]
    ) -> tuple[_Inspection, str, str, bool] | str:
        """Return it with campaign, stratum and whether in the uniform slice; all empty if observational; else why not.

        `codes` are its enterprise's: its own, and others, one of which may stand in the frame.
        """
        for campaign in campaigns:
            if campaign in self._known.void:
                return "void"
            if campaign in self._known.listed:
                return "listed"
            if self._campaigns is not None and campaign not in self._campaigns:
                return "others"
            if campaign not in self._designs:
                return "design_missing"
            members = self._designs[campaign].sampled_members
            code = next((code for code in codes if code in members), None)
            return "not_in_frame" if code is None else (replace(inspection, enterprise=code), campaign, *members[code])
        return (inspection, "", "", False) if observational else "no_design"

    def _visit(self, each: _Inspection, campaign: str, stratum: str, uniform: bool, sector: str, region: str) -> Visit:
        lists = (tuple(each.content.get(name, ())) for name in ("matters", "violated", "inspectors"))
        matters, violated, inspectors = lists
        return Visit(
            self._present(each.enterprise),
            each.day,
            tuple(each.content.get("results", ())),
            each.body,
            sector,
            region,
            matters,
            violated,
            inspectors,
            campaign,
            stratum,
            uniform,
            self._grades.get(campaign, {}).get(each.enterprise, ("", 0))[0],
        )

    def _places(self, codes: Collection[str]) -> dict[str, tuple[str, str]]:
        present = sorted({self._present(code) for code in codes})
        found = ask(self._tx, "code, sector, region", "enterprise WHERE code", present)
        return {code: (sector, region) for code, sector, region in found}

    def _present(self, code: str) -> str:
        return self._former.get(code, code)


def _before(known_on: date | None) -> datetime | None:
    return None if known_on is None else civil_end(known_on)


def _inspections(tx: Connection, before: datetime | None, *which: ColumnElement[bool]) -> Iterator[_Inspection]:
    """Give the inspections that meet conditions, in the version that was the newest before an instant."""
    columns = [type_coerce(record.c[name], Text).label(name) for name in ("identity", "enterprise", "date")]
    columns += [type_coerce(record.c[name], Text).label(name) for name in ("body", "content")]
    later = record.alias("later")
    newer = select(literal(1)).where(later.c.identity == record.c.identity, later.c.version > record.c.version)
    query: Select[*tuple[Any, ...]] = select(*columns).where(
        record.c.kind == "inspection", record.c.revoked == 0, *which
    )
    if before is not None:
        query = query.where(_came_in(record.c.document, before))
        newer = newer.where(_came_in(later.c.document, before))
    for batch in columnar.stream(tx, query.where(~newer.exists())):
        for identity, code, day, body, content in zip(*(each.to_pylist() for each in batch.columns), strict=True):
            yield _Inspection(identity, code, date.fromisoformat(day), body, orjson.loads(content))


def _told_by(tx: Connection, before: datetime | None, *which: ColumnElement[bool]) -> dict[str, tuple[list[str], bool]]:
    """Return by identity which campaigns told of it, and whether an observational source did."""
    columns = [type_coerce(sighting.c[name], Text).label(name) for name in ("identity", "source", "document")]
    those = select(record.c.identity).where(record.c.kind == "inspection", *which)
    query: Select[*tuple[Any, ...]] = select(*columns).where(sighting.c.identity.in_(those)).distinct()
    if before is not None:
        query = query.where(_came_in(sighting.c.document, before))
    found: dict[str, tuple[list[str], bool]] = {}
    observational: dict[str, bool] = {}
    told = columnar.table(tx, query)  # the documents are read by the same connection
    for identity, source, document in zip(*(each.to_pylist() for each in told.columns), strict=True):
        campaigns, seen = found.setdefault(identity, ([], False))
        if source.startswith(CAMPAIGN):
            campaigns.append(source.removeprefix(CAMPAIGN))
            continue
        if document not in observational:
            observational[document] = is_observational(tx, document)
        found[identity] = (campaigns, seen or observational[document])
    return found


def _came_in(document: ColumnElement[str], before: datetime) -> ColumnElement[bool]:
    entries = log_entry.alias()
    came_in = select(literal(1)).where(entries.c.subject == document, entries.c.kind == IMPORTED)
    return came_in.where(type_coerce(entries.c.time, Text) < instant_text(before)).exists()
