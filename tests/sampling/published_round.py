"""A campaign that a round decided which quicknet really published: its log, moved to that round's day."""

import dataclasses

from ledger.calendar import instant_text, parse_instant
from ledger.canonical import parse_canonical
from sampling.beacons import Drand
from sampling.bundle_format import parse_bundle
from sampling.drand import QUICKNET, Round
from sampling.public_checks import PublicSide
from tests.drand_network import PUBLISHED
from tests.sampling.beacon_bureau import DRAND
from tests.sampling.bureau import SIGNER
from tests.sampling.forging import Forgery

(ROUND, RANDOMNESS), (OTHER_ROUND, _) = PUBLISHED[QUICKNET]


def under_published_round(side: PublicSide, signed: Round = ROUND) -> PublicSide:
    """Return the public side of a campaign of `beacon_bureau.draw_by_drand` as if round 1000 had decided it.

    The public cannot tell whether the seed gave these positions; everything else of it is as a bureau of that day
    would have written it, and nobody but quicknet could have signed the round.
    """
    named = Drand(QUICKNET, ROUND.number)
    later = named.not_before - DRAND.not_before
    entries = []
    for data in side.entries:
        entry = parse_canonical(data)
        assert isinstance(entry, dict)
        entries.append({**entry, "time": instant_text(parse_instant(str(entry["time"])) + later)})
    moved = Forgery(side.campaign, side.checkpoint, entries)
    moved.of("campaign.frozen")["body"]["beacon"] = named.to_json()
    moved.of("beacon.signed")["body"] |= signed.to_json()
    drawn = {"beacon": {"kind": named.kind, **signed.to_json()}, "output": signed.randomness.hex()}
    moved.of("campaign.drawn")["body"] |= drawn
    bundle = parse_bundle(moved.made(SIGNER))
    return dataclasses.replace(side, checkpoint=bundle.checkpoint, entries=bundle.entries)
