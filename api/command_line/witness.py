"""`witness`: cosigning other bureaus' logs, with nothing of a bureau of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import output_of
from api.command_line.options import Json
from api.serving import serve_witness_until_stopped
from api.witness import create_witness, opened_witness
from ledger.keys import Passphrase, load_passphrase

app = typer.Typer(help="Cosign other bureaus' logs (为其他单位的日志作见证).", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(file_okay=False, help="Folder of the witness's key and memory (见证方文件夹).")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="File of the key's passphrase, mode 0600; none: a plain key (口令文件)."),
]


@app.command()
def init(
    context: typer.Context,
    folder: Folder,
    name: Annotated[str, typer.Option(help="Its name for ever, such as witness.example.gov.cn/w1 (见证方名称).")],
    passphrase_file: PassphraseFile = None,
    machine: Json = False,
) -> None:
    """Make a witness in a new folder and show its verifier key (建立见证方)."""
    passphrase = _passphrase(passphrase_file)
    create_witness(folder, name, passphrase)
    with opened_witness(folder, passphrase) as witness:
        answer = {"name": name, "vkey": witness.verifier.vkey, "home": str(folder)}
    output = output_of(context)
    output.answer(answer, output.facts("witness_created", list(answer.items())))


@app.command()
def vkey(context: typer.Context, folder: Folder, passphrase_file: PassphraseFile = None, machine: Json = False) -> None:
    """Show the key that verifies the witness's cosignatures, for policies and pins (见证方公钥)."""
    with opened_witness(folder, _passphrase(passphrase_file)) as witness:
        key = witness.verifier.vkey
    output_of(context).answer({"vkey": key}, key)


@app.command("add-log")
def add_log(
    context: typer.Context,
    folder: Folder,
    key: Annotated[str, typer.Argument(metavar="VKEY", help="The log's verifier key (日志公钥).")],
    passphrase_file: PassphraseFile = None,
    machine: Json = False,
) -> None:
    """Cosign for a log from now on, by its verifier key; after a rotation, add the new key too (添加日志)."""
    with opened_witness(folder, _passphrase(passphrase_file)) as witness:
        added = witness.add_log(key)
    output = output_of(context)
    answer = {"origin": added.name, "vkey": added.vkey}
    output.answer(answer, output.facts("log_added", list(answer.items())))


@app.command()
def logs(context: typer.Context, folder: Folder, passphrase_file: PassphraseFile = None, machine: Json = False) -> None:
    """Show the known logs and the size that was cosigned latest of each (已知日志)."""
    with opened_witness(folder, _passphrase(passphrase_file)) as witness:
        known = witness.logs()
    output = output_of(context)
    output.answer(
        {"logs": [{"vkey": key, "size": size} for key, size in known]},
        output.table("known_logs", ("vkey", "cosigned_size"), known),
    )


@app.command()
def serve(
    context: typer.Context,
    folder: Folder,
    host: Annotated[str, typer.Option(help="Address to listen on (监听地址).")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on (端口).")] = 8080,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Answer add-checkpoint (c2sp.org/tlog-witness) until stopped (启动见证服务)."""
    with opened_witness(folder, _passphrase(passphrase_file)) as witness:
        output_of(context).say("serving", address=f"http://{host}:{port}")
        serve_witness_until_stopped(witness, host, port)


def _passphrase(file: Path | None) -> Passphrase | None:
    return None if file is None else load_passphrase(file)
