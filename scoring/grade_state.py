"""What the newest run leaves for the next one: of each grade its leaf and when it is due, and what records said.

It follows from the bound rows and records, so nobody has to trust it: the run's bound row has its SHA-256, and where it
does not match, is lost or cannot be read, the next run computes everything. It is as secret as the grades.
"""

import hashlib
from dataclasses import dataclass

import pyarrow
import pyarrow.compute as pc
from sqlalchemy import Connection, select

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
STATE_TAG = b"qian/grade-state/v2"
PART_BYTES = 8 << 20


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

    full_run: str
    full_sha256: bytes
    full: Layer
    since: Layer

    @property
    def columns(self) -> set[str]:
        """The columns of sums that both layers have."""
        return set(self.full.sums.rows.column_names) & set(self.since.sums.rows.column_names)

    def grades(self) -> pyarrow.Table:
        """Return the grades of all, in no order."""
        hidden = pc.is_in(self.full.grades["enterprise"], self.since.graded["enterprise"].combine_chunks())
        return pyarrow.concat_tables([self.full.grades.filter(pc.invert(hidden)), self.since.grades])


def layer_of(grades: pyarrow.Table, sums: Sums) -> Layer:
    """Return the layer of a run over all."""
    return Layer(grades, CODES.empty_table(), sums, CODES.empty_table())


def save_full(tx: Connection, run: str, layer: Layer) -> str:
    """Keep what a run over all leaves in place of everything, and return the state's SHA-256 in hex."""
    tx.execute(grade_state.delete())
    return _hash(_keep(tx, run, layer), _sha256(b""))


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
    full = _layer(kept)
    return State(full_run, hashed, full, _layer(since) if since else _nothing(full))


def leaves(grades: pyarrow.Table) -> bytes:
    """Return the leaves in one string, as `kept.digest` takes them."""
    held = grades.column("leaf").drop_null().combine_chunks()
    if not len(held):
        return b""
    start = held.offset * HASH_BYTES
    return memoryview(held.buffers()[1])[start : start + len(held) * HASH_BYTES].tobytes()


def enterprises(grades: pyarrow.Table) -> int:
    """Return of how many enterprises there are rows."""
    count: int = pc.count_distinct(grades["enterprise"]).as_py()
    return count


def _keep(tx: Connection, run: str, layer: Layer) -> bytes:
    content = b"".join(map(_packed, layer.tables()))
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    tx.execute(
        grade_state.insert(), [{"run": run, "part": number, "content": part} for number, part in enumerate(parts)]
    )
    return _sha256(content)


def _content(tx: Connection, run: str) -> bytes:
    parts = tx.execute(select(grade_state.c.content).where(grade_state.c.run == run).order_by(grade_state.c.part))
    return b"".join(bytes(part) for part in parts.scalars())


def _layer(content: bytes) -> Layer:
    source = pyarrow.BufferReader(content)
    tables = []
    for _ in range(5):
        with pyarrow.ipc.open_stream(source) as stream:
            tables.append(stream.read_all())
    grades, graded, rows, relations, summed = tables
    return Layer(grades, graded, Sums(rows, relations), summed)


def _nothing(full: Layer) -> Layer:
    grades, graded, rows, relations, summed = (each.slice(0, 0) for each in full.tables())
    return Layer(grades, graded, Sums(rows, relations), summed)


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _hash(full: bytes, since: bytes) -> str:
    return hashlib.sha256(STATE_TAG + full + since).hexdigest()


def _packed(table: pyarrow.Table) -> bytes:
    sink = pyarrow.BufferOutputStream()
    # What is packed already, the server does not try to pack, which takes it longer than all the rest.
    with pyarrow.ipc.new_stream(sink, table.schema, options=pyarrow.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
