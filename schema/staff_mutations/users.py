"""Users, clients, and one's own sign-in (用户管理与本人登录)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Refusal
from sampling.users import managing, own
from sampling.users.signing_in import Proof
from schema.context import Info, act_apart
from schema.decorators import mutation
from schema.errors import RefusalAnswer
from schema.staff_mutations.arguments import IfVersion
from schema.staff_types.payloads import attempt
from schema.staff_types.users import AuthenticatorPayload, OwnPayload, RecoveryPayload, UserPayload

T = TypeVar("T")

Subject = Annotated[str, strawberry.argument(description="The user's name (用户名).")]
ClientName = Annotated[
    str, strawberry.argument(description="What the client calls itself: letters, digits, . - and _ (客户端标识).")
]
OfRole = Annotated[Role, strawberry.argument(description="The role (角色).")]
OfDepartment = Annotated[
    str | None, strawberry.argument(description="The department's code; nothing: of all (部门代码).")
]
OfPeer = Annotated[str, strawberry.argument(description="The peer department's code (对接部门代码).")]
Password = Annotated[str, strawberry.argument(description="Your present password (当前密码).")]
Code = Annotated[
    str, strawberry.argument(description="Your one-time or a recovery code; empty without a second factor (动态口令).")
]
NewPassword = Annotated[str, strawberry.argument(description="The password that you choose (新密码).")]
FirstCode = Annotated[str, strawberry.argument(description="The authenticator's present code (动态口令).")]


@strawberry.type
class UserMutations:
    """What administrators do with users, and users for themselves."""

    @mutation("As an administrator, add a user who signs in here by a password that he chooses (邀请用户).")
    async def invite_user(
        self, info: Info, subject: Subject, role: OfRole, department: OfDepartment = None
    ) -> UserPayload:
        """Invite a user."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.invite(tx, actor, now, subject, role, department))
        )

    @mutation("As an administrator, add a user who signs in at the provider, by the subject of its tokens (添加用户).")
    async def add_user(
        self, info: Info, subject: Subject, role: OfRole, department: OfDepartment = None
    ) -> UserPayload:
        """Add a user."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.add(tx, actor, now, subject, role, department))
        )

    @mutation("As an administrator, add a peer department's client and make its secret (添加对接部门客户端).")
    async def add_client(self, info: Info, name: ClientName, department: OfPeer) -> UserPayload:
        """Add a client."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.add_client(tx, actor, now, name, department))
        )

    @mutation("As an administrator, take a user's password and invite him to choose another one (重新邀请).")
    async def invite_user_again(self, info: Info, subject: Subject) -> UserPayload:
        """Invite a user again."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.invite_again(tx, actor, now, subject))
        )

    @mutation("As an administrator, give a user a role and a department; both count at once (变更角色和部门).")
    async def change_user(
        self,
        info: Info,
        subject: Subject,
        role: OfRole,
        department: OfDepartment = None,
        if_version: IfVersion = None,
    ) -> UserPayload:
        """Change a user."""
        given = (subject, role, department, if_version)
        return UserPayload.of(*await attempt(info, lambda tx, actor, now: managing.change(tx, actor, now, *given)))

    @mutation("As an administrator, let a user or client in no more; all tokens end (停用).")
    async def disable_user(self, info: Info, subject: Subject) -> UserPayload:
        """Disable a user."""
        return UserPayload.of(*await attempt(info, lambda tx, actor, now: managing.disable(tx, actor, now, subject)))

    @mutation("As an administrator, let a disabled user or client in again (启用).")
    async def enable_user(self, info: Info, subject: Subject) -> UserPayload:
        """Enable a user."""
        return UserPayload.of(*await attempt(info, lambda tx, actor, now: managing.enable(tx, actor, now, subject)))

    @mutation("As an administrator, take a user's second factor, such as of a lost telephone (重置动态口令).")
    async def reset_second_factor(self, info: Info, subject: Subject) -> UserPayload:
        """Reset a second factor."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.reset_second_factor(tx, actor, now, subject))
        )

    @mutation("As an administrator, give a client another secret; the one before is good no more (更换客户端密钥).")
    async def rotate_client_secret(self, info: Info, subject: Subject) -> UserPayload:
        """Rotate a secret."""
        return UserPayload.of(
            *await attempt(info, lambda tx, actor, now: managing.rotate_secret(tx, actor, now, subject))
        )

    @mutation("Choose another password; all your tokens end, this one too: sign in again (修改密码).")
    async def change_password(
        self, info: Info, password: Password, new_password: NewPassword, code: Code = ""
    ) -> OwnPayload:
        """Change the own password."""

        def work(actor: Actor, now: datetime) -> object:
            proof = Proof(actor.subject, password, code)
            context = info.context
            bureau = context.bureau
            return own.change_password(bureau, bureau.user_keys, now, actor, proof, new_password, context.address)

        _, refusal = await _attempt_apart(info, work)
        return OwnPayload(done=refusal is None, refusal=refusal)

    @mutation("Begin with an authenticator; it counts once you confirm it, one of before until then (启用动态口令).")
    async def begin_second_factor(self, info: Info, password: Password, code: Code = "") -> AuthenticatorPayload:
        """Begin a second factor."""

        def work(actor: Actor, now: datetime) -> own.Authenticator:
            proof = Proof(actor.subject, password, code)
            context = info.context
            bureau = context.bureau
            return own.begin_second_factor(bureau, bureau.user_keys, now, actor, proof, bureau.name, context.address)

        return AuthenticatorPayload.of(*await _attempt_apart(info, work))

    @mutation("Show that the authenticator works, and receive recovery codes (确认动态口令).")
    async def confirm_second_factor(self, info: Info, code: FirstCode) -> RecoveryPayload:
        """Confirm a second factor."""
        keys = info.context.bureau.user_keys
        codes, refusal = await attempt(
            info, lambda tx, actor, now: own.confirm_second_factor(tx, actor, now, keys, code)
        )
        return RecoveryPayload(codes=None if codes is None else list(codes), refusal=refusal)

    @mutation("End all tokens that you have by signing in here (退出登录).")
    async def sign_out(self, info: Info) -> OwnPayload:
        """Sign out."""
        _, refusal = await attempt(info, lambda tx, actor, now: own.sign_out(tx, actor))
        return OwnPayload(done=refusal is None, refusal=refusal)


async def _attempt_apart(
    info: Info, work: Callable[[Actor, datetime], T]
) -> tuple[T, None] | tuple[None, RefusalAnswer]:
    """Return what a use case gives that hashes passwords, or its refusal in the caller's language."""
    try:
        return await act_apart(info, work), None
    except Refusal as refusal:
        if isinstance(refusal, Forbidden):
            info.context.serving.observer.sign_in_failed(refusal.code, info.context.address)
        return None, RefusalAnswer.to(info, refusal)
