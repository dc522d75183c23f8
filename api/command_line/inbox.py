"""`inbox`: what waits for you (待办提醒)."""

from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling import inbox
from sampling.inbox import Message
from schema.inbox import say_message

app = typer.Typer(help="Your inbox: what waits for you (待办提醒).", no_args_is_help=True)


@app.command("list")
def list_messages(
    context: typer.Context,
    unread: Annotated[bool, typer.Option("--unread", help="Only what you have not read (仅未读).")] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List your messages, newest first (消息列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = inbox.messages(tx, desk.actor, unread)
        _answer(desk, found)


@app.command()
def read(
    context: typer.Context,
    messages: Annotated[list[str], typer.Argument(metavar="MESSAGE…", help="Ids of messages (消息编号).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Remember that you have read messages (标记已读)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = inbox.mark_read(tx, desk.actor, desk.bureau.now, messages)
        _answer(desk, found)


@app.command()
def mail(
    context: typer.Context,
    address: Annotated[str | None, typer.Option(help="Tell me there, too (提醒邮箱).")] = None,
    none: Annotated[bool, typer.Option("--none", help="Tell me no longer by e-mail (取消).")] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Say or show where you are told by e-mail that something waits for you (邮件提醒)."""
    if none and address is not None:
        raise Invalid("mail_one_way", field="none")
    with at_desk(context, token_file) as desk:
        if none or address is not None:
            with desk.bureau.write() as tx:
                inbox.set_address(tx, desk.actor, address)
        with desk.bureau.read() as tx:
            held = inbox.address(tx, desk.actor)
        desk.output.answer({"address": held}, desk.output.facts("mail_address", [("address", held)]))


def _answer(desk: Desk, found: list[Message]) -> None:
    language = desk.output.language
    rows = [(each.id, each.told_at, each.due, say_message(each, language), each.read_at) for each in found]
    answer: list[JSON] = [
        {
            "id": each.id,
            "code": each.code,
            "text": say_message(each, language),
            "about": each.about,
            "told_at": instant_text(each.told_at),
            "due": None if each.due is None else each.due.isoformat(),
            "read_at": None if each.read_at is None else instant_text(each.read_at),
        }
        for each in found
    ]
    columns = ("id", "told_at", "due_on", "text", "read_at")
    desk.output.answer({"messages": answer}, desk.output.table("inbox", columns, rows))
