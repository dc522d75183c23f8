"""The checks of a design: from past draws and grades to exclusions, strata, quotas, and what they tell. Pure."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from ledger.calendar import civil_date, parse_instant
from sampling.bundle_format import Mismatch
from sampling.design_plans import BASIS_POINTS, EXCLUDED, Cell, Cells, DesignPlan
from sampling.entry_kinds import DRAWN
from sampling.frequency import PastDraw, excluded_by, visited_within
from sampling.inference import Campaign, Past, kinds, riskier_half, worst_case
from sampling.needed import counted_campaigns, frozen_entry, settling_draws
from sampling.past_findings import Experience
from sampling.strata import Limits, Stratum, by_cell, design_strata
from sampling.verified import Evidence


def exclusions(evidence: Evidence) -> str:
    """Check that exactly those are excluded whom the plan names with a reason or past draws by its rules."""
    expected: dict[str, tuple[str, str | None]] = {
        each.enterprise: (each.reason, None) for each in evidence.plan.exclusions
    }
    codes = {row["enterprise"] for row in evidence.slot_rows}
    plan, day = evidence.plan, civil_date(parse_instant(evidence.frozen.time))
    for code, told in excluded_by(past_draws(evidence), day, plan.once_a_year, plan.frequency).items():
        if code in codes:
            expected.setdefault(code, told)
    sealed = {each["enterprise"]: (each["reason"], each["campaign"]) for each in evidence.sealed["excluded"]}
    for code in sorted(set(expected) | set(sealed)):
        if expected.get(code) != sealed.get(code):
            raise Mismatch(f"the exclusion of {code} is not what the plan and the earlier draws give")
    for row in evidence.slot_rows:
        if (row["stratum"] == EXCLUDED) != (row["enterprise"] in sealed):
            raise Mismatch(f"{row['enterprise']} is excluded without standing on the list, or the other way round")
    return f"{len(sealed)} excluded, each with its reason"


def past_draws(evidence: Evidence) -> list[PastDraw]:
    """Return the draws that decided who is excluded, or counts as visited."""
    return [
        PastDraw(entry.subject, civil_date(parse_instant(entry.time)), drawn_codes(evidence, entry.subject))
        for entry in settling_draws(evidence.entries, evidence.frozen, evidence.sealed["plan"])
    ]


def drawn_codes(evidence: Evidence, campaign: str) -> frozenset[str]:
    """Return whom an earlier campaign drew; raises KeyError where the bundle lacks its plan or draw."""
    (draw,) = [entry for entry in evidence.entries if entry.kind == DRAWN and entry.subject == campaign]
    frozen = frozen_entry(evidence.entries, campaign)
    frame = {row["position"]: row["enterprise"] for row in evidence.rows(frozen, "plan", "slot")}
    return frozenset(frame[row["position"]] for row in evidence.rows(draw, "draw", "drawn"))


def cells(evidence: Evidence, letters: Mapping[str, str]) -> dict[str, Cell]:
    """Return the cell of each enterprise of the frame: its grade, past visits, sector and region."""
    plan = design_plan(evidence)
    day = civil_date(parse_instant(evidence.frozen.time))
    visited = visited_within(past_draws(evidence), day, plan.months)
    found = Cells(plan.values(evidence.sealed["scale"]))
    return {
        code: found.of(letters[code], code in visited, row["sector"], row["region"])
        for code, row in evidence.registered.items()
        if code in letters
    }


def design_plan(evidence: Evidence) -> DesignPlan:
    """Return the design that was planned, with the rates of findings that it expects."""
    plan = evidence.plan.design
    if not plan.past:
        return plan
    experience = Experience.from_json(evidence.sealed["experience"])
    if list(experience.by_grade) != sorted(evidence.sealed["scale"]):
        raise Mismatch("the sealed findings are not those of the scale")
    return plan.expecting(experience.expected_rates(plan.shrinkage))


def quotas(evidence: Evidence, letters: Mapping[str, str]) -> str:
    """Check that sizes, quotas and the uniform slice follow from the grades and the planned design."""
    drawable = [row["enterprise"] for row in evidence.slot_rows if row["stratum"] != EXCLUDED]
    cell_of = cells(evidence, letters)
    limits = evidence.sealed["limits"]
    design = design_strata(
        design_plan(evidence),
        evidence.sealed["scale"],
        Counter(cell_of[code] for code in drawable),
        len(evidence.slot_rows) - len(drawable),
        Limits(limits["stratum_size"], limits["frame_size"], limits["uniform_share"]),
    )
    for expected, sealed in zip(design.strata, evidence.strata, strict=False):
        if expected != sealed:
            raise Mismatch(f"stratum {sealed.label} is not what rates and sizes give")
    if len(design.strata) != len(evidence.strata):
        raise Mismatch("the sealed plan has other strata than rates and sizes give")
    if evidence.frozen.body["to_draw"] != design.visits:
        raise Mismatch("the public number to be drawn is not the sum of the quotas")
    return f"{len(design.strata)} strata, {design.visits} of {design.size} to be drawn"


def inference(evidence: Evidence, letters: Mapping[str, str]) -> str:
    """Check that what published visits tell at worst is within the sealed bound, where the bundle lets compute it.

    It holds no more plans of earlier campaigns than exclusions need.
    """
    limits = evidence.sealed["limits"]
    if "inference_bound" not in limits:
        return "not computed: the plan is of a version that sealed no bound"
    before = evidence.entries[: evidence.frozen.seq]
    counted = counted_campaigns(before, limits["inference_campaigns"])
    missing = [entry.subject for entry in counted if entry.documents["plan"] not in evidence.documents]
    if missing:
        return f"not computed: the bundle does not need, and lacks, the plans of {', '.join(missing)}"
    drawn = {entry.subject: entry for entry in before if entry.kind == DRAWN}
    pasts = []
    for entry in counted:
        sealed = evidence.content(entry, "plan")
        settled_by = frozenset(each.subject for each in settling_draws(before, entry, sealed["plan"]))
        chances = _chances([Stratum.from_json(each) for each in sealed["strata"]])
        rows = evidence.rows(entry, "plan", "slot")
        could = {row["enterprise"]: chances[row["stratum"]] for row in rows if row["stratum"] in chances}
        if entry.subject not in drawn:
            pasts.append(Past(entry.subject, settled_by, could))
        elif drawn[entry.subject].documents["draw"] in evidence.documents:
            pasts.append(Past(entry.subject, settled_by, could, drawn_codes(evidence, entry.subject)))
        else:
            return f"not computed: the bundle does not need, and lacks, the draw of {entry.subject}"
    settled_by = frozenset(draw.campaign for draw in past_draws(evidence))
    worst = worst_case(
        [*pasts, Campaign(evidence.campaign, settled_by)],
        kinds(_planned(evidence, letters), pasts),
        riskier_half(evidence.sealed["scale"]),
        limits["frame_size"],
    )
    if worst.posterior > Fraction(limits["inference_bound"], BASIS_POINTS):
        raise Mismatch("published visits would tell more of a grade than the sealed bound allows")
    return f"published visits of {len(worst.seen)} campaigns tell no more than the sealed bound allows"


def _planned(evidence: Evidence, letters: Mapping[str, str]) -> list[tuple[str, str, str | None, str | None, Fraction]]:
    chances, plan = _chances(evidence.strata), design_plan(evidence)
    planned = []
    for row in evidence.slot_rows:
        if row["stratum"] != EXCLUDED:
            code = row["enterprise"]
            registered = evidence.registered[code]
            place = plan.place(registered["sector"], registered["region"])
            planned.append((code, letters[code], *place, chances[row["stratum"]]))
    return planned


def _chances(strata: list[Stratum]) -> dict[str, Fraction]:
    return {stratum.label: stratum.probability for stratum in strata if stratum.grades}


def stratum_of(evidence: Evidence, cell: Cell | None) -> str | None:
    """Return the label of the sealed stratum that holds a cell."""
    found = None if cell is None else by_cell(evidence.strata).get(cell.label)
    return None if found is None else found.label
