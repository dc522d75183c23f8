"""`question`: what the public asks, and how it is answered (咨询)."""

from typing import Annotated

import typer

from api.command_line.context import at_desk, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.publicity_answers import (
    Contact,
    Id,
    Limit,
    OnlyOpen,
    Proposal,
    Reason,
    ReceiptNumber,
    Text,
    TextFile,
    answer_receipt,
    answer_submission,
    answer_submissions,
    show_receipt,
    text_of,
)
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.windows import Window
from sampling.publicity import questions, submissions
from sampling.publicity.limits import Origin
from sampling.publicity.submissions import SubmissionFilter

app = typer.Typer(help="Questions of the public, and their answers (公众咨询).", no_args_is_help=True)


@app.command()
def ask(
    context: typer.Context,
    text: Text = None,
    file: TextFile = None,
    campaign: Annotated[str | None, typer.Option(help="The campaign that it is about (抽查任务).")] = None,
    consent: Annotated[bool, typer.Option("--consent", help="It may be published with its answer (同意公开).")] = False,
    contact: Contact = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Take a question in that came by letter, by telephone or in person (登记咨询)."""
    given = text_of(text, file)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            receipt = questions.ask(
                tx,
                desk.bureau.now,
                given,
                campaign,
                consent,
                contact,
                Origin.counter(),
                desk.bureau.settings.intake,
            )
        answer_receipt(desk.output, receipt)


@app.command("receipt")
def receipt(context: typer.Context, number: ReceiptNumber, machine: Json = False) -> None:
    """Show what became of a question or an objection; the receipt number is enough (凭回执查询)."""
    show_receipt(context, number)


@app.command("published")
def list_published(context: typer.Context, limit: Limit = 100, machine: Json = False) -> None:
    """List published answers with their questions; public (选登答复)."""
    with opened_bureau() as bureau:
        with bureau.read() as tx:
            found = submissions.published(tx, Window(limit))
        output = output_of(context)
        rows, told = [], list[JSON]()
        for each in found:
            answer = "" if each.answer is None else each.answer.text
            on = civil_date(each.received_at)
            rows.append((each.published_number, on, each.text, answer))
            told.append(
                {
                    "number": each.published_number,
                    "campaign": each.campaign or None,
                    "asked": on.isoformat(),
                    "question": each.text,
                    "answer": answer,
                }
            )
        columns = ("number_published", "received_on", "submission_text", "answer_text")
        output.answer({"answers": told}, output.table("published_answers", columns, rows))


@app.command("list")
def list_questions(
    context: typer.Context,
    only_open: OnlyOpen = False,
    limit: Limit = 100,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the questions that you may see, newest first (咨询列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = list(questions.page(tx, desk.actor, Window(limit), SubmissionFilter(only_open)))
            waiting = submissions.count_open(tx, desk.actor, submissions.Kind.QUESTION, desk.bureau.today)
        answer_submissions(desk, "questions", found, waiting)


@app.command()
def show(context: typer.Context, question: Id, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show a question, its steps and how whoever asked may be reached (查看)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = questions.read(tx, desk.actor, question)
            contact = submissions.contact_of(tx, desk.actor, found)
        answer_submission(desk, found, contact)


@app.command()
def propose(
    context: typer.Context,
    question: Id,
    text: Text = None,
    file: TextFile = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose an answer; another planner gives it (拟定答复)."""
    given = text_of(text, file)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = questions.propose_answer(tx, desk.actor, desk.bureau.now, question, given)
        answer_submission(desk, found)


@app.command()
def answer(
    context: typer.Context,
    question: Id,
    proposal: Proposal,
    publish: Annotated[
        bool, typer.Option("--publish", help="All may read it, as whoever asked allowed (公开).")
    ] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Give the answer that another planner proposed (答复)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = questions.answer(tx, desk.actor, desk.bureau.now, question, proposal, publish)
        answer_submission(desk, found)


@app.command("set-aside")
def set_aside(
    context: typer.Context, question: Id, reason: Reason, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Refuse to answer, with a reason (不予答复)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = questions.set_aside(tx, desk.actor, desk.bureau.now, question, reason)
        answer_submission(desk, found)


@app.command()
def withdraw(
    context: typer.Context,
    question: Id,
    note: Annotated[str, typer.Option(help="Why; told to staff alone (撤下原因).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show a published answer only to whoever asked (撤下答复)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = questions.withdraw(tx, desk.actor, desk.bureau.now, question, note)
        answer_submission(desk, found)
