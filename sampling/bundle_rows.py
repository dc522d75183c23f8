"""The rows of a bundle: as many lines as rows, each the canonical bytes that the row's digest is over. Pure.

A line is `["table",{…,"document":…,…,"line":…,…}]`. The lines are checked and hashed once, and parsed again, some at
a time, whenever somebody reads them: a million parsed rows take ten times the room of their lines.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from itertools import accumulate, chain, pairwise
from typing import Any, overload

import orjson

from ledger.canonical import JSON, parse_canonical_texts
from ledger.canonical_lines import AlikeLines
from ledger.digests import ROW_TAG
from ledger.merkle import GrowingRoot, leaf_hashes

AT_ONCE = 1 << 16
"""So many bytes of lines are parsed together, and as many more as end the last one: what a processor keeps at hand."""

LINE_FEED = 10

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER

Row = dict[str, Any]


class BundleRows(Sequence[Mapping[str, JSON]]):
    """The rows of a table that a document binds, without document and line, which follow from their place."""

    def __init__(self, table: str, document: str, count: int, lines: memoryview) -> None:
        """Take lines, each of which ends with a line feed."""
        self.table = table
        self.document = document
        self.lines = lines
        self._count = count
        self._parsed: tuple[int, list[Row]] = (-1, [])

    def check(self) -> str:
        """Return the root over the rows' digests in hex.

        Raises ValueError unless the lines are canonical, as many as was said, and each of this table and of its place.
        """
        root, line = GrowingRoot(), 0
        before: Row | None = None
        for start, end in pairwise(self._bounds):
            part = bytes(self.lines[start:end])
            lines = part.split(b"\n")
            if lines.pop():
                raise ValueError(f"the last line of table {self.table} is cut short")
            alike = None if before is None else self._like(before)  # most tables have one part, and need none
            if alike is None or not alike.are(part, line, len(lines)):
                rows = parse_canonical_texts(lines, 1)
                self._check_rows(rows, line)
                before = rows[0][1]
            line += len(lines)
            root.extend(leaf_hashes([sha256(ROW_TAG + each).digest() for each in lines]))
        if line != self._count:
            raise ValueError(f"{line} rows of table {self.table} where {self._count} are told")
        return root.root().hex()

    def _like(self, row: Row) -> AlikeLines | None:
        """Return what tells of the lines after a row whether they are alike; None where it is none that is plain."""
        if not {*map(type, row.values())} <= {str, int, type(None)}:
            return None
        begin = b"[" + orjson.dumps(self.table) + b","
        return AlikeLines(row, {"document": orjson.dumps(self.document)}, begin, b"]", "line")

    def _check_rows(self, rows: Sequence[Any], first: int) -> None:
        if not set(map(len, rows)) <= {2} or [row[0] for row in rows].count(self.table) < len(rows):
            raise ValueError(f"a line of table {self.table} is no row of it")
        values = [row[1] for row in rows]
        if [row.get("document") for row in values].count(self.document) < len(values):
            raise ValueError(f"a row of table {self.table} is of another document")
        lines = [row.get("line") for row in values]
        if lines != list(range(first, first + len(values))) or not set(map(type, lines)) <= {int}:
            raise ValueError(f"a row of table {self.table} stands at the place of another one")

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._count

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in their order."""
        return chain.from_iterable(self.parts())

    def parts(self) -> Iterator[list[Row]]:
        """Give the rows in their order, some together."""
        return map(self._part, range(len(self._bounds) - 1))

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Return the row of a line, or several."""
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError("no such row")
        place %= self._count
        part = bisect_right(self._firsts, place) - 1
        return self._part(part)[place - self._firsts[part]]

    @cached_property
    def _bounds(self) -> list[int]:
        """Where parts of the lines begin, each a few whole lines, and the end."""
        bounds, lines = [0], self.lines
        while bounds[-1] < len(lines):
            end = bounds[-1] + AT_ONCE
            while end < len(lines) and lines[end - 1] != LINE_FEED:
                end += 1
            bounds.append(min(end, len(lines)))
        return bounds

    @cached_property
    def _firsts(self) -> list[int]:
        """The first line of each part."""
        counts = (bytes(self.lines[start:end]).count(b"\n") for start, end in pairwise(self._bounds))
        return list(accumulate(counts, initial=0))

    def _part(self, part: int) -> list[Row]:
        """Return the rows of a part, of which the last one that was asked for is kept."""
        if self._parsed[0] != part:
            lines = bytes(self.lines[self._bounds[part] : self._bounds[part + 1] - 1]).replace(b"\n", b",")
            rows: list[Row] = [row for _, row in orjson.loads(b"[" + lines + b"]")]
            for row in rows:
                del row["document"], row["line"]
            self._parsed = part, rows
        return self._parsed[1]


def written_rows(table: str, document: str, rows: Iterable[Mapping[str, JSON]]) -> BundleRows:
    """Write the rows that a document binds, which lack document and line."""
    lines = bytearray()
    count = 0
    for line, row in enumerate(rows):
        lines += orjson.dumps([table, {**row, "document": document, "line": line}], option=OPTIONS)
        lines += b"\n"
        count += 1
    return BundleRows(table, document, count, memoryview(lines))
