"""Who meets a campaign's conditions, and whom they leave out (抽查范围预览)."""

import strawberry

from sampling import population
from sampling.conditions import Conditions
from sampling.population import Counts
from schema.connections import After, Before, Connection, First, Last, Paging
from schema.context import Info
from schema.decorators import field
from schema.staff_types.enterprises import Enterprise, EnterprisesBy, WhichEnterprises, Within, enterprise_page


@strawberry.type(description="How many enterprises a condition leaves out (范围外企业数).")
class LeftOutCount:
    """A count of those left out."""

    condition: str = strawberry.field(
        description="The condition: sectors, regions, statuses, types, sizes or tags (条件)."
    )
    enterprises: int = strawberry.field(description="How many do not meet it (企业数).")
    by_it_alone: int = strawberry.field(description="How many of these meet all others (仅因此项).")


@strawberry.type(description="Who meets conditions now, without any grade; for planners (抽查范围预览).")
class ConditionsPreview:
    """A preview of conditions."""

    conditions: strawberry.Private[Conditions]
    registered_count: int = strawberry.field(description="How many enterprises are registered (登记企业数).")
    member_count: int = strawberry.field(description="How many meet all conditions (范围内企业数).")
    left_out: list[LeftOutCount] = strawberry.field(description="Whom each condition leaves out (各条件排除数).")

    @classmethod
    def of(cls, conditions: Conditions, found: Counts) -> "ConditionsPreview":
        """Make the answer of what was counted."""
        return cls(
            conditions=conditions,
            registered_count=found.registered,
            member_count=found.members,
            left_out=[LeftOutCount(**each._asdict()) for each in found.left_out],
        )

    @field("Who meets them (符合条件的企业).")
    async def members(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichEnterprises = None,
        order: EnterprisesBy = None,
    ) -> Connection[Enterprise] | None:
        """Return a page of members."""
        actor, asked = info.context.signed_in, self.conditions
        within = Within(lambda tx: population.meeting(tx, actor, asked), asked.to_json())
        return await enterprise_page(info, Paging(first, after, last, before), where, order, within)
