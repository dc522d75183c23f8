"""What staff may follow (内部订阅); who may is decided anew at every event."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import strawberry
from sqlalchemy import Connection

from ledger import jobs
from ledger.notifications import Topic
from sampling import campaigns, disclosures
from sampling.findings import Finding, visible_findings
from schema.context import Info
from schema.decorators import subscription
from schema.following import FromSeq, following, ledger_entries
from schema.nodes import own_key
from schema.public_types.ledger import Entry
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_mutations.checking import JobId
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.findings import RecordedFinding
from schema.staff_types.jobs import Job, JobState, ToldJob, with_files

ENDED_JOB = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
ENDED_CAMPAIGN = ("closed", "voided")


@strawberry.type(description="What staff may follow (内部订阅).")
class Subscription:
    """The staff's subscriptions."""

    @subscription("A job as it is now, and again whenever it changes, until it ends (后台任务进度).")
    async def job(self, info: Info, id: JobId) -> AsyncIterator[Job]:  # noqa: A002
        """Follow a job."""
        context = info.context

        def read(tx: Connection) -> ToldJob:
            return with_files(tx, [jobs.read(tx, context.signed_in, own_key("Job", id))])[0]

        told: Job | None = None
        async with aclosing(following(info, Topic.JOBS, read)) as changes:
            async for found in changes:
                job = Job.of(found, context.language)
                if job != told:
                    told = job
                    yield job
                if job.state in ENDED_JOB:
                    return

    @subscription("The ledger's entries from a place on, each once it is signed, none left out or twice (日志条目).")
    async def ledger_entries(self, info: Info, from_: FromSeq = None) -> AsyncIterator[Entry]:
        """Follow the ledger."""
        async with aclosing(ledger_entries(info, from_)) as entries:
            async for entry in entries:
                yield entry

    @subscription("A campaign's findings that you may see, each when it is new or otherwise than before (检查结果).")
    async def findings(self, info: Info, campaign: CampaignCode) -> AsyncIterator[RecordedFinding]:
        """Follow the findings of a campaign."""
        context = info.context

        def read(tx: Connection) -> dict[int, Finding]:
            return {each.position: each for each in visible_findings(tx, context.signed_in, campaign)}

        seen: dict[int, Finding] | None = None
        async with aclosing(following(info, Topic.LOG, read)) as changes:
            async for found in changes:
                for position, finding in found.items():
                    if seen is not None and seen.get(position) != finding:
                        yield RecordedFinding.of(finding)
                seen = found

    @subscription("A campaign as it is now, and again at each step: freeze, beacon, draw, match, end (抽取进程).")
    async def draw(self, info: Info, campaign: CampaignCode) -> AsyncIterator[StaffCampaign]:
        """Follow a campaign."""
        context = info.context

        def read(tx: Connection) -> tuple[campaigns.Campaign, tuple[object, ...]]:
            found = campaigns.read(tx, context.signed_in, campaign)
            return found, disclosures.steps(tx, campaign)

        seen: object = None
        async with aclosing(following(info, Topic.LOG, read)) as changes:
            async for found, steps in changes:
                if (found.state, steps) != seen:
                    seen = found.state, steps
                    yield StaffCampaign.of(found)
                if found.state in ENDED_CAMPAIGN:
                    return
