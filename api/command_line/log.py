"""`log`: the log itself, which anybody may read."""

from pathlib import Path
from typing import Annotated

import typer

from api.atomic_files import sync_folder, write_atomically
from api.command_line.context import opened_bureau, output_of
from api.command_line.options import Json
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
