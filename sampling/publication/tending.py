"""What is done once a day about publications: deadlines are told of, and what is over its retention is ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from sampling.publication import endings, reminding
from sampling.publication.deadlines import Terms


@dataclass(frozen=True)
class Tended:
    """Of how many findings planners were warned and administrators told, and how many are shown no more."""

    warned: int
    escalated: int
    ended: int


def tend(tx: Connection, actor: Actor, now: datetime, terms: Terms, years: int) -> Tended:
    """Do it now; again on the same day it does nothing more. `years` are whole years that findings are shown."""
    actor.require(Role.ADMINISTRATOR)
    warned, escalated = reminding.remind(tx, now, terms)
    ended = 0
    while gone := endings.end_due(tx, now, years):
        ended += gone
    return Tended(warned, escalated, ended)
