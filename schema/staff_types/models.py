"""The models that grade (分类模型), each version with its life."""

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated

import strawberry

from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.scalars import BigInt, Digest
from scoring.models import ModelVersion, State, Step, StepTaken
from scoring.origins import Origin
from scoring.scopes import Scope
from scoring.stages import Stage


@strawberry.type(description="One grade of a model's scale (等级).")
class GradeLevel:
    """A grade of the scale."""

    label: str = strawberry.field(description="What it is called (等级).")
    name: str = strawberry.field(description="What it says (名称).")
    meaning: str = strawberry.field(description="What it means for supervision (含义).")
    lowest_score: BigInt | None = strawberry.field(
        description="The lowest score that gives it; nothing for the first (最低分)."
    )


@strawberry.type(description="What a model is for; an empty list restricts nothing (适用范围).")
class ModelScope:
    """A scope."""

    sectors: list[str] = strawberry.field(description="Trades (行业).")
    regions: list[str] = strawberry.field(description="Regions (区域).")
    departments: list[str] = strawberry.field(
        description="Codes of the departments that it gives a grade of their own; none: the general grade (部门)."
    )
    stages: list[Stage] = strawberry.field(description="Stages of an enterprise's life (生命周期阶段).")

    @classmethod
    def of(cls, scope: Scope) -> "ModelScope":
        """Make the answer of a scope."""
        return cls(
            sectors=list(scope.sectors),
            regions=list(scope.regions),
            departments=list(scope.departments),
            stages=[Stage(stage) for stage in scope.stages],
        )


@strawberry.type(description="The name and version of a model (模型版本).")
class NamedModel:
    """A model's name and version."""

    name: str = strawberry.field(description="Its name (名称).")
    version: str = strawberry.field(description="Its version (版本).")


@strawberry.type(description="What a model that others made says of where it comes from (模型来源).")
class ModelOrigin:
    """An origin."""

    issuer: str = strawberry.field(description="Who made it (制定单位).")
    issued_on: date = strawberry.field(description="On which day (制定日期).")
    data: str = strawberry.field(description="On which data (建模数据).")
    digest: Digest = strawberry.field(description="The SHA-256 of the model, as they stated it (模型摘要).")

    @classmethod
    def of(cls, origin: Origin) -> "ModelOrigin":
        """Make the answer of an origin."""
        digest = Digest(bytes.fromhex(origin.digest))
        return cls(issuer=origin.issuer, issued_on=origin.issued_on, data=origin.data, digest=digest)


@strawberry.type(description="A step in a version's life (模型流程).")
class ModelStep:
    """A step."""

    step: Step = strawberry.field(description="What was done (操作).")
    by: str = strawberry.field(description="Who did it (人员).")
    at: datetime = strawberry.field(description="When (时间).")
    since: date | None = strawberry.field(
        description="From which day on it is in force, or no longer is, where the step says so (起始日期)."
    )
    note: str = strawberry.field(description="What was said with it (意见).")

    @classmethod
    def of(cls, taken: StepTaken) -> "ModelStep":
        """Make the answer of a step."""
        return cls(step=taken.step, by=taken.by, at=taken.at, since=taken.day, note=taken.note)


@strawberry.type(description="A version of a model: scope, scale, indicators, points, rules, thresholds (分类模型).")
class Model(Node):
    """A version."""

    name: str = strawberry.field(description="Its name (名称).")
    version: str = strawberry.field(description="Its version, whose text never changes (版本).")
    title: str = strawberry.field(description="Its title (标题).")
    author: str = strawberry.field(description="Who made it (作者).")
    origin: ModelOrigin | None = strawberry.field(
        description="Where it comes from; nothing: it is the bureau's own (来源)."
    )
    valid_from: date = strawberry.field(description="The first day that it is meant for (有效期自).")
    valid_to: date | None = strawberry.field(description="The last day that it is meant for (有效期至).")
    notice: str = strawberry.field(description="What it is and is not (声明).")
    scope: ModelScope = strawberry.field(description="Where it holds (适用范围).")
    grades: list[GradeLevel] = strawberry.field(description="Its scale, low risk first (等级).")
    text: str = strawberry.field(description="Its document, TOML (模型文本).")
    state: State = strawberry.field(description="How far it has come today (状态).")
    in_force_from: date | None = strawberry.field(description="The first day that it grades (启用日期).")
    in_force_to: date | None = strawberry.field(description="The last day that it grades; nothing: no end (停用日期).")
    steps: list[ModelStep] = strawberry.field(description="Its life so far (模型流程).")

    @classmethod
    def of(cls, found: ModelVersion, today: date) -> "Model":
        """Make the answer of a version as it stands on a day."""
        model, adopted = found.model, found.adopted
        until = None if adopted is None else adopted.until
        return cls(
            key=(model.name, model.version),
            name=model.name,
            version=model.version,
            title=model.title,
            author=model.author,
            origin=None if model.origin is None else ModelOrigin.of(model.origin),
            valid_from=model.valid_from,
            valid_to=model.valid_to,
            notice=model.notice,
            scope=ModelScope.of(model.scope),
            grades=[GradeLevel(**vars(level)) for level in model.grades],
            text=found.text,
            state=found.state_on(today),
            in_force_from=None if adopted is None else adopted.since,
            in_force_to=None if until is None else until - timedelta(days=1),
            steps=[ModelStep.of(each) for each in found.steps],
        )


MODELS: Keyset[ModelVersion] = Keyset("models", (int,), lambda found: (found.number,), descending=True)


@strawberry.enum(description="What versions may go by (模型排序字段).")
class ModelOrderField(Enum):
    """The orders."""

    ADDED = strawberry.enum_value("added", description="When they came (加入先后).")


MODELS_BY = Orders({ModelOrderField.ADDED: MODELS})
ModelsBy = Annotated[Order[ModelOrderField] | None, order_of("newest first (排序).")]
