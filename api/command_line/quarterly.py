"""`evaluate report`: what a bureau files of a quarter, as HTML and PDF, with the data of its plots."""

from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import at_desk
from api.command_line.grading import Purpose
from api.command_line.options import Json, TokenFile
from api.command_line.plot_files import write_folder


def report(
    context: typer.Context,
    quarter: Annotated[str, typer.Option(metavar="QUARTER", help="Such as 2026Q3 (季度).")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", file_okay=False, help="Where its files go (文件夹).")],
    purpose: Purpose,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write the report of a quarter on grades, draws and models: HTML, PDF, data of plots (季度评估报告)."""
    from api.quarterly.filing import quarterly_filing  # matplotlib takes a while to load

    with at_desk(context, token_file) as desk:
        filing = quarterly_filing(desk.bureau, desk.actor, quarter, purpose)
        pages = [(f"{filing.name}.html", filing.html()), (f"{filing.name}.pdf", filing.pdf())]
        written = write_folder(to, [*pages, *filing.data()])
        html, pdf, *data = written
        facts = [("report_html", html), ("report_pdf", pdf), ("report_data", data[0])]
        answer = {"report": filing.name, "html": html, "pdf": pdf, "data": data}
        desk.output.answer(answer, desk.output.facts("report_filed", facts))
