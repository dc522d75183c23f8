"""Forgeries of a bureau that owns its database and its key, each with the check that finds it and what that says.

Each is hashed, chained and signed anew by the log's own key, so that only re-computing the campaign finds it.
"""

import copy
from collections.abc import Callable
from typing import Any

from tests.sampling.both import verify_bundle
from tests.sampling.bureau import SIGNER, TRUST
from tests.sampling.forging import ForgedDocument, Forgery, taken_apart

FROZEN, REVEALED, DRAWN, MATCHED = "campaign.frozen", "beacon.revealed", "campaign.drawn", "campaign.matched"
CONFIRMED = "finding.confirmed"
RECORDED, REVIEWED, PUBLISHED, CLOSED = "finding.recorded", "finding.reviewed", "finding.published", "campaign.closed"

Forge = Callable[[Forgery], object]
Forgeries = dict[str, tuple[str, str, Forge]]
"""By name: the check that finds it, what its fault says, and the forgery."""


def entering_into(table: Forgeries) -> Callable[[str, str], Callable[[Forge], Forge]]:
    """Return the decorator that enters a forgery into a table."""

    def found_by(check: str, says: str) -> Callable[[Forge], Forge]:
        def enter(forge: Forge) -> Forge:
            table[forge.__name__.replace("_", " ")] = (check, says, forge)
            return forge

        return enter

    return found_by


def is_found(bundle: bytes, check: str, says: str, forge: Forge) -> None:
    """Assert that a forgery of a sound bundle is found by the check that should, which names it."""
    forgery = taken_apart(bundle)
    forge(forgery)
    found, told = last_fault(forgery)
    assert (found, says in told) == (check, True), f"{found}: {told}"


def last_fault(forgery: Forgery) -> tuple[str, str]:
    """Return the failed check of a forgery and what it says; the log's own key signed it."""
    *passed, failed = verify_bundle(forgery.made(SIGNER), TRUST)
    assert all(check.passed for check in passed)
    return failed.name, failed.fault or ""


def sealed_plan(forgery: Forgery) -> dict[str, Any]:
    return forgery.document(FROZEN, "plan").content


def slots(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(FROZEN, "plan", "slot")


def drawn_rows(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(DRAWN, "draw", "drawn")


def disclosed(forgery: Forgery) -> list[dict[str, Any]]:
    return forgery.rows(PUBLISHED, "disclosure", "disclosure")


def undrawn_position(forgery: Forgery) -> int:
    chosen = {row["position"] for row in drawn_rows(forgery)}
    return min(set(range(len(slots(forgery)))) - chosen)


def entry_with(forgery: Forgery, kind: str, name: str, table: str, position: int) -> dict[str, Any]:
    """Return the entry of a kind whose document has the row of a position."""
    for entry in forgery.entries:
        if entry["kind"] == kind:
            document = forgery.documents[entry["body"]["documents"][name]]
            if document.rows[table][0]["position"] == position:
                return entry
    raise AssertionError(position)


def sealed_again(forgery: Forgery, document: ForgedDocument) -> str:
    """Put a copy of a document into the bundle and return what stands for its commitment."""
    other = copy.deepcopy(document)
    other.salt = bytes(32)
    name = f"{len(forgery.documents):064x}"
    forgery.documents[name] = other
    return name
