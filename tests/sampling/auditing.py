"""Auditors of the tests: their keys, and what they sign."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.calendar import civil_date
from ledger.keys import Ed25519Signer
from ledger.note import Verifier
from sampling import attesting
from sampling.attestations import Attestation
from sampling.judging import judge
from sampling.verdicts import sign_verdict
from tests.sampling.bureau import ADMINISTRATOR, AUDITOR, CAMPAIGN, CLOSED_AT, TRUST, Bureau


def auditor(name: str) -> Ed25519Signer:
    """Return an auditor's key."""
    secret = hashlib.sha256(f"key of {name}".encode()).digest()
    return Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(secret))


ZHANG = auditor("audit.invalid/张")
LI = auditor("audit.invalid/李")
STRANGER = auditor("audit.invalid/王")
PINNED = replace(TRUST, auditors=(Verifier.from_vkey(ZHANG.verifier_key),))


def register(bureau: Bureau, *signers: Ed25519Signer, now: datetime = CLOSED_AT) -> None:
    """Register keys."""
    for signer in signers:
        key = signer.verifier_key
        bureau.do(lambda tx, key=key: attesting.register_auditor(tx, ADMINISTRATOR, now, key))  # type: ignore[misc]


def signed(
    bureau: Bureau,
    signer: Ed25519Signer = ZHANG,
    reasons: Sequence[str] = (),
    campaign: str = CAMPAIGN,
    today: date | None = None,
) -> str:
    """Return what an auditor signs over the campaign's bundle of now."""
    return sign_verdict(judge(bureau.bundle(campaign), TRUST, reasons, today or civil_date(CLOSED_AT))[1], signer)


def submit(bureau: Bureau, note: str, now: datetime = CLOSED_AT) -> Attestation:
    """Hand a verdict in."""
    return bureau.do(lambda tx: attesting.submit_verdict(tx, AUDITOR, now, note))


def attest(bureau: Bureau, campaign: str = CAMPAIGN, now: datetime = CLOSED_AT) -> Attestation:
    """Have a registered auditor verify and attest a campaign."""
    return submit(bureau, signed(bureau, campaign=campaign, today=civil_date(now)), now)
