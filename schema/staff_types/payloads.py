"""What mutations answer: what they made, or why they made nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from ledger.errors import Refusal
from ledger.jobs import Job as HeldJob
from sampling import campaigns
from schema.context import Info, act
from schema.errors import RefusalAnswer
from schema.public_types.auditors import Attestation, Auditor
from schema.public_types.ledger import Entry
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.documents import ExpiringDocument
from schema.staff_types.findings import RecordedFinding
from schema.staff_types.jobs import Job, with_files
from schema.staff_types.models import Model
from schema.staff_types.sources import Source

T = TypeVar("T")
UseCase = Callable[[Transaction, Actor, datetime], T]

REFUSAL = "Why nothing was done, where nothing was (拒绝)."


@strawberry.type(description="A job, or why there is none (后台任务).")
class JobPayload:
    """The answer of mutations that leave their work to a worker."""

    job: Job | None = strawberry.field(description="The job that does the work (后台任务).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="A campaign after a step, or why the step was not done (抽查任务).")
class CampaignPayload:
    """The answer of a campaign's steps."""

    campaign: StaffCampaign | None = strawberry.field(description="The campaign as it is now (抽查任务).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="What a reveal leaves to wait for, or why it was refused (揭示结果).")
class RevealPayload:
    """The answer of a reveal."""

    waiting_for: list[str] | None = strawberry.field(
        description="The parties that have not revealed yet (尚未揭示的参与方)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="The entry of what came of a beacon, or why it was refused (随机数条目).")
class BeaconPayload:
    """The answer of handing in what the beacon gave."""

    entry: Entry | None = strawberry.field(description="The entry that was written (日志条目).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="A finding as it is now, or why nothing was done (检查结果).")
class FindingPayload:
    """The answer of recording and reviewing."""

    finding: RecordedFinding | None = strawberry.field(description="The finding's newest version (最新版本).")
    conflict: int | None = strawberry.field(
        description="The number of the conflict as which it was kept, since another account stood (冲突序号)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="What was published, or why nothing was (公示情况).")
class PublishPayload:
    """The answer of publishing."""

    published_count: int | None = strawberry.field(description="How many findings were published by this (公示数).")
    campaign: StaffCampaign | None = strawberry.field(description="The campaign as it is now (抽查任务).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="A version of a model after a step, or why the step was not done (模型版本).")
class ModelPayload:
    """The answer of a model's steps."""

    model: Model | None = strawberry.field(description="The version as it is now (当前版本).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="An auditor's key, or why nothing was done (审计员密钥).")
class AuditorPayload:
    """The answer of registering and withdrawing."""

    auditor: Auditor | None = strawberry.field(description="The key as it stands now (审计员密钥).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="A verdict in the ledger, or why it was not taken in (审计意见).")
class AttestationPayload:
    """The answer of a verdict."""

    attestation: Attestation | None = strawberry.field(description="The verdict as it stands in the ledger (审计意见).")
    proof: str | None = strawberry.field(
        description="The file that proves its entry (c2sp.org/tlog-proof); nothing until the witnesses have cosigned "
        "(条目证明文件)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="Documents after a step towards their expiry, or why it was not done (到期文档).")
class ExpiryPayload:
    """The answer of proposing, withdrawing and confirming."""

    documents: list[ExpiringDocument] | None = strawberry.field(description="The documents as they are now (到期文档).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="The version of a source that holds, or why it was not added (数据来源版本).")
class SourcePayload:
    """The answer of adding a source."""

    source: Source | None = strawberry.field(description="The source (数据来源).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


async def attempt(info: Info, use_case: UseCase[T]) -> tuple[T, None] | tuple[None, RefusalAnswer]:
    """Return what a use case gives, or its refusal in the caller's language; its transaction is then undone."""
    try:
        return await act(info, use_case), None
    except Refusal as refusal:
        return None, RefusalAnswer.to(info, refusal)


async def ask(info: Info, request: UseCase[HeldJob]) -> JobPayload:
    """Answer a request for long work."""
    told, refusal = await attempt(info, lambda tx, actor, now: with_files(tx, [request(tx, actor, now)])[0])
    job = None if told is None else Job.of(told, info.context.language)
    return JobPayload(job=job, refusal=refusal)


async def step(info: Info, campaign: str, use_case: UseCase[object]) -> CampaignPayload:
    """Answer a step of a campaign."""

    def work(tx: Transaction, actor: Actor, now: datetime) -> campaigns.Campaign:
        use_case(tx, actor, now)
        return campaigns.read(tx, actor, campaign)

    found, refusal = await attempt(info, work)
    return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)
