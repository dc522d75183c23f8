"""What has to be graded again since a run: what came in, what was due, what another model or judgement may change.

Who has a party with an enterprise of which something came in that counts for those related to it is among them. What
it finds may be more than changes, never less. Records that only came in are added to the sums that the run before left;
everything is read again of those of whom something was replaced, or whose sums time has changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from ledger.tables import log_entry
from scoring import engine, fact_rows, grade_runs, grade_state, judgements, models
from scoring.engine import Wanted
from scoring.entry_kinds import CONFIRMED, JUDGED, WITHDRAWN
from scoring.fact_rows import Change
from scoring.grade_runs import LONGEST_CHAIN, GradeRun
from scoring.grade_state import State
from scoring.measure_sql import CHANGE, REGISTRATION, RELATION, Compiled
from scoring.models import AdoptedModel
from scoring.tables import enterprise, grade_run, judgement


@dataclass(frozen=True)
class Base:
    """A run to stand on, and what it left."""

    run: GradeRun
    state: State


@dataclass(frozen=True)
class Regrading:
    """Whom to grade again, and the rows of records that this takes beside the base's sums.

    The rows are all of those that are `replaced`, and of others what came in since. `leaves` has those of the grades
    that they had so far, by enterprise and department.
    """

    wanted: Wanted
    replaced: frozenset[str]
    rows: Sequence[pyarrow.RecordBatch]
    leaves: dict[tuple[str, str], bytes]


def base_of(tx: Connection, as_of: date) -> Base | None:
    """Return the newest run if the next one can stand on it.

    It cannot if it is of a later day, if its state is not what it left, or if its chain has become long: a chain has at
    most LONGEST_CHAIN runs, and those that stand on the first one together no more rows than it.
    """
    runs = grade_runs.chain(tx, grade_runs.latest_run(tx)) if _is_any(tx) else []
    if not runs or not runs[0].state or as_of < runs[0].as_of or len(runs) >= LONGEST_CHAIN:
        return None
    if sum(run.stored for run in runs[:-1]) > runs[-1].stored:
        return None
    state = grade_state.load(tx, runs[0].document, runs[-1].document, runs[0].state)
    return None if state is None else Base(runs[0], state)


def regrading(
    tx: Connection,
    opened: duckdb.DuckDBPyConnection,
    base: Base,
    adopted: Sequence[AdoptedModel],
    compiled: Compiled,
    former: dict[str, str],
) -> Regrading | None:
    """Return whom to grade again; None where it is so many that all are graded sooner."""
    grades, day = base.state.grades(), compiled.as_of.toordinal()
    most = max(grade_state.enterprises(grades) // 2, 1000)
    by_models = _of_changed_models(tx, base, adopted)
    if by_models is None or not base.state.columns.issuperset(compiled.columns):
        return None
    engine.remember(opened, compiled, base.state.full.sums, base.state.since.sums, base.state.since.summed)
    changes = fact_rows.changes(tx, base.run.seq)
    changed = {each.enterprise for each in changes}
    found = by_models | changed | _judged(tx, base, compiled.as_of)
    found |= {former.get(code, code) for code in found}
    found |= set(grades.filter(pc.less_equal(grades["due"], day))["enterprise"].to_pylist())
    moved = fact_rows.changed_codes(tx) if any(each.kind == CHANGE for each in changes) else set()
    found |= moved
    if len(found) > most:
        return None
    replaced = _under_all(_replaced(compiled, changes, former) | moved, former)
    rows = fact_rows.rows_of(tx, sorted(replaced))
    near = found
    if compiled.related():
        ties = [batch.filter(pc.equal(batch["kind"], RELATION)) for batch in rows]
        spreading = _spreading(grades, compiled, changes, former) | moved
        found = found | engine.tied(opened, _under_all(spreading, former), ties, former)
        if len(found) > most:
            return None
        near = found | engine.tied(opened, _under_all(found, former), ties, former)
    stale = _under_all(engine.stale(opened, compiled) & near, former) - replaced
    rows += fact_rows.rows_of(tx, sorted(stale))
    replaced |= stale
    rows += fact_rows.rows_after(tx, base.run.seq, changed - replaced)
    return Regrading(Wanted(found, near), frozenset(replaced), rows, _leaves_of(grades, found))


def _replaced(compiled: Compiled, changes: Iterable[Change], former: Mapping[str, str]) -> set[str]:
    """Return of whom everything is to be read again: what came in is no more than added to what all others' said."""
    moved = former.keys() | set(former.values())
    return {
        code
        for each in changes
        if not compiled.adds
        or each.revoked
        or each.later
        or each.enterprise in moved
        or each.kind in (REGISTRATION, RELATION, CHANGE)
        for code in (each.enterprise, former.get(each.enterprise, each.enterprise))
    }


def _spreading(
    grades: pyarrow.Table, compiled: Compiled, changes: Iterable[Change], former: Mapping[str, str]
) -> set[str]:
    """Return of whom something came in that may count for those related to them."""
    kinds = {kind for _, measure in compiled.related() for kind in measure.kinds} | {RELATION, CHANGE}
    registered = any(each.kind == REGISTRATION for each in changes)
    held = set(grades["enterprise"].to_pylist()) if registered else set()
    return {
        former.get(each.enterprise, each.enterprise)
        for each in changes
        if each.kind in kinds or each.revoked or (each.kind == REGISTRATION and each.enterprise not in held)
    }


def _leaves_of(grades: pyarrow.Table, codes: Collection[str]) -> dict[tuple[str, str], bytes]:
    """Return by key the leaves of those of some enterprises that are graded."""
    found = grades.filter(pc.is_in(grades["enterprise"], pyarrow.array(list(codes), pyarrow.string()))).filter(
        pc.is_valid(pc.field("leaf"))
    )
    columns = (found[name].to_pylist() for name in ("enterprise", "department", "leaf"))
    return {(code, department): leaf for code, department, leaf in zip(*columns, strict=True)}


def _under_all(codes: set[str], former: Mapping[str, str]) -> set[str]:
    """Return codes with all that have become one of them."""
    return codes | {code for code, present in former.items() if present in codes}


def _is_any(tx: Connection) -> bool:
    return tx.execute(select(grade_run.c.document).limit(1)).first() is not None


def _of_changed_models(tx: Connection, base: Base, adopted: Sequence[AdoptedModel]) -> set[str] | None:
    """Return who is in the scope, stages apart, of a model that held or holds, and not both; None where all may be."""
    changed = {each.document for each in adopted} ^ set(base.run.models)
    if not changed:
        return set()
    scopes = [each.model.scope for each in models.versions(tx) if each.document in changed]
    if any(not scope.sectors and not scope.regions for scope in scopes):
        return None
    rows = tx.execute(select(enterprise.c.code, enterprise.c.sector, enterprise.c.region))
    return {
        code
        for code, sector, region in rows
        if any(
            (not scope.sectors or sector in scope.sectors) and (not scope.regions or region in scope.regions)
            for scope in scopes
        )
    }


def _judged(tx: Connection, base: Base, as_of: date) -> set[str]:
    """Return of whom a judgement was or is in force, or was proposed, confirmed or withdrawn since."""
    found = {each.enterprise for day in {base.run.as_of, as_of} for each in judgements.in_force_on(tx, day)}
    since = select(log_entry.c.subject).where(
        log_entry.c.kind.in_((JUDGED, CONFIRMED, WITHDRAWN)), log_entry.c.seq > base.run.seq
    )
    return found | set(tx.execute(select(judgement.c.enterprise).where(judgement.c.document.in_(since))).scalars())
