"""Confidential documents whose retention is over (到期文档)."""

from datetime import date, datetime
from enum import Enum

import strawberry
from sqlalchemy import Connection as Transaction

from ledger import expiry
from ledger.expiry import Expiring
from schema.connections import Connection, Keyset, following, page
from schema.context import Info
from schema.errors import RefusalAnswer
from schema.public_types.ledger import Entry
from schema.scalars import Digest
from schema.words import Language


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
class ExpiringDocument:
    """A document."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    kind: str = strawberry.field(description="What it holds, such as plan or finding, as docs/ledger.md has it (类型).")
    state: ExpiryState = strawberry.field(description="How far it is on its way out (状态).")
    commitment: Digest = strawberry.field(description="The commitment to it, which stays in the ledger (承诺值).")
    due_on: date | None = strawberry.field(description="The first day on which it may expire (到期日期).")
    bound_by: Entry = strawberry.field(description="The entry that binds it (绑定条目).")
    proposal: ExpiryProposal | None = strawberry.field(description="Who proposed it (提议).")
    needed: RefusalAnswer | None = strawberry.field(description="Why it cannot go yet, where it is needed (仍需保留).")
    expired_entry: Entry | None = strawberry.field(description="The entry that says that it is gone (销毁条目).")

    @classmethod
    def of(cls, found: Expiring, language: Language) -> "ExpiringDocument":
        """Make the answer of a document."""
        return cls(
            id=strawberry.ID(found.bound.id),
            kind=found.bound.kind,
            state=ExpiryState(found.state),
            commitment=Digest(bytes.fromhex(found.bound.commitment)),
            due_on=found.due_on,
            bound_by=Entry.of(found.bound.entry),
            proposal=None if found.proposal is None else ExpiryProposal(**vars(found.proposal)),
            needed=None if found.needed is None else RefusalAnswer.of(found.needed, language),
            expired_entry=None if found.expired is None else Entry.of(found.expired),
        )


EXPIRING: Keyset[Expiring] = Keyset("documents", (int, str), lambda each: (each.bound.entry.seq, each.bound.id))


async def expiring_documents(
    info: Info, first: int, after: str | None, state: ExpiryState | None
) -> Connection[ExpiringDocument]:
    """Return a page of the documents whose retention is over."""
    actor, bureau, language = info.context.signed_in, info.context.bureau, info.context.language

    wanted_state = None if state is None else str(state.value)

    def rows(tx: Transaction, key: tuple[int, str] | None, limit: int) -> list[Expiring]:
        found = expiry.expiring(tx, actor, bureau.now, bureau.retention)
        chosen = [each for each in found if wanted_state is None or each.state == wanted_state]
        shown = following(chosen, EXPIRING, key, limit)
        return [expiry.with_need(tx, each, bureau.retention) for each in shown]

    return await page(EXPIRING, first, after, rows, lambda found: ExpiringDocument.of(found, language))
