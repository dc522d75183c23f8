"""The checks of a campaign that is no draw: what its entry says, who is on its list, and the matching. Pure."""

from sampling import verified_campaign, verified_frame
from sampling.bundle_format import Mismatch
from sampling.draw import ALGORITHM
from sampling.listings import LISTED, Listing, listed_row
from sampling.verified import Evidence
from sampling.verified_beacon import beacon
from sampling.verified_matching import matching, pool, rematches
from sampling.verified_tries import void
from sampling.verified_witnesses import witnesses


def public_list(evidence: Evidence) -> str:
    """Check that the entry says in public what the sealed plan says, that it is no draw among it."""
    body = evidence.frozen.body
    if evidence.sealed["campaign"] != evidence.campaign:
        raise Mismatch("the sealed plan is another campaign's")
    if evidence.plan.listing is None or body["algorithm"] != ALGORITHM or body["to_draw"] != 0:
        raise Mismatch("the entry of a list says that something is drawn")
    for name, value in evidence.plan.listed().items():
        if body[name] != value:
            raise Mismatch(f"the entry's {name} is not the sealed plan's")
    return told_list(evidence.plan.listing)


def told_list(listing: Listing) -> str:
    """Return what a list is said to be: of which type, and why or from whom."""
    origin = listing.origin
    told = listing.reason if origin is None else f"{origin.body} {origin.number}, SHA-256 {origin.sha256}"
    return f"no draw: {listing.type.value}, {told}"


def everybody(evidence: Evidence) -> str:
    """Check that all of the list, and nobody else, are to be visited."""
    if any(label != LISTED for label in evidence.labels):
        raise Mismatch("a slot of the list stands in a stratum")
    expected = [listed_row(evidence.campaign, position) for position in range(len(evidence.labels))]
    if [dict(row) for row in evidence.chosen] != expected:
        raise Mismatch("not exactly the list is to be visited")
    return f"all {len(expected)} of the list are visited"


CHECKS = (
    ("list", public_list),
    ("register", verified_frame.register),
    ("items", verified_frame.items),
    ("everybody", everybody),
    ("frame", verified_frame.frame),
    ("beacon", beacon),
    ("void", void),
    ("witnesses", witnesses),
    ("pool", pool),
    ("matching", matching),
    ("re-matches", rematches),
    ("findings", verified_campaign.findings),
    ("closing", verified_campaign.closing),
)
