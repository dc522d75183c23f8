"""Which documents the verification of a campaign needs, from the log's entries and the sealed plan. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.entries import Entry
from sampling.entry_kinds import DRAWN, FROZEN, MATCHED, REMATCHED, REOPENED
from scoring.entry_kinds import IMPORTED


def needed_documents(entries: Sequence[Entry], campaign: str, plan: Mapping[str, Any]) -> dict[str, str]:
    """Return what each needed document is, by its commitment.

    Needed are all documents of the campaign, the registrations and the grade run that its frame came from, and, where
    nobody is to be drawn twice a year, the plans and draws of that year's earlier campaigns; and what the pool came
    from: the register of inspectors, relations where households count, the earlier matchings whose visits count.
    """
    needed = {}
    for entry in entries:
        if entry.subject == campaign:
            needed.update({value: f"{name} of entry {entry.seq}" for name, value in entry.documents.items()})
    for seq in plan["register"]:
        needed[entries[seq].documents["batch"]] = f"the registrations of entry {seq}"
    needed[entries[plan["grade_run"]].documents["grades"]] = f"the grade run of entry {plan['grade_run']}"
    if plan["plan"]["once_a_year"]:
        for earlier in earlier_draws(entries, campaign):
            frozen = frozen_entry(entries, earlier.subject)
            needed[frozen.documents["plan"]] = f"the plan of campaign {earlier.subject}"
            needed[earlier.documents["draw"]] = f"the draw of campaign {earlier.subject}"
    frozen = frozen_entry(entries, campaign)
    for entry in imported_before(entries, frozen, "inspector"):
        needed[entry.documents["batch"]] = f"the inspectors of entry {entry.seq}"
    if plan["plan"]["matching"]["household"]:
        for entry in imported_before(entries, frozen, "relation"):
            needed[entry.documents["batch"]] = f"the relations of entry {entry.seq}"
    for entry in earlier_matchings(entries, frozen, plan["plan"]):
        for name, value in entry.documents.items():
            needed[value] = f"{name} of campaign {entry.subject}"
        if plan["plan"]["matching"]["last_visit"]:
            before = frozen_entry(entries, entry.subject)
            needed[before.documents["plan"]] = f"the plan of campaign {entry.subject}"
    return needed


def imported_before(entries: Sequence[Entry], frozen: Entry, kind: str) -> list[Entry]:
    """Return the imports of a kind of file that stand before a freeze."""
    return [each for each in entries[: frozen.seq] if each.kind == IMPORTED and each.body["kind"] == kind]


def earlier_matchings(entries: Sequence[Entry], frozen: Entry, plan: Mapping[str, Any]) -> list[Entry]:
    """Return what matched other campaigns before a freeze: those of the plan's year, or all if last visits count."""
    return [
        each
        for each in entries[: frozen.seq]
        if each.kind in (MATCHED, REOPENED, REMATCHED)
        and (plan["matching"]["last_visit"] or each.subject.startswith(f"{matched_year(plan)}-"))
    ]


def matched_year(plan: Mapping[str, Any]) -> str:
    """Return the year whose visits count as loads: that of the campaign's first day."""
    return str(plan["starts"])[:4]


def frozen_entry(entries: Sequence[Entry], campaign: str) -> Entry:
    """Return a campaign's frozen entry; raises ValueError where there is none or more than one."""
    found = [entry for entry in entries if entry.kind == FROZEN and entry.subject == campaign]
    if len(found) != 1:
        raise ValueError(f"the log has {len(found)} entries {FROZEN} of campaign {campaign}")
    return found[0]


def earlier_draws(entries: Sequence[Entry], campaign: str) -> list[Entry]:
    """Return the draws of other campaigns before a campaign's freeze that fall into the same civil year."""
    frozen = frozen_entry(entries, campaign)
    year = _year(frozen)
    before = (entry for entry in entries[: frozen.seq] if entry.kind == DRAWN and entry.subject != campaign)
    return [entry for entry in before if _year(entry) == year]


def _year(entry: Entry) -> int:
    return civil_date(parse_instant(entry.time)).year
