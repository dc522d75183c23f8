"""The hold on a log that was restored from a backup (日志暂停)."""

from datetime import datetime

import strawberry

from ledger.hold import NEEDED_STATEMENTS, Hold
from schema.errors import RefusalAnswer
from schema.scalars import BigInt
from schema.staff_types.payloads import REFUSAL


@strawberry.type(
    description="That the log was restored from a backup and appends nothing until it is shown complete (日志暂停追加)."
)
class LogHold:
    """A hold."""

    size: BigInt = strawberry.field(description="How many entries were restored (条目数).")
    held_at: datetime = strawberry.field(description="When it was restored (恢复时间).")
    backup_of: datetime = strawberry.field(description="When the backup was made (备份时间).")
    statements: int = strawberry.field(description="How many administrators have said that it is complete (声明人数).")
    statements_needed: int = strawberry.field(description="How many must, where nothing else shows it (所需声明人数).")

    @classmethod
    def of(cls, hold: Hold) -> "LogHold":
        """Make the answer of a hold."""
        return cls(
            size=BigInt(hold.size),
            held_at=hold.held_at,
            backup_of=hold.backup_of,
            statements=len(hold.stated_by),
            statements_needed=NEEDED_STATEMENTS,
        )


@strawberry.type(
    description="Whether the log goes on after a statement, or why the statement was refused (完整性声明)."
)
class StatementPayload:
    """The answer of a statement."""

    released: bool | None = strawberry.field(
        description="Whether the hold has ended by it; if not, one more is needed (是否恢复追加)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)
