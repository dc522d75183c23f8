"""`user`: who may sign in, and the clients of peer departments (用户与客户端)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.options import IfVersion, Json, TokenFile
from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling.users import managing
from sampling.users.states import Handed, State, User, UserFilter

app = typer.Typer(help="Users, and peer departments' clients (用户与客户端).", no_args_is_help=True)

Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="The user's name (用户名).")]
OfRole = Annotated[Role, typer.Option("--role", help="What the user does (角色).")]
Department = Annotated[str | None, typer.Option(help="Code of the department; none: all (部门代码).")]


@app.command("list")
def list_users(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only those in this state (状态).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List users and clients (用户列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = managing.users(tx, desk.actor, chosen=UserFilter(state))
        output = desk.output
        columns = ("user", "way", "role", "department", "state", "second_factor", "invited_until")
        rows = [
            (
                each.subject,
                output.word_of("sign_in_ways", each.way.value),
                each.role.value,
                each.department,
                output.word_of("user_states", each.state.value),
                each.has_second_factor,
                each.invited_until,
            )
            for each in found
        ]
        output.answer({"users": [_json(each) for each in found]}, output.table("users", columns, rows))


@app.command()
def changes(context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False) -> None:
    """List all changes of a user, as the log binds them (变更记录)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = managing.changes(tx, desk.actor, subject)
        output = desk.output
        rows = [
            (
                each.version,
                output.word_of("user_steps", each.step.value),
                each.role.value,
                each.department,
                output.word_of("user_states", each.state.value),
                each.by,
                each.at,
            )
            for each in found
        ]
        told: list[JSON] = [
            {
                "version": each.version,
                "step": each.step.value,
                "role": each.role.value,
                "department": each.department,
                "state": each.state.value,
                "by": each.by,
                "at": instant_text(each.at),
                "document": each.document,
            }
            for each in found
        ]
        columns = ("version", "step", "role", "department", "state", "by", "done_at")
        output.answer({"changes": told}, output.table("user_changes", columns, rows))


@app.command()
def invite(
    context: typer.Context,
    subject: Subject,
    role: OfRole,
    department: Department = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Add a user who signs in here by a password; the invitation is shown this once (邀请)."""
    _do(context, token_file, lambda tx, actor, now: managing.invite(tx, actor, now, subject, role, department))


@app.command()
def add(
    context: typer.Context,
    subject: Subject,
    role: OfRole,
    department: Department = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Add a user who signs in at the provider, by the subject of its tokens (添加)."""
    _do(context, token_file, lambda tx, actor, now: managing.add(tx, actor, now, subject, role, department))


@app.command("add-client")
def add_client(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the client calls itself: letters, digits, . - _ (客户端标识).")],
    department: Annotated[str, typer.Option(help="Code of the peer department (部门代码).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Add a peer department's client; its secret is shown this once (添加客户端)."""
    _do(context, token_file, lambda tx, actor, now: managing.add_client(tx, actor, now, name, department))


@app.command("invite-again")
def invite_again(context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False) -> None:
    """Take a user's password and invite him to choose another one (重新邀请)."""
    _do(context, token_file, lambda tx, actor, now: managing.invite_again(tx, actor, now, subject))


@app.command()
def change(
    context: typer.Context,
    subject: Subject,
    role: OfRole,
    department: Department = None,
    if_version: IfVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Give a user a role and a department; both count at once (变更)."""
    given = (subject, role, department, if_version)
    _do(context, token_file, lambda tx, actor, now: managing.change(tx, actor, now, *given))


@app.command()
def disable(context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False) -> None:
    """Let a user or client in no more; all tokens end (停用)."""
    _do(context, token_file, lambda tx, actor, now: managing.disable(tx, actor, now, subject))


@app.command()
def enable(context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False) -> None:
    """Let a disabled user or client in again (启用)."""
    _do(context, token_file, lambda tx, actor, now: managing.enable(tx, actor, now, subject))


@app.command("reset-second-factor")
def reset_second_factor(
    context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Take a user's second factor, such as of a lost telephone (重置动态口令)."""
    _do(context, token_file, lambda tx, actor, now: managing.reset_second_factor(tx, actor, now, subject))


@app.command("rotate-secret")
def rotate_secret(
    context: typer.Context, subject: Subject, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Give a client another secret; the one before is good no more (更换客户端密钥)."""
    _do(context, token_file, lambda tx, actor, now: managing.rotate_secret(tx, actor, now, subject))


def _do(
    context: typer.Context,
    token_file: TokenFile,
    step: Callable[[Connection, Actor, datetime], User | Handed],
) -> None:
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = step(tx, desk.actor, desk.bureau.now)
        _answer(desk, found)


def _answer(desk: Desk, found: User | Handed) -> None:
    user, secret = (found.user, found.secret) if isinstance(found, Handed) else (found, None)
    output = desk.output
    facts = [
        ("user", user.subject),
        ("way", output.word_of("sign_in_ways", user.way.value)),
        ("role", user.role.value),
        ("department", user.department),
        ("state", output.word_of("user_states", user.state.value)),
        ("invited_until", user.invited_until),
        ("secret_shown_once", secret),
    ]
    output.answer({"user": _json(user), "secret": secret}, output.facts("user_shown", facts))


def _json(user: User) -> JSON:
    return {
        "subject": user.subject,
        "way": user.way.value,
        "role": user.role.value,
        "department": user.department,
        "state": user.state.value,
        "second_factor": user.has_second_factor,
        "invited_until": None if user.invited_until is None else instant_text(user.invited_until),
        "changed_by": user.by,
        "changed_at": instant_text(user.at),
    }
