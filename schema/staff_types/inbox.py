"""What staff are told (待办提醒)."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from sampling.inbox import Message
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.inbox import say_message
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.words import Language


@strawberry.type(description="A message of your inbox (待办提醒).")
class InboxMessage(Node):
    """A message."""

    code: str = strawberry.field(description="Which message, the same in every language (代码).")
    text: str = strawberry.field(description="The message, in the caller's language (内容).")
    about: str = strawberry.field(description="What it is about, such as a campaign (相关任务).")
    told_at: datetime = strawberry.field(description="When it was told (提醒时间).")
    due_on: date | None = strawberry.field(description="By when something is to be done (期限).")
    read_at: datetime | None = strawberry.field(description="When you read it; nothing: not yet (阅读时间).")

    @classmethod
    def of(cls, message: Message, language: Language) -> "InboxMessage":
        """Make the answer of a message."""
        return cls(
            key=MESSAGES.key(message),
            code=message.code,
            text=say_message(message, language),
            about=message.about,
            told_at=message.told_at,
            due_on=message.due,
            read_at=message.read_at,
        )


MESSAGES: Keyset[Message] = Keyset("inbox", (int, str), lambda message: (message.number, message.id), descending=True)


@strawberry.enum(description="What messages may go by (提醒排序字段).")
class InboxMessageOrderField(Enum):
    """The orders."""

    TOLD = strawberry.enum_value("told", description="When they were told (提醒时间).")


MESSAGES_BY = Orders({InboxMessageOrderField.TOLD: MESSAGES})
MessagesBy = Annotated[Order[InboxMessageOrderField] | None, order_of("newest first (排序).")]


@strawberry.type(description="Messages after you read them, or why nothing was done (待办提醒).")
class InboxPayload:
    """The answer of marking messages as read."""

    messages: list[InboxMessage] | None = strawberry.field(description="The messages as they are now (待办提醒).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")


@strawberry.type(description="Where you are told by e-mail, or why nothing was done (提醒邮箱).")
class MailAddressPayload:
    """The answer of setting an address."""

    address: str | None = strawberry.field(description="The address; nothing: you are not told by e-mail (邮箱).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")
