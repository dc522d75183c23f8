"""A party's reveal as it stands in the log. Pure."""

from ledger.calendar import parse_instant
from ledger.entries import Entry
from sampling.beacon_evidence import Reveal


def reveal_of(entry: Entry) -> Reveal:
    """Read an entry of kind `beacon.revealed`."""
    body = entry.body
    return Reveal(body["party"], bytes.fromhex(body["salt"]), bytes.fromhex(body["value"]), parse_instant(entry.time))
