"""The enumerations of both schemas, each value with its official text."""

from enum import Enum
from typing import Any, TypeVar

import strawberry

from ledger.actors import Role
from ledger.deliveries import Operation
from ledger.deliveries import State as DeliveryState
from sampling.deviations import Departure
from sampling.exchange.peers import Obstacle
from sampling.listings import CampaignType
from sampling.public_filters import FindingOrder
from sampling.publicity.claims import Claim
from sampling.publicity.notices import NoticeKind
from sampling.publicity.submissions import Kind as SubmissionKind
from sampling.publicity.submissions import State as SubmissionState
from sampling.reporting import DeviationKind
from sampling.reserves import Cause
from sampling.users.states import State as UserState
from sampling.users.states import Step as UserStep
from sampling.users.states import Way
from sampling.visits.accounts import Reply, Signed
from sampling.visits.numbering import FormKind
from sampling.visits.settling import Choice
from scoring.coverage import By, Lack
from scoring.enterprises import EnterpriseOrder
from scoring.grades import Attribute
from scoring.joint_grades import JointRule
from scoring.judgements import JudgementState
from scoring.learning.encoding import Direction
from scoring.learning.learner import Advice
from scoring.models import State, Step
from scoring.provincial.pseudonyms import Named
from scoring.results import FollowUp, Result, Worded
from scoring.scorecard import Effect
from scoring.stages import Stage
from scoring.warnings.kinds import Kind as WarningKind
from scoring.warnings.kinds import State as WarningState

E = TypeVar("E", bound=type[Enum])


def _described(enum: E, name: str, description: str, texts: dict[str, str]) -> E:
    """Give an enumeration of a lower package its name and descriptions here."""
    made: Any = strawberry.enum(enum, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = texts[value.name]
    return enum


def _texts(enum: type[Worded], english: dict[str, str]) -> dict[str, str]:
    return {member.name: f"{english[member.name]} ({member.text})." for member in enum}


_described(
    Result,
    "ResultCode",
    "What a visit found, by the official result codes (检查结果).",
    _texts(
        Result,
        {
            "NO_PROBLEM": "No problem was found",
            "UNREACHABLE": "Not to be reached at its registered address",
            "CLOSED": "Closed, or being wound up",
            "UNCOOPERATIVE": "Did not cooperate, gravely",
            "DEREGISTERED": "Deregistered",
            "LICENCE_REVOKED": "Its business licence was revoked",
            "REGISTRATION_ANNULLED": "Its registration was annulled",
            "MOVED_AWAY": "Moved away",
            "NOT_DISCLOSED": "Did not disclose what it has to",
            "FALSELY_DISCLOSED": "Disclosed what is false, or hid the truth",
            "OTHER_VIOLATION": "Violated other rules",
            "CORRECTED": "A problem was found, and corrected as ordered",
            "NO_SUCH_ACTIVITY": "Does nothing that this campaign is about",
            "PENDING": "A problem was found that is yet to be dealt with",
        },
    ),
)
_described(
    FollowUp,
    "FollowUpCode",
    "What follows a visit (后续处理).",
    _texts(
        FollowUp,
        {
            "NONE": "Nothing more",
            "STOPPED": "The check ends, and the department in charge is told",
            "CORRECTION": "A correction is ordered",
            "CASE": "A case is handed over",
            "OTHER_DEPARTMENT": "Another department is told",
            "OTHER": "Something else",
        },
    ),
)
_described(
    Role,
    "Role",
    "What an officer, or a peer department's system, does (角色).",
    {
        "PLANNER": "Plans, freezes, draws, reviews and publishes (抽查管理员).",
        "INSPECTOR": "Visits and records (执法检查人员).",
        "ANALYST": "Keeps the records and the model, and reads grades (分析员).",
        "AUDITOR": "Reads everything, with openings (审计员).",
        "ADMINISTRATOR": "Runs the bureau (系统管理员).",
        "PEER": "The system of a peer department, which reads what it may recognise and hands in records (对接部门).",
    },
)
_described(
    Obstacle,
    "RecognitionObstacle",
    "Why a finding does not stand for another department's visit (不予互认的原因).",
    {
        "OWN": "Your department took part in it itself (本部门参与).",
        "REPEATED": "It repeats another inspection: nobody went there (已属互认结果).",
        "NOT_MET": "Nobody was met, or there was nothing to inspect (未能实施检查).",
        "TOO_OLD": "The visit was more than 365 days ago (已超过一年).",
    },
)
_described(
    Named,
    "PseudonymKind",
    "What a pseudonym stands for (假名类别).",
    {
        "ENTERPRISE": "An enterprise (企业).",
        "INSPECTOR": "An inspector (检查人员).",
        "CAMPAIGN": "A campaign (抽查任务).",
        "STRATUM": "A stratum of a campaign (层).",
    },
)
_described(
    DeliveryState,
    "DeliveryState",
    "What became of a delivery to a platform (报送状态).",
    {
        "QUEUED": "Waits to be sent (待报送).",
        "FAILED": "Was tried in vain, and is tried again (报送失败).",
        "DELIVERED": "Arrived, with a receipt (已送达).",
        "REFUSED": "Was refused: shown until it is mended (被拒收).",
        "EXPORTED": "Was handed over as a file, and waits for its receipt (已导出).",
        "SUPERSEDED": "A newer version goes in its place (已被替代).",
    },
)
_described(
    Operation,
    "DeliveryOperation",
    "What a platform is to do with a thing (报送操作).",
    {"DELIVER": "Take it, in the place of earlier versions (报送).", "WITHDRAW": "Show it no more (撤回)."},
)
_described(
    DeviationKind,
    "DeviationKind",
    "What in a campaign was not the plain way from freeze to close (偏离类别).",
    {
        "QUORUM_LATE": "Voided by rule, since the witnesses' quorum was late (见证方法定数未按时到齐，按规则作废).",
        "VOID_PROPOSED": "Proposed to be void, and not confirmed (已提议作废但未确认).",
        "VOID_BEFORE_BEACON": "Voided by two persons before its beacon (两人在随机数产生之前作废).",
        "VOID_AFTER_DRAW": "Voided by two persons after its draw; had been drawn (两人在抽取之后作废，附当时抽中者).",
        "VOID_OF_LIST": "A list that is no draw was voided by two persons (两人作废非抽取名单).",
        "UNDRAWN": "Not drawn, though its beacon came more than a day ago (随机数已出一天以上仍未抽取).",
        "REPLACES": "Frozen again in place of voided campaigns (替代已作废任务重新冻结).",
        "VOID_UNWITNESSED": "No witness saw in time the void of what it replaces (所替代任务的作废未经及时见证).",
        "NO_WITNESSES": "Frozen without witnesses (冻结时没有日志见证方).",
        "LOCAL_BEACON": "Decided by the bureau's own randomness (由本机随机数决定).",
        "FALLBACK_USED": "Decided by the fallback beacon (由备用随机数决定).",
        "FLAT_RATE": "Drawn at one rate for all grades (各等级采用同一抽查比例).",
        "SPECIAL": "A special check: no draw (专项检查).",
        "SUPERIOR": "A superior's list: no draw here (上级抽取).",
        "REPLACEMENT": "A reserve replaces a drawn enterprise (由候补替补抽中企业).",
        "REMATCH": "An inspector was replaced (更换检查人员).",
        "OVERDUE": "Positions without a published finding in time (逾期未公示的签位).",
    },
)
_described(
    Cause,
    "ReplacementCause",
    "Why a reserve replaces a drawn enterprise; what a visit can find is none of them (替补事由).",
    {
        "NOT_OF_THE_FRAME": "When the list was frozen it did not meet the conditions, though the register said so "
        "(冻结时已不属于抽查范围，名录登记有误).",
        "SAME_AS_ANOTHER": "It is the same enterprise as another one of the list (同一主体重复入册).",
    },
)
_described(
    CampaignType,
    "CampaignType",
    "How a campaign finds whom to visit (抽查类型).",
    {
        "UNTARGETED": "Drawn from all that operate (不定向抽查).",
        "TARGETED": "Drawn from those that meet conditions (定向抽查).",
        "SPECIAL": "No draw: all of a list, for a stated reason (专项检查).",
        "SUPERIOR": "No draw here: all of a list that a superior drew (上级抽取).",
    },
)
_described(
    Departure,
    "Departure",
    "What of a plan departs from rates that differ by grade (偏离类型).",
    {
        "FLAT_RATE": "All grades are drawn at the same rate (各等级同一比例).",
        "SPECIAL": "A special check: no draw (专项检查).",
        "SUPERIOR": "A superior's list: no draw here (上级抽取).",
    },
)
_described(
    JointRule,
    "JointRule",
    "How the grades of several departments become one (合并规则).",
    {
        "DEPARTMENT": "The grades of one department alone, by its own model if it has one (单一部门分级).",
        "HIGHEST": "The one of the greatest risk (取最高).",
        "MATRIX": "What a matrix says (按矩阵).",
    },
)
_described(
    Stage,
    "Stage",
    "Where an enterprise stands in its life (生命周期阶段).",
    {
        stage.name: f"{text} ({stage.text})."
        for stage, text in {
            Stage.NEWLY_REGISTERED: "Established less than a year before",
            Stage.OPERATING: "None of the others",
            Stage.DORMANT: "Suspended, or silent for three years",
            Stage.CLOSING: "Deregistered, revoked, moved away or in liquidation",
        }.items()
    },
)
_described(
    Attribute,
    "GradeAttribute",
    "What a distribution of grades is told by (分布维度).",
    {"SECTOR": "The trade (行业).", "REGION": "The region (区域).", "STAGE": "The stage in its life (生命周期阶段)."},
)
_described(
    State,
    "ModelState",
    "How far a version of a model has come (模型状态).",
    {
        "DRAFT": "Waits for its review (草稿).",
        "RETURNED": "Returned by its reviewer; comes again as another version (已退回).",
        "REVIEWED": "Reviewed by a second person, not in force yet (已审核).",
        "SCHEDULED": "Will be in force (待启用).",
        "IN_FORCE": "Grades (现行).",
        "RETIRED": "No longer grades (已停用).",
    },
)
_described(
    Step,
    "ModelStepKind",
    "A step in the life of a model's version (模型流程).",
    {
        "ADOPTED": "Put in force when the bureau began (初始启用).",
        "DRAFTED": "Handed in (起草).",
        "REVIEWED": "Approved by a second person (审核通过).",
        "RETURNED": "Returned by a second person (退回).",
        "ENFORCED": "Put in force from a day on (启用).",
        "RETIRED": "Ended from a day on (停用).",
    },
)
_described(
    Effect,
    "RuleEffect",
    "What a rule or a judgement does to the grade (调整方式).",
    {
        "AT_LEAST": "The risk is at least that of the grade (不低于).",
        "AT_MOST": "The risk is at most that of the grade (不高于).",
        "EXACTLY": "The grade is this one (等于).",
    },
)
_described(
    JudgementState,
    "JudgementState",
    "How far a manual judgement has come (判定状态).",
    {
        "PROPOSED": "Waits for a second person (待确认).",
        "IN_FORCE": "Counts when grades are given (生效中).",
        "EXPIRED": "Its term has ended (已到期).",
        "WITHDRAWN": "Ended before its term, or refused (已撤回).",
    },
)
_described(
    By,
    "CoverageBy",
    "What enterprises are grouped by (分组).",
    {"SECTOR": "By trade (行业).", "REGION": "By place (区域)."},
)
_described(
    FormKind,
    "VisitFormKind",
    "A printed form of a visit (检查文书).",
    {"NOTICE": "The inspection notice (检查通知书).", "RECORD": "The on-site record (现场检查笔录)."},
)
_described(
    Signed,
    "SignatureKind",
    "How the on-site record was signed for the enterprise (签字情况).",
    {
        "SIGNED": "Signed by somebody of the enterprise (已签字).",
        "REFUSED": "They refused to sign (拒绝签字).",
        "NOBODY_THERE": "Nobody was there to sign (现场无人签字).",
    },
)
_described(
    Reply,
    "CheckReply",
    "What a team answers to a check point (检查要点结论).",
    {"YES": "It is so (是).", "NO": "It is not so (否).", "NOT_APPLICABLE": "It does not apply (不适用)."},
)
_described(
    Choice,
    "ConflictChoice",
    "What comes of a conflict (冲突处理结果).",
    {"KEPT": "What stood is kept (保留现有结果).", "RECORDED": "What was handed in later is recorded (采用离线录入)."},
)
_described(
    Lack,
    "Lack",
    "What should be recorded of an enterprise and is not (缺项).",
    {
        "LICENCE": "A licence that holds, in a trade that needs one (许可).",
        "INSPECTION": "An inspection in the last years (监督检查).",
    },
)
_described(
    NoticeKind,
    "NoticeKind",
    "What a notice is (公告类别).",
    {"NOTICE": "Something announced (公告).", "EXPLANATION": "Something explained (解读)."},
)
_described(
    Claim,
    "ObjectionClaim",
    "What an objection says is wrong (异议类别).",
    {
        "WRONG_ENTERPRISE": "It is about another enterprise (主体有误).",
        "WRONG_FACT": "What it rests on is not so (事实有误).",
        "WRONG_RESULT": "The result does not follow from the facts (结果认定有误).",
        "ALREADY_CORRECTED": "What was found has been put right (已整改).",
    },
)
_described(
    SubmissionKind,
    "SubmissionKind",
    "What came in (来件类别).",
    {"QUESTION": "A question (咨询).", "OBJECTION": "An objection to a published finding (异议)."},
)
_described(
    SubmissionState,
    "SubmissionState",
    "How far a question or an objection has come (办理状态).",
    {
        "RECEIVED": "It waits for an answer (办理中).",
        "PROPOSED": "An answer waits for a second person; told to staff alone (待复核).",
        "ANSWERED": "The question is answered (已答复).",
        "UPHELD": "The objection is upheld (异议成立).",
        "REJECTED": "The objection is rejected (异议不成立).",
        "SET_ASIDE": "It was not taken up (不予受理).",
    },
)
_described(
    Direction,
    "PointsDirection",
    "How points go with an indicator's values (分值方向).",
    {
        "RISING": "The greater the value, the more points (递增).",
        "FALLING": "The greater the value, the fewer points (递减).",
        "ANY": "Each bin as the findings have it (不限).",
    },
)
_described(
    Advice,
    "LearningAdvice",
    "What the comparison with the model in force supports; a person decides (建议).",
    {
        "PROMOTE": "Even the lower bound of its interval is better (建议采用).",
        "KEEP": "It is not shown to be better (建议维持现行模型).",
        "SAME": "Nothing would change (没有变化).",
    },
)
_described(
    WarningKind,
    "WarningKind",
    "What early warning noticed (预警类别).",
    {
        "GRADE_JUMP": "An enterprise's grade or score jumped between two runs (等级或分值突升).",
        "SURGE": "A trade, region, matter or body has more problems or complaints than chance gives (异常增多).",
        "RISK_POINT": "A matter is violated in a trade more often than in others (风险点).",
        "LICENCE": "A licence ends soon, and nothing renews it (许可临期).",
        "CORRECTION": "A correction is overdue (整改逾期).",
        "RELATED": "Enterprises with one representative, address or shareholder fail together (关联企业同类问题).",
    },
)
_described(
    WarningState,
    "WarningState",
    "How far a warning has come (预警状态).",
    {
        "NEW": "Nobody has done anything yet (新预警).",
        "ACKNOWLEDGED": "Somebody looks after it; planners see it (已确认).",
        "DISMISSED": "Dismissed with a reason (已排除).",
        "CAMPAIGN": "Turned into a special check (已转专项检查).",
    },
)
_described(
    Way,
    "SignInWay",
    "How a user signs in (登录方式).",
    {
        "PASSWORD": "Here, by a password and maybe a one-time code (本地密码).",
        "PROVIDER": "At the provider of identities, OpenID Connect (统一身份认证).",
        "CLIENT": "By a client's secret, as a peer department's system (客户端密钥).",
    },
)
_described(
    UserState,
    "UserState",
    "Whether a user may sign in (用户状态).",
    {
        "INVITED": "Has to choose a password first (待接受邀请).",
        "ACTIVE": "May sign in (正常).",
        "DISABLED": "May not (已停用).",
    },
)
_described(
    UserStep,
    "UserStep",
    "What changed of a user (用户变更).",
    {
        "ADDED": "Added (添加).",
        "INVITED_AGAIN": "Lost the password and was invited again (重新邀请).",
        "ACCEPTED": "Chose a password (接受邀请).",
        "CHANGED": "Has another role or department (变更角色或部门).",
        "DISABLED": "Was disabled (停用).",
        "ENABLED": "Was enabled again (启用).",
        "PASSWORD_CHANGED": "Chose another password (修改密码).",
        "SECOND_FACTOR_SET": "Has a new second factor (设置动态口令).",
        "SECOND_FACTOR_RESET": "Lost the second factor (重置动态口令).",
        "RECOVERY_USED": "Signed in by a recovery code (使用恢复码).",
        "SECRET_ROTATED": "Has another client's secret (更换密钥).",
    },
)
_described(
    EnterpriseOrder,
    "EnterpriseOrderField",
    "What enterprises may go by (企业排序字段).",
    {
        "CODE": "Their code (代码).",
        "NAME": "Their name, character by character as Unicode numbers them (名称).",
        "REGION": "Their place, character by character, and code (区域).",
        "SECTOR": "Their trade, character by character as Unicode numbers them, and code (行业).",
        "ESTABLISHED": "When they were founded (成立日期).",
    },
)
_described(
    FindingOrder,
    "FindingOrderField",
    "What published findings may go by (检查结果排序字段).",
    {
        "PUBLISHED": "When they were published (公示先后).",
        "VISITED": "The date of the visit (检查日期).",
        "ENTERPRISE": "The enterprise's code, and the order of publication (统一社会信用代码).",
    },
)
