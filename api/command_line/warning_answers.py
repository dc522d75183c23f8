"""Warnings as people read them: whom they are about, and their evidence (docs/workshop.md, Evidence)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from api.command_line.output import Output
from scoring.codes import region_text

WEEKS_SHOWN = 20
"""The last weeks of a series that a table shows; --json has all."""

CHART = ("since", "value_per_thousand", "limit_per_thousand", "signals", "false_alarms_per_million_weeks")


def subject_text(output: Output, subject: Mapping[str, Any], divisions: Mapping[str, str]) -> str:
    """Return whom or what a warning is about; `divisions` are names by code."""
    if "measure" in subject:
        measure, dimension = (output.word_of("warning_cells", subject[name]) for name in ("measure", "dimension"))
        value = region_text(subject["value"], divisions)
        return output.word("warning_cell", measure=measure, dimension=dimension, value=value)
    return " × ".join(output.text(value) for value in subject.values())


def evidence_tables(output: Output, evidence: Mapping[str, Any]) -> Iterator[Table]:
    """Give the evidence of a warning: its figures, and of a surge its charts and the last weeks."""
    series, charts = evidence.get("series"), evidence.get("charts")
    figures = [(_label(name), value) for name, value in evidence.items() if name not in ("series", "charts")]
    yield output.facts("warning_evidence", figures)
    if charts:
        columns = ["warning_chart", *map(_label, CHART)]
        told = [{**chart, "signals": bool(chart["signals"])} for chart in charts.values()]
        names = [output.word_of("warning_cells", name) for name in charts]
        rows = [(name, *(chart[column] for column in CHART)) for name, chart in zip(names, told, strict=True)]
        yield output.table("warning_charts", columns, rows)
    if series:
        last = series[-WEEKS_SHOWN:]
        columns = [_label(name) for name in last[0]]
        yield output.table("warning_series", columns, [tuple(week.values()) for week in last])


def _label(name: str) -> str:
    return f"warning_figures.{name}"
