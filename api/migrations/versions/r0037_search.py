"""What enterprises and shown findings are searched by, and the orders in which the register is read."""

from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger import full_text

revision = "0037"
down_revision = "0036"

AT_ONCE = 5_000

REGISTERED = """
SELECT code, name, 0 AS place FROM enterprise
UNION ALL SELECT code, address, 2 FROM enterprise
UNION ALL SELECT enterprise, former_name.name, 1 FROM former_name JOIN enterprise ON code = enterprise
ORDER BY 1
"""
SHOWN = """
SELECT first.number, first.name, coalesce(newer.visited, first.visited)
FROM disclosure AS first JOIN publication ON publication.number = first.number
LEFT JOIN disclosure_version AS newer ON newer.number = first.number AND newer.version = publication.version
WHERE state = 'published'
"""


def upgrade() -> None:
    """Bring the tables to this version, and put down what is held; the indexes are quicker made of all at once."""
    op.create_table(
        "enterprise_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_text")),
        sa.UniqueConstraint("enterprise", name=op.f("uq_enterprise_text_enterprise")),
    )
    op.create_table(
        "disclosure_text",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visited", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_disclosure_text")),
    )
    op.create_index(op.f("ix_disclosure_text_visited_number"), "disclosure_text", ["visited", "number"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute('ALTER TABLE enterprise ALTER COLUMN name TYPE text COLLATE "C"')
    op.create_index(op.f("ix_enterprise_name_code"), "enterprise", ["name", "code"])
    op.create_index(op.f("ix_enterprise_established_code"), "enterprise", ["established", "code"])
    _fill_enterprises()
    _fill_findings()
    dialect = op.get_bind().dialect.name
    for table, key in (("enterprise_text", "id"), ("disclosure_text", "number")):
        for statement in full_text.statements(dialect, table, key):
            op.execute(statement)
        if dialect == "sqlite":
            index = full_text.index_name(table)
            op.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def _fill_enterprises() -> None:
    groups = groupby(op.get_bind().execute(sa.text(REGISTERED)).all(), key=itemgetter(0))
    ordered = ((code, sorted(rows, key=itemgetter(2, 1))) for code, rows in groups)
    made = ((code, *full_text.stored([row[1] for row in rows])) for code, rows in ordered)
    _insert("enterprise_text", ("enterprise", "text", "grams"), made)


def _fill_findings() -> None:
    found = op.get_bind().execute(sa.text(SHOWN)).all()
    made = ((number, visited, *full_text.stored([name])) for number, name, visited in found)
    _insert("disclosure_text", ("number", "visited", "text", "grams"), made)


def _insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    places = ", ".join(f":{column}" for column in columns)
    insert = sa.text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})")
    remaining = iter(rows)
    while some := [dict(zip(columns, row, strict=True)) for row in islice(remaining, AT_ONCE)]:
        op.get_bind().execute(insert, some)
