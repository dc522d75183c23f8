"""What follows an approved finding: corrections, repairs, re-checks, transfers, joint punishment (公示与后续)."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry

from sampling.publication import calendars, corrections, endings, proceedings, punishments, rechecks, transfers
from sampling.requests import request_tending
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.staff_mutations.arguments import CampaignCode, EnterpriseCode, IfVersion
from schema.staff_mutations.findings import FollowUpOf, Results, VisitedOn
from schema.staff_types.payloads import JobPayload, UseCase, ask, attempt
from schema.staff_types.proceedings import (
    CalendarPayload,
    CalendarYear,
    CalendarYearInput,
    Proceeding,
    ProceedingPayload,
)

YearArgument = Annotated[CalendarYearInput, strawberry.argument(description="The year (年度安排).")]
ProceedingId = Annotated[strawberry.ID, strawberry.argument(description="The proceeding's id (事项编号).")]
Approve = Annotated[bool, strawberry.argument(description="Whether it is done; otherwise it is refused (是否通过).")]
Note = Annotated[str, strawberry.argument(description="What is said with it; a refusal needs one (意见).")]
Said = Annotated[str, strawberry.argument(description="What is said with it (意见).")]
Reason = Annotated[str, strawberry.argument(description="Why (理由).")]
Basis = Annotated[str, strawberry.argument(description="The legal basis (依据).")]
Department = Annotated[str, strawberry.argument(description="The receiving department's code (接收部门代码).")]
CheckedOn = Annotated[date, strawberry.argument(description="The day of the re-check (复查日期).")]
Corrected = Annotated[bool, strawberry.argument(description="Whether it was corrected (是否整改).")]
FactsOf = Annotated[str, strawberry.argument(description="The facts (复查情况).")]
AnswerBy = Annotated[date, strawberry.argument(description="By when it is to be answered (答复期限).")]
Trigger = Annotated[str, strawberry.argument(description="What the measure answers (事由).")]
Measure = Annotated[str, strawberry.argument(description="The measure (措施).")]
EndsOn = Annotated[date, strawberry.argument(description="The end of its term (期限).")]


@strawberry.enum(description="How a department answers a transfer (移送答复).")
class TransferAnswer(Enum):
    """The answers."""

    TAKEN = strawberry.enum_value("taken", description="It takes it (接收).")
    RETURNED = strawberry.enum_value("returned", description="It gives it back, and says why (退回).")
    ENDED = strawberry.enum_value("ended", description="It has dealt with it, and says how (办结).")


AnswerOf = Annotated[TransferAnswer, strawberry.argument(description="The answer (答复).")]


@strawberry.type
class PublicationMutations:
    """What follows an approved finding."""

    @mutation("Enter a year's holidays and make-up working days, by which deadlines count (录入工作日历).")
    async def add_calendar_year(self, info: Info, year: YearArgument, if_version: IfVersion = None) -> CalendarPayload:
        """Enter a year."""
        given = (year.year, year.source, year.holidays, year.workdays, if_version)
        found, refusal = await attempt(info, lambda tx, actor, now: calendars.add_year(tx, actor, now, *given))
        return CalendarPayload(year=None if found is None else CalendarYear.of(found), refusal=refusal)

    @mutation("Tell of deadlines and end what is over its retention now, as is done once a day (处理公示期限).")
    async def tend_publications(self, info: Info) -> JobPayload:
        """Ask for the day's tending."""
        return await ask(info, request_tending)

    @mutation("Propose that a published finding say something else; another person decides (提议更正).")
    async def propose_correction(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        visited_on: VisitedOn,
        results: Results,
        follow_up: FollowUpOf,
        reason: Reason,
    ) -> ProceedingPayload:
        """Propose a correction."""
        said = (visited_on, [result.value for result in results], follow_up.value, reason)
        return await _answer(
            info, lambda tx, actor, now: corrections.propose(tx, actor, now, campaign, enterprise, *said)
        )

    @mutation("Correct a published finding as it was proposed, or refuse it (审定更正).")
    async def decide_correction(
        self, info: Info, proceeding: ProceedingId, approve: Approve, note: Note = ""
    ) -> ProceedingPayload:
        """Decide a correction."""
        return await _answer(
            info,
            lambda tx, actor, now: corrections.decide(tx, actor, now, own_key("Proceeding", proceeding), approve, note),
        )

    @mutation("Propose that a published finding be shown no more; another person decides (申请信用修复).")
    async def propose_repair(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode, basis: Basis, reason: Reason
    ) -> ProceedingPayload:
        """Propose a repair."""
        return await _answer(
            info,
            lambda tx, actor, now: endings.propose_repair(tx, actor, now, campaign, enterprise, basis, reason),
        )

    @mutation("Show a published finding no more as it was proposed, or refuse it (审定信用修复).")
    async def decide_repair(
        self, info: Info, proceeding: ProceedingId, approve: Approve, note: Note = ""
    ) -> ProceedingPayload:
        """Decide a repair."""
        return await _answer(
            info,
            lambda tx, actor, now: endings.decide_repair(
                tx, actor, now, own_key("Proceeding", proceeding), approve, note
            ),
        )

    @mutation("Record whether what was ordered was corrected; an inspector of the visit's team (录入整改复查).")
    async def record_recheck(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        checked_on: CheckedOn,
        corrected: Corrected,
        facts: FactsOf,
    ) -> ProceedingPayload:
        """Record a re-check."""
        return await _answer(
            info,
            lambda tx, actor, now: rechecks.record(tx, actor, now, campaign, enterprise, checked_on, corrected, facts),
        )

    @mutation("Send an approved finding to another department (移送).")
    async def send_transfer(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        department: Department,
        basis: Basis,
        reason: Reason,
        answer_by: AnswerBy,
    ) -> ProceedingPayload:
        """Send a transfer."""
        said = (department, basis, reason, answer_by)
        return await _answer(info, lambda tx, actor, now: transfers.send(tx, actor, now, campaign, enterprise, *said))

    @mutation("Take a transfer, give it back, or end it, as the receiving department (答复移送).")
    async def answer_transfer(
        self, info: Info, proceeding: ProceedingId, answer: AnswerOf, note: Said = ""
    ) -> ProceedingPayload:
        """Answer a transfer."""
        return await _answer(
            info,
            lambda tx, actor, now: transfers.answer(
                tx, actor, now, own_key("Proceeding", proceeding), str(answer.value), note
            ),
        )

    @mutation("Propose a measure of joint punishment for a published finding (提请联合惩戒).")
    async def propose_punishment(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprise: EnterpriseCode,
        trigger: Trigger,
        basis: Basis,
        measure: Measure,
        department: Department,
        ends_on: EndsOn,
    ) -> ProceedingPayload:
        """Propose a punishment."""
        said = (trigger, basis, measure, department, ends_on)
        return await _answer(
            info, lambda tx, actor, now: punishments.propose(tx, actor, now, campaign, enterprise, *said)
        )

    @mutation("Put a measure in force as it was proposed, or refuse it (审定联合惩戒).")
    async def decide_punishment(
        self, info: Info, proceeding: ProceedingId, approve: Approve, note: Note = ""
    ) -> ProceedingPayload:
        """Decide a punishment."""
        return await _answer(
            info,
            lambda tx, actor, now: punishments.decide(tx, actor, now, own_key("Proceeding", proceeding), approve, note),
        )

    @mutation("Feed back on a measure in force, as the receiving body (反馈联合惩戒).")
    async def answer_punishment(self, info: Info, proceeding: ProceedingId, note: Said) -> ProceedingPayload:
        """Answer a punishment."""
        return await _answer(
            info, lambda tx, actor, now: punishments.answer(tx, actor, now, own_key("Proceeding", proceeding), note)
        )

    @mutation("End a measure that is in force (解除联合惩戒).")
    async def end_punishment(self, info: Info, proceeding: ProceedingId, note: Said) -> ProceedingPayload:
        """End a punishment."""
        return await _answer(
            info, lambda tx, actor, now: punishments.end(tx, actor, now, own_key("Proceeding", proceeding), note)
        )


async def _answer(info: Info, use_case: UseCase[proceedings.Proceeding]) -> ProceedingPayload:
    found, refusal = await attempt(info, use_case)
    return ProceedingPayload(proceeding=None if found is None else Proceeding.of(found), refusal=refusal)
