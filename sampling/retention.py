"""How long documents are kept, those of scoring included, and what of campaigns is still needed."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, select

from ledger import documents, jobs, log
from ledger.calendar import civil_date, parse_instant
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.retention import Bound, Retention
from sampling import attesting, campaigns
from sampling.entry_kinds import DRAWN, LISTED
from sampling.exchange.queueing import forget_deliveries
from sampling.exchange.receipts import forget_receipts
from sampling.frequency import Horizon
from sampling.listings import FIXING
from sampling.needed import counts_for_pool
from sampling.publication import expiring
from sampling.publicity import retention as publicity
from sampling.requests import EXPORT_BUNDLE
from sampling.tables import (
    INSPECTION_OBJECT,
    INSPECTOR,
    ITEM,
    conflict_settlement,
    disclosure,
    evidence_file,
    finding,
    finding_confirmation,
    finding_conflict,
    finding_review,
)
from sampling.tables import campaign as campaign_table
from scoring import retention as scoring
from scoring import shared_parties
from scoring.warnings.sealing import forget_steps

YEARS = {
    "annual": 10,
    "plan": 10,
    "matching": 10,
    "draw": 10,
    "assignments": 10,
    "reopening": 10,
    "replacement_proposal": 10,
    "replacement": 10,
    "visit_notice": 10,
    "evidence": 10,
    "finding": 10,
    "conflict": 10,
    "settlement": 10,
    "confirmation": 10,
    "review": 10,
    "recognition": 10,
    "disclosure": 5,
    **expiring.YEARS,
    "receipts": 10,
}
"""Whole years, by kind of document. Public; settings lengthen them."""

NAMES_FINDINGS = ("plan", "draw", "assignments", "reopening", "replacement_proposal", "replacement")
"""What says whose a finding is, that it was drawn and who went there: kept as long as the campaign's findings."""

OF_FINDING = {
    "review": finding_review,
    "confirmation": finding_confirmation,
    "conflict": finding_conflict,
    "settlement": conflict_settlement,
}
"""What was said of a finding, kept as long as it."""

OF_CAMPAIGN = (*(kind for kind in YEARS if kind not in ("annual", "evidence", "receipts", *expiring.YEARS)), "design")
"""What an auditor computes a draw anew from: all of it is kept until one has attested the draw."""


def refuse_needed(tx: Connection, bound: Bound) -> None:
    """Refuse what a register, a campaign that goes on, an audit or a finding still needs.

    Raises Conflict: expiry_of_register, expiry_of_open_campaign, expiry_unattested, expiry_needed_by_campaign,
    expiry_needed_by_findings, expiry_of_published.
    """
    if bound.kind == "batch":
        for register in (ITEM, INSPECTION_OBJECT, INSPECTOR):
            scoring.refuse_register(tx, bound, register)
        _refuse_needed_by_pools(tx, bound)
    elif bound.kind == "grades":
        for frozen, plan in _kept_plans(tx):
            if bound.entry.seq in (plan.get("grade_run"), *plan.get("grade_bases", ())):
                raise Conflict("expiry_needed_by_campaign", document=bound.id, campaign=frozen.subject)
    elif bound.kind == "evidence":
        _refuse_evidence(tx, bound)
    elif bound.kind in OF_CAMPAIGN:
        _refuse_of_campaign(tx, bound)


def forget(tx: Connection, bound: Bound) -> None:
    """Remove what repeats an expired document of a campaign: the plan in its row, and bundles that jobs have left."""
    campaign = bound.entry.subject
    if bound.kind == "plan":
        campaigns.forget_plan(tx, campaign)
    if bound.kind in OF_CAMPAIGN:
        jobs.forget_results(tx, EXPORT_BUNDLE, {"campaign": campaign})


RETENTION = Retention(
    {**scoring.YEARS, **YEARS, **publicity.YEARS},
    (scoring.refuse_needed, refuse_needed, expiring.refuse_needed, publicity.refuse_needed),
    (forget, expiring.forget, forget_receipts, forget_deliveries, forget_steps, shared_parties.forget),
)


def _refuse_of_campaign(tx: Connection, bound: Bound) -> None:
    campaign = bound.entry.subject
    state = tx.execute(select(campaign_table.c.state).where(campaign_table.c.id == campaign)).scalar_one()
    if state not in ("closed", "voided"):
        raise Conflict("expiry_of_open_campaign", document=bound.id, campaign=campaign, state=state)
    is_list = campaigns.fixing_entry(tx, campaign).kind == LISTED
    if state == "closed" and is_list:
        _refuse_needed_by_pools(tx, bound)
    elif state == "closed":
        standing = [each.verdict.verified for each in attesting.of_campaign(tx, campaign) if each.stands]
        if not standing or not all(standing):
            raise Conflict("expiry_unattested", document=bound.id, campaign=campaign)
    if bound.kind in ("plan", "draw"):
        _refuse_needed_by_later(tx, bound)
    if bound.kind != "matching":
        _refuse_needed_by_pools(tx, bound)
    if bound.kind in ("reopening", "replacement") and any(frozen.subject == campaign for frozen, _ in _kept_plans(tx)):
        raise Conflict("expiry_needed_by_campaign", document=bound.id, campaign=campaign)
    if (bound.kind in NAMES_FINDINGS and _has_findings(tx, campaign)) or (
        bound.kind in OF_FINDING and _is_of_finding(tx, bound)
    ):
        raise Conflict("expiry_needed_by_findings", document=bound.id, campaign=campaign)
    if bound.kind == "finding" and _is_published(tx, bound):
        raise Conflict("expiry_of_published", document=bound.id, campaign=campaign)


def _refuse_evidence(tx: Connection, bound: Bound) -> None:
    """Refuse evidence of a campaign that goes on, or of a finding that is kept."""
    kept = tx.execute(select(evidence_file).where(evidence_file.c.document == bound.id)).one()
    state = campaigns.state_of(tx, kept.campaign)
    if state not in ("closed", "voided"):
        raise Conflict("expiry_of_open_campaign", document=bound.id, campaign=kept.campaign, state=state)
    found = select(finding.c.document).where(finding.c.campaign == kept.campaign, finding.c.position == kept.position)
    if _any(tx, found):
        raise Conflict("expiry_needed_by_findings", document=bound.id, campaign=kept.campaign)


def _refuse_needed_by_later(tx: Connection, bound: Bound) -> None:
    """Refuse what shows whom a later campaign left out, or took for visited, because this one had drawn it."""
    for drawn in log.about(tx, bound.entry.subject, DRAWN):
        for frozen, plan in _kept_plans(tx):
            if frozen.kind == LISTED:
                continue
            horizon = Horizon.of(plan["plan"], civil_date(parse_instant(frozen.time)))
            if not (frozen.seq > drawn.seq and horizon.covers(civil_date(parse_instant(drawn.time)))):
                continue
            raise Conflict("expiry_needed_by_campaign", document=bound.id, campaign=frozen.subject)


def _refuse_needed_by_pools(tx: Connection, bound: Bound) -> None:
    """Refuse what shows how a frame or pool came about: items, tags, inspectors, ties, earlier visits and where."""
    for frozen, plan in _kept_plans(tx):
        is_register = bound.entry.seq in (*plan.get("items", ()), *plan.get("objects", ()))
        is_visited = bound.entry.kind in FIXING and plan["plan"]["matching"]["last_visit"]
        if is_register or (frozen.seq > bound.entry.seq and (is_visited or counts_for_pool(bound.entry, plan["plan"]))):
            raise Conflict("expiry_needed_by_campaign", document=bound.id, campaign=frozen.subject)


def _kept_plans(tx: Connection) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
    """Yield the freezes whose sealed plans are kept, with their contents."""
    for frozen in sorted((each for kind in FIXING for each in log.of_kind(tx, kind)), key=lambda entry: entry.seq):
        try:
            plan = documents.opened(tx, frozen.documents["plan"])
        except Conflict as refusal:
            if refusal.code != "document_expired":
                raise
        else:
            yield frozen, plan.value["content"]


def _has_findings(tx: Connection, campaign: str) -> bool:
    return _any(tx, select(finding.c.document).where(finding.c.campaign == campaign))


def _is_published(tx: Connection, bound: Bound) -> bool:
    same = (disclosure.c.campaign == finding.c.campaign) & (disclosure.c.position == finding.c.position)
    return _any(tx, select(disclosure.c.document).join(finding, same).where(finding.c.document == bound.id))


def _is_of_finding(tx: Connection, bound: Bound) -> bool:
    rows = OF_FINDING[bound.kind]
    same = (rows.c.campaign == finding.c.campaign) & (rows.c.position == finding.c.position)
    if "version" in rows.c:
        same &= rows.c.version == finding.c.version
    return _any(tx, select(finding.c.document).join(rows, same).where(rows.c.document == bound.id))


def _any(tx: Connection, query: Select[Any]) -> bool:
    return tx.execute(query.limit(1)).first() is not None
