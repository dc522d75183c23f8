"""Auditors' keys, and the verdicts that they hand in (审计证明)."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from ledger.entries import Entry
from sampling import attestations, attesting
from schema.context import Info, read
from schema.decorators import mutation
from schema.public_types.auditors import Attestation, Auditor, auditors
from schema.staff_types.payloads import AttestationPayload, AuditorPayload, UseCase, attempt

VerifierKey = Annotated[str, strawberry.argument(description="The auditor's verifier key, a vkey (审计员公钥).")]
SignedVerdict = Annotated[str, strawberry.argument(description="The signed verdict's text (审计意见).")]


@strawberry.type
class AttestingMutations:
    """What attests a draw."""

    @mutation("Register an auditor's key: from now on its verdicts are taken in (登记审计员).")
    async def register_auditor(self, info: Info, verifier_key: VerifierKey) -> AuditorPayload:
        """Register a key."""
        return await _answer(info, lambda tx, actor, now: attesting.register_auditor(tx, actor, now, verifier_key))

    @mutation("Take no more verdicts by a key; earlier ones stand (停用审计员密钥).")
    async def withdraw_auditor(self, info: Info, verifier_key: VerifierKey) -> AuditorPayload:
        """Withdraw a key."""
        return await _answer(info, lambda tx, actor, now: attesting.withdraw_auditor(tx, actor, now, verifier_key))

    @mutation("Enter an auditor's signed verdict into the ledger, where it is public for ever (提交审计意见).")
    async def submit_verdict(self, info: Info, verdict: SignedVerdict) -> AttestationPayload:
        """Submit a verdict."""

        def work(tx: Transaction, actor: Actor, now: datetime) -> attestations.Attestation:
            return attesting.submit_verdict(tx, actor, now, verdict)

        found, refusal = await attempt(info, work)
        if found is None:
            return AttestationPayload(attestation=None, proof=None, refusal=refusal)
        policy = info.context.bureau.witness_policy
        proof = await read(lambda tx: attesting.proof_of(tx, found.entry, policy))
        return AttestationPayload(attestation=Attestation.of(found), proof=proof, refusal=None)


async def _answer(info: Info, use_case: UseCase[Entry]) -> AuditorPayload:
    entry, refusal = await attempt(info, use_case)
    known: list[Auditor] = [] if entry is None else await auditors()
    vkey = None if entry is None else entry.body["vkey"]
    return AuditorPayload(auditor=next((each for each in known if each.verifier_key == vkey), None), refusal=refusal)
