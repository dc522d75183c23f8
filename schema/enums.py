"""The enumerations of both schemas, each value with its official text."""

from enum import Enum
from typing import Any, TypeVar

import strawberry

from ledger.actors import Role
from sampling.deviations import Departure
from sampling.listings import CampaignType
from sampling.reporting import DeviationKind
from sampling.reserves import Cause
from scoring.coverage import By, Lack
from scoring.grades import Attribute
from scoring.joint_grades import JointRule
from scoring.judgements import JudgementState
from scoring.models import State, Step
from scoring.results import FollowUp, Result, Worded
from scoring.scorecard import Effect
from scoring.stages import Stage

E = TypeVar("E", bound=type[Enum])


def _described(enum: E, name: str, description: str, texts: dict[str, str]) -> E:
    """Give an enumeration of a lower package its name and descriptions here."""
    made: Any = strawberry.enum(enum, name=name, description=description)
    for value in made.__strawberry_definition__.values:
        value.description = texts[value.name]
    return enum


def _texts(enum: type[Worded]) -> dict[str, str]:
    return {member.name: member.text for member in enum}


_described(Result, "ResultCode", "What a visit found, by the official result codes (检查结果).", _texts(Result))
_described(FollowUp, "FollowUpCode", "What follows a visit (后续处理).", _texts(FollowUp))
_described(
    Role,
    "Role",
    "What an officer does (角色).",
    {
        "PLANNER": "Plans, freezes, draws, reviews and publishes (抽查管理员).",
        "INSPECTOR": "Visits and records (执法检查人员).",
        "ANALYST": "Keeps the records and the model, and reads grades (分析员).",
        "AUDITOR": "Reads everything, with openings (审计员).",
        "ADMINISTRATOR": "Runs the bureau (系统管理员).",
    },
)
_described(
    DeviationKind,
    "DeviationKind",
    "What in a campaign was not the plain way from freeze to close (偏离类别).",
    {
        "QUORUM_LATE": "Voided by rule, since the witnesses' quorum was late (见证方法定数未按时到齐，按规则作废).",
        "VOID_PROPOSED": "Proposed to be void, and not confirmed (已提议作废但未确认).",
        "VOID_BEFORE_BEACON": "Voided by two persons before its beacon (两人在信标之前作废).",
        "VOID_AFTER_DRAW": "Voided by two persons after its draw; had been drawn (两人在抽取之后作废，附当时抽中者).",
        "REPLACES": "Frozen again in place of voided campaigns (替代已作废任务重新冻结).",
        "VOID_UNWITNESSED": "No witness saw in time the void of what it replaces (所替代任务的作废未经及时见证).",
        "NO_WITNESSES": "Frozen without witnesses (冻结时没有日志见证方).",
        "LOCAL_BEACON": "Decided by the bureau's own randomness (由本机随机数决定).",
        "FALLBACK_USED": "Decided by the fallback beacon (由备用信标决定).",
        "FLAT_RATE": "Drawn at one rate for all grades (各等级采用同一抽查比例).",
        "SPECIAL": "A special check: no draw (专项检查).",
        "SUPERIOR": "A superior's list: no draw here (上级抽取).",
        "REPLACEMENT": "A reserve replaces a drawn enterprise (以候补替换抽中企业).",
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
        "MODEL": "The grades of one department alone (单一部门模型).",
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
    Lack,
    "Lack",
    "What should be recorded of an enterprise and is not (缺项).",
    {
        "LICENCE": "A licence that holds, in a trade that needs one (许可).",
        "INSPECTION": "An inspection in the last years (监督检查).",
    },
)
