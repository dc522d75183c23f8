"""Jobs: long work with its progress, result and files (后台任务)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, TypeAlias, Union
from urllib.parse import quote

import strawberry
from sqlalchemy import Connection as Transaction

from ledger import jobs
from ledger.errors import Refusal
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.notes import Note
from schema.ordering import Order, Orders, order_of
from schema.remarks import ModelRemark
from schema.scalars import BigInt
from schema.staff_types.files import FileKind
from schema.staff_types.learning import LearningResult
from schema.staff_types.models import NamedModel
from schema.verification_words import say_fault
from schema.words import Language


@strawberry.enum(description="What a job does (任务类型).")
class JobKind(Enum):
    """The kinds."""

    IMPORT_FILE = strawberry.enum_value("import_file", description="Takes a file in (归集).")
    PULL_SOURCE = strawberry.enum_value("pull_source", description="Fetches a source's files and takes them in (获取).")
    GRADE_ENTERPRISES = strawberry.enum_value("grade_enterprises", description="Grades all enterprises (分类).")
    CHECK_MODEL = strawberry.enum_value("check_model", description="Tries a model on today's records (检查模型).")
    COMPARE_MODELS = strawberry.enum_value("compare_models", description="Compares two models (比较模型).")
    LEARN_MODEL = strawberry.enum_value("learn_model", description="Learns a model's points from findings (学习模型).")
    EXPORT_TRAINING_DATA = strawberry.enum_value(
        "export_training_data", description="Writes data for the province under pseudonyms (上报建模数据)."
    )
    CHECK_PROVINCIAL_MODEL = strawberry.enum_value(
        "check_provincial_model", description="Holds the province's model against local findings (检验省级模型)."
    )
    SEAL_READINGS = strawberry.enum_value(
        "seal_readings", description="Seals the record of who read grades, of the days that ended (查阅记录封存)."
    )
    REMIND = strawberry.enum_value("remind", description="Reminds staff of what is nearly due (到期提醒).")
    MAIL_INBOX = strawberry.enum_value("mail_inbox", description="Tells staff of their inbox by e-mail (邮件提醒).")
    RAISE_WARNINGS = strawberry.enum_value("raise_warnings", description="Looks for early warnings (风险预警).")
    TEND_PUBLICATIONS = strawberry.enum_value(
        "tend_publications", description="Tells of deadlines of publications and ends what is over (公示期限)."
    )
    SEAL_RECEIPTS = strawberry.enum_value(
        "seal_receipts", description="Seals the receipts of deliveries, of the days that ended (回执封存)."
    )
    EXPORT_DELIVERIES = strawberry.enum_value(
        "export_deliveries", description="Writes deliveries to a platform as files (导出报送文件)."
    )
    EVALUATE_CAMPAIGN = strawberry.enum_value("evaluate_campaign", description="Evaluates a campaign (任务评估).")
    EVALUATE_PERIOD = strawberry.enum_value("evaluate_period", description="Evaluates a period (期间评估).")
    ANALYSE_INDICATORS = strawberry.enum_value(
        "analyse_indicators", description="Holds a model's indicators against findings (实证分析)."
    )
    FREEZE_CAMPAIGN = strawberry.enum_value("freeze_campaign", description="Freezes a campaign (冻结名单).")
    EXPORT_BUNDLE = strawberry.enum_value("export_bundle", description="Makes an auditor's bundle (导出审计包).")
    FILE_CAMPAIGN_REPORT = strawberry.enum_value(
        "file_campaign_report", description="Makes a campaign's report (抽查任务情况报告)."
    )
    FILE_ANNUAL_REPORT = strawberry.enum_value(
        "file_annual_report", description="Makes the report of a year (年度工作报告)."
    )
    FILE_QUARTERLY_REPORT = strawberry.enum_value(
        "file_quarterly_report", description="Makes the report of a quarter (季度信用风险分类与抽查评估报告)."
    )
    VERIFY_BUNDLE = strawberry.enum_value("verify_bundle", description="Verifies a bundle (验证审计包).")
    AUDIT = strawberry.enum_value("audit", description="Compares the database with the ledger (审计).")


@strawberry.enum(description="How far a job has come (任务状态).")
class JobState(Enum):
    """The states."""

    WAITING = strawberry.enum_value("waiting", description="Waits for a worker (等待).")
    RUNNING = strawberry.enum_value("running", description="Is worked on (进行中).")
    DONE = strawberry.enum_value("done", description="Has its result (完成).")
    FAILED = strawberry.enum_value("failed", description="Was refused; nothing was changed (失败).")
    CANCELLED = strawberry.enum_value("cancelled", description="Was ended before it changed anything (已取消).")


@strawberry.type(description="What an import did to one file (归集结果).")
class ImportedFile:
    """A file's counts."""

    name: str = strawberry.field(description="The file's name (文件名).")
    kind: FileKind = strawberry.field(description="What its rows are about (类别).")
    batch: str | None = strawberry.field(description="The batch that the ledger binds, with the counts (批次).")
    read: int = strawberry.field(description="Rows read (读取行数).")
    new: int = strawberry.field(description="Rows that are new (新增).")
    same: int = strawberry.field(description="Rows that were held already (重复).")
    superseding: int = strawberry.field(description="Rows that supersede what was held (更新).")
    refused: int = strawberry.field(description="Rows that were refused; they come back as a file (退回).")
    revoking: int = strawberry.field(description="Rows that revoke what was held (撤销).", default=0)
    kept_apart: int = strawberry.field(
        description="Rows that wait until their enterprise is registered (待登记).", default=0
    )


@strawberry.type(description="What an import did (归集结果).")
class ImportResult:
    """An import's result."""

    files: list[ImportedFile] = strawberry.field(description="What it did to each file (各文件处理情况).")


@strawberry.type(description="A file that was not taken in, and why (未导入的文件).")
class FailedFile:
    """A file that was refused as a whole."""

    name: str = strawberry.field(description="The file's name (文件名).")
    refusal: RefusalAnswer = strawberry.field(description="Why it was refused (原因).")


@strawberry.type(description="What a pull did (获取结果).")
class PullResult:
    """A pull's result."""

    files: list[ImportedFile] = strawberry.field(description="What it did to each file that is new (新文件处理情况).")
    unchanged: int = strawberry.field(description="How many files were held already (未变化).")
    failed: list[FailedFile] = strawberry.field(description="The files that were not taken in (未导入).")


@strawberry.type(description="What a grading did (分类结果); the grades are read elsewhere.")
class GradingResult:
    """A grading's result."""

    run: str = strawberry.field(description="The run that the ledger binds (批次).")
    as_of: date = strawberry.field(description="The day that it is as of (截止日期).")
    enterprises: int = strawberry.field(description="How many enterprises have a grade (企业数).")
    stored: int = strawberry.field(
        description="How many grades it stored: those that the run before did not say; of departments those of the "
        "asker's own alone (条数)."
    )


@strawberry.type(description="That the record of who read grades was sealed (封存结果).")
class SealedReadings:
    """What a sealing did."""

    days: list[date] = strawberry.field(description="The days that were sealed (日期).")


@strawberry.type(description="How many reminders were put into inboxes (提醒结果).")
class ReminderResult:
    """What reminding did."""

    told: int = strawberry.field(description="How many are new (新增提醒).")


@strawberry.type(description="How many were told of their inbox by e-mail (邮件提醒结果).")
class MailResult:
    """What mailing did."""

    sent: int = strawberry.field(description="E-mails that the server took (已发送).")
    refused: int = strawberry.field(description="Addresses that it refused (被拒地址).")


@strawberry.type(description="Of how many deadlines was told, and how many publications ended (公示期限处理结果).")
class TendedPublications:
    """What a day's tending did."""

    warned: int = strawberry.field(description="Findings that planners were warned of (预警数).")
    escalated: int = strawberry.field(description="Overdue findings that administrators were told of (督办数).")
    ended: int = strawberry.field(description="Findings that are shown no more from now on (公示期满数).")


@strawberry.type(
    description="What a check of a model found; what the model says of the records is in the job's file (检查结果)."
)
class ModelCheckResult:
    """A check's result."""

    model: NamedModel = strawberry.field(description="The model (模型).")
    least_score: BigInt = strawberry.field(description="The least score that its bins can add up to (最低得分).")
    greatest_score: BigInt = strawberry.field(description="The greatest (最高得分).")
    grades_by_score: list[str] = strawberry.field(description="The grades that scores alone can give (得分可达等级).")
    grades_by_rule: list[str] = strawberry.field(description="The grades that rules can give (规则可给等级).")
    remarks: list[ModelRemark] = strawberry.field(description="What can never happen, and what has no data (说明).")


@strawberry.type(
    description="What one model says otherwise than another; who would move is in the job's file (比较结果)."
)
class ModelComparisonResult:
    """A comparison's result."""

    old: NamedModel = strawberry.field(description="The one (原模型).")
    new: NamedModel = strawberry.field(description="The other (新模型).")
    changes: list[ModelRemark] = strawberry.field(description="What the other says otherwise (改动).")


@strawberry.type(description="That data was written for the province; its files are the job's (上报结果).")
class TrainingDataResult:
    """An export's result."""

    export: str = strawberry.field(description="The document that the ledger binds (导出批次).")
    visits: int = strawberry.field(description="How many visits it tells of (检查数).")


@strawberry.type(
    description="That the province's model was held against local findings; what came of it is in the file "
    "(省级模型核对结果)."
)
class ProvincialCheckResult:
    """A check's result."""

    model: NamedModel = strawberry.field(description="The model (模型).")


@strawberry.type(description="That a campaign was frozen (冻结结果).")
class FreezeResult:
    """A freeze's result."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    entry: BigInt = strawberry.field(description="The ledger's entry that fixed it (日志序号).")


@strawberry.type(description="That a bundle was made; it is the job's file (导出结果).")
class ExportResult:
    """An export's result."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    size: BigInt = strawberry.field(description="The bundle's size in bytes (字节数).")


@strawberry.type(description="That a report was made; PDF and XLSX are the job's files (报告结果).")
class ReportResult:
    """A report's result."""

    report: str = strawberry.field(description="The files' name without an ending (报告名称).")


@strawberry.type(description="That receipts were sealed, each day by an entry (回执封存).")
class SealedReceipts:
    """A sealing's result."""

    days: list[date] = strawberry.field(description="The days (日期).")


@strawberry.type(description="What a run of early warning raised; it is read elsewhere (预警结果).")
class WarningsRaised:
    """A run's result."""

    run: str = strawberry.field(description="The run that the ledger binds (批次).")
    raised: int = strawberry.field(description="How many warnings are new (新增预警数).")


@strawberry.type(description="That deliveries were written as files, which the job has (报送文件).")
class DeliveryExport:
    """An export's result."""

    export: str = strawberry.field(description="Its id, by which the receipt is entered (导出批次).")
    deliveries: int = strawberry.field(description="How many deliveries the files hold (报送数).")
    refused: int = strawberry.field(description="How many could not be written, for want of something (缺项).")
    more: bool = strawberry.field(description="Whether others are left for another export (尚有余下).")


@strawberry.type(description="One check of a verification (验证项).")
class VerificationCheck:
    """A check."""

    name: str = strawberry.field(description="What was checked (验证项).")
    compared: str = strawberry.field(description="What was compared with what (比对内容).")
    fault: str | None = strawberry.field(description="What is wrong; nothing where it passed (问题).")


@strawberry.type(description="What a verification found (验证结果).")
class VerificationResult:
    """A verification's result."""

    passed: bool = strawberry.field(description="Whether every check passed (通过).")
    pinned: bool = strawberry.field(
        description="Whether keys were pinned; otherwise the keys are unverified (密钥已固定)."
    )
    checks: list[VerificationCheck] = strawberry.field(description="Every check (验证项).")


@strawberry.type(description="One thing that is not as the ledger bound it (审计问题).")
class AuditFault:
    """A fault."""

    table: str = strawberry.field(description="The table (数据表).")
    row: str = strawberry.field(description="The row's key (行).")
    code: str = strawberry.field(description="What is wrong (问题代码).")


@strawberry.type(description="What an audit found (审计结果).")
class AuditResult:
    """An audit's result."""

    sound: bool = strawberry.field(description="Whether nothing is wrong (一致).")
    faults: list[AuditFault] = strawberry.field(description="What is wrong (问题).")
    expired: int = strawberry.field(description="How many documents are gone by rule, and not lost (到期销毁).")


@strawberry.type(description="What an evaluation gave: all of it is in the job's files (评估结果).")
class EvaluationResult:
    """An evaluation's result."""

    visits: int = strawberry.field(description="How many visits it is of (检查数).")


JobResult: TypeAlias = Annotated[
    Union[  # noqa: UP007
        ImportResult,
        PullResult,
        GradingResult,
        SealedReadings,
        ReminderResult,
        MailResult,
        TendedPublications,
        ModelCheckResult,
        ModelComparisonResult,
        LearningResult,
        TrainingDataResult,
        ProvincialCheckResult,
        FreezeResult,
        ExportResult,
        ReportResult,
        DeliveryExport,
        SealedReceipts,
        WarningsRaised,
        VerificationResult,
        AuditResult,
        EvaluationResult,
    ],
    strawberry.union("JobResult", description="What a job gave, by its kind (任务结果)."),
]


@strawberry.type(description="A file that a job left (结果文件).")
class ResultFile:
    """A result file."""

    name: str = strawberry.field(description="Its name (文件名).")
    size: BigInt = strawberry.field(description="Its size in bytes (字节数).")
    path: str = strawberry.field(description="Where to fetch it on this host, with the same token (下载路径).")


@strawberry.type(description="Long work that a worker does (后台任务).")
class Job(Node):
    """A job."""

    kind: JobKind = strawberry.field(description="What it does (类型).")
    state: JobState = strawberry.field(description="How far it has come (状态).")
    done: BigInt = strawberry.field(description="How much is done, such as rows read (已完成).")
    total: BigInt = strawberry.field(description="Of how much; 0 where that is not known (总数).")
    step: Note | None = strawberry.field(description="What it is at; nothing unless it runs (步骤).")
    cancel_requested: bool = strawberry.field(description="Whether it was asked to end (已请求取消).")
    campaign_code: str | None = strawberry.field(
        description="The campaign that it is about, where it is about one (任务编号)."
    )
    asked_by: str = strawberry.field(description="Who asked for it (申请人).")
    created_at: datetime = strawberry.field(description="When it was asked for (创建时间).")
    started_at: datetime | None = strawberry.field(description="When it was last begun (开始时间).")
    finished_at: datetime | None = strawberry.field(description="When it ended (结束时间).")
    result: JobResult | None = strawberry.field(description="What it gave, once it is done (结果).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why it failed (失败原因).")
    files: list[ResultFile] = strawberry.field(description="The files that it left (结果文件).")

    @classmethod
    def of(cls, told: "ToldJob", language: Language) -> "Job":
        """Make the answer of a job."""
        job, sizes = told
        return cls(
            key=JOBS.key(told),
            kind=JobKind(job.kind),
            state=JobState(job.state),
            done=BigInt(job.done),
            total=BigInt(job.total),
            step=Note.of(f"job_{job.step}", language) if job.step else None,
            cancel_requested=job.cancel_requested,
            campaign_code=job.parameters.get("campaign"),
            asked_by=job.actor.subject,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            result=None if job.result is None else _result(job.kind, job.result, language),
            refusal=None if job.refusal is None else _refusal(job.refusal, language),
            files=[
                ResultFile(name=name, size=BigInt(size), path=f"/staff/files/{job.id}/{quote(name)}")
                for name, size in sizes.items()
            ],
        )


ToldJob: TypeAlias = tuple[jobs.Job, dict[str, int]]
"""A job, and the sizes of its result files by name."""

JOBS: Keyset[ToldJob] = Keyset("jobs", (datetime, str), lambda told: (told[0].created_at, told[0].id), descending=True)


@strawberry.enum(description="What jobs may go by (后台任务排序字段).")
class JobOrderField(Enum):
    """The orders."""

    CREATED = strawberry.enum_value("created", description="When they were asked for (提交时间).")


JOBS_BY = Orders({JobOrderField.CREATED: JOBS})
JobsBy = Annotated[Order[JobOrderField] | None, order_of("newest first (排序).")]


def with_files(tx: Transaction, held: Sequence[jobs.Job]) -> list[ToldJob]:
    """Return jobs with the sizes of their files."""
    files = jobs.result_files(tx, [job.id for job in held])
    return [(job, files[job.id]) for job in held]


def _refusal(refusal: Mapping[str, Any], language: Language) -> RefusalAnswer:
    return RefusalAnswer.of(Refusal(str(refusal["code"]), **refusal["parameters"]), language)


def _result(kind: str, result: Mapping[str, Any], language: Language) -> JobResult:
    if kind == "pull_source":
        failed = [FailedFile(name=each["file"], refusal=_refusal(each, language)) for each in result["failed"]]
        return PullResult(files=_files(result), unchanged=result["unchanged"], failed=failed)
    if kind == "verify_bundle":
        return _verified(result, language)
    found: JobResult = _RESULTS[kind](result)
    return found


def _files(result: Mapping[str, Any]) -> list[ImportedFile]:
    return [
        ImportedFile(name=each["file"], kind=FileKind(each["kind"]), **_without(each, "file", "kind"))
        for each in result["files"]
    ]


def _checked_model(result: Mapping[str, Any]) -> ModelCheckResult:
    return ModelCheckResult(
        model=NamedModel(**result["model"]),
        least_score=BigInt(result["scores"]["least"]),
        greatest_score=BigInt(result["scores"]["greatest"]),
        grades_by_score=result["grades_by_score"],
        grades_by_rule=result["grades_by_rule"],
        remarks=[ModelRemark(**each) for each in result["remarks"]],
    )


def _compared_models(result: Mapping[str, Any]) -> ModelComparisonResult:
    return ModelComparisonResult(
        old=NamedModel(**result["old"]),
        new=NamedModel(**result["new"]),
        changes=[ModelRemark(**each) for each in result["changes"]],
    )


def _verified(result: Mapping[str, Any], language: Language) -> VerificationResult:
    checks = [
        VerificationCheck(**{**each, "fault": each["fault"] and say_fault(each["fault"], language)})
        for each in result["checks"]
    ]
    return VerificationResult(passed=result["passed"], pinned=result["pinned"], checks=checks)


def _audited(result: Mapping[str, Any]) -> AuditResult:
    faults = [AuditFault(**each) for each in result["faults"]]
    return AuditResult(sound=not faults, faults=faults, expired=result.get("expired", 0))


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


_RESULTS: Mapping[str, Any] = {
    "import_file": lambda result: ImportResult(files=_files(result)),
    "grade_enterprises": lambda result: GradingResult(
        run=result["run"],
        as_of=date.fromisoformat(result["as_of"]),
        enterprises=result["enterprises"],
        stored=result["stored"],
    ),
    "check_model": _checked_model,
    "compare_models": _compared_models,
    "learn_model": LearningResult.of,
    "export_training_data": lambda result: TrainingDataResult(**result),
    "check_provincial_model": lambda result: ProvincialCheckResult(model=NamedModel(**result["model"])),
    "remind": lambda result: ReminderResult(told=result["told"]),
    "mail_inbox": lambda result: MailResult(sent=result["sent"], refused=result["refused"]),
    "seal_readings": lambda result: SealedReadings(days=[date.fromisoformat(day) for day in result["days"]]),
    "tend_publications": lambda result: TendedPublications(**result),
    "raise_warnings": lambda result: WarningsRaised(**result),
    "freeze_campaign": lambda result: FreezeResult(campaign_code=result["campaign"], entry=BigInt(result["entry"])),
    "seal_receipts": lambda result: SealedReceipts(days=[date.fromisoformat(day) for day in result["days"]]),
    "export_deliveries": lambda result: DeliveryExport(
        export=result["export"], deliveries=result["deliveries"], refused=result["refused"], more=result["more"]
    ),
    "export_bundle": lambda result: ExportResult(campaign_code=result["campaign"], size=BigInt(result["bytes"])),
    "file_campaign_report": lambda result: ReportResult(report=result["report"]),
    "file_annual_report": lambda result: ReportResult(report=result["report"]),
    "file_quarterly_report": lambda result: ReportResult(report=result["report"]),
    "audit": _audited,
    "evaluate_campaign": lambda result: EvaluationResult(**result),
    "evaluate_period": lambda result: EvaluationResult(**result),
    "analyse_indicators": lambda result: EvaluationResult(**result),
}
