"""What has to be graded again since a run: what came in, what was due, what another model or judgement may change.

Who has a party with an enterprise of which something came in that counts for those related to it is among them. What
it finds may be more than changes, never less. Records that only came in are added to the sums that the run before left;
everything is read again of those of whom something was replaced, or whose sums time has changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from functools import partial

import duckdb
import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, select

from ledger.entries import EXPIRED, parse_entry
from ledger.long_work import HandOver
from ledger.tables import log_entry
from scoring import engine, fact_rows, grade_runs, grade_state, judgements, models
from scoring.engine import FACTS, Sums
from scoring.entry_kinds import CONFIRMED, JUDGED, WITHDRAWN
from scoring.grade_runs import LONGEST_CHAIN, GradeRun
from scoring.grade_state import State
from scoring.measure_sql import CHANGE, REGISTRATION, RELATION, Compiled
from scoring.models import AdoptedModel
from scoring.tables import enterprise, grade_run, judgement


@dataclass(frozen=True)
class Base:
    """A run to stand on, and what it left, which may still be unpacked."""

    run: GradeRun
    left: Future[State]

    @property
    def state(self) -> State:
        """What it left."""
        return self.left.result()


@dataclass(frozen=True)
class Regrading:
    """Whom to grade again, and the base's sums, to which those are added that were made now.

    These are of all rows of those that are `replaced`, and of others of what came in since. `grades` are those that
    they had so far, as a state has them.
    """

    wanted: Collection[str]
    replaced: Collection[str]
    before: Sums
    grades: pyarrow.Table


def base_of(tx: Connection, as_of: date, hand_over: HandOver) -> Base | None:
    """Return the newest run if the next one can stand on it.

    It cannot if it is of a later day, if records have expired since, if its state is not what it left, or if its chain
    has become long: a chain has at most LONGEST_CHAIN runs, and those that stand on the first one together no more rows
    than it.
    """
    runs = grade_runs.chain(tx, grade_runs.latest_run(tx)) if _is_any(tx) else []
    if not runs or not runs[0].state or as_of < runs[0].as_of or len(runs) >= LONGEST_CHAIN:
        return None
    if _have_records_expired(tx, runs[0].seq):
        return None
    if sum(run.stored for run in runs[:-1]) > runs[-1].stored:
        return None
    unpack = grade_state.load(tx, runs[0].document, runs[-1].document, runs[0].state)
    return None if unpack is None else Base(runs[0], hand_over(unpack))


def regrading(
    tx: Connection,
    opened: duckdb.DuckDBPyConnection,
    base: Base,
    adopted: Sequence[AdoptedModel],
    compiled: Compiled,
    former: dict[str, str],
    hand_over: HandOver,
) -> Regrading | None:
    """Return whom to grade again, and aggregate what that takes; None where it is so many that all are graded sooner.

    What they had before is looked up by a thread meanwhile. It shows whose sums time has changed, which is seldom
    anybody's: then it is aggregated again with all that is recorded of these.
    """
    most = max(base.run.enterprises // 2, 1000)
    by_models = _of_changed_models(tx, base, adopted)
    if by_models is None:
        return None
    batches = fact_rows.batches_after(tx, base.run.seq)
    news = _at_most(fact_rows.rows_in(tx, batches, compiled.texts), 2 * most)
    if news is None:
        return None
    state = base.state
    if not set(state.columns).issuperset(compiled.columns):
        return None
    changed = _codes(news)
    corrected = fact_rows.corrected_codes(tx, batches) if (pc.max(news["version"]).as_py() or 0) > 1 else set()
    found = by_models | changed | corrected | fact_rows.graded_outside(tx, batches) | _judged(tx, base, compiled.as_of)
    found |= {present for code, present in former.items() if code in found}
    found |= state.due(compiled.as_of.toordinal())
    moved = fact_rows.changed_codes(tx) if _codes(_of_kinds(news, {CHANGE})) else set()
    found |= moved
    if len(found) > most:
        return None
    corrected |= {former.get(code, code) for code in corrected}
    replaced = _under_all(_replaced(compiled, news, former) | moved | corrected, former)
    rows = fact_rows.rows_of(tx, sorted(replaced))
    told = engine.relations(opened, [batch.filter(pc.equal(batch["kind"], RELATION)) for batch in rows], former)
    if compiled.related():
        spreading = _spreading(state, compiled, news, former) | moved | corrected
        found |= state.related(state.some(_under_all(spreading, former)), told)
        if len(found) > most:
            return None
    some, under_others = state.some(found), state.some(_under(found, former))
    looked_up = hand_over(
        partial(state.before, some, under_others, told, compiled.columns, compiled.columns_for_others)
    )
    engine.aggregate(opened, compiled, fact_rows.reader([*rows, *_rows_but(news, replaced)]), former)
    before = looked_up.result()
    if stale := _under_all(engine.stale(opened, compiled, before), former) - replaced:
        rows += fact_rows.rows_of(tx, sorted(stale))
        replaced |= stale
        engine.aggregate(opened, compiled, fact_rows.reader([*rows, *_rows_but(news, replaced)]), former)
    return Regrading(found, replaced, before, state.grades_of(some))


def _at_most(batches: Iterable[pyarrow.RecordBatch], most: int) -> pyarrow.Table | None:
    """Return rows of `NEWS`; None where there are more than so many."""
    taken: list[pyarrow.RecordBatch] = []
    count = 0
    for batch in batches:
        count += batch.num_rows
        if count > most:
            return None
        taken.append(batch)
    return pyarrow.Table.from_batches(taken, fact_rows.NEWS)


def _codes(rows: pyarrow.Table) -> set[str]:
    return set(pc.unique(rows["enterprise"]).to_pylist())


def _of_kinds(rows: pyarrow.Table, kinds: Collection[str]) -> pyarrow.Table:
    return rows.filter(_is_among(rows["kind"], kinds))


def _is_among(texts: pyarrow.ChunkedArray, some: Collection[str]) -> pyarrow.ChunkedArray:
    return pc.is_in(texts, pyarrow.array(list(some), pyarrow.string()))


def _rows_but(news: pyarrow.Table, codes: Collection[str]) -> list[pyarrow.RecordBatch]:
    """Return the rows that are of none of some enterprises, as the engine takes them."""
    others = news.filter(pc.invert(_is_among(news["enterprise"], codes)))
    rows: list[pyarrow.RecordBatch] = others.select(FACTS.names).to_batches()
    return rows


def _replaced(compiled: Compiled, news: pyarrow.Table, former: Mapping[str, str]) -> set[str]:
    """Return of whom everything is to be read again: what came in is no more than added to what all others' said."""
    if compiled.adds:
        others = pc.or_(pc.greater(news["revoked"], 0), pc.greater(news["version"], 1))
        news = news.filter(
            pc.or_(
                pc.or_(others, _is_among(news["kind"], {REGISTRATION, RELATION, CHANGE})),
                _is_among(news["enterprise"], former.keys() | set(former.values())),
            )
        )
    return {each for code in _codes(news) for each in (code, former.get(code, code))}


def _spreading(state: State, compiled: Compiled, news: pyarrow.Table, former: Mapping[str, str]) -> set[str]:
    """Return of whom something came in that may count for those related to them."""
    kinds = {kind for _, measure in compiled.related() for kind in measure.kinds} | {RELATION, CHANGE}
    counting = pc.or_(_is_among(news["kind"], kinds), pc.greater(news["revoked"], 0))
    registered = _codes(_of_kinds(news, {REGISTRATION}))
    new = registered - _codes(state.grades_of(state.some(registered)))
    return {former.get(code, code) for code in _codes(news.filter(counting)) | new}


def _under_all(codes: set[str], former: Mapping[str, str]) -> set[str]:
    """Return codes with all that have become one of them."""
    return codes | _under(codes, former)


def _under(codes: set[str], former: Mapping[str, str]) -> set[str]:
    return {code for code, present in former.items() if present in codes}


def _is_any(tx: Connection) -> bool:
    return tx.execute(select(grade_run.c.document).limit(1)).first() is not None


def _have_records_expired(tx: Connection, seq: int) -> bool:
    since = select(log_entry.c.data).where(log_entry.c.kind == EXPIRED, log_entry.c.seq > seq)
    return any(parse_entry(data).body["expired"]["kind"] == "batch" for data in tx.execute(since).scalars())


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
