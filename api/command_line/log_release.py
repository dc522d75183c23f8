"""`log release`: ending the hold on a log that was restored from a backup."""

from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.log_reading import report_fork
from api.command_line.options import Json, TokenFile
from api.log_following import keep_evidence
from api.log_release import release_by_evidence
from ledger import hold
from ledger.entries import Entry
from ledger.errors import Invalid
from ledger.following import LogForked


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("release")(release)


def release(
    context: typer.Context,
    mirror: Annotated[
        list[str] | None,
        typer.Option(metavar="URL|DIR", help="A mirror or export of the log in other hands; again for more (镜像)."),
    ] = None,
    witnesses: Annotated[
        bool, typer.Option("--witnesses", help="Ask the witnesses of QIAN_WITNESS_POLICY (询问见证方).")
    ] = False,
    statement: Annotated[
        str | None,
        typer.Option(
            metavar="REASON", help="Without mirror and witnesses: say yourself that the log is complete (声明完整)."
        ),
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Have a restored log go on, once it is shown to be all that outsiders know of it (解除日志暂停).

    An entry says publicly by which evidence. A statement takes two administrators, each under a token of their own.
    """
    with at_desk(context, token_file) as desk:
        if statement is None:
            entry: Entry | None = _by_evidence(desk, mirror or [], witnesses)
        elif mirror or witnesses:
            raise Invalid("statement_beside_evidence")
        else:
            entry = _by_statement(desk, statement)
    output = desk.output
    if entry is None:
        output.answer({"released": False}, output.word("statement_kept"))
        return
    kinds = [str(each["kind"]) for each in entry.body["evidence"]]
    output.answer(
        {"released": True, "entry": entry.seq, "evidence": entry.body["evidence"]},
        output.facts("released", [("entry", entry.seq), ("evidence", [output.word(f"evidences.{k}") for k in kinds])]),
    )


def _by_evidence(desk: Desk, mirrors: list[str], witnesses: bool) -> Entry:
    try:
        return release_by_evidence(desk.bureau, desk.actor, mirrors, witnesses)
    except LogForked as forked:
        report_fork(desk.output, forked, keep_evidence(desk.bureau.settings.home / "log-release", forked))
        raise typer.Exit(1) from None


def _by_statement(desk: Desk, reason: str) -> Entry | None:
    bureau = desk.bureau
    with bureau.write() as tx:
        return hold.state_complete(tx, desk.actor, bureau.now, reason, bureau.witness_policy)
