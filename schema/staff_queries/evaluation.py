"""What analysts and auditors may ask of the effect of draws and models (评估)."""

from collections.abc import Callable
from typing import TypeVar

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling import evaluating
from sampling.requests import ModelChoice
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.staff_mutations.arguments import CampaignCode, Purpose
from schema.staff_mutations.evaluation import FirstDay, LastDay, Observational, OfModel, Target
from schema.staff_types.evaluation import Evaluation
from schema.staff_types.indicators import IndicatorAnalysis
from scoring.trials import Withheld

T = TypeVar("T")


@strawberry.type
class EvaluationQueries:
    """Evaluation."""

    @field("How a campaign's draw did, from the findings that are published; the reading is recorded (任务评估).")
    async def campaign_evaluation(
        self, info: Info, campaign: CampaignCode, purpose: Purpose, target: Target = None
    ) -> Evaluation | None:
        """Evaluate a campaign."""
        found = await _told(
            info, lambda tx, actor: evaluating.evaluate_campaign(tx, actor, campaign, purpose, target or ())
        )
        return Evaluation.of(found, info.context.language)

    @field("What the visits of a period say; the reading is recorded (期间评估).")
    async def period_evaluation(
        self, info: Info, first: FirstDay, last: LastDay, purpose: Purpose, target: Target = None
    ) -> Evaluation | None:
        """Evaluate a period."""
        found = await _told(
            info, lambda tx, actor: evaluating.evaluate_period(tx, actor, first, last, purpose, target or ())
        )
        return Evaluation.of(found, info.context.language)

    @field("What visits say of a model's indicators as they were before; the reading is recorded (实证分析).")
    async def indicator_analysis(
        self,
        info: Info,
        model: OfModel,
        first: FirstDay,
        last: LastDay,
        purpose: Purpose,
        target: Target = None,
        observational: Observational = False,
    ) -> IndicatorAnalysis | None:
        """Analyse a model's indicators."""
        choice = ModelChoice(model.text, model.name, model.version)
        found = await _told(
            info,
            lambda tx, actor: evaluating.analyse_chosen(
                tx, actor, choice, first, last, purpose, target or (), observational
            ),
        )
        return IndicatorAnalysis.of(found, info.context.language)


async def _told(info: Info, work: Callable[[Transaction, Actor], Withheld[T]]) -> T:
    """Return what was found once its reading is recorded; it is computed without holding up others."""
    withheld = await read_as_staff(info, work)
    return await act(info, lambda tx, _, now: withheld.tell(tx, now))
