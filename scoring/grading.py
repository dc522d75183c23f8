"""Grading (分级): the models in force say of every enterprise of the register how risky it is, in one run.

A run grades all, or, on the base of the newest run, those alone for whom something can have changed; its digest is the
same. It stores the rows that its base does not say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.bindings import BoundInsert
from ledger.calendar import civil_date
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from scoring import engine, fact_rows, grade_state, judgements, kept, models
from scoring.engine import Facts
from scoring.entry_kinds import RUN
from scoring.grade_runs import GradeRun
from scoring.grade_state import GRADES, Layer, State
from scoring.measure_sql import Compiled
from scoring.models import AdoptedModel
from scoring.regrading import Base, base_of, regrading
from scoring.shares import Spread, shares
from scoring.tables import GRADE, GRADE_RUN, enterprise

Report = Callable[[int, int], None]
"""Told how many grades of how many enterprises are done."""

Key = tuple[str, str]


def grade_enterprises(
    tx: Connection,
    actor: Actor,
    now: datetime,
    as_of: date,
    full: bool = False,
    report: Report = lambda done, total: None,
    spread: Spread | None = None,
) -> GradeRun:
    """Grade all enterprises as of the end of a civil day and bind the run by one entry of the log.

    Where the newest run can be the base, and not `full`, those alone are graded again for whom something can have
    changed. Where all are graded and there is a `spread`, it measures their shares.
    Raises Conflict("register_empty"), Conflict("grade_date_in_future") or Missing("model_missing").
    """
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    if as_of > civil_date(now):
        raise Conflict("grade_date_in_future", as_of=as_of)
    log.lock(tx)  # nothing comes in while all is read
    adopted = models.in_force_on(tx, as_of)
    general = [each for each in adopted if not each.model.scope.departments]
    if not general:
        raise Missing("model_missing", day=as_of)
    total = tx.execute(select(func.count()).select_from(enterprise)).scalar_one()
    if not total:
        raise Conflict("register_empty")
    sealing = documents.Sealing(tx, "grades")
    writing = _Writing(sealing.rows(GRADE), adopted, lambda done: report(done, total))
    graded = _graded(tx, adopted, as_of, None if full else base_of(tx, as_of), writing, spread)
    widest = min(general, key=lambda each: (each.model.scope.specificity, each.model.name))
    run: dict[str, Any] = {
        "model": widest.document,
        "as_of": as_of,
        "enterprises": grade_state.enterprises(graded.grades.filter(pc.is_valid(pc.field("leaf")))),
        "results": kept.digest(grade_state.leaves(graded.grades)),
        "models": [each.document for each in adopted],
        "base": "" if graded.base is None else graded.base.run.document,
        "stored": writing.insert.count,
        "state": graded.save(tx, sealing.id),
    }
    sealing.rows(GRADE_RUN).add([run])
    sealed = sealing.seal({"by": actor.subject})
    entry = log.append(tx, now, [NewEntry(RUN, sealed.id, {"grades": sealed})])[0]
    return GradeRun(sealed.id, **{**run, "models": tuple(run["models"])}, seq=entry.seq)


@dataclass
class _Writing:
    """Stores grades as they come, and keeps of each what the state needs."""

    insert: BoundInsert
    adopted: Sequence[AdoptedModel]
    report: Callable[[int], None]
    before: dict[Key, bytes] = field(default_factory=dict)
    states: list[pyarrow.RecordBatch] = field(default_factory=list)
    _done: int = 0

    def take(self, batch: pyarrow.RecordBatch) -> None:
        """Store the grades that are not what they were before."""
        self._store(batch.filter(pc.is_valid(batch.column("leaf"))))
        self.states.append(
            pyarrow.record_batch(
                [
                    batch.column("enterprise"),
                    batch.column("department").fill_null(""),
                    batch.column("leaf").cast(GRADES.field("leaf").type),
                    batch.column("due").cast(pyarrow.int64()),
                ],
                schema=GRADES,
            )
        )
        self._done += batch.num_rows
        self.report(self._done)

    def _store(self, graded: pyarrow.RecordBatch) -> None:
        if self.before:
            keys = zip(*(graded.column(name).to_pylist() for name in ("enterprise", "department")), strict=True)
            leaves = graded.column("leaf").to_pylist()
            changed = [self.before.pop(key, None) != leaf for key, leaf in zip(keys, leaves, strict=True)]
            graded = graded.filter(pyarrow.array(changed, pyarrow.bool_()))
        if graded.num_rows:
            stored = ("enterprise", "label", "score", "reasons", "department", "model", "stage")
            columns = {name: graded.column(name).to_pylist() for name in stored}
            columns["model"] = [self.adopted[place].document for place in columns["model"]]
            self.insert.add_columns(list(columns.values()))

    def take_back(self) -> None:
        """Store that those are graded no more that were before and did not come again."""
        gone = sorted(self.before)
        self.insert.add_stored([(code, "", 0, "{}", department, "", "") for code, department in gone])

    def grades(self) -> pyarrow.Table:
        """Return what the state keeps of what came, by code and department."""
        return pyarrow.Table.from_batches(self.states, GRADES)


@dataclass(frozen=True)
class _Graded:
    """The grades of all by code and department, what is left for the next run, and the base if there is one."""

    grades: pyarrow.Table
    left: Layer | State
    base: Base | None = None

    def save(self, tx: Connection, run: str) -> str:
        """Keep what is left and return its SHA-256."""
        if isinstance(self.left, State):
            return grade_state.save_since(tx, run, self.left)
        return grade_state.save_full(tx, run, self.left)


def _graded(
    tx: Connection,
    adopted: Sequence[AdoptedModel],
    as_of: date,
    base: Base | None,
    writing: _Writing,
    spread: Spread | None,
) -> _Graded:
    """Grade all, or on a base those alone for whom it takes that."""
    compiled = Compiled(tuple(each.model for each in adopted), as_of)
    former = fact_rows.former_codes(tx)
    with engine.opened() as opened:
        again = None if base is None else regrading(tx, opened, base, adopted, compiled, former)
        rows = fact_rows.all_rows(tx) if again is None else fact_rows.reader(again.rows)
        facts = Facts(rows, former, fact_rows.outside(tx), judgements.in_force_on(tx, as_of))
        if again is None and spread is not None:
            engine.take(opened, former, list(spread.measure(shares(tx, compiled, spread.count))))
        else:
            engine.aggregate(opened, compiled, facts)
        if again is not None:
            engine.add_before(opened, compiled, again.replaced)
            writing.before = again.leaves
        wanted = None if again is None else again.wanted
        for batch in engine.score(opened, compiled, facts.outside, facts.judgements, wanted):
            writing.take(batch)
        grades = writing.grades()
        if base is None or again is None:
            return _Graded(grades, grade_state.layer_of(grades, engine.sums(opened)))
        writing.take_back()
        sums, summed = engine.sums_since(opened)
        since, graded = _since(opened, base.state.since, grades)
        state = replace(base.state, since=Layer(since, graded, sums, summed))
        return _Graded(_all(opened, state), state, base)


def _since(
    opened: duckdb.DuckDBPyConnection, before: Layer, grades: pyarrow.Table
) -> tuple[pyarrow.Table, pyarrow.Table]:
    """Return the grades since the run over all, those that are wanted as new ones say, and of whom they are."""
    opened.register("grades_since", before.grades)
    opened.register("graded_since", before.graded)
    opened.register("grades_new", grades)
    merged = opened.sql("FROM grades_since WHERE enterprise NOT IN (FROM wanted) UNION ALL FROM grades_new")
    return merged.to_arrow_table().cast(GRADES), opened.sql("FROM graded_since UNION FROM wanted").to_arrow_table()


def _all(opened: duckdb.DuckDBPyConnection, state: State) -> pyarrow.Table:
    """Return the grades of all, by code and department."""
    opened.register("grades_all", state.grades())
    return opened.sql("FROM grades_all ORDER BY enterprise, department").to_arrow_table().cast(GRADES)
