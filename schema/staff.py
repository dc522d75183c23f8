"""The staff schema: everything of the flow. The use cases decide who may; the schema only hides."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

import strawberry
from sqlalchemy import Connection as Transaction

from ledger import hold, jobs
from ledger.actors import Actor
from ledger.calendar import civil_date
from sampling import annual_planning, campaigns, population, registers, reporting
from schema.building import make_schema
from schema.connections import After, Connection, First, following, page, page_of
from schema.context import Info, act, read, read_as_staff
from schema.decorators import field, subscription
from schema.public_types.items import ITEMS, Department, Item, OnDay, departments, items
from schema.scalars import FormerCode
from schema.staff_mutations.annual_plans import AnnualPlanMutations, DepartmentCode, Year
from schema.staff_mutations.arguments import AnyCode, CampaignCode, ModelName, ModelVersionName, Purpose
from schema.staff_mutations.attesting import AttestingMutations
from schema.staff_mutations.beacons import BeaconMutations
from schema.staff_mutations.campaigns import CampaignMutations
from schema.staff_mutations.checking import CheckingMutations, JobId
from schema.staff_mutations.expiry import ExpiryMutations
from schema.staff_mutations.findings import FindingMutations
from schema.staff_mutations.holds import HoldMutations
from schema.staff_mutations.judgements import JudgementMutations
from schema.staff_mutations.models import ModelMutations
from schema.staff_mutations.records import RecordMutations
from schema.staff_types.annual_plans import AnnualPlanVersion, AnnualProgress
from schema.staff_types.campaigns import CAMPAIGNS, StaffCampaign, recorded_findings, visits
from schema.staff_types.deviations import Deviation
from schema.staff_types.documents import ExpiringDocument, ExpiryState, expiring_documents
from schema.staff_types.enterprises import ENTERPRISES, Enterprise
from schema.staff_types.files import UPLOADS, FileKind, OfKind
from schema.staff_types.findings import RecordedFinding, VisitAnswer
from schema.staff_types.grades import (
    READINGS,
    Grade,
    GradeDistribution,
    GradeMigration,
    GradeReading,
    OutsideGrade,
)
from schema.staff_types.holds import LogHold
from schema.staff_types.intake import KEPT, Coverage, KeptRecord, ReconciliationRow, WaitingCount
from schema.staff_types.jobs import JOBS, Job, JobState, ToldJob, instant_of, with_files
from schema.staff_types.judgements import JUDGEMENTS, Judgement
from schema.staff_types.models import MODELS, Model
from schema.staff_types.objects import OBJECTS, InspectionObject
from schema.staff_types.people import INSPECTORS, Inspector, Me
from schema.staff_types.plans import ConditionsInput
from schema.staff_types.population import ConditionsPreview
from schema.staff_types.sources import Source, UnreadableSource, readable_sources, unreadable_sources
from scoring import (
    coverage,
    enterprises,
    grades,
    judgements,
    kept_apart,
    models,
    outside_grades,
    reconciliation,
)
from scoring.coverage import By
from scoring.grades import Attribute
from scoring.scopes import GENERAL

NameHolds = Annotated[str | None, strawberry.argument(description="Only those whose name holds this (名称包含).")]
CodeBegins = Annotated[str | None, strawberry.argument(description="Only those whose code begins so (代码开头).")]
InState = Annotated[ExpiryState | None, strawberry.argument(description="Only those in this state (状态).")]
OfEnterprise = Annotated[
    FormerCode | None, strawberry.argument(description="Only those of the enterprise that has or had this code (企业).")
]
OfDepartment = Annotated[
    str | None,
    strawberry.argument(description="The department whose own model grades; none: the general grade (部门)."),
]
GradesMonth = Annotated[str, strawberry.argument(description="A month, YYYY-MM, whose last run counts (月份).")]
ToldBy = Annotated[
    list[Attribute] | None, strawberry.argument(description="What the numbers are told by; none: the trade (维度).")
]
OfState = Annotated[models.State | None, strawberry.argument(description="Only those in this state today (状态).")]
Month = Annotated[str | None, strawberry.argument(description="A civil month, YYYY-MM, itself included (月份).")]
CoverageOf = Annotated[By, strawberry.argument(description="What enterprises are grouped by (分组).")]
Years = Annotated[int, strawberry.argument(description="An older inspection counts as none (年数).")]
WantedConditions = Annotated[ConditionsInput, strawberry.argument(description="The conditions (抽查范围).")]
OfTag = Annotated[str | None, strawberry.argument(description="Only those with this tag (标签).")]
OfCampaign = Annotated[str | None, strawberry.argument(description="Only those of this campaign (任务编号).")]


@strawberry.type(description="What staff may ask (内部查询).")
class Query:
    """The staff's queries."""

    @field("Who is signed in.")
    def me(self, info: Info) -> Me:
        """Return the actor."""
        return Me.of(info.context.signed_in)

    @field("The hold on the log after it was restored from a backup; nothing: it goes on (日志暂停).")
    async def log_hold(self, info: Info) -> LogHold | None:
        """Return the hold."""
        found = await read(hold.held)
        return None if found is None else LogHold.of(found)

    @field("For auditors: whatever in one campaign or all was not the plain way from freeze to close (偏离情况报告).")
    async def deviations(self, info: Info, campaign: OfCampaign = None) -> list[Deviation] | None:
        """Report deviations."""
        found = await act(info, lambda tx, actor, now: reporting.report(tx, actor, now, campaign))
        return [Deviation.of(each) for each in found]

    @field("The departments, by code (部门).")
    async def departments(self) -> list[Department]:
        """Return the departments."""
        return list((await departments()).values())

    @field("The list of inspection items, by code (随机抽查事项清单).")
    async def items(self, first: First, after: After = None, on: OnDay = None) -> Connection[Item] | None:
        """Return a page of items."""
        known = list((await items(on)).values())
        return await page(
            ITEMS, first, after, lambda tx, start, limit: following(known, ITEMS, start, limit), lambda item: item
        )

    @field("The register of inspectors, by certificate number (执法检查人员名录库).")
    async def inspectors(self, first: First, after: After = None, on: OnDay = None) -> Connection[Inspector] | None:
        """Return a page of inspectors."""

        def rows(tx: Transaction, start: str | None, limit: int) -> list[Any]:
            return following(registers.inspectors(tx, on).items(), INSPECTORS, start, limit)

        return await page(INSPECTORS, first, after, rows, Inspector.of)

    @field("What departments say of their objects, by department and enterprise (检查对象名录库).")
    async def objects(
        self, info: Info, first: First, after: After = None, tag: OfTag = None, on: OnDay = None
    ) -> Connection[InspectionObject] | None:
        """Return a page of objects."""
        actor = info.context.signed_in

        def rows(tx: Transaction, start: str | None, limit: int) -> list[Any]:
            held = registers.readable(tx, actor, "object", on).items()
            tagged = [row for row in held if tag is None or tag in row[1].get("tags", ())]
            return following(tagged, OBJECTS, start, limit)

        return await page(OBJECTS, first, after, rows, InspectionObject.of)

    @field("The register of enterprises, by code (检查对象名录库).")
    async def enterprises(
        self, info: Info, first: First, after: After = None, name: NameHolds = None, code_prefix: CodeBegins = None
    ) -> Connection[Enterprise] | None:
        """Return a page of enterprises."""
        actor = info.context.signed_in

        def rows(tx: Transaction, start: str | None, limit: int) -> list[enterprises.Enterprise]:
            return enterprises.page(tx, actor, start, limit, name, code_prefix)

        return await page(ENTERPRISES, first, after, rows, Enterprise.of)

    @field("One enterprise, by a code that it has or had.")
    async def enterprise(self, info: Info, code: AnyCode) -> Enterprise | None:
        """Return an enterprise."""
        return Enterprise.of(await read_as_staff(info, lambda tx, actor: enterprises.read(tx, actor, code)))

    @field("An enterprise's grade with its reasons; that you read it is recorded (查阅分类).")
    async def grade(
        self, info: Info, enterprise: AnyCode, purpose: Purpose, department: OfDepartment = None
    ) -> Grade | None:
        """Read a grade."""
        whose = department or GENERAL
        return Grade.of(
            await act(info, lambda tx, actor, now: grades.read_grade(tx, actor, now, enterprise, purpose, whose))
        )

    @field(
        "What an enterprise's grade was, newest first, each time that it changed; the reading is recorded (历次分类)."
    )
    async def grade_history(
        self, info: Info, enterprise: AnyCode, purpose: Purpose, department: OfDepartment = None
    ) -> list[Grade] | None:
        """Read a history."""
        whose = department or GENERAL
        found = await act(info, lambda tx, actor, now: grades.history(tx, actor, now, enterprise, purpose, whose))
        return [Grade.of(each) for each in found]

    @field("Who moved between the grades from the end of one month to another's; the reading is recorded (等级迁移).")
    async def grade_migration(
        self,
        info: Info,
        since: GradesMonth,
        until: GradesMonth,
        purpose: Purpose,
        department: OfDepartment = None,
    ) -> GradeMigration | None:
        """Read a migration matrix."""
        whose = department or GENERAL
        return GradeMigration.of(
            await act(info, lambda tx, actor, now: grades.migration(tx, actor, now, since, until, purpose, whose))
        )

    @field("What other systems graded an enterprise; that you read it is recorded (查阅外部分类).")
    async def outside_grades(self, info: Info, enterprise: AnyCode, purpose: Purpose) -> list[OutsideGrade] | None:
        """Read grades from outside."""
        found = await act(info, lambda tx, actor, now: outside_grades.read(tx, actor, now, enterprise, purpose))
        return [OutsideGrade.of(each) for each in found]

    @field("What came in by month and source, and what became of it (对账).")
    async def reconciliation(
        self, info: Info, first_month: Month = None, last_month: Month = None, kind: OfKind = None
    ) -> list[ReconciliationRow] | None:
        """Reconcile."""
        told = None if kind is None else str(kind.value)
        found = await read_as_staff(
            info, lambda tx, actor: reconciliation.reconciliation(tx, actor, first_month, last_month, told)
        )
        return [ReconciliationRow.of(each) for each in found]

    @field("Records that wait until their enterprises are registered, by code (待登记记录).")
    async def kept_apart(
        self, info: Info, first: First, after: After = None, kind: OfKind = None
    ) -> Connection[KeptRecord] | None:
        """Return a page of what waits."""
        actor = info.context.signed_in
        told = None if kind is None else str(kind.value)
        return await page(
            KEPT, first, after, lambda tx, place, limit: kept_apart.page(tx, actor, place, limit, told), KeptRecord.of
        )

    @field("How much waits, by source and kind (待登记统计).")
    async def kept_apart_counts(self, info: Info) -> list[WaitingCount] | None:
        """Count what waits."""
        found = await read_as_staff(info, kept_apart.counts)
        return [
            WaitingCount(source=source, kind=FileKind(kind), enterprises=enterprises, records=records)
            for source, kind, enterprises, records in found
        ]

    @field("How far the records cover the register, and what it lacks (覆盖情况).")
    async def coverage(self, info: Info, by: CoverageOf, years: Years = 3) -> Coverage | None:
        """Return the coverage."""
        return Coverage.of(
            await act(info, lambda tx, actor, now: coverage.coverage(tx, actor, by, civil_date(now), years))
        )

    @field("How many enterprises of each trade, region or stage have each grade; the reading is recorded (分类分布).")
    async def grade_distribution(
        self, info: Info, purpose: Purpose, by: ToldBy = None, department: OfDepartment = None
    ) -> GradeDistribution | None:
        """Read the distribution."""
        told_by, whose = list(dict.fromkeys(by or [Attribute.SECTOR])), department or GENERAL
        counted = await act(info, lambda tx, actor, now: grades.distribution(tx, actor, now, purpose, told_by, whose))
        return GradeDistribution.of(told_by, counted)

    @field("Who read grades, newest first (查阅记录).")
    async def grade_readings(self, info: Info, first: First, after: After = None) -> Connection[GradeReading] | None:
        """Return a page of readings."""
        actor = info.context.signed_in

        def rows(tx: Transaction, before: int | None, limit: int) -> list[dict[str, Any]]:
            return grades.readings(tx, actor, limit, before)

        return await page(READINGS, first, after, rows, GradeReading.of)

    @field("The models that you may see, newest version first (分类模型).")
    async def models(
        self, info: Info, first: First, after: After = None, state: OfState = None
    ) -> Connection[Model] | None:
        """Return a page of versions."""
        actor, today = info.context.signed_in, civil_date(info.context.bureau.now)

        def rows(tx: Transaction, before: int | None, limit: int) -> list[tuple[int, models.ModelVersion]]:
            placed = list(enumerate(models.visible(tx, actor)))[::-1]
            wanted = [each for each in placed if state in (None, each[1].state_on(today))]
            return following(wanted, MODELS, before, limit, descending=True)

        return await page(MODELS, first, after, rows, lambda placed: Model.of(placed[1], today))

    @field("One version of a model.")
    async def model(self, info: Info, name: ModelName, version: ModelVersionName) -> Model | None:
        """Return a version."""
        found = await read_as_staff(info, lambda tx, actor: models.read(tx, actor, name, version))
        return Model.of(found, civil_date(info.context.bureau.now))

    @field("Manual judgements, newest first; that you read them is recorded (定性判定).")
    async def judgements(
        self, info: Info, purpose: Purpose, first: First, after: After = None, enterprise: OfEnterprise = None
    ) -> Connection[Judgement] | None:
        """Return a page of judgements."""
        today = civil_date(info.context.bureau.now)

        held = await act(info, lambda tx, actor, now: judgements.read(tx, actor, now, purpose, enterprise))
        return page_of(JUDGEMENTS, first, after, held, lambda each: Judgement.of(each, today), descending=True)

    @field("The sources that files come from, by name, and how their pulls go; see also unreadableSources (数据来源).")
    async def sources(self, info: Info) -> list[Source] | None:
        """Return the sources."""
        language = info.context.language
        return await read_as_staff(info, lambda tx, actor: readable_sources(tx, actor, language))

    @field("The sources that this release cannot read, by name, and why (无法读取的数据来源).")
    async def unreadable_sources(self, info: Info) -> list[UnreadableSource] | None:
        """Return the sources that cannot be read."""
        language = info.context.language
        return await read_as_staff(info, lambda tx, actor: unreadable_sources(tx, actor, language))

    @field("The campaigns that you may see, newest first (抽查任务).")
    async def campaigns(self, info: Info, first: First, after: After = None) -> Connection[StaffCampaign] | None:
        """Return a page of campaigns."""
        actor = info.context.signed_in

        def rows(tx: Transaction, before: str | None, limit: int) -> list[campaigns.Campaign]:
            return following(campaigns.visible(tx, actor), CAMPAIGNS, before, limit, descending=True)

        return await page(CAMPAIGNS, first, after, rows, StaffCampaign.of)

    @field("Who meets conditions now, and whom each of them leaves out; for planners (抽查范围预览).")
    async def conditions_preview(self, info: Info, conditions: WantedConditions) -> ConditionsPreview | None:
        """Preview conditions."""
        return ConditionsPreview.of(
            await read_as_staff(info, lambda tx, actor: population.membership(tx, actor, conditions.conditions()))
        )

    @field("The versions of a department's plan of a year, newest first (年度抽查计划).")
    async def annual_plan(self, info: Info, department: DepartmentCode, year: Year) -> list[AnnualPlanVersion] | None:
        """Return the versions."""
        found = await read_as_staff(info, lambda tx, actor: annual_planning.versions(tx, actor, department, year))
        return [AnnualPlanVersion.of(each) for each in found]

    @field("How far each line of a plan of a year has come (年度计划进度).")
    async def annual_progress(self, info: Info, department: DepartmentCode, year: Year) -> list[AnnualProgress] | None:
        """Return the progress."""
        found = await read_as_staff(info, lambda tx, actor: annual_planning.progress(tx, actor, department, year))
        return [AnnualProgress.of(each) for each in found]

    @field("One campaign.")
    async def campaign(self, info: Info, code: CampaignCode) -> StaffCampaign | None:
        """Return a campaign."""
        return StaffCampaign.of(await read_as_staff(info, lambda tx, actor: campaigns.read(tx, actor, code)))

    @field("Whom to visit: an inspector's own visits, or those of the campaigns that you may see (检查任务).")
    async def visits(
        self, info: Info, first: First, after: After = None, campaign: OfCampaign = None
    ) -> Connection[VisitAnswer] | None:
        """Return a page of visits."""
        return await visits(info, first, after, campaign)

    @field("A campaign's findings by position; an inspector's own (检查结果).")
    async def findings(
        self, info: Info, campaign: CampaignCode, first: First, after: After = None
    ) -> Connection[RecordedFinding] | None:
        """Return a page of findings."""
        return await recorded_findings(info, first, after, campaign)

    @field("The confidential documents whose retention is over, in the order of the ledger (到期文档).")
    async def documents(
        self, info: Info, first: First, after: After = None, state: InState = None
    ) -> Connection[ExpiringDocument] | None:
        """Return a page of documents."""
        return await expiring_documents(info, first, after, state)

    @field("The jobs that you may see, newest first (后台任务).")
    async def jobs(self, info: Info, first: First, after: After = None) -> Connection[Job] | None:
        """Return a page of jobs."""
        actor, language = info.context.signed_in, info.context.language

        def rows(tx: Transaction, key: tuple[str, str] | None, limit: int) -> list[ToldJob]:
            return [with_files(tx, job) for job in jobs.own(tx, actor, limit, instant_of(key))]

        return await page(JOBS, first, after, rows, lambda told: Job.of(told, language))

    @field("One job.")
    async def job(self, info: Info, id: JobId) -> Job | None:  # noqa: A002
        """Return a job."""
        told = await read_as_staff(info, lambda tx, actor: with_files(tx, jobs.read(tx, actor, id)))
        return Job.of(told, info.context.language)


@strawberry.type(description="What staff may do (内部操作).")
class Mutation(
    ModelMutations,
    JudgementMutations,
    RecordMutations,
    AnnualPlanMutations,
    CampaignMutations,
    BeaconMutations,
    FindingMutations,
    CheckingMutations,
    AttestingMutations,
    ExpiryMutations,
    HoldMutations,
):
    """The staff's mutations."""


ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@strawberry.type(description="What staff may follow (内部订阅).")
class Subscription:
    """The staff's subscriptions."""

    @subscription("A job as it is now, and again whenever it changes, until it ends (后台任务进度).")
    async def job(self, info: Info, id: JobId) -> AsyncIterator[Job]:  # noqa: A002
        """Follow a job."""
        context = info.context
        actor = context.signed_in
        told: Job | None = None
        async with aclosing(context.serving.watcher.changes()) as changes:
            async for _ in changes:
                found = Job.of(await context.serving.transactions.read(_job(actor, id)), context.language)
                if found != told:
                    told = found
                    yield found
                if found.state in ENDED:
                    return


def _job(actor: Actor, identifier: str) -> Any:
    return lambda tx: with_files(tx, jobs.read(tx, actor, identifier))


schema = make_schema(Query, Mutation, Subscription, UPLOADS)
