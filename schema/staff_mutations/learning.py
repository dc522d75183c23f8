"""Learning a model's points from findings (模型学习)."""

from typing import Annotated

import strawberry

from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import Purpose
from schema.staff_types.learning import LearningInput
from schema.staff_types.payloads import JobPayload, ask
from scoring.learning import proposing

Asked = Annotated[LearningInput, strawberry.argument(description="What to learn, and from what (学习要求).")]
Drafting = Annotated[
    bool, strawberry.argument(description="Whether the proposal is kept as a draft, to be reviewed (起草).")
]


@strawberry.type
class LearningMutations:
    """Proposals."""

    @mutation("Propose a model's points from findings; that you read them is recorded (学习模型).")
    async def learn_model(self, info: Info, learning: Asked, purpose: Purpose, draft: Drafting = False) -> JobPayload:
        """Ask for a proposal."""
        return await ask(
            info,
            lambda tx, actor, now: proposing.request_learning(tx, actor, now, learning.question(), draft, purpose),
        )
