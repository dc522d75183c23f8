"""`correction`, `repair`, `recheck`, `transfer`, `punishment`, `proceeding`: what follows an approved finding."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.command_line.context import at_desk
from api.command_line.findings import Enterprise
from api.command_line.options import Campaign, Json, TokenFile, civil_date
from api.command_line.output import Output
from ledger.actors import Actor
from ledger.calendar import instant_text
from ledger.canonical import JSON
from sampling.publication import corrections, endings, proceedings, punishments, rechecks, transfers
from sampling.publication.proceedings import Kind, Proceeding, ProceedingFilter, State
from scoring.results import FollowUp, Result

correction = typer.Typer(help="Correct what was published, by two persons (更正公示结果).", no_args_is_help=True)
repair = typer.Typer(help="Credit repair: show a finding no more, by two persons (信用修复).", no_args_is_help=True)
transfer = typer.Typer(help="Transfer findings to other departments (移送).", no_args_is_help=True)
punishment = typer.Typer(help="Joint punishment: propose, confirm, feed back, end (联合惩戒).", no_args_is_help=True)
listing = typer.Typer(help="What follows findings (后续事项).", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the proceeding (事项编号).")]
Approve = Annotated[bool, typer.Option("--approve/--refuse", help="Do it or refuse it (通过/不予).")]
Note = Annotated[str, typer.Option(help="What is said with it; a refusal needs it (意见).")]
Reason = Annotated[str, typer.Option(help="Why (理由).")]
Basis = Annotated[str, typer.Option(help="The legal basis (依据).")]
To = Annotated[str, typer.Option(metavar="DEPARTMENT", help="Code of the receiving department (接收部门代码).")]
Day = Annotated[str, typer.Option(metavar="DATE", help="(日期)")]

UseCase = Callable[[Connection, Actor, datetime], Proceeding]


class TransferAnswer(StrEnum):
    """How a department answers a transfer."""

    TAKEN = "taken"
    RETURNED = "returned"
    ENDED = "ended"


def add_to(parent: typer.Typer) -> None:
    """Add the groups, and the command that stands alone."""
    parent.add_typer(correction, name="correction")
    parent.add_typer(repair, name="repair")
    parent.add_typer(transfer, name="transfer")
    parent.add_typer(punishment, name="punishment")
    parent.add_typer(listing, name="proceeding")
    parent.command("recheck")(recheck)


@correction.command("propose")
def propose_correction(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    visited: Day,
    result: Annotated[list[Result], typer.Option(help="Official result codes (检查结果).")],
    reason: Reason,
    follow_up: Annotated[FollowUp, typer.Option(help="What follows (后续处理).")] = FollowUp.NONE,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose what a published finding is to say, complete in itself (提议更正)."""
    day = civil_date(visited)
    _do(
        context,
        token_file,
        lambda tx, actor, now: corrections.propose(
            tx, actor, now, campaign, enterprise, day, result, follow_up, reason
        ),
    )


@correction.command("decide")
def decide_correction(
    context: typer.Context,
    proceeding: Id,
    approve: Approve,
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Correct it as another person proposed, or refuse it (审定更正)."""
    _do(context, token_file, lambda tx, actor, now: corrections.decide(tx, actor, now, proceeding, approve, note))


@repair.command("propose")
def propose_repair(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    basis: Basis,
    reason: Reason,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose that a published finding be shown no more (申请信用修复)."""
    _do(
        context,
        token_file,
        lambda tx, actor, now: endings.propose_repair(tx, actor, now, campaign, enterprise, basis, reason),
    )


@repair.command("decide")
def decide_repair(
    context: typer.Context,
    proceeding: Id,
    approve: Approve,
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Show it no more as another person proposed, or refuse it (审定信用修复)."""
    _do(context, token_file, lambda tx, actor, now: endings.decide_repair(tx, actor, now, proceeding, approve, note))


def recheck(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    checked: Day,
    corrected: Annotated[bool, typer.Option("--corrected/--not-corrected", help="Whether it was (是否整改).")],
    facts: Annotated[str, typer.Option(help="What was found (复查情况).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Record whether what was ordered to be corrected was, as one of the visit's inspectors (录入整改复查)."""
    day = civil_date(checked)
    _do(
        context,
        token_file,
        lambda tx, actor, now: rechecks.record(tx, actor, now, campaign, enterprise, day, corrected, facts),
    )


@transfer.command("send")
def send_transfer(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    to: To,
    basis: Basis,
    reason: Reason,
    answer_by: Day,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Send an approved finding to another department (移送)."""
    day = civil_date(answer_by)
    _do(
        context,
        token_file,
        lambda tx, actor, now: transfers.send(tx, actor, now, campaign, enterprise, to, basis, reason, day),
    )


@transfer.command("answer")
def answer_transfer(
    context: typer.Context,
    proceeding: Id,
    answer: Annotated[
        TransferAnswer, typer.Argument(metavar="ANSWER", help="taken, returned, ended (接收、退回、办结).")
    ],
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Take a transfer, give it back, or end it, as the receiving department (答复)."""
    _do(context, token_file, lambda tx, actor, now: transfers.answer(tx, actor, now, proceeding, answer.value, note))


@punishment.command("propose")
def propose_punishment(
    context: typer.Context,
    campaign: Campaign,
    enterprise: Enterprise,
    trigger: Annotated[str, typer.Option(help="What the measure answers (事由).")],
    basis: Basis,
    measure: Annotated[str, typer.Option(help="The measure (措施).")],
    to: To,
    ends: Day,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose a measure for a published finding of a problem (提请)."""
    day = civil_date(ends)
    _do(
        context,
        token_file,
        lambda tx, actor, now: punishments.propose(
            tx, actor, now, campaign, enterprise, trigger, basis, measure, to, day
        ),
    )


@punishment.command("decide")
def decide_punishment(
    context: typer.Context,
    proceeding: Id,
    approve: Approve,
    note: Note = "",
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Put a measure in force as another person proposed, or refuse it (审定)."""
    _do(context, token_file, lambda tx, actor, now: punishments.decide(tx, actor, now, proceeding, approve, note))


@punishment.command("answer")
def answer_punishment(
    context: typer.Context, proceeding: Id, note: Note, token_file: TokenFile = None, machine: Json = False
) -> None:
    """Feed back on a measure in force, as the receiving body (反馈)."""
    _do(context, token_file, lambda tx, actor, now: punishments.answer(tx, actor, now, proceeding, note))


@punishment.command("end")
def end_punishment(
    context: typer.Context, proceeding: Id, note: Note, token_file: TokenFile = None, machine: Json = False
) -> None:
    """End a measure that is in force (解除)."""
    _do(context, token_file, lambda tx, actor, now: punishments.end(tx, actor, now, proceeding, note))


@listing.command("list")
def list_proceedings(
    context: typer.Context,
    campaign: Annotated[str, typer.Option(help="Only of this campaign (抽查任务).")] = "",
    enterprise: Annotated[str, typer.Option(metavar="CODE", help="Only about this enterprise (企业).")] = "",
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind (类型).")] = None,
    state: Annotated[list[State] | None, typer.Option(help="Only in any of these states (状态).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List the proceedings that you may see, oldest first; confidential (列表)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            chosen = ProceedingFilter(campaign, enterprise, kind, tuple(state or ()))
            found = proceedings.visible(tx, desk.actor, chosen)
        output = desk.output
        rows = [
            (
                each.id,
                output.word(f"proceeding_kinds.{each.kind.value}"),
                output.word(f"proceeding_states.{each.state}"),
                each.campaign,
                each.position,
                each.enterprise,
                each.opened_at,
            )
            for each in found
        ]
        columns = ("id", "kind", "state", "campaign", "position", "enterprise", "opened_at")
        output.answer({"proceedings": [_json(each) for each in found]}, output.table("proceedings", columns, rows))


def _do(context: typer.Context, token_file: Path | None, use_case: UseCase) -> None:
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = use_case(tx, desk.actor, desk.bureau.now)
        _tell(desk.output, found)


def _tell(output: Output, found: Proceeding) -> None:
    facts = [
        ("id", found.id),
        ("kind", output.word(f"proceeding_kinds.{found.kind.value}")),
        ("state", output.word(f"proceeding_states.{found.state}")),
        ("campaign", found.campaign),
        ("enterprise", found.enterprise),
        ("opened_at", found.opened_at),
    ]
    output.answer({"proceeding": _json(found)}, output.facts("proceeding", facts))


def _json(found: Proceeding) -> JSON:
    return {
        "id": found.id,
        "kind": found.kind.value,
        "state": found.state,
        "campaign": found.campaign,
        "position": found.position,
        "enterprise": found.enterprise,
        "content": dict(found.content),
        "opened_by": found.opened_by,
        "opened_at": instant_text(found.opened_at),
        "steps": [
            {"step": each.step, "by": each.by, "at": instant_text(each.at), **each.content} for each in found.steps
        ],
    }
