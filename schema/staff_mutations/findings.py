"""What visits found: record, review, publish (检查结果)."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling import campaigns, findings, publishing, reviewing
from sampling.visits.accounts import Account
from sampling.visits.recording import record_finding
from schema.context import Info
from schema.decorators import mutation
from schema.scalars import USCC
from schema.staff_mutations.arguments import CampaignCode, EnterpriseCode, OfVersion
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.findings import RecordedFinding
from schema.staff_types.payloads import FindingPayload, PublishPayload, UseCase, attempt
from schema.staff_types.visits import CheckAnswerInput, HandInInput, SignatureInput
from scoring.results import FollowUp, Result

VisitedOn = Annotated[date, strawberry.argument(description="The date of the visit (检查日期).")]
Results = Annotated[
    list[Result], strawberry.argument(description="What was found; NO_PROBLEM stands alone (检查结果).")
]
FollowUpOf = Annotated[FollowUp, strawberry.argument(description="What follows (后续处理).")]
SignatureOf = Annotated[SignatureInput, strawberry.argument(description="How the on-site record was signed (签字).")]
Measures = Annotated[str, strawberry.argument(description="The measures that were taken (采取的措施).")]
CorrectBy = Annotated[
    date | None, strawberry.argument(description="By when it is to be corrected; needed with CORRECTION (整改期限).")
]
Answers = Annotated[
    list[CheckAnswerInput] | None,
    strawberry.argument(description="The answers to the checklist, all of them where there is one (检查要点作答)."),
]
HandInOf = Annotated[
    HandInInput | None, strawberry.argument(description="Of what was written down offline (离线录入).")
]
Facts = Annotated[str, strawberry.argument(description="The facts in words; never published (检查情况).")]
Approve = Annotated[
    bool, strawberry.argument(description="Whether it may be published; otherwise it is returned (是否同意公示).")
]
ReviewNote = Annotated[str, strawberry.argument(description="A note; a return needs one (审核意见).")]
Enterprises = Annotated[
    list[USCC] | None,
    strawberry.argument(description="Only the findings of these; none: all that are approved (企业)."),
]


@strawberry.type
class FindingMutations:
    """From visit to publication."""

    @mutation("Record what a visit found; only an inspector of its team may (录入检查结果).")
    async def record_finding(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        visited_on: VisitedOn,
        results: Results,
        follow_up: FollowUpOf,
        signature: SignatureOf,
        facts: Facts = "",
        measures: Measures = "",
        correct_by: CorrectBy = None,
        answers: Answers = None,
        hand_in: HandInOf = None,
    ) -> FindingPayload:
        """Record a finding."""
        account = Account(
            visited=visited_on,
            results=tuple(result.value for result in results),
            follow_up=follow_up.value,
            facts=facts,
            signature=signature.signature(),
            measures=measures,
            correct_by=correct_by,
            answers=tuple(each.answer() for each in answers or ()),
        )
        later = None if hand_in is None else hand_in.hand_in()
        recorded, refusal = await attempt(
            info, lambda tx, actor, now: record_finding(tx, actor, now, campaign, enterprise, account, later)
        )
        if recorded is None:
            return FindingPayload(finding=None, conflict=None, refusal=refusal)
        found = RecordedFinding.of(recorded.finding)
        return FindingPayload(finding=found, conflict=recorded.conflict, refusal=None)

    @mutation("Approve a finding, or return it to be recorded anew; never by who recorded it (审核检查结果).")
    async def review_finding(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        approve: Approve,
        note: ReviewNote = "",
        version: OfVersion = None,
    ) -> FindingPayload:
        """Review a finding."""
        return await _answer(
            info,
            lambda tx, actor, now: reviewing.review_finding(
                tx, actor, now, campaign, enterprise, approve, note, version
            ),
        )

    @mutation("Publish approved findings: each opens its slot and becomes a record (公示检查结果).")
    async def publish_findings(
        self, info: Info, campaign: CampaignCode, enterprises: Enterprises = None
    ) -> PublishPayload:
        """Publish findings."""

        def work(tx: Transaction, actor: Actor, now: datetime) -> tuple[int, campaigns.Campaign]:
            entries = publishing.publish_findings(tx, actor, now, campaign, enterprises)
            return int(entries[0].body["count"]), campaigns.read(tx, actor, campaign)

        done, refusal = await attempt(info, work)
        if done is None:
            return PublishPayload(published_count=None, campaign=None, refusal=refusal)
        count, found = done
        return PublishPayload(published_count=count, campaign=StaffCampaign.of(found), refusal=None)


async def _answer(info: Info, use_case: UseCase[findings.Finding]) -> FindingPayload:
    found, refusal = await attempt(info, use_case)
    return FindingPayload(finding=None if found is None else RecordedFinding.of(found), conflict=None, refusal=refusal)
