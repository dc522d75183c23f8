"""Evaluations that a worker makes, with their data as files (评估任务)."""

from datetime import date
from typing import Annotated

import strawberry

from sampling import evaluation_requests
from sampling.requests import ModelChoice
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import CampaignCode, Purpose
from schema.staff_mutations.models import ModelInput
from schema.staff_types.payloads import JobPayload, ask
from scoring.results import Result

FirstDay = Annotated[date, strawberry.argument(description="The first day of the visits (起始日).")]
LastDay = Annotated[date, strawberry.argument(description="Their last day, itself included (截止日).")]
Target = Annotated[
    list[Result] | None, strawberry.argument(description="Results of which one must be found; none: any (目标结果).")
]
OfModel = Annotated[ModelInput, strawberry.argument(description="The model (模型).")]
Observational = Annotated[
    bool, strawberry.argument(description="Of visits that nobody drew, instead of those that were drawn (观察性检查).")
]


@strawberry.type
class EvaluationMutations:
    """Evaluations as jobs."""

    @mutation("Evaluate a campaign; the data are the job's files, and that you read them is recorded (任务评估).")
    async def evaluate_campaign(
        self, info: Info, campaign: CampaignCode, purpose: Purpose, target: Target = None
    ) -> JobPayload:
        """Ask for an evaluation."""
        wanted = target or ()
        return await ask(
            info,
            lambda tx, actor, now: evaluation_requests.request_campaign_evaluation(
                tx, actor, now, campaign, purpose, wanted
            ),
        )

    @mutation("Evaluate the visits of a period; the data are the job's files, and the reading recorded (期间评估).")
    async def evaluate_period(
        self, info: Info, first: FirstDay, last: LastDay, purpose: Purpose, target: Target = None
    ) -> JobPayload:
        """Ask for an evaluation."""
        wanted = target or ()
        return await ask(
            info,
            lambda tx, actor, now: evaluation_requests.request_period_evaluation(
                tx, actor, now, first, last, purpose, wanted
            ),
        )

    @mutation("Hold a model's indicators against findings; the data are the job's files (实证分析).")
    async def analyse_indicators(
        self,
        info: Info,
        model: OfModel,
        first: FirstDay,
        last: LastDay,
        purpose: Purpose,
        target: Target = None,
        observational: Observational = False,
    ) -> JobPayload:
        """Ask for an analysis."""
        choice, wanted = ModelChoice(model.text, model.name, model.version), target or ()
        return await ask(
            info,
            lambda tx, actor, now: evaluation_requests.request_indicator_analysis(
                tx, actor, now, choice, first, last, purpose, wanted, observational
            ),
        )
