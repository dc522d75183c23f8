"""Designs of draws, as scoring keeps them for evaluation: as secret as the grades that they follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ledger import documents
from ledger.documents import Sealed
from scoring.tables import DESIGN_MEMBER, DESIGN_STRATUM


@dataclass(frozen=True)
class DesignStratum:
    """A stratum: its size N, its quota n and how many of these are the uniform slice. π of its members is n/N."""

    stratum: str
    size: int
    quota: int
    uniform: int


@dataclass(frozen=True)
class DesignMember:
    """One enterprise of a frame: its stratum, and whether it was drawn and in the uniform slice."""

    enterprise: str
    stratum: str
    drawn: bool
    uniform: bool


def record_design(
    tx: Connection, campaign: str, strata: Sequence[DesignStratum], members: Sequence[DesignMember]
) -> Sealed:
    """Keep the design of a campaign's draw; the caller's entry carries the commitment."""
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
    member_rows = [
        {
            "campaign": campaign,
            "enterprise": each.enterprise,
            "stratum": each.stratum,
            "drawn": int(each.drawn),
            "uniform": int(each.uniform),
        }
        for each in members
    ]
    rows = [(DESIGN_STRATUM, stratum_rows), (DESIGN_MEMBER, member_rows)]
    return documents.seal(tx, "design", {"campaign": campaign}, rows)
