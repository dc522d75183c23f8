"""`campaign file-report`, `plan report`: what a bureau files, as PDF and XLSX."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from api.command_line.context import Desk, at_desk
from api.command_line.options import Campaign, Json, TokenFile
from api.command_line.private_files import write_private
from api.filed_reports import Filing, annual_filing, campaign_filing
from ledger.canonical import JSON
from ledger.errors import Invalid

PdfFile = Annotated[Path | None, typer.Option("--pdf", dir_okay=False, help="Write the report as PDF (PDF 文件).")]
XlsxFile = Annotated[Path | None, typer.Option("--xlsx", dir_okay=False, help="Write it as a workbook (XLSX 文件).")]


def file_report(
    context: typer.Context,
    campaign: Campaign,
    pdf: PdfFile = None,
    xlsx: XlsxFile = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write the report of a campaign that the bureau files; nobody is named in it (抽查任务情况报告)."""
    with at_desk(context, token_file) as desk:
        _require(pdf, xlsx)
        _write(desk, campaign_filing(desk.bureau, desk.actor, campaign), pdf, xlsx)


def annual_report(
    context: typer.Context,
    department: Annotated[str, typer.Argument(metavar="DEPARTMENT", help="(部门代码)")],
    year: Annotated[int, typer.Argument(metavar="YEAR", help="(年度)")],
    pdf: PdfFile = None,
    xlsx: XlsxFile = None,
    token_file: TokenFile = None,
    machine: Json = False,
) -> None:
    """Write the report of a department's year that the bureau files; nobody is named in it (年度工作报告)."""
    with at_desk(context, token_file) as desk:
        _require(pdf, xlsx)
        _write(desk, annual_filing(desk.bureau, desk.actor, department, year), pdf, xlsx)


def _require(pdf: Path | None, xlsx: Path | None) -> None:
    if pdf is None and xlsx is None:
        raise Invalid("report_without_file")


def _write(desk: Desk, filing: Filing, pdf: Path | None, xlsx: Path | None) -> None:
    answer: dict[str, JSON] = {}
    facts: list[tuple[str, object]] = []
    for name, path, render in (("pdf", pdf, filing.pdf), ("xlsx", xlsx, filing.xlsx)):
        if path is not None:
            content = render()
            write_private(path, content, replace=True)
            digest = hashlib.sha256(content).hexdigest()
            answer[name] = {"file": str(path), "bytes": len(content), "sha256": digest}
            facts.append((f"report_{name}", path))
    desk.output.answer({"report": filing.name, **answer}, desk.output.facts("report_filed", facts))
