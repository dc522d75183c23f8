"""`exchange`: what the bureau reports to the platforms that the law names."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import IfNamedVersion, Json, TokenFile
from api.command_line.output import Output
from api.exchange_files import WRITERS
from ledger import outbox
from ledger.calendar import civil_date, instant_text
from ledger.canonical import JSON
from ledger.deliveries import UNDELIVERED, Delivery, State
from ledger.errors import Invalid
from ledger.windows import Window
from sampling.exchange import exporting, platforms, queueing, status
from sampling.exchange.platforms import HeldPlatform
from schema.words import say

STATUS = (
    *("platform", "queued", "failed", "refused", "exported", "delivered", "superseded", "overdue"),
    "last_delivered_at",
)
SHOWN_STATUS = ("platform", "queued", "in_vain", "rejected", "handed_over", "delivered", "replaced", "late", STATUS[-1])
DELIVERY = ("number", "platform", "kind", "enterprise", "version", "operation", "state", "due", "receipt", "error")
MONTHS = (*("kind", "month", "issued", "delivered", "waiting", "failed", "refused", "exported", "incomplete", "never"),)
SHOWN_MONTHS = (*MONTHS[:5], "in_vain", "rejected", "handed_over", *MONTHS[8:])
LISTED = ("name", "title", "version", "legal_basis", "kinds", "deadline", "pushes", "added_by")
SHOWN_LISTED = (*LISTED[:4], "reported_kinds", "working_days", *LISTED[6:])
EXPORTED = {"refused": "rejected", "files": "written_files"}
MOST_LISTED = 1000

app = typer.Typer(help="Report to platforms (涉企信息报送).", no_args_is_help=True)
platform_app = typer.Typer(help="The platforms that the bureau reports to (报送平台).", no_args_is_help=True)
app.add_typer(platform_app, name="platform")

Name = Annotated[str, typer.Argument(metavar="PLATFORM", help="Name of the platform (报送平台).")]
Numbers = Annotated[list[int] | None, typer.Option("--number", help="Only these deliveries (报送编号).")]


@app.command("status")
def tell_status(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Tell what was delivered to each platform, when, and what is overdue (报送情况).

    Exit code 0 only if nothing failed, was refused or is overdue.
    """
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = status.status(tx, desk.actor, desk.bureau.now)
        rows = [
            (
                each.platform.name,
                *(each.counts.get(State(name), 0) for name in STATUS[1:7]),
                each.overdue,
                each.last_delivered_at,
            )
            for each in found
        ]
        told: list[JSON] = [
            {
                name: instant_text(value) if isinstance(value, datetime) else value
                for name, value in zip(STATUS, row, strict=True)
            }
            for row in rows
        ]
        desk.output.answer({"platforms": told}, desk.output.table("exchange_status", SHOWN_STATUS, rows))
        bad = any(each.overdue or {State.FAILED, State.REFUSED} & set(each.counts) for each in found)
        raise typer.Exit(1 if bad else 0)


@app.command("list")
def list_deliveries(
    context: typer.Context,
    platform: Annotated[str | None, typer.Option(help="Only those to this platform (平台).")] = None,
    state: Annotated[State | None, typer.Option(help="Only those in this state (状态).")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that are overdue (逾期).")] = False,
    after: Annotated[int, typer.Option(help="Go on after this number (编号).")] = 0,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List deliveries, up to a thousand, the first queued first (报送明细)."""
    with at_desk(context, token_file) as desk:
        now = desk.bureau.now
        with desk.bureau.read() as tx:
            found = status.deliveries(
                tx, desk.actor, now, Window(MOST_LISTED, after=(after,)), platform, state, overdue
            )
            kept = outbox.receipts(tx, [each.number for each in found])
        told: list[JSON] = []
        for each in found:
            late = each.state in UNDELIVERED and each.due < civil_date(now)
            receipts: list[JSON] = [
                {"at": instant_text(at), "outcome": outcome.value, "receipt": text, "entered_by": subject}
                for at, outcome, text, subject in kept.get(each.number, ())
            ]
            told.append({**_told(desk.output, each), "overdue": late, "receipts": receipts})
        rows = [[row[name] for name in DELIVERY] for each in found for row in [_told(desk.output, each)]]
        desk.output.answer({"deliveries": told}, desk.output.table("deliveries", DELIVERY, rows))


@app.command("completeness")
def completeness(context: typer.Context, name: Name, token_file: TokenFile = None, machine: Json = False) -> None:
    """Tell by kind and month how much of what the bureau issued went to a platform (报送完整性)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = status.completeness(tx, desk.actor, name)
        rows = [[getattr(each, column) for column in MONTHS] for each in found]
        told: list[JSON] = [dict(zip(MONTHS, row, strict=True)) for row in rows]
        desk.output.answer({"platform": name, "months": told}, desk.output.table("completeness", SHOWN_MONTHS, rows))


@app.command("backlog")
def backlog(context: typer.Context, name: Name, token_file: TokenFile = None, machine: Json = False) -> None:
    """Queue all that the bureau issued since a platform's first day and that never went there (补报存量)."""
    with at_desk(context, token_file) as desk:
        with desk.output.progress("queueing"), desk.bureau.write() as tx:
            count = queueing.queue_backlog(tx, desk.actor, desk.bureau.now, name)
        _counted(desk.output, "backlog_queued", name, count)


@app.command("resend")
def resend(
    context: typer.Context,
    name: Name,
    number: Numbers = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Send refused deliveries again, all or some, once what was wrong is mended (重新报送)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            count = exporting.resend(tx, desk.actor, desk.bureau.now, name, number or None)
        _counted(desk.output, "resent", name, count)


@app.command("export")
def export(
    context: typer.Context,
    name: Name,
    folder: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files (输出目录).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write what is to go to a platform as files in its template, to be handed over by hand (导出报送文件)."""
    with at_desk(context, token_file) as desk:
        folder.mkdir(parents=True, exist_ok=True)
        with desk.output.progress("exporting"), desk.bureau.write() as tx:
            made = exporting.export(tx, desk.actor, desk.bureau.now, name, WRITERS)
            written = []
            for file in made.files:  # in the transaction: what was not written was not exported
                path = folder / f"{made.id[:8]}-{file.name}"
                path.write_bytes(file.content)
                written.append(str(path))
        told: dict[str, JSON] = {
            "platform": name,
            "export": made.id,
            "deliveries": made.count,
            "refused": made.refused,
            "more": made.more,
            "files": list(written),
        }
        desk.output.answer(
            told,
            desk.output.facts(
                "deliveries_exported", [(EXPORTED.get(name, name), value) for name, value in told.items()]
            ),
        )


@app.command("receipt")
def receipt(
    context: typer.Context,
    export_id: Annotated[str, typer.Argument(metavar="EXPORT", help="The export's id (导出批次).")],
    text: Annotated[str, typer.Option("--receipt", help="The receipt's number, or why it was refused (回执).")],
    accepted: Annotated[bool, typer.Option("--accepted/--refused", help="Taken or refused (接收/拒收).")],
    number: Numbers = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Enter what a platform said of an export, or of some of its deliveries (登记回执)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            count = exporting.enter_receipt(tx, desk.actor, desk.bureau.now, export_id, accepted, text, number or None)
        _counted(desk.output, "receipt_entered", export_id, count, "export")


@platform_app.command("list")
def list_platforms(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the platforms that were added, and those that Qian ships to begin with (列出)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            told = [_platform(held) for held in platforms.read_all(tx, desk.actor)]
        rows = [[each[name] for name in LISTED] for each in told]
        desk.output.answer({"platforms": list(told)}, desk.output.table("platforms", SHOWN_LISTED, rows))


@platform_app.command("show")
def show(context: typer.Context, name: Name, token_file: TokenFile = None, machine: Json = False) -> None:
    """Print a platform's document, to be read, or to begin another version with (查看平台文档)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            held = platforms.read(tx, desk.actor, name)
        desk.output.answer_file({**_platform(held), "text": held.platform.text}, held.platform.text.encode())


@platform_app.command("add")
def add(
    context: typer.Context,
    document: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A platform's document (平台文档).")
    ],
    if_version: IfNamedVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Add a version of a platform; from now on what the bureau issues goes there (添加报送平台)."""
    with at_desk(context, token_file) as desk:
        try:
            text = document.read_text("utf-8")
        except UnicodeDecodeError:
            raise Invalid("source_not_utf8", path=document) from None
        with desk.bureau.write() as tx:
            told = _platform(platforms.add(tx, desk.actor, desk.bureau.now, text, if_version))
        desk.output.answer(
            told,
            desk.output.facts(
                "platform_added", [(shown, told[name]) for shown, name in zip(SHOWN_LISTED, LISTED, strict=True)]
            ),
        )


def _counted(output: Output, title: str, name: str, count: int, key: str = "platform") -> None:
    told: dict[str, JSON] = {key: name, "deliveries": count}
    output.answer(told, output.facts(title, list(told.items())))


def _platform(held: HeldPlatform) -> dict[str, JSON]:
    platform = held.platform
    return {
        "name": platform.name,
        "title": platform.title,
        "version": platform.version,
        "legal_basis": platform.legal_basis,
        "kinds": list(platform.kinds),
        "deadline": platform.deadline,
        "since": platform.since.isoformat(),
        "pushes": platform.push is not None,
        "sha256": platform.digest,
        "document": held.document,
        "added_by": held.added_by,
    }


def _told(output: Output, each: Delivery) -> dict[str, JSON]:
    return {
        "number": each.number,
        "platform": each.channel,
        "kind": each.topic,
        "enterprise": each.lane,
        "reference": each.reference,
        "version": each.version,
        "operation": each.operation.value,
        "state": each.state.value,
        "due": each.due.isoformat(),
        "attempts": each.attempts,
        "delivered_at": None if each.delivered_at is None else instant_text(each.delivered_at),
        "export": each.export or None,
        "receipt": each.receipt,
        "code": None if each.refusal is None else each.refusal.code,
        "error": None if each.refusal is None else say(each.refusal, output.language).message,
    }
