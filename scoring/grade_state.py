"""What the newest run leaves for the next one: of each grade its leaf and when it is due, and what records said.

It follows from the bound rows and records, so nobody has to trust it: the run's bound row has its SHA-256, and where it
does not match, is lost or cannot be read, the next run computes everything. It is as secret as the grades.

The next run reads all of it and uses little, so it is kept narrow: integers in as few bytes as hold them, texts that
recur by their place in a list. What is taken out of it is wide. An enterprise is told by its place, too: so codes are
looked up among all of them once, and not in each table.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np
import pyarrow
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from ledger.bulk import read_bytes
from ledger.long_work import ahead
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
STATE_TAG = b"qian/grade-state/v4"
PART_BYTES = 1 << 20
"""A server tries to pack a value that begins as if it could be packed, like the first part: so it is no long one."""

LEAVES_AT_ONCE = 10_000

WIDTHS = pyarrow.int8(), pyarrow.int16(), pyarrow.int32(), pyarrow.int64()
SELDOM_RECURRING = "enterprise", "party"

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Layer:
    """What a run found: `grades` by code and department, without a leaf who has no grade, and `sums` of records.

    Where it lies on another layer, it says all of the enterprises in `graded` and `summed`, and nothing of others. In
    all its tables the enterprise is told by its place among `codes`, which begin with those of the grades, in order.
    """

    codes: pyarrow.Array
    grades: pyarrow.Table
    graded: pyarrow.Table
    sums: Sums
    summed: pyarrow.Table

    @classmethod
    def of(cls, grades: pyarrow.Table, graded: pyarrow.Table, sums: Sums, summed: pyarrow.Table) -> "Layer":
        """Return a layer of tables that tell enterprises by their codes."""
        tables = grades, graded, sums.rows, sums.relations, summed
        codes = pyarrow.concat_arrays([chunk for each in tables for chunk in each["enterprise"].chunks] or [_codes(())])
        encoded = codes.dictionary_encode()
        placed, start = [], 0
        for each in tables:
            column = each.column_names.index("enterprise")
            placed.append(each.set_column(column, "enterprise", encoded.indices.slice(start, each.num_rows)))
            start += each.num_rows
        return cls.laid(encoded.dictionary, *placed)

    @classmethod
    def laid(cls, codes: pyarrow.Array, *tables: pyarrow.Table) -> "Layer":
        """Return a layer of its codes and tables in the order of `tables`."""
        grades, graded, rows, relations, summed = tables
        return cls(codes, grades, graded, Sums(rows, relations), summed)

    def tables(self) -> tuple[pyarrow.Table, ...]:
        """Return its tables in the order in which they are kept."""
        return self.grades, self.graded, self.sums.rows, self.sums.relations, self.summed

    def places(self, codes: pyarrow.Array) -> Mask:
        """Tell of each place whether its enterprise is one of some."""
        return _numpy(pc.is_in(self.codes, codes)) if len(codes) else np.zeros(len(self.codes), np.bool_)

    def places_in(self, table: pyarrow.Table) -> Mask:
        """Tell of each place whether a table of this layer has something of it."""
        mask = np.zeros(len(self.codes), np.bool_)
        mask[_numpy(table["enterprise"])] = True
        return mask

    def but(self, table: pyarrow.Table, hidden: Mask) -> pyarrow.Table:
        """Return the rows of one of its tables that are of none of some places."""
        return table.filter(_at(table, ~hidden)) if hidden.any() else table

    def told(self, table: pyarrow.Table) -> pyarrow.Table:
        """Return some rows of one of its tables as they were before they were kept."""
        wide = _wide(table)
        column = wide.column_names.index("enterprise")
        return wide.set_column(column, "enterprise", pc.take(self.codes, table["enterprise"]))


@dataclass(frozen=True)
class Some:
    """Some enterprises, by their places in the two layers of a state."""

    full: Mask
    since: Mask

    def __or__(self, other: "Some") -> "Some":
        """Return these and others."""
        return Some(self.full | other.full, self.since | other.since)


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

    def some(self, codes: Collection[str]) -> Some:
        """Return some enterprises as the methods take them; of those that it does not know it says nothing."""
        held = _codes(codes)
        return Some(self.full.places(held), self.since.places(held))

    def due(self, day: int) -> set[str]:
        """Return of whom a grade is due on a day, by its number, or before."""
        full, since = (each.grades.filter(pc.less_equal(each.grades["due"], day)) for each in (self.full, self.since))
        return _texts(self._graded(full, since))

    def grades_of(self, some: Some) -> pyarrow.Table:
        """Return the grades of some enterprises, in no order."""
        full, since = self.full.grades, self.since.grades
        return self._graded(full.filter(_at(full, some.full)), since.filter(_at(since, some.since)))

    def related(self, some: Some, told: pyarrow.Table) -> set[str]:
        """Return those enterprises, and who has a party with them that they had, or have as `told` says."""
        return _texts(self._told(*self._ties(some, told)))

    def before(
        self,
        some: Some,
        others: Some,
        told: pyarrow.Table,
        columns: Collection[str],
        columns_for_others: Collection[str],
    ) -> Sums:
        """Return the sums of some enterprises, and of those who are related to them what counts for these alone.

        The relations are all with a party that they had, under their codes or `others`, or have as `told` says.
        """
        full, since = self._ties(some | others, told)
        tied = Some(self.full.places_in(full) & ~some.full, self.since.places_in(since) & ~some.since)
        rows = [self._sums(some, columns), self._sums(tied, columns_for_others)]
        return Sums(pyarrow.concat_tables(rows, promote_options="default"), self._told(full, since))

    def later(self, graded: Collection[str], grades: pyarrow.Table, summed: pyarrow.Table, sums: Sums) -> "State":
        """Return what is left when some enterprises were graded again, and others' or their sums were found."""
        since = self.since
        codes = pyarrow.table([_codes(graded)], CODES)
        again = since.places(codes["enterprise"].combine_chunks())
        summed_again = since.places(summed["enterprise"].combine_chunks())
        columns = sums.rows.column_names

        def joined(held: pyarrow.Table, hidden: Mask, found: pyarrow.Table) -> pyarrow.Table:
            return pyarrow.concat_tables([since.told(since.but(held, hidden)), _wide(found)])

        layer = Layer.of(
            joined(since.grades, again, grades).sort_by([("enterprise", "ascending"), ("department", "ascending")]),
            joined(since.graded, again, codes),
            Sums(
                joined(since.sums.rows.select(columns), summed_again, sums.rows),
                joined(since.sums.relations, summed_again, sums.relations),
            ),
            joined(since.summed, summed_again, summed),
        )
        return State(self.full, layer, self.full_run, self.full_sha256)

    def leaves(self) -> tuple[int, Iterator[memoryview]]:
        """Return how many enterprises are graded, and the leaves of all in pieces, as `kept.digest` takes them.

        A piece holds until the next one: memory that is new for each would take longer than what is done with it.
        """
        full, since = self.full.grades, self.since.grades.filter(pc.is_valid(self.since.grades["leaf"]))
        places, above = _numpy(full["enterprise"]), _numpy(since["enterprise"])
        stays = _numpy(pc.is_valid(full["leaf"])) & ~self._graded_again[places]
        below = places[stays]
        in_order = self.full.codes.slice(0, int(places.max(initial=-1)) + 1)
        among = pc.search_sorted(in_order, pc.take(self.since.codes, since["enterprise"]).combine_chunks())
        is_below = np.ones(len(below) + len(above), np.bool_)
        is_below[np.searchsorted(below, _numpy(among.cast(pyarrow.int64()))) + np.arange(len(above))] = False
        pieces = _joined(is_below, _leaves(full), np.flatnonzero(stays), _leaves(since))
        return sum(map(_different, (below, above))), pieces

    @cached_property
    def _graded_again(self) -> Mask:
        return self._again(self.since.graded)

    @cached_property
    def _summed_again(self) -> Mask:
        return self._again(self.since.summed)

    def _again(self, table: pyarrow.Table) -> Mask:
        """Return the places in `full` of whom `since` says all."""
        return self.full.places(pc.take(self.since.codes, table["enterprise"]).combine_chunks())

    def _graded(self, full: pyarrow.Table, since: pyarrow.Table) -> pyarrow.Table:
        return self._told(self.full.but(full, self._graded_again), since)

    def _sums(self, some: Some, columns: Collection[str]) -> pyarrow.Table:
        named = ["enterprise", *columns]
        full, since = self.full.sums.rows.select(named), self.since.sums.rows.select(named)
        return self._told(full.filter(_at(full, some.full & ~self._summed_again)), since.filter(_at(since, some.since)))

    def _ties(self, some: Some, told: pyarrow.Table) -> tuple[pyarrow.Table, pyarrow.Table]:
        """Return of both layers the relations with parties that some enterprises had, or have as `told` says."""
        full, since = self.full.sums.relations, self.since.sums.relations
        theirs = full.filter(_at(full, some.full)), since.filter(_at(since, some.since)), told
        parties = pc.unique(pyarrow.concat_tables([each.select(["party"]) for each in theirs])["party"])
        with_them = full.filter(pc.is_in(full["party"], parties))
        return self.full.but(with_them, self._summed_again), since.filter(pc.is_in(since["party"], parties))

    def _told(self, full: pyarrow.Table, since: pyarrow.Table) -> pyarrow.Table:
        return pyarrow.concat_tables([self.full.told(full), self.since.told(since)])


def first_state(grades: pyarrow.Table, sums: Sums) -> State:
    """Return what a run over all leaves."""
    return _alone(Layer.of(grades.combine_chunks(), CODES.empty_table(), sums, CODES.empty_table()))


def save_full(tx: Connection, run: str, state: State) -> str:
    """Keep what a run over all leaves in place of everything, and return the state's SHA-256 in hex."""
    tx.execute(grade_state.delete())
    return _hash(_keep(tx, run, state.full), _sha256(b""))


def save_since(tx: Connection, run: str, state: State) -> str:
    """Keep what a run on the base of others leaves, in place of what they found since; return the state's SHA-256."""
    tx.execute(grade_state.delete().where(grade_state.c.run != state.full_run))
    return _hash(state.full_sha256, _keep(tx, run, state.since))


def load(tx: Connection, run: str, full_run: str, sha256: str) -> Callable[[], State] | None:
    """Read the state of a run that stands on one over all, or is it, and return what unpacks it without the database.

    None where it is not the one that was kept.
    """
    full, hashed = _content(tx, full_run)
    since, since_hashed = (bytearray(), _sha256(b"")) if run == full_run else _content(tx, run)
    return partial(_state, full, since, full_run, hashed) if _hash(hashed, since_hashed) == sha256 else None


def _state(full: bytearray, since: bytearray, full_run: str, full_sha256: bytes) -> State:
    state = replace(_alone(_layer(full)), full_run=full_run, full_sha256=full_sha256)
    return replace(state, since=_layer(since)) if since else state


def _alone(full: Layer) -> State:
    """Return the state on whose run no other one stands."""
    return State(full, Layer.laid(full.codes.slice(0, 0), *(each.slice(0, 0) for each in full.tables())))


def _codes(codes: Collection[str]) -> pyarrow.Array:
    return pyarrow.array(list(codes), pyarrow.string())


def _texts(table: pyarrow.Table) -> set[str]:
    return set(pc.unique(table["enterprise"]).to_pylist())


def _at(table: pyarrow.Table, mask: Mask) -> pyarrow.Array:
    """Tell of each row of a layer's table whether its enterprise's place is among some."""
    return pyarrow.array(mask[_numpy(table["enterprise"])])


def _numpy(values: pyarrow.Array | pyarrow.ChunkedArray) -> NDArray[Any]:
    found: NDArray[Any] = values.to_numpy(zero_copy_only=False)
    return found


def _leaves(graded: pyarrow.Table) -> NDArray[np.void]:
    held = graded["leaf"].combine_chunks()  # which takes no copy of what is in one
    leaves = np.frombuffer(held.buffers()[1] or b"", f"V{HASH_BYTES}")
    return leaves[held.offset : held.offset + len(held)]


def _joined(
    is_below: Mask, full: NDArray[np.void], stays: NDArray[np.int64], since: NDArray[np.void]
) -> Iterator[memoryview]:
    """Give some leaves of `full` and all of `since`, each in turn as `is_below` says, in pieces."""
    memory = np.empty(min(len(is_below), LEAVES_AT_ONCE), full.dtype)
    done = 0
    for start in range(0, len(is_below), LEAVES_AT_ONCE):
        mask = is_below[start : start + LEAVES_AT_ONCE]
        piece, before = memory[: len(mask)], start - done
        count = int(np.count_nonzero(mask))
        piece[mask] = full[stays[done : done + count]]
        piece[~mask] = since[before : before + len(mask) - count]
        done += count
        yield piece.view(np.uint8).data


def _different(ordered: NDArray[np.integer]) -> int:
    """Return how many different numbers there are, which are in order."""
    return int(np.count_nonzero(np.diff(ordered))) + bool(len(ordered))


def _keep(tx: Connection, run: str, layer: Layer) -> bytes:
    content = b"".join(map(_packed, (pyarrow.table([layer.codes], CODES), *layer.tables())))
    parts = [content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES)]
    tx.execute(
        grade_state.insert(), [{"run": run, "part": number, "content": part} for number, part in enumerate(parts)]
    )
    return _sha256(content)


def _content(tx: Connection, run: str) -> tuple[bytearray, bytes]:
    """Return what is kept of a run, and its SHA-256, made while the database gives what comes next."""
    parts = select(grade_state.c.content).where(grade_state.c.run == run).order_by(grade_state.c.part)
    content, hashed = bytearray(), hashlib.sha256()
    for part in ahead(read_bytes(tx, parts)):
        content += part
        hashed.update(part)
    return content, hashed.digest()


def _layer(content: bytearray) -> Layer:
    source = pyarrow.BufferReader(content)
    tables = []
    for _ in range(6):
        with pyarrow.ipc.open_stream(source) as stream:
            tables.append(stream.read_all())
    codes, *others = tables
    return Layer.laid(codes["enterprise"].combine_chunks(), *others)


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
