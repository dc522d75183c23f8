"""The rows of a bundle: as many lines as rows, each the canonical bytes that the row's digest is over. Pure.

A line is `["table",{…,"document":…,…,"line":…,…}]`. The lines are checked and hashed once, and parsed again, some at
a time, whenever somebody reads them: a million parsed rows take ten times the room of their lines.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import sha256
from itertools import accumulate, chain, pairwise
from typing import Any, overload

import orjson

from ledger.canonical import JSON, canonical_rows, parse_canonical_texts
from ledger.canonical_lines import WITHIN, AlikeLines
from ledger.digests import ROW_TAG
from ledger.merkle import GrowingRoot, leaf_hashes, root_of

AT_ONCE = 1 << 16
"""So many bytes of lines are parsed together, and as many more as end the last one: what a processor keeps at hand."""

AHEAD = 1 << 12
"""So many bytes are looked at together for the end of a line."""

ROWS_AT_ONCE = 1 << 12
"""So many rows are written together."""

SHARE = 1 << 16
"""So many lines, a power of two, have a root that may be made apart."""

LINE_FEED = 10

_NUMBER = re.compile(rb'"line":([0-9]{1,15})')

OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER

Row = dict[str, Any]


class BundleRows(Sequence[Mapping[str, JSON]]):
    """The rows of a table that a document binds, without document and line, which follow from their place."""

    def __init__(self, table: str, document: str, count: int, lines: memoryview) -> None:
        """Take lines, each of which ends with a line feed."""
        self.table = table
        self.document = document
        self.lines = lines
        self.are_checked = False
        self._count = count
        self._parsed: tuple[int, list[Row]] = (-1, [])

    def check(self) -> str:
        """Return the root over the rows' digests in hex; raises ValueError as `check_lines` does."""
        self.check_lines()
        return self.root()

    def check_lines(self) -> None:
        """Check the lines, unless they were read by columns.

        Raises ValueError unless they are canonical, as many as was said, and each of this table and of its place.
        """
        if not self.are_checked:
            for _ in self.columns():
                pass

    def root(self, of_shares: Sequence[bytes] = ()) -> str:
        """Return the root over the digests of the lines, whatever they are, in hex.

        It is that over the roots of all shares, if these are given.
        """
        root = root_of(of_shares) if of_shares and all(of_shares) else self._root_over(0, len(self.lines)).root()
        return root.hex()

    def shares(self) -> list[range]:
        """Divide the lines among whoever makes roots over them: each share but the last is a complete subtree."""
        count = min(self._count, len(self.lines))  # which may be told to be more than there can be
        return [range(first, min(first + SHARE, count)) for first in range(0, count, SHARE)] or [range(0)]

    def share_root(self, share: range) -> bytes:
        """Return the root over the digests of a share's lines; nothing where it has not as many as it must.

        It lies between the places where lines tell that they are the first of it and of the next one. So all shares
        together are all lines, and if each has as many as it must, each is where it must be, whatever the lines tell.
        """
        is_last = share.stop >= self._count
        root = self._root_over(self._begin(share.start), len(self.lines) if is_last else self._begin(share.stop))
        return root.root() if root.size == len(share) else b""

    def _root_over(self, start: int, end: int) -> GrowingRoot:
        """Return the root over the digests of the lines between two places where lines begin."""
        root = GrowingRoot()
        within = self._bounds[bisect_right(self._bounds, start) : bisect_left(self._bounds, end)]
        for first, last in pairwise([start, *within, end]):
            lines = bytes(self.lines[first:last]).split(b"\n")[:-1]
            root.extend(leaf_hashes([sha256(ROW_TAG + each).digest() for each in lines]))
        return root

    def _begin(self, line: int) -> int:
        """Return where a line begins by what it and others tell, which is the beginning of some line at least."""
        if not line:
            return 0
        part = max(0, bisect_right(range(len(self._bounds) - 1), line, key=self._told) - 1)
        start, end = self._bounds[part : part + 2]
        before = bytes(self.lines[start:end]).split(b"\n")[:-1][: max(0, line - self._told(part))]
        return start + sum(map(len, before)) + len(before)

    def _told(self, part: int) -> int:
        """Return the number that the first line of a part tells of itself."""
        found = _NUMBER.search(self.lines, self._bounds[part], self._bounds[part + 1])
        return int(found[1]) if found else 0

    def columns(self, *names: str, absent: Sequence[str] = ()) -> Iterator[list[Sequence[Any]]]:
        """Give the rows' values under these names, of some rows together, sooner than the rows; the lines are checked.

        `NAME/MEMBER` is a member of the object whose canonical text stands under a name. Those of `absent` are None
        where a row has none. Raises KeyError for others, ValueError where such a text is not canonical or
        `check_lines` would.
        """
        line = 0
        alike: AlikeLines | None = None
        like: Row | None = None
        for start, end in pairwise(self._bounds):
            if self.lines[end - 1] != LINE_FEED:
                raise ValueError(f"the last line of table {self.table} is cut short")
            if like is not None:
                alike, like = self._alike(like, names, absent, plain=alike is None), None
            lines = bytes(self.lines[start:end])
            numbers = range(line, line + lines.count(b"\n"))
            found = alike.read(lines, numbers) if alike else None
            if found is None:
                rows = self._checked_rows(lines, line)
                found = _columns(rows, names, absent)
                like = rows[0]
            yield found
            line = numbers.stop
        if line != self._count:
            raise ValueError(f"{line} rows of table {self.table} where {self._count} are told")
        self.are_checked = True

    def say(self, columns: Mapping[str, Sequence[Any]]) -> bool:
        """Tell whether the lines are just those of rows with these columns, sooner than by looking at each.

        The columns are as long as there are rows, and of values as `canonical_rows` takes them.
        """
        begin, at = b"[" + orjson.dumps(self.table) + b",", 0
        for first in range(0, self._count, ROWS_AT_ONCE):
            line = range(first, min(first + ROWS_AT_ONCE, self._count))
            part = {name: values[first : line.stop] for name, values in columns.items()}
            part |= {"document": [self.document] * len(line), "line": line}
            lines = b"\n".join(canonical_rows(part, begin, b"]")) + b"\n"
            if bytes(self.lines[at : at + len(lines)]) != lines:
                return False
            at += len(lines)
        self.are_checked = at == len(self.lines)
        return self.are_checked

    def _alike(self, row: Row, names: Sequence[str], absent: Sequence[str], plain: bool) -> AlikeLines | None:
        """Return what reads lines after a row that are alike, plain ones if they can be; None where none can be."""
        begin, same = f"[{orjson.dumps(self.table).decode()},", {"document": orjson.dumps(self.document).decode()}
        for are_plain in (True, False) if plain else (False,):
            with suppress(ValueError):
                return AlikeLines(row, same, begin, "]", "line", names, absent, are_plain)
        return None

    def _checked_rows(self, lines: bytes, first: int) -> list[Row]:
        rows = parse_canonical_texts(str(lines, "utf-8").encode().split(b"\n")[:-1], 1)
        self._check_rows(rows, first)
        return [row for _, row in rows]

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
            end, found = bounds[-1] + AT_ONCE - 1, -1
            while found < 0 and end < len(lines):
                found = bytes(lines[end : end + AHEAD]).find(b"\n")
                end += AHEAD if found < 0 else found + 1
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


def _columns(rows: Sequence[Row], names: Sequence[str], absent: Sequence[str]) -> list[Sequence[Any]]:
    """Return the rows' values under the names that `BundleRows.columns` takes."""
    within: dict[str, list[Any]] = {}
    columns: list[Sequence[Any]] = []
    for name in names:
        text, nested, member = name.partition(WITHIN)
        if nested and text not in within:
            within[text] = parse_canonical_texts([row[text].encode() for row in rows])
        held, key = (within[text], member) if nested else (rows, name)
        columns.append([value.get(key) for value in held] if name in absent else [value[key] for value in held])
    return columns


def written_rows(table: str, document: str, rows: Iterable[Mapping[str, JSON]]) -> BundleRows:
    """Write the rows that a document binds, which lack document and line."""
    lines = bytearray()
    count = 0
    for line, row in enumerate(rows):
        lines += orjson.dumps([table, {**row, "document": document, "line": line}], option=OPTIONS)
        lines += b"\n"
        count += 1
    return BundleRows(table, document, count, memoryview(lines))
