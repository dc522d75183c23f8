"""What staff may ask of notices, and of what the public wrote (公众参与)."""

import strawberry

from sampling.publicity import notices, objections, questions
from sampling.publicity.submissions import EVERYTHING, Kind
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.nodes import own_key
from schema.public_types.publicity import WhichNotices
from schema.staff_mutations.publicity import NoticeId, SubmissionId
from schema.staff_types.filters import WhichSubmissions
from schema.staff_types.publicity import (
    STAFF_NOTICES_BY,
    PublicWork,
    StaffNotice,
    StaffNoticesBy,
    StaffSubmission,
    SubmissionsBy,
    public_work,
    submissions_page,
)


@strawberry.type
class PublicityQueries:
    """The public's part."""

    @field("Notices and explanations from their draft on, newest first (公告与解读).")
    async def notices(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichNotices = None,
        order: StaffNoticesBy = None,
    ) -> Connection[StaffNotice] | None:
        """Return a page of notices."""
        actor, wanted = info.context.signed_in, chosen(where, notices.EVERY_NOTICE)
        return await page(
            STAFF_NOTICES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: notices.page(tx, actor, window, wanted),
            StaffNotice.of,
            count=lambda tx: notices.count(tx, actor, wanted),
            filters=wanted,
        )

    @field("One notice, by its id (公告).")
    async def notice(self, info: Info, id: NoticeId) -> StaffNotice | None:  # noqa: A002
        """Return a notice."""
        return StaffNotice.of(
            await read_as_staff(info, lambda tx, actor: notices.read(tx, actor, own_key("StaffNotice", id)))
        )

    @field("Questions of the public, newest first (公众咨询).")
    async def questions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichSubmissions = None,
        order: SubmissionsBy = None,
    ) -> Connection[StaffSubmission] | None:
        """Return a page of questions."""
        return await submissions_page(
            info, Kind.QUESTION, Paging(first, after, last, before), chosen(where, EVERYTHING), order
        )

    @field("One question, by its id (公众咨询).")
    async def question(self, info: Info, id: SubmissionId) -> StaffSubmission | None:  # noqa: A002
        """Return a question."""
        found = await read_as_staff(info, lambda tx, actor: questions.read(tx, actor, own_key("StaffSubmission", id)))
        return StaffSubmission.of(found, info.context.bureau.today)

    @field("Objections to published findings, newest first (异议).")
    async def objections(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichSubmissions = None,
        order: SubmissionsBy = None,
    ) -> Connection[StaffSubmission] | None:
        """Return a page of objections."""
        return await submissions_page(
            info, Kind.OBJECTION, Paging(first, after, last, before), chosen(where, EVERYTHING), order
        )

    @field("One objection, by its id (异议).")
    async def objection(self, info: Info, id: SubmissionId) -> StaffSubmission | None:  # noqa: A002
        """Return an objection."""
        found = await read_as_staff(info, lambda tx, actor: objections.read(tx, actor, own_key("StaffSubmission", id)))
        return StaffSubmission.of(found, info.context.bureau.today)

    @field("How much of what you may see waits for an answer, and is overdue (待办来件统计).")
    async def public_work(self, info: Info) -> PublicWork | None:
        """Return the counts."""
        return await public_work(info)
