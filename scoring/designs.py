"""Designs of draws, as scoring keeps them for evaluation: as secret as the grades that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ledger import documents
from ledger.bulk import StoredColumn
from ledger.documents import Sealed
from scoring.tables import DESIGN_MEMBER, DESIGN_STRATUM

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class DesignStratum:
    """A stratum: its size N, its quota n and how many of these are the uniform slice. π of its members is n/N."""

    stratum: str
    size: int
    quota: int
    uniform: int


@dataclass(frozen=True)
class DesignMembers:
    """The enterprises of a frame, each field by position: codes, strata, and 0 or 1 for drawn and in the slice."""

    enterprises: Sequence[str]
    strata: Sequence[str]
    drawn: Sequence[int]
    uniform: Sequence[int]


def record_design(
    tx: Connection, campaign: str, graded_by: int, strata: Sequence[DesignStratum], members: DesignMembers
) -> Sealed:
    """Keep the design of a campaign's draw; the caller's entry carries the commitment.

    `graded_by` is the number of the entry of the grade run that the frame was graded by.
    """
    stratum_rows = [
        {
            "campaign": campaign,
            "stratum": each.stratum,
            "size": each.size,
            "quota": each.quota,
            "uniform": each.uniform,
        }
        for each in strata
    ]
    sealing = documents.Sealing(tx, "design")
    sealing.rows(DESIGN_STRATUM).add(stratum_rows)
    rows = sealing.rows(DESIGN_MEMBER)
    for start in range(0, len(members.enterprises), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        codes = members.enterprises[some]
        columns: dict[str, StoredColumn] = {
            "campaign": [campaign] * len(codes),
            "enterprise": codes,
            "stratum": members.strata[some],
            "drawn": members.drawn[some],
            "uniform": members.uniform[some],
        }
        rows.add_columns([columns[column.name] for column in DESIGN_MEMBER.columns[2:]])
    return sealing.seal({"campaign": campaign, "grade_run": graded_by})
