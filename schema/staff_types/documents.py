"""Confidential documents whose retention is over (到期文档)."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger import expiry
from ledger.expiry import Expiring
from ledger.windows import Key, Window
from schema.connections import Connection, Keyset, Paging, page
from schema.context import Info, read
from schema.decorators import field
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.public_types.ledger import Entry
from schema.scalars import Digest


@strawberry.enum(description="How far a document is on its way out (到期状态).")
class ExpiryState(Enum):
    """The states."""

    DUE = strawberry.enum_value("due", description="Its retention is over (到期).")
    PROPOSED = strawberry.enum_value("proposed", description="Somebody proposed that it expire (待确认).")
    EXPIRED = strawberry.enum_value("expired", description="Content, salt and rows are gone for good (已销毁).")


@strawberry.type(description="Who wants a document to expire, and why (销毁提议).")
class ExpiryProposal:
    """A proposal."""

    by: str = strawberry.field(description="Who proposed it; another person confirms it (提议人).")
    at: datetime = strawberry.field(description="When (提议时间).")
    reason: str = strawberry.field(description="Why; confidential (理由).")


@strawberry.type(description="A confidential document whose retention is over (到期文档).")
class ExpiringDocument(Node, Peer):
    """A document."""

    found: strawberry.Private[Expiring]
    document_id: str = strawberry.field(description="Its id in the ledger and in the storage (文档编号).")
    kind: str = strawberry.field(description="What it holds, such as plan or finding, as docs/ledger.md has it (类型).")
    state: ExpiryState = strawberry.field(description="How far it is on its way out (状态).")
    commitment: Digest = strawberry.field(description="The commitment to it, which stays in the ledger (承诺值).")
    due_on: date | None = strawberry.field(description="The first day on which it may expire (到期日期).")
    bound_by: Entry = strawberry.field(description="The entry that binds it (绑定条目).")
    proposal: ExpiryProposal | None = strawberry.field(description="Who proposed it (提议).")
    expired_entry: Entry | None = strawberry.field(description="The entry that says that it is gone (销毁条目).")

    @classmethod
    def of(cls, found: Expiring) -> "ExpiringDocument":
        """Make the answer of a document."""
        return cls(
            key=EXPIRING.key(found),
            found=found,
            document_id=found.bound.id,
            kind=found.bound.kind,
            state=ExpiryState(found.state),
            commitment=Digest(bytes.fromhex(found.bound.commitment)),
            due_on=found.due_on,
            bound_by=Entry.of(found.bound.entry),
            proposal=None if found.proposal is None else ExpiryProposal(**vars(found.proposal)),
            expired_entry=None if found.expired is None else Entry.of(found.expired),
        )

    @field("Why it cannot go yet, where it is needed; each rule is asked of each document (仍需保留).")
    async def needed(self, info: Info) -> RefusalAnswer | None:
        """Return what needs it."""
        retention, language = info.context.bureau.retention, info.context.language
        told = await self.together(
            "needed",
            lambda tx, all_of: {
                EXPIRING.key(each): each.needed
                for each in expiry.with_needs(tx, [peer.found for peer in all_of], retention)
            },
        )
        why = told[self.key]
        return None if why is None else RefusalAnswer.of(why, language)


EXPIRING: Keyset[Expiring] = Keyset("documents", (int, str), expiry.place_of)


@strawberry.enum(description="What documents may go by (到期文档排序字段).")
class ExpiringDocumentOrderField(Enum):
    """The orders."""

    BOUND = strawberry.enum_value("bound", description="The entry that binds them (绑定条目).")


EXPIRING_BY = Orders({ExpiringDocumentOrderField.BOUND: EXPIRING})
DocumentsBy = Annotated[Order[ExpiringDocumentOrderField] | None, order_of("as the ledger binds them (排序).")]


async def expiring_documents(
    info: Info,
    paging: Paging,
    state: ExpiryState | None,
    kind: str | None,
    order: Order[ExpiringDocumentOrderField] | None,
) -> Connection[ExpiringDocument]:
    """Return a page of the documents whose retention is over."""
    actor, bureau = info.context.signed_in, info.context.bureau
    wanted = None if state is None else str(state.value)

    def rows(tx: Transaction, window: Window) -> list[Expiring]:
        return expiry.expiring(tx, actor, bureau.now, bureau.retention, window, wanted, kind)

    return await page(
        EXPIRING_BY.keyset(order),
        paging,
        rows,
        ExpiringDocument.of,
        count=lambda tx: expiry.count(tx, actor, bureau.now, bureau.retention, wanted, kind),
        filters=[wanted, kind or None],
    )


async def expiring_of(info: Info, keys: frozenset[Key]) -> list[ExpiringDocument]:
    """Return those of the documents whose retention is over that have keys."""
    actor, bureau = info.context.signed_in, info.context.bureau
    window = Window(keys=keys)
    found = await read(lambda tx: expiry.expiring(tx, actor, bureau.now, bureau.retention, window))
    return [ExpiringDocument.of(each) for each in found]
