"""The check of what auditors said of the draw before. Pure."""

from collections.abc import Sequence

from ledger import merkle
from ledger.calendar import civil_date, parse_instant
from ledger.note import NoteError
from sampling.attestations import attestations, auditors, check_verdict, registered
from sampling.bundle_format import Mismatch
from sampling.verdicts import SignedVerdict, VerdictError
from sampling.verified import Evidence


def attested(evidence: Evidence) -> str:
    """Check that registered auditors signed the attestations in the log, and that none who is pinned refuses the draw.

    An auditor's last verdict stands for the earlier ones.
    """
    entries = evidence.entries
    try:
        found = attestations(evidence.of_campaign)
        known = auditors(entries)
        for each in found:
            verdict, seq = each.verdict, each.entry.seq
            if each.signed.auditor not in registered(known, seq):
                raise VerdictError(f"{each.signed.auditor.name} was not registered then")
            if verdict.size > seq:
                raise VerdictError("the verdict is on a log that came later")
            check_verdict(verdict, entries[0].subject, evidence.frozen, evidence.drawn, _root(evidence, verdict.size))
            days = [civil_date(parse_instant(entry.time)) for entry in (evidence.drawn, each.entry)]
            if not days[0] <= verdict.date <= days[1]:
                raise VerdictError("the verdict is dated before the draw or after its entry")
    except (VerdictError, NoteError, KeyError) as error:
        raise Mismatch(f"an attestation: {error}") from None
    standing = [each.signed for each in found if each.stands]
    for signed in standing:
        if signed.auditor in evidence.auditor_keys and not signed.verdict.verified:
            raise Mismatch(f"{signed.auditor.name}, whom you trust, refuses the draw: {signed.verdict.reasons[0]}")
    return "; ".join(_told(evidence, each) for each in standing) or "no auditor has attested the draw yet"


def _root(evidence: Evidence, size: int) -> bytes:
    leaves: Sequence[bytes] = [entry.leaf_hash for entry in evidence.entries[:size]]
    return merkle.root_of(leaves)


def _told(evidence: Evidence, signed: SignedVerdict) -> str:
    known = "pinned" if signed.auditor in evidence.auditor_keys else "not pinned"
    said = "verified" if signed.verdict.verified else f"refused, {signed.verdict.reasons[0]}"
    return f"{said} by {signed.auditor.name} ({known}), {signed.verdict.date}"
