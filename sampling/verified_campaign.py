"""The checks of a campaign after its beacon: seed, draw, matching, findings. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.calendar import civil_date, parse_instant
from ledger.canonical import parse_canonical
from ledger.entries import Entry
from sampling.bundle_format import Mismatch
from sampling.entry_kinds import ATTESTED, CLOSED, MATCHED, PUBLISHED, RECORDED, REVIEWED, TEAM_CONFIRMED
from sampling.openings import check_opening
from sampling.position_lists import named_file, told
from sampling.reserves import visited
from sampling.verified import Evidence, Row, parsed_text
from sampling.verified_attestations import attested
from sampling.verified_beacon import beacon
from sampling.verified_matching import Teams, matching, pool, rematches
from sampling.verified_replacements import drawn_positions, replaced_until, replacements
from sampling.verified_tries import void
from sampling.verified_witnesses import witnesses
from scoring.results import check_results


def the_seed(evidence: Evidence) -> str:
    """Check that the seed follows from the frozen entry and the beacon."""
    if evidence.seed.hex() != evidence.content(evidence.drawn, "draw")["seed"]:
        raise Mismatch("the seed is not that of the frozen entry and the beacon's output")
    return f"seed {evidence.seed.hex()}"


def drawn(evidence: Evidence) -> str:
    """Check that the tickets give exactly the drawn positions, and that these were published."""
    drawing = evidence.drawing
    expected = [
        {
            "campaign": evidence.campaign,
            "position": each.position,
            "stratum": each.stratum,
            "rank": each.rank,
            "uniform": int(each.uniform),
        }
        for each in drawing.drawn
    ]
    rows = evidence.rows(evidence.drawn, "draw", "drawn")
    for computed, row in zip(expected, rows, strict=False):
        if computed != dict(row):
            raise Mismatch(f"position {row['position']} is listed as drawn, the tickets give another draw")
    if len(expected) != len(rows):
        raise Mismatch(f"{len(rows)} positions are listed as drawn, the tickets give {len(expected)}")
    positions = list(drawing.positions)
    public = named_file(positions)
    if evidence.drawn.body["drawn"] != public:
        raise Mismatch("the published list of drawn positions is another one")
    return f"{len(positions)} positions, {sum(each.uniform for each in drawing.drawn)} of them the uniform slice"


def reserves(evidence: Evidence) -> str:
    """Check the reserves of each stratum, in their order."""
    expected = {label: list(positions) for label, positions in evidence.drawing.reserves.items()}
    sealed = evidence.content(evidence.drawn, "draw")["reserves"]
    for label in sorted(set(expected) | set(sealed)):
        if expected.get(label) != sealed.get(label):
            raise Mismatch(f"the reserves of stratum {label} are not those that the tickets give")
    return f"{sum(map(len, expected.values()))} reserves in the order of their tickets"


def design(evidence: Evidence) -> str:
    """Check the design that was kept for evaluation: strata, members, who was drawn."""
    count = len(evidence.codes)
    drawn, uniform = [0] * count, [0] * count
    for each in evidence.drawing.drawn:
        drawn[each.position], uniform[each.position] = 1, int(each.uniform)
    members: dict[str, Sequence[Any]] = {
        "campaign": [evidence.campaign] * count,
        "enterprise": evidence.codes,
        "stratum": evidence.labels,
        "drawn": drawn,
        "uniform": uniform,
    }
    strata = [
        {
            "campaign": evidence.campaign,
            "stratum": each.label,
            "size": each.size,
            "quota": each.quota,
            "uniform": each.uniform,
        }
        for each in evidence.strata
    ]
    _same(evidence.rows(evidence.drawn, "design", "design_stratum"), strata, len(strata), "stratum of the design")
    rows = evidence.rows(evidence.drawn, "design", "design_member")
    if len(rows) != count or not rows.say(members):
        told = (dict(zip(members, values, strict=True)) for values in zip(*members.values(), strict=True))
        _same(rows, told, count, "member of the design")
    return f"{len(strata)} strata, {len(evidence.codes)} members"


def findings(evidence: Evidence) -> str:
    """Check that what was published was found by the team, reviewed by another person, and opens a drawn slot."""
    drawn_first = drawn_positions(evidence)
    teams = Teams(evidence)
    size = sum(role.count for role in evidence.plan.team_roles)
    published: set[int] = set()
    for entry in evidence.of_kind(PUBLISHED):
        found = _by_position(evidence, RECORDED, "finding", "finding", entry.seq)
        confirmations = _by_position(evidence, TEAM_CONFIRMED, "confirmation", "finding_confirmation", entry.seq)
        reviews = _by_position(evidence, REVIEWED, "review", "finding_review", entry.seq)
        rows = evidence.rows(entry, "disclosure", "disclosure")
        pairs = replaced_until(evidence, entry.seq)
        allowed = visited(drawn_first, pairs)
        if not _is_last(evidence, entry):
            allowed -= {each.reserve for each in pairs}
        if entry.body["count"] != len(rows):
            raise Mismatch(f"entry {entry.seq} publishes {len(rows)} findings and counts otherwise")
        for row in rows:
            position = row["position"]
            if row["published_at"] != entry.time:
                raise Mismatch(f"the finding at position {position} tells another time of publication than the log")
            if row["campaign"] != evidence.campaign or position not in allowed:
                raise Mismatch(
                    f"a finding is published for position {position}, which was not drawn, was replaced, or is a "
                    "reserve's before the close"
                )
            if position not in found or position not in reviews:
                raise Mismatch(f"the finding at position {position} was published without record or review")
            team = teams.at(position, found[position][-1][0].seq)
            if len(team) != size:
                raise Mismatch(f"the finding at position {position} was recorded while its team was incomplete")
            _check_finding(evidence, row, found[position][-1], reviews[position][-1], team)
            _check_confirmation(
                evidence, found[position][-1], confirmations.get(position, []), reviews[position][-1], team
            )
            _check_opening(evidence, row)
            if position in published:
                raise Mismatch(f"the finding at position {position} is published twice")
            published.add(position)
    return f"{len(published)} published findings open drawn slots"


def closing(evidence: Evidence) -> str:
    """Check that the end says how many findings were published and which positions are overdue."""
    if not evidence.of_kind(CLOSED):
        return "not closed yet"
    body = evidence.one(CLOSED).body
    later = evidence.entries[evidence.one(CLOSED).seq + 1 :]
    if any(entry.subject == evidence.campaign and entry.kind != ATTESTED for entry in later):
        raise Mismatch("the log goes on about the campaign after its end")
    opened = {
        row["position"]
        for entry in evidence.of_kind(PUBLISHED)
        for row in evidence.rows(entry, "disclosure", "disclosure")
    }
    pairs = replaced_until(evidence, evidence.one(CLOSED).seq)
    overdue = sorted(visited(drawn_positions(evidence), pairs) - opened)
    if (body["published"], body["overdue"]) != (len(opened), told(overdue)):
        raise Mismatch("the closing entry counts otherwise")
    swapped = told(sorted(each.position for each in pairs)), told(sorted(each.reserve for each in pairs))
    if (body.get("replaced", []), body.get("substitutes", [])) != swapped:
        raise Mismatch("the closing entry tells other replaced positions or reserves than there are")
    if overdue and civil_date(parse_instant(evidence.one(CLOSED).time)) <= evidence.plan.ends:
        raise Mismatch("the campaign ended before its period with findings missing")
    return f"{len(opened)} published, {len(overdue)} overdue, {len(pairs)} replaced"


CHECKS = (
    ("beacon", beacon),
    ("void", void),
    ("witnesses", witnesses),
    ("seed", the_seed),
    ("draw", drawn),
    ("reserves", reserves),
    ("design", design),
    ("pool", pool),
    ("matching", matching),
    ("replacements", replacements),
    ("re-matches", rematches),
    ("findings", findings),
    ("closing", closing),
    ("attestations", attested),
)


def _is_last(evidence: Evidence, published: Entry) -> bool:
    """Tell whether a publication is that of the close, which is the campaign's next entry."""
    later = next((entry for entry in evidence.of_campaign if entry.seq > published.seq), None)
    return later is not None and later.kind == CLOSED


def _same(rows: Sequence[Row], expected: Iterable[Row], count: int, what: str) -> None:
    for line, (row, computed) in enumerate(zip(rows, expected, strict=False)):
        if row != computed:
            raise Mismatch(f"{what} {line} is not what the draw gives")
    if len(rows) != count:
        raise Mismatch(f"there are {len(rows)} of: {what}; the draw gives {count}")


def _by_position(
    evidence: Evidence, kind: str, document: str, table: str, before: int
) -> dict[int, list[tuple[Entry, Row]]]:
    """Return the campaign's rows of a table with the entries before one that bind them, by position and in order."""
    found: dict[int, list[tuple[Entry, Row]]] = {}
    for entry in evidence.of_kind(kind):
        if entry.seq < before:
            for row in evidence.rows(entry, document, table):
                if row["campaign"] == evidence.campaign:
                    found.setdefault(row["position"], []).append((entry, row))
    return found


def _check_finding(
    evidence: Evidence, row: Row, recorded: tuple[Entry, Row], reviewed: tuple[Entry, Row], team: set[str]
) -> None:
    position = row["position"]
    finding, review = recorded[1], reviewed[1]
    if not evidence.one(MATCHED).seq < recorded[0].seq < reviewed[0].seq:
        raise Mismatch(f"the finding at position {position} was not matched, recorded and reviewed in this order")
    if finding["visited"] > civil_date(parse_instant(recorded[0].time)).isoformat():
        raise Mismatch(f"the visit at position {position} is dated after its record")
    results: Any = parse_canonical(finding["results"].encode())
    check_results(results)
    if finding["recorded_by"] not in team:
        raise Mismatch(f"the finding at position {position} was not recorded by its team")
    if review["reviewed_by"] in team:
        raise Mismatch(f"the finding at position {position} was reviewed by its own team")
    if not review["approved"] or review["version"] != finding["version"]:
        raise Mismatch(f"the finding at position {position} was published without approval")
    if finding["visited"] < civil_date(parse_instant(evidence.chosen_at.time)).isoformat():
        raise Mismatch(f"the visit at position {position} is dated before the draw")
    for name in ("visited", "results", "follow_up"):
        if row[name] != finding[name]:
            raise Mismatch(f"the published {name} at position {position} is not what was found")


def _check_confirmation(
    evidence: Evidence,
    recorded: tuple[Entry, Row],
    confirmations: Sequence[tuple[Entry, Row]],
    reviewed: tuple[Entry, Row],
    team: set[str],
) -> None:
    """Check that another inspector of the team confirmed a finding; those of earlier releases have no detail."""
    if "finding_detail" not in evidence.documents[recorded[0].documents["finding"]].rows:
        return
    position, version = recorded[1]["position"], recorded[1]["version"]
    of_version = [(entry, row) for entry, row in confirmations if row["version"] == version]
    if not of_version or not recorded[0].seq < of_version[-1][0].seq < reviewed[0].seq:
        raise Mismatch(f"the finding at position {position} was not confirmed between record and review")
    confirmed = of_version[-1][1]
    if not confirmed["agreed"] or confirmed["confirmed_by"] not in team - {recorded[1]["recorded_by"]}:
        raise Mismatch(f"the finding at position {position} was not confirmed by another inspector of its team")


def _check_opening(evidence: Evidence, row: Row) -> None:
    position = row["position"]
    if evidence.codes[position] != row["enterprise"]:
        raise Mismatch(f"the finding at position {position} is published under another code")
    check_opening(evidence.frozen, row["enterprise"], position, parsed_text(row["opening"]))
