"""The public schema: what anybody may ask and hand in, without sign-in.

What is confidential has no type and no name here.
"""

from typing import Annotated

import strawberry

from ledger.windows import Window
from sampling import disclosures, registers
from sampling.campaign_filters import EVERY
from sampling.public_filters import ANY_FINDING
from sampling.publicity import notices, submissions
from schema.building import make_schema
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, read
from schema.decorators import field
from schema.filtering import chosen
from schema.nodes import Node, NodeId, NodeIds, find, find_one
from schema.notes import Note
from schema.public_mutations import Mutation
from schema.public_subscriptions import Subscription
from schema.public_types.auditors import Auditor, auditors
from schema.public_types.campaigns import CAMPAIGNS_BY, Campaign, CampaignsBy, WhichCampaigns, campaign_order
from schema.public_types.divisions import KNOWN, Division, DivisionCodes, divisions
from schema.public_types.findings import (
    ENDED_BY,
    EndedBy,
    EndedFindingAnswer,
    EndedFindingFilterInput,
    Finding,
    FindingsBy,
    PublishedFigures,
    WhichEnded,
    WhichFindings,
    finding_page,
)
from schema.public_types.items import Department, Item, ItemsBy, OnDay, WhichItems, departments, item_page
from schema.public_types.ledger import Ledger
from schema.public_types.nodes import PUBLIC
from schema.public_types.programmes import (
    Programme,
    ProgrammesBy,
    WhichProgrammes,
    programme_page,
)
from schema.public_types.publicity import (
    ANSWERS_BY,
    NOTICES_BY,
    AnswersBy,
    NoticesBy,
    PublicNotice,
    PublishedAnswer,
    Submission,
    WhichAnswers,
    WhichNotices,
)
from scoring import enterprises

CampaignCode = Annotated[str, strawberry.argument(description="The campaign's code, such as 2026-0001 (任务编号).")]
Position = Annotated[int, strawberry.argument(description="The drawn position (位置).")]
NoticeNumber = Annotated[int, strawberry.argument(description="The notice's number (序号).")]
ReceiptNumber = Annotated[str, strawberry.argument(description="The receipt number, however spaced (回执编号).")]
ItemCode = Annotated[str, strawberry.argument(description="The item's code (事项编号).")]


@strawberry.type(description="The bureau that answers (本单位).")
class Bureau:
    """The bureau."""

    name: str = strawberry.field(description="Its name (单位名称).")
    origin: str = strawberry.field(description="Its ledger's name for ever (日志名称, origin).")
    note: Note | None = strawberry.field(description="Whether what it holds is synthetic (合成数据说明).")

    @field("The departments that inspect (部门).")
    async def departments(self) -> list[Department]:
        """Return the departments by code."""
        return list((await departments()).values())


@strawberry.type(description="What anybody may ask (公众查询).")
class Query:
    """The public's queries."""

    @field("The object with an id; nothing where you may not see it (按标识查找).")
    async def node(self, info: Info, id: NodeId) -> Node | None:  # noqa: A002
        """Find a node."""
        return await find_one(info, PUBLIC, id)

    @field("The objects with ids, in their order; nothing for each that you may not see (按标识批量查找).")
    async def nodes(self, info: Info, ids: NodeIds) -> list[Node | None]:
        """Find nodes."""
        return await find(info, PUBLIC, ids)

    @field("The bureau that answers (本单位).")
    async def bureau(self, info: Info) -> Bureau:
        """Return the bureau."""
        bureau = info.context.bureau
        synthetic = await read(enterprises.are_synthetic)
        note = Note.of("synthetic", info.context.language) if synthetic else None
        return Bureau(name=bureau.name, origin=bureau.origin, note=note)

    @field("The list of inspection items (随机抽查事项清单), by code.")
    async def items(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichItems = None,
        order: ItemsBy = None,
    ) -> Connection[Item] | None:
        """Return a page of items."""
        return await item_page(Paging(first, after, last, before), on, where, order)

    @field("One inspection item, or nothing (抽查事项).")
    async def item(self, code: ItemCode) -> Item | None:
        """Return an item."""
        found = await read(lambda tx: registers.page(tx, None, "item", Window(keys=frozenset([(code,)]))))
        return next(map(Item.of, found), None)

    @field(KNOWN)
    async def divisions(self, codes: DivisionCodes) -> list[Division]:
        """Return the divisions of codes."""
        return await divisions(codes)

    @field("What departments plan for a year, as it was adopted, by department and year (年度抽查计划).")
    async def programmes(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichProgrammes = None,
        order: ProgrammesBy = None,
    ) -> Connection[Programme] | None:
        """Return a page of programmes."""
        return await programme_page(Paging(first, after, last, before), where, order)

    @field("The campaigns from their freeze on, newest first (抽查任务).")
    async def campaigns(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichCampaigns = None,
        order: CampaignsBy = None,
    ) -> Connection[Campaign] | None:
        """Return a page of campaigns."""
        wanted, by = chosen(where, EVERY), campaign_order(CAMPAIGNS_BY.field(order))
        return await page(
            CAMPAIGNS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: disclosures.campaigns(tx, window, wanted, by),
            Campaign.of,
            count=lambda tx: disclosures.count_campaigns(tx, wanted),
            filters=wanted,
        )

    @field("One campaign; refused where it is not frozen yet or does not exist (抽查任务).")
    async def campaign(self, code: CampaignCode) -> Campaign | None:
        """Return a campaign."""
        return Campaign.of(await read(lambda tx: disclosures.campaign(tx, code)))

    @field("The published findings, newest first (检查结果公示).")
    async def findings(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichFindings = None,
        order: FindingsBy = None,
    ) -> Connection[Finding] | None:
        """Return a page of findings."""
        return await finding_page(Paging(first, after, last, before), where, order)

    @field("The numbers of published findings that are shown no more, in the order in which they ended (停止公示清单).")
    async def ended_findings(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichEnded = None,
        order: EndedBy = None,
    ) -> Connection[EndedFindingAnswer] | None:
        """Return a page of numbers."""
        days = (where or EndedFindingFilterInput()).wanted()
        return await page(
            ENDED_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: disclosures.ended(tx, window, *days),
            EndedFindingAnswer.of,
            count=lambda tx: disclosures.count_ended(tx, *days),
            filters=days,
        )

    @field("The published findings in figures: by month, place, item and result (公示统计).")
    async def figures(self, where: WhichFindings = None) -> PublishedFigures:
        """Count findings."""
        wanted = chosen(where, ANY_FINDING)
        return PublishedFigures.of(await read(lambda tx: disclosures.figures(tx, wanted)))

    @field(
        "The published finding of a drawn position; refused where none is published, whatever the reason "
        "(检查结果公示)."
    )
    async def finding(self, campaign: CampaignCode, position: Position) -> Finding | None:
        """Return a finding."""
        return Finding.of(await read(lambda tx: disclosures.finding(tx, campaign, position)))

    @field("The published notices and explanations, newest first (公告与解读).")
    async def notices(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichNotices = None,
        order: NoticesBy = None,
    ) -> Connection[PublicNotice] | None:
        """Return a page of notices."""
        wanted = chosen(where, notices.EVERY_NOTICE)
        return await page(
            NOTICES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: notices.public_page(tx, window, wanted),
            PublicNotice.of,
            count=lambda tx: notices.count_public(tx, wanted),
            filters=wanted,
        )

    @field("One published notice; refused where there is none, whatever the reason (公告).")
    async def notice(self, number: NoticeNumber) -> PublicNotice | None:
        """Return a notice."""
        return PublicNotice.of(await read(lambda tx: notices.public_notice(tx, number)))

    @field("Questions with their answers, where both sides allow it, newest first (咨询答复选登).")
    async def answers(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichAnswers = None,
        order: AnswersBy = None,
    ) -> Connection[PublishedAnswer] | None:
        """Return a page of published answers."""
        wanted = chosen(where, submissions.EVERY_ANSWER)
        return await page(
            ANSWERS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: submissions.published(tx, window, wanted),
            PublishedAnswer.of,
            count=lambda tx: submissions.count_published(tx, wanted),
            filters=wanted,
        )

    @field("What became of a question or an objection; the receipt number alone shows it (凭回执编号查询办理情况).")
    async def submission(self, info: Info, receipt: ReceiptNumber) -> Submission | None:
        """Return what a receipt number shows."""
        today = info.context.bureau.today
        return Submission.of(await read(lambda tx: submissions.by_receipt(tx, today, receipt)))

    @field("The auditors whose verdicts on draws are taken in, in the order of their registration (审计员).")
    async def auditors(self) -> list[Auditor]:
        """Return the auditors."""
        return await auditors()

    @field("The public ledger (日志).")
    def ledger(self) -> Ledger:
        """Return the ledger."""
        return Ledger()


schema = make_schema("public", Query, Mutation, Subscription)
