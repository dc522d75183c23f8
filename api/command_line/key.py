"""`key`: the log's keys."""

import typer

from api.command_line.context import at_desk, opened_bureau, output_of
from api.command_line.options import Json, TokenFile
from ledger import key_rotation

app = typer.Typer(help="Show and rotate the key that signs the log (日志密钥).", no_args_is_help=True)


@app.command()
def show(context: typer.Context, machine: Json = False) -> None:
    """Show the log's verifier keys, the current one first, with the first size that each signs (查看密钥)."""
    output = output_of(context)
    with opened_bureau() as bureau:
        with bureau.read() as tx:
            keys = key_rotation.log_keys(tx)
        rows = [(key.verifier.vkey, key.since, bureau.keyring.find(key.verifier) is not None) for key in reversed(keys)]
    output.answer(
        {"keys": [{"vkey": vkey, "since": since, "here": here} for vkey, since, here in rows]},
        output.table("log_keys", ("vkey", "since_size", "key_here"), rows),
    )


@app.command()
def rotate(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """Hand the log over to a new key, signed for by the present one (更换密钥).

    The new key is made where QIAN_SIGNER says. Verifiers that pin the present key follow by themselves; machines that
    serve the same database need the new key file too.
    """
    with at_desk(context, token_file) as desk:
        old = desk.bureau.verifier
        entry = desk.bureau.rotate_key(desk.actor)
        vkey, output = str(entry.body["vkey"]), desk.output
    output.answer(
        {"vkey": vkey, "before": old.vkey, "entry": entry.seq},
        output.facts("key_rotated", [("vkey", vkey), ("vkey_before", old.vkey), ("entry", entry.seq)]),
    )
