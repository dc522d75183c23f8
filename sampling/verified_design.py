"""The checks of a design: from past draws and grades to exclusions, strata, quotas, and what they tell. Pure."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from ledger.entries import Entry
from sampling.bundle_format import Mismatch
from sampling.design_plans import BASIS_POINTS, EXCLUDED
from sampling.entry_kinds import DRAWN
from sampling.frequency import excluded_by
from sampling.inference import Campaign, Member, Past, chances_of, kinds, riskier_half, worst_case
from sampling.needed import counted_campaigns, replaced_before, settling_draws
from sampling.strata import Limits, Stratum, design_strata
from sampling.verified import Evidence


def exclusions(evidence: Evidence) -> str:
    """Check that exactly those are excluded whom the plan names with a reason or past draws by its rules."""
    expected: dict[str, tuple[str, str | None]] = {
        each.enterprise: (each.reason, None) for each in evidence.plan.exclusions
    }
    codes = set(evidence.codes)
    plan, day = evidence.plan, evidence.day
    for code, told in excluded_by(evidence.past_draws, day, plan.once_a_year, plan.frequency).items():
        if code in codes:
            expected.setdefault(code, told)
    sealed = {each["enterprise"]: (each["reason"], each["campaign"]) for each in evidence.sealed["excluded"]}
    for code in sorted(set(expected) | set(sealed)):
        if expected.get(code) != sealed.get(code):
            raise Mismatch(f"the exclusion of {code} is not what the plan and the earlier draws give")
    for code, label in zip(evidence.codes, evidence.labels, strict=True):
        if (label == EXCLUDED) != (code in sealed):
            raise Mismatch(f"{code} is excluded without standing on the list, or the other way round")
    return f"{len(sealed)} excluded, each with its reason"


def quotas(evidence: Evidence) -> str:
    """Check that sizes, quotas and the uniform slice follow from the grades and the planned design."""
    drawable = [cell for cell, label in zip(evidence.cells, evidence.labels, strict=True) if label != EXCLUDED and cell]
    limits = evidence.sealed["limits"]
    design = design_strata(
        evidence.design_plan,
        evidence.sealed["scale"],
        Counter(drawable),
        len(evidence.codes) - len(drawable),
        Limits(limits["stratum_size"], limits["frame_size"], limits["uniform_share"]),
    )
    for expected, sealed in zip(design.strata, evidence.strata, strict=False):
        if expected != sealed:
            raise Mismatch(f"stratum {sealed.label} is not what rates and sizes give")
    if len(design.strata) != len(evidence.strata):
        raise Mismatch("the sealed plan has other strata than rates and sizes give")
    if evidence.frozen.body["to_draw"] != design.visits:
        raise Mismatch("the public number to be drawn is not the sum of the quotas")
    told = f"strata below {limits['stratum_size']} merged, frames below {limits['frame_size']} refused"
    return f"{len(design.strata)} strata, {design.visits} of {design.size} to be drawn; {told}"


def inference(evidence: Evidence) -> str:
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
        chances = chances_of(map(Stratum.from_json, sealed["strata"]))
        strata = {row["enterprise"]: row["stratum"] for row in evidence.rows(entry, "plan", "slot")}
        if entry.subject not in drawn:
            pasts.append(Past(entry.subject, settled_by, strata, chances))
        elif _has_draw(evidence, drawn[entry.subject]):
            pasts.append(Past(entry.subject, settled_by, strata, chances, evidence.drawn_codes(entry.subject)))
        else:
            return f"not computed: the bundle does not need, and lacks, the draw of {entry.subject}"
    settled_by = frozenset(draw.campaign for draw in evidence.past_draws)
    worst = worst_case(
        [*pasts, Campaign(evidence.campaign, settled_by)],
        kinds(_planned(evidence), evidence.strata, pasts),
        riskier_half(evidence.sealed["scale"]),
        limits["frame_size"],
    )
    if worst.posterior > Fraction(limits["inference_bound"], BASIS_POINTS):
        raise Mismatch("published visits would tell more of a grade than the sealed bound allows")
    bound = limits["inference_bound"]
    return f"published visits of {len(worst.seen)} campaigns tell no more than the sealed bound of {bound} basis points"


def _has_draw(evidence: Evidence, drawn: Entry) -> bool:
    swaps = replaced_before(evidence.entries, drawn.subject, evidence.frozen)
    bound = [drawn.documents["draw"], *(swap.documents["replacement"] for swap in swaps)]
    return all(commitment in evidence.documents for commitment in bound)


def _planned(evidence: Evidence) -> Iterator[Member]:
    place = cache(evidence.design_plan.place)
    columns = evidence.codes, evidence.frame_letters, evidence.frame_registered, evidence.labels
    for code, letter, told, label in zip(*columns, strict=True):
        if label != EXCLUDED and letter:
            yield Member(code, letter, *place(told["sector"], told["region"]), label)
