"""`import`: files of records and registers go in."""

from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.command_line.context import Desk, at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.private_files import write_private
from api.job_handlers import counts
from api.refused_rows import faults_json, refused_file
from ledger.canonical import JSON
from sampling import registers
from scoring.columns import Format
from scoring.files import ImportRefused, ImportReport, RefusedRows, reading

SHOWN_FAULTS = 20
COUNTS = ("file", "read", "new", "same", "superseding", "revoking", "kept_apart", "refused")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV, XLSX or JSON Lines.")],
    kind: Annotated[str, typer.Option(help=f"Kind of the files' rows: {', '.join(registers.FORMATS)} (文件类别).")],
    source: Annotated[str, typer.Option(help="The channel that the files came by (数据来源).")],
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
        form = registers.format_of(kind)
        try:
            with desk.bureau.write() as tx:
                reports = [_take_in(tx, desk, form, source, path, strict) for path in files]
        except ImportRefused as error:
            _tell_refused(desk, form, [error.refused], refused)
            desk.output.refuse(error, refused=_faults(desk, [error.refused]))
            raise typer.Exit(1) from None
        bad = [report.refused for report in reports]
        _answer(desk, reports, bad)
        _tell_refused(desk, form, bad, refused)
        raise typer.Exit(1 if any(bad) else 0)


def _take_in(tx: Connection, desk: Desk, form: Format, source: str, path: Path, strict: bool) -> ImportReport:
    bureau = desk.bureau
    with (
        path.open("rb") as stream,
        desk.output.progress("reading", file=path.name) as advance,
        reading(form, source, path.name, stream, bureau.today, lambda rows: advance(rows, None)) as file,
    ):
        return registers.take_in(tx, desk.actor, bureau.now, file, strict, bureau.pseudonym_key)


def _answer(desk: Desk, reports: Sequence[ImportReport], bad: Sequence[RefusedRows]) -> None:
    told = [counts(report) for report in reports]
    rows = [[report[name] for name in COUNTS] for report in told]
    desk.output.answer({"files": told, "refused": _faults(desk, bad)}, desk.output.table("imported", COUNTS, rows))


def _faults(desk: Desk, bad: Sequence[RefusedRows], most: int | None = None) -> list[dict[str, JSON]]:
    """Return the faults of the bad rows of several files, the first ones or all."""
    return list(islice(faults_json(chain.from_iterable(bad), desk.output.language), most))


def _tell_refused(desk: Desk, form: Format, bad: Sequence[RefusedRows], path: Path | None) -> None:
    output, count = desk.output, sum(map(len, bad))
    if not count:
        return
    if path is not None:
        write_private(path, refused_file(form, chain.from_iterable(bad), output.language), replace=True)
        output.say("refused_written", count=count, path=path)
    if not output.machine:
        columns = ("file", "line", "column", "value", "message", "remedy")
        shown = [[fault[name] for name in columns] for fault in _faults(desk, bad, SHOWN_FAULTS)]
        output.messages.print(output.table("refused_rows", columns, shown))
        faults = sum(len(row.faults) for row in chain.from_iterable(bad))
        if faults > SHOWN_FAULTS:
            output.say("refused_more", count=faults - SHOWN_FAULTS)
