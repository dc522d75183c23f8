"""The check of replacements: by two persons, for a cause of the list, by the next reserves of the strata. Pure."""

from collections.abc import Sequence
from typing import Any

from ledger.entries import Entry
from sampling.bundle_format import Mismatch
from sampling.entry_kinds import RECORDED, REPLACED, REPLACEMENT_PROPOSED
from sampling.reserves import Cause, Replacement, take_reserves, visited
from sampling.verified import Evidence, Row


def replacements(evidence: Evidence) -> str:
    """Check every replacement, in the order of the log; the reserves themselves are checked before."""
    strata = evidence.labels
    order = evidence.content(evidence.drawn, "draw")["reserves"]
    made: list[Replacement] = []
    proposed: Entry | None = None
    for entry in evidence.of_campaign:
        if entry.kind == REPLACEMENT_PROPOSED:
            proposed = entry
        if entry.kind != REPLACED:
            continue
        if proposed is None:
            raise Mismatch(f"entry {entry.seq} replaces somebody whom nobody proposed to replace")
        rows = replacement_rows(evidence, entry)
        _check_proposal(evidence, entry, rows, evidence.content(proposed, "proposal"))
        positions = {row["position"] for row in rows}
        if not positions <= visited(drawn_positions(evidence), made):
            raise Mismatch(f"entry {entry.seq} replaces a position that was not to be visited")
        if positions & recorded_before(evidence, entry.seq):
            raise Mismatch(f"entry {entry.seq} replaces a position of which a finding is recorded")
        wanted = {position: strata[position] for position in positions}
        given = [Replacement(row["position"], row["reserve"]) for row in rows]
        if take_reserves(order, wanted, [each.reserve for each in made]) != given:
            raise Mismatch(f"entry {entry.seq} takes other reserves than the next of their strata")
        made += given
        proposed = None
    return f"{len(made)} positions replaced by the next reserves of their strata, each by two persons"


def drawn_positions(evidence: Evidence) -> set[int]:
    """Return the drawn positions."""
    return {row["position"] for row in evidence.chosen}


def replaced_until(evidence: Evidence, seq: int) -> list[Replacement]:
    """Return the replacements of the campaign before an entry."""
    return [
        Replacement(row["position"], row["reserve"])
        for entry in evidence.of_kind(REPLACED)
        if entry.seq < seq
        for row in replacement_rows(evidence, entry)
    ]


def replacement_rows(evidence: Evidence, entry: Entry) -> Sequence[Row]:
    """Return the rows of a replacement, of whatever campaign."""
    return evidence.rows(entry, "replacement", "replacement")


def recorded_before(evidence: Evidence, seq: int) -> set[int]:
    """Return the positions of which a finding is recorded before an entry."""
    return {
        row["position"]
        for entry in evidence.of_kind(RECORDED)
        if entry.seq < seq
        for row in evidence.rows(entry, "finding", "finding")
    }


def _check_proposal(evidence: Evidence, entry: Entry, rows: Sequence[Row], proposal: dict[str, Any]) -> None:
    if not rows or proposal["positions"] != [row["position"] for row in rows]:
        raise Mismatch(f"entry {entry.seq} replaces others than were proposed")
    if proposal["by"] == evidence.content(entry, "replacement")["by"]:
        raise Mismatch(f"entry {entry.seq} was proposed and confirmed by the same person")
    cause = (evidence.campaign, proposal["cause"], proposal["explanation"])
    if any((row["campaign"], row["cause"], row["explanation"]) != cause for row in rows):
        raise Mismatch(f"entry {entry.seq} replaces for another cause than was proposed")
    if proposal["cause"] not in list(Cause) or not proposal["explanation"].strip():
        raise Mismatch(f"entry {entry.seq} replaces without a cause of the list")
