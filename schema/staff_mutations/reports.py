"""What a bureau files of campaigns and years (报告)."""

from typing import Annotated

import strawberry

from sampling import requests
from sampling.reports import quarterly_report
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.annual_plans import DepartmentCode, Year
from schema.staff_mutations.arguments import CampaignCode, Purpose
from schema.staff_types.payloads import JobPayload, ask

QuarterName = Annotated[str, strawberry.argument(description="The quarter, such as 2026Q3 (季度).")]


@strawberry.type
class ReportMutations:
    """Reports."""

    @mutation("Make a campaign's report, naming nobody; PDF and XLSX are the job's files (抽查任务情况报告).")
    async def file_campaign_report(self, info: Info, campaign: CampaignCode) -> JobPayload:
        """Ask for a report."""
        return await ask(info, lambda tx, actor, now: requests.request_campaign_report(tx, actor, now, campaign))

    @mutation("Make the report of a department's year; PDF and XLSX are the job's files (年度工作报告).")
    async def file_annual_report(self, info: Info, department: DepartmentCode, year: Year) -> JobPayload:
        """Ask for a report."""
        return await ask(info, lambda tx, actor, now: requests.request_annual_report(tx, actor, now, department, year))

    @mutation(
        "Make the report of a quarter on grades, draws and models; HTML and PDF are the job's files "
        "(季度信用风险分类与抽查评估报告)."
    )
    async def file_quarterly_report(self, info: Info, quarter: QuarterName, purpose: Purpose) -> JobPayload:
        """Ask for a report."""
        return await ask(info, lambda tx, actor, now: quarterly_report.request(tx, actor, now, quarter, purpose))
