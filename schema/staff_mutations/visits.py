"""At the site: notice, evidence, the second inspector's word, conflicts (现场检查)."""

from datetime import date
from typing import Annotated

import strawberry

from sampling import findings
from sampling.visits.confirming import confirm_finding
from sampling.visits.evidence import keep_evidence
from sampling.visits.noticing import issue_notice
from sampling.visits.settling import Choice, settle_conflict
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import CampaignCode, EnterpriseCode, OfVersion
from schema.staff_types.files import Upload, read_evidence_upload
from schema.staff_types.findings import RecordedFinding
from schema.staff_types.payloads import FindingPayload, UseCase, attempt
from schema.staff_types.visits import EvidenceFile, EvidencePayload, VisitForm, VisitFormPayload

PlannedOn = Annotated[date, strawberry.argument(description="When the inspectors will come (检查日期).")]
NoticeRemark = Annotated[str, strawberry.argument(description="What is to be kept ready (需准备的材料).")]
EvidenceUpload = Annotated[
    Upload, strawberry.argument(description="The file: .jpg, .png or .pdf, and what its name says it is (证据文件).")
]
EvidenceNote = Annotated[str, strawberry.argument(description="What it shows (说明).")]
Agree = Annotated[bool, strawberry.argument(description="Whether it is so; otherwise it is recorded anew (是否确认).")]
ConfirmNote = Annotated[str, strawberry.argument(description="A note; a dispute needs one (意见).")]
ConflictNumber = Annotated[int, strawberry.argument(description="The conflict's number at the enterprise (序号).")]
ChoiceOf = Annotated[Choice, strawberry.argument(description="What comes of it (处理结果).")]
SettlementNote = Annotated[str, strawberry.argument(description="Why (处理说明).")]


@strawberry.type
class VisitMutations:
    """From assignment to a confirmed finding."""

    @mutation("Issue the inspection notice of a visit, with its number (签发检查通知书).")
    async def issue_notice(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        planned_on: PlannedOn,
        remark: NoticeRemark = "",
    ) -> VisitFormPayload:
        """Issue a notice."""
        form, refusal = await attempt(
            info, lambda tx, actor, now: issue_notice(tx, actor, now, campaign, enterprise, planned_on, remark)
        )
        return VisitFormPayload(form=None if form is None else VisitForm.of(form), refusal=refusal)

    @mutation("Keep a file of evidence of a visit of yours (提交证据).")
    async def keep_evidence(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        file: EvidenceUpload,
        note: EvidenceNote = "",
    ) -> EvidencePayload:
        """Keep a file."""
        read, refusal = await read_evidence_upload(info, file)
        if read is None:
            return EvidencePayload(file=None, refusal=refusal)
        kept, refusal = await attempt(
            info, lambda tx, actor, now: keep_evidence(tx, actor, now, campaign, enterprise, read, note)
        )
        return EvidencePayload(file=None if kept is None else EvidenceFile.of(kept), refusal=refusal)

    @mutation("Confirm what another inspector of your team recorded, or dispute it (两人确认).")
    async def confirm_finding(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        agree: Agree,
        note: ConfirmNote = "",
        version: OfVersion = None,
    ) -> FindingPayload:
        """Confirm a finding."""
        return await _answer(
            info,
            lambda tx, actor, now: confirm_finding(tx, actor, now, campaign, enterprise, agree, note, version),
        )

    @mutation("Settle a conflict: keep what stands, or record anew what was handed in later (处理离线冲突).")
    async def settle_conflict(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        number: ConflictNumber,
        choice: ChoiceOf,
        note: SettlementNote,
    ) -> FindingPayload:
        """Settle a conflict."""
        return await _answer(
            info,
            lambda tx, actor, now: settle_conflict(tx, actor, now, campaign, enterprise, number, choice, note),
        )


async def _answer(info: Info, use_case: UseCase[findings.Finding]) -> FindingPayload:
    found, refusal = await attempt(info, use_case)
    return FindingPayload(finding=None if found is None else RecordedFinding.of(found), conflict=None, refusal=refusal)
