"""`reconcile`: what came in and what waits; `coverage`: what the register lacks."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.options import Json, TokenFile
from api.command_line.private_files import write_private
from scoring import coverage, kept_apart, reconciliation
from scoring.codes import region_text
from scoring.coverage import KINDS, By


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("reconcile")(reconcile)
    app.command("coverage")(cover)


def reconcile(
    context: typer.Context,
    first: Annotated[
        str | None, typer.Option("--from", metavar="MONTH", help="First month, YYYY-MM (起始月份).")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="MONTH", help="Last month, YYYY-MM (截止月份).")] = None,
    kind: Annotated[str | None, typer.Option(help="Only files of this kind (文件类别).")] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Tell by month and source what came in and what became of it, and what waits for its enterprise (对账)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = reconciliation.reconciliation(tx, desk.actor, first, last, kind)
            waiting = kept_apart.counts(tx, desk.actor)
        columns = ("month", "source", "files", *reconciliation.COUNTS)
        rows = [[getattr(each, name) for name in columns] for each in found]
        reasons = [
            (each.month, each.source, code, count) for each in found for code, count in sorted(each.refusals.items())
        ]
        kept = [
            (source, desk.output.word_of("kinds", name), enterprises, records)
            for source, name, enterprises, records in waiting
        ]
        desk.output.answer(
            {
                "months": [{**vars(each), "refusals": dict(each.refusals)} for each in found],
                "kept_apart": [
                    {"source": source, "kind": name, "enterprises": enterprises, "records": records}
                    for source, name, enterprises, records in waiting
                ],
            },
            desk.output.table("reconciliation", columns, rows),
            *([desk.output.table("refused_rows", ("month", "source", "reason", "rows"), reasons)] if reasons else []),
            *(
                [desk.output.table("kept_apart_records", ("source", "kind", "enterprises", "rows"), kept)]
                if kept
                else []
            ),
        )


def cover(
    context: typer.Context,
    by: Annotated[By, typer.Option(help="Group enterprises by trade or place (分组).")] = By.SECTOR,
    years: Annotated[int, typer.Option(help="An inspection older than this counts as none (年数).")] = 3,
    heat_map: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Draw it into this new SVG file (热力图).")
    ] = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Tell of how many enterprises each kind of record is there, and what the register lacks (覆盖情况)."""
    with at_desk(context, token_file) as desk:
        with desk.bureau.read() as tx:
            found = coverage.coverage(tx, desk.actor, by, desk.bureau.today, years)
        if heat_map is not None:
            write_private(heat_map, found.heat_map().encode(), replace=False)
        output = desk.output
        covered = {(each.group, each.kind): each for each in found.cells}
        groups = list(dict.fromkeys(each.group for each in found.cells))
        rows = [
            [
                region_text(group, found.divisions),
                covered[group, KINDS[0]].enterprises,
                *(covered[group, kind].covered for kind in KINDS),
            ]
            for group in groups
        ]
        lacking = [
            (
                region_text(each.group, found.divisions),
                output.word(f"lacks.{each.what}"),
                each.lacking,
                each.enterprises,
            )
            for each in found.lacking
        ]
        output.answer(
            {
                "since": found.since.isoformat(),
                "cells": [vars(each) for each in found.cells],
                "lacking": [vars(each) for each in found.lacking],
            },
            output.table("covering", ("group", "enterprises", *(f"kinds.{kind}" for kind in KINDS)), rows),
            output.table("lacking_records", ("group", "lack", "lacking", "enterprises"), lacking),
        )
