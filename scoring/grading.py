"""Grading (分级): the models in force say of every enterprise of the register how risky it is, in one run.

A run grades all, or, on the base of the newest run, those alone for whom something can have changed; its digest is the
same. It stores the rows that its base does not say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.bindings import BoundInsert
from ledger.calendar import civil_date
from ledger.errors import Conflict, Missing
from ledger.log import NewEntry
from ledger.long_work import HandOver, behind
from scoring import engine, fact_rows, grade_state, judgements, kept, models
from scoring.entry_kinds import RUN
from scoring.grade_runs import GradeRun
from scoring.grade_state import GRADES, State
from scoring.measure_sql import Compiled
from scoring.models import AdoptedModel
from scoring.regrading import Base, base_of, regrading
from scoring.shares import Spread, shares
from scoring.tables import GRADE, GRADE_RUN, enterprise

Report = Callable[[int, int], None]
"""Told how many grades of how many enterprises are done, of those that are graded again where not all are."""


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
    if tx.execute(select(enterprise.c.code).limit(1)).first() is None:
        raise Conflict("register_empty")
    sealing = documents.Sealing(tx, "grades")
    with behind() as hand_over:
        base = None if full else base_of(tx, as_of, hand_over)
        writing = _Writing(sealing.rows(GRADE), hand_over, adopted, report)
        state, is_on_base = _graded(tx, adopted, as_of, base, writing, spread)
        save = grade_state.save_since if is_on_base else grade_state.save_full
        saved = hand_over(partial(save, tx, sealing.id, state))
        enterprises, leaves = state.leaves()
        results = kept.digest(leaves)
    widest = min(general, key=lambda each: (each.model.scope.specificity, each.model.name))
    run: dict[str, Any] = {
        "model": widest.document,
        "as_of": as_of,
        "enterprises": enterprises,
        "results": results,
        "models": [each.document for each in adopted],
        "base": base.run.document if base and is_on_base else "",
        "stored": writing.insert.count,
        "state": saved.result(),
    }
    sealing.rows(GRADE_RUN).add([run])
    sealed = sealing.seal({"by": actor.subject})
    entry = log.append(tx, now, [NewEntry(RUN, sealed.id, {"grades": sealed})])[0]
    return GradeRun(sealed.id, **{**run, "models": tuple(run["models"])}, seq=entry.seq)


@dataclass
class _Writing:
    """Stores grades as they come, by a thread that the rest does not wait for, and keeps what the state needs."""

    insert: BoundInsert
    hand_over: HandOver
    adopted: Sequence[AdoptedModel]
    report: Report
    before: pyarrow.Table = field(default_factory=GRADES.empty_table)
    states: list[pyarrow.RecordBatch] = field(default_factory=list)
    total: int = 0
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
        # Of enterprises, not of grades: progress is not to tell how many models of departments hold.
        self._done += pc.count_distinct(batch.column("enterprise")).as_py()
        self.report(min(self._done, self.total), self.total)

    def _store(self, graded: pyarrow.RecordBatch) -> None:
        graded = graded.filter(_is_other(graded.column("leaf"), self.before))
        if graded.num_rows:
            stored = ("enterprise", "label", "score", "reasons", "department", "model", "stage")
            columns = {name: graded.column(name).to_pylist() for name in stored}
            columns["model"] = [self.adopted[place].document for place in columns["model"]]
            self.hand_over(self.insert.adding(list(columns.values())))

    def take_back(self) -> None:
        """Store that those are graded no more that were before and did not come again."""
        before, after = self.before, self.grades()
        changed, new = (each.filter(_is_other(each["leaf"], of)) for each, of in ((before, after), (after, before)))
        held, again = (each.filter(pc.is_valid(each["leaf"])) for each in (changed, new))
        gone = held.filter(pc.invert(pc.is_in(_keys(held), _keys(again).combine_chunks())))
        keys = sorted(zip(gone["enterprise"].to_pylist(), gone["department"].to_pylist(), strict=True))
        if keys:
            rows = [(code, "", 0, "{}", department, "", "") for code, department in keys]
            self.hand_over(self.insert.adding(list(zip(*rows, strict=True))))

    def grades(self) -> pyarrow.Table:
        """Return what the state keeps of what came, by code and department."""
        return pyarrow.Table.from_batches(self.states, GRADES)


def _is_other(leaves: pyarrow.Array | pyarrow.ChunkedArray, grades: pyarrow.Table) -> pyarrow.Array:
    """Tell of leaves, which have the enterprise and the department in them, whether they are of none of some grades."""
    leaf = GRADES.field("leaf").type
    return pc.invert(pc.is_in(leaves.cast(leaf), grades["leaf"].combine_chunks()))


def _keys(grades: pyarrow.Table) -> pyarrow.ChunkedArray:
    """Return enterprise and department of each grade in one text; neither has a space."""
    return pc.binary_join_element_wise(grades["enterprise"], grades["department"], " ")


def _graded(
    tx: Connection,
    adopted: Sequence[AdoptedModel],
    as_of: date,
    base: Base | None,
    writing: _Writing,
    spread: Spread | None,
) -> tuple[State, bool]:
    """Grade all, or on a base those alone for whom it takes that; return what is left, and whether it stands on it."""
    compiled = Compiled(tuple(each.model for each in adopted), as_of)
    former = fact_rows.former_codes(tx)
    outside, judged = fact_rows.outside(tx), judgements.in_force_on(tx, as_of)
    with engine.opened() as opened:
        again = None if base is None else regrading(tx, opened, base, adopted, compiled, former, writing.hand_over)
        if base is None or again is None:
            if spread is None:
                engine.aggregate(opened, compiled, fact_rows.all_rows(tx, compiled.texts), former)
            else:
                engine.take(opened, former, list(spread.measure(shares(tx, compiled, spread.count))))
            writing.total = tx.execute(select(func.count()).select_from(enterprise)).scalar_one()
            for batch in engine.score(opened, compiled, outside, judged):
                writing.take(batch)
            return grade_state.first_state(writing.grades(), engine.sums(opened)), False
        sums, summed = engine.add_before(opened, compiled, again.before, again.replaced)
        writing.before, writing.total = again.grades, len(again.wanted)
        for batch in engine.score(opened, compiled, outside, judged, again.wanted):
            writing.take(batch)
        writing.take_back()
        return base.state.later(again.wanted, writing.grades(), summed, sums), True
