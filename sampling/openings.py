"""The opening of a published name against the frozen entry: the code stood in the frozen frame. Pure."""

from collections.abc import Mapping
from typing import Any

from ledger.entries import Entry
from sampling.bundle_format import Mismatch
from sampling.slots import Opening, PublicOpening, check_public_opening


def check_opening(frozen: Entry, enterprise: str, position: int, opening: Mapping[str, Any]) -> None:
    """Check that an opening, as a disclosure holds it, shows the code at a position of the frame of a freeze.

    Raises Mismatch, or Invalid as `check_public_opening`.
    """
    public = PublicOpening(
        Opening(bytes.fromhex(opening["identity_salt"]), enterprise.encode()),
        bytes.fromhex(opening["stratum_commitment"]),
        bytes.fromhex(opening["key_commitment"]),
    )
    slots = frozen.body["slots"]
    told = (opening["position"], opening["slots"], opening["root"], opening["slot"])
    if told != (position, slots["count"], slots["root"], public.slot().hex()):
        raise Mismatch(f"the opening of position {position} is another slot's")
    proof = [bytes.fromhex(step) for step in opening["proof"]]
    check_public_opening(enterprise, public, position, slots["count"], proof, bytes.fromhex(slots["root"]))
