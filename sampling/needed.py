"""Which documents the verification of a campaign needs, from the log's entries and the sealed plan. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.entries import Entry
from sampling.entry_kinds import DRAWN, FROZEN


def needed_documents(entries: Sequence[Entry], campaign: str, plan: Mapping[str, Any]) -> dict[str, str]:
    """Return what each needed document is, by its commitment.

    Needed are all documents of the campaign, the registrations and the grade run that its frame came from, the runs
    that it stands on and their models, and, where nobody is to be drawn twice a year, the plans and draws of the
    earlier campaigns of that year.
    """
    needed = {}
    for entry in entries:
        if entry.subject == campaign:
            needed.update({value: f"{name} of entry {entry.seq}" for name, value in entry.documents.items()})
    for seq in plan["register"]:
        needed[entries[seq].documents["batch"]] = f"the registrations of entry {seq}"
    for seq in (*plan.get("grade_bases", ()), plan["grade_run"]):
        needed[entries[seq].documents["grades"]] = f"the grade run of entry {seq}"
    for seq in plan.get("models", ()):
        needed[entries[seq].documents["model"]] = f"the model of entry {seq}"
    if plan["plan"]["once_a_year"]:
        for earlier in earlier_draws(entries, campaign):
            frozen = frozen_entry(entries, earlier.subject)
            needed[frozen.documents["plan"]] = f"the plan of campaign {earlier.subject}"
            needed[earlier.documents["draw"]] = f"the draw of campaign {earlier.subject}"
    return needed


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
