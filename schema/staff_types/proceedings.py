"""What follows an approved finding, as staff see it: deadlines, proceedings, years of holidays (公示与后续)."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, TypeAlias, Union

import strawberry

from sampling.publication import calendars, proceedings
from sampling.publication.deadlines import Urgency
from sampling.publication.penalties import LinkedPenalty
from sampling.publication.proceedings import Kind, State
from sampling.publication.reminding import Awaited
from sampling.publication.working_days import Source
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC

REFUSAL = "Why nothing was done, where nothing was (拒绝)."


@strawberry.enum(name="ProceedingKind", description="What a proceeding about a finding is (事项类型).")
class KindAnswer(Enum):
    """The kinds."""

    CORRECTION = strawberry.enum_value("correction", description="The published finding is to say else (更正).")
    REPAIR = strawberry.enum_value("repair", description="It is to be shown no more (信用修复).")
    RECHECK = strawberry.enum_value("recheck", description="Whether what was ordered was corrected (整改复查).")
    TRANSFER = strawberry.enum_value("transfer", description="It goes to another department (移送).")
    PUNISHMENT = strawberry.enum_value("punishment", description="A measure of joint punishment (联合惩戒).")


@strawberry.enum(description="How far a proceeding has come (事项状态).")
class ProceedingState(Enum):
    """The states."""

    OPEN = strawberry.enum_value(State.OPEN.value, description="Waits for its first step (待办).")
    APPROVED = strawberry.enum_value(State.APPROVED.value, description="Was done as it was proposed (已通过).")
    REFUSED = strawberry.enum_value(State.REFUSED.value, description="Was refused (不予通过).")
    TAKEN = strawberry.enum_value(State.TAKEN.value, description="The department took it (已接收).")
    RETURNED = strawberry.enum_value(State.RETURNED.value, description="The department gave it back (已退回).")
    CONFIRMED = strawberry.enum_value(State.CONFIRMED.value, description="Is in force (执行中).")
    ANSWERED = strawberry.enum_value(State.ANSWERED.value, description="Is in force, and was fed back on (已反馈).")
    ENDED = strawberry.enum_value(State.ENDED.value, description="Has ended (已办结).")
    CORRECTED = strawberry.enum_value(State.CORRECTED.value, description="The re-check found it corrected (已整改).")
    NOT_CORRECTED = strawberry.enum_value(State.NOT_CORRECTED.value, description="It did not (未整改).")


@strawberry.enum(name="PublicationUrgency", description="How a deadline stands today (期限状态).")
class UrgencyAnswer(Enum):
    """The urgencies."""

    OPEN = strawberry.enum_value(Urgency.OPEN.value, description="There is time (未到预警).")
    WARNED = strawberry.enum_value(Urgency.WARNED.value, description="It is due soon (预警).")
    OVERDUE = strawberry.enum_value(Urgency.OVERDUE.value, description="It was missed (逾期).")


@strawberry.enum(name="CalendarSource", description="Who says which days of a year are working days (工作日历来源).")
class SourceAnswer(Enum):
    """The sources."""

    BUREAU = strawberry.enum_value(Source.BUREAU.value, description="An administrator entered them (本单位录入).")
    LIBRARY = strawberry.enum_value(Source.LIBRARY.value, description="The national table as released (国家安排).")
    NOBODY = strawberry.enum_value(
        Source.NOBODY.value, description="Nobody announced them: weekends alone, provisionally (暂算)."
    )


@strawberry.type(description="What a correction proposes (更正内容).")
class CorrectionContent:
    """A correction."""

    version: int = strawberry.field(description="Which version it is to be (版本).")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    reason: str = strawberry.field(description="Why (理由).")


@strawberry.type(description="What a credit repair says (修复内容).")
class RepairContent:
    """A repair."""

    basis: str = strawberry.field(description="The legal basis (依据).")
    reason: str = strawberry.field(description="What was made good (理由).")


@strawberry.type(description="What a re-check found (复查内容).")
class RecheckContent:
    """A re-check."""

    checked_on: date = strawberry.field(description="The day of the re-check (复查日期).")
    corrected: bool = strawberry.field(description="Whether it was corrected (是否整改).")
    facts: str = strawberry.field(description="The facts (复查情况).")


@strawberry.type(description="What a transfer asks (移送内容).")
class TransferContent:
    """A transfer."""

    department_code: str = strawberry.field(description="The receiving department (接收部门代码).")
    basis: str = strawberry.field(description="The legal basis (依据).")
    reason: str = strawberry.field(description="Why (理由).")
    answer_by: date = strawberry.field(description="By when it is to be answered (答复期限).")


@strawberry.type(description="What a joint punishment is (惩戒内容).")
class PunishmentContent:
    """A punishment."""

    trigger: str = strawberry.field(description="What it answers (事由).")
    basis: str = strawberry.field(description="The legal basis (依据).")
    measure: str = strawberry.field(description="The measure (措施).")
    department_code: str = strawberry.field(description="The receiving body (执行部门代码).")
    ends_on: date = strawberry.field(description="The end of its term (期限).")


ProceedingContent: TypeAlias = Annotated[
    Union[CorrectionContent, RepairContent, RecheckContent, TransferContent, PunishmentContent],  # noqa: UP007
    strawberry.union("ProceedingContent", description="What a proceeding says, by its kind (事项内容)."),
]


@strawberry.type(description="A step of a proceeding (办理步骤).")
class ProceedingStep:
    """A step."""

    state: ProceedingState = strawberry.field(description="What the proceeding came to by it (状态).")
    note: str = strawberry.field(description="What was said with it (意见).")
    by: str = strawberry.field(description="By whom (办理人).")
    at: datetime = strawberry.field(description="When (办理时间).")


@strawberry.type(description="Something about a finding that somebody began, confidential (后续事项).")
class Proceeding(Node):
    """A proceeding."""

    document_id: str = strawberry.field(
        description="The document that binds it, as the ledger's entries name it (文档编号)."
    )
    kind: KindAnswer = strawberry.field(description="What it is (类型).")
    state: ProceedingState = strawberry.field(description="How far it has come (状态).")
    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC | None = strawberry.field(
        description="The enterprise; nothing where the campaign's frame has expired (统一社会信用代码)."
    )
    enterprise_name: str | None = strawberry.field(
        description="Its name today; nothing where the campaign's frame has expired (企业名称)."
    )
    lead_department_code: str = strawberry.field(
        description="The department that leads the campaign, and decides (牵头部门代码)."
    )
    opened_by: str = strawberry.field(description="Who began it (提出人).")
    opened_at: datetime = strawberry.field(description="When (提出时间).")
    content: ProceedingContent = strawberry.field(description="What it says (内容).")
    steps: list[ProceedingStep] = strawberry.field(description="What was done since, in order (办理步骤).")

    @classmethod
    def of(cls, found: proceedings.Proceeding) -> "Proceeding":
        """Make the answer of a proceeding."""
        return cls(
            key=PROCEEDINGS.key(found),
            document_id=found.id,
            kind=KindAnswer(found.kind.value),
            state=ProceedingState(found.state.value),
            campaign_code=found.campaign,
            position=found.position,
            enterprise_code=USCC(found.enterprise) if found.enterprise else None,
            enterprise_name=found.name or None,
            lead_department_code=found.lead,
            opened_by=found.opened_by,
            opened_at=found.opened_at,
            content=_CONTENTS[found.kind](found.content),
            steps=[
                ProceedingStep(state=ProceedingState(each.step), note=each.content["note"], by=each.by, at=each.at)
                for each in found.steps
            ],
        )


PROCEEDINGS: Keyset[proceedings.Proceeding] = Keyset(
    "proceedings", (datetime, str), lambda found: (found.opened_at, found.id)
)


@strawberry.enum(description="What proceedings may go by (后续事项排序字段).")
class ProceedingOrderField(Enum):
    """The orders."""

    OPENED = strawberry.enum_value("opened", description="When they were begun (开始时间).")


PROCEEDINGS_BY = Orders({ProceedingOrderField.OPENED: PROCEEDINGS})
ProceedingsBy = Annotated[Order[ProceedingOrderField] | None, order_of("oldest first (排序).")]

_CONTENTS: Mapping[Kind, Callable[[Mapping[str, Any]], ProceedingContent]] = {
    Kind.CORRECTION: lambda content: CorrectionContent(
        version=content["version"],
        visited_on=date.fromisoformat(content["visited"]),
        results=[ResultAnswer.of(each) for each in content["results"]],
        follow_up=FollowUpAnswer.of(content["follow_up"]),
        reason=content["reason"],
    ),
    Kind.REPAIR: lambda content: RepairContent(basis=content["basis"], reason=content["reason"]),
    Kind.RECHECK: lambda content: RecheckContent(
        checked_on=date.fromisoformat(content["checked_on"]),
        corrected=bool(content["corrected"]),
        facts=content["facts"],
    ),
    Kind.TRANSFER: lambda content: TransferContent(
        department_code=content["to"],
        basis=content["basis"],
        reason=content["reason"],
        answer_by=date.fromisoformat(content["answer_by"]),
    ),
    Kind.PUNISHMENT: lambda content: PunishmentContent(
        trigger=content["trigger"],
        basis=content["basis"],
        measure=content["measure"],
        department_code=content["to"],
        ends_on=date.fromisoformat(content["ends"]),
    ),
}


@strawberry.type(description="A proceeding as it is now, or why nothing was done (后续事项).")
class ProceedingPayload:
    """The answer of a proceeding's steps."""

    proceeding: Proceeding | None = strawberry.field(description="The proceeding (后续事项).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="By when a finding is to be published (公示期限).")
class PublicationDeadline:
    """A deadline."""

    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    warned_on: date = strawberry.field(description="From when on it is warned of (预警日).")
    due_on: date = strawberry.field(description="The last day (期限).")
    provisional: bool = strawberry.field(
        description="Whether it is provisional, since a year's holidays were not announced yet (暂算)."
    )
    urgency: UrgencyAnswer = strawberry.field(description="How it stands today (状态).")
    working_days_left: int = strawberry.field(
        description="Working days that are left; negative: so many too late (剩余工作日)."
    )

    @classmethod
    def of(cls, found: Awaited) -> "PublicationDeadline":
        """Make the answer of a deadline."""
        return cls(
            position=found.position,
            enterprise_code=USCC(found.enterprise),
            visited_on=found.visited,
            warned_on=found.deadline.warn,
            due_on=found.deadline.due,
            provisional=found.deadline.provisional,
            urgency=UrgencyAnswer(found.urgency.value),
            working_days_left=found.left,
        )


@strawberry.input(
    description="A year's days off that would be working days, and days that are worked for them (年度安排)."
)
class CalendarYearInput:
    """A year of a calendar."""

    year: int = strawberry.field(description="The civil year (年度).")
    source: str = strawberry.field(description="The document that announced it, with its number (文件).")
    holidays: list[date] = strawberry.field(description="Days off (休息日).")
    workdays: list[date] = strawberry.field(description="Saturdays and Sundays that are worked (调休上班日).")


@strawberry.type(description="A year as working days are counted in it (工作日历).")
class CalendarYear:
    """A year of the calendar."""

    year: int = strawberry.field(description="The civil year (年度).")
    told_by: SourceAnswer = strawberry.field(description="Who says so (来源).")
    source: str = strawberry.field(description="The document that announced it (文件).")
    version: int = strawberry.field(description="Which version of the bureau's own, 0 without one (版本).")
    added_by: str = strawberry.field(description="Who entered it (录入人).")
    added_at: datetime | None = strawberry.field(description="When (录入时间).")
    holidays: list[date] = strawberry.field(description="Days off (休息日).")
    workdays: list[date] = strawberry.field(description="Saturdays and Sundays that are worked (调休上班日).")

    @classmethod
    def of(cls, found: calendars.Year) -> "CalendarYear":
        """Make the answer of a year."""
        return cls(
            year=found.table.year,
            told_by=SourceAnswer(found.told_by.value),
            source=found.table.source,
            version=found.version,
            added_by=found.added_by,
            added_at=found.added_at,
            holidays=sorted(found.table.holidays),
            workdays=sorted(found.table.workdays),
        )


@strawberry.type(description="A year of the calendar as it is counted now, or why nothing was done (工作日历).")
class CalendarPayload:
    """The answer of entering a year."""

    year: CalendarYear | None = strawberry.field(description="The year (年度安排).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(name="LinkedPenalty", description="A penalty whose words name a finding (关联处罚).")
class LinkedPenaltyAnswer:
    """A penalty."""

    number: str = strawberry.field(description="The number of its decision (处罚决定书文号).")
    body: str = strawberry.field(description="Who decided it (处罚机关).")
    decided_on: date | None = strawberry.field(description="When (处罚决定日期).")
    category: str = strawberry.field(description="What kind it is (处罚类别).")

    @classmethod
    def of(cls, found: LinkedPenalty) -> "LinkedPenaltyAnswer":
        """Make the answer of a penalty."""
        return cls(number=found.number, body=found.body, decided_on=found.date, category=found.category)
