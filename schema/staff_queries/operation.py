"""What staff may ask of the log and the documents in operation (运维)."""

import strawberry

from ledger import hold
from ledger.overview import overview
from schema.connections import After, Before, Connection, First, Last, Paging
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.public_types.auditors import Auditor, auditors
from schema.public_types.ledger import Ledger
from schema.staff_types.documents import DocumentsBy, ExpiringDocument, expiring_documents
from schema.staff_types.filters import ExpiringDocumentFilterInput, WhichDocuments
from schema.staff_types.holds import LogHold
from schema.staff_types.system import System


@strawberry.type
class OperationQueries:
    """Operation."""

    @field("The public, append-only log of all that happened, as anybody reads it (日志).")
    def ledger(self, info: Info) -> Ledger:
        """Return the ledger."""
        _ = info.context.signed_in
        return Ledger()

    @field("The auditors whose keys this bureau registered, in the order of their registration (审计员).")
    async def auditors(self, info: Info) -> list[Auditor]:
        """Return the auditors."""
        _ = info.context.signed_in
        return await auditors()

    @field("How the service itself stands: release, keys, witnesses and settings, without secrets (系统状况).")
    async def system(self, info: Info) -> System | None:
        """Return the system."""
        bureau = info.context.bureau
        policy = bureau.witness_policy
        found = await read_as_staff(info, lambda tx, actor: overview(tx, actor, policy))
        return System.of(bureau, found, info.context.language)

    @field("The hold on the log after it was restored from a backup; nothing: it goes on (日志暂停).")
    async def log_hold(self, info: Info) -> LogHold | None:
        """Return the hold."""
        found = await read_as_staff(info, hold.seen)
        return None if found is None else LogHold.of(found)

    @field("The confidential documents whose retention is over, in the order of the ledger (到期文档).")
    async def documents(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichDocuments = None,
        order: DocumentsBy = None,
    ) -> Connection[ExpiringDocument] | None:
        """Return a page of documents."""
        asked = where or ExpiringDocumentFilterInput()
        return await expiring_documents(info, Paging(first, after, last, before), asked.state, asked.kind, order)
