"""What a warning is: its kind, whom it is about, its evidence, and its states. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledger.canonical import JSON, canonical
from scoring.warnings.charts import CUSUM_FALSE_ALARMS, EWMA_FALSE_ALARMS
from scoring.warnings.false_discoveries import RATE
from scoring.warnings.jumps import RISE_FALSE_ALARMS


class Kind(StrEnum):
    """What was noticed."""

    GRADE_JUMP = "grade_jump"
    SURGE = "surge"
    RISK_POINT = "risk_point"
    LICENCE = "licence"
    CORRECTION = "correction"
    RELATED = "related"


class State(StrEnum):
    """How far a warning has come."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    CAMPAIGN = "campaign"


OPEN = (State.NEW, State.ACKNOWLEDGED)

OF_CELLS = (Kind.SURGE, Kind.RISK_POINT)
"""What is about a cell, such as a trade; the others are about named enterprises."""

FALSE_ALARMS: Mapping[Kind, int] = {
    Kind.GRADE_JUMP: RISE_FALSE_ALARMS,
    Kind.SURGE: CUSUM_FALSE_ALARMS + EWMA_FALSE_ALARMS,
    Kind.RISK_POINT: RATE,
    Kind.LICENCE: 0,
    Kind.CORRECTION: 0,
    Kind.RELATED: RATE,
}
"""How often a kind is raised where nothing is, per million: of rises of a score; of weeks of a series, at the most; of
what is told as found. A licence's end and a correction's day are facts."""


@dataclass(frozen=True)
class Candidate:
    """What may become a warning.

    `thing` says what it is about, `basis` on which evidence it rests: the same thing is not raised while it is open,
    nor ever on the same basis. `members` are the enterprises that it would send to a special check, by code. `evidence`
    holds integers and texts only.
    """

    kind: Kind
    subject: Mapping[str, JSON]
    thing: tuple[JSON, ...]
    basis: tuple[JSON, ...]
    members: tuple[str, ...]
    evidence: Mapping[str, JSON]

    @property
    def thing_hash(self) -> str:
        """What tells the thing from all others, hex."""
        return _hash(self.kind, *self.thing)

    @property
    def basis_hash(self) -> str:
        """What tells thing and evidence from all others, hex."""
        return _hash(self.kind, *self.thing, *self.basis)


def _hash(*parts: JSON) -> str:
    return hashlib.sha256(b"qian/warning/v1" + canonical(list(parts))).hexdigest()
