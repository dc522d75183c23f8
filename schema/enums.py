"""The enumerations of both schemas, each value with its official text."""

from enum import Enum
from typing import Any, TypeVar

import strawberry

from ledger.actors import Role
from scoring.coverage import By, Lack
from scoring.results import FollowUp, Result, Worded

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
