"""Users, and clients of peer departments (用户与客户端)."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from ledger.actors import Role
from sampling.users.own import Authenticator
from sampling.users.states import Change, Handed, State, Step, User, Way
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.staff_types.payloads import REFUSAL


@strawberry.type(name="User", description="Somebody who may sign in, or a peer department's client (用户).")
class UserAnswer(Node):
    """A user."""

    version: int = strawberry.field(description="The version that holds, from 1 (版本).")
    subject: str = strawberry.field(description="The name; an inspector's certificate number (用户名).")
    way: Way = strawberry.field(description="How the user signs in (登录方式).")
    role: Role = strawberry.field(description="The role (角色).")
    department_code: str | None = strawberry.field(description="The department; nothing: of all (部门).")
    state: State = strawberry.field(description="Whether the user may sign in (状态).")
    has_second_factor: bool = strawberry.field(description="Whether a one-time code is asked for (是否启用动态口令).")
    invited_until: datetime | None = strawberry.field(
        description="When the invitation ends; nothing: none is open (邀请有效期)."
    )
    changed_by: str = strawberry.field(description="Who changed the user last (最近变更人).")
    changed_at: datetime = strawberry.field(description="When that was (最近变更时间).")

    @classmethod
    def of(cls, user: User) -> "UserAnswer":
        """Make the answer of a user."""
        return cls(
            key=(user.subject,),
            version=user.version,
            subject=user.subject,
            way=user.way,
            role=user.role,
            department_code=user.department,
            state=user.state,
            has_second_factor=user.has_second_factor,
            invited_until=user.invited_until,
            changed_by=user.by,
            changed_at=user.at,
        )


USERS: Keyset[User] = Keyset("users", (str,), lambda user: (user.subject,))


@strawberry.enum(description="What users may go by (用户排序字段).")
class UserOrderField(Enum):
    """The orders."""

    SUBJECT = strawberry.enum_value("subject", description="Their name (用户名).")
    CHANGED = strawberry.enum_value("changed", description="When they were changed last, and name (最近变更时间).")


USERS_BY = Orders(
    {
        UserOrderField.SUBJECT: USERS,
        UserOrderField.CHANGED: Keyset[User]("users by change", (datetime, str), lambda user: (user.at, user.subject)),
    }
)
UsersBy = Annotated[Order[UserOrderField] | None, order_of("by name (排序).")]


@strawberry.type(description="One change of a user, as the log binds it (用户变更记录).")
class UserChange:
    """A version of a user."""

    version: int = strawberry.field(description="Its number, from 1 (版本).")
    step: Step = strawberry.field(description="What changed (变更).")
    role: Role = strawberry.field(description="The role since (角色).")
    department_code: str | None = strawberry.field(description="The department since; nothing: of all (部门).")
    state: State = strawberry.field(description="The state since (状态).")
    by: str = strawberry.field(description="Who did it (操作人).")
    at: datetime = strawberry.field(description="When (时间).")
    document: str = strawberry.field(description="The sealed document that binds it, by id (文档编号).")

    @classmethod
    def of(cls, change: Change) -> "UserChange":
        """Make the answer of a version."""
        return cls(
            version=change.version,
            step=change.step,
            role=change.role,
            department_code=change.department,
            state=change.state,
            by=change.by,
            at=change.at,
            document=change.document,
        )


@strawberry.type(description="A user as he is now, or why nothing was done (用户).")
class UserPayload:
    """The answer of managing users."""

    user: UserAnswer | None = strawberry.field(description="The user (用户).")
    secret: str | None = strawberry.field(
        description="An invitation, or a client's secret, where one was made: shown this once (邀请或密钥，仅显示一次)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)

    @classmethod
    def of(cls, found: User | Handed | None, refusal: RefusalAnswer | None) -> "UserPayload":
        """Make the answer of a step."""
        if found is None:
            return cls(user=None, secret=None, refusal=refusal)
        if isinstance(found, Handed):
            return cls(user=UserAnswer.of(found.user), secret=found.secret, refusal=None)
        return cls(user=UserAnswer.of(found), secret=None, refusal=None)


@strawberry.type(description="Whether something of your own sign-in was done, or why not (本人登录设置).")
class OwnPayload:
    """The answer of what users do for themselves."""

    done: bool = strawberry.field(description="Whether it was done (是否完成).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


@strawberry.type(description="A second factor that waits to be confirmed, or why there is none (第二因素).")
class AuthenticatorPayload:
    """The answer of beginning a second factor."""

    secret: str | None = strawberry.field(description="What is typed into the authenticator (动态口令密钥).")
    address: str | None = strawberry.field(description="The same as an otpauth:// address, for a picture (二维码内容).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)

    @classmethod
    def of(cls, found: Authenticator | None, refusal: RefusalAnswer | None) -> "AuthenticatorPayload":
        """Make the answer."""
        if found is None:
            return cls(secret=None, address=None, refusal=refusal)
        return cls(secret=found.secret, address=found.address, refusal=None)


@strawberry.type(description="Recovery codes, shown this once, or why there are none (恢复码).")
class RecoveryPayload:
    """The answer of confirming a second factor."""

    codes: list[str] | None = strawberry.field(
        description="Each stands once for a one-time code; keep them on paper (恢复码，仅显示一次)."
    )
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)
