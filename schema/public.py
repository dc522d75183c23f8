"""The public schema: what anybody may ask, without sign-in. What is confidential has no type and no name here."""

from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from sampling import disclosures
from schema.building import make_schema
from schema.connections import After, Connection, First, following, page
from schema.context import Info, read
from schema.decorators import field
from schema.notes import Note
from schema.public_types.auditors import Auditor, auditors
from schema.public_types.campaigns import CAMPAIGNS, Campaign
from schema.public_types.findings import FINDINGS, Finding
from schema.public_types.items import ITEMS, Department, Item, OnDay, departments, items
from schema.public_types.ledger import Ledger
from schema.public_types.programmes import Programme, programmes
from schema.scalars import USCC
from scoring import enterprises

CampaignCode = Annotated[str, strawberry.argument(description="The campaign's code, such as 2026-0001 (任务编号).")]
OfCampaign = Annotated[str | None, strawberry.argument(description="Only those of this campaign (任务编号).")]
OfEnterprise = Annotated[USCC | None, strawberry.argument(description="Only those of this enterprise.")]
Position = Annotated[int, strawberry.argument(description="The drawn position (位置).")]
ItemCode = Annotated[str, strawberry.argument(description="The item's code (事项编号).")]


@strawberry.type(description="The bureau that answers (本单位).")
class Bureau:
    """The bureau."""

    name: str = strawberry.field(description="Its name (单位名称).")
    origin: str = strawberry.field(description="Its ledger's name for ever (origin).")
    note: Note | None = strawberry.field(description="Whether what it holds is synthetic (合成数据说明).")

    @field("The departments that inspect (部门).")
    async def departments(self) -> list[Department]:
        """Return the departments by code."""
        return list((await departments()).values())


@strawberry.type(description="What anybody may ask (公众查询).")
class Query:
    """The public's queries."""

    @field("The bureau that answers.")
    async def bureau(self, info: Info) -> Bureau:
        """Return the bureau."""
        bureau = info.context.bureau
        synthetic = await read(enterprises.are_synthetic)
        note = Note.of("synthetic", info.context.language) if synthetic else None
        return Bureau(name=bureau.name, origin=bureau.origin, note=note)

    @field("The list of inspection items (随机抽查事项清单), by code.")
    async def items(self, first: First, after: After = None, on: OnDay = None) -> Connection[Item] | None:
        """Return a page of items."""
        known = list((await items(on)).values())
        return await page(
            ITEMS, first, after, lambda tx, start, limit: following(known, ITEMS, start, limit), lambda item: item
        )

    @field("One inspection item, or nothing.")
    async def item(self, code: ItemCode) -> Item | None:
        """Return an item."""
        return (await items()).get(code)

    @field("What departments plan for a year, as it was adopted (年度抽查计划).")
    async def programmes(self) -> list[Programme]:
        """Return the programmes."""
        return await programmes()

    @field("The campaigns from their freeze on, newest first (抽查任务).")
    async def campaigns(self, first: First, after: After = None) -> Connection[Campaign] | None:
        """Return a page of campaigns."""
        return await page(CAMPAIGNS, first, after, disclosures.campaigns, Campaign.of)

    @field("One campaign; refused where it is not frozen yet or does not exist.")
    async def campaign(self, code: CampaignCode) -> Campaign | None:
        """Return a campaign."""
        return Campaign.of(await read(lambda tx: disclosures.campaign(tx, code)))

    @field("The published findings, newest first (检查结果公示).")
    async def findings(
        self, first: First, after: After = None, enterprise: OfEnterprise = None, campaign: OfCampaign = None
    ) -> Connection[Finding] | None:
        """Return a page of findings."""

        def rows(tx: Transaction, before: int | None, limit: int) -> list[disclosures.Disclosure]:
            return disclosures.findings(tx, before, limit, campaign=campaign, enterprise=enterprise)

        return await page(FINDINGS, first, after, rows, Finding.of)

    @field("The published finding of a drawn position; refused where none is published, whatever the reason.")
    async def finding(self, campaign: CampaignCode, position: Position) -> Finding | None:
        """Return a finding."""
        return Finding.of(await read(lambda tx: disclosures.finding(tx, campaign, position)))

    @field("The auditors whose verdicts on draws are taken in, in the order of their registration (审计员).")
    async def auditors(self) -> list[Auditor]:
        """Return the auditors."""
        return await auditors()

    @field("The public ledger (日志).")
    def ledger(self) -> Ledger:
        """Return the ledger."""
        return Ledger()


schema = make_schema(Query)
