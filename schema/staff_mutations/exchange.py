"""Reporting to platforms, and recognising what others have inspected (报送与互认)."""

from typing import Annotated

import strawberry

from sampling.exchange import exporting, platforms, queueing, recognition
from schema.context import Info
from schema.decorators import mutation
from schema.errors import RefusalAnswer
from schema.scalars import BigInt, Digest
from schema.staff_mutations.arguments import CampaignCode, EnterpriseCode, IfNamedVersion
from schema.staff_types.exchange import Platform
from schema.staff_types.findings import RecordedFinding
from schema.staff_types.payloads import REFUSAL, FindingPayload, JobPayload, UseCase, ask, attempt

PlatformText = Annotated[str, strawberry.argument(description="The platform's document, TOML (平台文档).")]
PlatformName = Annotated[str, strawberry.argument(description="The platform's name (平台).")]
Numbers = Annotated[
    list[BigInt] | None, strawberry.argument(description="The numbers of deliveries; none: all of them (编号).")
]
ExportId = Annotated[str, strawberry.argument(description="The export's id (导出批次).")]
Accepted = Annotated[bool, strawberry.argument(description="Whether the platform took them (是否接收).")]
ReceiptText = Annotated[str, strawberry.argument(description="The receipt's number, or the reason (回执或原因).")]
Reference = Annotated[Digest, strawberry.argument(description="The record of the earlier inspection (唯一标识).")]
Reason = Annotated[str, strawberry.argument(description="Why it stands for the visit; never published (理由).")]


@strawberry.type(description="The version of a platform that holds, or why it was not added (平台版本).")
class PlatformPayload:
    """The answer of adding a platform."""

    platform: Platform | None = strawberry.field(description="The platform (平台).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="Of how many deliveries something was done, or why of none (推送).")
class DeliveriesPayload:
    """The answer of steps of deliveries."""

    count: int | None = strawberry.field(description="How many deliveries (报送数).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type
class ExchangeMutations:
    """Exchange with other bodies."""

    @mutation("Add a version of a platform; from now on what the bureau issues goes there (添加报送平台).")
    async def add_platform(self, info: Info, text: PlatformText, if_version: IfNamedVersion = None) -> PlatformPayload:
        """Add a platform."""
        held, refusal = await attempt(info, lambda tx, actor, now: platforms.add(tx, actor, now, text, if_version))
        return PlatformPayload(platform=None if held is None else Platform.of(held), refusal=refusal)

    @mutation("Queue all that the bureau issued since a platform's first day and that never went there (补报存量).")
    async def queue_backlog(self, info: Info, platform: PlatformName) -> DeliveriesPayload:
        """Queue the backlog."""
        return await _counted(info, lambda tx, actor, now: queueing.queue_backlog(tx, actor, now, platform))

    @mutation("Send refused deliveries again, once what was wrong is mended (重新报送).")
    async def resend_deliveries(self, info: Info, platform: PlatformName, numbers: Numbers = None) -> DeliveriesPayload:
        """Queue refused deliveries again."""
        chosen = None if numbers is None else [int(each) for each in numbers]
        return await _counted(info, lambda tx, actor, now: exporting.resend(tx, actor, now, platform, chosen))

    @mutation("Write what is to go to a platform as files, to be handed over by hand; the job leaves them (导出文件).")
    async def export_deliveries(self, info: Info, platform: PlatformName) -> JobPayload:
        """Ask for an export."""
        return await ask(info, lambda tx, actor, now: exporting.request_export(tx, actor, now, platform))

    @mutation("Enter what a platform said of an export, or of some of its deliveries (登记回执).")
    async def enter_delivery_receipt(
        self, info: Info, export: ExportId, accepted: Accepted, receipt: ReceiptText, numbers: Numbers = None
    ) -> DeliveriesPayload:
        """Enter a receipt."""
        chosen = None if numbers is None else [int(each) for each in numbers]
        return await _counted(
            info, lambda tx, actor, now: exporting.enter_receipt(tx, actor, now, export, accepted, receipt, chosen)
        )

    @mutation("Record that another department's inspection stands for a visit, as one of its team (互认检查结果).")
    async def recognise_inspection(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode, reference: Reference, reason: Reason
    ) -> FindingPayload:
        """Recognise an inspection."""
        found, refusal = await attempt(
            info,
            lambda tx, actor, now: recognition.recognise(
                tx, actor, now, campaign, enterprise, bytes(reference).hex(), reason
            ),
        )
        return FindingPayload(
            finding=None if found is None else RecordedFinding.of(found), conflict=None, refusal=refusal
        )


async def _counted(info: Info, use_case: UseCase[int]) -> DeliveriesPayload:
    count, refusal = await attempt(info, use_case)
    return DeliveriesPayload(count=count, refusal=refusal)
