"""Which documents the verification of a campaign needs, from the log's entries and the sealed plan. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.entries import EXPIRED, Entry
from sampling.entry_kinds import (
    DRAWN,
    FROZEN,
    MATCHED,
    REMATCHED,
    REOPENED,
    REPLACED,
    VOID_CONFIRMED,
    VOID_PROPOSED,
)
from sampling.frequency import Horizon
from sampling.json_shapes import any_text, integer, items, mapping, member, truth
from sampling.listings import FIXING
from sampling.tries import VOIDS, chain_of
from scoring.entry_kinds import IMPORTED

INSPECTOR = "inspector"
ITEM = "item"
OBJECT = "object"
MATCHINGS = (MATCHED, REOPENED, REPLACED, REMATCHED)
TIES = ("relation", "change", "revocation")
"""Kinds of files that tie persons to enterprises beside registrations, tell former codes, and take changes back."""


def needed_documents(entries: Sequence[Entry], campaign: str, plan: Mapping[str, Any]) -> dict[str, str]:
    """Return what each needed document is, by its commitment.

    Needed are all documents of the campaign; the registrations and the grade run that its frame came from, the runs
    that it stands on and their models; the register of items, and that of objects where tags count; who voided what
    its freeze replaces; where past draws exclude or part enterprises, the plans, draws and replacements of those
    campaigns; and what the pool came from: the register of inspectors, relations where households count (with the
    changes of code that say whose they are), the earlier matchings whose visits count.
    """
    planned = plan["plan"]
    conditions = mapping(member(planned, "plan", "conditions"), "conditions")
    has_tags = bool(items(conditions.get("tags", []), "tags"))
    rules = member(planned, "plan", "matching")
    household, last_visit = (truth(member(rules, "matching", name), name) for name in ("household", "last_visit"))
    needed = {}
    for entry in entries:
        if entry.subject == campaign:
            needed.update({value: f"{name} of entry {entry.seq}" for name, value in entry.documents.items()})
    for entry in replaced_voids(entries, campaign):
        needed[entry.documents["by"]] = f"the person of entry {entry.seq}"
    for seq in _numbers(plan, "register", must_stand=True):
        needed[entries[seq].documents["batch"]] = f"the registrations of entry {seq}"
    for seq in grade_runs(plan):
        needed[entries[seq].documents["grades"]] = f"the grade run of entry {seq}"
    for seq in _numbers(plan, "models"):
        needed[entries[seq].documents["model"]] = f"the model of entry {seq}"
    for seq in _numbers(plan, "items"):
        needed[entries[seq].documents["batch"]] = f"the items of entry {seq}"
    for seq in _numbers(plan, "objects"):
        needed[entries[seq].documents["batch"]] = f"the objects of entry {seq}"
    frozen = frozen_entry(entries, campaign)
    for earlier in settling_draws(entries, frozen, planned):
        before = frozen_entry(entries, earlier.subject)
        needed[before.documents["plan"]] = f"the plan of campaign {earlier.subject}"
        needed[earlier.documents["draw"]] = f"the draw of campaign {earlier.subject}"
        for entry in replaced_before(entries, earlier.subject, frozen):
            needed[entry.documents["replacement"]] = f"the replacement of entry {entry.seq}"
    for entry in imported_before(entries, frozen, INSPECTOR):
        needed[entry.documents["batch"]] = f"the inspectors of entry {entry.seq}"
    if household:
        for entry in imported_before(entries, frozen, *TIES):
            needed[entry.documents["batch"]] = f"the {entry.body['kind']} file of entry {entry.seq}"
    if has_tags:
        for entry in imported_before(entries, frozen, OBJECT):
            needed[entry.documents["batch"]] = f"the objects of entry {entry.seq}"
    gone = expired_before(entries, frozen)
    for entry in earlier_matchings(entries, frozen, planned):
        for name, value in entry.documents.items():
            needed[value] = f"{name} of campaign {entry.subject}"
        if last_visit:
            before = frozen_entry(entries, entry.subject)
            if before.documents["plan"] in gone:
                continue
            needed[before.documents["plan"]] = f"the plan of campaign {entry.subject}"
    return needed


def grade_runs(plan: Mapping[str, Any]) -> list[int]:
    """Return the entries of the grade run of a sealed plan, after those that it stands on; a list has none."""
    run = [integer(plan["grade_run"], "grade_run")] if "grade_run" in plan else []
    return [*_numbers(plan, "grade_bases"), *run]


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
    """Return what matched other campaigns before a freeze, neither expired nor void then, and counts for its pool."""
    gone, void = expired_before(entries, frozen), voided_before(entries, frozen)
    return [
        each
        for each in entries[: frozen.seq]
        if each.kind in MATCHINGS
        and each.subject not in void
        and counts_for_pool(each, plan)
        and not gone & set(each.documents.values())
    ]


def voided_before(entries: Sequence[Entry], frozen: Entry) -> set[str]:
    """Return the campaigns that two persons had voided at a freeze, whose draws and matchings count nowhere."""
    return {each.subject for each in entries[: frozen.seq] if each.kind == VOID_CONFIRMED}


def replaced_before(entries: Sequence[Entry], campaign: str, frozen: Entry) -> list[Entry]:
    """Return the replacements of a campaign that stand before a freeze."""
    return [each for each in entries[: frozen.seq] if each.kind == REPLACED and each.subject == campaign]


def replaced_voids(entries: Sequence[Entry], campaign: str) -> list[Entry]:
    """Return the proposals and confirmations by which persons voided what a campaign's freeze replaces, in order."""
    frozen = frozen_entry(entries, campaign)
    before = entries[: frozen.seq]
    behind = set(chain_of(frozen, (each for each in before if each.kind == FROZEN)))
    return [each for each in before if each.kind in (VOID_PROPOSED, VOID_CONFIRMED) and each.subject in behind]


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
    return any_text(member(plan, "plan", "starts"), "starts")[:4]


def frozen_entry(entries: Sequence[Entry], campaign: str) -> Entry:
    """Return the entry that fixed a campaign's frame or list; raises ValueError where there is not exactly one."""
    found = [entry for entry in entries if entry.kind in FIXING and entry.subject == campaign]
    if len(found) != 1:
        raise ValueError(f"the log has {len(found)} entries {FROZEN} of campaign {campaign}")
    return found[0]


def past_draws(entries: Sequence[Entry], horizon: Horizon | None) -> list[Entry]:
    """Return the draws among entries that a horizon covers, all without one, but for the voided and the expired."""
    left_out = {entry.subject for entry in entries if entry.kind in VOIDS} | _expired_campaigns(entries)
    return [
        entry
        for entry in entries
        if entry.kind == DRAWN
        and entry.subject not in left_out
        and (horizon is None or horizon.covers(civil_date(parse_instant(entry.time))))
    ]


def settling_draws(entries: Sequence[Entry], frozen: Entry, plan: Mapping[str, Any]) -> list[Entry]:
    """Return the draws before a campaign's freeze that decided, by its plan, whom it excludes or who was visited."""
    if "listing" in plan:
        return []
    before = [entry for entry in entries if entry.seq < frozen.seq and entry.subject != frozen.subject]
    return past_draws(before, Horizon.of(plan, civil_date(parse_instant(frozen.time))))


def counted_campaigns(entries: Sequence[Entry], most: int) -> list[Entry]:
    """Return the newest freezes among entries, oldest first, but for those voided and expired."""
    left_out = {entry.subject for entry in entries if entry.kind in VOIDS} | _expired_campaigns(entries)
    counted = [entry for entry in entries if entry.kind == FROZEN and entry.subject not in left_out]
    return counted[len(counted) - min(most, len(counted)) :]


def _numbers(plan: Mapping[str, Any], name: str, must_stand: bool = False) -> list[int]:
    """Return the entries that a sealed plan names; earlier versions sealed some of these lists not."""
    told = plan[name] if must_stand else plan.get(name, [])
    return [integer(seq, name) for seq in items(told, name)]


def _expired_campaigns(entries: Sequence[Entry]) -> set[str]:
    """Return the campaigns whose plan or draw has expired."""
    gone = {entry.body["expired"]["commitment"] for entry in entries if entry.kind == EXPIRED}
    kinds = {FROZEN: "plan", DRAWN: "draw"}
    return {
        entry.subject for entry in entries if entry.kind in kinds and entry.documents.get(kinds[entry.kind]) in gone
    }
