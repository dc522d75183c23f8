"""What anybody may follow (公众订阅): the ledger, what is published, and draws."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Annotated

import strawberry
from sqlalchemy import Connection

from ledger.notifications import Topic
from sampling import disclosures
from sampling.disclosures import Disclosure, PublicCampaign
from schema.context import Info
from schema.decorators import subscription
from schema.following import FromSeq, following, ledger_entries
from schema.public_types.campaigns import Campaign, CampaignState
from schema.public_types.findings import Finding
from schema.public_types.ledger import Entry

AT_ONCE = 100
ENDED = (CampaignState.CLOSED, CampaignState.VOIDED)

FollowedCampaign = Annotated[str, strawberry.argument(description="The campaign's code, such as 2026-0001 (任务编号).")]
OfCampaign = Annotated[str | None, strawberry.argument(description="Only those of this campaign (任务编号).")]
AfterNumber = Annotated[
    int | None,
    strawberry.argument(
        description="The number of the last that you have; none: only those published from now on (公示序号)."
    ),
]


@strawberry.type(description="What anybody may follow (公众订阅).")
class Subscription:
    """The public's subscriptions."""

    @subscription("The ledger's entries from a place on, each once it is signed, none left out or twice (日志条目).")
    async def ledger_entries(self, info: Info, from_: FromSeq = None) -> AsyncIterator[Entry]:
        """Follow the ledger."""
        async with aclosing(ledger_entries(info, from_)) as entries:
            async for entry in entries:
                yield entry

    @subscription("The findings in the order of their publication, each once it is published (检查结果公示).")
    async def findings(
        self, info: Info, after_number: AfterNumber = None, campaign: OfCampaign = None
    ) -> AsyncIterator[Finding]:
        """Follow what is published."""
        place = after_number

        def read(tx: Connection) -> tuple[int, Sequence[Disclosure]]:
            last = disclosures.last_number(tx)
            return last, [] if place is None else disclosures.findings_after(tx, place, AT_ONCE, campaign)

        transactions = info.context.serving.transactions
        async with aclosing(following(info, Topic.LOG, read)) as changes:
            async for last, found in changes:
                place = last if place is None else place
                while found:
                    for each in found:
                        yield Finding.of(each)
                        place = each.number
                    found = (await transactions.read(read))[1]

    @subscription("A campaign as it is now, and again at each step: freeze, witnesses, beacon, draw, end (抽取进程).")
    async def draw(self, info: Info, campaign: FollowedCampaign) -> AsyncIterator[Campaign]:
        """Follow a campaign."""

        def read(tx: Connection) -> tuple[PublicCampaign, tuple[object, ...]]:
            return disclosures.campaign(tx, campaign), disclosures.steps(tx, campaign)

        seen: object = None
        async with aclosing(following(info, Topic.LOG, read)) as changes:
            async for found, steps in changes:
                told = Campaign.of(found)
                if steps != seen:
                    seen = steps
                    yield told
                if told.state in ENDED:
                    return
