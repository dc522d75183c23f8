"""`objection`: objections to published findings, and the decisions on them (异议)."""

from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile, civil_date
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
from ledger.windows import Window
from sampling.publicity import objections, submissions
from sampling.publicity.claims import Claim
from sampling.publicity.limits import Origin
from sampling.publicity.submissions import SubmissionFilter
from sampling.publicity.upheld import Correction
from scoring.results import FollowUp, Result

app = typer.Typer(help="Objections to published findings, and decisions on them (异议).", no_args_is_help=True)


@app.command()
def receive(
    context: typer.Context,
    claim: Annotated[Claim, typer.Option(help="What is wrong (异议类别).")],
    text: Text = None,
    file: TextFile = None,
    campaign: Annotated[str | None, typer.Option(help="The finding's campaign (抽查任务).")] = None,
    position: Annotated[int | None, typer.Option(help="The finding's position (签位).")] = None,
    number: Annotated[int | None, typer.Option(help="Or the published finding's number alone (公示序号).")] = None,
    contact: Contact = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Take an objection in that came by letter, by telephone or in person (登记异议)."""
    given = text_of(text, file)
    with at_desk(context, token_file) as desk:
        bureau = desk.bureau
        with bureau.write() as tx:
            target = objections.published_finding(tx, campaign, position, number)
            receipt = objections.object_to(
                tx, bureau.now, target, claim, given, contact, Origin.counter(), bureau.settings.intake
            )
        answer_receipt(desk.output, receipt)


@app.command("receipt")
def receipt(context: typer.Context, number: ReceiptNumber, machine: Json = False) -> None:
    """Show what became of an objection or a question; the receipt number is enough (凭回执查询)."""
    show_receipt(context, number)


@app.command("list")
def list_objections(
    context: typer.Context,
    only_open: OnlyOpen = False,
    limit: Limit = 100,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the objections that you may see, newest first (异议列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = list(objections.page(tx, desk.actor, Window(limit), SubmissionFilter(only_open)))
            waiting = submissions.count_open(tx, desk.actor, submissions.Kind.OBJECTION, desk.bureau.today)
        answer_submissions(desk, "objections", found, waiting)


@app.command()
def show(context: typer.Context, objection: Id, token_file: TokenFile = None, machine: Json = False) -> None:
    """Show an objection, its steps and how whoever objected may be reached (查看)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = objections.read(tx, desk.actor, objection)
            contact = submissions.contact_of(tx, desk.actor, found)
        answer_submission(desk, found, contact)


@app.command("set-aside")
def set_aside(
    context: typer.Context, objection: Id, reason: Reason, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Refuse to take an objection up, in its first days and with a reason (不予受理)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = objections.set_aside(tx, desk.actor, desk.bureau.now, objection, reason)
        answer_submission(desk, found)


@app.command()
def propose(
    context: typer.Context,
    objection: Id,
    uphold: Annotated[bool, typer.Option("--uphold/--reject", help="Uphold or reject it (成立/不成立).")],
    reason: Reason,
    result: Annotated[
        list[Result] | None, typer.Option(help="Upheld: what the finding is to say instead (更正后的检查结果).")
    ] = None,
    visited: Annotated[
        str | None, typer.Option(metavar="DATE", help="With it, the day of the visit (检查日期).")
    ] = None,
    follow_up: Annotated[FollowUp, typer.Option(help="With it, what follows (后续处理).")] = FollowUp.NONE,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose a decision; another planner decides (拟定决定)."""
    if bool(result) != bool(visited):
        raise typer.BadParameter("--result CODE --visited DATE")
    day = None if visited is None else civil_date(visited)
    with at_desk(context, token_file) as desk:
        now, actor = desk.bureau.now, desk.actor
        correction = None if day is None else Correction.checked(now, day, result or [], follow_up)
        with desk.bureau.write() as tx:
            found = objections.propose_decision(tx, actor, now, objection, uphold, reason, correction)
        answer_submission(desk, found)


@app.command()
def decide(
    context: typer.Context, objection: Id, proposal: Proposal, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Decide as another planner proposed; what is upheld leads to a correction (决定)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = objections.decide(tx, desk.actor, desk.bureau.now, objection, proposal)
        answer_submission(desk, found)
