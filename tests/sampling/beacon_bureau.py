"""The small bureau's campaign frozen under each kind of beacon, up to its draw."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.entries import Entry
from sampling import announcing, drawing, freezing
from sampling.beacons import Beacon, Ceremony, Drand, Fallback, Source, Sources, Throw
from sampling.drand import UNCHAINED_G1, Round
from tests.drand_network import Network
from tests.sampling import bureau as steps
from tests.sampling.bureau import BOUND, CAMPAIGN, DEADLINE, FROZEN_AT, MARGIN, PARTIES, PLANNER, REVEALED_AT, Bureau

NETWORK = Network(UNCHAINED_G1)
NUMBER = NETWORK.chain.first_round(FROZEN_AT + MARGIN)
ROUND = NETWORK.round(NUMBER)
DRAND = Drand(NETWORK.chain, NUMBER)

PUBLISHED_AT = datetime.fromisoformat("2026-11-23T21:30:00+08:00")
SOURCES = Sources(
    (
        Source("ssq", "2026135", datetime.fromisoformat("2026-11-23T13:15:00+00:00")),
        Source("dlt", "2026135", datetime.fromisoformat("2026-11-23T13:25:00+00:00")),
    )
)
KNOWN_AT = SOURCES.known_from
VALUES = ("3 9 12 20 28 33 7", "1 2 3 4 35 11 12")
CANONICAL = ["3.9.12.20.28.33./7./", "1.2.3.4.35./11.12./"]

REVIEWER = Actor("reviewer-zj", Role.PLANNER, "ZJ")
JUDGE = Actor("公证员甲", Role.INSPECTOR, "ZJ")
CLERK = Actor("纪检员乙", Role.AUDITOR)
THROWN_BY = DEADLINE + timedelta(hours=1)
THROWN_AT = REVEALED_AT + timedelta(minutes=5)
DICE = Throw(Throw.DICE, 20, 6, (JUDGE.subject, CLERK.subject), THROWN_BY)
FELL = "3 1 4 1 5 2 6 5 3 5 6 2 1 3 2 4 6 1 1 2"

FALLBACK_NUMBER = NETWORK.chain.first_round(THROWN_BY + timedelta(minutes=5))
FALLBACK = Drand(NETWORK.chain, FALLBACK_NUMBER)
AFTER_FALLBACK = FALLBACK.not_before


def ceremony(throw: Throw | None = DICE, fallback: Fallback = FALLBACK) -> Ceremony:
    """Return the ceremony of the two parties with dice, and a round as its fallback."""
    plain = steps.ceremony()
    return Ceremony(plain.parties, plain.not_before, plain.deadline, throw, fallback)


def freeze(bureau: Bureau, beacon: Beacon, **settings: Any) -> Entry:
    """Freeze the campaign under a beacon."""
    return bureau.do(freezing_under(beacon, bureau, **settings))


def freezing_under(beacon: Beacon, bureau: Bureau, **settings: Any) -> Callable[[Connection], Entry]:
    """Return the step that freezes the campaign."""
    return lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, CAMPAIGN, beacon, bureau.size.limits, BOUND, **settings)


def entering(actor: Actor, now: datetime, *values: str) -> Callable[[Connection], Entry]:
    """Return the step that enters values."""
    return lambda tx: announcing.enter_values(tx, actor, now, CAMPAIGN, values)


def confirming(actor: Actor, now: datetime, *values: str) -> Callable[[Connection], Entry]:
    """Return the step that confirms values."""
    return lambda tx: announcing.confirm_values(tx, actor, now, CAMPAIGN, values)


def recording(signed: Round, now: datetime) -> Callable[[Connection], Entry]:
    """Return the step that records a round."""
    return lambda tx: announcing.record_round(tx, now, CAMPAIGN, signed)


def drawing_at(now: datetime) -> Callable[[Connection], Entry]:
    """Return the step that draws."""
    return lambda tx: drawing.draw_campaign(tx, PLANNER, now, CAMPAIGN)


def revealing(name: str, now: datetime = REVEALED_AT) -> Callable[[Connection], list[str]]:
    """Return the step in which a party reveals."""
    return lambda tx: announcing.reveal(tx, PLANNER, now, CAMPAIGN, name, *PARTIES[name])


def two_persons(bureau: Bureau, first: Actor, second: Actor, now: datetime, values: Sequence[str]) -> None:
    """Let one person enter values and another one confirm them."""
    bureau.do(entering(first, now, *values))
    bureau.do(confirming(second, now, *values))


def draw_by_drand(bureau: Bureau) -> None:
    """Freeze and draw under a round."""
    freeze(bureau, DRAND)
    bureau.do(recording(ROUND, DRAND.not_before))
    bureau.do(drawing_at(DRAND.not_before))


def draw_by_sources(bureau: Bureau) -> None:
    """Freeze and draw under public numbers."""
    freeze(bureau, SOURCES)
    two_persons(bureau, PLANNER, REVIEWER, KNOWN_AT, VALUES)
    bureau.do(drawing_at(KNOWN_AT))


def draw_by_dice(bureau: Bureau) -> None:
    """Freeze and draw under a ceremony with dice."""
    freeze(bureau, ceremony())
    for name in PARTIES:
        bureau.do(revealing(name))
    two_persons(bureau, JUDGE, CLERK, THROWN_AT, [FELL])
    bureau.do(drawing_at(THROWN_AT))
