"""What an auditor says after verifying a bundle. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ledger import note
from ledger.errors import Invalid
from sampling.bundle_format import check_chain, parse_bundle
from sampling.entry_kinds import DRAWN, LISTED
from sampling.needed import frozen_entry
from sampling.verdicts import Verdict, VerdictError
from sampling.verification import Check, Trust, verify_bundle

OF_THE_LOG = ("file", "signature", "chain", "inclusion")
"""Where one of these checks fails, the file is not what the log signed, and says nothing of any draw."""


def judge(data: bytes, trust: Trust, reasons: Sequence[str], today: date) -> tuple[list[Check], Verdict]:
    """Verify a bundle and return its checks and the verdict: refused where a check fails or the auditor has reasons.

    A check that fails is named without what it found, which may be confidential. What other auditors said counts for
    nothing. Raises Invalid: bundle_not_of_the_log, nothing_drawn_to_judge, reason_unusable.
    """
    checks = verify_bundle(data, replace(trust, auditors=()))
    failed = next((check for check in checks if not check.passed), None)
    if failed is not None and failed.name in OF_THE_LOG:
        raise Invalid("bundle_not_of_the_log", check=failed.name, reason=failed.fault)
    bundle = parse_bundle(data)
    entries = check_chain(bundle)
    if any(entry.kind == LISTED and entry.subject == bundle.campaign for entry in entries):
        raise Invalid("nothing_drawn_to_judge", campaign=bundle.campaign)
    checkpoint = note.parse_checkpoint(bundle.checkpoint.partition("\n\n")[0] + "\n")
    drawn = [entry for entry in entries if entry.kind == DRAWN and entry.subject == bundle.campaign]
    try:
        verdict = Verdict(
            checkpoint.origin,
            bundle.campaign,
            checkpoint.size,
            checkpoint.root,
            frozen_entry(entries, bundle.campaign).leaf_hash,
            drawn[0].leaf_hash,
            (*([] if failed is None else [f'the check "{failed.name}" failed']), *reasons),
            today,
        )
    except VerdictError as error:
        raise Invalid("reason_unusable", field="reason", reason=str(error)) from None
    except (IndexError, ValueError):
        raise Invalid("bundle_not_of_the_log", check="documents", reason=f"campaign {bundle.campaign}") from None
    return checks, verdict
