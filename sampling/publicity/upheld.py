"""What follows where an objection is upheld: the one place at which a correction of the finding is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.calendar import civil_date, parse_date
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.publication import corrections
from sampling.publicity.telling import tell_upheld
from scoring.results import FollowUp, check_outcome, check_results


@dataclass(frozen=True)
class Correction:
    """What a published finding is to say instead, complete in itself."""

    visited: date
    results: tuple[str, ...]
    follow_up: str

    @classmethod
    def checked(cls, now: datetime, visited: date, results: Sequence[str], follow_up: str) -> "Correction":
        """Make one; raises Invalid: visit_in_future, follow_up_unknown, what `check_results`, `check_outcome` raise."""
        if visited > civil_date(now):
            raise Invalid("visit_in_future", field="visited", visited=visited)
        if follow_up not in list(FollowUp):
            raise Invalid("follow_up_unknown", field="follow_up", value=follow_up, known=list(FollowUp))
        checked = tuple(result.value for result in check_results(results))
        check_outcome(checked, follow_up)
        return cls(visited, checked, follow_up)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Correction":
        """Read what `to_json` writes."""
        return cls(parse_date(value["visited"]), tuple(value["results"]), value["follow_up"])

    def to_json(self) -> dict[str, JSON]:
        """Return the form that is bound."""
        return {"visited": self.visited.isoformat(), "results": list(self.results), "follow_up": self.follow_up}


def propose_correction(
    tx: Connection,
    actor: Actor,
    now: datetime,
    department: str,
    campaign: str,
    enterprise: str,
    correction: Correction | None,
    reason: str,
    objection: str,
) -> None:
    """Propose that a published finding be corrected as an objection (its id) was decided; planners are told.

    Without a `correction` it is for a planner to say what the finding is to say, or to end its display. It runs in the
    transaction of the decision, before its entry; a refusal undoes both. Raises what `corrections.propose` raises.
    """
    if correction is not None:
        told = (correction.visited, correction.results, correction.follow_up)
        corrections.propose(tx, actor, now, campaign, enterprise, *told, reason)
    tell_upheld(tx, now, department, objection)
