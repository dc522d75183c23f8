"""Ending the hold on a restored log by what administrators say (日志暂停)."""

from typing import Annotated

import strawberry

from ledger import hold
from schema.context import Info
from schema.decorators import mutation
from schema.staff_types.holds import StatementPayload
from schema.staff_types.payloads import attempt

Reason = Annotated[str, strawberry.argument(description="Why the log is complete; it is sealed, not public (理由).")]


@strawberry.type
class HoldMutations:
    """The hold."""

    @mutation(
        "Say, as an administrator, that the restored log is complete, where it has neither mirror nor witnesses; the "
        "second one who says so ends the hold (声明日志完整)."
    )
    async def state_log_complete(self, info: Info, reason: Reason) -> StatementPayload:
        """State it."""
        policy = info.context.bureau.witness_policy
        entry, refusal = await attempt(info, lambda tx, actor, now: hold.state_complete(tx, actor, now, reason, policy))
        return StatementPayload(released=None if refusal else entry is not None, refusal=refusal)
