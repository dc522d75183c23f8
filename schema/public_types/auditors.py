"""Auditors, and how they attested a draw, as the ledger tells it (审计证明)."""

from datetime import date

import strawberry

from sampling import attestations, attesting
from schema.context import read
from schema.nodes import Node
from schema.public_types.ledger import Entry
from schema.scalars import BigInt, Digest


@strawberry.type(
    description="An auditor's key that this bureau registered; keep it from the auditor, not from here (审计员密钥)."
)
class Auditor(Node):
    """An auditor."""

    name: str = strawberry.field(description="The key's name (审计员).")
    verifier_key: str = strawberry.field(description="The verifier key (vkey) of the verdicts (公钥).")
    registered_entry: Entry = strawberry.field(description="The entry that registered it (登记条目).")
    withdrawn_entry: Entry | None = strawberry.field(description="The entry that withdrew it (停用条目).")

    @classmethod
    def of(cls, found: attestations.Auditor) -> "Auditor":
        """Make the answer of an auditor."""
        return cls(
            key=(found.registered.seq,),
            name=found.verifier.name,
            verifier_key=found.verifier.vkey,
            registered_entry=Entry.of(found.registered),
            withdrawn_entry=None if found.withdrawn is None else Entry.of(found.withdrawn),
        )


@strawberry.type(description="An auditor's verdict on a draw (审计意见).")
class Attestation:
    """An attestation."""

    auditor: str = strawberry.field(description="The name of the auditor's key (审计员).")
    verifier_key: str = strawberry.field(description="The verifier key (vkey) that verifies it (公钥).")
    verified: bool = strawberry.field(
        description="Whether the draw is what the ledger says; else it is refused (是否通过)."
    )
    reasons: list[str] = strawberry.field(description="Why it is refused (理由).")
    dated: date = strawberry.field(description="The auditor's date (日期).")
    tree_size: BigInt = strawberry.field(description="Up to how many entries the ledger was verified (条目数).")
    root: Digest = strawberry.field(description="The root of the ledger's tree of that size (根哈希).")
    note: str = strawberry.field(description="The signed verdict, which verifies without the ledger (签名意见).")
    entry: Entry = strawberry.field(description="The entry that holds it (日志条目).")
    stands: bool = strawberry.field(description="Whether it is this auditor's last word on the draw (现行意见).")

    @classmethod
    def of(cls, found: attestations.Attestation) -> "Attestation":
        """Make the answer of an attestation."""
        verdict, auditor = found.verdict, found.signed.auditor
        return cls(
            auditor=auditor.name,
            verifier_key=auditor.vkey,
            verified=verdict.verified,
            reasons=list(verdict.reasons),
            dated=verdict.date,
            tree_size=BigInt(verdict.size),
            root=Digest(verdict.root),
            note=found.signed.note,
            entry=Entry.of(found.entry),
            stands=found.stands,
        )


async def auditors() -> list[Auditor]:
    """Return all auditors, in the order of their registration."""
    return [Auditor.of(each) for each in await read(attesting.known_auditors)]
