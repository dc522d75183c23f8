"""Who meets a campaign's conditions, and whom they leave out (抽查范围预览)."""

import strawberry

from sampling.population import EVERY_MEMBER, Membership, Registered
from schema.connections import After, Before, Connection, First, Keyset, Last, Paging, page_of
from schema.decorators import field
from schema.filtering import chosen
from schema.scalars import USCC
from schema.staff_types.filters import WhichMembers

MEMBERS: Keyset[Registered] = Keyset("members", (str,), lambda each: (each.code,))


@strawberry.type(description="An enterprise that meets the conditions (范围内企业).")
class Member:
    """A member."""

    code: USCC = strawberry.field(description="Its code (统一社会信用代码).")
    name: str = strawberry.field(description="Its name (企业名称).")
    sector: str = strawberry.field(description="Its trade (行业).")
    region: str = strawberry.field(description="Where it is (区域).")
    type: str = strawberry.field(description="Its type, as its code tells (主体类型).")
    tags: list[str] = strawberry.field(
        description="Its tags that you may read, where the conditions ask for any (对象标签)."
    )

    @classmethod
    def of(cls, found: Registered) -> "Member":
        """Make the answer of a member."""
        told = found.attributes
        return cls(
            code=USCC(found.code),
            name=found.name,
            sector=told.sector,
            region=told.region,
            type=told.type,
            tags=sorted(told.tags),
        )


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

    found: strawberry.Private[Membership]
    registered_count: int = strawberry.field(description="How many enterprises are registered (登记企业数).")
    member_count: int = strawberry.field(description="How many meet all conditions (范围内企业数).")
    left_out: list[LeftOutCount] = strawberry.field(description="Whom each condition leaves out (各条件排除数).")

    @classmethod
    def of(cls, found: Membership) -> "ConditionsPreview":
        """Make the answer of a membership."""
        return cls(
            found=found,
            registered_count=found.registered,
            member_count=len(found.members),
            left_out=[LeftOutCount(**each._asdict()) for each in found.left_out],
        )

    @field("Who meets them, by code (符合条件的企业).")
    def members(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichMembers = None,
    ) -> Connection[Member] | None:
        """Return a page of members."""
        wanted = chosen(where, EVERY_MEMBER)
        found = filter(wanted.holds, self.found.members)
        return page_of(MEMBERS, Paging(first, after, last, before), found, Member.of, filters=wanted)
