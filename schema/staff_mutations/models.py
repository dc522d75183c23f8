"""Models, from draft to retirement (分类模型)."""

from datetime import date
from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import ModelName, ModelText, ModelVersionName
from schema.staff_types.models import Model
from schema.staff_types.payloads import ModelPayload, UseCase, attempt
from scoring import model_steps
from scoring.models import ModelVersion

Approve = Annotated[bool, strawberry.argument(description="Whether it may be put in force; otherwise it is returned.")]
Note = Annotated[str, strawberry.argument(description="A note; a return needs one (意见).")]
Since = Annotated[date, strawberry.argument(description="The first day, today or later (启用日期).")]
Until = Annotated[date, strawberry.argument(description="The first day without it, today or later (停用日期).")]


@strawberry.type
class ModelMutations:
    """The steps of a model's version."""

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
