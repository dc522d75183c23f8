"""Models, from draft to retirement (分类模型)."""

from datetime import date
from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from sampling import requests
from sampling.requests import ModelChoice
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import ModelName, ModelText, ModelVersionName, Purpose
from schema.staff_types.models import Model
from schema.staff_types.payloads import JobPayload, ModelPayload, UseCase, ask, attempt
from scoring import model_steps
from scoring.models import ModelVersion

Approve = Annotated[
    bool, strawberry.argument(description="Whether it may be put in force; otherwise it is returned (是否同意启用).")
]
Note = Annotated[str, strawberry.argument(description="A note; a return needs one (意见).")]
Since = Annotated[date, strawberry.argument(description="The first day, today or later (启用日期).")]
Until = Annotated[date, strawberry.argument(description="The first day without it, today or later (停用日期).")]


@strawberry.input(description="A model: its text, or the name and version of one that is held (模型).")
class ModelInput:
    """A model to compare."""

    text: str | None = strawberry.field(default=None, description="Its document, TOML (模型文本).")
    name: str | None = strawberry.field(default=None, description="Its name (名称).")
    version: str | None = strawberry.field(default=None, description="Its version (版本).")


OldModel = Annotated[ModelInput, strawberry.argument(description="The one (原模型).")]
NewModel = Annotated[ModelInput, strawberry.argument(description="The other (新模型).")]


@strawberry.type
class ModelMutations:
    """The steps of a model's version."""

    @mutation("Check a model and try it on today's records; that you read what it says is recorded (检查模型).")
    async def check_model(self, info: Info, text: ModelText, purpose: Purpose) -> JobPayload:
        """Ask for a check."""
        return await ask(info, lambda tx, actor, now: requests.request_model_check(tx, actor, now, text, purpose))

    @mutation("Compare two models and tell who would move; that you read it is recorded (比较模型).")
    async def compare_models(self, info: Info, old: OldModel, new: NewModel, purpose: Purpose) -> JobPayload:
        """Ask for a comparison."""
        first, second = (ModelChoice(each.text, each.name, each.version) for each in (old, new))
        return await ask(
            info, lambda tx, actor, now: requests.request_model_comparison(tx, actor, now, first, second, purpose)
        )

    @mutation("Keep a new version of a model as a draft, for a second person to review (起草模型).")
    async def draft_model(self, info: Info, text: ModelText) -> ModelPayload:
        """Draft a version."""
        return await _answer(info, lambda tx, actor, now: model_steps.draft(tx, actor, now, text))

    @mutation("Approve a draft, or return it; never by who drafted it (审核模型).")
    async def review_model(
        self, info: Info, name: ModelName, version: ModelVersionName, approve: Approve, note: Note = ""
    ) -> ModelPayload:
        """Review a draft."""
        return await _answer(
            info, lambda tx, actor, now: model_steps.review(tx, actor, now, name, version, approve, note)
        )

    @mutation("Put a reviewed version in force from a day on, in place of its earlier versions (启用模型).")
    async def enforce_model(self, info: Info, name: ModelName, version: ModelVersionName, since: Since) -> ModelPayload:
        """Put a version in force."""
        return await _answer(info, lambda tx, actor, now: model_steps.enforce(tx, actor, now, name, version, since))

    @mutation("End a version from a day on (停用模型).")
    async def retire_model(
        self, info: Info, name: ModelName, version: ModelVersionName, until: Until, note: Note = ""
    ) -> ModelPayload:
        """Retire a version."""
        return await _answer(
            info, lambda tx, actor, now: model_steps.retire(tx, actor, now, name, version, until, note)
        )


async def _answer(info: Info, use_case: UseCase[ModelVersion]) -> ModelPayload:
    found, refusal = await attempt(info, use_case)
    today = civil_date(info.context.bureau.now)
    return ModelPayload(model=None if found is None else Model.of(found, today), refusal=refusal)
