"""`notice`: notices and explanations, drafted by one person and published by another (公告与解读)."""

from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.publicity_answers import Limit, Text, TextFile, text_of
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.windows import Window
from sampling.publicity import notices
from sampling.publicity.notices import Notice, NoticeKind

app = typer.Typer(help="Notices and explanations: draft, publish, withdraw (公告与解读).", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The notice's id (公告编号).")]


@app.command()
def draft(
    context: typer.Context,
    title: Annotated[str, typer.Option(help="Its title, one line (标题).")],
    text: Text = None,
    file: TextFile = None,
    kind: Annotated[NoticeKind, typer.Option(help="What it is (类别).")] = NoticeKind.NOTICE,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Draft a notice; it names no enterprise (起草)."""
    given = text_of(text, file)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = notices.draft(tx, desk.actor, desk.bureau.now, kind, title, given)
        _answer(desk, found)


@app.command()
def publish(context: typer.Context, notice: Id, token_file: TokenFile = None, machine: Json = False) -> None:
    """Publish a draft that another planner wrote (发布)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = notices.publish(tx, desk.actor, desk.bureau.now, notice)
        _answer(desk, found)


@app.command()
def withdraw(
    context: typer.Context,
    notice: Id,
    note: Annotated[str, typer.Option(help="Why; told to staff alone (撤下原因).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show a notice to nobody any more, or drop a draft (撤下)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = notices.withdraw(tx, desk.actor, desk.bureau.now, notice, note)
        _answer(desk, found)


@app.command()
def show(context: typer.Context, notice: Id, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show a notice or its draft (查看)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = notices.read(tx, desk.actor, notice)
        _answer(desk, found)


@app.command("list")
def list_notices(
    context: typer.Context, limit: Limit = 100, token_file: TokenFile = None, machine: Json = False
) -> None:
    """List notices from their draft on, newest first (公告列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = notices.page(tx, desk.actor, Window(limit))
        output = desk.output
        rows = [
            (
                each.id,
                output.word(f"notice_kinds.{each.kind}"),
                each.title,
                output.word(f"notice_states.{each.state}"),
                each.drafted_at,
                "" if each.number is None else each.number,
            )
            for each in found
        ]
        columns = ("id", "kind", "title", "state", "drafted_on", "number_published")
        told: list[JSON] = [_json(each) for each in found]
        output.answer({"notices": told}, output.table("notices", columns, rows))


@app.command("published")
def list_published(context: typer.Context, limit: Limit = 100, machine: Json = False) -> None:
    """List the published notices, newest first; public (已发布公告)."""
    with opened_bureau() as bureau:
        with bureau.read() as tx:
            found = notices.public_page(tx, Window(limit))
        output = output_of(context)
        rows = [
            (each.number, output.word(f"notice_kinds.{each.kind}"), each.title, each.published_at, each.text)
            for each in found
        ]
        told: list[JSON] = [
            {
                "number": each.number,
                "kind": each.kind.value,
                "title": each.title,
                "text": each.text,
                "department": each.department or None,
                "published_at": instant_text(each.published_at),
            }
            for each in found
        ]
        columns = ("number_published", "kind", "title", "published_on", "notice_text")
        output.answer({"notices": told}, output.table("notices", columns, rows))


def _answer(desk: Desk, found: Notice) -> None:
    output = desk.output
    facts = [
        ("id", found.id),
        ("kind", output.word(f"notice_kinds.{found.kind}")),
        ("state", output.word(f"notice_states.{found.state}")),
        ("title", found.title),
        ("notice_text", found.text),
        ("number_published", found.number),
        ("note", found.note or None),
    ]
    output.answer({"notice": _json(found)}, output.facts("notice", facts))


def _json(found: Notice) -> dict[str, JSON]:
    return {
        "id": found.id,
        "kind": found.kind.value,
        "title": found.title,
        "text": found.text,
        "department": found.department or None,
        "state": found.state,
        "number": found.number,
        "drafted_by": found.drafted_by,
        "drafted_at": instant_text(found.drafted_at),
        "published_by": found.published_by,
        "published_at": None if found.published_at is None else instant_text(found.published_at),
        "withdrawn_by": found.withdrawn_by,
        "withdrawn_at": None if found.withdrawn_at is None else instant_text(found.withdrawn_at),
        "note": found.note,
    }
