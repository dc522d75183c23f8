"""Which documents the verification of a campaign needs, from the log's entries and the sealed plan. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.entries import EXPIRED, Entry
from sampling.entry_kinds import DRAWN, FIXING, FROZEN, MATCHED, REMATCHED, REOPENED
from scoring.entry_kinds import IMPORTED

INSPECTOR = "inspector"
OBJECT = "object"
MATCHINGS = (MATCHED, REOPENED, REMATCHED)
TIES = ("relation", "change", "revocation")
"""Kinds of files that tie persons to enterprises beside registrations, tell former codes, and take changes back."""


def needed_documents(entries: Sequence[Entry], campaign: str, plan: Mapping[str, Any]) -> dict[str, str]:
    """Return what each needed document is, by its commitment.

    Needed are all documents of the campaign; the registrations and the grade run that its frame came from, the runs
    that it stands on and their models; the register of objects where tags make the frame; where nobody is to be drawn
    twice a year, the plans and draws of that year's earlier campaigns; and what the pool came from: the register of
    inspectors, relations where households count (with the changes of code that say whose they are), the earlier
    matchings whose visits count.
    """
    needed = {}
    for entry in entries:
        if entry.subject == campaign:
            needed.update({value: f"{name} of entry {entry.seq}" for name, value in entry.documents.items()})
    for seq in plan["register"]:
        needed[entries[seq].documents["batch"]] = f"the registrations of entry {seq}"
    for seq in (*plan.get("grade_bases", ()), *([plan["grade_run"]] if "grade_run" in plan else [])):
        needed[entries[seq].documents["grades"]] = f"the grade run of entry {seq}"
    for seq in plan.get("models", ()):
        needed[entries[seq].documents["model"]] = f"the model of entry {seq}"
    if plan["plan"]["once_a_year"] and "listing" not in plan["plan"]:
        for earlier in earlier_draws(entries, campaign):
            frozen = frozen_entry(entries, earlier.subject)
            needed[frozen.documents["plan"]] = f"the plan of campaign {earlier.subject}"
            needed[earlier.documents["draw"]] = f"the draw of campaign {earlier.subject}"
    frozen = frozen_entry(entries, campaign)
    for entry in imported_before(entries, frozen, INSPECTOR):
        needed[entry.documents["batch"]] = f"the inspectors of entry {entry.seq}"
    if plan["plan"]["matching"]["household"]:
        for entry in imported_before(entries, frozen, *TIES):
            needed[entry.documents["batch"]] = f"the {entry.body['kind']} file of entry {entry.seq}"
    if plan["plan"]["conditions"].get("tags"):
        for entry in imported_before(entries, frozen, OBJECT):
            needed[entry.documents["batch"]] = f"the objects of entry {entry.seq}"
    gone = expired_before(entries, frozen)
    for entry in earlier_matchings(entries, frozen, plan["plan"]):
        for name, value in entry.documents.items():
            needed[value] = f"{name} of campaign {entry.subject}"
        if plan["plan"]["matching"]["last_visit"]:
            before = frozen_entry(entries, entry.subject)
            if before.documents["plan"] in gone:
                continue
            needed[before.documents["plan"]] = f"the plan of campaign {entry.subject}"
    return needed


def imported_before(entries: Sequence[Entry], frozen: Entry, *kinds: str) -> list[Entry]:
    """Return the imports of kinds of files that stand before a freeze and had not expired by then."""
    gone = expired_before(entries, frozen)
    return [
        each
        for each in entries[: frozen.seq]
        if each.kind == IMPORTED and each.body["kind"] in kinds and not gone & set(each.documents.values())
    ]


def expired_before(entries: Sequence[Entry], frozen: Entry) -> set[str]:
    """Return the commitments of what had expired at a freeze, so that it counted nowhere."""
    return {each.body["expired"]["commitment"] for each in entries[: frozen.seq] if each.kind == EXPIRED}


def earlier_matchings(entries: Sequence[Entry], frozen: Entry, plan: Mapping[str, Any]) -> list[Entry]:
    """Return what matched other campaigns before a freeze and counts for its pool, but for what had expired by then."""
    gone = expired_before(entries, frozen)
    return [
        each
        for each in entries[: frozen.seq]
        if each.kind in MATCHINGS and counts_for_pool(each, plan) and not gone & set(each.documents.values())
    ]


def counts_for_pool(entry: Entry, plan: Mapping[str, Any]) -> bool:
    """Tell whether a pool, or a frame's tags, come from what an entry before the freeze tells.

    These are the register of inspectors, that of objects where conditions ask for tags, ties where households count,
    and visits: those of the plan's year, or all where last visits count.
    """
    rules = plan["matching"]
    if entry.kind == IMPORTED:
        kinds = (INSPECTOR, *(TIES if rules["household"] else ()), *([OBJECT] if "tags" in plan["conditions"] else []))
        return entry.body["kind"] in kinds
    return entry.kind in MATCHINGS and (rules["last_visit"] or entry.subject.startswith(f"{matched_year(plan)}-"))


def matched_year(plan: Mapping[str, Any]) -> str:
    """Return the year whose visits count as loads: that of the campaign's first day."""
    return str(plan["starts"])[:4]


def frozen_entry(entries: Sequence[Entry], campaign: str) -> Entry:
    """Return the entry that fixed a campaign's frame or list; raises ValueError where there is not exactly one."""
    found = [entry for entry in entries if entry.kind in FIXING and entry.subject == campaign]
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
