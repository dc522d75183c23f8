"""The own inbox (待办提醒)."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling import inbox
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.staff_types.inbox import InboxMessage, InboxPayload, MailAddressPayload
from schema.staff_types.payloads import attempt

MessageIds = Annotated[list[strawberry.ID], strawberry.argument(description="Ids of messages (消息编号).")]
Address = Annotated[
    str | None, strawberry.argument(description="The address; nothing: do not tell me by e-mail (邮箱).")
]


@strawberry.type
class InboxMutations:
    """What everybody does with the own inbox."""

    @mutation("Remember that you have read messages (标记已读).")
    async def mark_messages_read(self, info: Info, ids: MessageIds) -> InboxPayload:
        """Mark messages as read."""
        language = info.context.language
        own = [own_key("InboxMessage", each) for each in ids]
        found, refusal = await attempt(info, lambda tx, actor, now: inbox.mark_read(tx, actor, now, own))
        told = None if found is None else [InboxMessage.of(each, language) for each in found]
        return InboxPayload(messages=told, refusal=refusal)

    @mutation("Say where you are told by e-mail that something waits for you (设置提醒邮箱).")
    async def set_mail_address(self, info: Info, address: Address = None) -> MailAddressPayload:
        """Set the address."""

        def work(tx: Transaction, actor: Actor, now: datetime) -> str:
            inbox.set_address(tx, actor, address)
            return inbox.address(tx, actor) or ""

        found, refusal = await attempt(info, work)
        return MailAddressPayload(address=found or None, refusal=refusal)
