"""Data for the province to build its model on, and its model on the way back (省级建模)."""

from datetime import date
from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import ModelName, ModelText, ModelVersionName, Purpose
from schema.staff_types.models import Model
from schema.staff_types.payloads import JobPayload, ModelPayload, ask, attempt
from scoring.provincial import exporting, taking_back
from scoring.provincial.exporting import Wanted

FirstVisit = Annotated[date, strawberry.argument(description="The first day of the visits (检查首日).")]
LastVisit = Annotated[date, strawberry.argument(description="The last day of the visits (检查末日).")]
WithEnterprises = Annotated[
    bool, strawberry.argument(description="Whether to add what all enterprises' indicators are today (含企业指标数据).")
]


@strawberry.type
class ProvincialMutations:
    """Exchange of data and models with the province."""

    @mutation(
        "Write visits with a held model's indicators under pseudonyms, for the province to build a model on; "
        "that you read them is recorded (上报建模数据)."
    )
    async def export_training_data(
        self,
        info: Info,
        model: ModelName,
        version: ModelVersionName,
        since: FirstVisit,
        until: LastVisit,
        purpose: Purpose,
        with_enterprises: WithEnterprises = False,
    ) -> JobPayload:
        """Ask for an export."""
        wanted = Wanted(model, version, since, until, with_enterprises)
        return await ask(info, lambda tx, actor, now: exporting.request_export(tx, actor, now, wanted, purpose))

    @mutation("Hold the province's model against local findings; that you read them is recorded (检验省级模型).")
    async def check_provincial_model(
        self, info: Info, text: ModelText, since: FirstVisit, until: LastVisit, purpose: Purpose
    ) -> JobPayload:
        """Ask for a check."""
        return await ask(
            info, lambda tx, actor, now: taking_back.request_check(tx, actor, now, text, since, until, purpose)
        )

    @mutation("Keep the province's model as a draft, for a second person to review (导入省级模型).")
    async def import_provincial_model(self, info: Info, text: ModelText) -> ModelPayload:
        """Draft the province's model."""
        found, refusal = await attempt(info, lambda tx, actor, now: taking_back.import_model(tx, actor, now, text))
        today = civil_date(info.context.bureau.now)
        return ModelPayload(model=None if found is None else Model.of(found, today), refusal=refusal)
