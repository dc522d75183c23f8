"""`sign-in`, and what users do for themselves: passwords and codes are asked for, or read from files, never given."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api import tokens
from api.bureau import Bureau
from api.command_line.context import at_desk, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from ledger.calendar import instant_text
from sampling.users import own, signing_in
from sampling.users.signing_in import Proof, Session

HERE = "command line"
"""In the place of an address."""

PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="File of the password, - for standard input; none: asked for (密码文件)."),
]
Code = Annotated[
    bool, typer.Option("--code", help="Ask for a one-time or recovery code, after the password (输入动态口令).")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sign-in")(sign_in)


def add_to_users(app: typer.Typer) -> None:
    """Add the commands of users for themselves."""
    app.command("accept")(accept)
    app.command("password")(password)
    app.command("second-factor")(second_factor)
    app.command("sign-out")(sign_out)


def sign_in(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="Your name (用户名).")],
    password_file: PasswordFile = None,
    code: Code = False,
    machine: Json = False,
) -> None:
    """Sign in by your password; the token is all that is printed (登录)."""
    output = output_of(context)
    with opened_bureau() as bureau:
        proof = Proof(subject, _secret(output, "ask_password", password_file), _code(output, code))
        session = signing_in.sign_in(bureau, bureau.user_keys, bureau.now, proof, HERE)
        _hand_over(output, bureau, session)


def accept(
    context: typer.Context,
    invitation_file: Annotated[
        Path | None,
        typer.Option("--invitation-file", help="File of the invitation, - for standard input (邀请码文件)."),
    ] = None,
    password_file: PasswordFile = None,
    machine: Json = False,
) -> None:
    """Accept an invitation and choose a password; a token is all that is printed (接受邀请)."""
    output = output_of(context)
    with opened_bureau() as bureau:
        invitation = _secret(output, "ask_invitation", invitation_file)
        chosen = _secret(output, "ask_new_password", password_file, confirm=True)
        session = signing_in.accept(bureau, bureau.user_keys, bureau.now, invitation, chosen, HERE)
        _hand_over(output, bureau, session)


def password(
    context: typer.Context,
    password_file: PasswordFile = None,
    new_password_file: Annotated[
        Path | None,
        typer.Option("--new-password-file", help="File of the new password; none: it is asked for (新密码文件)."),
    ] = None,
    code: Code = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Choose another password; all your tokens end, and a new one is printed (修改密码)."""
    with at_desk(context, token_file) as desk:
        output, bureau = desk.output, desk.bureau
        proof = Proof(desk.actor.subject, _secret(output, "ask_password", password_file), _code(output, code))
        chosen = _secret(output, "ask_new_password", new_password_file, confirm=True)
        session = own.change_password(bureau, bureau.user_keys, bureau.now, desk.actor, proof, chosen, HERE)
        _hand_over(output, bureau, session)


def second_factor(
    context: typer.Context,
    password_file: PasswordFile = None,
    code: Code = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Confirm what was begun, by the authenticator's code (确认).")
    ] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Begin with an authenticator, or confirm it and receive recovery codes (动态口令)."""
    with at_desk(context, token_file) as desk:
        output, bureau, actor = desk.output, desk.bureau, desk.actor
        if confirm:
            shown = _code(output, True)
            with bureau.write() as tx:
                codes = list(own.confirm_second_factor(tx, actor, bureau.now, bureau.user_keys, shown))
            output.answer({"codes": [*codes]}, output.word("recovery_codes"), *codes)
            return
        proof = Proof(actor.subject, _secret(output, "ask_password", password_file), _code(output, code))
        begun = own.begin_second_factor(bureau, bureau.user_keys, bureau.now, actor, proof, bureau.name, HERE)
        facts = [("secret_shown_once", begun.secret), ("address", begun.address)]
        output.answer({"secret": begun.secret, "address": begun.address}, output.facts("second_factor", facts))


def sign_out(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """End all tokens that you have by signing in (退出登录)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            own.sign_out(tx, desk.actor)
        desk.output.answer({"signed_out": desk.actor.subject}, desk.output.word("signed_out"))


def _hand_over(output: Output, bureau: Bureau, session: Session) -> None:
    now, lifetime = bureau.now, bureau.session_lifetime
    token = tokens.issue(bureau.token_key, bureau.origin, session.actor, now, lifetime, session.sessions)
    output.answer({"token": token, "expires": instant_text(now + lifetime)})
    if not output.machine:
        typer.echo(token)


def _secret(output: Output, word: str, file: Path | None, confirm: bool = False) -> str:
    """Return a secret: the first line of a file or of standard input, or what is typed and not shown."""
    if file is None:
        return str(typer.prompt(output.word(word), hide_input=True, err=True, confirmation_prompt=confirm))
    text = sys.stdin.readline() if str(file) == "-" else file.read_text("utf-8", "replace")
    return (text.splitlines() or [""])[0]


def _code(output: Output, is_wanted: bool) -> str:
    return str(typer.prompt(output.word("ask_code"), hide_input=True, err=True)) if is_wanted else ""
