"""Trials: what models would say of today's records, without a run. They are readings of grades, and recorded.

What a trial finds is `Withheld` until its reading is recorded, so that it can be computed without holding up others.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from scoring import models, registers
from scoring.fact_loading import load_facts
from scoring.facts import EnterpriseFacts, with_related
from scoring.grader import GradeResult, grade
from scoring.grades import record_reading
from scoring.measures import Source
from scoring.model_check import bin_text
from scoring.remarks import Remark
from scoring.scorecard import Model
from scoring.stages import stage_of
from scoring.tables import record

READERS = (Role.ANALYST, Role.AUDITOR)
TRIAL = "trial"
"""What stands for the run in the record of a reading."""

OUT_OF_SCOPE = ""
"""In place of a grade: the model does not hold for the enterprise."""

T = TypeVar("T")


@dataclass(frozen=True)
class Withheld(Generic[T]):
    """What a trial found, for who asked; it is told only against a record of the reading."""

    _found: T = field(repr=False)
    _actor: Actor
    _purpose: str

    def tell(self, tx: Connection, now: datetime) -> T:
        """Record that the actor reads it, why and when, and return it; raises Invalid("purpose_missing")."""
        record_reading(tx, self._actor, now, TRIAL, None, self._purpose)
        return self._found


@dataclass(frozen=True)
class Coverage:
    """How many enterprises have no value of an indicator, and how many fall into each of its bins."""

    id: str
    title: str
    lacking: int
    bins: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Trial:
    """What a model says of the enterprises in its scope, of all that there are: how many have which grade, and why."""

    registered: int
    enterprises: int
    grades: tuple[tuple[str, int], ...]
    coverage: tuple[Coverage, ...]
    rules: tuple[tuple[str, int], ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Move:
    """An enterprise that another model grades otherwise; OUT_OF_SCOPE where one does not hold for it."""

    enterprise: str
    old: str
    new: str


@dataclass(frozen=True)
class Migration:
    """How many enterprises have which grade by the old and the new model, and which of them move, by code."""

    old_labels: tuple[str, ...]
    new_labels: tuple[str, ...]
    matrix: Mapping[tuple[str, str], int]
    moves: tuple[Move, ...]


def try_model(tx: Connection, actor: Actor, model: Model, as_of: date, purpose: str) -> Withheld[Trial]:
    """Grade the enterprises in a model's scope by it alone, and tell how its indicators are covered by records."""
    actor.require(*READERS)
    facts = load_facts(tx, as_of)
    results = list(_graded(model, facts, as_of))
    grades = Counter(each.grade for each in results)
    fired = Counter(rule["id"] for each in results for rule in _told(each, "rules"))
    trial = Trial(
        len(facts),
        len(results),
        tuple((label, grades[label]) for label in model.labels),
        tuple(_coverage(model, results)),
        tuple((rule.id, fired[rule.id]) for rule in model.rules),
        tuple(_remarks(tx, model, facts, results, as_of)),
    )
    return Withheld(trial, actor, purpose)


def compare_models(
    tx: Connection, actor: Actor, old: Model, new: Model, as_of: date, purpose: str
) -> Withheld[Migration]:
    """Grade all enterprises by either model, and tell who moves."""
    actor.require(*READERS)
    facts = load_facts(tx, as_of)
    before, after = ({each.enterprise: each.grade for each in _graded(model, facts, as_of)} for model in (old, new))
    moves = []
    matrix: Counter[tuple[str, str]] = Counter()
    for code in sorted({*before, *after}):
        pair = before.get(code, OUT_OF_SCOPE), after.get(code, OUT_OF_SCOPE)
        matrix[pair] += 1
        if pair[0] != pair[1]:
            moves.append(Move(code, *pair))
    found = Migration((*old.labels, OUT_OF_SCOPE), (*new.labels, OUT_OF_SCOPE), dict(matrix), tuple(moves))
    return Withheld(found, actor, purpose)


def _graded(model: Model, all_facts: Sequence[EnterpriseFacts], as_of: date) -> Iterator[GradeResult]:
    """Grade the enterprises in the scope of a model by it, in the order of codes."""
    for facts in with_related(all_facts):
        stage = stage_of(facts, as_of)
        sector, region = (str(facts.registration.get(name) or "") for name in ("sector", "region"))
        if model.scope.meets(sector, region, stage):
            yield grade(model, facts, as_of, stage)


def _coverage(model: Model, results: Sequence[GradeResult]) -> Iterator[Coverage]:
    counted: Counter[tuple[str, str | None]] = Counter()
    for result in results:
        for each in _told(result, "indicators"):
            held = each["bin"]
            counted[each["id"], None if held is None else bin_text(held["from"], held["below"])] += 1
    for indicator in model.indicators:
        bins = [bin_text(each.lower, each.upper) for each in indicator.bins]
        numbers = tuple((each, counted[indicator.id, each]) for each in bins)
        yield Coverage(indicator.id, indicator.title, counted[indicator.id, None], numbers)


def _remarks(
    tx: Connection, model: Model, facts: Sequence[EnterpriseFacts], results: Sequence[GradeResult], as_of: date
) -> Iterator[Remark]:
    may_lack = {indicator.id: indicator.measure.may_lack_value for indicator in model.indicators}
    told = (each for result in results for each in _told(result, "indicators"))
    valued = {each["id"] for each in told if each["value"] or (each["value"] == 0 and may_lack[each["id"]])}
    imported = set(tx.execute(select(record.c.kind).distinct()).scalars())
    systems = {each.system for one in facts for each in one.outside}
    for indicator in model.indicators:
        if indicator.id not in valued:
            yield Remark("indicator_without_data", f"indicators.{indicator.id}", {"title": indicator.title})
    of_records = [measure for measure in model.measures if measure.source in (Source.RECORDS, Source.RELATED)]
    for kind in sorted({kind for measure in of_records for kind in measure.kinds} - imported):
        yield Remark("kind_never_imported", "model", {"kind": kind})
    for system in sorted({measure.system for measure in model.measures if measure.system} - systems):
        yield Remark("system_never_imported", "model", {"system": system})
    regions = {one.registration.get("region") for one in facts}
    for region in model.scope.regions:
        if region not in regions:
            yield Remark("region_without_enterprise", "scope", {"region": region})
    known = registers.departments(tx)
    for department in model.scope.departments:
        if department not in known:
            yield Remark("department_unknown", "scope", {"department": department})
    if not results:
        yield Remark("scope_without_enterprise", "scope")
    for held in models.in_force_on(tx, as_of):
        other = held.model
        if other.name != model.name and model.scope.shares_readers(other.scope):
            beside = {"other": f"{other.name} {other.version}"}
            if model.labels != other.labels:
                yield Remark("scale_of_another_differs", "grades", beside)
            if model.scope.ties(other.scope):
                yield Remark("scope_ties_with_another", "scope", beside)


def _told(result: GradeResult, name: str) -> list[Any]:
    told: Any = result.reasons[name]
    return list(told)
