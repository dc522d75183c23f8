"""What the staff schema asks of users."""

from typing import Annotated

import strawberry

from sampling.users import managing
from sampling.users.states import EVERY_USER, UserOrder
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.staff_types.filters import WhichUsers
from schema.staff_types.users import USERS_BY, UserAnswer, UserChange, UsersBy

Subject = Annotated[str, strawberry.argument(description="The user's name (用户名).")]


@strawberry.type
class UserQueries:
    """The users."""

    @field("Users and clients by name, those of your own department where you have one (用户列表).")
    async def users(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichUsers = None,
        order: UsersBy = None,
    ) -> Connection[UserAnswer] | None:
        """Return a page of users."""
        actor, wanted = info.context.signed_in, chosen(where, EVERY_USER)
        by = UserOrder(str(USERS_BY.field(order).value))
        return await page(
            USERS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: managing.users(tx, actor, window, wanted, by),
            UserAnswer.of,
            count=lambda tx: managing.count(tx, actor, wanted),
            filters=wanted,
        )

    @field("A user by name (用户).")
    async def user(self, info: Info, subject: Subject) -> UserAnswer | None:
        """Return a user."""
        return UserAnswer.of(await read_as_staff(info, lambda tx, actor: managing.user(tx, actor, subject)))

    @field("All changes of a user, the newest first (用户变更记录).")
    async def user_changes(self, info: Info, subject: Subject) -> list[UserChange] | None:
        """Return the versions of a user."""
        found = await read_as_staff(info, lambda tx, actor: managing.changes(tx, actor, subject))
        return [UserChange.of(each) for each in found]
