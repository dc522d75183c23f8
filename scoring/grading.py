"""Grading (分级): the models in force say of every enterprise of the register how risky it is, in one run.

A run grades all, or, on the base of the newest run, those alone for whom something can have changed; its digest is the
same. It stores the rows that its base does not say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.bindings import BoundInsert
from ledger.bulk import StoredRow
from ledger.calendar import civil_date
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from scoring import engine, fact_rows, grade_state, judgements, kept, models
from scoring.engine import Facts
from scoring.entry_kinds import RUN
from scoring.grade_runs import GradeRun
from scoring.grade_state import GRADES, State
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
    base, state = _graded(tx, adopted, as_of, None if full else base_of(tx, as_of), writing, spread)
    widest = min(general, key=lambda each: (each.model.scope.specificity, each.model.name))
    leaves = grade_state.leaves(state)
    run: dict[str, Any] = {
        "model": widest.document,
        "as_of": as_of,
        "enterprises": _graded_enterprises(state),
        "results": kept.digest(leaves),
        "models": [each.document for each in adopted],
        "base": "" if base is None else base.run.document,
        "stored": writing.insert.count,
        "state": grade_state.save(tx, sealing.id, state),
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
        digests = [each.model.digest() for each in self.adopted]
        labels = [each.model.labels for each in self.adopted]
        columns = (batch.column(name).to_pylist() for name in ("enterprise", "department", "model", "stage", "grade"))
        rows: list[StoredRow] = []
        leaves: list[bytes | None] = []
        for code, department, place, stage, level, score, reasons in zip(
            *columns, batch.column("score").to_pylist(), batch.column("reasons").to_pylist(), strict=True
        ):
            if place is None:
                leaves.append(None)
                continue
            label = labels[place][level]
            leaf = kept.leaf(code, department, digests[place], stage, label, score, reasons)
            leaves.append(leaf)
            if self.before.pop((code, department), None) != leaf:
                rows.append((code, label, score, reasons, department, self.adopted[place].document, stage))
        self.insert.add_stored(rows)
        self.states.append(
            pyarrow.record_batch(
                [
                    batch.column("enterprise"),
                    batch.column("department").fill_null(""),
                    pyarrow.array(leaves, GRADES.field("leaf").type),
                    batch.column("due").cast(pyarrow.int64()),
                ],
                schema=GRADES,
            )
        )
        self._done += batch.num_rows
        self.report(self._done)

    def take_back(self) -> None:
        """Store that those are graded no more that were before and did not come again."""
        gone = sorted(self.before)
        self.insert.add_stored([(code, "", 0, "{}", department, "", "") for code, department in gone])

    def state(self) -> pyarrow.Table:
        """Return the state of what came, by code and department."""
        return pyarrow.Table.from_batches(self.states, GRADES)


def _graded(
    tx: Connection,
    adopted: Sequence[AdoptedModel],
    as_of: date,
    base: Base | None,
    writing: _Writing,
    spread: Spread | None,
) -> tuple[Base | None, State]:
    """Grade all, or on a base those alone for whom it takes that; return the base, if it is one, and the state."""
    compiled = Compiled(tuple(each.model for each in adopted), as_of)
    former = fact_rows.former_codes(tx)
    again = None if base is None else regrading(tx, base, adopted, compiled, former)
    parts = None
    if again is None and spread is not None:
        parts = spread.measure(shares(tx, compiled, spread.count))
    rows = fact_rows.all_rows(tx) if again is None else fact_rows.reader(again.rows)
    facts = Facts(rows, former, fact_rows.outside(tx), judgements.in_force_on(tx, as_of))
    if base is not None and again is not None:
        writing.before = _leaves_of(base.state.grades, again.codes)
    with engine.opened() as opened:
        if parts is None:
            engine.aggregate(opened, compiled, facts)
        else:
            engine.take(opened, former, list(parts))
        ties = engine.ties(opened)
        codes = None if again is None else again.codes
        for batch in engine.score(opened, compiled, facts.outside, facts.judgements, codes):
            writing.take(batch)
        if base is None or again is None:
            return None, State(writing.state(), ties)
        writing.take_back()
        return base, _merged(opened, base.state, State(writing.state(), ties), again.codes)


def _leaves_of(grades: pyarrow.Table, codes: Sequence[str]) -> dict[Key, bytes]:
    """Return by key the leaves of those of some enterprises that are graded."""
    found = grades.filter(pc.is_in(grades["enterprise"], pyarrow.array(codes, pyarrow.string()))).filter(
        pc.is_valid(pc.field("leaf"))
    )
    columns = (found[name].to_pylist() for name in ("enterprise", "department", "leaf"))
    return {(code, department): leaf for code, department, leaf in zip(*columns, strict=True)}


def _merged(opened: duckdb.DuckDBPyConnection, before: State, new: State, codes: Sequence[str]) -> State:
    """Return a state in which some enterprises are as a new one says, and all others as they were."""
    opened.register("grades_before", before.grades)
    opened.register("grades_new", new.grades)
    opened.register("ties_before", before.ties)
    opened.register("ties_new", new.ties)
    return State(
        opened.sql(
            """SELECT * FROM (FROM grades_before WHERE enterprise NOT IN (FROM wanted) UNION ALL FROM grades_new)
               ORDER BY enterprise, department"""
        )
        .to_arrow_table()
        .cast(GRADES),
        opened.sql(
            """SELECT * FROM (FROM ties_before WHERE enterprise NOT IN (FROM wanted) UNION ALL
                              FROM ties_new WHERE enterprise IN (FROM wanted))"""
        ).to_arrow_table(),
    )


def _graded_enterprises(state: State) -> int:
    graded = state.grades.filter(pc.is_valid(pc.field("leaf")))
    count: int = pc.count_distinct(graded["enterprise"]).as_py()
    return count
