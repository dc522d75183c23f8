"""Grades (信用风险分类): each reading leaves its record, and each grade says what it is not."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from ledger.actors import Role
from ledger.calendar import parse_date
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.scalars import USCC, BigInt
from schema.staff_types.models import NamedModel
from scoring import grades, outside_grades
from scoring.grades import Attribute
from scoring.stages import Stage


@strawberry.type(description="What one indicator gave (指标得分).")
class IndicatorPoints:
    """An indicator's points."""

    id: str = strawberry.field(description="The indicator in its model (指标).")
    title: str = strawberry.field(description="What it is called (指标).")
    dimension: str = strawberry.field(description="The national dimension that it belongs to (维度).")
    value: BigInt | None = strawberry.field(description="What was measured; nothing where there is no value (取值).")
    points: BigInt = strawberry.field(description="The points that it gave (得分).")


@strawberry.type(description="A qualitative rule that fired (触发的规则).")
class FiredRule:
    """A rule that fired."""

    id: str = strawberry.field(description="The rule in its model (规则).")
    title: str = strawberry.field(description="What it is called (规则).")
    effect: str = strawberry.field(description="at_least, at_most or exactly (调整方式).")
    grade: str = strawberry.field(description="The grade that it is about (等级).")
    reason: str = strawberry.field(description="Why the rule is there (理由).")
    legal_basis: str = strawberry.field(description="What it rests on (依据).")
    expires: date | None = strawberry.field(description="The last day of a manual judgement (有效期至).")


@strawberry.type(description="What another system said of the enterprise; as confidential as the grade (外部等级).")
class OutsideGradeInReasons:
    """A grade of another system."""

    system: str = strawberry.field(description="Which system (系统).")
    grade: str = strawberry.field(description="Its grade (等级).")
    said_on: date = strawberry.field(description="When it said so (日期).")


@strawberry.type(
    description="What the models in force say of one enterprise: for placing supervision only, no evaluation of credit "
    "(信用风险分类)."
)
class Grade:
    """A grade with its reasons."""

    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    grade: str = strawberry.field(description="Its grade (等级).")
    score: BigInt = strawberry.field(description="The sum of its points (分值).")
    score_grade: str = strawberry.field(description="The grade that the points alone would give (评分所得等级).")
    indicators: list[IndicatorPoints] = strawberry.field(description="The points by indicator (指标得分).")
    rules: list[FiredRule] = strawberry.field(
        description="The rules that fired, and manual judgements in force (触发的规则、定性判定)."
    )
    outside: list[OutsideGradeInReasons] = strawberry.field(
        description="Grades of other systems that the model looked at (外部分类)."
    )
    model: NamedModel | None = strawberry.field(
        description="Of the models in force the one that held, being the most specific; nothing in older grades "
        "(所用模型)."
    )
    stage: Stage | None = strawberry.field(
        description="Where the enterprise stood in its life; nothing in older grades (生命周期阶段)."
    )
    department: str | None = strawberry.field(
        description="The department whose own model it is by; nothing: the general grade (部门)."
    )
    as_of: date = strawberry.field(description="The day that it is as of (截止日期).")
    notice: str = strawberry.field(description="What it may be used for, in both languages (用途声明).")

    @classmethod
    def of(cls, found: grades.Grade) -> "Grade":
        """Make the answer of a grade."""
        reasons: Mapping[str, Any] = found.reasons
        return cls(
            enterprise_code=USCC(found.enterprise),
            grade=found.grade,
            score=BigInt(found.score),
            score_grade=reasons["score_grade"],
            indicators=[
                IndicatorPoints(**{name: each[name] for name in ("id", "title", "dimension", "value", "points")})
                for each in reasons["indicators"]
            ],
            rules=[_rule(each) for each in reasons["rules"]],
            outside=[
                OutsideGradeInReasons(system=each["system"], grade=each["grade"], said_on=parse_date(each["date"]))
                for each in reasons.get("outside", [])
            ],
            model=NamedModel(**reasons["model"]) if "model" in reasons else None,
            stage=Stage(reasons["stage"]) if "stage" in reasons else None,
            department=found.department or None,
            as_of=found.as_of,
            notice=found.notice,
        )


def _rule(told: Mapping[str, Any]) -> FiredRule:
    """Make the answer of a rule; grades of earlier versions of Qian tell neither basis nor term."""
    expires = told.get("expires")
    return FiredRule(
        **{name: told[name] for name in ("id", "title", "effect", "grade", "reason")},
        legal_basis=told.get("legal_basis", ""),
        expires=None if expires is None else parse_date(expires),
    )


@strawberry.type(
    description="What another system said of an enterprise: as confidential as our own grades (外部分类结果)."
)
class OutsideGrade:
    """A grade of another system."""

    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    system: str = strawberry.field(description="The system (分类系统).")
    grade: str = strawberry.field(description="What it said last (等级).")
    graded_on: date = strawberry.field(description="When it said so (评定日期).")
    notice: str = strawberry.field(description="What it may be used for, in both languages (用途声明).")

    @classmethod
    def of(cls, found: outside_grades.OutsideGrade) -> "OutsideGrade":
        """Make the answer of a grade."""
        return cls(
            enterprise_code=USCC(found.enterprise),
            system=found.system,
            grade=found.grade,
            graded_on=found.date,
            notice=found.notice,
        )


@strawberry.type(description="How many enterprises have a grade, by what was asked for (分类分布).")
class GradeCount:
    """A cell of the distribution."""

    sector: str | None = strawberry.field(description="The trade, if it was asked for (行业).")
    region: str | None = strawberry.field(description="The region, if it was asked for (区域).")
    stage: Stage | None = strawberry.field(description="The stage, if it was asked for (生命周期阶段).")
    grade: str = strawberry.field(description="The grade (等级).")
    count: int = strawberry.field(description="How many enterprises (企业数).")


@strawberry.type(description="The distribution of the newest run's grades (分类分布).")
class GradeDistribution:
    """The distribution."""

    counts: list[GradeCount] = strawberry.field(
        description="The numbers, by the attributes asked for and by grade (数量)."
    )
    notice: str = strawberry.field(description="What it may be used for, in both languages (用途声明).")

    @classmethod
    def of(cls, by: Sequence[Attribute], counted: Sequence[tuple[Any, ...]]) -> "GradeDistribution":
        """Make the answer of the numbers that `grades.distribution` tells."""
        counts = []
        for *told, grade, count in counted:
            known = dict(zip(by, told, strict=True))
            stage = known.get(Attribute.STAGE)
            counts.append(
                GradeCount(
                    sector=known.get(Attribute.SECTOR),
                    region=known.get(Attribute.REGION),
                    stage=Stage(stage) if stage else None,
                    grade=grade,
                    count=count,
                )
            )
        return cls(counts=counts, notice=grades.NOTICE)


@strawberry.type(description="How many enterprises had one grade and then another; no grade is nothing (等级迁移).")
class GradeMove:
    """A cell of the migration matrix."""

    before: str | None = strawberry.field(description="The grade at the end of the first month (迁移前等级).")
    after: str | None = strawberry.field(description="The grade at the end of the second month (迁移后等级).")
    count: int = strawberry.field(description="How many enterprises (企业数).")


@strawberry.type(description="Who moved between the grades from one month to another (等级迁移矩阵).")
class GradeMigration:
    """A migration matrix."""

    since: date = strawberry.field(description="The day that the first grades are as of (起始日期).")
    until: date = strawberry.field(description="The day that the second grades are as of (截止日期).")
    scale: list[str] = strawberry.field(description="The grades, risk rising (等级).")
    moves: list[GradeMove] = strawberry.field(
        description="The numbers; a pair that is not among them has none (迁移数)."
    )
    notice: str = strawberry.field(description="What it may be used for, in both languages (用途声明).")

    @classmethod
    def of(cls, found: grades.Migration) -> "GradeMigration":
        """Make the answer of a migration."""
        moves = [
            GradeMove(before=before or None, after=after or None, count=count)
            for (before, after), count in sorted(found.counts.items())
        ]
        return cls(since=found.since, until=found.until, scale=list(found.scale), moves=moves, notice=found.notice)


@strawberry.type(description="That somebody read grades (查阅记录).")
class GradeReading(Node):
    """A reading."""

    time: datetime = strawberry.field(description="When (时间).")
    subject: str = strawberry.field(description="Who (人员).")
    role: Role = strawberry.field(description="In which role (角色).")
    enterprise_code: USCC | None = strawberry.field(description="Of which enterprise; nothing: of all (企业).")
    what: str = strawberry.field(
        description="What was read: a run, by its document's id, or `trial`, `outside`, `judgement`; "
        "empty: a history over all runs (查阅内容)."
    )
    purpose: str = strawberry.field(description="What for (用途).")

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "GradeReading":
        """Make the answer of a reading."""
        return cls(
            key=READINGS.key(row),
            time=row["time"],
            subject=row["subject"],
            role=Role(row["role"]),
            enterprise_code=row["enterprise"],
            what=row["run"],
            purpose=row["purpose"],
        )


READINGS: Keyset[Mapping[str, Any]] = Keyset("readings", (int,), lambda row: (row["id"],), descending=True)


@strawberry.enum(description="What readings may go by (查阅记录排序字段).")
class GradeReadingOrderField(Enum):
    """The orders."""

    READ = strawberry.enum_value("read", description="When it was read (查阅时间).")


READINGS_BY = Orders({GradeReadingOrderField.READ: READINGS})
ReadingsBy = Annotated[Order[GradeReadingOrderField] | None, order_of("newest first (排序).")]
