"""`import`: files of records and registers go in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from api.command_line.private_files import write_private
from api.job_handlers import counts
from api.refused_rows import faults_json, refused_file
from ledger.canonical import JSON
from sampling import registers, sources
from scoring.columns import Format, RefusedRow
from scoring.files import FileRead, ImportRefused, ImportReport, read_file
from scoring.source import Source

SHOWN_FAULTS = 20
COUNTS = ("file", "read", "new", "same", "superseding", "refused")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or JSON Lines.")],
    source: Annotated[str, typer.Option(help="Name of the source of the files; see `qian source list` (数据来源).")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Take in nothing where a row is bad (有错则全部拒收).")
    ] = False,
    refused: Annotated[Path | None, typer.Option(help="Write the bad rows to this CSV file (退回文件).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Take files in, all of them in one transaction (导入). Exit code 0 only if no row was refused.

    Good rows go in and bad ones are told, unless --strict. The same file twice changes nothing.
    """
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            held = sources.find(tx, source).source
        held.require_in_force(desk.bureau.today)
        form = held.format
        read = [_read(desk, held, path) for path in files]
        try:
            with desk.output.progress("importing"), desk.bureau.write() as tx:
                reports = [
                    registers.take_in(tx, desk.actor, desk.bureau.now, file, strict, desk.bureau.pseudonym_key)
                    for file in read
                ]
        except ImportRefused as error:
            tell_refused(desk.output, form, error.refused, refused)
            desk.output.refuse(error, refused=told_faults(desk.output, error.refused))
            raise typer.Exit(1) from None
        bad = [row for report in reports for row in report.refused]
        tell_imported(desk, reports, bad)
        tell_refused(desk.output, form, bad, refused)
        raise typer.Exit(1 if bad else 0)


def _read(desk: Desk, source: Source, path: Path) -> FileRead:
    with path.open("rb") as stream, desk.output.progress("reading", file=path.name) as advance:
        today = desk.bureau.today
        return read_file(source.format, source.name, path.name, stream, today, lambda rows: advance(rows, None))


def tell_imported(
    desk: Desk, reports: Sequence[ImportReport], bad: Sequence[RefusedRow], more: Mapping[str, JSON] = {}
) -> None:
    """Give what an import did to each file, and to machines its bad rows and whatever else there is."""
    told = [counts(report) for report in reports]
    rows = [[report[name] for name in COUNTS] for report in told]
    answer = {"files": list(told), "refused": told_faults(desk.output, bad), **more}
    desk.output.answer(answer, desk.output.table("imported", COUNTS, rows))


def told_faults(output: Output, rows: Sequence[RefusedRow]) -> list[JSON]:
    """Return the faults of bad rows for machines."""
    return list(faults_json(rows, output.language))


def tell_refused(output: Output, form: Format, rows: Sequence[RefusedRow], path: Path | None) -> None:
    """Write bad rows to a file, where one is named, and show people the first of them."""
    if not rows:
        return
    if path is not None:
        write_private(path, refused_file(form, rows, output.language), replace=True)
        output.say("refused_written", count=len(rows), path=path)
    if not output.machine:
        columns = ("file", "line", "column", "value", "message", "remedy")
        faults = list(faults_json(rows, output.language))
        shown = [[fault[name] for name in columns] for fault in faults[:SHOWN_FAULTS]]
        output.messages.print(output.table("refused_rows", columns, shown))
        if len(faults) > SHOWN_FAULTS:
            output.say("refused_more", count=len(faults) - SHOWN_FAULTS)
