"""The checks of tries that came to nothing: what a freeze replaces, and how campaigns were voided. Pure."""

from collections.abc import Collection
from datetime import datetime

from ledger.calendar import parse_instant
from ledger.entries import Entry
from ledger.note import Verifier
from sampling.beacon_entries import KINDS as ANNOUNCED
from sampling.bundle_format import Mismatch
from sampling.entry_kinds import DRAWN, FROZEN, LISTED, MATCHED, RECORDED, VOID_CONFIRMED, VOID_PROPOSED, VOIDED
from sampling.listings import FIXING
from sampling.tries import VOIDS, chain_of, known_from, named_by, needs_witness, to_be_named
from sampling.verified import Evidence
from sampling.verified_witnesses import check_included, opened_checkpoint
from sampling.witnessed import parse_witnessed, witness_rule


def earlier_tries(evidence: Evidence) -> str:
    """Check that the freeze names every voided campaign of its matters, and that each was voided as it must be."""
    before = evidence.entries[: evidence.frozen.seq]
    named = named_by(evidence.frozen)
    needed = to_be_named((entry for entry in before if entry.kind in (FROZEN, *VOIDS)), evidence.frozen.body)
    for campaign in sorted(set(needed) ^ set(named)):
        if campaign in needed:
            raise Mismatch(f"campaign {campaign} of these matters was voided, and the freeze does not name it")
        raise Mismatch(f"the freeze names campaign {campaign}, which it does not replace")
    chain = chain_of(evidence.frozen, (entry for entry in before if entry.kind == FROZEN))
    for campaign in chain:
        _check_void(evidence, campaign)
    for naming in (entry for entry in evidence.entries if entry.kind == FROZEN):
        if naming is evidence.frozen or naming.subject in chain:
            _check_witnessed(evidence, naming)
    return f"replaces {', then '.join(chain)}" if chain else "no earlier try at these matters was voided"


def void(evidence: Evidence) -> str:
    """Check that the campaign, if it is void, was voided by two persons after its draw, or was never drawn."""
    voids = [entry for entry in evidence.of_campaign if entry.kind in VOIDS]
    if not voids:
        return "not voided"
    decided = evidence.of_kind(MATCHED if evidence.is_list else DRAWN)
    if decided and (voids[0].kind == VOIDED or voids[0].seq < decided[0].seq):
        raise Mismatch(f"a campaign that was voided is {'matched' if evidence.is_list else 'drawn'}")
    _check_void(evidence, evidence.campaign)
    reason = voids[0].body["reason"]
    if voids[0].kind == VOIDED:
        return f"voided by rule: {reason}"
    step = "matching" if evidence.is_list else "draw"
    return f"voided {'after' if decided else 'before'} its {step} by two persons: {reason}"


def _check_void(evidence: Evidence, campaign: str) -> None:
    """Check who voided a campaign and when: by rule, or by two persons before the beacon or after the draw.

    A list may be voided until a visit was recorded.
    """
    about = [entry for entry in evidence.entries if entry.subject == campaign]
    found = [entry for entry in about if entry.kind in VOIDS]
    if len(found) != 1:
        raise Mismatch(f"campaign {campaign} has {len(found)} entries that void it")
    if found[0].kind == VOIDED:
        return
    confirmed, before = found[0], [entry for entry in about if entry.seq < found[0].seq]
    since = next(entry for entry in reversed(before) if entry.kind in (*FIXING, DRAWN))
    proposals = [entry for entry in before if entry.kind == VOID_PROPOSED and entry.seq > since.seq]
    if not proposals:
        raise Mismatch(f"campaign {campaign} was voided without a proposal")
    proposed = proposals[-1]
    if confirmed.body["proposed"] != proposed.seq or confirmed.body["reason"] != proposed.body["reason"]:
        raise Mismatch(f"campaign {campaign} was voided for another reason than was proposed")
    persons = {evidence.content(each, "by")["by"] for each in (proposed, confirmed) if evidence.documents}
    if len(persons) == 1:  # the public sees commitments to the persons alone, and so none
        raise Mismatch(f"campaign {campaign} was proposed to be void and voided by the same person")
    if since.kind in (DRAWN, LISTED):
        if any(entry.kind == RECORDED for entry in before):
            raise Mismatch(f"campaign {campaign} was voided after a visit was recorded")
    elif parse_instant(confirmed.time) >= _voidable_until(since) or any(each.kind in ANNOUNCED for each in before):
        raise Mismatch(f"campaign {campaign} was voided after its beacon could be known, and before its draw")


def _voidable_until(frozen: Entry) -> datetime:
    rule = witness_rule(frozen)
    return known_from(frozen) if rule is None else rule.latest


def _check_witnessed(evidence: Evidence, naming: Entry) -> None:
    """Check the evidence that witnesses saw the voids that a freeze names, where they had to, before the beacons."""
    for each in naming.body.get("replaces", ()):
        campaign = each["campaign"]
        about = [entry for entry in evidence.entries[: naming.seq] if entry.subject == campaign]
        frozen = next(entry for entry in about if entry.kind == FROZEN)
        rule = needs_witness(frozen, about)
        if rule is None:
            if each["witnessed"] is not None:
                raise Mismatch(f"the void of campaign {campaign} needs no witnesses")
            continue
        cosigners: Collection[Verifier] = ()
        if each["witnessed"] is not None:
            witnessed = parse_witnessed(each["witnessed"])
            opened = opened_checkpoint(evidence, rule, witnessed)
            confirmed = next(entry for entry in about if entry.kind == VOID_CONFIRMED)
            check_included(evidence, opened.checkpoint, confirmed, witnessed)
            cosigners = rule.policy.cosigners(opened.signatures, int(known_from(frozen).timestamp()))
        if not rule.policy.is_met(cosigners):
            raise Mismatch(f"no quorum of witnesses saw the void of campaign {campaign} before its beacon")
