"""Who asks, as a door found out; apart from the context of resolvers, since commands know it and need no schema."""

from dataclasses import dataclass
from datetime import datetime

from ledger.actors import Actor


@dataclass(frozen=True)
class SignedIn:
    """Who asks, and until when he is signed in."""

    actor: Actor
    expires: datetime
