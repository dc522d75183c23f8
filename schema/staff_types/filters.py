"""Which rows of staff's lists are asked for (筛选); the register's and the campaigns' stand beside these."""

from datetime import date
from typing import Annotated

import strawberry

from ledger.actors import Role
from ledger.deliveries import State as DeliveryState
from ledger.jobs import JobFilter
from sampling.exchange.peers import Asked
from sampling.finding_filters import RecordedFilter, VisitFilter
from sampling.publication.proceedings import Kind as ProceedingKind
from sampling.publication.proceedings import ProceedingFilter
from sampling.publication.proceedings import State as ProceedingStates
from sampling.publicity.submissions import SubmissionFilter
from sampling.reporting import DeviationKind
from sampling.users.states import State as UserState
from sampling.users.states import UserFilter
from schema import enums  # noqa: F401  - names the enumerations
from schema.filtering import WORDS, filter_of
from schema.scalars import USCC, FormerCode
from schema.staff_types.documents import ExpiryState
from schema.staff_types.files import FileKind
from schema.staff_types.findings import FindingState
from schema.staff_types.jobs import JobKind, JobState
from schema.staff_types.proceedings import KindAnswer, ProceedingState
from scoring.enterprises import RecordFilter
from scoring.grades import ReadingFilter
from scoring.judgements import JudgementState
from scoring.kept_apart import KeptFilter
from scoring.models import ModelFilter
from scoring.models import State as ModelState
from scoring.results import Result
from scoring.warnings.kinds import Kind as WarningKind
from scoring.warnings.kinds import State as WarningState

OF_ENTERPRISE = "The enterprise that has or had this code (企业)."


@strawberry.input(name="RecordFilter", description="Which records; all that is given must hold (筛选记录).")
class RecordFilterInput:
    """A filter of an enterprise's records."""

    kind: FileKind | None = strawberry.field(default=None, description="Their kind (类别).")
    since: date | None = strawberry.field(default=None, description="Not dated before this day (日期起).")
    until: date | None = strawberry.field(default=None, description="Not dated after this day (日期止).")

    def chosen(self) -> RecordFilter:
        """Return what the use case takes."""
        return RecordFilter("" if self.kind is None else str(self.kind.value), self.since, self.until)


@strawberry.input(name="KeptRecordFilter", description="Which records that wait; all that is given must hold (筛选).")
class KeptRecordFilterInput:
    """A filter of records that wait."""

    kind: FileKind | None = strawberry.field(default=None, description="Their kind (类别).")
    source: str | None = strawberry.field(default=None, description="The channel that told them (渠道).")
    enterprise_code: FormerCode | None = strawberry.field(
        default=None, description="The code that they wait for (企业代码)."
    )

    def chosen(self) -> KeptFilter:
        """Return what the use case takes."""
        kind = "" if self.kind is None else str(self.kind.value)
        return KeptFilter(kind, self.source or "", self.enterprise_code or "")


@strawberry.input(name="GradeReadingFilter", description="Which readings; all that is given must hold (筛选查阅记录).")
class GradeReadingFilterInput:
    """A filter of readings."""

    subject: str | None = strawberry.field(default=None, description="Who read (人员).")
    enterprise_code: USCC | None = strawberry.field(default=None, description="Of which enterprise (企业).")
    since: date | None = strawberry.field(default=None, description="Not before this day (日期起).")
    until: date | None = strawberry.field(default=None, description="Not after this day (日期止).")

    def chosen(self) -> ReadingFilter:
        """Return what the use case takes."""
        return ReadingFilter(self.subject or "", self.enterprise_code or "", self.since, self.until)


@strawberry.input(name="ModelFilter", description="Which versions of models; all that is given must hold (筛选模型).")
class ModelFilterInput:
    """A filter of models."""

    name: str | None = strawberry.field(default=None, description="The model (模型名称).")
    states: list[ModelState] | None = strawberry.field(default=None, description="In any of these today (状态).")

    def chosen(self) -> ModelFilter:
        """Return what the use case takes."""
        return ModelFilter(self.name or "", tuple(sorted(set(self.states or ()))))


@strawberry.input(name="JudgementFilter", description="Which judgements; all that is given must hold (筛选判定).")
class JudgementFilterInput:
    """A filter of judgements."""

    enterprise_code: FormerCode | None = strawberry.field(default=None, description=OF_ENTERPRISE)
    states: list[JudgementState] | None = strawberry.field(default=None, description="In any of these today (状态).")

    def wanted(self) -> tuple[JudgementState, ...]:
        """Return the states, each once."""
        return tuple(sorted(set(self.states or ())))


@strawberry.input(name="VisitFilter", description="Which visits; all that is given must hold (筛选检查任务).")
class VisitFilterInput:
    """A filter of visits."""

    campaign_code: str | None = strawberry.field(default=None, description="Of this campaign (任务编号).")
    enterprise_code: USCC | None = strawberry.field(default=None, description="At this enterprise (企业).")
    text: str | None = strawberry.field(
        default=None,
        description=f"Words of names, that it has or had, and of its address, {WORDS} (名称、曾用名或地址).",
    )

    def chosen(self) -> VisitFilter:
        """Return what the use case takes."""
        return VisitFilter(self.campaign_code or "", self.enterprise_code or "", self.text or "")


@strawberry.input(name="RecordedFindingFilter", description="Which findings; all that is given must hold (筛选结果).")
class RecordedFindingFilterInput:
    """A filter of a campaign's findings."""

    enterprise_code: USCC | None = strawberry.field(default=None, description="At this enterprise (企业).")
    states: list[FindingState] | None = strawberry.field(default=None, description="In any of these states (状态).")
    results: list[Result] | None = strawberry.field(default=None, description="Any of these was found (检查结果).")
    visited_since: date | None = strawberry.field(default=None, description="Not visited before this day (检查日期起).")
    visited_until: date | None = strawberry.field(default=None, description="Not visited after this day (检查日期止).")

    def chosen(self) -> RecordedFilter:
        """Return what the use case takes."""
        return RecordedFilter(
            self.enterprise_code or "",
            tuple(sorted({str(each.value) for each in self.states or ()})),
            tuple(sorted({str(each.value) for each in self.results or ()})),
            self.visited_since,
            self.visited_until,
        )


@strawberry.input(name="InboxFilter", description="Which messages (筛选提醒).")
class InboxFilterInput:
    """A filter of messages."""

    only_unread: bool = strawberry.field(default=False, description="Only what you have not read (仅未读).")


@strawberry.input(name="ProceedingFilter", description="Which proceedings; all that is given must hold (筛选后续事项).")
class ProceedingFilterInput:
    """A filter of proceedings."""

    campaign_code: str | None = strawberry.field(default=None, description="Of this campaign (任务编号).")
    enterprise_code: USCC | None = strawberry.field(default=None, description="About this enterprise (企业).")
    kind: KindAnswer | None = strawberry.field(default=None, description="Of this kind (类型).")
    states: list[ProceedingState] | None = strawberry.field(default=None, description="In any of these states (状态).")

    def chosen(self) -> ProceedingFilter:
        """Return what the use case takes."""
        return ProceedingFilter(
            self.campaign_code or "",
            self.enterprise_code or "",
            None if self.kind is None else ProceedingKind(str(self.kind.value)),
            tuple(sorted({ProceedingStates(str(each.value)) for each in self.states or ()})),
        )


@strawberry.input(name="ExpiringDocumentFilter", description="Which documents; all that is given must hold (筛选).")
class ExpiringDocumentFilterInput:
    """A filter of documents whose retention is over."""

    state: ExpiryState | None = strawberry.field(default=None, description="In this state (状态).")
    kind: str | None = strawberry.field(default=None, description="Of this kind (类型).")


@strawberry.input(name="SubmissionFilter", description="Which of what came in; all that is given must hold (筛选来件).")
class SubmissionFilterInput:
    """A filter of questions and objections."""

    only_open: bool = strawberry.field(default=False, description="Only what waits for an answer (仅看未办结).")
    department_code: str | None = strawberry.field(default=None, description="For this department (部门代码).")
    campaign_code: str | None = strawberry.field(default=None, description="About this campaign (任务编号).")
    since: date | None = strawberry.field(default=None, description="Did not come in before this day (来件日期起).")
    until: date | None = strawberry.field(default=None, description="Did not come in after this day (来件日期止).")

    def chosen(self) -> SubmissionFilter:
        """Return what the use case takes."""
        whose, campaign = self.department_code or "", self.campaign_code or ""
        return SubmissionFilter(self.only_open, whose, campaign, self.since, self.until)


@strawberry.input(name="JobFilter", description="Which jobs; all that is given must hold (筛选后台任务).")
class JobFilterInput:
    """A filter of jobs."""

    kind: JobKind | None = strawberry.field(default=None, description="Of this kind (类型).")
    states: list[JobState] | None = strawberry.field(default=None, description="In any of these states (状态).")

    def chosen(self) -> JobFilter:
        """Return what the use case takes."""
        states = tuple(sorted({str(each.value) for each in self.states or ()}))
        return JobFilter("" if self.kind is None else str(self.kind.value), states)


@strawberry.input(name="DeliveryFilter", description="Which deliveries; all that is given must hold (筛选报送).")
class DeliveryFilterInput:
    """A filter of deliveries."""

    platform: str | None = strawberry.field(default=None, description="To this platform (平台).")
    state: DeliveryState | None = strawberry.field(default=None, description="In this state (状态).")
    only_overdue: bool = strawberry.field(default=False, description="Not delivered though due (逾期).")

    def wanted(self) -> tuple[str | None, DeliveryState | None, bool]:
        """Return what the use case takes."""
        return self.platform, self.state, self.only_overdue


@strawberry.input(name="WarningFilter", description="Which warnings; all that is given must hold (筛选预警).")
class WarningFilterInput:
    """A filter of warnings."""

    kind: WarningKind | None = strawberry.field(default=None, description="Of this kind (类别).")
    state: WarningState | None = strawberry.field(default=None, description="In this state (状态).")
    enterprise_code: FormerCode | None = strawberry.field(default=None, description=OF_ENTERPRISE)

    def wanted(self) -> tuple[WarningKind | None, WarningState | None, str | None]:
        """Return what the use case takes."""
        return self.kind, self.state, self.enterprise_code


@strawberry.input(name="WarningToPlanFilter", description="Which warnings (筛选待转预警).")
class WarningToPlanFilterInput:
    """A filter of warnings that may be turned into a special check."""

    enterprise_code: FormerCode | None = strawberry.field(default=None, description=OF_ENTERPRISE)


@strawberry.input(name="UserFilter", description="Which users and clients; all that is given must hold (筛选用户).")
class UserFilterInput:
    """A filter of users."""

    state: UserState | None = strawberry.field(default=None, description="In this state (状态).")
    role: Role | None = strawberry.field(default=None, description="Of this role (角色).")
    department_code: str | None = strawberry.field(default=None, description="Of this department (部门代码).")
    text: str | None = strawberry.field(default=None, description=f"Words of the name, {WORDS} (用户名).")

    def chosen(self) -> UserFilter:
        """Return what the use case takes."""
        return UserFilter(self.state, self.role, self.department_code or "", self.text or "")


@strawberry.input(name="DeviationFilter", description="Which deviations (筛选偏离情况).")
class DeviationFilterInput:
    """A filter of deviations."""

    campaign_code: str | None = strawberry.field(default=None, description="Of this campaign (任务编号).")
    kinds: list[DeviationKind] | None = strawberry.field(default=None, description="Of these kinds (类别).")

    def wanted(self) -> tuple[str | None, tuple[DeviationKind, ...] | None]:
        """Return what the use case takes."""
        return self.campaign_code, None if self.kinds is None else tuple(sorted(set(self.kinds)))


@strawberry.input(name="PeerFindingFilter", description="Which findings; all that is given must hold (筛选互认结果).")
class PeerFindingFilterInput:
    """A filter of findings for peer departments."""

    enterprise_codes: list[FormerCode] | None = strawberry.field(
        default=None, description="Of enterprises that have or had these codes, up to 100 (企业)."
    )
    visited_since: date | None = strawberry.field(default=None, description="Not visited before this day (检查日期起).")
    visited_until: date | None = strawberry.field(default=None, description="Not visited after this day (检查日期止).")

    def chosen(self) -> Asked:
        """Return what the use case takes."""
        codes = None if self.enterprise_codes is None else tuple(self.enterprise_codes)
        return Asked(codes, self.visited_since, self.visited_until)


WhichRecords = Annotated[RecordFilterInput | None, filter_of("Which records; none: all of them (筛选).")]
WhichKept = Annotated[KeptRecordFilterInput | None, filter_of("Which of what waits; none: all of it (筛选).")]
WhichReadings = Annotated[GradeReadingFilterInput | None, filter_of("Which readings; none: all of them (筛选).")]
WhichModels = Annotated[ModelFilterInput | None, filter_of("Which versions; none: all of them (筛选).")]
WhichJudgements = Annotated[JudgementFilterInput | None, filter_of("Which judgements; none: all of them (筛选).")]
WhichVisits = Annotated[VisitFilterInput | None, filter_of("Which visits; none: all of them (筛选).")]
WhichRecorded = Annotated[RecordedFindingFilterInput | None, filter_of("Which findings; none: all of them (筛选).")]
WhichMessages = Annotated[InboxFilterInput | None, filter_of("Which messages; none: all of them (筛选).")]
WhichProceedings = Annotated[ProceedingFilterInput | None, filter_of("Which proceedings; none: all of them (筛选).")]
WhichDocuments = Annotated[ExpiringDocumentFilterInput | None, filter_of("Which documents; none: all (筛选).")]
WhichSubmissions = Annotated[SubmissionFilterInput | None, filter_of("Which of what came in; none: all (筛选).")]
WhichJobs = Annotated[JobFilterInput | None, filter_of("Which jobs; none: all of them (筛选).")]
WhichDeliveries = Annotated[DeliveryFilterInput | None, filter_of("Which deliveries; none: all of them (筛选).")]
WhichWarnings = Annotated[WarningFilterInput | None, filter_of("Which warnings; none: all of them (筛选).")]
WhichToPlan = Annotated[WarningToPlanFilterInput | None, filter_of("Which warnings; none: all of them (筛选).")]
WhichUsers = Annotated[UserFilterInput | None, filter_of("Which users; none: all of them (筛选).")]
WhichDeviations = Annotated[DeviationFilterInput | None, filter_of("Which deviations; none: all of them (筛选).")]
WhichPeerFindings = Annotated[PeerFindingFilterInput | None, filter_of("Which findings; none: all of them (筛选).")]
