"""How questions, objections and receipts are told, and how a text is given: as an option or as a file."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk, opened_bureau, output_of
from api.command_line.output import Output
from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling.publicity import submissions
from sampling.publicity.submissions import Receipt, Submission

Id = Annotated[str, typer.Argument(metavar="ID", help="Its id (来件编号).")]
Text = Annotated[str | None, typer.Option(help="The text, plain (内容).")]
TextFile = Annotated[
    Path | None, typer.Option("--file", exists=True, dir_okay=False, help="A file with the text, in UTF-8 (内容文件).")
]
Contact = Annotated[str | None, typer.Option(help="How whoever it is may be reached; sealed (联系方式，保密).")]
Reason = Annotated[str, typer.Option(help="Why; told by the receipt number (理由).")]
Proposal = Annotated[int, typer.Option(help="The proposal that you have read, by its step (拟稿步骤).")]
OnlyOpen = Annotated[bool, typer.Option("--open", help="Only what waits for an answer (仅未办结).")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most, newest first (最多条数).")]
ReceiptNumber = Annotated[str, typer.Argument(metavar="RECEIPT", help="The receipt number (回执编号).")]


def text_of(text: str | None, file: Path | None) -> str:
    """Return the text that an option or a file gives."""
    if (text is None) == (file is None):
        raise typer.BadParameter("--text TEXT / --file PATH")
    if file is None:
        return text or ""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file}: UTF-8") from None


def answer_receipt(output: Output, receipt: Receipt) -> None:
    """Tell a receipt number, which is told only now."""
    facts = [("receipt_number", receipt.number), ("due_on", receipt.due)]
    output.answer({"receipt": receipt.number, "due": receipt.due.isoformat()}, output.facts("taken_in", facts))


def show_receipt(context: typer.Context, number: str) -> None:
    """Tell what became of what came in under a receipt number; nobody needs a token for that."""
    with opened_bureau() as bureau:
        with bureau.read() as tx:
            told = submissions.by_receipt(tx, bureau.today, number)
        output = output_of(context)
        facts = [
            ("kind", output.word(f"submission_kinds.{told.kind}")),
            ("state", output.word(f"submission_states.{told.state}")),
            ("campaign", told.campaign or None),
            ("position", told.position),
            ("received_on", told.received),
            ("due_on", told.due),
            ("is_overdue", told.is_overdue),
            ("answered_on", told.answered),
            ("answer_text", told.answer),
        ]
        answer: dict[str, JSON] = {
            "kind": told.kind.value,
            "state": told.state.value,
            "campaign": told.campaign or None,
            "position": told.position,
            "received": told.received.isoformat(),
            "due": told.due.isoformat(),
            "overdue": told.is_overdue,
            "answered": None if told.answered is None else told.answered.isoformat(),
            "answer": told.answer,
        }
        output.answer({"submission": answer}, output.facts("submission", facts))


def answer_submission(desk: Desk, found: Submission, contact: str | None = None) -> None:
    """Tell a question or an objection as staff see it."""
    output = desk.output
    facts = [
        ("id", found.id),
        ("kind", output.word(f"submission_kinds.{found.kind}")),
        ("state", output.word(f"submission_states.{found.state}")),
        ("campaign", found.campaign or None),
        ("position", found.position),
        ("enterprise", found.enterprise or None),
        ("claim", output.word(f"claims.{found.claim}") if found.claim else None),
        ("received_on", found.received_at),
        ("due_on", found.due),
        ("is_overdue", found.is_overdue(desk.bureau.today)),
        ("consent", found.consent),
        ("contact", contact),
        ("submission_text", found.text),
        ("number_published", found.published_number),
    ]
    rows = [
        (
            each.turn,
            output.word(f"submission_steps.{each.step}"),
            output.word(f"submission_states.{each.outcome}") if each.outcome else "",
            each.text,
            each.by,
            each.at,
        )
        for each in found.steps
    ]
    steps = output.table("submission_done", ("turn", "step", "outcome", "answer_text", "by", "when"), rows)
    document = {"submission": {**submission_json(found, desk), "contact": contact}}
    output.answer(document, output.facts("submission", facts), *([steps] if rows else []))


def answer_submissions(desk: Desk, title: str, found: list[Submission], waiting: tuple[int, int]) -> None:
    """Tell a list of them, and how many wait and are overdue."""
    output, today = desk.output, desk.bureau.today
    rows = [
        (
            each.id,
            output.word(f"submission_states.{each.state}"),
            each.campaign,
            "" if each.position is None else each.position,
            each.received_at,
            each.due,
            each.is_overdue(today),
            each.text.replace("\n", " ")[:40],
        )
        for each in found
    ]
    columns = ("id", "state", "campaign", "position", "received_on", "due_on", "is_overdue", "submission_text")
    answer: list[JSON] = [submission_json(each, desk) for each in found]
    counts = output.facts("waiting_work", [("open_count", waiting[0]), ("overdue_count", waiting[1])])
    document: dict[str, JSON] = {title: answer, "open": waiting[0], "overdue": waiting[1]}
    output.answer(document, output.table(title, columns, rows), counts)


def submission_json(found: Submission, desk: Desk) -> dict[str, JSON]:
    """Return it for machines."""
    return {
        "id": found.id,
        "kind": found.kind.value,
        "state": found.state.value,
        "department": found.department or None,
        "campaign": found.campaign or None,
        "position": found.position,
        "finding": found.disclosure,
        "enterprise": found.enterprise or None,
        "claim": found.claim or None,
        "text": found.text,
        "consent": found.consent,
        "channel": found.channel,
        "received_at": instant_text(found.received_at),
        "due": found.due.isoformat(),
        "overdue": found.is_overdue(desk.bureau.today),
        "published": found.published_number,
        "steps": [
            {
                "turn": each.turn,
                "step": each.step,
                "outcome": each.outcome or None,
                "text": each.text,
                "correction": None if each.correction is None else each.correction.to_json(),
                "by": each.by,
                "at": instant_text(each.at),
            }
            for each in found.steps
        ],
    }
