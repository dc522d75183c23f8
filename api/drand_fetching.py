"""Getting the rounds of drand that frozen campaigns wait for into the log.

In the background it is tried every few seconds once a round is due, after a failure twice as long each time, up to five
minutes. Nobody is asked unless a campaign names a round. Where several processes do this, or somebody hands the round
in, the first one counts and the others find that nothing is left to do.
"""

import time
from collections.abc import Callable
from threading import Event
from typing import Final

import httpx2
import structlog

from api import logs
from api.bounded_http import new_client
from api.bureau import Bureau
from api.drand_client import fetch_round
from api.drand_settings import drand_urls
from ledger.actors import Actor
from ledger.errors import Refusal
from sampling import campaigns
from sampling.announcing import awaited_round, awaited_rounds, awaits_beacon, record_round
from sampling.beacons import Drand

WAIT_SECONDS: Final = 2.0
LONGEST_PAUSE: Final = 300.0
_MOST_DOUBLINGS: Final = 8

_log = structlog.get_logger("qian.drand")


def keep_rounds(bureau: Bureau, stop: Event) -> None:
    """Get the rounds that campaigns wait for until `stop` is set."""
    with new_client() as client:
        fetching = Fetching(bureau, client)
        while not stop.is_set():
            try:
                fetching.step()
            except Exception as error:  # such as a database that is away
                logs.unexpected(error, with_trace=True)
            stop.wait(WAIT_SECONDS)


def obtain_round(bureau: Bureau, client: httpx2.Client, actor: Actor, campaign: str) -> None:
    """Get the round that a campaign waits for, if it waits for one that is due, on behalf of who wants to draw.

    Raises Conflict("round_not_obtained"), and what `campaigns.read` and `record_round` raise.
    """
    with bureau.read() as tx:
        campaigns.read(tx, actor, campaign)
        beacon = awaited_round(tx, bureau.now, campaign) if awaits_beacon(tx, campaign) else None
    if beacon is not None:
        _record(bureau, client, campaign, beacon)


class Fetching:
    """Gets rounds for one bureau; `clock` is monotonic, in seconds."""

    def __init__(self, bureau: Bureau, client: httpx2.Client, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with patience for all."""
        self._bureau = bureau
        self._client = client
        self._clock = clock
        self._failures: dict[str, tuple[int, float]] = {}

    def step(self) -> None:
        """Try to get each round that is awaited, unless it failed a short while ago."""
        with self._bureau.read() as tx:
            awaited = awaited_rounds(tx, self._bureau.now)
        self._failures = {campaign: told for campaign, told in self._failures.items() if campaign in awaited}
        for campaign, beacon in awaited.items():
            failures, due = self._failures.get(campaign, (0, 0.0))
            if due <= self._clock():
                self._try(campaign, beacon, failures)

    def _try(self, campaign: str, beacon: Drand, failures: int) -> None:
        try:
            _record(self._bureau, self._client, campaign, beacon)
        except Refusal as refusal:
            pause = min(WAIT_SECONDS * (1 << min(failures, _MOST_DOUBLINGS)), LONGEST_PAUSE)
            self._failures[campaign] = (failures + 1, self._clock() + pause)
            _log.warning("round_not_recorded", campaign=campaign, reason=str(refusal), again_in=pause)
        else:
            _log.info("round_recorded", campaign=campaign, round=beacon.round)


def _record(bureau: Bureau, client: httpx2.Client, campaign: str, beacon: Drand) -> None:
    """Ask the nodes outside of any transaction, then write what they gave."""
    signed = fetch_round(client, drand_urls(bureau.settings), beacon)
    with bureau.write() as tx:
        record_round(tx, bureau.now, campaign, signed)
