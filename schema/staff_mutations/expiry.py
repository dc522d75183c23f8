"""Documents that expire, by two persons (到期销毁)."""

from typing import Annotated

import strawberry

from ledger import expiry
from ledger.expiry import Expiring
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.peers import together
from schema.staff_types.documents import ExpiringDocument
from schema.staff_types.payloads import ExpiryPayload, UseCase, attempt

Documents = Annotated[list[strawberry.ID], strawberry.argument(description="The documents' ids: all or none (文档).")]
Reason = Annotated[str, strawberry.argument(description="Why; it is kept confidentially (理由).")]


@strawberry.type
class ExpiryMutations:
    """From proposal to expiry."""

    @mutation("Propose that documents expire whose retention is over; another person confirms it (提议销毁).")
    async def propose_expiry(self, info: Info, documents: Documents, reason: Reason) -> ExpiryPayload:
        """Propose."""
        retention = info.context.bureau.retention
        return await _answer(
            info,
            lambda tx, actor, now: expiry.propose(
                tx, actor, now, retention, [own_key("ExpiringDocument", each) for each in documents], reason
            ),
        )

    @mutation("Take proposals back (撤回提议).")
    async def withdraw_expiry(self, info: Info, documents: Documents) -> ExpiryPayload:
        """Withdraw."""
        retention = info.context.bureau.retention
        return await _answer(
            info,
            lambda tx, actor, now: expiry.withdraw(
                tx, actor, retention, [own_key("ExpiringDocument", each) for each in documents]
            ),
        )

    @mutation("Confirm another's proposals: content, salt and rows are gone for good, and an entry says so (确认销毁).")
    async def confirm_expiry(self, info: Info, documents: Documents) -> ExpiryPayload:
        """Confirm."""
        retention = info.context.bureau.retention
        return await _answer(
            info,
            lambda tx, actor, now: expiry.confirm(
                tx, actor, now, retention, [own_key("ExpiringDocument", each) for each in documents]
            ),
        )


async def _answer(info: Info, use_case: UseCase[list[Expiring]]) -> ExpiryPayload:
    found, refusal = await attempt(info, use_case)
    documents = None if found is None else together([ExpiringDocument.of(each) for each in found])
    return ExpiryPayload(documents=documents, refusal=refusal)
