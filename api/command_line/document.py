"""`document`: confidential documents, and their expiry by two persons."""

from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from ledger import erasing, expiry
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.database import Database
from ledger.errors import Invalid, Refusal
from ledger.expiry import Expiring
from schema.words import say

app = typer.Typer(help="Confidential documents and their expiry (保密文档到期销毁).", no_args_is_help=True)

Documents = Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Ids of documents (文档编号).")]


@app.command("list")
def list_documents(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List the documents whose retention is over: due, proposed or expired, and what still needs them (到期文档)."""
    with at_desk(context, token_file) as desk:
        retention = desk.bureau.retention
        with desk.bureau.read() as tx:
            found = expiry.expiring(tx, desk.actor, desk.bureau.now, retention)
            found = [expiry.with_need(tx, each, retention) for each in found]
        _answer(desk.output, "expiring", found)


@app.command()
def expire(
    context: typer.Context,
    documents: Documents,
    reason: Annotated[str | None, typer.Option(help="Propose it, and why; kept confidentially (提议及理由).")] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Confirm another's proposal: they are gone for good (确认).")
    ] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the proposal back (撤回).")] = False,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Remove documents with their salts, rows and contents: --reason proposes, --confirm of another does (到期销毁).

    Of several all expire or none. The log, its proofs and bundles that were exported before stay valid.
    """
    if [reason is not None, confirm, withdraw].count(True) != 1:
        raise Invalid("expire_one_way", field="confirm")
    with at_desk(context, token_file) as desk:
        bureau, actor, retention = desk.bureau, desk.actor, desk.bureau.retention
        with bureau.write() as tx:
            if reason is not None:
                found, title = expiry.propose(tx, actor, bureau.now, retention, documents, reason), "expiry_proposed"
            elif withdraw:
                found, title = expiry.withdraw(tx, actor, retention, documents), "expiry_withdrawn"
            else:
                found, title = expiry.confirm(tx, actor, bureau.now, retention, documents), "documents_expired"
        erased = not confirm or _erase(desk.output, bureau.database)
        _answer(desk.output, title, found, erased=erased)


def _erase(output: Output, database: Database) -> bool:
    """Remove contents from the storage at once; what fails is tried again by whichever process works jobs."""
    try:
        erasing.erase_contents(database)
    except Refusal as refusal:
        output.say("not_erased_yet", reason=say(refusal, output.language).message)
        return False
    return True


def _answer(output: Output, title: str, found: list[Expiring], **more: JSON) -> None:
    rows = [
        (
            each.bound.id,
            each.bound.kind,
            each.bound.entry.subject,
            each.bound.entry.seq,
            each.due_on,
            output.word(f"expiry_states.{each.state}"),
            each.proposal and each.proposal.by,
            each.needed and say(each.needed, output.language).message,
        )
        for each in found
    ]
    columns = ("document", "kind", "subject", "entry", "due_on", "state", "proposed_by", "needed")
    output.answer({"documents": [_json(each) for each in found], **more}, output.table(title, columns, rows))


def _json(found: Expiring) -> JSON:
    proposal = found.proposal
    return {
        "id": found.bound.id,
        "kind": found.bound.kind,
        "subject": found.bound.entry.subject,
        "commitment": found.bound.commitment,
        "entry": found.bound.entry.seq,
        "due_on": None if found.due_on is None else found.due_on.isoformat(),
        "state": found.state,
        "proposal": None
        if proposal is None
        else {"by": proposal.by, "at": instant_text(proposal.at), "reason": proposal.reason},
        "needed": None if found.needed is None else found.needed.code,
        "expired_by": None if found.expired is None else found.expired.seq,
    }
