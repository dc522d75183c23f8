"""What registrations and relations tie enterprises to, so that those which share a party are found."""

import json
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

AT_ONCE = 5_000
NEWEST = """
SELECT enterprise, kind, content FROM record
WHERE kind IN ('registration', 'relation') AND revoked = 0
AND NOT EXISTS (SELECT 1 FROM record AS later WHERE later.identity = record.identity AND later.version > record.version)
"""
RELATIONS = {"法定代表人": "representative", "股东": "shareholder", "地址": "address", "项目": "project"}


def upgrade() -> None:
    """Bring the tables to this version, and put down what is held; the index is quicker made of all at once."""
    op.create_table(
        "enterprise_tie",
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "kind", "via", "party", name=op.f("pk_enterprise_tie")),
    )
    insert = sa.text(
        "INSERT INTO enterprise_tie (enterprise, kind, via, party) VALUES (:enterprise, :kind, :via, :party)"
    )
    remaining = _ties()
    while some := list(islice(remaining, AT_ONCE)):
        op.get_bind().execute(insert, some)
    op.create_index(op.f("ix_enterprise_tie_via_party"), "enterprise_tie", ["via", "party"])


def _ties() -> Iterator[dict[str, str]]:
    for code, kind, content in op.get_bind().execute(sa.text(NEWEST).execution_options(yield_per=AT_ONCE)):
        said = json.loads(content)
        if kind == "relation":
            told = [(RELATIONS[said["type"]], said.get("party_code") or said["party"])]
        else:
            told = [(via, said[via]) for via in ("representative", "address") if said.get(via)]
        for via, party in told:
            yield {"enterprise": code, "kind": kind, "via": via, "party": party}
