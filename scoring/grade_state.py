"""What the newest run leaves for the next one: of each grade its leaf and when it is due, and who is tied to whom.

It follows from the bound rows and records, so nobody has to trust it: the run's bound row has its SHA-256, and where it
does not match, is lost or cannot be read, the next run computes everything. It is as secret as the grades.
"""

import hashlib
from dataclasses import dataclass

import pyarrow
from sqlalchemy import Connection, select

from scoring.tables import grade_state

GRADES = pyarrow.schema(
    [
        ("enterprise", pyarrow.string()),
        ("department", pyarrow.string()),
        ("leaf", pyarrow.binary(32)),
        ("due", pyarrow.int64()),
    ]
)
TIES = pyarrow.schema([("enterprise", pyarrow.string()), ("party", pyarrow.uint64())])
STATE_TAG = b"qian/grade-state/v1"
PART_BYTES = 8 << 20


@dataclass(frozen=True)
class State:
    """`grades` by code and department, without a leaf who has no grade.

    `ties` tells who has a party, by 64 bits of its MD5 as `engine.ties` gives it.
    """

    grades: pyarrow.Table
    ties: pyarrow.Table


def save(tx: Connection, run: str, state: State) -> str:
    """Store the state of a run in place of all others, and return its SHA-256 in hex."""
    tx.execute(grade_state.delete())
    content = b"".join((_packed(state.grades), _packed(state.ties)))
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    tx.execute(
        grade_state.insert(), [{"run": run, "part": number, "content": part} for number, part in enumerate(parts)]
    )
    return hashlib.sha256(STATE_TAG + content).hexdigest()


def load(tx: Connection, run: str, sha256: str) -> State | None:
    """Return the state of a run; None where it is not the one that was saved."""
    parts = tx.execute(select(grade_state.c.content).where(grade_state.c.run == run).order_by(grade_state.c.part))
    content = b"".join(bytes(part) for part in parts.scalars())
    if hashlib.sha256(STATE_TAG + content).hexdigest() != sha256:
        return None
    source = pyarrow.BufferReader(content)
    with pyarrow.ipc.open_stream(source) as grades:
        held = grades.read_all()
    with pyarrow.ipc.open_stream(source) as ties:
        return State(held, ties.read_all())


def leaves(state: State) -> bytes:
    """Return the leaves in one string, as `kept.digest` takes them."""
    return b"".join(state.grades.column("leaf").drop_null().to_pylist())


def _packed(table: pyarrow.Table) -> bytes:
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed
