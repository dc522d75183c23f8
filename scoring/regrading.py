"""What has to be graded again since a run: what came in, what was due, what another model or judgement may change.

Who has a party with an enterprise of which something came in that counts for those related to it is among them. What
it finds may be more than changes, never less.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from ledger.tables import log_entry
from scoring import engine, fact_rows, grade_runs, grade_state, judgements, models
from scoring.entry_kinds import CONFIRMED, JUDGED, WITHDRAWN
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
    """Whom to grade again, in the order of codes, and the rows of records that this takes."""

    codes: tuple[str, ...]
    rows: Sequence[pyarrow.RecordBatch]


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
    state = grade_state.load(tx, runs[0].document, runs[0].state)
    return None if state is None else Base(runs[0], state)


def regrading(
    tx: Connection, base: Base, adopted: Sequence[AdoptedModel], compiled: Compiled, former: dict[str, str]
) -> Regrading | None:
    """Return whom to grade again; None where it is so many that all are graded sooner."""
    grades = base.state.grades
    most = max(pc.count_distinct(grades.column("enterprise")).as_py() // 2, 1000)
    by_models = _of_changed_models(tx, base, adopted)
    if by_models is None:
        return None
    changes = fact_rows.changes(tx, base.run.seq)
    found = {former.get(each.enterprise, each.enterprise) for each in changes} | by_models
    found |= {each.enterprise for each in changes}
    found |= set(
        grades.filter(pc.less_equal(grades.column("due"), compiled.as_of.toordinal()))["enterprise"].to_pylist()
    )
    found |= _judged(tx, base, compiled.as_of)
    moved = any(each.kind == CHANGE for each in changes)
    if moved:
        found |= set(former) | set(former.values())
    if len(found) > most:
        return None
    others: set[str] = set()
    kinds = {kind for _, measure in compiled.related() for kind in measure.kinds}
    if compiled.related():
        held = set(grades["enterprise"].to_pylist()) if any(each.kind == REGISTRATION for each in changes) else set()
        spreading = {
            former.get(each.enterprise, each.enterprise)
            for each in changes
            if each.kind in kinds
            or each.kind in (RELATION, CHANGE)
            or each.revoked
            or (each.kind == REGISTRATION and each.enterprise not in held)
        }
        spreading |= set(former) | set(former.values()) if moved else set()
        found |= _tied(tx, base, _under_all(spreading, former), former)
        if len(found) > most:
            return None
        others = _tied(tx, base, _under_all(found, former), former) - found
    rows = fact_rows.rows_of(tx, sorted(_under_all(found, former)))
    if others:
        rows += fact_rows.rows_of(tx, sorted(_under_all(others, former)), (REGISTRATION, RELATION, *sorted(kinds)))
    return Regrading(tuple(sorted(found)), rows)


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


def _tied(tx: Connection, base: Base, codes: Iterable[str], former: dict[str, str]) -> set[str]:
    """Return who has a party with some enterprises, as the state and their present relations say."""
    some = sorted(codes)
    if not some:
        return set()
    ties = base.state.ties
    parties = [ties.filter(pc.is_in(ties["enterprise"], pyarrow.array(some)))["party"]]
    rows = fact_rows.rows_of(tx, some, (RELATION,))
    if rows:
        parties.append(engine.ties_of(rows, former)["party"])
    wanted = pyarrow.chunked_array([chunk for each in parties for chunk in each.chunks], pyarrow.uint64())
    return set(ties.filter(pc.is_in(ties["party"], wanted.combine_chunks()))["enterprise"].to_pylist())


def _under_all(codes: Iterable[str], former: dict[str, str]) -> set[str]:
    """Return codes with all that have become one of them."""
    wanted = set(codes)
    return wanted | {code for code, present in former.items() if present in wanted}
