"""Fresh randomness for every campaign and every round of one: what an entry names, nobody may know already. Pure.

A ceremony's commitment that an earlier entry named may have been opened since, and whoever froze anew under it would
know the outcome. So it never stands in the log twice, opened or not. The same holds for an issue of public numbers that
an earlier entry told to be published by then. A round of drand, or an issue that is still to come, may decide several
campaigns: their seeds differ by the hashes of their entries.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from ledger.entries import Entry
from ledger.errors import Conflict
from sampling import entry_kinds
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Beacon, Ceremony, Party, Source, Sources

NAMING = (entry_kinds.FROZEN, entry_kinds.LISTED, entry_kinds.REOPENED, entry_kinds.REPLACED)
"""The kinds of entries that name a beacon."""


def check_fresh(beacon: Beacon, at: datetime, earlier: Iterable[Entry]) -> None:
    """Check a beacon that is named at an instant against those that earlier entries of the log name.

    Raises Conflict: commitment_named_before, numbers_known_before.
    """
    committed = {party.commitment: party.name for party in _parties(beacon)}
    issues = {(each.source, each.issue) for each in _issues(beacon)}
    if not committed and not issues:
        return
    for entry in earlier:
        named = parse_beacon(entry.body["beacon"])
        for party in _parties(named):
            if party.commitment in committed:
                told = committed[party.commitment]
                raise Conflict("commitment_named_before", field="parties", party=told, campaign=entry.subject)
        for each in _issues(named):
            if (each.source, each.issue) in issues and each.at <= at:
                raise Conflict("numbers_known_before", field="sources", source=each.name, campaign=entry.subject)


def with_fallbacks(named: Beacon) -> Iterator[Beacon]:
    """Give a beacon, its fallback, and that one's own."""
    yield named
    if isinstance(named, Ceremony | Sources) and named.fallback is not None:
        yield from with_fallbacks(named.fallback)


def _parties(beacon: Beacon) -> tuple[Party, ...]:
    return beacon.parties if isinstance(beacon, Ceremony) else ()


def _issues(beacon: Beacon) -> Iterator[Source]:
    for each in with_fallbacks(beacon):
        if isinstance(each, Sources):
            yield from each.sources
