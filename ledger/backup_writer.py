"""Writing a whole database as a backup, row by row, from one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import Connection, MetaData, Select, Table, column, select, table
from sqlalchemy.exc import OperationalError
from sqlalchemy.types import Integer, LargeBinary, String

from ledger import documents
from ledger.backup_format import ENCODERS, Columns, Header, encode_bytes, encoded_line
from ledger.errors import Conflict
from ledger.jobs import ENDED
from ledger.tables import document, job, job_file, metadata, public_file

ROWS_AT_ONCE: Final = 1000
_LARGE_ROWS: Final = (document.name, job_file.name, public_file.name)


class Target(Protocol):
    """What is written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of it."""


@dataclass
class Written:
    """What a backup holds: rows by table, and the ids of documents whose content the storage had lost."""

    rows: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def write_backup(tx: Connection, target: Target, header: Header, files: Mapping[str, bytes]) -> Written:
    """Write the database as a snapshot shows it, of whatever version its tables are, and files beside it.

    Jobs that have not ended are left out with their files, which may name persons: what they were to do is to be asked
    for again. So are the rows of tables that are forgotten within the day. Raises
    Conflict: backup_row_unreadable where a row holds what its column cannot, and storage_failed.
    """
    written = Written()
    target.write(encoded_line(header.to_json()))
    for name, content in files.items():
        target.write(encoded_line({"file": name, "content": encode_bytes(content)}))
    tables = MetaData()
    tables.reflect(tx, only=lambda name, _: name in metadata.tables)
    for each in tables.sorted_tables:
        name, columns = str(each.name), [(str(found.name), _kind(found.type)) for found in each.columns]
        target.write(encoded_line({"table": name, "columns": columns}))
        written.rows[name] = 0
        for row in _rows(tx, each, columns, written):
            target.write(encoded_line(row))
            written.rows[name] += 1
    target.write(encoded_line({"rows": written.rows}))
    return written


def _rows(tx: Connection, of: Table, columns: Columns, written: Written) -> Iterator[list[Any]]:
    if metadata.tables[of.name].info.get("left_out_of_backups"):
        return
    names = [name for name, _ in columns]
    encoders = [ENCODERS[kind] for _, kind in columns]
    query = _query(of, names).execution_options(yield_per=1 if of.name in _LARGE_ROWS else ROWS_AT_ONCE)
    try:
        for found in tx.execute(query):
            row = list(found)
            if of.name == document.name:
                row[names.index("content")] = _content(tx, found, written)
            yield [encode(value) for encode, value in zip(encoders, row, strict=True)]
    except (TypeError, OperationalError) as error:
        if isinstance(error, OperationalError) and tx.dialect.name != "sqlite":  # there, it is a text that is none
            raise
        raise Conflict("backup_row_unreadable", table=of.name) from error


def _query(of: Table, names: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Select a table's values as they are stored, since the columns are given no types."""
    query: Select[*tuple[Any, ...]] = select(*(column(name) for name in names)).select_from(table(of.name))
    if of.name == job.name:
        query = query.where(column("state").in_(ENDED))
    elif of.name == job_file.name:
        ended: Select[Any] = select(column("id")).select_from(table(job.name)).where(column("state").in_(ENDED))
        query = query.where(column("job").in_(ended))
    return query.order_by(*(column(each.name) for each in of.primary_key))


def _content(tx: Connection, row: Any, written: Written) -> bytes | None:
    content = documents.kept(tx, row.id, row.content)
    if content is None:
        written.lost.append(row.id)
    return content


def _kind(held: object) -> str:
    for kind, type_ in (("bytes", LargeBinary), ("integer", Integer), ("text", String)):
        if isinstance(held, type_):
            return kind
    raise TypeError(f"no column is of the type {held!r}")
