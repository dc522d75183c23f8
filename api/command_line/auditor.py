"""`auditor`: the keys with which auditors sign their verdicts, on the auditor's side and on the bureau's."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.campaign_answers import Answer, entry_json
from api.command_line.context import at_desk, load_settings, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from api.command_line.private_files import write_private
from ledger import keys
from ledger.errors import Invalid
from ledger.keys import Ed25519Signer
from ledger.note import NoteError, Verifier
from sampling import attesting

app = typer.Typer(help="Keys of the auditors who attest draws (审计员密钥).", no_args_is_help=True)

Vkey = Annotated[str, typer.Argument(metavar="VKEY", help="The auditor's verifier key (审计员公钥).")]


@app.command("create-key")
def create_key(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Its name for ever, such as audit.example.gov.cn/zhang (密钥名称).")],
    keep: Annotated[Path, typer.Option(dir_okay=False, help="New file, for the auditor alone (私钥文件).")],
    machine: Json = False,
) -> None:
    """Make an auditor's key: a private file of mode 0600, and its verifier key beside it as .vkey (生成密钥).

    With QIAN_KEY_PASSPHRASE_FILE the private file is encrypted.
    """
    try:
        Verifier(name, 1, bytes(32))
    except NoteError:
        raise Invalid("auditor_key_unusable", field="name", longest=attesting.LONGEST_NAME) from None
    signer = Ed25519Signer(name, keys.create_private_key(keep, load_settings().passphrase))
    write_private(vkey_file(keep), f"{signer.verifier_key}\n".encode(), replace=True)
    answer = {"name": name, "vkey": signer.verifier_key, "kept": str(keep)}
    output = output_of(context)
    output.answer(answer, output.facts("auditor_key", list(answer.items())))


@app.command()
def register(context: typer.Context, vkey: Vkey, token_file: TokenFile = None, machine: Json = False) -> None:
    """Take the verdicts of an auditor from now on, by the key that the auditor gave you in person (登记审计员)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = attesting.register_auditor(tx, desk.actor, desk.bureau.now, vkey)
        answer: Answer = {"vkey": vkey, "entry": entry_json(entry)}
        facts = [("name", entry.subject), ("vkey", vkey), ("entry", entry.seq)]
        desk.output.answer(answer, desk.output.facts("auditor_registered", facts))


@app.command()
def withdraw(context: typer.Context, vkey: Vkey, token_file: TokenFile = None, machine: Json = False) -> None:
    """Take no more verdicts by a key; those that were taken in stand (停用审计员密钥)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            entry = attesting.withdraw_auditor(tx, desk.actor, desk.bureau.now, vkey)
        answer: Answer = {"vkey": vkey, "entry": entry_json(entry)}
        facts = [("name", entry.subject), ("vkey", vkey), ("entry", entry.seq)]
        desk.output.answer(answer, desk.output.facts("auditor_withdrawn", facts))


@app.command("list")
def list_auditors(context: typer.Context, machine: Json = False) -> None:
    """List the auditors' keys that the log names; it is public (审计员列表)."""
    with opened_bureau() as bureau, bureau.read() as tx:
        known = attesting.known_auditors(tx)
    output = output_of(context)
    rows = [(each.verifier.vkey, each.registered.seq, each.withdrawn.seq if each.withdrawn else None) for each in known]
    output.answer(
        {"auditors": [{"vkey": vkey, "registered": seq, "withdrawn": withdrawn} for vkey, seq, withdrawn in rows]},
        output.table("auditors", ("vkey", "registered_by", "withdrawn_in"), rows),
    )


def vkey_file(key: Path) -> Path:
    """Return where the verifier key of a private file lies."""
    return key.with_name(f"{key.name}.vkey")


def load_signer(key: Path) -> Ed25519Signer:
    """Return the signer of a private file that `create-key` made; raises Missing or Invalid."""
    private = keys.load_private_key(key, load_settings().passphrase)
    try:
        verifier = Verifier.from_vkey(vkey_file(key).read_text("utf-8").strip())
    except (OSError, ValueError):
        raise Invalid("auditor_vkey_file_unusable", path=vkey_file(key)) from None
    signer = Ed25519Signer(verifier.name, private)
    if signer.verifier_key != verifier.vkey:
        raise Invalid("auditor_vkey_file_unusable", path=vkey_file(key))
    return signer
