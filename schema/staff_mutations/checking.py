"""Bundles, audits and the jobs themselves (审计与后台任务)."""

from typing import Annotated

import strawberry

from ledger import jobs
from sampling import requests
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_types.files import Upload, read_upload
from schema.staff_types.payloads import JobPayload, ask

BundleFile = Annotated[Upload, strawberry.argument(description="The bundle (审计包).")]
TrustText = Annotated[
    str | None, strawberry.argument(description="The trust file's text: pinned keys; none: keys unverified (信任文件).")
]
JobId = Annotated[strawberry.ID, strawberry.argument(description="The job's id (任务编号).")]


@strawberry.type
class CheckingMutations:
    """Checks, and jobs."""

    @mutation("Make the auditor's bundle of a drawn campaign; it is the job's file (导出审计包).")
    async def export_bundle(self, info: Info, campaign: CampaignCode) -> JobPayload:
        """Ask for a bundle."""
        return await ask(info, lambda tx, actor, now: requests.request_bundle(tx, actor, now, campaign))

    @mutation("Verify a bundle: everything is computed anew from it (验证审计包).")
    async def verify_bundle(self, info: Info, file: BundleFile, trust: TrustText = None) -> JobPayload:
        """Ask for a verification."""
        bundle = await read_upload(file)
        return await ask(
            info, lambda tx, actor, now: requests.request_verification(tx, actor, now, bundle.content, trust)
        )

    @mutation("Compare the whole database with the ledger (审计).")
    async def audit_database(self, info: Info) -> JobPayload:
        """Ask for an audit."""
        return await ask(info, requests.request_audit)

    @mutation("Ask for a job to end; what it has not committed is undone (取消任务).")
    async def cancel_job(self, info: Info, id: JobId) -> JobPayload:  # noqa: A002
        """Cancel a job."""
        return await ask(info, lambda tx, actor, now: jobs.cancel(tx, actor, now, own_key("Job", id)))
