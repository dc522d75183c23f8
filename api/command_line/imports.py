"""`import`: files of records and registers go in."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.output import Output
from api.command_line.private_files import write_private
from api.job_handlers import counts
from api.refused_rows import faults_json, refused_file
from ledger.canonical import JSON
from sampling import registers, sources
from scoring.columns import Format
from scoring.files import ImportRefused, ImportReport, RefusedRows, reading
from scoring.source import Source

SHOWN_FAULTS = 20
COUNTS = ("file", "read", "new", "same", "superseding", "revoking", "kept_apart", "refused")


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

    Good rows go in and bad ones are told, unless --strict. The same file twice changes nothing but counts.
    """
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            held = sources.open_to(tx, desk.actor, source).source
        held.require_in_force(desk.bureau.today)
        form = held.format
        try:
            with desk.bureau.write() as tx:
                reports = [_take_in(tx, desk, held, path, strict) for path in files]
        except ImportRefused as error:
            tell_refused(desk.output, form, [error.refused], refused)
            desk.output.refuse(error, refused=told_faults(desk.output, [error.refused]))
            raise typer.Exit(1) from None
        bad = [report.refused for report in reports]
        tell_imported(desk, reports, bad)
        tell_refused(desk.output, form, bad, refused)
        raise typer.Exit(1 if any(bad) else 0)


def _take_in(tx: Connection, desk: Desk, source: Source, path: Path, strict: bool) -> ImportReport:
    bureau = desk.bureau
    with (
        path.open("rb") as stream,
        desk.output.progress("reading", file=path.name) as advance,
        reading(source.format, source.name, path.name, stream, bureau.today, lambda rows: advance(rows, None)) as file,
    ):
        return registers.take_in(tx, desk.actor, bureau.now, file, strict, bureau.pseudonym_key)


def tell_imported(
    desk: Desk, reports: Sequence[ImportReport], bad: Sequence[RefusedRows], more: Mapping[str, JSON] = {}
) -> None:
    """Give what an import did to each file, and to machines its bad rows and whatever else there is."""
    told = [counts(report) for report in reports]
    rows = [[report[name] for name in COUNTS] for report in told]
    answer = {"files": list(told), "refused": told_faults(desk.output, bad), **more}
    desk.output.answer(answer, desk.output.table("imported", COUNTS, rows))


def told_faults(output: Output, bad: Sequence[RefusedRows], most: int | None = None) -> list[dict[str, JSON]]:
    """Return the faults of the bad rows of several files, the first ones or all."""
    return list(islice(faults_json(chain.from_iterable(bad), output.language), most))


def tell_refused(output: Output, form: Format, bad: Sequence[RefusedRows], path: Path | None) -> None:
    """Write bad rows to a file, where one is named, and show people the first of them."""
    count = sum(map(len, bad))
    if not count:
        return
    if path is not None:
        write_private(path, refused_file(form, chain.from_iterable(bad), output.language), replace=True)
        output.say("refused_written", count=count, path=path)
    if not output.machine:
        columns = ("file", "line", "column", "value", "message", "remedy")
        shown = [[fault[name] for name in columns] for fault in told_faults(output, bad, SHOWN_FAULTS)]
        output.messages.print(output.table("refused_rows", columns, shown))
        faults = sum(len(row.faults) for row in chain.from_iterable(bad))
        if faults > SHOWN_FAULTS:
            output.say("refused_more", count=faults - SHOWN_FAULTS)
