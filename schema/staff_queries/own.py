"""What staff may ask of themselves: who is signed in, what waits, and their jobs (本人)."""

import strawberry

from ledger import jobs
from sampling import inbox
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.nodes import own_key
from schema.staff_mutations.checking import JobId
from schema.staff_types.filters import WhichJobs, WhichMessages
from schema.staff_types.inbox import MESSAGES_BY, InboxMessage, MessagesBy
from schema.staff_types.jobs import JOBS_BY, Job, JobsBy, with_files
from schema.staff_types.people import Me


@strawberry.type
class OwnQueries:
    """What is one's own."""

    @field("Who is signed in (当前用户).")
    def me(self, info: Info) -> Me:
        """Return the actor."""
        return Me.of(info.context.signed_in)

    @field("Your inbox, newest first (待办提醒).")
    async def inbox(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichMessages = None,
        order: MessagesBy = None,
    ) -> Connection[InboxMessage] | None:
        """Return a page of messages."""
        actor, language = info.context.signed_in, info.context.language
        unread = where is not None and where.only_unread
        return await page(
            MESSAGES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: inbox.messages(tx, actor, unread, window),
            lambda message: InboxMessage.of(message, language),
            count=lambda tx: inbox.count(tx, actor, unread),
            filters=unread,
        )

    @field("Where you are told by e-mail that something waits for you; nothing: you are not (提醒邮箱).")
    async def mail_address(self, info: Info) -> str | None:
        """Return the address."""
        return await read_as_staff(info, inbox.address)

    @field("The jobs that you may see, newest first (后台任务).")
    async def jobs(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichJobs = None,
        order: JobsBy = None,
    ) -> Connection[Job] | None:
        """Return a page of jobs."""
        actor, language = info.context.signed_in, info.context.language
        wanted = chosen(where, jobs.EVERY_JOB)
        return await page(
            JOBS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: with_files(tx, jobs.own(tx, actor, window, wanted)),
            lambda told: Job.of(told, language),
            count=lambda tx: jobs.count_own(tx, actor, wanted),
            filters=wanted,
        )

    @field("One job (后台任务).")
    async def job(self, info: Info, id: JobId) -> Job | None:  # noqa: A002
        """Return a job."""
        told = await read_as_staff(
            info, lambda tx, actor: with_files(tx, [jobs.read(tx, actor, own_key("Job", id))])[0]
        )
        return Job.of(told, info.context.language)
