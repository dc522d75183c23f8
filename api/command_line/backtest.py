"""`backtest`: what a model learned from the past would have said of inspections that are past, too (回溯检验)."""

from pathlib import Path
from typing import Annotated

import typer

from api.backtesting.rolling import TestedPeriod
from api.backtesting.running import Ran, run_backtest
from api.command_line.context import load_settings, output_of
from api.command_line.imports import COUNTS
from api.command_line.options import Json
from api.command_line.output import Output
from api.job_handlers import counts

PERIOD_COLUMNS = (
    "test_period",
    "tested_visits",
    "with_findings",
    "auc",
    "auc_adjusted",
    "days_earlier",
    "half_actual",
    "half_by_score",
    "auc_with_inspector",
)


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backtest")(backtest)


def backtest(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Past inspections as .csv or .csv.gz (历史检查文件).")
    ],
    folder: Annotated[
        Path, typer.Option(file_okay=False, help="Where a bureau of its own is made, or goes on (独立平台的文件夹).")
    ],
    report: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write table, pictures and model there (结果文件夹).")
    ] = None,
    periods: Annotated[
        int | None, typer.Option(min=1, help="Only the last so many periods of 60 days; none: all (测试期数).")
    ] = None,
    machine: Json = False,
) -> None:
    """Learn from what was known before each period, score it, and tell how well that went; docs/evaluation.md."""
    output = output_of(context)
    settings = load_settings().model_copy(update={"home": folder})
    with output.progress("backtesting") as advance:
        ran = run_backtest(settings, file, periods, advance)
    written = []
    if report is not None:
        from api.backtesting.report import write_report  # matplotlib takes a while to load

        written = write_report(ran.result, report, settings.font)
    _tell(output, ran, [str(path) for path in written])


def _tell(output: Output, ran: Ran, written: list[str]) -> None:
    found, told = ran.result, [counts(each) for each in ran.reports]
    shown = [_row(each) for each in (*found.periods, *([] if found.compared is None else [found.compared]))]
    means = [("auc", _number(found.mean_auc("plain"))), ("auc_adjusted", _number(found.mean_auc("adjusted")))]
    output.answer(
        {
            "files": list(told),
            "unread": list(ran.unread),
            "enterprises": ran.enterprises,
            "written": list(written),
            **found.document(),
        },
        output.table("imported", COUNTS, [[each[name] for name in COUNTS] for each in told]),
        output.table("backtested", PERIOD_COLUMNS, shown),
        output.facts("mean_of_last_three", means),
    )
    if ran.unread:
        output.say("columns_unread", columns="、".join(ran.unread))


def _row(period: TestedPeriod) -> tuple[object, ...]:
    order = period.adjusted.order
    return (
        f"{period.first} – {period.last}",
        period.visits,
        period.found,
        _number(period.plain.auc),
        _number(period.adjusted.auc),
        _number(order.days_earlier),
        _number(order.first_half_actual),
        _number(order.first_half_by_score),
        _number(period.with_inspector.auc),
    )


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"
