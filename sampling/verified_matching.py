"""The checks of a campaign's matching: the pool that was sealed, who was matched, and who was matched again. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ledger.entries import Entry
from sampling.bundle_format import Mismatch
from sampling.draw import seed
from sampling.entry_kinds import MATCHED, REMATCHED, REOPENED, REPLACED
from sampling.listings import FIXING
from sampling.matching import check_matching, match_seed
from sampling.matching_inputs import Assignment, Inspector, MatchingInputs, Pool, Target, parse_pool
from sampling.needed import INSPECTOR, TIES, earlier_matchings, expired_before, imported_before, matched_year
from sampling.pools import Ties, last_visits_of, make_pool, persons_of
from sampling.rematch_inputs import rematch_inputs, standing_assignments
from sampling.reserves import visited
from sampling.verified import Evidence, Row, parsed_text
from sampling.verified_beacon import check_named_beacon
from sampling.verified_replacements import drawn_positions, recorded_before, replaced_until, replacement_rows
from sampling.verified_witnesses import check_witnesses
from scoring.code_changes import changes_of, resolved
from scoring.drafts import CHANGE, REGISTRATION, RELATION


def pool(evidence: Evidence) -> str:
    """Check that the sealed pool is what register, plan and earlier campaigns gave at the freeze."""
    sealed = evidence.content(evidence.frozen, "matching")
    held, expected = parse_pool(sealed["pool"]), parse_pool(_pool(evidence).to_json())
    if (held.roles, held.different_units, held.last_day, held.least_duty_days) != (
        expected.roles,
        expected.different_units,
        expected.last_day,
        expected.least_duty_days,
    ):
        raise Mismatch("the sealed pool has other roles, unit rules or days than the plan")
    ours, theirs = _by_id(expected), _by_id(held)
    for name in sorted(set(ours) | set(theirs)):
        if name not in theirs:
            raise Mismatch(f"inspector {name} is left out of the pool")
        if name not in ours:
            raise Mismatch(f"inspector {name} is wrongly in the pool")
        if ours[name] != theirs[name]:
            raise Mismatch(f"inspector {name} stands in the pool with other facts than register and plan give")
    newest = _registered(evidence) if any(role.local for role in expected.roles) else None
    regions = [] if newest is None else [newest[code]["region"] for code in evidence.codes]
    if sealed["regions"] != regions:
        raise Mismatch("the matching's regions are not those of the register")
    return f"{len(theirs)} inspectors, as register, plan and earlier campaigns give them"


def matching(evidence: Evidence) -> str:
    """Replay the matching from the pool that was sealed at the freeze."""
    if not evidence.of_kind(MATCHED):
        return "not matched yet"
    matched = evidence.one(MATCHED)
    if matched.seq < evidence.chosen_at.seq:
        raise Mismatch("the matching stands before the draw")
    held, targets = _sealed_pool(evidence), _targets(evidence)
    assignments = _assignments(evidence, matched)
    check_matching(MatchingInputs(held, targets), _match_seed(evidence, evidence.seed), assignments)
    return f"{len(assignments)} assignments to {len(targets)} targets"


def rematches(evidence: Evidence) -> str:
    """Replay each re-match by the beacon that the reopening before it named, one re-match for one reopening."""
    steps = [entry for entry in evidence.of_campaign if entry.kind in (REOPENED, REPLACED, REMATCHED)]
    if not steps:
        return "nobody was replaced"
    matched = evidence.one(MATCHED)
    assigned, replaced = _assignments(evidence, matched), list[Assignment]()
    pending: Entry | None = None
    for entry in steps:
        if entry.seq < matched.seq:
            raise Mismatch("a re-match stands before the matching")
        if entry.kind != REMATCHED and pending is not None:
            raise Mismatch(f"entry {entry.seq} reopens the matching while another re-match is pending")
        if entry.kind == REPLACED:
            assigned = _without_replaced(evidence, entry, assigned)
            pending = entry
        elif entry.kind == REOPENED:
            replaced += _reopened(evidence, entry, standing_assignments(assigned, replaced))
            pending = entry
        elif pending is None:
            raise Mismatch(f"entry {entry.seq} matches again without an entry that tells the cause")
        else:
            check_witnesses(evidence, pending, entry)
            check_named_beacon(evidence, pending, entry)
            inputs = rematch_inputs(_sealed_pool(evidence), _targets(evidence, entry.seq), assigned, replaced)
            the_seed = seed(pending.leaf_hash, bytes.fromhex(entry.body["output"]))
            found = _assignments(evidence, entry)
            check_matching(inputs, _match_seed(evidence, the_seed), found)
            assigned, pending = [*assigned, *found], None
    waiting = "" if pending is None else ", another one is pending"
    swapped = len(replaced_until(evidence, len(evidence.entries)))
    told = f" and {swapped} reserves matched" if swapped else ""
    return f"{len(replaced)} assignments replaced{told}, each for a cause and by a later beacon{waiting}"


class Teams:
    """Who stood in each team, and when, by the entries of the log."""

    def __init__(self, evidence: Evidence) -> None:
        """Read all matchings, reopenings and re-matches of the campaign."""
        self._since: dict[int, dict[str, int]] = {}
        self._until: dict[tuple[int, str], int] = {}
        self._gone: dict[int, int] = {}
        for kind in (MATCHED, REMATCHED):
            for entry in evidence.of_kind(kind):
                for each in _assignments(evidence, entry):
                    self._since.setdefault(each.position, {})[each.inspector] = entry.seq
        for entry in evidence.of_kind(REOPENED):
            for row in evidence.rows(entry, "reopening", "reopening"):
                self._until[row["position"], row["inspector"]] = entry.seq
        for entry in evidence.of_kind(REPLACED):
            self._gone.update((row["position"], entry.seq) for row in replacement_rows(evidence, entry))

    def at(self, position: int, seq: int) -> set[str]:
        """Return who stood in a team when an entry was appended."""
        return {
            inspector
            for inspector, since in self._since.get(position, {}).items()
            if since < seq <= min(self._until.get((position, inspector), seq), self._gone.get(position, seq))
        }


def _reopened(evidence: Evidence, entry: Entry, standing: tuple[Assignment, ...]) -> list[Assignment]:
    """Return what an entry replaces: assignments that stand, each with its cause, and no visit that was recorded."""
    recorded = recorded_before(evidence, entry.seq)
    rows = evidence.rows(entry, "reopening", "reopening")
    if not rows:
        raise Mismatch(f"entry {entry.seq} reopens the matching of nobody")
    for row in rows:
        if row["campaign"] != evidence.campaign or _assignment(row) not in standing or not row["cause"].strip():
            raise Mismatch(f"entry {entry.seq} replaces an assignment that does not stand, or without a cause")
        if row["position"] in recorded:
            raise Mismatch(f"entry {entry.seq} reopens position {row['position']}, of which a finding is recorded")
    return [_assignment(row) for row in rows]


def _pool(evidence: Evidence) -> Pool:
    inspectors = {
        row["code"]: parsed_text(row["content"])
        for entry in imported_before(evidence.entries, evidence.frozen, INSPECTOR)
        for row in evidence.rows(entry, "batch", "inspector")
    }
    rules = evidence.plan.matching
    has_households = rules.household and any("household" in content for content in inspectors.values())
    ties = Ties(
        persons_of(_related(evidence)) if has_households else {},
        last_visits_of(_visits(evidence)) if rules.last_visit else {},
    )
    year = matched_year(evidence.sealed["plan"])
    loads = Counter(
        each.inspector
        for campaign, standing in _earlier(evidence)
        if campaign.startswith(f"{year}-")
        for each in standing
    )
    return make_pool(evidence.plan, inspectors, loads, ties)


def _earlier(evidence: Evidence) -> Iterator[tuple[str, tuple[Assignment, ...]]]:
    """Yield the earlier campaigns that count, in the order of their matchings, each with what stood at the freeze."""
    grouped: dict[str, list[Entry]] = {}
    for entry in earlier_matchings(evidence.entries, evidence.frozen, evidence.sealed["plan"]):
        grouped.setdefault(entry.subject, []).append(entry)
    for campaign, entries in grouped.items():
        assigned, replaced = list[Assignment](), list[Assignment]()
        for entry in entries:
            if entry.kind == REOPENED:
                replaced += [_assignment(row) for row in evidence.rows(entry, "reopening", "reopening")]
            elif entry.kind == REPLACED:
                assigned = _without_replaced(evidence, entry, assigned)
            else:
                assigned += _assignments(evidence, entry)
        yield campaign, standing_assignments(assigned, replaced)


def _visits(evidence: Evidence) -> Iterator[tuple[str, str, str]]:
    frozen = {entry.subject: entry for entry in evidence.entries if entry.kind in FIXING}
    gone = expired_before(evidence.entries, evidence.frozen)
    for campaign, standing in _earlier(evidence):
        if frozen[campaign].documents["plan"] in gone:
            continue
        codes = {row["position"]: row["enterprise"] for row in evidence.rows(frozen[campaign], "plan", "slot")}
        for each in standing:
            yield campaign, codes[each.position], each.inspector


def _related(evidence: Evidence) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what `scoring.ties` yields: the newest of each registration and relation, told of former codes' heirs."""
    newest: dict[str, dict[str, Any]] = {}
    for entry in imported_before(evidence.entries, evidence.frozen, REGISTRATION, *TIES):
        for row in evidence.rows(entry, "batch", "record"):
            if row["kind"] in (REGISTRATION, RELATION, CHANGE):
                newest[row["identity"]] = row
    held = [row for row in newest.values() if not row.get("revoked")]
    former = resolved(
        changes_of(
            (row["date"], row["enterprise"], parsed_text(row["content"])) for row in held if row["kind"] == CHANGE
        )
    )
    for row in held:
        if row["kind"] != CHANGE:
            code, content = row["enterprise"], parsed_text(row["content"])
            yield from ((each, content) for each in {code, former[code].enterprise if code in former else code})


def _registered(evidence: Evidence) -> dict[str, Row]:
    return evidence.registered_in(imported_before(evidence.entries, evidence.frozen, REGISTRATION))


def _sealed_pool(evidence: Evidence) -> Pool:
    return parse_pool(evidence.content(evidence.frozen, "matching")["pool"])


def _match_seed(evidence: Evidence, the_seed: bytes) -> bytes:
    return match_seed(the_seed, bytes.fromhex(evidence.content(evidence.frozen, "matching")["match_key"]))


def _without_replaced(evidence: Evidence, entry: Entry, assigned: Sequence[Assignment]) -> list[Assignment]:
    """Return the assignments at positions that an entry does not replace."""
    gone = {row["position"] for row in replacement_rows(evidence, entry)}
    return [each for each in assigned if each.position not in gone]


def _targets(evidence: Evidence, seq: int = 0) -> tuple[Target, ...]:
    """Return the drawn slots as targets, or those that are visited after the replacements before an entry."""
    chosen = visited(drawn_positions(evidence), replaced_until(evidence, seq))
    regions = evidence.content(evidence.frozen, "matching")["regions"]
    return tuple(
        Target(position, evidence.codes[position], evidence.sectors[position], regions[position] if regions else "")
        for position in sorted(chosen)
    )


def _assignments(evidence: Evidence, entry: Entry) -> list[Assignment]:
    rows = evidence.rows(entry, "assignments", "assignment")
    for row in rows:
        if row["campaign"] != entry.subject:
            raise Mismatch(f"the assignment at position {row['position']} is another campaign's")
    return [_assignment(row) for row in rows]


def _assignment(row: Row) -> Assignment:
    return Assignment(row["position"], row["role"], row["inspector"])


def _by_id(pool: Pool) -> dict[str, Inspector]:
    return {inspector.id: inspector for inspector in pool.inspectors}
