"""What a model's indicators said of each visited enterprise strictly before its visit.

As of the end of the day before the visit, by the definition of grading (`scoring.grader.measured`): what is dated on
the day of the visit, the visit itself among it, does not exist. A record counts as it is held now, corrected or revoked
since, under the present code. A registration has no date of what it says: it is the version that had come in before the
day of the visit, and where none had, the first one, so that a later closure does not tell of an earlier visit.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection

from ledger.calendar import civil_date, parse_instant
from scoring import fact_rows
from scoring.drafts import REGISTRATION, RELATION
from scoring.entry_kinds import IMPORTED
from scoring.evaluation.visits import Visit
from scoring.facts import EnterpriseFacts, OutsideGrade, Record, RelatedEnterprise, Relation
from scoring.grader import indicator_points, measured
from scoring.held import ask
from scoring.measure_reader import RECORD_KINDS
from scoring.measures import Measure, Source
from scoring.scorecard import Model
from scoring.stages import stage_of

_DAY = timedelta(days=1)
_by_date = attrgetter("date")


@dataclass(frozen=True)
class History:
    """What indicators said before visits: by the indicator's id a value for each visit, in their order.

    `in_scope` tells of each visit whether the model holds for its enterprise, so that it has a score at all.
    """

    values: Mapping[str, Sequence[int | None]]
    in_scope: Sequence[bool]

    def scores(self, model: Model) -> list[int]:
        """Return the sum of the points of each visit's values, which are those of this model."""
        columns = [_points(model, id_, values) for id_, values in self.values.items()]
        return [sum(points) for points in zip(*columns, strict=True)] if columns else [0] * len(self.in_scope)


def history(tx: Connection, model: Model, visits: Sequence[Visit]) -> History:
    """Return what a model's indicators said before each of some visits."""
    measures = [indicator.measure for indicator in model.indicators]
    known = _Known(tx, measures, {visit.enterprise for visit in visits}, staged=bool(model.scope.stages))
    columns: list[list[int | None]] = [[] for _ in measures]
    in_scope = []
    for visit in visits:
        as_of = visit.day - _DAY
        facts = known.before(visit.enterprise, visit.day)
        for column, measure in zip(columns, measures, strict=True):
            column.append(measured(measure, facts, as_of))
        stage = stage_of(facts, as_of) if model.scope.stages else ""
        sector, region = (str(facts.registration.get(name) or "") for name in ("sector", "region"))
        in_scope.append(model.scope.meets(sector, region, stage))
    return History({each.id: column for each, column in zip(model.indicators, columns, strict=True)}, in_scope)


def facts_before(tx: Connection, model: Model, visits: Sequence[Visit]) -> Iterator[EnterpriseFacts]:
    """Give what a model, with its rules, may ask of each visited enterprise, as known before the day of the visit."""
    known = _Known(tx, model.measures, {visit.enterprise for visit in visits}, staged=True)
    for visit in visits:
        yield known.before(visit.enterprise, visit.day)


def _points(model: Model, id_: str, values: Sequence[int | None]) -> list[int]:
    indicator = next(each for each in model.indicators if each.id == id_)
    known = {value: indicator_points(indicator, value)[0] for value in set(values)}
    return [known[value] for value in values]


@dataclass
class _Held:
    """What is held of one enterprise; records in the order of their dates, registrations with the day they came in."""

    registrations: list[tuple[date, Mapping[str, Any]]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    related: list[RelatedEnterprise] = field(default_factory=list)
    outside: list[OutsideGrade] = field(default_factory=list)

    def registration(self, day: date) -> Mapping[str, Any]:
        """Return what was registered before a day."""
        came_in = [content for since, content in self.registrations if since < day]
        return came_in[-1] if came_in else self.registrations[0][1] if self.registrations else {}


class _Known:
    """What measures ask of some enterprises, read once."""

    def __init__(self, tx: Connection, measures: Sequence[Measure], codes: Iterable[str], *, staged: bool) -> None:
        self._held: dict[str, _Held] = defaultdict(_Held)
        self._tx = tx
        self._former = fact_rows.former_codes(tx)
        wanted = set(codes)
        sources = {measure.source for measure in measures}
        self._read_registrations(wanted)
        asked = {kind for measure in measures if measure.source is Source.RECORDS for kind in measure.kinds}
        kinds = [kind for kind in RECORD_KINDS if kind != REGISTRATION and (staged or kind in asked)]
        for code, records in self._records(wanted, kinds).items():
            self._held[code].records = sorted(records, key=_by_date)
        if not sources.isdisjoint((Source.RELATIONS, Source.RELATED)):
            self._read_relations(wanted, [each for each in measures if each.source is Source.RELATED])
        if Source.OUTSIDE in sources:
            for code, system, grade, day in zip(*fact_rows.outside(tx).to_pydict().values(), strict=True):
                said = OutsideGrade(system, grade, date.fromisoformat(day))
                self._held[self._former.get(code, code)].outside.append(said)

    def before(self, code: str, day: date) -> EnterpriseFacts:
        """Return what is known of an enterprise that is dated before a day."""
        held = self._held[code]
        return EnterpriseFacts(
            code,
            held.registration(day),
            tuple(held.records[: bisect_left(held.records, day, key=_by_date)]),
            tuple(held.relations),
            tuple(held.related),
            tuple(held.outside),
        )

    def _read_registrations(self, codes: set[str]) -> None:
        columns = "log_entry.seq, log_entry.time, record.enterprise, record.content"
        where = (
            f"record JOIN log_entry ON log_entry.subject = record.document AND log_entry.kind = '{IMPORTED}'"
            f" WHERE record.kind = '{REGISTRATION}' AND record.revoked = 0 AND record.enterprise"
        )
        days: dict[str, date] = {}
        for _, time, code, content in sorted(map(tuple, ask(self._tx, columns, where, sorted(codes)))):
            if time not in days:
                days[time] = civil_date(parse_instant(time))
            self._held[code].registrations.append((days[time], orjson.loads(content)))

    def _records(self, codes: Iterable[str], kinds: Sequence[str]) -> Mapping[str, list[Record]]:
        """Return the records of some enterprises that are dated; none where no kind is asked for."""
        found: dict[str, list[Record]] = defaultdict(list)
        rows = self._present(self._batches(codes, kinds)) if kinds else ()
        for code, kind, day, body, number, content in rows:
            if day:
                found[code].append(Record(kind, date.fromisoformat(day), body, number, orjson.loads(content)))
        return found

    def _read_relations(self, wanted: set[str], measures: Sequence[Measure]) -> None:
        """Read the relations of some enterprises, and whom these tie to which others by the ways that are asked for."""
        via = {kind for measure in measures for kind in measure.via}
        ties: dict[tuple[str, str], list[tuple[str, date | None]]] = defaultdict(list)
        rows = fact_rows.rows_of_kind(self._tx, RELATION) if via else self._batches(wanted, [RELATION])
        for code, _, day, _, _, content in self._present(rows):
            told = orjson.loads(content)
            party = told.get("party_code", told["party"])
            since = date.fromisoformat(day) if day else None
            if code in wanted:
                self._held[code].relations.append(Relation(told["type"], party, since))
            if told["type"] in via:
                ties[told["type"], party].append((code, since))
        tied = {
            code: [
                (relation, other, since)
                for relation in self._held[code].relations
                for other, since in ties.get((relation.kind, relation.party), ())
                if other != code
            ]
            for code in wanted
        }
        others = {other for found in tied.values() for _, other, _ in found}
        others = {code for (code,) in ask(self._tx, "code", "enterprise WHERE code", sorted(others))}
        records = self._records(others, sorted({kind for measure in measures for kind in measure.kinds}))
        for code, found in tied.items():
            self._held[code].related = [
                RelatedEnterprise(other, relation.kind, _later(relation.since, since), tuple(records.get(other, ())))
                for relation, other, since in found
                if other in others
            ]

    def _batches(self, codes: Iterable[str], kinds: Sequence[str]) -> Iterable[Any]:
        present = set(codes)
        before = (code for code, now in self._former.items() if now in present)
        return fact_rows.rows_of(self._tx, chain(sorted(present), before), kinds)

    def _present(self, batches: Iterable[Any]) -> Iterator[tuple[str, ...]]:
        """Give rows of batches under the present codes."""
        for batch in batches:
            for code, *rest in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                yield self._former.get(code, code), *rest


def _later(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)
