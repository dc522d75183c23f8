"""Deliveries: what is to be sent elsewhere, what became of it, and what came of sending it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from ledger.errors import Refusal


class State(StrEnum):
    """What became of a delivery."""

    QUEUED = "queued"
    FAILED = "failed"
    DELIVERED = "delivered"
    REFUSED = "refused"
    EXPORTED = "exported"
    SUPERSEDED = "superseded"


class Operation(StrEnum):
    """What the receiver is to do with a thing."""

    DELIVER = "deliver"
    WITHDRAW = "withdraw"


OPEN: Final = (State.QUEUED, State.FAILED)
UNDELIVERED: Final = (State.QUEUED, State.FAILED, State.REFUSED, State.EXPORTED)


@dataclass(frozen=True)
class Item:
    """One version of a thing for a channel. `reference` is at most 64 characters, `lane` what is sent in order."""

    channel: str
    topic: str
    lane: str
    reference: str
    version: int
    operation: Operation
    due: date


@dataclass(frozen=True)
class Delivery(Item):
    """An item in the outbox; `refusal` says why it failed or was refused, None where it did not."""

    number: int
    state: State
    queued_at: datetime
    next_at: datetime | None
    attempts: int
    refusal: Refusal | None
    delivered_at: datetime | None
    receipt: str
    export: str


@dataclass(frozen=True)
class Outcome:
    """What came of sending a delivery, or of asking about it later.

    `state` is delivered, failed or refused; None: nothing is known yet, it is looked at again. `receipt` is kept where
    it is not empty; `pause` is what the receiver asks for before the next try, `check` when it is asked about again.
    """

    state: State | None
    receipt: str = ""
    refusal: Refusal | None = None
    pause: timedelta | None = None
    check: timedelta | None = None
