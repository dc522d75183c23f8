"""`source`: where files come from, by which right they are taken in, and what their columns mean."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk, output_of
from api.command_line.imports import tell_refused, told_faults
from api.command_line.options import IfNamedVersion, Json, TokenFile
from api.command_line.output import Output
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling import sources
from sampling.sources import HeldSource, UnreadableSource
from schema.words import say
from scoring.columns import Column
from scoring.files import read_file

LISTED = ("name", "title", "kind", "version", "legal_basis", "catalogue", "added_by", "schedule")
UNREADABLE = ("name", "version", "added_by", "error", "remedy")
FIELDS = ("field", "required", "given_by")
TRIED = ("file", "read", "refused")

app = typer.Typer(help="Sources of files (数据来源).", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the source (数据来源).")]
Document = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A source's document, TOML (来源文档).")
]


@app.command("list")
def list_sources(context: typer.Context, token_file: TokenFile = None, machine: Json = False) -> None:
    """List all sources: those that Qian ships and the bureau's own, also such as this release cannot read (列出)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            readable, unreadable = sources.read_all(tx, desk.actor)
        told = [told_source(held) for held in readable]
        rows = [[each[name] for name in LISTED] for each in told]
        bad = [_told_unreadable(desk.output, each) for each in unreadable]
        shown = [desk.output.table("sources", LISTED, rows)]
        if bad:
            why = [[each[name] for name in UNREADABLE] for each in bad]
            shown.append(desk.output.table("unreadable_sources", UNREADABLE, why))
        desk.output.answer({"sources": list(told), "unreadable": list(bad)}, *shown)


@app.command("show")
def show(
    context: typer.Context,
    name: Name,
    version: Annotated[str | None, typer.Option(help="A version; none: the one that holds (版本).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Print a source's document, to be read, mended, or to begin another one with (查看来源文档)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            held = sources.read(tx, desk.actor, name, version)
        if isinstance(held, UnreadableSource):
            told, text = _told_unreadable(desk.output, held), held.text
            desk.output.say("unreadable_source", error=told["error"], remedy=told["remedy"])
        else:
            told, text = told_source(held), held.source.text
        desk.output.answer_file({**told, "text": text}, text.encode())


@app.command("check")
def check(
    context: typer.Context,
    document: Document,
    files: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, dir_okay=False, help="Files to try it on; nothing goes in (试读文件)."),
    ] = None,
    machine: Json = False,
) -> None:
    """Check a source's document, show what gives each field, and try it on files (检查来源文档).

    Exit code 0 only if no row of the files is refused.
    """
    output = output_of(context)
    source = sources.parse(_text(document))
    today = civil_date(datetime.now(UTC))
    read = []
    for path in files or ():
        with path.open("rb") as stream:
            read.append(read_file(source.format, source.name, path.name, stream, today))
    bad = [file.refused for file in read]
    told = told_source(HeldSource(source))
    fields = [_told_field(column) for column in source.format.columns]
    tried = [(file.name, len(file.parsed) + len(file.refused), len(file.refused)) for file in read]
    output.answer(
        {
            **told,
            "fields": [dict(zip(FIELDS, field, strict=True)) for field in fields],
            "files": [dict(zip(TRIED, file, strict=True)) for file in tried],
            "refused": told_faults(output, bad),
        },
        output.facts("source", [(name, told[name]) for name in LISTED]),
        output.table("fields", FIELDS, fields),
        *([output.table("tried", TRIED, tried)] if tried else ()),
    )
    tell_refused(output, source.format, bad, None)
    raise typer.Exit(1 if any(map(len, bad)) else 0)


@app.command("add")
def add(
    context: typer.Context,
    document: Document,
    if_version: IfNamedVersion = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Add a version of a source; from now on it holds under its name (添加数据来源)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.write() as tx:
            told = told_source(sources.add(tx, desk.actor, desk.bureau.now, _text(document), if_version))
        desk.output.answer(told, desk.output.facts("source_added", [(name, told[name]) for name in LISTED]))


def told_source(held: HeldSource) -> dict[str, JSON]:
    """Return what is told of a source beside its text."""
    source = held.source
    return {
        "name": source.name,
        "title": source.title,
        "kind": source.kind,
        "version": source.version,
        "legal_basis": source.legal_basis,
        "catalogue": source.catalogue,
        "valid_from": source.valid_from.isoformat(),
        "valid_to": None if source.valid_to is None else source.valid_to.isoformat(),
        "sha256": source.digest,
        "document": held.document,
        "added_by": held.added_by,
        "schedule": None if source.pull is None else source.pull.schedule,
    }


def _told_unreadable(output: Output, held: UnreadableSource) -> dict[str, JSON]:
    words = say(held.refusal, output.language)
    return {
        "name": held.name,
        "version": held.version,
        "kind": held.kind,
        "document": held.document,
        "added_by": held.added_by,
        "code": held.refusal.code,
        "error": words.message,
        "remedy": words.remedy,
    }


def _told_field(column: Column) -> tuple[str, bool, str]:
    """Return a field's name, whether each row must have it, and what gives it: headers, a text, or nothing."""
    headers = " / ".join((*column.headers, *column.others))
    return column.field, column.required, headers if column.template is None else str(column.template)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Invalid("source_not_utf8", path=path) from None
