"""What staff may ask of models and manual judgements (分类模型)."""

import strawberry

from ledger.calendar import civil_date
from schema.connections import After, Before, Connection, First, Last, Paging, page, recorded_page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.staff_mutations.arguments import ModelName, ModelVersionName, Purpose
from schema.staff_types.filters import JudgementFilterInput, WhichJudgements, WhichModels
from schema.staff_types.judgements import JUDGEMENTS_BY, Judgement, JudgementsBy
from schema.staff_types.models import MODELS_BY, Model, ModelsBy
from scoring import judgements, models


@strawberry.type
class ModelQueries:
    """Models."""

    @field("The models that you may see, newest version first (分类模型).")
    async def models(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichModels = None,
        order: ModelsBy = None,
    ) -> Connection[Model] | None:
        """Return a page of versions."""
        actor, today = info.context.signed_in, info.context.bureau.today
        wanted = chosen(where, models.EVERY_VERSION)
        return await page(
            MODELS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: models.page(tx, actor, today, window, wanted),
            lambda each: Model.of(each, today),
            count=lambda tx: models.count(tx, actor, today, wanted),
            filters=wanted,
        )

    @field("One version of a model (分类模型).")
    async def model(self, info: Info, name: ModelName, version: ModelVersionName) -> Model | None:
        """Return a version."""
        found = await read_as_staff(info, lambda tx, actor: models.read(tx, actor, name, version))
        return Model.of(found, civil_date(info.context.bureau.now))

    @field("Manual judgements, newest first; that you read them is recorded (定性判定).")
    async def judgements(
        self,
        info: Info,
        purpose: Purpose,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichJudgements = None,
        order: JudgementsBy = None,
    ) -> Connection[Judgement] | None:
        """Return a page of judgements."""
        today, asked = civil_date(info.context.bureau.now), where or JudgementFilterInput()
        code, states = asked.enterprise_code, asked.wanted()
        return await recorded_page(
            info,
            JUDGEMENTS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, actor, now: judgements.begin(tx, actor, now, purpose, code),
            lambda tx, reading, window: judgements.page(tx, reading, window, states),
            lambda each: Judgement.of(each, today),
            count=lambda tx, reading: judgements.count(tx, reading, states),
            filters=[code, states],
        )
