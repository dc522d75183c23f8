"""The staff schema: everything of the flow. The use cases decide who may; the schema only hides."""

import strawberry

<<<<<<< HEAD
=======
from ledger import hold, jobs
from ledger.calendar import civil_date
from sampling import annual_planning, campaigns, inbox, population, reporting
from sampling.publication import calendars, proceedings, reminding
from sampling.publicity import notices, objections, questions
from sampling.publicity.submissions import EVERYTHING, Kind
from sampling.register_filters import EVERY_ROW
from sampling.reports import progress
from sampling.visits.checklists import checklist
from sampling.visits.evidence import files_of
from sampling.visits.noticing import visible_form
from sampling.visits.settling import conflicts
>>>>>>> lists
from schema.building import make_schema
from schema.context import Info
from schema.decorators import field
from schema.nodes import Node, NodeId, NodeIds, ReadFor, find
from schema.staff_mutations.annual_plans import AnnualPlanMutations
from schema.staff_mutations.attesting import AttestingMutations
from schema.staff_mutations.beacons import BeaconMutations
from schema.staff_mutations.campaigns import CampaignMutations
from schema.staff_mutations.checking import CheckingMutations
from schema.staff_mutations.departments import DepartmentMutations
from schema.staff_mutations.evaluation import EvaluationMutations
from schema.staff_mutations.exchange import ExchangeMutations
from schema.staff_mutations.expiry import ExpiryMutations
from schema.staff_mutations.findings import FindingMutations
from schema.staff_mutations.holds import HoldMutations
from schema.staff_mutations.inbox import InboxMutations
from schema.staff_mutations.judgements import JudgementMutations
from schema.staff_mutations.learning import LearningMutations
from schema.staff_mutations.models import ModelMutations
from schema.staff_mutations.provincial import ProvincialMutations
from schema.staff_mutations.publications import PublicationMutations
from schema.staff_mutations.publicity import PublicityMutations
from schema.staff_mutations.records import RecordMutations
from schema.staff_mutations.reports import ReportMutations
from schema.staff_mutations.users import UserMutations
from schema.staff_mutations.visits import VisitMutations
from schema.staff_mutations.warnings import WarningMutations
from schema.staff_queries.campaigns import CampaignQueries
from schema.staff_queries.evaluation import EvaluationQueries
from schema.staff_queries.exchange import ExchangeQueries
from schema.staff_queries.grades import GradeQueries
from schema.staff_queries.models import ModelQueries
from schema.staff_queries.operation import OperationQueries
from schema.staff_queries.own import OwnQueries
from schema.staff_queries.provincial import ProvincialQueries
from schema.staff_queries.publications import PublicationQueries
from schema.staff_queries.publicity import PublicityQueries
from schema.staff_queries.records import RecordQueries
from schema.staff_queries.registers import RegisterQueries
from schema.staff_queries.users import UserQueries
from schema.staff_queries.visits import VisitQueries
from schema.staff_queries.warnings import WarningQueries
from schema.staff_subscriptions import Subscription
<<<<<<< HEAD
from schema.staff_types.files import UPLOADS
=======
from schema.staff_types.annual_plans import AnnualPlanVersion, AnnualProgress
from schema.staff_types.campaigns import (
    StaffCampaign,
    StaffCampaignsBy,
    WhichStaffCampaigns,
    campaign_page,
    recorded_findings,
    visits,
)
from schema.staff_types.deviations import DEVIATIONS_BY, Deviation, DeviationsBy
from schema.staff_types.documents import DocumentsBy, ExpiringDocument, expiring_documents
from schema.staff_types.enterprises import Enterprise, EnterprisesBy, WhichEnterprises, enterprise_page
from schema.staff_types.files import UPLOADS, FileKind, OfKind
from schema.staff_types.filters import (
    DeviationFilterInput,
    ExpiringDocumentFilterInput,
    JudgementFilterInput,
    ProceedingFilterInput,
    WhichDeviations,
    WhichDocuments,
    WhichJobs,
    WhichJudgements,
    WhichKept,
    WhichMessages,
    WhichModels,
    WhichProceedings,
    WhichReadings,
    WhichRecorded,
    WhichSubmissions,
    WhichVisits,
)
from schema.staff_types.findings import RecordedBy, RecordedFinding, VisitAnswer, VisitsBy
from schema.staff_types.grades import (
    READINGS_BY,
    Grade,
    GradeDistribution,
    GradeMigration,
    GradeReading,
    OutsideGrade,
    ReadingsBy,
)
from schema.staff_types.holds import LogHold
from schema.staff_types.inbox import MESSAGES_BY, InboxMessage, MessagesBy
from schema.staff_types.intake import KEPT_BY, Coverage, KeptBy, KeptRecord, ReconciliationRow, WaitingCount
from schema.staff_types.jobs import JOBS_BY, Job, JobsBy, with_files
from schema.staff_types.judgements import JUDGEMENTS_BY, Judgement, JudgementsBy
from schema.staff_types.models import MODELS_BY, Model, ModelsBy
>>>>>>> lists
from schema.staff_types.nodes import STAFF


@strawberry.type(description="What staff may ask (内部查询).")
class Query(
    RegisterQueries,
    GradeQueries,
    RecordQueries,
    ModelQueries,
    CampaignQueries,
    VisitQueries,
    PublicationQueries,
    PublicityQueries,
    OwnQueries,
    OperationQueries,
    EvaluationQueries,
    ExchangeQueries,
    ProvincialQueries,
    UserQueries,
    WarningQueries,
):
    """The staff's queries."""

    @field("The object with an id; nothing where you may not see it (按标识查找).")
    async def node(self, info: Info, id: NodeId, purpose: ReadFor = None) -> Node | None:  # noqa: A002
        """Find a node."""
        (found,) = await find(info, STAFF, [id], purpose or "")
        return found

    @field("The objects with ids, in their order; nothing for each that you may not see (按标识批量查找).")
    async def nodes(self, info: Info, ids: NodeIds, purpose: ReadFor = None) -> list[Node | None]:
        """Find nodes."""
        return await find(info, STAFF, ids, purpose or "")

<<<<<<< HEAD
=======
    @field("Who is signed in (当前用户).")
    def me(self, info: Info) -> Me:
        """Return the actor."""
        return Me.of(info.context.signed_in)

    @field("The hold on the log after it was restored from a backup; nothing: it goes on (日志暂停).")
    async def log_hold(self, info: Info) -> LogHold | None:
        """Return the hold."""
        found = await read_as_staff(info, hold.seen)
        return None if found is None else LogHold.of(found)

    @field("For auditors: whatever in one campaign or all was not the plain way from freeze to close (偏离情况报告).")
    async def deviations(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichDeviations = None,
        order: DeviationsBy = None,
    ) -> Connection[Deviation] | None:
        """Return a page of deviations."""
        now, campaign = info.context.bureau.now, (where or DeviationFilterInput()).campaign_code
        found = await read_as_staff(info, lambda tx, actor: reporting.report(tx, actor, now, campaign))
        return page_of(
            DEVIATIONS_BY.keyset(order), Paging(first, after, last, before), found, Deviation.of, filters=campaign
        )

    @field("The departments, by code (部门).")
    async def departments(self) -> list[Department]:
        """Return the departments."""
        return list((await departments()).values())

    @field("The list of inspection items, by code (随机抽查事项清单).")
    async def items(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichItems = None,
        order: ItemsBy = None,
    ) -> Connection[Item] | None:
        """Return a page of items."""
        return await item_page(Paging(first, after, last, before), on, where, order)

    @field("The inspectors that your department keeps, by certificate number (执法检查人员名录库).")
    async def inspectors(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichInspectors = None,
        order: InspectorsBy = None,
    ) -> Connection[Inspector] | None:
        """Return a page of inspectors."""
        actor, paging, wanted = info.context.signed_in, Paging(first, after, last, before), chosen(where, EVERY_ROW)
        return await register_page("inspector", actor, INSPECTORS_BY, order, paging, Inspector.of, on, wanted)

    @field("What departments say of their objects, by department and enterprise (检查对象名录库).")
    async def objects(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        on: OnDay = None,
        where: WhichObjects = None,
        order: ObjectsBy = None,
    ) -> Connection[InspectionObject] | None:
        """Return a page of objects."""
        actor, paging, wanted = info.context.signed_in, Paging(first, after, last, before), chosen(where, EVERY_ROW)
        return await register_page("object", actor, OBJECTS_BY, order, paging, InspectionObject.of, on, wanted)

    @field("The register of enterprises (检查对象名录库).")
    async def enterprises(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichEnterprises = None,
        order: EnterprisesBy = None,
    ) -> Connection[Enterprise] | None:
        """Return a page of enterprises."""
        return await enterprise_page(info, Paging(first, after, last, before), where, order)

    @field("One enterprise, by a code that it has or had (企业).")
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
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichKept = None,
        order: KeptBy = None,
    ) -> Connection[KeptRecord] | None:
        """Return a page of what waits."""
        actor, told = info.context.signed_in, chosen(where, kept_apart.EVERY_KEPT)
        return await page(
            KEPT_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: kept_apart.page(tx, actor, window, told),
            KeptRecord.of,
            count=lambda tx: kept_apart.count(tx, actor, told),
            filters=told,
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
    async def grade_readings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichReadings = None,
        order: ReadingsBy = None,
    ) -> Connection[GradeReading] | None:
        """Return a page of readings."""
        actor, wanted = info.context.signed_in, chosen(where, grades.EVERY_READING)
        return await page(
            READINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: grades.readings(tx, actor, window, wanted),
            GradeReading.of,
            count=lambda tx: grades.count_readings(tx, actor, wanted),
            filters=wanted,
        )

    @field("The models that you may see, newest version first (分类模型).")
    async def models(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichModels = None,
        order: ModelsBy = None,
    ) -> Connection[Model] | None:
        """Return a page of versions."""
        today, wanted = civil_date(info.context.bureau.now), chosen(where, models.EVERY_VERSION)
        placed = enumerate(await read_as_staff(info, models.visible))
        return page_of(
            MODELS_BY.keyset(order),
            Paging(first, after, last, before),
            [each for each in placed if wanted.holds(each[1], today)],
            lambda each: Model.of(each[1], today),
            filters=wanted,
        )

    @field("One version of a model (分类模型).")
    async def model(self, info: Info, name: ModelName, version: ModelVersionName) -> Model | None:
        """Return a version."""
        found = await read_as_staff(info, lambda tx, actor: models.read(tx, actor, name, version))
        return Model.of(found, civil_date(info.context.bureau.now))

    @field("Manual judgements, newest first; that you read them is recorded (定性判定).")
    async def judgements(
        self,
        info: Info,
        purpose: Purpose,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichJudgements = None,
        order: JudgementsBy = None,
    ) -> Connection[Judgement] | None:
        """Return a page of judgements."""
        today, asked = civil_date(info.context.bureau.now), where or JudgementFilterInput()
        wanted = (asked.enterprise_code, asked.wanted())
        held = await act(info, lambda tx, actor, now: judgements.read(tx, actor, now, purpose, *wanted))
        return page_of(
            JUDGEMENTS_BY.keyset(order),
            Paging(first, after, last, before),
            held,
            lambda each: Judgement.of(each, today),
            filters=wanted,
        )

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
    async def campaigns(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichStaffCampaigns = None,
        order: StaffCampaignsBy = None,
    ) -> Connection[StaffCampaign] | None:
        """Return a page of campaigns."""
        return await campaign_page(info, Paging(first, after, last, before), where, order)

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

    @field("One campaign (抽查任务).")
    async def campaign(self, info: Info, code: CampaignCode) -> StaffCampaign | None:
        """Return a campaign."""
        return StaffCampaign.of(await read_as_staff(info, lambda tx, actor: campaigns.read(tx, actor, code)))

    @field("How far a campaign has come: all, your department's part, or your own visits (任务进度).")
    async def campaign_progress(self, info: Info, campaign: CampaignCode) -> CampaignProgress | None:
        """Return a campaign's progress."""
        now = info.context.bureau.now
        return CampaignProgress.of(
            await read_as_staff(info, lambda tx, actor: progress.progress(tx, actor, now, campaign))
        )

    @field("Whom to visit: an inspector's own visits, or those of the campaigns that you may see (检查任务).")
    async def visits(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichVisits = None,
        order: VisitsBy = None,
    ) -> Connection[VisitAnswer] | None:
        """Return a page of visits."""
        return await visits(info, Paging(first, after, last, before), where, order)

    @field("A campaign's findings by position; an inspector's own (检查结果).")
    async def findings(
        self,
        info: Info,
        campaign: CampaignCode,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichRecorded = None,
        order: RecordedBy = None,
    ) -> Connection[RecordedFinding] | None:
        """Return a page of findings."""
        return await recorded_findings(info, Paging(first, after, last, before), campaign, where, order)

    @field("The check points of a campaign's items, by code (检查要点).")
    async def checklist(self, info: Info, campaign: CampaignCode) -> list[Checklist] | None:
        """Return the checklist."""
        found = await read_as_staff(info, lambda tx, actor: checklist(tx, actor, campaign))
        return [Checklist.of(code, named) for code, named in found.items()]

    @field("A form of a visit with its number, and nothing where none was issued yet (检查文书).")
    async def visit_form(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode, kind: OfForm
    ) -> VisitForm | None:
        """Return a form."""
        form = await read_as_staff(info, lambda tx, actor: visible_form(tx, actor, campaign, enterprise, kind))
        return None if form is None else VisitForm.of(form)

    @field("The evidence of a visit, in the order in which it came (证据).")
    async def evidence(
        self, info: Info, campaign: CampaignCode, enterprise: EnterpriseCode
    ) -> list[EvidenceFile] | None:
        """Return the files."""
        found = await read_as_staff(info, lambda tx, actor: files_of(tx, actor, campaign, enterprise))
        return [EvidenceFile.of(each) for each in found]

    @field("What was handed in later although another account stood, open or settled (离线冲突).")
    async def conflicts(self, info: Info, campaign: CampaignCode) -> list[FindingConflict] | None:
        """Return the conflicts."""
        found = await read_as_staff(info, lambda tx, actor: conflicts(tx, actor, campaign))
        return [FindingConflict.of(each) for each in found]

    @field("Your inbox, newest first (待办提醒).")
    async def inbox(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichMessages = None,
        order: MessagesBy = None,
    ) -> Connection[InboxMessage] | None:
        """Return a page of messages."""
        actor, language = info.context.signed_in, info.context.language
        unread = where is not None and where.only_unread
        return await page(
            MESSAGES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: inbox.messages(tx, actor, unread, window),
            lambda message: InboxMessage.of(message, language),
            count=lambda tx: inbox.count(tx, actor, unread),
            filters=unread,
        )

    @field("Where you are told by e-mail that something waits for you; nothing: you are not (提醒邮箱).")
    async def mail_address(self, info: Info) -> str | None:
        """Return the address."""
        return await read_as_staff(info, inbox.address)

    @field("By when findings of a campaign that are not published yet are to be, by position (公示期限).")
    async def publication_deadlines(self, info: Info, campaign: CampaignCode) -> list[PublicationDeadline] | None:
        """Return the deadlines."""
        bureau = info.context.bureau
        found = await read_as_staff(
            info,
            lambda tx, actor: reminding.awaited(tx, actor, bureau.now, bureau.publication_terms, campaign),
        )
        return [PublicationDeadline.of(each) for each in found]

    @field("The years by which working days count: this one, the next, and the bureau's own (工作日历).")
    async def calendar_years(self, info: Info) -> list[CalendarYear]:
        """Return the years."""
        now = info.context.bureau.now
        found = await read_as_staff(info, lambda tx, actor: calendars.years(tx, actor, now))
        return [CalendarYear.of(each) for each in found]

    @field("Corrections, repairs, re-checks, transfers and punishments that you may see, oldest first (后续事项).")
    async def proceedings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichProceedings = None,
        order: ProceedingsBy = None,
    ) -> Connection[Proceeding] | None:
        """Return a page of proceedings."""
        actor, asked = info.context.signed_in, where or ProceedingFilterInput()
        campaign, of = asked.campaign_code, asked.kind and proceedings.Kind(str(asked.kind.value))
        return await page(
            PROCEEDINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: proceedings.visible(tx, actor, campaign, of, window),
            Proceeding.of,
            count=lambda tx: len(proceedings.visible(tx, actor, campaign, of)),
            filters=[campaign, of],
        )

    @field("The confidential documents whose retention is over, in the order of the ledger (到期文档).")
    async def documents(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichDocuments = None,
        order: DocumentsBy = None,
    ) -> Connection[ExpiringDocument] | None:
        """Return a page of documents."""
        asked = where or ExpiringDocumentFilterInput()
        return await expiring_documents(info, Paging(first, after, last, before), asked.state, asked.kind, order)

    @field("Notices and explanations from their draft on, newest first (公告与解读).")
    async def notices(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichNotices = None,
        order: StaffNoticesBy = None,
    ) -> Connection[StaffNotice] | None:
        """Return a page of notices."""
        actor, wanted = info.context.signed_in, chosen(where, notices.EVERY_NOTICE)
        return await page(
            STAFF_NOTICES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: notices.page(tx, actor, window, wanted),
            StaffNotice.of,
            count=lambda tx: notices.count(tx, actor, wanted),
            filters=wanted,
        )

    @field("One notice, by its id (公告).")
    async def notice(self, info: Info, id: NoticeId) -> StaffNotice | None:  # noqa: A002
        """Return a notice."""
        return StaffNotice.of(
            await read_as_staff(info, lambda tx, actor: notices.read(tx, actor, own_key("StaffNotice", id)))
        )

    @field("Questions of the public, newest first (公众咨询).")
    async def questions(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichSubmissions = None,
        order: SubmissionsBy = None,
    ) -> Connection[StaffSubmission] | None:
        """Return a page of questions."""
        return await submissions_page(
            info, Kind.QUESTION, Paging(first, after, last, before), chosen(where, EVERYTHING), order
        )

    @field("How much of what you may see waits for an answer, and is overdue (待办来件统计).")
    async def public_work(self, info: Info) -> PublicWork | None:
        """Return the counts."""
        return await public_work(info)

    @field("One question, by its id (公众咨询).")
    async def question(self, info: Info, id: SubmissionId) -> StaffSubmission | None:  # noqa: A002
        """Return a question."""
        found = await read_as_staff(info, lambda tx, actor: questions.read(tx, actor, own_key("StaffSubmission", id)))
        return StaffSubmission.of(found, info.context.bureau.today)

    @field("Objections to published findings, newest first (异议).")
    async def objections(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichSubmissions = None,
        order: SubmissionsBy = None,
    ) -> Connection[StaffSubmission] | None:
        """Return a page of objections."""
        return await submissions_page(
            info, Kind.OBJECTION, Paging(first, after, last, before), chosen(where, EVERYTHING), order
        )

    @field("One objection, by its id (异议).")
    async def objection(self, info: Info, id: SubmissionId) -> StaffSubmission | None:  # noqa: A002
        """Return an objection."""
        found = await read_as_staff(info, lambda tx, actor: objections.read(tx, actor, own_key("StaffSubmission", id)))
        return StaffSubmission.of(found, info.context.bureau.today)

    @field("The jobs that you may see, newest first (后台任务).")
    async def jobs(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichJobs = None,
        order: JobsBy = None,
    ) -> Connection[Job] | None:
        """Return a page of jobs."""
        actor, language = info.context.signed_in, info.context.language
        wanted = chosen(where, jobs.EVERY_JOB)
        return await page(
            JOBS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: with_files(tx, jobs.own(tx, actor, window, wanted)),
            lambda told: Job.of(told, language),
            count=lambda tx: jobs.count_own(tx, actor, wanted),
            filters=wanted,
        )

    @field("One job (后台任务).")
    async def job(self, info: Info, id: JobId) -> Job | None:  # noqa: A002
        """Return a job."""
        told = await read_as_staff(
            info, lambda tx, actor: with_files(tx, [jobs.read(tx, actor, own_key("Job", id))])[0]
        )
        return Job.of(told, info.context.language)

>>>>>>> lists

@strawberry.type(description="What staff may do (内部操作).")
class Mutation(
    ModelMutations,
    LearningMutations,
    JudgementMutations,
    RecordMutations,
    AnnualPlanMutations,
    CampaignMutations,
    BeaconMutations,
    FindingMutations,
    VisitMutations,
    InboxMutations,
    PublicationMutations,
    ReportMutations,
    PublicityMutations,
    CheckingMutations,
    AttestingMutations,
    ExpiryMutations,
    HoldMutations,
    EvaluationMutations,
    ExchangeMutations,
    ProvincialMutations,
    UserMutations,
    DepartmentMutations,
    WarningMutations,
):
    """The staff's mutations."""


schema = make_schema("staff", Query, Mutation, Subscription, UPLOADS)
