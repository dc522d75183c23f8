"""Learning a model's points from findings: what is asked, and what it gave (模型学习)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import strawberry

from schema.remarks import ModelRemark
from schema.staff_types.models import NamedModel
from scoring.learning.encoding import Direction
from scoring.learning.learner import Advice
from scoring.learning.questions import Question
from scoring.learning.settings import Settings
from scoring.results import Result


@strawberry.input(description="An indicator's direction, where the model gives it none (指标方向).")
class IndicatorDirectionInput:
    """A declared direction."""

    indicator: str = strawberry.field(description="The indicator's id (指标).")
    direction: Direction = strawberry.field(description="Its direction (方向).")


@strawberry.input(description="What to learn, from which visits, and how (学习要求).")
class LearningInput:
    """A question to the findings."""

    name: str = strawberry.field(description="The name of the held model whose points are learned anew (模型名称).")
    version: str = strawberry.field(description="Its version (版本).")
    first: date = strawberry.field(description="The first day of the visits (起始日期).")
    last: date = strawberry.field(description="The last day of the visits (截止日期).")
    target: list[Result] = strawberry.field(
        description="The results that count as a finding; none: any problem (目标结果).",
        default_factory=list,
    )
    observational: bool = strawberry.field(
        description="From visits that nobody drew, instead of those that were drawn (观察性检查).", default=False
    )
    directions: list[IndicatorDirectionInput] = strawberry.field(
        description="Directions of indicators that the model gives none (指标方向).", default_factory=list
    )
    adjust_inspectors: bool = strawberry.field(
        description="Whether findings are adjusted for how strict who visited is (校正检查人员尺度).", default=True
    )
    points_to_double: int | None = strawberry.field(
        description="Points that double the odds; none: as in the model (优势翻倍分值).", default=None
    )
    shares: list[int] | None = strawberry.field(
        description="Shares of the grades, risk rising, in millionths; none: as today's (等级占比).", default=None
    )
    author: str | None = strawberry.field(description="The draft's author; none: the model's (拟定单位).", default=None)

    def question(self) -> Question:
        """Return it as the use case takes it; raises Invalid."""
        return Question(
            self.name,
            self.version,
            self.first,
            self.last,
            tuple(each.value for each in self.target),
            self.observational,
            self.author,
            Settings(
                directions={each.indicator: each.direction for each in self.directions},
                adjust_inspectors=self.adjust_inspectors,
                points_to_double=self.points_to_double,
                shares=None if self.shares is None else tuple(self.shares),
            ),
        )


@strawberry.type(description="What learning proposes; the draft and how it came about are the job's files (学习结果).")
class LearningResult:
    """A learning's result."""

    base: NamedModel = strawberry.field(description="The model whose points were learned anew (基础模型).")
    draft: NamedModel = strawberry.field(description="Under which version the draft would stand (草稿).")
    filed: bool = strawberry.field(description="Whether it is kept as a draft, for a second person to review (已起草).")
    advice: Advice = strawberry.field(description="What the comparison supports (建议).")
    changes: list[ModelRemark] = strawberry.field(description="What the draft says otherwise (改动).")

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> "LearningResult":
        """Make the answer of a job's result."""
        return cls(
            base=NamedModel(**result["base"]),
            draft=NamedModel(**result["draft"]),
            filed=result["filed"],
            advice=Advice(result["advice"]),
            changes=[ModelRemark(**each) for each in result["changes"]],
        )
