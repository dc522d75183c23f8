"""`judgement`: manual judgements of enterprises, by two persons (定性判定)."""

from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile, civil_date
from ledger.calendar import instant_text
from ledger.canonical import JSON
from scoring import judgements
from scoring.grades import NOTICE
from scoring.judgements import HeldJudgement
from scoring.scorecard import Effect

app = typer.Typer(no_args_is_help=True, help="Manual judgements of enterprises, by two persons (定性判定).")

Id = Annotated[str, typer.Argument(metavar="ID", help="The judgement's id (判定编号).")]


@app.command("propose")
def propose(
    context: typer.Context,
    enterprise: Annotated[str, typer.Argument(help="Unified social credit code (统一社会信用代码).")],
    grade: Annotated[str, typer.Option(help="The grade, by its label (等级).")],
    effect: Annotated[Effect, typer.Option(help="What it does to the grade (调整方式).")],
    reason: Annotated[str, typer.Option(help="Why (理由).")],
    legal_basis: Annotated[str, typer.Option(help="What it rests on (依据).")],
    expires: Annotated[str, typer.Option(metavar="DATE", help="The last day that it counts (有效期至).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Propose a judgement, for a second person to confirm (提出)."""
    last = civil_date(expires)
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            held = judgements.propose(
                tx, desk.actor, desk.bureau.now, enterprise, effect, grade, reason, legal_basis, last
            )
        _answer(desk, held)


@app.command("confirm")
def confirm(context: typer.Context, judgement: Id, token_file: TokenFile = None, machine: Json = False) -> None:
    """Confirm a judgement of another person: from today on it counts (确认)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            held = judgements.confirm(tx, desk.actor, desk.bureau.now, judgement)
        _answer(desk, held)


@app.command("withdraw")
def withdraw(
    context: typer.Context,
    judgement: Id,
    note: Annotated[str, typer.Option(help="Why it ends (撤回说明).")],
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """End a judgement before its term, or refuse one that is proposed (撤回)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            held = judgements.withdraw(tx, desk.actor, desk.bureau.now, judgement, note)
        _answer(desk, held)


@app.command("list")
def listed(
    context: typer.Context,
    purpose: Annotated[str, typer.Option(help="Why they are read; the reading is recorded (查阅事由).")],
    enterprise: Annotated[str | None, typer.Option(help="Only those of this enterprise (统一社会信用代码).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """List judgements, newest first; that you read them is recorded (查阅)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            found = judgements.read(tx, desk.actor, desk.bureau.now, purpose, enterprise)
        rows = [
            (
                held.document,
                held.judgement.enterprise,
                _said(desk, held),
                _state(desk, held),
                held.judgement.expires,
                held.judgement.reason,
            )
            for held in found
        ]
        columns = ("id", "enterprise", "judgement", "state", "expires", "reason")
        answer: dict[str, JSON] = {"judgements": [_document(desk, held) for held in found], "notice": NOTICE}
        desk.output.answer(answer, desk.output.table("judgements", columns, rows), NOTICE)


def _answer(desk: Desk, held: HeldJudgement) -> None:
    said = held.judgement
    facts = [
        ("id", held.document),
        ("enterprise", said.enterprise),
        ("judgement", _said(desk, held)),
        ("reason", said.reason),
        ("legal_basis", said.legal_basis),
        ("expires", said.expires),
        ("state", _state(desk, held)),
        ("proposed_by", held.proposed_by),
        ("confirmed_by", held.confirmed_by),
        ("withdrawn_by", held.withdrawn_by),
        ("note", held.note or None),
    ]
    desk.output.answer(_document(desk, held), desk.output.facts("judgement", facts))


def _document(desk: Desk, held: HeldJudgement) -> dict[str, JSON]:
    said = held.judgement
    return {
        "id": held.document,
        "enterprise": said.enterprise,
        "effect": said.effect.value,
        "grade": said.grade,
        "reason": said.reason,
        "legal_basis": said.legal_basis,
        "expires": said.expires.isoformat(),
        "state": held.state_on(desk.bureau.today).value,
        "proposed_by": held.proposed_by,
        "proposed_at": instant_text(held.proposed_at),
        "confirmed_by": held.confirmed_by,
        "confirmed_at": None if held.confirmed_at is None else instant_text(held.confirmed_at),
        "withdrawn_by": held.withdrawn_by,
        "withdrawn_at": None if held.withdrawn_at is None else instant_text(held.withdrawn_at),
        "note": held.note,
    }


def _said(desk: Desk, held: HeldJudgement) -> str:
    return f"{desk.output.word_of('effects', held.judgement.effect)} {held.judgement.grade}"


def _state(desk: Desk, held: HeldJudgement) -> str:
    return desk.output.word_of("judgement_states", held.state_on(desk.bureau.today))
