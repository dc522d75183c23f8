"""The quarterly report as a form, with its plots."""

from collections.abc import Iterator
from pathlib import Path

from api.plotting.evaluated import domains
from api.plotting.plot import Plot
from api.printing.forms import Form, Signatures
from api.printing.report_parts import SIGNED
from api.quarterly.conduct import conduct_pieces, left_out_pieces
from api.quarterly.effects import draw_pieces, inspector_pieces, order_pieces
from api.quarterly.indicators import indicator_pieces
from api.quarterly.methods import method_parts
from api.quarterly.models import model_pieces
from api.quarterly.parts import Piece, numbered
from api.quarterly.prevalences import grade_pieces, group_pieces, overall_pieces, unnamed_matters
from api.quarterly.summary import quarter_text, summary_parts
from api.quarterly.warned import warning_pieces
from sampling.reports.quarterly_report import QuarterlyReport


def quarterly_form(report: QuarterlyReport, bureau: str, font: Path | None) -> Form:
    """Return the report as a form, its plots drawn in a font; raises what `svg_of` raises."""
    number = f"内部资料　编号：{report.quarter.name}"
    parts = list(numbered(_pieces(report, bureau), font))
    return Form(f"季度信用风险分类与抽查评估报告\n（{quarter_text(report.quarter)}）", number, parts)


def quarterly_plots(report: QuarterlyReport) -> list[Plot]:
    """Return the plots of the report, with their data."""
    return [piece for piece in _pieces(report, "") if isinstance(piece, Plot)]


def _pieces(report: QuarterlyReport, bureau: str) -> Iterator[Piece]:
    found = report.evaluation
    yield from summary_parts(report, bureau)
    yield from conduct_pieces(report.campaigns)
    yield from overall_pieces(found.overall, found.uniform, found.coverage)
    grades, *others = domains(found)
    for each in others:
        yield from group_pieces(*each, found.overall)
    if found.matters_unnamed:
        yield unnamed_matters(found.matters_unnamed)
    yield from grade_pieces(grades, found.overall, found.monotonicity)
    yield from draw_pieces(found.against_uniform, found.burden)
    yield from order_pieces(found)
    yield from inspector_pieces(found.stringency)
    yield from indicator_pieces(report.evidence)
    yield from warning_pieces(report.warnings, report.precisions)
    yield from model_pieces(report.models, report.grades, report.migration)
    yield from left_out_pieces(found.coverage, found.left_out)
    yield from method_parts()
    yield Signatures(SIGNED)
