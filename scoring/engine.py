"""The engine of grading: DuckDB over Arrow. Rows of facts in, grades out: integers and texts, whatever the threads.

It has no database of its own: what does not fit into its memory spills into a private folder that goes with it. It
loads no extension and reads no file.
"""

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow
import pyarrow.compute

from ledger.canonical import canonical
from scoring import scorecard_sql
from scoring.decay import weights
from scoring.facts import Judgement
from scoring.kept import kept_judgements
from scoring.measure_sql import RELATION, Compiled
from scoring.measures import Source
from scoring.scopes import holding
from scoring.scorecard import Effect, Model

# Arrow's own allocator has the system clear fresh pages for every large buffer, which takes longer than filling them.
pyarrow.set_memory_pool(pyarrow.system_memory_pool())

MEMORY = "1GB"
FACTS = pyarrow.schema(
    [(name, pyarrow.string()) for name in ("enterprise", "kind", "date", "body", "number", "content")]
)
RELATIONS = pyarrow.schema([(name, pyarrow.string()) for name in ("enterprise", "date", "content")])
OUTSIDE = pyarrow.schema([(name, pyarrow.string()) for name in ("enterprise", "system", "grade", "date")])
JUDGEMENTS = pyarrow.schema(
    [
        ("enterprise", pyarrow.string()),
        ("model", pyarrow.int64()),
        ("text", pyarrow.string()),
        *((effect, pyarrow.int64()) for effect in ("exactly", "at_most", "at_least")),
    ]
)
JUDGEMENTS_DUE = pyarrow.schema([("enterprise", pyarrow.string()), ("due", pyarrow.int64())])
HOLDING = pyarrow.schema(
    [
        *((name, pyarrow.string()) for name in ("sector", "region", "stage", "department")),
        ("model", pyarrow.int64()),
        ("head", pyarrow.string()),
    ]
)
ROWS_AT_ONCE = 20_000
ROWS_IN_A_BATCH = 10_000
"""Of rows that are read again: each thread takes a batch."""


@dataclass(frozen=True)
class Sums:
    """What enterprises' records say: `rows` of sums, one of each, and `relations`. It can be put together with others'.

    `relations` (enterprise, kind, party, since) has ties since the number of a day, or without one.
    """

    rows: pyarrow.Table
    relations: pyarrow.Table


@dataclass(frozen=True)
class _Stream:
    """Rows that DuckDB takes as they come.

    Before a reader that it knows it puts Arrow's scanner, which takes almost as long as reading the rows.
    """

    rows: pyarrow.RecordBatchReader

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the stream over (the Arrow PyCapsule interface)."""
        return self.rows.__arrow_c_stream__(requested_schema)


@contextmanager
def opened(memory: str = MEMORY, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine that keeps to some memory, and whose folder is its own and vanishes."""
    with tempfile.TemporaryDirectory(prefix="qian-") as folder:
        engine = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": folder,
                "threads": threads or os.cpu_count() or 1,
                "python_enable_replacements": "false",
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            engine.execute("SET enable_progress_bar = false")
            engine.execute("SET enable_external_access = false")
            engine.execute("SET lock_configuration = true")
            yield engine
        finally:
            engine.close()


def aggregate(
    engine: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    rows: pyarrow.RecordBatchReader,
    former: Mapping[str, str],
) -> None:
    """Make the tables `sums` and `relation` of what is recorded, in one pass, in place of what was made.

    `rows` are of `FACTS`, newest versions that are not revoked alone. `former` gives by code the one that it has
    become; what is recorded under it counts for that one, but for its registration.
    """
    ties: list[pyarrow.RecordBatch] = []
    held = pyarrow.RecordBatchReader.from_batches(FACTS, _with_ties(rows, ties))
    for days in compiled.half_lives:
        table = weights(days)
        _register(engine, f"weight_{days}", {"age": range(len(table)), "weight": table}, pyarrow.int64())
    _former(engine, former)
    engine.register("rows_held", _Stream(held))
    engine.execute(f"CREATE OR REPLACE TEMP VIEW records_held AS FROM rows_held WHERE kind <> '{RELATION}'")
    engine.execute(
        """CREATE OR REPLACE TEMP VIEW facts AS SELECT * REPLACE (
           CASE WHEN kind = 'registration' THEN enterprise ELSE coalesce(present, enterprise) END AS enterprise)
           FROM records_held LEFT JOIN former ON former.code = records_held.enterprise"""
        if former
        else "CREATE OR REPLACE TEMP VIEW facts AS FROM records_held"
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE sums AS {compiled.aggregation()}")
    engine.unregister("rows_held")
    _relations(engine, ties, "relation")


def sums(engine: duckdb.DuckDBPyConnection) -> Sums:
    """Return the sums as they stand, to be scored elsewhere or later."""
    return Sums(engine.sql("FROM sums").to_arrow_table(), engine.sql("FROM relation").to_arrow_table())


def keep_between(engine: duckdb.DuckDBPyConnection, lower: str, upper: str) -> None:
    """Leave the codes from `lower` to before `upper` ('': without bound) alone in what `aggregate` made."""
    for name in ("sums", "relation"):
        engine.execute(
            f"DELETE FROM {name} WHERE enterprise < $lower OR ($upper <> '' AND enterprise >= $upper)",
            {"lower": lower, "upper": upper},
        )


def take(engine: duckdb.DuckDBPyConnection, former: Mapping[str, str], parts: Sequence[Sums]) -> None:
    """Make the tables that `aggregate` makes of what was aggregated elsewhere, no enterprise in two parts."""
    _former(engine, former)
    for name, tables in (
        ("sums", [part.rows for part in parts]),
        ("relation", [part.relations for part in parts]),
    ):
        engine.register("parts_held", pyarrow.concat_tables(tables))
        engine.execute(f"CREATE TEMP TABLE {name} AS FROM parts_held")
        engine.unregister("parts_held")


def relations(
    engine: duckdb.DuckDBPyConnection, rows: Sequence[pyarrow.RecordBatch], former: Mapping[str, str]
) -> pyarrow.Table:
    """Return what rows of relations say, as `Sums.relations` has it."""
    _former(engine, former)
    _relations(engine, [batch.select(RELATIONS.names) for batch in rows], "told")
    told = engine.sql("FROM told").to_arrow_table()
    engine.execute("DROP TABLE told")
    return told


def stale(engine: duckdb.DuckDBPyConnection, compiled: Compiled, before: Sums) -> set[str]:
    """Return whose earlier sums do not hold as of the day."""
    engine.register("sums_before", before.rows)
    found = {code for (code,) in engine.execute(compiled.stale("sums_before")).fetchall()}
    engine.unregister("sums_before")
    return found


def add_before(
    engine: duckdb.DuckDBPyConnection, compiled: Compiled, before: Sums, replaced: Collection[str]
) -> tuple[Sums, pyarrow.Table]:
    """Add earlier sums to those that `aggregate` made, but for enterprises that are replaced.

    `sums` and `relation` are of all these then. Those are returned of whom something was found, and who they are.
    """
    _register(engine, "replaced", {"enterprise": replaced}, pyarrow.string())
    engine.register("sums_before", before.rows)
    engine.register("relation_before", before.relations)
    columns = ", ".join(("enterprise", *compiled.columns))
    engine.execute(
        f"""CREATE TEMP TABLE touched AS SELECT enterprise FROM sums UNION FROM replaced;
            CREATE TEMP VIEW held AS SELECT {columns} FROM sums_before WHERE enterprise NOT IN (FROM replaced)"""
    )
    added = engine.sql(compiled.addition("sums", "held")).to_arrow_table(ROWS_IN_A_BATCH)
    engine.execute(
        """CREATE TEMP TABLE relation_found AS FROM relation UNION ALL FROM relation_before
               WHERE enterprise IN (FROM touched) AND enterprise NOT IN (FROM replaced);
           DROP TABLE sums;
           DROP TABLE relation"""
    )
    engine.register("sums_found", added)
    engine.execute(
        f"""CREATE TEMP VIEW sums AS FROM sums_found UNION ALL
                SELECT {columns} FROM sums_before WHERE enterprise NOT IN (FROM touched);
            CREATE TEMP TABLE relation AS FROM relation_found UNION ALL
                FROM relation_before WHERE enterprise NOT IN (FROM touched)"""
    )
    found = Sums(added, engine.sql("FROM relation_found").to_arrow_table())
    return found, engine.sql("FROM touched").to_arrow_table()


def ask(
    engine: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    outside: pyarrow.Table,
    judgements: Sequence[Judgement],
    wanted: Collection[str] | None = None,
) -> None:
    """Make the tables that `scorecard_sql` reads, of the enterprises in `sums`, or of some of them."""
    _outside(engine, compiled, outside)
    _judgements(engine, compiled, judgements)
    if wanted is not None:
        _register(engine, "wanted", {"enterprise": wanted}, pyarrow.string())
    some = "" if wanted is None else " WHERE enterprise IN (FROM wanted)"
    engine.execute(
        f"""CREATE TEMP TABLE measured AS {compiled.measured(f"(FROM sums{some})")};
            CREATE TEMP TABLE neighbour AS
            SELECT enterprise, {", ".join(compiled.columns_for_others)} FROM sums WHERE registered"""
    )
    _asked(engine, compiled)
    _holding(engine, compiled.models)


def score(
    engine: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    outside: pyarrow.Table,
    judgements: Sequence[Judgement],
    wanted: Collection[str] | None = None,
) -> Iterator[pyarrow.RecordBatch]:
    """Give the grades of the enterprises in `sums`, or of some of them, by code and department.

    The columns: enterprise, department, model (place), stage, grade (place in its scale), label, score, reasons
    (canonical JSON as `scoring.kept` has it), due, leaf. An enterprise for which no model holds has one row, with stage
    and due alone.
    """
    ask(engine, compiled, outside, judgements, wanted)
    queries = [scorecard_sql.graded(compiled, place) for place in range(len(compiled.models))]
    queries.append(
        """SELECT enterprise, NULL AS department, NULL AS model, stage, NULL AS grade, NULL AS label, NULL AS score,
           NULL AS reasons, due, NULL AS leaf FROM asked WHERE NOT EXISTS (SELECT 1 FROM holding
           WHERE holding.sector = asked.sector AND holding.region = asked.region AND holding.stage = asked.stage)"""
    )
    union = " UNION ALL ".join(f"({query})" for query in queries)
    ordered = engine.sql(f"SELECT * FROM ({union}) AS graded ORDER BY enterprise, department")
    yield from ordered.to_arrow_reader(ROWS_AT_ONCE)


def _with_ties(rows: pyarrow.RecordBatchReader, ties: list[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Hand rows on, and put aside what relations among them say."""
    for batch in rows:
        found = batch.select(RELATIONS.names).filter(pyarrow.compute.equal(batch.column("kind"), RELATION))
        if found.num_rows:
            ties.append(found)
        yield batch


def _former(engine: duckdb.DuckDBPyConnection, former: Mapping[str, str]) -> None:
    _register(engine, "former", {"code": former.keys(), "present": former.values()}, pyarrow.string())


def _relations(engine: duckdb.DuckDBPyConnection, rows: Sequence[pyarrow.RecordBatch], name: str) -> None:
    """Make a table like `Sums.relations` of the rows of relations."""
    engine.register("ties_held", pyarrow.Table.from_batches(rows, RELATIONS))
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE {name} AS
           SELECT coalesce(present, enterprise) AS enterprise, json_extract_string(content, '$."type"') AS kind,
                  coalesce(json_extract_string(content, '$."party_code"'), json_extract_string(content, '$."party"'))
                  AS party,
                  CASE WHEN date <> '' THEN datediff('day', DATE '0001-01-01', date::DATE) + 1 END AS since
           FROM ties_held LEFT JOIN former ON former.code = ties_held.enterprise"""
    )
    engine.unregister("ties_held")


def _asked(engine: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    """Make `asked` of `measured`, with what others' records, ties and systems say of them.

    It is one query, so that threads answer its parts side by side.
    """
    columns, joined = [], []
    due = ["measured.due", "due_outside.due", "judgement_due.due"]
    for measure in compiled.measures:
        name = compiled.name(measure)
        if measure.source is Source.RELATED:
            query, otherwise = scorecard_sql.related(compiled, measure, name), "0"
        elif measure.source is Source.RELATIONS:
            query, otherwise = scorecard_sql.relations(compiled, measure), "0"
        elif measure.source is Source.OUTSIDE:
            query, otherwise = scorecard_sql.outside(measure), "NULL"
        else:
            continue
        columns.append(f", coalesce(found_{name}.value, {otherwise})::BIGINT AS {name}")
        joined.append(f" LEFT JOIN ({query}) AS found_{name} ON found_{name}.enterprise = measured.enterprise")
        due.append(f"found_{name}.due")
    engine.execute(
        f"""CREATE TEMP TABLE asked AS SELECT measured.* REPLACE (least({", ".join(due)}) AS due){"".join(columns)}
            FROM measured{"".join(joined)}
            LEFT JOIN (SELECT enterprise, min(day) AS due FROM outside_coming GROUP BY enterprise) AS due_outside
            ON due_outside.enterprise = measured.enterprise
            LEFT JOIN judgement_due ON judgement_due.enterprise = measured.enterprise;
            DROP TABLE measured"""
    )


def _outside(engine: duckdb.DuckDBPyConnection, compiled: Compiled, rows: pyarrow.Table) -> None:
    """Make `outside`: the newest row of each enterprise and system as of the day; of one day, the later one."""
    today = compiled.as_of.toordinal()
    engine.register("outside_held", rows.append_column("place", pyarrow.array(range(len(rows)), pyarrow.int64())))
    engine.execute(
        f"""CREATE TEMP TABLE outside_told AS
            SELECT coalesce(present, enterprise) AS enterprise, system, grade, date, place,
                   datediff('day', DATE '0001-01-01', date::DATE) + 1 AS day
            FROM outside_held LEFT JOIN former ON former.code = outside_held.enterprise;
            CREATE TEMP TABLE outside AS SELECT enterprise, system, arg_max(grade, (date, place)) AS grade,
                   max(date) AS date FROM outside_told WHERE day <= {today} GROUP BY enterprise, system;
            CREATE TEMP TABLE outside_coming AS FROM outside_told WHERE day > {today}"""
    )
    engine.unregister("outside_held")


def _judgements(engine: duckdb.DuckDBPyConnection, compiled: Compiled, judgements: Sequence[Judgement]) -> None:
    """Make `judgement`: what the judgements in force do under each model, and `judgement_due`: when they change."""
    by_enterprise: dict[str, list[Judgement]] = {}
    for each in judgements:
        if compiled.as_of <= each.expires:
            by_enterprise.setdefault(each.enterprise, []).append(each)
    rows = []
    for place, model in enumerate(compiled.models):
        for enterprise, found in by_enterprise.items():
            known = [each for each in found if each.grade in model.labels]
            if known:
                said = _said(model, known)
                text = f'"judgements":{canonical(kept_judgements(known)).decode()},'
                rows.append({"enterprise": enterprise, "model": place, "text": text, **said})
    engine.register("judgement", pyarrow.Table.from_pylist(rows, JUDGEMENTS))
    due = {code: min(each.expires for each in found).toordinal() + 1 for code, found in by_enterprise.items()}
    dues = [{"enterprise": code, "due": day} for code, day in due.items()]
    engine.register("judgement_due", pyarrow.Table.from_pylist(dues, JUDGEMENTS_DUE))


def _said(model: Model, judgements: Sequence[Judgement]) -> dict[str, int | None]:
    """Return the places of the grades that judgements say by their effects, those that outweigh the others."""
    places: dict[Effect, list[int]] = {effect: [] for effect in Effect}
    for each in judgements:
        places[each.effect].append(model.labels.index(each.grade))
    return {
        "exactly": max(places[Effect.EXACTLY], default=None),
        "at_most": min(places[Effect.AT_MOST], default=None),
        "at_least": max(places[Effect.AT_LEAST], default=None),
    }


def _holding(engine: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Make `holding`: which model holds, for each sector, region and stage that occurs."""
    candidates = [(model.scope, place) for place, model in enumerate(models)]
    rows = [
        dict(zip(HOLDING.names, (*found, department, place, _head(models[place], department, found[-1])), strict=True))
        for found in engine.execute("SELECT DISTINCT sector, region, stage FROM asked").fetchall()
        for department, place in holding(candidates, *found).items()
    ]
    engine.register("holding", pyarrow.Table.from_pylist(rows, HOLDING))


def _head(model: Model, department: str, stage: str) -> str:
    """Return what stands in leaves between the enterprise's code and the grade."""
    return canonical([department, model.digest(), stage])[1:-1].decode()


def _register(engine: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Any], held: pyarrow.DataType) -> None:
    engine.register(name, pyarrow.table({key: pyarrow.array(list(each), held) for key, each in columns.items()}))
