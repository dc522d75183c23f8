"""What the commands of campaigns answer, as JSON and as tables."""

from rich.console import RenderableType
from rich.table import Table
from sqlalchemy import Connection

from api.command_line.beacon_answers import beacon_text
from api.command_line.output import Output, percent
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from sampling import disclosures, registers, replacing
from sampling.attestations import Attestation
from sampling.beacon_reader import parse_beacon
from sampling.beacons import Ceremony
from sampling.campaigns import Campaign
from sampling.design_plans import DesignPlan
from sampling.deviations import deviations_of
from sampling.disclosures import PublicCampaign
from sampling.entry_kinds import VOIDED
from sampling.listings import Listing
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.reveals import missing_parties
from sampling.verdicts import Verdict
from sampling.witnessing import witness_wait
from scoring.codes import region_text
from scoring.joint_grades import JointGrading

Answer = dict[str, JSON]


def entry_json(entry: Entry) -> Answer:
    """Return where an entry stands in the log, and its leaf hash."""
    return {"seq": entry.seq, "time": entry.time, "kind": entry.kind, "leaf_hash": entry.leaf_hash.hex()}


def plan_json(found: Campaign) -> Answer:
    """Return a campaign as its planners see it."""
    return {
        "id": found.id,
        "state": found.state,
        "plan_expired": found.plan_expired,
        "planned_by": found.planned_by,
        "planned_at": found.planned_at.isoformat(),
        "version": found.version,
        "type": found.plan.type.value,
        "deviations": [{"kind": each.departure.value, "reason": each.reason} for each in deviations_of(found.plan)],
        **found.plan.to_json(),
    }


def plan_facts(tx: Connection, output: Output, found: Campaign) -> Table:
    """Return the table of a campaign's plan."""
    divisions = registers.division_names(tx, found.plan.conditions.regions)
    plan, departed = found.plan, deviations_of(found.plan)
    return output.facts(
        "campaign",
        [
            ("campaign", found.id),
            ("title", plan.title),
            ("campaign_type", output.word(f"campaign_types.{plan.type}")),
            ("annual_line", plan.annual_line or None),
            ("state", output.word(f"states.{found.state}")),
            ("departments", plan.departments),
            ("items", plan.items),
            ("period", f"{plan.starts} – {plan.ends}"),
            ("sectors", plan.conditions.sectors or output.word("all")),
            ("regions", [region_text(each, divisions) for each in plan.conditions.regions] or output.word("all")),
            ("statuses", plan.conditions.statuses),
            *design_facts(output, plan.design),
            ("types", plan.conditions.types or None),
            ("sizes", plan.conditions.sizes or None),
            ("tags", ["/".join(tags) for tags in plan.conditions.tags] or None),
            ("listing_reason", None if plan.listing is None else plan.listing.reason or None),
            ("joint_grading", _grading(output, plan.grading)),
            ("list_origin", _origin(plan.listing)),
            ("enterprises", len(plan.listing.enterprises) or None if plan.listing is not None else None),
            (
                "deviations",
                [f"{output.word(f'departures.{each.departure}')}: {each.reason}" for each in departed] or None,
            ),
            ("exclusions", len(plan.exclusions)),
            ("once_a_year", plan.once_a_year),
            ("frequency", [output.word_of_rule(each.reason) for each in plan.frequency] or None),
            ("team", [role_text(output, role) for role in plan.team_roles]),
            ("different_units", plan.matching.different_units),
            ("cap", plan.matching.cap),
            ("least_duty_days", plan.matching.least_duty_days),
            ("recusals", recusal_rules(output, plan.matching)),
            ("plan_expired", found.plan_expired or None),
            ("planned_by", found.planned_by or None),
            ("planned_at", found.planned_at),
            ("version", found.version),
        ],
    )


def design_facts(output: Output, design: DesignPlan) -> list[tuple[str, object]]:
    """Return what decides how many are drawn."""
    if design.rates is not None:
        return [("rates", [f"{grade} {percent(rate)}" for grade, rate in design.rates.items()] or None)]
    return [
        ("design", output.word(f"designs.{design.kind.value}")),
        ("rules", [f"{rule.cell.label} {rule.value}" for rule in design.rules] or None),
        ("floor", percent(design.floor)),
        ("visited_months", design.months or None),
        ("capacity", design.capacity or None),
        ("greatest_error", percent(design.greatest_error) if design.greatest_error else None),
        ("past_rates", design.past or None),
    ]


def _grading(output: Output, grading: JointGrading | None) -> str | None:
    if grading is None:
        return None
    return f"{output.word(f'joint_rules.{grading.rule}')}: {'、'.join(grading.departments)}"


def _origin(listing: Listing | None) -> str | None:
    if listing is None or listing.origin is None:
        return None
    return f"{listing.origin.body} {listing.origin.number} (SHA-256 {listing.origin.sha256})"


def role_text(output: Output, role: TeamRole) -> str:
    """Return a role as one text."""
    specialties = "、".join([*role.specialties, *([output.word("of_the_trade")] if role.specialist else [])])
    area = output.word("of_the_area") if role.local else ""
    told = ", ".join(each for each in (role.department, specialties, role.category, area) if each)
    return f"{role.count} × {role.name} ({told})"


def recusal_rules(output: Output, rules: MatchingPlan) -> list[str]:
    """Return which recusals hold beside the declared ones."""
    years = rules.former_employer_years
    return [
        output.word("recusal_declared"),
        *([output.word("recusal_household")] if rules.household else []),
        *([output.word("recusal_employer", years=years)] if years else []),
        *([output.word("recusal_last_visit")] if rules.last_visit else []),
    ]


def public_json(tx: Connection, found: PublicCampaign) -> Answer:
    """Return what the log says of a frozen campaign; nothing here is confidential."""
    return {
        "campaign": found.id,
        "state": found.state,
        "slots": found.frozen.body["slots"],
        "to_draw": found.frozen.body["to_draw"],
        "listing": found.frozen.body.get("listing"),
        "beacon": found.frozen.body["beacon"],
        "beacon_evidence": None if found.drawn is None else found.drawn.body["beacon"],
        "entropy_bits": parse_beacon(found.frozen.body["beacon"]).entropy_bits,
        "waiting_for": _waiting_for(found),
        "witnesses": _witnesses_json(tx, found),
        "positions": disclosures.drawn_positions(tx, found) if found.drawn else None,
        "published": disclosures.count_published(tx, found.id),
        "void_reason": None if found.voided is None else found.voided.body["reason"],
        "replacements": len(found.replacements),
        "replaces": list(found.replaces),
        "replaced_by": replacing.replaced_by(tx).get(found.id),
        "to_be_trusted": found.to_be_trusted,
        "attestations": [
            {**verdict_json(each.verdict, each.signed.auditor.vkey), "entry": each.entry.seq, "stands": each.stands}
            for each in found.attested
        ],
        "entries": [entry_json(entry) for entry in _entries(found)],
    }


def public_tables(tx: Connection, output: Output, found: PublicCampaign) -> list[RenderableType]:
    """Return what the log says of a frozen campaign."""
    positions = disclosures.drawn_positions(tx, found)
    facts = [
        ("campaign", found.id),
        ("state", output.word(f"states.{found.state}")),
        ("slots", found.frozen.body["slots"]["count"]),
        ("slots_root", found.frozen.body["slots"]["root"]),
        ("beacon", beacon_text(output, found.frozen)),
        ("waiting_for", _waiting_for(found) or None),
        *_witnesses_facts(tx, output, found),
        ("to_draw", found.frozen.body["to_draw"] or None),
        ("drawn_positions", positions or None),
        ("reason", None if found.voided is None else _void_reason(output, found.voided)),
        ("replacements", len(found.replacements) or None),
        ("replaces", found.replaces or None),
        ("replaced_by", replacing.replaced_by(tx).get(found.id)),
        ("published", disclosures.count_published(tx, found.id) if found.drawn or found.matched else None),
        ("attested", "\n".join(_attested(output, each) for each in found.attested if each.stands) or None),
        ("to_be_trusted", "\n".join(output.word(f"trust.{reason}") for reason in found.to_be_trusted)),
    ]
    rows = [(entry.seq, entry.time, entry.kind, entry.leaf_hash.hex()) for entry in _entries(found)]
    return [output.facts("in_log", facts), output.table("entries", ("entry", "time", "kind", "leaf_hash"), rows)]


def _entries(found: PublicCampaign) -> list[Entry]:
    steps = (found.frozen, *found.announced, found.drawn, found.matched, found.closed)
    steps = (*steps, *found.void_proposals, *found.replacements, found.voided)
    entries = [entry for entry in steps if entry is not None] + [each.entry for each in found.attested]
    return sorted(entries, key=lambda entry: entry.seq)


def verdict_json(verdict: Verdict, auditor: str) -> Answer:
    """Return a verdict for machines; `auditor` is the vkey."""
    return {
        "auditor": auditor,
        "origin": verdict.origin,
        "campaign": verdict.campaign,
        "size": verdict.size,
        "root": verdict.root.hex(),
        "frozen": verdict.frozen.hex(),
        "drawn": verdict.drawn.hex(),
        "verified": verdict.verified,
        "reasons": list(verdict.reasons),
        "date": verdict.date.isoformat(),
    }


def verdict_word(output: Output, verdict: Verdict) -> str:
    """Return whether a verdict verifies the draw."""
    return output.word(f"verdicts.{'verified' if verdict.verified else 'refused'}")


def _attested(output: Output, found: Attestation) -> str:
    said = [verdict_word(output, found.verdict), *found.verdict.reasons]
    return f"{found.signed.auditor.name} {found.verdict.date} {'; '.join(said)} ({found.entry.seq})"


def _void_reason(output: Output, voided: Entry) -> str:
    reason: str = voided.body["reason"]
    return output.word("void_by_rule") if voided.kind == VOIDED else reason


def _waiting_for(found: PublicCampaign) -> list[str]:
    beacon = parse_beacon(found.frozen.body["beacon"])
    if not isinstance(beacon, Ceremony) or found.drawn is not None:
        return []
    return missing_parties(beacon, found.told.reveals)


def _witnesses_json(tx: Connection, found: PublicCampaign) -> JSON:
    wait = witness_wait(tx, found.frozen)
    if wait is None:
        return None
    return {"latest": instant_text(wait.rule.latest), "met": wait.met, "awaited": list(wait.awaited)}


def _witnesses_facts(tx: Connection, output: Output, found: PublicCampaign) -> list[tuple[str, object]]:
    wait = witness_wait(tx, found.frozen)
    if wait is None:
        return []
    if wait.met:
        return [("witnesses", output.word("witnesses_met"))]
    return [("witnesses_awaited", wait.awaited), ("witnesses_latest", wait.rule.latest)]
