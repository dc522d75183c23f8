"""Trials: what models would say of today's records, without a run. They are readings of grades, and recorded.

The engine of grading counts, so that a trial of a whole province takes about as long as its grading. What a trial finds
is `Withheld` until its reading is recorded, so that it can be computed without holding up others.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar

import duckdb
import pyarrow
from sqlalchemy import Connection, func, select

from ledger.actors import Actor, Role
from scoring import engine, fact_rows, judgements, models, registers, trial_sql
from scoring.grades import record_reading
from scoring.measure_sql import Compiled
from scoring.measures import Source
from scoring.model_check import bin_text
from scoring.remarks import Remark
from scoring.scorecard import Model
from scoring.tables import batch, enterprise, outside_grade

READERS = (Role.ANALYST, Role.AUDITOR)
TRIAL = "trial"
"""What stands for the run in the record of a reading."""

OUT_OF_SCOPE = ""
"""In place of a grade: the model does not hold for the enterprise."""

MOVES_AT_ONCE = 10_000
T = TypeVar("T")


@dataclass(frozen=True)
class Withheld(Generic[T]):
    """What a trial found, for who asked; it is told only against a record of the reading, which names what it is of."""

    _found: T = field(repr=False)
    _actor: Actor
    _purpose: str
    _of: str = TRIAL

    def tell(self, tx: Connection, now: datetime) -> T:
        """Record that the actor reads it, why and when, and return it; raises Invalid("purpose_missing")."""
        record_reading(tx, self._actor, now, self._of, None, self._purpose)
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


class Moves:
    """Moves in the order of codes, each made as it is asked for: of a province there may be a million."""

    def __init__(self, table: pyarrow.Table) -> None:
        """Take a table of the columns enterprise, old, new."""
        self._table = table

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[Move]:
        for rows in self._table.to_batches(max_chunksize=MOVES_AT_ONCE):
            yield from map(Move, *(column.to_pylist() for column in rows.columns))


@dataclass(frozen=True)
class Migration:
    """How many enterprises have which grade by the old and the new model, and which of them move, by code."""

    old_labels: tuple[str, ...]
    new_labels: tuple[str, ...]
    matrix: Mapping[tuple[str, str], int]
    moves: "Moves"


def try_model(tx: Connection, actor: Actor, model: Model, as_of: date, purpose: str) -> Withheld[Trial]:
    """Grade the enterprises in a model's scope by it alone, and tell how its indicators are covered by records."""
    actor.require(*READERS)
    trial, beside = tried(tx, model, as_of), tuple(_beside(tx, actor, model, as_of))
    return Withheld(replace(trial, remarks=(*trial.remarks, *beside)), actor, purpose)


def tried(tx: Connection, model: Model, as_of: date) -> Trial:
    """Return what a model would say, for those who record its reading before they tell it."""
    compiled = Compiled((_for_department(model, ""),), as_of)
    with _asking(tx, compiled) as opened:
        counted = opened.sql(trial_sql.tally(compiled, 0)).to_arrow_table().to_pylist()[0]
    return Trial(
        tx.execute(select(func.count()).select_from(enterprise)).scalar_one(),
        counted["graded"],
        tuple((label, counted[f"g{place}"]) for place, label in enumerate(model.labels)),
        tuple(_coverage(model, counted)),
        tuple((rule.id, counted[f"r{place}"]) for place, rule in enumerate(model.rules)),
        tuple(_remarks(tx, model, counted, as_of)),
    )


def covered(tx: Connection, model: Model, as_of: date) -> list[Coverage]:
    """Return how a model's indicators are covered by the records of the enterprises in its scope; no reading of itself.

    The caller decides who is told, and records it.
    """
    return list(tried(tx, model, as_of).coverage)


def compare_models(
    tx: Connection, actor: Actor, old: Model, new: Model, as_of: date, purpose: str
) -> Withheld[Migration]:
    """Grade all enterprises by either model, and tell who moves."""
    actor.require(*READERS)
    # As models of two departments, either holds wherever its scope is met, beside the other.
    compiled = Compiled((_for_department(old, "old"), _for_department(new, "new")), as_of)
    with _asking(tx, compiled) as opened:
        opened.execute(f"CREATE TEMP TABLE pair AS {trial_sql.pairs(compiled, OUT_OF_SCOPE)}")
        counted = opened.execute("SELECT old, new, count(*) FROM pair GROUP BY old, new ORDER BY old, new").fetchall()
        moves = opened.sql("FROM pair WHERE old <> new ORDER BY enterprise").to_arrow_table()
    matrix = {(before, after): count for before, after, count in counted}
    found = Migration((*old.labels, OUT_OF_SCOPE), (*new.labels, OUT_OF_SCOPE), matrix, Moves(moves))
    return Withheld(found, actor, purpose)


@contextmanager
def _asking(tx: Connection, compiled: Compiled) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine with what models ask of all that is recorded."""
    former, said = fact_rows.former_codes(tx), fact_rows.outside(tx)
    judged = judgements.in_force_on(tx, compiled.as_of)
    with engine.opened() as opened:
        engine.aggregate(opened, compiled, fact_rows.all_rows(tx, compiled.texts), former)
        engine.ask(opened, compiled, said, judged)
        yield opened


def _for_department(model: Model, code: str) -> Model:
    """Return a model as if it were that of one department, or the general one."""
    return replace(model, scope=replace(model.scope, departments=(code,) if code else ()))


def _coverage(model: Model, counted: Mapping[str, int]) -> Iterator[Coverage]:
    for place, indicator in enumerate(model.indicators):
        bins = tuple(
            (bin_text(each.lower, each.upper), counted[f"b{place}_{number}"])
            for number, each in enumerate(indicator.bins)
        )
        yield Coverage(indicator.id, indicator.title, counted[f"lacking{place}"], bins)


def _remarks(tx: Connection, model: Model, counted: Mapping[str, int], as_of: date) -> Iterator[Remark]:
    for place, indicator in enumerate(model.indicators):
        if not counted[f"told{place}"]:
            yield Remark("indicator_without_data", f"indicators.{indicator.id}", {"title": indicator.title})
    imported = set(tx.execute(select(batch.c.kind).distinct()).scalars())
    of_records = [measure for measure in model.measures if measure.source in (Source.RECORDS, Source.RELATED)]
    for kind in sorted({kind for measure in of_records for kind in measure.kinds} - imported):
        yield Remark("kind_never_imported", "model", {"kind": kind})
    systems = set(tx.execute(select(outside_grade.c.system).distinct()).scalars())
    for system in sorted({measure.system for measure in model.measures if measure.system} - systems):
        yield Remark("system_never_imported", "model", {"system": system})
    regions = set(tx.execute(select(enterprise.c.region).distinct()).scalars())
    for region in model.scope.regions:
        if region not in regions:
            yield Remark("region_without_enterprise", "scope", {"region": region})
    known = registers.departments(tx)
    for department in model.scope.departments:
        if department not in known:
            yield Remark("department_unknown", "scope", {"department": department})
    if not counted["graded"]:
        yield Remark("scope_without_enterprise", "scope")


def _beside(tx: Connection, actor: Actor, model: Model, as_of: date) -> Iterator[Remark]:
    """Tell what is wrong with a model beside those in force that the actor may see."""
    for held in models.in_force_on(tx, as_of):
        other = held.model
        if other.name != model.name and models.may_see(actor, other) and model.scope.shares_readers(other.scope):
            beside = {"other": f"{other.name} {other.version}"}
            if model.labels != other.labels:
                yield Remark("scale_of_another_differs", "grades", beside)
            if model.scope.ties(other.scope):
                yield Remark("scope_ties_with_another", "scope", beside)
