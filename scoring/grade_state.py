"""What the newest run leaves for the next one: of each grade its leaf and when it is due, and what records said.

It follows from the bound rows and records, so nobody has to trust it: the run's bound row has its SHA-256, and where it
does not match, is lost or cannot be read, the next run computes everything. It is as secret as the grades.

The next run reads all of it and uses little, so it is kept narrow: integers in as few bytes as hold them, texts that
recur by their place in a list. What is taken out of it is wide.
"""

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pyarrow
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from ledger.bulk import read_bytes
from ledger.merkle import HASH_BYTES
from scoring.engine import Sums
from scoring.tables import grade_state

GRADES = pyarrow.schema(
    [
        ("enterprise", pyarrow.string()),
        ("department", pyarrow.string()),
        ("leaf", pyarrow.binary(HASH_BYTES)),
        ("due", pyarrow.int64()),
    ]
)
CODES = pyarrow.schema([("enterprise", pyarrow.string())])
STATE_TAG = b"qian/grade-state/v3"
PART_BYTES = 1 << 20
"""A server tries to pack a value that begins as if it could be packed, like the first part: so it is no long one."""

WIDTHS = pyarrow.int8(), pyarrow.int16(), pyarrow.int32(), pyarrow.int64()
SELDOM_RECURRING = "enterprise", "party"

Condition: TypeAlias = Callable[[pyarrow.Table], pyarrow.ChunkedArray]


@dataclass(frozen=True)
class Layer:
    """What a run found: `grades` by code and department, without a leaf who has no grade, and `sums` of records.

    Where it lies on another layer, it says all of the enterprises in `graded` and `summed`, and nothing of others.
    """

    grades: pyarrow.Table
    graded: pyarrow.Table
    sums: Sums
    summed: pyarrow.Table

    def tables(self) -> tuple[pyarrow.Table, ...]:
        """Return its tables in the order in which they are kept."""
        return self.grades, self.graded, self.sums.rows, self.sums.relations, self.summed


@dataclass(frozen=True)
class State:
    """What the run over all left, `full`, and what the runs that stand on it found since; `since` lies on `full`.

    `full_run` is the document of that run, `full_sha256` is over what is kept of it.
    """

    full: Layer
    since: Layer
    full_run: str = ""
    full_sha256: bytes = b""

    @property
    def columns(self) -> list[str]:
        """The columns of sums that both layers have, but for the enterprise's code."""
        among = set(self.since.sums.rows.column_names) - {"enterprise"}
        return [name for name in self.full.sums.rows.column_names if name in among]

    def due(self, day: int) -> set[str]:
        """Return of whom a grade is due on a day, by its number, or before."""
        return set(self._grades(lambda grades: pc.less_equal(grades["due"], day))["enterprise"].to_pylist())

    def grades_of(self, codes: Collection[str]) -> pyarrow.Table:
        """Return the grades of some enterprises, in no order."""
        held = _codes(codes)
        return self._grades(lambda grades: _is_of(grades, held))

    def sums_of(self, codes: Collection[str], columns: Collection[str]) -> pyarrow.Table:
        """Return some columns of the sums of some enterprises."""
        named, held = ["enterprise", *columns], _codes(codes)
        rows = self.full.sums.rows.select(named), self.since.sums.rows.select(named)
        return self._shown(*rows, self.since.summed, lambda sums: _is_of(sums, held))

    def relations_with(self, parties: pyarrow.Array) -> pyarrow.Table:
        """Return all relations with some parties."""
        relations = self.full.sums.relations, self.since.sums.relations
        return self._shown(*relations, self.since.summed, lambda held: pc.is_in(held["party"], parties))

    def parties_of(self, codes: Collection[str], told: pyarrow.Table) -> pyarrow.Array:
        """Return the parties that some enterprises had, or have as `told` says, which is like relations of sums."""
        relations, held = (self.full.sums.relations, self.since.sums.relations, told), _codes(codes)
        theirs = [chunk for each in relations for chunk in each["party"].filter(_is_of(each, held)).chunks]
        return pc.unique(pyarrow.chunked_array(theirs, pyarrow.string()))

    def later(self, graded: Collection[str], grades: pyarrow.Table, summed: pyarrow.Table, sums: Sums) -> "State":
        """Return what is left when some enterprises were graded again, and others' or their sums were found."""
        before, codes = self.since, pyarrow.table([_codes(graded)], CODES)
        joined = pyarrow.concat_tables([_wide(_but(before.grades, codes)), grades])
        columns = sums.rows.column_names
        layer = Layer(
            joined.sort_by([("enterprise", "ascending"), ("department", "ascending")]),
            pyarrow.concat_tables([_but(before.graded, codes), codes]),
            Sums(
                pyarrow.concat_tables([_wide(_but(before.sums.rows.select(columns), summed)), _wide(sums.rows)]),
                pyarrow.concat_tables([_wide(_but(before.sums.relations, summed)), _wide(sums.relations)]),
            ),
            pyarrow.concat_tables([_but(before.summed, summed), summed]),
        )
        return replace(self, since=layer)

    def leaves(self) -> tuple[int, bytes]:
        """Return how many enterprises are graded, and the leaves of all in one string, as `kept.digest` takes it."""
        named = "enterprise", "leaf"
        full, since = self.full.grades.select(named), self.since.grades.select(named)
        below, above = (each.filter(pc.is_valid(each["leaf"])) for each in (_but(full, self.since.graded), since))
        places = pc.search_sorted(below["enterprise"].combine_chunks(), above["enterprise"].combine_chunks())
        joined = np.insert(_leaves(below), places.to_numpy().astype(np.intp), _leaves(above))
        return _different(below["enterprise"]) + _different(above["enterprise"]), joined.tobytes()

    def _grades(self, condition: Condition) -> pyarrow.Table:
        return self._shown(self.full.grades, self.since.grades, self.since.graded, condition)

    def _shown(
        self, below: pyarrow.Table, above: pyarrow.Table, hidden: pyarrow.Table, condition: Condition
    ) -> pyarrow.Table:
        """Return the rows of both layers that meet a condition, those of the lower one that are not hidden."""
        found = _but(below.filter(condition(below)), hidden), above.filter(condition(above))
        return pyarrow.concat_tables([_wide(each) for each in found])


def first_state(grades: pyarrow.Table, sums: Sums) -> State:
    """Return what a run over all leaves."""
    return _alone(Layer(grades, CODES.empty_table(), sums, CODES.empty_table()))


def save_full(tx: Connection, run: str, state: State) -> str:
    """Keep what a run over all leaves in place of everything, and return the state's SHA-256 in hex."""
    tx.execute(grade_state.delete())
    return _hash(_keep(tx, run, state.full), _sha256(b""))


def save_since(tx: Connection, run: str, state: State) -> str:
    """Keep what a run on the base of others leaves, in place of what they found since; return the state's SHA-256."""
    tx.execute(grade_state.delete().where(grade_state.c.run != state.full_run))
    return _hash(state.full_sha256, _keep(tx, run, state.since))


def load(tx: Connection, run: str, full_run: str, sha256: str) -> State | None:
    """Return the state of a run that stands on one over all, or is it; None where it is not the one that was kept."""
    kept, since = _content(tx, full_run), b"" if run == full_run else _content(tx, run)
    hashed = _sha256(kept)
    if _hash(hashed, _sha256(since)) != sha256:
        return None
    state = replace(_alone(_layer(kept)), full_run=full_run, full_sha256=hashed)
    return replace(state, since=_layer(since)) if since else state


def _alone(full: Layer) -> State:
    """Return the state on whose run no other one stands."""
    grades, graded, rows, relations, summed = (each.slice(0, 0) for each in full.tables())
    return State(full, Layer(grades, graded, Sums(rows, relations), summed))


def _codes(codes: Collection[str]) -> pyarrow.Array:
    return pyarrow.array(list(codes), pyarrow.string())


def _is_of(table: pyarrow.Table, codes: pyarrow.Array) -> pyarrow.ChunkedArray:
    return pc.is_in(table["enterprise"], codes)


def _but(table: pyarrow.Table, hidden: pyarrow.Table) -> pyarrow.Table:
    """Return the rows that are not of some enterprises."""
    if not hidden.num_rows:
        return table
    return table.filter(pc.invert(pc.is_in(table["enterprise"], hidden["enterprise"].combine_chunks())))


def _leaves(graded: pyarrow.Table) -> NDArray[np.void]:
    held = graded["leaf"].combine_chunks()
    leaves = np.frombuffer(held.buffers()[1] or b"", f"V{HASH_BYTES}")
    return leaves[held.offset : held.offset + len(held)]


def _different(ordered: pyarrow.ChunkedArray) -> int:
    """Return how many different texts there are, which are in order."""
    before = ordered.slice(0, max(len(ordered) - 1, 0))
    return (pc.sum(pc.not_equal(ordered.slice(1), before)).as_py() or 0) + bool(len(ordered))


def _keep(tx: Connection, run: str, layer: Layer) -> bytes:
    content = b"".join(map(_packed, layer.tables()))
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    tx.execute(
        grade_state.insert(), [{"run": run, "part": number, "content": part} for number, part in enumerate(parts)]
    )
    return _sha256(content)


def _content(tx: Connection, run: str) -> bytes:
    parts = select(grade_state.c.content).where(grade_state.c.run == run).order_by(grade_state.c.part)
    return b"".join(read_bytes(tx, parts))


def _layer(content: bytes) -> Layer:
    source = pyarrow.BufferReader(content)
    tables = []
    for _ in range(5):
        with pyarrow.ipc.open_stream(source) as stream:
            tables.append(stream.read_all())
    grades, graded, rows, relations, summed = tables
    return Layer(grades, graded, Sums(rows, relations), summed)


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _hash(full: bytes, since: bytes) -> str:
    return hashlib.sha256(STATE_TAG + full + since).hexdigest()


def _packed(table: pyarrow.Table) -> bytes:
    narrow = pyarrow.table([_narrow(name, table[name]) for name in table.column_names], table.column_names)
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, narrow.schema, options=pyarrow.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(narrow)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def _narrow(name: str, column: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    if pyarrow.types.is_string(column.type) and name not in SELDOM_RECURRING:
        return column.dictionary_encode()
    if pyarrow.types.is_integer(column.type):
        ends = [each or 0 for each in pc.min_max(column).as_py().values()]
        return column.cast(next(width for width in WIDTHS if all(_fits(end, width) for end in ends)))
    return column


def _fits(number: int, width: pyarrow.DataType) -> bool:
    return number.bit_length() < int(width.bit_width)


def _wide(table: pyarrow.Table) -> pyarrow.Table:
    return table.cast(pyarrow.schema([(each.name, _wide_type(each.type)) for each in table.schema]))


def _wide_type(held: pyarrow.DataType) -> pyarrow.DataType:
    if pyarrow.types.is_dictionary(held):
        return held.value_type
    return pyarrow.int64() if pyarrow.types.is_integer(held) else held
