"""The enumerations of both schemas, each value with its official text."""

from enum import Enum
from typing import Any, TypeVar

import strawberry

from ledger.actors import Role
from sampling.deviations import Departure
from sampling.listings import CampaignType
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
