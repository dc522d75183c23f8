"""`log`: the log itself, which anybody may read; these commands are for the log of this bureau."""

from pathlib import Path
from typing import Annotated

import typer

from api.atomic_files import sync_folder, write_atomically
from api.command_line.context import opened_bureau, output_of
from api.command_line.options import Json
from api.log_export import export_log
from ledger import cosignatures, key_rotation, signed
from ledger import timestamps as stamps
from ledger.errors import Invalid
from ledger.timestamp_tokens import TimestampError, verify_token

app = typer.Typer(help="Check and show the log (日志).", no_args_is_help=True)


@app.command()
def timestamps(
    context: typer.Context,
    export: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, help="Write each checkpoint and its token into this folder, for openssl ts (导出文件夹)."
        ),
    ] = None,
    machine: Json = False,
) -> None:
    """Verify all time-stamps under the pinned certificates; exit code 0 only if all are valid (时间戳)."""
    output = output_of(context)
    rows: list[tuple[int, str | None, str | None]] = []
    with opened_bureau() as bureau:
        if not bureau.timestamp_certificates:
            raise Invalid("timestamp_certificates_missing")
        with bureau.read() as tx:
            for each in stamps.all_stamped(tx):
                try:
                    time = verify_token(each.token, each.note, bureau.timestamp_certificates)
                    rows.append((each.size, time.isoformat(), None))
                except TimestampError as error:
                    rows.append((each.size, None, str(error)))
                if export is not None:
                    write_atomically(export / f"{each.size}.checkpoint", each.note.encode())
                    write_atomically(export / f"{each.size}.tsr", each.token)
        if export is not None and rows:
            sync_folder(export)
    output.answer(
        {"timestamps": [{"size": size, "time": time, "fault": fault} for size, time, fault in rows]},
        output.table("stamped", ("stamped_size", "time", "fault"), rows),
    )
    raise typer.Exit(1 if any(fault for _, _, fault in rows) else 0)


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Folder of the static files (导出文件夹).")],
    machine: Json = False,
) -> None:
    """Write the log as static files, for a mirror or a web server; a further run adds what is new (导出日志)."""
    output = output_of(context)
    with opened_bureau() as bureau, bureau.read() as tx, output.progress("exporting"):
        note = cosignatures.served_checkpoint(tx, bureau.witness_policy)
        vkeys = "".join(f"{key.verifier.vkey}\n" for key in reversed(key_rotation.log_keys(tx)))
        try:
            exported = export_log(tx, note, vkeys, folder)
        except OSError as error:
            raise Invalid("file_unwritable", path=folder, reason=error.strerror) from None
    output.answer(
        {"folder": str(folder), "size": exported.size, "written": exported.written},
        output.facts("exported_log", [("home", folder), ("tree_size", exported.size), ("new_files", exported.written)]),
    )


@app.command()
def proof(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(metavar="N", min=0, help="Number of the entry, from 0 (日志序号).")],
    machine: Json = False,
) -> None:
    """Print an entry's proof (c2sp.org/tlog-proof), to be kept as a file and verified offline (条目证明)."""
    with opened_bureau() as bureau, bureau.read() as tx:
        note = cosignatures.served_checkpoint(tx, bureau.witness_policy)
        text = signed.entry_proof(tx, entry, note).text()
    output_of(context).answer_file({"index": entry, "proof": text}, text.encode())
